"""Seats under contention: real threads, a connection each, real transactions.

Each promise has a control: the same storm with its guard taken away must break it, or the storm proves nothing.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import Barrier, local
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, models

from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries
from pintar.enrolment.actions import SetAside, claims, give_back_seat, seats, take_seat
from pintar.enrolment.models import Allocation, Batch, Completion, Seat
from pintar.enrolment.queries import BatchFacts, Conditions, SeatFacts
from pintar.enrolment.tests.builders import make_batch
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person

pytestmark = pytest.mark.django_db(transaction=True)

CONTENDERS = 12
QUOTA = 5
GUARDS = ("batch_never_oversold", "batch_common_pool_holds")


def crowd(size: int) -> list[Person]:
    return [make_person(f"Peserta {n}", email=f"p{n}@contoh.id") for n in range(size)]


def storm(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Do everything at once; the answers, or the refusals' codes, in order."""
    ready = Barrier(len(deeds), timeout=30)

    def one(deed: Callable[[], Any]) -> Any:
        try:
            ready.wait()
            return deed()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def taking(person: Person, batch: BatchFacts, now: datetime, **more: Any) -> Callable[[], SeatFacts]:
    return lambda: take_seat(person=person, batch_key=batch.key, pledge=True, by=person.uid, now=now, **more)


def sold(batch: BatchFacts) -> tuple[int, int]:
    held = Seat.objects.filter(batch=batch.id, released_at=None).count()
    return Batch.objects.get(id=batch.id).taken, held


@contextmanager
def without(model: type[models.Model], *names: str) -> Iterator[None]:
    """The tables without some of their constraints; what the storm left behind goes before they come back."""
    declared = model._meta.constraints
    gone = [c for c in declared if c.name in names]
    assert len(gone) == len(names)
    # SQLite makes the table anew from what the model declares.
    model._meta.constraints = [c for c in declared if c not in gone]
    with connection.schema_editor() as editor:
        for constraint in gone:
            editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        Seat.objects.all().delete()
        Allocation.objects.all().delete()
        Batch.objects.all().delete()
        model._meta.constraints = declared
        with connection.schema_editor() as editor:
            for constraint in gone:
                editor.add_constraint(model, constraint)


@pytest.fixture
def everyone_decides_first(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make a race certain: nobody goes on from their first decision before all have decided."""

    def arrange(size: int) -> None:
        decided, here, decide = Barrier(size, timeout=30), local(), queries.admission

        def decide_together(*args: Any) -> Any:
            admission = decide(*args)
            if not getattr(here, "waited", False):
                here.waited = True
                decided.wait()
            return admission

        monkeypatch.setattr(seats, "queries", SimpleNamespace(**{**vars(queries), "admission": decide_together}))

    return arrange


@pytest.fixture
def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count in whether a seat is left or not."""
    monkeypatch.setattr(claims, "COMMON_SEAT_LEFT", "1 = 1")
    monkeypatch.setattr(claims, "SET_ASIDE_LEFT", "1 = 1")


def test_a_storm_on_the_last_seats_sells_exactly_the_quota(now: datetime) -> None:
    batch = make_batch(publish_small_course(now), now, quota=QUOTA)
    answers = storm([taking(person, batch, now) for person in crowd(CONTENDERS)])
    seated = [answer for answer in answers if isinstance(answer, SeatFacts)]
    assert sold(batch) == (QUOTA, QUOTA)
    assert len(seated) == QUOTA and answers.count("batch_full") == CONTENDERS - QUOTA
    assert sorted(seat.ordinal for seat in seated) == [1, 2, 3, 4, 5]
    assert set(Seat.objects.values_list("uid", flat=True)) == {seat.uid for seat in seated}
    assert Event.objects.filter(name="enrolment.seat_taken").count() == QUOTA
    assert queries.batch(batch.key).filled_at == now


def test_control_without_the_guard_the_same_storm_oversells(
    now: datetime, no_guard: None, everyone_decides_first: Callable[[int], None]
) -> None:
    batch = make_batch(publish_small_course(now), now, quota=QUOTA)
    people = crowd(CONTENDERS)
    everyone_decides_first(CONTENDERS)
    with without(Batch, *GUARDS):
        storm([taking(person, batch, now) for person in people])
        assert sold(batch) == (CONTENDERS, CONTENDERS)


def test_the_conditional_update_alone_holds_the_quota(
    now: datetime, everyone_decides_first: Callable[[int], None]
) -> None:
    batch = make_batch(publish_small_course(now), now, quota=QUOTA)
    people = crowd(CONTENDERS)
    everyone_decides_first(CONTENDERS)
    with without(Batch, *GUARDS):
        answers = storm([taking(person, batch, now) for person in people])
        assert sold(batch) == (QUOTA, QUOTA)
    assert answers.count("batch_full") == CONTENDERS - QUOTA


def test_the_check_alone_holds_the_quota(
    now: datetime, no_guard: None, everyone_decides_first: Callable[[int], None]
) -> None:
    batch = make_batch(publish_small_course(now), now, quota=QUOTA)
    people = crowd(CONTENDERS)
    everyone_decides_first(CONTENDERS)
    answers = storm([taking(person, batch, now) for person in people])
    assert sold(batch) == (QUOTA, QUOTA) and answers.count("batch_full") == CONTENDERS - QUOTA


def for_papua(now: datetime, quota: int, aside: int) -> BatchFacts:
    papua = SetAside("Papua", aside, Conditions(regions=("94",)))
    return make_batch(publish_small_course(now), now, quota=quota, set_aside=[papua])


def test_a_storm_on_seats_set_aside_sells_exactly_those_and_the_common_ones(now: datetime) -> None:
    batch = for_papua(now, QUOTA, 3)
    people = [make_person(f"P{n}", email=f"p{n}@contoh.id", province="94") for n in range(CONTENDERS)]
    answers = storm([taking(person, batch, now) for person in people])
    assert sold(batch) == (QUOTA, QUOTA) and answers.count("batch_full") == CONTENDERS - QUOTA
    assert Seat.objects.filter(allocation__isnull=False).count() == Allocation.objects.get().taken == 3
    assert Batch.objects.get().set_aside_taken == 3


def test_control_without_the_guard_a_set_aside_oversells(
    now: datetime, no_guard: None, everyone_decides_first: Callable[[int], None]
) -> None:
    batch = for_papua(now, QUOTA, 3)
    people = [make_person(f"P{n}", email=f"p{n}@contoh.id", province="94") for n in range(CONTENDERS)]
    everyone_decides_first(CONTENDERS)
    with without(Batch, *GUARDS, "batch_set_aside_holds"), without(Allocation, "allocation_never_oversold"):
        storm([taking(person, batch, now) for person in people])
        assert Allocation.objects.get().taken == CONTENDERS


def test_many_taps_of_one_person_are_one_seat(now: datetime) -> None:
    batch = make_batch(publish_small_course(now), now)
    (person,) = crowd(1)
    answers = storm([taking(person, batch, now)] * 6)
    assert len({answer.uid for answer in answers}) == 1
    assert sold(batch) == (1, 1)


def test_one_person_in_two_batches_at_once_gets_one_seat(now: datetime) -> None:
    edition = publish_small_course(now)
    batches = [make_batch(edition, now), make_batch(edition, now)]
    people = crowd(4)
    answers = storm([taking(person, batch, now) for person in people for batch in batches])
    assert answers.count("seat_elsewhere") == 4
    assert [len(queries.seats_of(person.id)) for person in people] == [1] * 4
    assert sum(sold(batch)[0] for batch in batches) == sum(sold(batch)[1] for batch in batches) == 4


def test_control_without_the_unique_constraint_one_person_gets_two_seats(
    now: datetime, everyone_decides_first: Callable[[int], None]
) -> None:
    edition = publish_small_course(now)
    batches = [make_batch(edition, now), make_batch(edition, now)]
    (person,) = crowd(1)
    everyone_decides_first(2)
    with without(Seat, "one_seat_per_person_and_period"):
        storm([taking(person, batch, now) for batch in batches])
        assert len(queries.seats_of(person.id)) == 2


def test_exchanges_in_opposite_directions_neither_wait_for_each_other_nor_lose_a_seat(now: datetime) -> None:
    edition = publish_small_course(now)
    # Room for all on either side: half of them may come before anybody has gone.
    left, right = make_batch(edition, now, quota=12), make_batch(edition, now, quota=12)
    people = crowd(12)
    held = [taking(person, left if n % 2 else right, now)() for n, person in enumerate(people)]
    answers = storm(
        [taking(person, right if n % 2 else left, now, instead_of=held[n].uid) for n, person in enumerate(people)]
    )
    assert [answer for answer in answers if not isinstance(answer, SeatFacts)] == []
    assert sold(left) == sold(right) == (6, 6)


def test_exchanges_into_the_last_seats_leave_everyone_with_exactly_one(now: datetime) -> None:
    edition = publish_small_course(now)
    old, new = make_batch(edition, now, quota=12), make_batch(edition, now, quota=5)
    people = crowd(12)
    held = [taking(person, old, now)() for person in people]
    answers = storm([taking(p, new, now, instead_of=s.uid) for p, s in zip(people, held, strict=True)])
    assert answers.count("batch_full") == 7
    assert sold(new) == (5, 5) and sold(old) == (7, 7)
    assert all(len(queries.seats_of(person.id)) == 1 for person in people)


def test_a_seat_given_back_many_times_at_once_is_counted_back_once(now: datetime) -> None:
    batch = make_batch(publish_small_course(now), now)
    person, other = crowd(2)
    taking(person, batch, now)()
    taking(other, batch, now)()
    storm([lambda: give_back_seat(person=person, batch_key=batch.key, by=person.uid, now=now)] * 6)
    assert sold(batch) == (1, 1)
    assert Event.objects.filter(name="enrolment.seat_given_back").count() == 1
    assert not Completion.objects.exists()
