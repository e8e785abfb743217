"""May this person take a seat, and why not: the one decision, for the button and for the deed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pintar.enrolment.rules.batches import BatchFacts, SeatFacts, Verdict
from pintar.enrolment.rules.conditions import ROOM, Check, PersonFacts, check_all
from pintar.foundation.refusals import Reason


@dataclass(frozen=True, slots=True)
class Admission:
    """May this person take a seat now? `reasons` say why not, `checks` show every condition with its answer.

    `seat` is the one held here (SEATED) or in another batch of the period (ELSEWHERE; `changeable` says whether it may
    be exchanged). `pools` are where a seat would come from, in order: an allocation's id, or None for the common pool.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    checks: tuple[Check, ...] = ()
    seat: SeatFacts | None = None
    changeable: bool = False
    pools: tuple[int | None, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.OPEN


def decide_admission(
    batch: BatchFacts, person: PersonFacts | None, seats: tuple[SeatFacts, ...], now: datetime
) -> Admission:
    """The one decision, for the button and for the deed. `seats` are the person's current ones; None is a stranger."""
    checks = check_all(batch.conditions, person) if person else ()
    here = next((s for s in seats if s.batch.id == batch.id), None)
    if here is not None:
        return Admission(Verdict.SEATED, checks=checks, seat=here)
    elsewhere = next((s for s in seats if s.batch.period_id == batch.period_id), None)
    pools = pools_for(batch, person)
    window = batch.window(now)
    if window in (Verdict.WITHDRAWN, Verdict.CLOSED, Verdict.SOON):
        return Admission(window, (why_not(batch, window),), checks, seat=elsewhere)
    if unmet := tuple(check.reason for check in checks if not check.met):
        return Admission(Verdict.INELIGIBLE, unmet, checks, seat=elsewhere)
    if not pools:
        return Admission(Verdict.FULL, (why_not(batch, Verdict.FULL),), checks, seat=elsewhere)
    if elsewhere is not None:
        reason = Reason(
            ROOM,
            "seat_elsewhere",
            {"seat": str(elsewhere.uid), "batch": elsewhere.batch.key, "title": elsewhere.batch.title},
        )
        changeable = why_kept(elsewhere, person, now) is None
        return Admission(Verdict.ELSEWHERE, (reason,), checks, elsewhere, changeable, pools)
    return Admission(Verdict.OPEN, checks=checks, pools=pools)


def why_not(batch: BatchFacts, window: Verdict) -> Reason:
    data: dict[Verdict, dict[str, Any]] = {
        Verdict.SOON: {"opens_at": batch.opens_at.isoformat()},
        Verdict.CLOSED: {"closes_at": batch.closes_at.isoformat()},
        Verdict.FULL: {"quota": batch.quota, "set_aside": batch.left > 0},
    }
    return Reason(ROOM, f"batch_{window}", {"batch": batch.key, **data.get(window, {})})


def why_kept(seat: SeatFacts, person: PersonFacts | None, now: datetime) -> Reason | None:
    """Why a seat can no longer be given back or exchanged; None when it can."""
    if person is not None and seat.batch.course_slug in person.completed:
        return Reason(ROOM, "seat_completed", {"batch": seat.batch.key, "title": seat.batch.title})
    if now >= seat.batch.until_at:
        return Reason(ROOM, "batch_over", {"batch": seat.batch.key, "title": seat.batch.title})
    return None


def pools_for(batch: BatchFacts, person: PersonFacts | None) -> tuple[int | None, ...]:
    """Where a seat could come from: what is set aside for this person first, so the common pool lasts longer."""
    mine = [
        a.id
        for a in batch.allocations or ()
        if person and a.taken < a.quota and all(check.met for check in check_all(a.conditions, person))
    ]
    return (*mine, None) if batch.left_for_anyone > 0 else tuple(mine)
