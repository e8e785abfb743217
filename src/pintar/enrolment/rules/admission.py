"""May this person take a seat, and why not: the one decision, for the button and for the deed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pintar.enrolment.rules.batches import BatchFacts, SeatFacts, Verdict
from pintar.enrolment.rules.conditions import ROOM, Check, PersonFacts, check_all
from pintar.enrolment.rules.line import TicketFacts, TicketState, offers_are_made
from pintar.foundation.refusals import Reason


@dataclass(frozen=True, slots=True)
class Admission:
    """May this person take a seat now? `reasons` say why not, `checks` show every condition with its answer.

    `seat` is the one held here (SEATED) or in another batch of the period; `changeable`: it may be given back or given
    for another. `ticket` is the place in this batch's line. `pools` are where a seat would come from, in order: an
    allocation's id, or None for the common pool.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    checks: tuple[Check, ...] = ()
    seat: SeatFacts | None = None
    changeable: bool = False
    pools: tuple[int | None, ...] = field(default=())
    ticket: TicketFacts | None = None

    @property
    def allowed(self) -> bool:
        return self.verdict in (Verdict.OPEN, Verdict.OFFERED) and not self.reasons

    @property
    def eligible(self) -> bool:
        return all(check.met for check in self.checks)

    @property
    def exchanges(self) -> SeatFacts | None:
        """The seat that must be given for the one here, where nothing else stands in the way."""
        only_that = [why.code for why in self.reasons] == ["seat_elsewhere"]
        return self.seat if self.verdict in (Verdict.ELSEWHERE, Verdict.OFFERED) and only_that else None


def decide_admission(
    batch: BatchFacts,
    person: PersonFacts | None,
    seats: tuple[SeatFacts, ...],
    now: datetime,
    ticket: TicketFacts | None = None,
) -> Admission:
    """The one decision, for the button and for the deed. `seats` are the person's current ones, `ticket` their live
    place in this batch's line; a person that is None is a stranger."""
    batch = batch.as_released(now)
    checks = check_all(batch.conditions, person) if person else ()
    here = next((s for s in seats if s.batch.id == batch.id), None)
    if here is not None:
        return Admission(Verdict.SEATED, checks=checks, seat=here, changeable=why_kept(here, person, now) is None)
    elsewhere = next((s for s in seats if s.batch.period_id == batch.period_id), None)
    changeable = elsewhere is not None and why_kept(elsewhere, person, now) is None
    if ticket and ticket.is_offer(now):
        return _decide_offer(batch, person, checks, elsewhere, changeable, ticket)
    unmet = tuple(check.reason for check in checks if not check.met)
    pools = pools_for(batch, person)
    window = batch.window(now)
    waits = ticket is not None and ticket.state is TicketState.WAITING and offers_are_made(batch, now)
    if waits and not (pools and not unmet and window is Verdict.OPEN):
        return Admission(Verdict.WAITING, unmet, checks, elsewhere, changeable, ticket=ticket)
    if window in (Verdict.WITHDRAWN, Verdict.CLOSED, Verdict.SOON):
        return Admission(window, (why_not(batch, window),), checks, elsewhere, ticket=ticket)
    if unmet:
        return Admission(Verdict.INELIGIBLE, unmet, checks, elsewhere, ticket=ticket)
    if not pools:
        return Admission(Verdict.FULL, (why_not(batch, Verdict.FULL),), checks, elsewhere, ticket=ticket)
    if elsewhere is not None:
        reasons = (why_elsewhere(elsewhere),)
        return Admission(Verdict.ELSEWHERE, reasons, checks, elsewhere, changeable, pools, ticket)
    return Admission(Verdict.OPEN, checks=checks, pools=pools, ticket=ticket)


def _decide_offer(
    batch: BatchFacts,
    person: PersonFacts | None,
    checks: tuple[Check, ...],
    elsewhere: SeatFacts | None,
    changeable: bool,
    ticket: TicketFacts,
) -> Admission:
    """An offer binds whatever the window says, but only for whom the seat is meant: conditions are asked again, those
    of the set-aside too."""
    kept_for = next((a.conditions for a in batch.allocations or () if a.id == ticket.pool), None)
    if kept_for and person:
        checks += tuple(check for check in check_all(kept_for, person) if not check.met and check not in checks)
    reasons = tuple(check.reason for check in checks if not check.met)
    if not reasons and elsewhere is not None:
        reasons = (why_elsewhere(elsewhere),)
    return Admission(Verdict.OFFERED, reasons, checks, elsewhere, changeable, ticket=ticket)


def why_elsewhere(seat: SeatFacts) -> Reason:
    return Reason(ROOM, "seat_elsewhere", {"seat": str(seat.uid), "batch": seat.batch.key, "title": seat.batch.title})


def why_not(batch: BatchFacts, window: Verdict) -> Reason:
    data: dict[Verdict, dict[str, Any]] = {
        Verdict.SOON: {"opens_at": batch.opens_at.isoformat()},
        Verdict.CLOSED: {"closes_at": batch.closes_at.isoformat()},
        Verdict.FULL: {"quota": batch.quota, "set_aside": batch.left > 0, "waiting": batch.waiting},
    }
    return Reason(ROOM, f"batch_{window}", {"batch": batch.key, **data.get(window, {})})


def why_kept(seat: SeatFacts, person: PersonFacts | None, now: datetime) -> Reason | None:
    """Why a seat can no longer be given back or exchanged; None when it can."""
    if person is not None and seat.batch.course_slug in person.completed:
        return Reason(ROOM, "seat_completed", {"batch": seat.batch.key, "title": seat.batch.title})
    if now >= seat.batch.until_at:
        return Reason(ROOM, "batch_over", {"batch": seat.batch.key, "title": seat.batch.title})
    return None


def set_asides_for(batch: BatchFacts, person: PersonFacts) -> tuple[int, ...]:
    """The set-asides that are for this person, whether or not a seat of them is left."""
    return tuple(a.id for a in batch.allocations or () if all(check.met for check in check_all(a.conditions, person)))


def pools_for(batch: BatchFacts, person: PersonFacts | None) -> tuple[int | None, ...]:
    """Where a seat could come from: what is set aside for this person first, so the common pool lasts longer."""
    left = {a.id for a in batch.allocations or () if a.taken < a.quota}
    mine = [pool for pool in set_asides_for(batch, person) if pool in left] if person and left else []
    return (*mine, None) if batch.left_for_anyone > 0 else tuple(mine)
