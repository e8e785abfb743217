"""Deciding: by the rule, as often as something happens; by hand, with a name and a reason."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.enrolment import actions as enrolment
from pintar.enrolment import queries as seats_of
from pintar.enrolment.queries import SeatFacts
from pintar.foundation.ledger.events import record, record_all
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.graduation import queries, rules
from pintar.graduation.events import GraduationDecided, GraduationReopened
from pintar.graduation.models import Graduation
from pintar.graduation.rules import FINAL, OPEN, Decision, State
from pintar.people import queries as people

# Looked at in one go by the sweep.
PORTION = 200


def begin(*, seats: Iterable[UUID]) -> None:
    """Keep a row for each seat, so that the sweep finds it even when nothing ever happens. Safe to repeat."""
    known = seats_of.seats(seats)
    Graduation.objects.bulk_create([Graduation(seat_id=uid) for uid in known], ignore_conflicts=True)


def forget_seats(*, seats: Iterable[UUID]) -> None:
    """A given-back seat has no graduation any more, unless it was decided."""
    Graduation.objects.filter(seat__uid__in=list(seats), state__in=OPEN).delete()


def decide(*, seats: Iterable[UUID], now: datetime) -> dict[UUID, Decision]:
    """Try the rule for each of these seats and keep what it says; what is decided for good stays. Safe to repeat.

    Returns the decisions that this call made for good. Seats that are unknown or given back are passed over.
    """
    with transaction.atomic():
        asked = list(seats)
        rows = {row.seat_id: row for row in Graduation.objects.filter(seat__uid__in=asked)}
        undecided = [uid for uid in asked if uid not in rows or rows[uid].state in OPEN]
        found = {uid: both for uid, both in queries.facts_of(undecided).items() if both[0].released_at is None}
        missing = [Graduation(seat_id=uid) for uid in found if uid not in rows]
        Graduation.objects.bulk_create(missing, ignore_conflicts=True)
        made: dict[UUID, Decision] = {}
        for uid, (_, facts) in found.items():
            decision = rules.decide(facts, now)
            before = rows[uid].state if uid in rows else State.BELUM
            if decision.is_final and _settle(uid, decision, now):
                made[uid] = decision
            elif not decision.is_final and decision.state != before:
                Graduation.objects.filter(seat__uid=uid, state__in=OPEN).update(state=decision.state)
        _tell(made, {uid: seat for uid, (seat, _) in found.items()}, by=None, now=now)
    return made


def decide_by_hand(*, seat: UUID, state: State, by: UUID, reason: str, now: datetime) -> None:
    """A named person decides against the rule, with a reason that is kept. Safe to repeat.

    Raises Refusal: 404 for no such seat; 422 `state_not_final`, `person_unknown`, `note_needed`; 409 `already_lulus`,
    for a certificate rests on it.
    """
    note = " ".join(reason.split())
    wrong = [
        *([] if state in FINAL else [Reason("graduation", "state_not_final")]),
        *([] if by in people.people_by_uid([by]) else [Reason("graduation", "person_unknown")]),
        *([] if rules.SHORTEST_NOTE <= len(note) <= rules.LONGEST_NOTE and note.isprintable() else [_note_needed()]),
    ]
    if wrong:
        raise Refusal(*wrong, status=422)
    with transaction.atomic():
        held = seats_of.seats([seat]).get(seat)
        if held is None:
            raise not_found("graduation", "seat_unknown")
        Graduation.objects.bulk_create([Graduation(seat_id=seat)], ignore_conflicts=True)
        achieved_at = now if state is State.LULUS else None
        changed = (
            Graduation.objects.filter(seat__uid=seat)
            .exclude(state__in=[State.LULUS, state])
            .update(state=state, reasons=[], decided_at=now, achieved_at=achieved_at, by=by, note=note)
        )
        if changed:
            _tell({seat: Decision(state, achieved_at=achieved_at)}, {seat: held}, by=by, now=now)
        elif Graduation.objects.values_list("state", flat=True).get(seat__uid=seat) != state:
            raise Refusal(Reason("graduation", "already_lulus"))


def close_windows(*, now: datetime) -> int:
    """Decide the seats whose window is over. Returns how many were decided; running late loses nothing, for the rule
    looks at what was done in time."""
    done, last = 0, 0
    due = Graduation.objects.filter(state__in=OPEN, seat__batch__until_at__lte=now, seat__released_at=None)
    while portion := list(due.filter(id__gt=last).order_by("id").values_list("id", "seat__uid")[:PORTION]):
        done += len(decide(seats=[seat for _, seat in portion], now=now))
        last = portion[-1][0]
    return done


def reopen(*, batches: Iterable[UUID], now: datetime) -> None:
    """A batch got a later end: what the rule closed for its end is open again. What a person decided stays."""
    gone = Graduation.objects.filter(
        seat__batch__uid__in=list(batches), seat__batch__until_at__gt=now, state=State.GUGUR, by=None
    )
    with transaction.atomic():
        for row_id, seat, person in list(gone.values_list("id", "seat__uid", "seat__person__uid")):
            _open_again(row_id, seat, person, now)


def reconsider(*, seats: Iterable[UUID], now: datetime) -> None:
    """Something done in time was counted late: what the rule closed for its end, and would not close now, is decided
    anew. What a person decided stays."""
    gone = Graduation.objects.filter(seat__uid__in=list(seats), state=State.GUGUR, by=None)
    with transaction.atomic():
        known = {row.seat.uid: row for row in gone.select_related("seat__person")}
        found = queries.facts_of(known)
        saved = [uid for uid, (_, facts) in found.items() if rules.decide(facts, now).state is State.LULUS]
        for uid in saved:
            _open_again(known[uid].pk, uid, known[uid].seat.person.uid, now)
        decide(seats=saved, now=now)


def _open_again(row_id: int, seat: UUID, person: UUID, now: datetime) -> None:
    back = Graduation.objects.filter(id=row_id, state=State.GUGUR, by=None)
    if back.update(state=State.BELUM, reasons=[], decided_at=None):
        record(GraduationReopened(seat=seat, person=person), about=seat, by=None, now=now)


def forget_person(*, person_id: int) -> None:
    """Take away what nothing rests on: what was missing, and what somebody wrote."""
    Graduation.objects.filter(seat__person=person_id).update(reasons=[], note="")


def _settle(seat: UUID, decision: Decision, now: datetime) -> bool:
    """Whether this call decided it: of two at once, one does."""
    reasons = [{"code": reason.code, "data": dict(reason.data)} for reason in decision.reasons]
    return bool(
        Graduation.objects.filter(seat__uid=seat, state__in=OPEN).update(
            state=decision.state, reasons=reasons, decided_at=now, achieved_at=decision.achieved_at
        )
    )


def _tell(made: Mapping[UUID, Decision], known: Mapping[UUID, SeatFacts], *, by: UUID | None, now: datetime) -> None:
    """Record what was decided, and let enrolment know who completed what."""
    if not made:
        return
    persons = people.people({known[uid].person_id for uid in made})
    for uid, decision in made.items():
        if decision.state is State.LULUS:
            seat = known[uid]
            enrolment.note_completion(
                person_id=seat.person_id, course_slug=seat.batch.course_slug, at=decision.achieved_at or now
            )
    happened = [
        (GraduationDecided(seat=uid, person=persons[known[uid].person_id].uid, state=str(decision.state)), uid)
        for uid, decision in made.items()
    ]
    record_all(happened, by=by, now=now)


def _note_needed() -> Reason:
    return Reason("graduation", "note_needed", {"least": rules.SHORTEST_NOTE, "most": rules.LONGEST_NOTE})
