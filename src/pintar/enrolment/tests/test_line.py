"""The waiting list: joining, places, offers, their end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pintar.courses.queries import Edition
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries, rules
from pintar.enrolment.actions import (
    SetAside,
    change_batch,
    end_lines,
    expire_offers,
    forget_person,
    give_back_seat,
    leave_line,
    note_completion,
    release_set_asides,
    seats,
    take_seat,
    withdraw_batch,
)
from pintar.enrolment.models import Batch, Seat, Ticket
from pintar.enrolment.queries import BatchFacts, TicketFacts
from pintar.enrolment.rules import Conditions, SeatFacts
from pintar.enrolment.tests.builders import make_batch
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import change_person, make_person

pytestmark = pytest.mark.django_db

DAY = timedelta(hours=24)


@pytest.fixture
def edition(now: datetime) -> Edition:
    return publish_small_course(now)


def crowd(size: int, **facts: str) -> list[Person]:
    return [
        make_person(f"Peserta {n}", email=f"{facts.get('province', 'p')}{n}@contoh.id", **facts) for n in range(size)
    ]


def tap(person: Person, batch: BatchFacts, now: datetime, **more: object) -> SeatFacts | TicketFacts:
    asked = {"person": person, "batch_key": batch.key, "pledge": True, "wait": True, "by": person.uid, "now": now}
    return take_seat(**{**asked, **more})


def give_back(person: Person, batch: BatchFacts, now: datetime) -> None:
    give_back_seat(person=person, batch_key=batch.key, by=person.uid, now=now)


def place(person: Person, batch: BatchFacts) -> TicketFacts | None:
    return queries.standing(batch.key, person.id).ticket


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        deed()
    return caught.value.code


def names() -> list[str]:
    found = Event.objects.filter(name__startswith="enrolment.").exclude(name="enrolment.batch_opened").order_by("id")
    return [name.removeprefix("enrolment.") for name in found.values_list("name", flat=True)]


@pytest.fixture
def full(edition: Edition, now: datetime) -> tuple[BatchFacts, list[Person]]:
    """One seat, taken by the first of five; the others wait in their order."""
    batch, everyone = make_batch(edition, now, quota=1), crowd(5)
    for person in everyone:
        tap(person, batch, now)
    return batch, everyone


def test_a_full_batch_gives_places_in_line_in_order_and_the_same_again(edition: Edition, now: datetime) -> None:
    batch = make_batch(edition, now, quota=1)
    first, second, third = crowd(3)
    assert isinstance(tap(first, batch, now), SeatFacts)
    assert refused(lambda: tap(second, batch, now, wait=False)) == "batch_full"
    mine = tap(second, batch, now)
    assert isinstance(mine, TicketFacts) and (mine.number, mine.position, mine.length) == (1, 1, 1)
    again = tap(second, batch, now + timedelta(seconds=1))
    assert (again.uid, again.position) == (mine.uid, 1)
    assert tap(third, batch, now).position == 2
    assert tap(third, batch, now, wait=False).position == 2  # who waits is shown their place, whatever they ask for
    assert Ticket.objects.count() == 2 and names() == ["seat_taken", "line_joined", "line_joined"]


def test_a_freed_seat_is_kept_for_the_first_in_line_and_nobody_else_can_take_it(full, now: datetime) -> None:
    batch, (holder, first, second, *_) = full
    give_back(holder, batch, now)
    offered = place(first, batch)
    assert offered.is_offer(now) and offered.offer_until == now + DAY
    assert place(second, batch).position == 1
    assert Batch.objects.get(id=batch.id).taken == 1
    stranger = make_person("Lain", email="lain@contoh.id")
    assert refused(lambda: tap(stranger, batch, now, wait=False)) == "batch_full"
    assert tap(stranger, batch, now).position == 4
    assert isinstance(tap(first, batch, now + timedelta(hours=23)), SeatFacts)
    assert place(first, batch) is None and place(second, batch).position == 1


def test_an_offer_whose_time_is_over_goes_to_the_next_however_late_the_worker_comes(full, now: datetime) -> None:
    batch, (holder, first, second, third, _) = full
    give_back(holder, batch, now)
    late = now + DAY
    assert not place(first, batch).is_offer(late)
    late += timedelta(hours=5)
    for _ in range(2):  # twice does no harm
        expire_offers(now=late)
    assert place(first, batch) is None
    assert place(second, batch).offer_until == late + DAY and place(third, batch).position == 1
    assert names().count("offer_expired") == 1 and names().count("seat_offered") == 2


def test_the_clock_decides_at_the_tap_even_if_the_worker_never_came(full, now: datetime) -> None:
    batch, (holder, first, second, *_) = full
    give_back(holder, batch, now)
    late = now + DAY
    assert refused(lambda: tap(first, batch, late, wait=False)) == "offer_over"
    assert place(second, batch).is_offer(late)
    assert tap(first, batch, late).position == 3  # joining again is the end of the line


def test_a_declined_offer_and_a_place_that_is_left_pass_on(full, now: datetime) -> None:
    batch, (holder, first, second, third, fourth) = full
    leave_line(person=second, batch_key=batch.key, by=second.uid, now=now)
    assert [place(p, batch).position for p in (first, third, fourth)] == [1, 2, 3]
    give_back(holder, batch, now)
    leave_line(person=first, batch_key=batch.key, by=first.uid, now=now)
    assert place(third, batch).is_offer(now) and place(fourth, batch).position == 1
    for _ in range(2):  # the second does nothing
        leave_line(person=third, batch_key=batch.key, by=third.uid, now=now)
    assert place(fourth, batch).is_offer(now)
    leave_line(person=fourth, batch_key=batch.key, by=fourth.uid, now=now)
    assert isinstance(tap(holder, batch, now), SeatFacts)  # nobody waits: the seat is anyone's
    assert names().count("line_left") == 1 and names().count("offer_declined") == 3


def test_seats_that_are_added_go_to_those_who_wait_first(full, now: datetime) -> None:
    batch, (_, first, second, third, fourth) = full
    change_batch(batch_key=batch.key, quota=3, by=None, now=now)
    assert place(first, batch).is_offer(now) and place(second, batch).is_offer(now)
    assert [place(p, batch).position for p in (third, fourth)] == [1, 2]
    assert refused(lambda: change_batch(batch_key=batch.key, quota=2, by=None, now=now)) == "quota_below_taken"
    change_batch(batch_key=batch.key, quota=9, by=None, now=now)
    facts = queries.batch(batch.key)
    assert (facts.waiting, facts.taken, facts.left) == (0, 5, 4)


def test_accepting_exchanges_the_seat_held_elsewhere_and_leaves_the_other_lines_of_the_period(
    edition: Edition, now: datetime
) -> None:
    wanted, held, other = (make_batch(edition, now, quota=1) for _ in range(3))
    later = make_batch(edition, now, quota=1, period_key="2027-i", period_title="Periode I 2027")
    mine, *others = crowd(6)
    seat = tap(mine, held, now)
    for batch, holder in zip((wanted, other, later), others, strict=False):
        tap(holder, batch, now)
        tap(mine, batch, now)  # one may wait while holding a seat in the period
    waiting_for_held = others[3]
    tap(waiting_for_held, held, now)
    give_back(others[0], wanted, now)
    assert refused(lambda: tap(mine, wanted, now)) == "seat_elsewhere"
    assert queries.seats_of(mine.id)[0].uid == seat.uid
    accepted = tap(mine, wanted, now, instead_of=seat.uid)
    assert [s.uid for s in queries.seats_of(mine.id)] == [accepted.uid]
    assert place(waiting_for_held, held).is_offer(now)  # the old seat goes to who waits for it, in the same step
    assert place(mine, other) is None and place(mine, later).position == 1


def test_an_offer_binds_after_the_closing_but_none_is_made_any_more(full, now: datetime) -> None:
    batch, (holder, first, second, *_) = full
    eve = batch.closes_at - timedelta(hours=1)
    give_back(holder, batch, eve)
    closed = batch.closes_at + timedelta(hours=1)
    end_lines(now=closed)
    assert place(second, batch) is None and place(first, batch).is_offer(closed)
    assert refused(lambda: tap(second, batch, closed)) == "batch_closed"
    leave_line(person=first, batch_key=batch.key, by=first.uid, now=closed)
    assert Batch.objects.get(id=batch.id).taken == 0
    assert Ticket.objects.filter(state="ended").count() == 3 and "line_ended" in names()


def test_the_line_lives_until_study_begins(edition: Edition, now: datetime) -> None:
    batch = make_batch(edition, now, quota=1, starts_at=now + timedelta(days=5))
    holder, first = crowd(2)
    tap(holder, batch, now), tap(first, batch, now)
    after_closing = batch.closes_at + DAY
    end_lines(now=after_closing)
    assert place(first, batch).position == 1
    give_back(holder, batch, after_closing)
    assert isinstance(tap(first, batch, after_closing), SeatFacts)


def test_a_withdrawn_batch_ends_its_line_and_keeps_what_it_promised(full, now: datetime) -> None:
    batch, (holder, first, second, *_) = full
    give_back(holder, batch, now)
    withdraw_batch(batch_key=batch.key, by=None, now=now)
    assert place(second, batch) is None and refused(lambda: tap(second, batch, now)) == "batch_withdrawn"
    assert isinstance(tap(first, batch, now + timedelta(hours=1)), SeatFacts)


def test_an_offer_asks_the_conditions_again(edition: Edition, now: datetime) -> None:
    asked = Conditions(professions=("guru",))
    batch = make_batch(edition, now, quota=1, conditions=asked)
    holder, first = crowd(2, profession="guru")
    tap(holder, batch, now), tap(first, batch, now)
    first = change_person(first, profession="dosen")
    give_back(holder, batch, now)
    with pytest.raises(Refusal) as caught:
        tap(first, batch, now)
    assert (caught.value.code, caught.value.status) == ("profession", 422)
    assert place(first, batch).is_offer(now)  # it stays kept: the data may be put right in time


def papua(batch_quota: int, seats: int, edition: Edition, now: datetime, **more: object) -> BatchFacts:
    aside = SetAside("Papua", seats, Conditions(regions=("94",)))
    return make_batch(edition, now, quota=batch_quota, set_aside=[aside], **more)


def test_a_seat_that_is_set_aside_goes_to_the_first_who_may_use_it(edition: Edition, now: datetime) -> None:
    batch = papua(2, 1, edition, now)
    (javanese, waiting_javanese), (papuan, waiting_papuan) = crowd(2, province="33"), crowd(2, province="94")
    for person in (papuan, javanese, waiting_javanese, waiting_papuan):
        tap(person, batch, now)
    assert [place(p, batch).position for p in (waiting_javanese, waiting_papuan)] == [1, 2]
    give_back(papuan, batch, now)
    assert place(waiting_papuan, batch).is_offer(now) and place(waiting_javanese, batch).position == 1
    seat = tap(waiting_papuan, batch, now)
    assert seat.allocation_id is not None


@pytest.mark.parametrize("worker_came", [True, False])
def test_set_asides_are_released_to_all_at_their_time_those_who_wait_first(
    edition: Edition, now: datetime, worker_came: bool
) -> None:
    release = now + timedelta(hours=2)
    batch = papua(4, 3, edition, now, set_aside_until=release)
    javanese = crowd(4, province="33")
    for person in javanese[:2]:
        tap(person, batch, now)
    assert place(javanese[1], batch).position == 1
    assert refused(lambda: tap(javanese[2], batch, now, wait=False)) == "batch_full"
    if worker_came:
        release_set_asides(now=release)
    assert isinstance(tap(javanese[2], batch, release, wait=False), SeatFacts)
    assert place(javanese[1], batch).is_offer(release)
    row = Batch.objects.get(id=batch.id)
    assert (row.set_aside, row.set_aside_taken, row.taken) == (0, 0, 3)


def test_a_place_in_line_is_one_query_however_long_the_line(edition: Edition, now: datetime) -> None:
    batch = make_batch(edition, now, quota=1)
    everyone = crowd(40)
    for person in everyone:
        tap(person, batch, now)
    for person in everyone[3:30:4]:
        leave_line(person=person, batch_key=batch.key, by=person.uid, now=now)
    with CaptureQueriesContext(connection) as asked:
        (mine,) = queries.tickets_of(everyone[39].id)
    assert mine.position == mine.length == 39 - 7
    assert len(asked) == 1 and "enrolment_linegap" in asked[0]["sql"]
    assert "COUNT(" not in asked[0]["sql"].upper()


def test_joining_a_line_is_one_statement_on_postgresql(edition: Edition, now: datetime) -> None:
    batch = make_batch(edition, now, quota=1)
    holder, first = crowd(2)
    tap(holder, batch, now)
    with CaptureQueriesContext(connection) as asked:
        tap(first, batch, now)
    verbs = [query["sql"].split("times: ")[-1].split()[0] for query in asked]
    written = [verb for verb in verbs if verb in ("WITH", "UPDATE", "INSERT")]
    assert verbs.count("SELECT") == 1
    assert written == (["WITH"] if connection.vendor == "postgresql" else ["UPDATE", "INSERT", "INSERT"])


def test_an_erased_person_waits_no_longer(full, now: datetime) -> None:
    batch, (holder, first, second, *_) = full
    give_back(holder, batch, now)
    forget_person(person_id=first.id, now=now)
    assert place(second, batch).is_offer(now)
    forget_person(person_id=second.id, now=now)
    assert not Ticket.objects.filter(person__in=[first.id, second.id], state__in=rules.LIVE).exists()


def test_a_seat_that_was_completed_is_not_given_for_an_offer(edition: Edition, now: datetime) -> None:
    wanted = make_batch(edition, now, quota=1)
    other = publish_small_course(now, slug="lain", title="Lain")
    held = make_batch(other, now)
    holder, mine = crowd(2)
    tap(holder, wanted, now), tap(mine, wanted, now)
    seat = tap(mine, held, now)
    note_completion(person_id=mine.id, course_slug=held.course_slug, at=now)
    give_back(holder, wanted, now)
    assert refused(lambda: tap(mine, wanted, now, instead_of=seat.uid)) == "seat_completed"
    assert Seat.objects.get(uid=seat.uid).released_at is None and place(mine, wanted).is_offer(now)


@pytest.mark.parametrize("province", ["33", "94"])
def test_a_seat_that_comes_free_between_the_look_and_the_joining_is_taken(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch, province: str
) -> None:
    batch = papua(2, 1, edition, now)
    for person in (*crowd(1, province="94"), holder := crowd(1, province="33")[0]):
        tap(person, batch, now)
    late = make_person("Lambat", email="lambat@contoh.id", province=province)
    look, given_back = queries.admission, []

    def look_and_lose(*asked: object) -> object:
        decided = look(*asked)
        if not given_back:
            given_back.append(holder)
            give_back(holder, batch, now)
        return decided

    monkeypatch.setattr(seats, "queries", SimpleNamespace(**{**vars(queries), "admission": look_and_lose}))
    assert isinstance(tap(late, batch, now), SeatFacts)
