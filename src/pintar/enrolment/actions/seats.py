"""Taking a seat or a place in the line, exchanging a seat, giving it back."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from pintar.enrolment import queries, rules
from pintar.enrolment.actions.claims import claim_seat, claim_ticket
from pintar.enrolment.actions.line import expire_offers_of, give_up, leave_line
from pintar.enrolment.actions.pools import count_out, lock, settle, take_out
from pintar.enrolment.events import SeatGivenBack, SeatTaken
from pintar.enrolment.models import Completion, Pledge, Preparation, Seat, Ticket, TicketPool
from pintar.enrolment.queries import Standing
from pintar.enrolment.rules import Admission, BatchFacts, SeatFacts, TicketFacts, TicketState, Verdict
from pintar.foundation import ids
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people.queries import Person

# Two taps at once end in the unique constraint; looking again finds the first tap's seat.
TRIES = 4
# PostgreSQL's code for two transactions that wait for each other: three taps of one person at once can do that.
DEADLOCK = "40P01"
INELIGIBLE_STATUS = 422


class _MovedMeanwhile(Exception):
    """What was decided on is no longer so, a seat gone or come: look again."""


def take_seat(
    *,
    person: Person,
    batch_key: str,
    pledge: bool,
    instead_of: UUID | None = None,
    wait: bool = False,
    by: UUID,
    now: datetime,
) -> SeatFacts | TicketFacts:
    """A seat for this person; the one they have here already, if so; the one that is offered to them. With `wait` a
    place in the line where the batch is full; whoever has one there gets it shown.

    `pledge`: the pakta integritas was ticked. `instead_of`: the uid of the seat in another batch of the period that is
    given back in the same step; if there is no seat here, that one stays. Raises Refusal: 404 no such batch or seat,
    409 batch_full, batch_soon, batch_closed, batch_withdrawn, seat_elsewhere (with its uid), seat_completed,
    batch_over, offer_over; 422 conditions not met, pledge_needed.
    """
    for _ in range(TRIES):
        try:
            return _take(person, batch_key, pledge, instead_of, wait, by, now)
        except (IntegrityError, _MovedMeanwhile):
            continue
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
                raise
    raise Refusal(Reason("foundation", "busy"), status=503, retry_after=2)


def give_back_seat(*, person: Person, batch_key: str, by: UUID, now: datetime) -> None:
    """Give the seat in this batch back, to the first who waits; does nothing where there is none. Raises Refusal: 404,
    409 seat_completed, batch_over."""
    batch = queries.batch(batch_key)
    seat = queries.seat_of(person.id, batch.key)
    if seat is None:
        return
    if why := rules.why_kept(seat, queries.person_facts(person), now):
        raise Refusal(why)
    with transaction.atomic():
        lock([batch.id])
        if _mark_released(seat, person.uid, by, now):
            count_out(batch.id, seat.allocation_id, 1)
            settle(batch.id, by, now)


def leave_batch(*, person: Person, batch_key: str, by: UUID, now: datetime) -> None:
    """Give up whatever the person has in this batch: the seat, the place in line, the offer. Refusals as for a seat."""
    give_back_seat(person=person, batch_key=batch_key, by=by, now=now)
    leave_line(person=person, batch_key=batch_key, by=by, now=now)


def note_completion(*, person_id: int, course_slug: str, at: datetime) -> None:
    """Remember that a training was completed (told by graduation); the first time counts."""
    Completion.objects.get_or_create(person_id=person_id, course_slug=course_slug, defaults={"at": at})


def _take(
    person: Person, batch_key: str, pledge: bool, instead_of: UUID | None, wait: bool, by: UUID, now: datetime
) -> SeatFacts | TicketFacts:
    where = queries.standing(batch_key, person.id)
    if where.batch.is_release_due(now) or _is_over(where.ticket, now):
        _bring_up_to_date(where, now)
        if _is_over(where.ticket, now) and not wait:
            raise Refusal(Reason(rules.ROOM, "offer_over", {"batch": where.batch.key}))
        raise _MovedMeanwhile
    admission = queries.admission(where, person, now)
    if admission.verdict is Verdict.SEATED and admission.seat:
        return admission.seat
    if admission.verdict is Verdict.WAITING and admission.ticket:
        return admission.ticket
    if admission.verdict is Verdict.FULL and wait:
        return _join(where, person, by, now)
    before = _exchanged(admission, person, instead_of, now)
    if not (admission.allowed or before):
        asked = admission.verdict in (Verdict.INELIGIBLE, Verdict.OFFERED)
        unmet = asked and not admission.eligible
        raise Refusal(*admission.reasons, status=INELIGIBLE_STATUS if unmet else 409)
    # Who exchanges a seat takes along the pledge that was given for it, if its text is still the same.
    given = pledge or rules.PLEDGE.version in (where.pledged, before.pledge_version if before else "")
    if not given:
        raise Refusal(Reason(rules.ROOM, "pledge_needed", {"batch": where.batch.key}), status=422)
    if before or admission.ticket:
        return _take_in_order(where, admission, before, person, by, now)
    return _claim(where, admission, person, by, now)


def _is_over(ticket: TicketFacts | None, now: datetime) -> bool:
    return ticket is not None and ticket.state is TicketState.OFFERED and not ticket.is_offer(now)


def _bring_up_to_date(where: Standing, now: datetime) -> None:
    """Do what the clock has decided already: pass on offers that are over, release what is set aside no longer."""
    with transaction.atomic():
        lock([where.batch.id])
        expire_offers_of(where.batch.id, now)
        settle(where.batch.id, None, now)


def _exchanged(admission: Admission, person: Person, instead_of: UUID | None, now: datetime) -> SeatFacts | None:
    """The seat that is given for the new one; None where none is, or where another is held than was named."""
    if instead_of is None:
        return None
    held = admission.seat
    if held is None or held.uid != instead_of:
        if not Seat.objects.filter(uid=instead_of, person=person.id).exists():
            raise not_found(rules.ROOM, "seat_not_found")
        return None
    if admission.exchanges is None:
        return None
    if not admission.changeable and (why := rules.why_kept(held, queries.person_facts(person), now)):
        raise Refusal(why)
    return held


def _claim(where: Standing, admission: Admission, person: Person, by: UUID, now: datetime) -> SeatFacts:
    """A seat from the first pool that has one left at this moment."""
    for pool in admission.pools:
        if seat := claim_seat(person=person, batch=where.batch, pool=pool, by=by, now=now):
            return seat
    raise _MovedMeanwhile


def _join(where: Standing, person: Person, by: UUID, now: datetime) -> TicketFacts:
    """The next place in the line, for the common seats and for each set-aside that is for this person."""
    aside = where.batch.allocations
    pools = rules.set_asides_for(where.batch, queries.person_facts(person)) if aside else ()
    if not pools:
        if ticket := claim_ticket(person=person, batch=where.batch, by=by, now=now):
            return ticket
        raise _MovedMeanwhile
    with transaction.atomic():
        batch = lock([where.batch.id])[where.batch.id]
        if any(pool.id in pools and pool.taken < pool.quota for pool in batch.allocations or ()):
            raise _MovedMeanwhile
        ticket = claim_ticket(person=person, batch=batch, by=by, now=now)
        if ticket is None:
            raise _MovedMeanwhile
        TicketPool.objects.bulk_create(TicketPool(ticket_id=ticket.id, allocation_id=pool) for pool in pools)
        return ticket


def _take_in_order(
    where: Standing, admission: Admission, before: SeatFacts | None, person: Person, by: UUID, now: datetime
) -> SeatFacts:
    """A seat that something else hangs on: one that is given for it, a place in line that it ends. All or nothing."""
    others = queries.tickets_of(person.id) if admission.verdict is Verdict.OFFERED else []
    others = [t for t in others if t.batch.period_id == where.batch.period_id and t.batch.id != where.batch.id]
    with transaction.atomic():
        locked = lock([where.batch.id, *([before.batch.id] if before else []), *(ticket.batch.id for ticket in others)])
        if before and not _mark_released(before, person.uid, by, now):
            raise _MovedMeanwhile
        if admission.verdict is Verdict.OFFERED and admission.ticket:
            seat = _accept(locked[where.batch.id], admission.ticket, person, by, now)
        else:
            seat = _claim(where, admission, person, by, now)
            if admission.ticket:
                _end_waiting(admission.ticket, now)
        if before:
            count_out(before.batch.id, before.allocation_id, 1)
            settle(before.batch.id, by, now)
        give_up((ticket.id for ticket in others), by, now)
        return seat


def _accept(batch: BatchFacts, ticket: TicketFacts, person: Person, by: UUID, now: datetime) -> SeatFacts:
    """The seat that was kept: it is counted already, so only its row is new."""
    kept = Ticket.objects.filter(_is_kept(now), id=ticket.id)
    if not kept.update(state=TicketState.SEATED, ended_at=now):
        raise _MovedMeanwhile
    Pledge.objects.get_or_create(version=rules.PLEDGE.version, defaults={"text": rules.PLEDGE.text})
    row = Seat.objects.create(
        number=f"DFT-{batch.number}-{ids.key(4)}-{ids.key(4)}",
        person_id=person.id,
        period_id=batch.period_id,
        batch_id=batch.id,
        allocation_id=ticket.pool,
        ordinal=batch.taken,
        pledge_id=rules.PLEDGE.version,
        taken_at=now,
    )
    record(SeatTaken(seat=row.uid, batch=batch.uid, person=person.uid), about=row.uid, by=by, now=now)
    return queries.seats([row.uid])[row.uid]


def _is_kept(now: datetime) -> Q:
    """The guard: the seat is kept at the moment of the update itself."""
    return Q(state=TicketState.OFFERED, offer_until__gt=now)


def _end_waiting(ticket: TicketFacts, now: datetime) -> None:
    waiting = Ticket.objects.filter(id=ticket.id, state=TicketState.WAITING)
    if not waiting.update(state=TicketState.SEATED, ended_at=now):
        raise _MovedMeanwhile
    take_out(ticket.batch.id, [ticket.id], [ticket.number])


def _mark_released(seat: SeatFacts, person: UUID, by: UUID, now: datetime) -> bool:
    """Whether this call gave it back: of two taps only one does."""
    if not Seat.objects.filter(id=seat.id, released_at=None).update(released_at=now):
        return False
    happened = SeatGivenBack(seat=seat.uid, batch=seat.batch.uid, person=person)
    record(happened, about=seat.uid, by=by, now=now)
    return True


def forget_person(*, person_id: int, now: datetime) -> None:
    """Give back every seat whose study is not over, leave every line, and forget what was completed and prepared. The
    rows that stay name an account that names nobody any more."""
    with transaction.atomic():
        done = queries.completed(person_id)
        held, tickets = queries.seats_of(person_id), queries.tickets_of(person_id)
        lock([*(seat.batch.id for seat in held), *(ticket.batch.id for ticket in tickets)])
        for seat in held:
            open_still = seat.batch.until_at > now and seat.batch.course_slug not in done
            if open_still and Seat.objects.filter(id=seat.id, released_at=None).update(released_at=now):
                count_out(seat.batch.id, seat.allocation_id, 1)
                settle(seat.batch.id, None, now)
        give_up((ticket.id for ticket in tickets), None, now)
        Completion.objects.filter(person=person_id).delete()
        Preparation.objects.filter(person=person_id).delete()
