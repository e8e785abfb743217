"""Taking a seat, exchanging it, giving it back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pintar.courses.queries import Edition
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries, rules
from pintar.enrolment.actions import (
    SetAside,
    forget_person,
    give_back_seat,
    note_completion,
    take_seat,
    withdraw_batch,
)
from pintar.enrolment.models import Allocation, Batch, Pledge, Seat
from pintar.enrolment.queries import BatchFacts, SeatFacts
from pintar.enrolment.rules import Conditions, CourseAsked
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(now: datetime) -> Edition:
    return publish_small_course(now)


@pytest.fixture
def person() -> Person:
    return make_person(email="siti@contoh.id", profession="guru")


def take(person: Person, batch: BatchFacts, now: datetime, **more: object) -> SeatFacts:
    return take_seat(**{"person": person, "batch_key": batch.key, "pledge": True, "by": person.uid, "now": now, **more})


def refused(deed: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        deed()
    return caught.value


def events() -> list[str]:
    return list(Event.objects.filter(name__startswith="enrolment.seat").order_by("id").values_list("name", flat=True))


def count(batch: BatchFacts) -> tuple[int, int]:
    row = Batch.objects.get(id=batch.id)
    return row.taken, Seat.objects.filter(batch=batch.id, released_at=None).count()


def test_a_seat_is_counted_recorded_and_carries_the_pledge(edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now)
    seat = take(person, batch, now)
    assert seat.number.startswith("DFT-1-") and seat.ordinal == 1 and seat.taken_at == now
    assert count(batch) == (1, 1)
    assert seat.pledge_version == rules.PLEDGE.version
    assert Pledge.objects.get(version=seat.pledge_version).text == rules.PLEDGE.text
    event = Event.objects.get(name="enrolment.seat_taken")
    assert (event.about, event.by) == (seat.uid, person.uid)
    assert event.payload == {"seat": str(seat.uid), "batch": str(batch.uid), "person": str(person.uid)}


def test_a_second_tap_returns_the_same_seat(edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now)
    first = take(person, batch, now)
    assert take(person, batch, now + timedelta(seconds=1), pledge=False) == replace(
        first, batch=queries.batches([batch.key])[batch.key]
    )
    assert count(batch) == (1, 1) and events() == ["enrolment.seat_taken"]


def test_without_the_pledge_there_is_no_seat(edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now)
    refusal = refused(lambda: take(person, batch, now, pledge=False))
    assert (refusal.code, refusal.status) == ("pledge_needed", 422)
    assert count(batch) == (0, 0) and events() == []


def test_a_full_batch_refuses_and_says_when_it_filled(edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now, quota=1)
    take(person, batch, now)
    other = make_person("Budi", email="budi@contoh.id")
    refusal = refused(lambda: take(other, batch, now))
    assert (refusal.code, refusal.status) == ("batch_full", 409)
    assert queries.batch(batch.key).filled_at == now
    give_back_seat(person=person, batch_key=batch.key, by=person.uid, now=now)
    assert queries.batch(batch.key).filled_at is None
    assert take(other, batch, now).ordinal == 1


def test_a_seat_can_be_given_back_and_taken_again(edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now)
    first = take(person, batch, now)
    for _ in range(2):  # the second does nothing
        give_back_seat(person=person, batch_key=batch.key, by=person.uid, now=now)
    assert count(batch) == (0, 0)
    assert queries.seats([first.uid])[first.uid].released_at == now
    again = take(person, batch, now)
    assert again.uid != first.uid and count(batch) == (1, 1)
    assert events() == ["enrolment.seat_taken", "enrolment.seat_given_back", "enrolment.seat_taken"]


def test_one_period_holds_one_seat(edition: Edition, person: Person, now: datetime) -> None:
    first, second = make_batch(edition, now), make_batch(edition, now)
    held = take(person, first, now)
    refusal = refused(lambda: take(person, second, now))
    assert (refusal.code, refusal.status) == ("seat_elsewhere", 409)
    assert refusal.reasons[0].data["seat"] == str(held.uid)
    later = make_batch(edition, now, period_key="2027-i", period_title="Periode I 2027")
    assert take(person, later, now).batch.key == later.key


@pytest.mark.parametrize("first_is_older", [True, False])
def test_a_change_of_mind_is_one_step(edition: Edition, person: Person, now: datetime, first_is_older: bool) -> None:
    batches = [make_batch(edition, now), make_batch(edition, now)]
    old, new = batches if first_is_older else reversed(batches)
    held = take(person, old, now)
    seat = take(person, new, now, instead_of=held.uid, pledge=False)  # the same pledge is taken along
    assert count(old) == (0, 0) and count(new) == (1, 1)
    assert queries.seats_of(person.id) == [seat]
    assert events() == ["enrolment.seat_taken", "enrolment.seat_given_back", "enrolment.seat_taken"]
    assert take(person, new, now, instead_of=held.uid) == seat  # repeated: the same


def test_a_change_to_a_full_batch_changes_nothing(edition: Edition, person: Person, now: datetime) -> None:
    old, new = make_batch(edition, now), make_batch(edition, now, quota=1)
    held = take(person, old, now)
    make_seat(make_person("Budi"), new, now)
    assert refused(lambda: take(person, new, now, instead_of=held.uid)).code == "batch_full"
    assert queries.seats_of(person.id) == [held] and count(old) == (1, 1) and count(new) == (1, 1)


def test_a_change_whose_pledge_has_a_new_text_asks_for_it(edition: Edition, person: Person, now: datetime) -> None:
    old, new = make_batch(edition, now), make_batch(edition, now)
    held = take(person, old, now)
    Pledge.objects.create(version="2025-9", text="Teks lama.")
    Seat.objects.filter(id=held.id).update(pledge="2025-9")
    assert refused(lambda: take(person, new, now, instead_of=held.uid, pledge=False)).code == "pledge_needed"
    assert take(person, new, now, instead_of=held.uid).pledge_version == rules.PLEDGE.version


def test_somebody_elses_seat_cannot_be_given_for_ones_own(edition: Edition, person: Person, now: datetime) -> None:
    batch, other = make_batch(edition, now), make_batch(edition, now)
    foreign = make_seat(make_person("Budi"), other, now)
    for forged in (foreign.uid, uuid4()):
        refusal = refused(lambda forged=forged: take(person, batch, now, instead_of=forged))
        assert (refusal.code, refusal.status) == ("seat_not_found", 404)
    assert count(other) == (1, 1)


def test_naming_a_seat_that_is_no_longer_held_exchanges_nothing(
    edition: Edition, person: Person, now: datetime
) -> None:
    first, second, third = (make_batch(edition, now) for _ in range(3))
    stale = take(person, first, now)
    held = take(person, second, now, instead_of=stale.uid)
    refusal = refused(lambda: take(person, third, now, instead_of=stale.uid))
    assert refusal.code == "seat_elsewhere" and refusal.reasons[0].data["seat"] == str(held.uid)


def test_conditions_that_are_not_met_are_all_named(edition: Edition, person: Person, now: datetime) -> None:
    asked = Conditions(professions=("dosen",), regions=("94",))
    batch = make_batch(edition, now, conditions=asked)
    refusal = refused(lambda: take(person, batch, now))
    assert refusal.status == 422 and [why.code for why in refusal.reasons] == ["profession", "region"]


def test_a_prerequisite_is_met_once_completion_was_told(edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now, conditions=Conditions(prerequisites=(CourseAsked("dasar", "Dasar"),)))
    assert refused(lambda: take(person, batch, now)).code == "prerequisite"
    for at in (now, now + timedelta(days=1)):
        note_completion(person_id=person.id, course_slug="dasar", at=at)
    assert queries.completed(person.id) == {"dasar": now}
    assert take(person, batch, now)


def test_a_completed_training_keeps_its_seat(edition: Edition, person: Person, now: datetime) -> None:
    batch, other = make_batch(edition, now), make_batch(edition, now)
    held = take(person, batch, now)
    note_completion(person_id=person.id, course_slug=edition.slug, at=now)
    given = refused(lambda: give_back_seat(person=person, batch_key=batch.key, by=person.uid, now=now))
    changed = refused(lambda: take(person, other, now, instead_of=held.uid))
    assert given.code == changed.code == "seat_completed"
    assert count(batch) == (1, 1)


def test_seats_set_aside_go_to_their_group_first_and_return_to_it(edition: Edition, now: datetime) -> None:
    aside = SetAside("Daerah 3T", 1, Conditions(regions=("94",)))
    batch = make_batch(edition, now, quota=2, set_aside=[aside])
    papuans = [make_person(f"P{n}", email=f"p{n}@contoh.id", province="94") for n in range(2)]
    outsider = make_person("Luar", email="luar@contoh.id", province="33")
    assert take(papuans[0], batch, now).allocation_id is not None
    assert take(outsider, batch, now).allocation_id is None
    assert refused(lambda: take(papuans[1], batch, now)).code == "batch_full"
    give_back_seat(person=papuans[0], batch_key=batch.key, by=papuans[0].uid, now=now)
    refusal = refused(lambda: take(make_person("Lain", email="lain@contoh.id"), batch, now))
    assert refusal.code == "batch_full" and refusal.reasons[0].data["set_aside"] is True
    assert take(papuans[1], batch, now).allocation_id is not None
    row = Batch.objects.get(id=batch.id)
    assert (row.taken, row.set_aside_taken, Allocation.objects.get(batch=row).taken) == (2, 1, 1)


def test_a_withdrawn_batch_gives_no_seat_and_takes_none_away(edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now)
    seat = take(person, batch, now)
    for _ in range(2):
        withdraw_batch(batch_key=batch.key, by=None, now=now)
    assert refused(lambda: take(make_person("B", email="b@contoh.id"), batch, now)).code == "batch_withdrawn"
    assert take(person, batch, now).uid == seat.uid
    assert Event.objects.filter(name="enrolment.batch_withdrawn").count() == 1


@pytest.mark.parametrize("key", ["tidak-ada", "", "x" * 500, "😀", "a\0b"])
def test_an_unknown_key_is_not_found(person: Person, now: datetime, key: str) -> None:
    deeds = (
        lambda: take_seat(person=person, batch_key=key, pledge=True, by=person.uid, now=now),
        lambda: give_back_seat(person=person, batch_key=key, by=person.uid, now=now),
    )
    assert [refused(deed).status for deed in deeds] == [404, 404]
    assert queries.seat_of(person.id, key) is None and queries.batches([key]) == {}


def test_the_database_itself_refuses_an_oversold_batch(edition: Edition, now: datetime) -> None:
    batch = make_batch(edition, now, quota=2)
    for wrong in ({"taken": 3}, {"set_aside": 3}, {"set_aside": 1, "taken": 2}, {"set_aside_taken": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.filter(id=batch.id).update(**wrong)


def test_the_database_itself_refuses_a_second_seat_in_a_period(edition: Edition, person: Person, now: datetime) -> None:
    make_seat(person, make_batch(edition, now), now)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_seat(person, make_batch(edition, now), now)


def test_an_erased_person_gives_back_what_is_not_over(edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now)
    seat = take(person, batch, now)
    note_completion(person_id=person.id, course_slug="dasar", at=now)
    forget_person(person_id=person.id, now=now)
    assert count(batch) == (0, 0) and queries.completed(person.id) == {}
    assert queries.seats([seat.uid])[seat.uid].released_at == now


def test_a_persons_data_holds_their_seats_with_the_pledge(edition: Edition, person: Person, now: datetime) -> None:
    from pintar.people import ports

    seat = take(person, make_batch(edition, now), now)
    (part,) = [part for part in ports.parts() if part.name == "enrolment"]
    data = part.export(person.id)
    assert data["seats"][0]["number"] == seat.number
    assert data["seats"][0]["pledge"] == {"version": rules.PLEDGE.version, "text": rules.PLEDGE.text}


def test_seats_and_batches_are_read_in_one_query_each(
    edition: Edition, person: Person, now: datetime, django_assert_num_queries: Callable[[int], object]
) -> None:
    made = [make_batch(edition, now, period_key=f"p{n}", period_title=f"P {n}") for n in range(20)]
    for batch in made:
        make_seat(person, batch, now)
    with django_assert_num_queries(1):
        assert len(queries.seats_of(person.id)) == 20
    with django_assert_num_queries(1):
        assert [b.number for b in queries.batches_of_courses([edition.slug, "lain"])[edition.slug]] == [
            *range(20, 0, -1)
        ]
    with django_assert_num_queries(1):
        assert queries.seat_of(person.id, made[3].key)


@pytest.mark.parametrize("aside", [(), (SetAside("Papua", 5, Conditions(regions=("94",))),)])
def test_a_seat_is_one_statement_on_postgresql_and_one_short_transaction_on_sqlite(
    edition: Edition, now: datetime, aside: tuple[SetAside, ...]
) -> None:
    batch = make_batch(edition, now, set_aside=aside)
    person = make_person(email="papua@contoh.id", province="94")
    with CaptureQueriesContext(connection) as asked:
        seat = take(person, batch, now)
    assert (seat.allocation_id is not None) == bool(aside)
    first = [query["sql"].split("times: ")[-1].split()[0] for query in asked]
    read, written = [f for f in first if f == "SELECT"], [f for f in first if f in ("WITH", "UPDATE", "INSERT")]
    assert len(read) == (2 if aside else 1)  # where the person stands, and what is set aside
    if connection.vendor == "postgresql":
        assert written == ["WITH"]
    else:  # the set-aside, the batch; the pledge, the seat, the event, its deliveries
        assert written == [*["UPDATE"] * (2 if aside else 1), *["INSERT"] * 4]
