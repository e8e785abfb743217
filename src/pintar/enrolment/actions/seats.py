"""Taking a seat, exchanging it, giving it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F

from pintar.enrolment import queries, rules
from pintar.enrolment.actions.claims import claim_seat
from pintar.enrolment.events import SeatGivenBack
from pintar.enrolment.models import Allocation, Batch, Completion, Seat
from pintar.enrolment.rules import Admission, BatchFacts, SeatFacts, Verdict
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
    *, person: Person, batch_key: str, pledge: bool, instead_of: UUID | None = None, by: UUID, now: datetime
) -> SeatFacts:
    """A seat for this person; the one they have here already, if so.

    `pledge`: the pakta integritas was ticked. `instead_of`: the uid of the seat in another batch of the period that is
    given back in the same step; if there is no seat here, that one stays. Raises Refusal: 404 no such batch or seat,
    409 batch_full, batch_soon, batch_closed, batch_withdrawn, seat_elsewhere (with its uid), seat_completed,
    batch_over; 422 conditions not met, pledge_needed.
    """
    for _ in range(TRIES):
        try:
            return _take(person, batch_key, pledge, instead_of, by, now)
        except (IntegrityError, _MovedMeanwhile):
            continue
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
                raise
    raise Refusal(Reason("foundation", "busy"), status=503, retry_after=2)


def give_back_seat(*, person: Person, batch_key: str, by: UUID, now: datetime) -> None:
    """Give the seat in this batch back; does nothing where there is none. Raises Refusal: 404, 409 seat_completed,
    batch_over."""
    batch = queries.batch(batch_key)
    seat = queries.seat_of(person.id, batch.key)
    if seat is None:
        return
    if why := rules.why_kept(seat, queries.person_facts(person), now):
        raise Refusal(why)
    with transaction.atomic():
        _lock(batch.id)
        if _mark_released(seat, person.uid, by, now):
            _return_to_pool(seat)


def note_completion(*, person_id: int, course_slug: str, at: datetime) -> None:
    """Remember that a training was completed (told by graduation); the first time counts."""
    Completion.objects.get_or_create(person_id=person_id, course_slug=course_slug, defaults={"at": at})


def _take(person: Person, batch_key: str, pledge: bool, instead_of: UUID | None, by: UUID, now: datetime) -> SeatFacts:
    batch = queries.batch(batch_key)
    held = queries.seats_of(person.id)
    admission = queries.admission(batch, person, held, now)
    if admission.verdict is Verdict.SEATED and admission.seat:
        return admission.seat
    before = _exchanged(admission, person, instead_of, now)
    if not (admission.allowed or before):
        status = INELIGIBLE_STATUS if admission.verdict is Verdict.INELIGIBLE else 409
        raise Refusal(*admission.reasons, status=status)
    # Who exchanges a seat takes along the pledge that was given for it, if its text is still the same.
    if not pledge and not (before and before.pledge_version == rules.PLEDGE.version):
        raise Refusal(Reason(rules.ROOM, "pledge_needed", {"batch": batch.key}), status=422)
    if before:
        return _exchange(before, batch, admission.pools, person, by, now)
    return _claim(batch, admission.pools, person, by, now)


def _exchanged(admission: Admission, person: Person, instead_of: UUID | None, now: datetime) -> SeatFacts | None:
    """The seat that is given for the new one; None where none is, or where another is held than was named."""
    if instead_of is None:
        return None
    held = admission.seat
    if held is None or held.uid != instead_of:
        if not Seat.objects.filter(uid=instead_of, person=person.id).exists():
            raise not_found(rules.ROOM, "seat_not_found")
        return None
    if admission.verdict is not Verdict.ELSEWHERE:
        return None
    if not admission.changeable and (why := rules.why_kept(held, queries.person_facts(person), now)):
        raise Refusal(why)
    return held


def _claim(batch: BatchFacts, pools: Sequence[int | None], person: Person, by: UUID, now: datetime) -> SeatFacts:
    """A seat from the first pool that has one left at this moment."""
    for pool in pools:
        if seat := claim_seat(person=person, batch=batch, pool=pool, by=by, now=now):
            return seat
    raise _MovedMeanwhile


def _exchange(
    before: SeatFacts, batch: BatchFacts, pools: Sequence[int | None], person: Person, by: UUID, now: datetime
) -> SeatFacts:
    """The new seat for the old one, or neither."""
    with transaction.atomic():
        _lock(before.batch.id, batch.id)
        if not _mark_released(before, person.uid, by, now):
            raise _MovedMeanwhile
        seat = _claim(batch, pools, person, by, now)
        _return_to_pool(before)
        return seat


def _lock(*batches: int) -> None:
    """Hold the rows of batches, the smaller id first: whoever changes two does it in this order, and nobody waits for
    each other in a ring. SQLite's transactions come one after another anyway."""
    list(Batch.objects.select_for_update().filter(id__in=batches).order_by("id").values_list("id"))


def _mark_released(seat: SeatFacts, person: UUID, by: UUID, now: datetime) -> bool:
    """Whether this call gave it back: of two taps only one does."""
    if not Seat.objects.filter(id=seat.id, released_at=None).update(released_at=now):
        return False
    happened = SeatGivenBack(seat=seat.uid, batch=seat.batch.uid, person=person)
    record(happened, about=seat.uid, by=by, now=now)
    return True


def _return_to_pool(seat: SeatFacts) -> None:
    if seat.allocation_id is None:
        Batch.objects.filter(id=seat.batch.id).update(taken=F("taken") - 1, filled_at=None)
        return
    Allocation.objects.filter(id=seat.allocation_id).update(taken=F("taken") - 1)
    Batch.objects.filter(id=seat.batch.id).update(
        taken=F("taken") - 1, set_aside_taken=F("set_aside_taken") - 1, filled_at=None
    )


def forget_person(*, person_id: int, now: datetime) -> None:
    """Give back every seat whose study is not over and forget what was completed. The rows that stay name an account
    that names nobody any more."""
    with transaction.atomic():
        done = queries.completed(person_id)
        held = queries.seats_of(person_id)
        _lock(*(seat.batch.id for seat in held))
        for seat in held:
            open_still = seat.batch.until_at > now and seat.batch.course_slug not in done
            if open_still and Seat.objects.filter(id=seat.id, released_at=None).update(released_at=now):
                _return_to_pool(seat)
        Completion.objects.filter(person=person_id).delete()
