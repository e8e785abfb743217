"""The waiting room's door: a rush through the front, with lanes so narrow that one request fills them."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine

from pintar.courses.queries import Edition
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries as enrolment
from pintar.enrolment.actions import change_batch, withdraw_batch
from pintar.enrolment.models import Seat
from pintar.enrolment.queries import BatchFacts
from pintar.enrolment.tests import doors
from pintar.enrolment.tests.builders import make_batch
from pintar.enrolment.tests.doors import FORM, Answer, Visitor, crowded
from pintar.enrolment.tests.valkey import running_valkey
from pintar.enrolment.waitingroom import rules, tickets, turnstile
from pintar.enrolment.waitingroom.door import RESTS
from pintar.enrolment.waitingroom.shared import Shared
from pintar.enrolment.waitingroom.store import InProcess, Store
from pintar.front import LANES, Front
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    with running_valkey() as url:
        yield url


@pytest.fixture(params=["in process", "valkey"])
def store(request: Any, now: datetime) -> Store:
    if request.param == "in process":
        return InProcess(since=now.timestamp())
    found = Shared(request.getfixturevalue("valkey"))
    found.lost(now.timestamp())
    return found


@pytest.fixture
def clock(now: datetime) -> Iterator[Any]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def front(clock: Any, store: Store) -> Iterator[Front]:
    made = doors.front(store)
    yield made
    doors.close(made)


@pytest.fixture
def edition(clock: Any, now: datetime) -> Edition:
    return publish_small_course(now)


@pytest.fixture
def batch(edition: Edition, now: datetime) -> BatchFacts:
    return make_batch(edition, now, quota=3)


def crowd(front: Front, size: int, kind: str = "web") -> list[Visitor]:
    return [doors.visitor(front, person(n), kind) for n in range(size)]


def person(n: int) -> Person:
    return make_person(f"Peserta {n}", email=f"p{n}@contoh.id")


def holders(batch: BatchFacts) -> list[str]:
    seats = Seat.objects.filter(batch=batch.id, released_at=None).order_by("id")
    return list(seats.values_list("person__name", flat=True))


def a_rush(front: Front, people: list[Visitor], batch: BatchFacts, clock: Any) -> None:
    """They all tap while the counter is taken, a second apart; everybody is sent to the queue."""
    with crowded(front.lanes.seats):
        for visitor in people:
            answer = visitor.take(batch.key)
            assert (answer.status, answer.header("Location")) == (303, f"/angkatan/{batch.key}/antre/")
            clock.shift(1)
    tick(front, clock)


def test_without_a_rush_nobody_sees_the_waiting_room(front: Front, batch: BatchFacts) -> None:
    (visitor,) = crowd(front, 1)
    answer = visitor.take(batch.key)
    assert (answer.status, answer.header("Location")) == (303, f"/angkatan/{batch.key}/")
    assert holders(batch) == ["Peserta 0"]
    assert "antrean" not in visitor.cookies and front.room.awaited(batch.key) is None
    assert visitor.queue(batch.key).header("Location") == f"/angkatan/{batch.key}/"


def test_in_a_rush_seats_go_in_the_order_of_arrival_however_late_one_comes_to_the_counter(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    assert holders(batch) == []
    shown = people[4].queue(batch.key)
    assert "<b>" in shown.text and shown.status == 200 and len(shown.body) <= 8_000
    assert people[4].poll(batch.key)["show"] | {"at": ""} == {
        "place": "5", "ahead": "4", "left": "3", "wait": "kurang dari 1 menit", "way": "0", "at": "",
    }  # fmt: skip
    for visitor in reversed(people):  # the last to have come ask first
        visitor.queue(batch.key)
    assert sorted(holders(batch)) == ["Peserta 0", "Peserta 1", "Peserta 2"]
    tick(front, clock)
    for visitor in people[3:]:
        answer = visitor.queue(batch.key)
        assert "Kuota 3 kursi sudah terisi sebelum giliran Anda" in answer.text
        assert "antrean" not in visitor.cookies
    assert front.room.store.tend(batch.key, clock_now()) == 0


def test_who_waits_costs_no_statement_of_the_database(
    front: Front, batch: BatchFacts, clock: Any, django_db_blocker: Any
) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    with django_db_blocker.block():
        assert "Di depan Anda" in people[4].queue(batch.key).text
        assert people[4].poll(batch.key)["face"] == "waitingsmall"
        assert people[4].take(batch.key).status == 303
        assert people[0].queue(batch.key).status == 500  # the control: whoever is called does ask it


def test_programs_get_queued_and_repeat_the_same_put(front: Front, batch: BatchFacts, clock: Any) -> None:
    people = crowd(front, 5, "token")
    with crowded(front.lanes.seats):
        told = [visitor.put(batch.key) for visitor in people]
        again = people[4].put(batch.key)
    tick(front, clock)
    for n, answer in enumerate(told[3:], start=3):
        body = answer.json()
        assert answer.status == 202 and body["state"] == "queued" and body["ahead"] == n
        assert answer.header("Retry-After") == str(body["retry_after"])
        assert rules.NEXT <= body["retry_after"] <= rules.LATEST
    assert again.json()["ticket"] == told[4].json()["ticket"] and again.json()["ahead"] == 4
    assert [visitor.put(batch.key).status for visitor in people[:3]] == [201, 201, 201]
    refused = people[4].put(batch.key)
    assert (refused.status, refused.json()["code"]) == (409, "batch_full")
    assert refused.header("Content-Type") == "application/problem+json"
    clock.shift(1)
    assert people[0].put(batch.key).status == 200
    assert holders(batch) == ["Peserta 0", "Peserta 1", "Peserta 2"]


def test_one_person_has_one_place_in_every_tab_on_every_device_and_after_ten_thousand_refreshes(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    phone = doors.visitor(front, people[3].person)
    laptop = doors.visitor(front, people[3].person, "token")
    with crowded(front.lanes.seats):
        phone.take(batch.key)
        assert laptop.put(batch.key).json()["ahead"] == 3
        for n in range(10_000 if isinstance(front.room.store, InProcess) else 500):
            people[3].queue(batch.key) if n % 2 else phone.take(batch.key)
    assert phone.poll(batch.key)["show"]["place"] == people[3].poll(batch.key)["show"]["place"] == "4"
    assert people[4].poll(batch.key)["show"]["place"] == "5"


def test_who_closes_the_browser_comes_back_to_the_same_place(front: Front, batch: BatchFacts, clock: Any) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    clock.shift(rules.KEPT - 30)
    assert people[3].poll(batch.key)["show"]["place"] == "4"


def test_a_lost_process_or_a_flushed_store_costs_nobody_their_place(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    before = [visitor.poll(batch.key)["show"]["place"] for visitor in people[3:]]
    clock.shift(5)
    front.room.store.lost(clock_now())
    fresh = doors.front(front.room.store)  # another process: it knows nothing
    newcomer = doors.visitor(fresh, person(9))
    for visitor in people:
        visitor.front = fresh
    with crowded(fresh.lanes.seats):
        people[4].queue(batch.key)  # the last of them comes back first, before a newcomer
        newcomer.take(batch.key)
        for visitor in people[:4]:
            visitor.queue(batch.key)
    assert [visitor.poll(batch.key)["show"]["place"] for visitor in people[3:]] == before == ["4", "5"]
    assert newcomer.poll(batch.key)["show"]["place"] == "6"
    doors.close(fresh)


def test_who_comes_before_the_opening_is_drawn_and_called_when_it_opens(
    front: Front, edition: Edition, clock: Any, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=2, opens_at=now + timedelta(minutes=5))
    people = crowd(front, 6)
    tick(front, clock)
    for visitor in people:
        assert visitor.take(batch.key).status == 303
    page = people[0].queue(batch.key)
    assert 'data-face="early"' in page.text and "Anda sudah di ruang tunggu" in page.text
    assert people[0].poll(batch.key)["face"] == "early"
    draw = people[0].get(f"/angkatan/{batch.key}/undian/").text
    seed = tickets.seed_of(batch.key)
    assert rules.commitment(seed) in draw and seed not in draw
    clock.move_to(batch.opens_at)
    tick(front, clock)
    for visitor in people:
        visitor.queue(batch.key)
    ids = {tickets.id_of(batch.key, v.person.uid): v.person.name for v in people if v.person}
    assert front.room.store.early(batch.key) == sorted(ids)
    first_two = [ids[ticket] for ticket in rules.shuffled(seed, list(ids))[:2]]
    assert sorted(holders(batch)) == sorted(first_two)


def test_a_program_that_comes_before_the_opening_is_queued_without_a_number(
    front: Front, edition: Edition, clock: Any, now: datetime
) -> None:
    batch = make_batch(edition, now, opens_at=now + timedelta(minutes=5))
    (visitor,) = crowd(front, 1, "token")
    assert visitor.put(batch.key).json()["code"] == "batch_soon"
    tick(front, clock)
    told = visitor.put(batch.key)
    assert told.status == 202 and told.json()["ahead"] is None and told.json()["retry_after"] <= 60
    clock.move_to(batch.opens_at)
    tick(front, clock)
    assert visitor.put(batch.key).status == 201


def test_a_batch_withdrawn_or_closed_while_people_queue_tells_them_so(
    front: Front, batch: BatchFacts, clock: Any, now: datetime
) -> None:
    people = crowd(front, 5)
    programs = [doors.visitor(front, person(n), "token") for n in (7, 8)]
    a_rush(front, people, batch, clock)
    with crowded(front.lanes.seats):
        for program in programs:
            program.put(batch.key)
    withdraw_batch(batch_key=batch.key, by=None, now=now)
    tick(front, clock)
    assert people[4].poll(batch.key)["face"] == "withdrawn"
    assert "Penyelenggara menarik angkatan ini selagi Anda antre" in people[4].queue(batch.key).text
    assert programs[0].put(batch.key).json()["code"] == "batch_withdrawn"
    assert people[0].queue(batch.key).status == 409
    assert holders(batch) == []


def test_a_registration_that_ends_while_people_queue_tells_them_so(
    front: Front, edition: Edition, clock: Any, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=3, closes_at=now + timedelta(minutes=5))
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    clock.move_to(batch.closes_at)
    assert "Masa pendaftaran berakhir selagi Anda antre" in people[4].queue(batch.key).text


def test_forged_foreign_and_old_tickets_are_refused_by_name(front: Front, batch: BatchFacts, clock: Any) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    thief = doors.visitor(front, person(9))

    thief.cookies["antrean"] = people[0].cookies["antrean"]
    foreign = thief.queue(batch.key)
    assert foreign.status == 403 and "milik akun lain" in foreign.text and "antrean" not in thief.cookies

    body, _, signature = people[4].cookies["antrean"].partition(".")
    thief.cookies["antrean"] = f"{body[:-1]}A.{signature}"
    forged = thief.queue(batch.key)
    assert forged.status == 403 and "tidak dikenal" in forged.text

    for nonsense in ("x", "x.y", ".", "é.é", "a" * 5_000):
        thief.cookies["antrean"] = nonsense
        assert thief.queue(batch.key).status == 403

    clock.shift(tickets.GOOD_FOR + 1)
    old = people[0].queue(batch.key)
    assert old.status == 410 and "sudah lewat" in old.text
    assert holders(batch) == []


def test_a_program_is_refused_a_forged_foreign_or_old_ticket_by_name_and_goes_on_without(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 3, "token")
    with crowded(front.lanes.seats):
        given = [visitor.put(batch.key).json()["ticket"] for visitor in people]
        body, _, signature = given[0].partition(".")
        for wrong, status, code in (
            (f"{body[:-1]}A.{signature}", 403, "ticket_forged"),
            ("x" * 5_000, 403, "ticket_forged"),
            (given[1], 403, "ticket_foreign"),
        ):
            refused = people[0].put(batch.key, wrong)
            assert (refused.status, refused.json()["code"]) == (status, code)
        assert people[0].put(batch.key, given[0]).json()["state"] == "queued"
        clock.shift(tickets.GOOD_FOR + 1)
        assert people[0].put(batch.key, given[0]).json()["code"] == "ticket_old"
        assert people[0].put(batch.key).json()["state"] == "queued"


def test_a_stolen_place_is_no_place_and_its_owner_keeps_it(front: Front, batch: BatchFacts, clock: Any) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    thief = doors.visitor(front, person(9))
    thief.cookies["antrean"] = people[3].cookies["antrean"]
    with crowded(front.lanes.seats):
        thief.take(batch.key)
        assert thief.poll(batch.key)["show"]["place"] == "6"
        assert people[3].poll(batch.key)["show"]["place"] == "4"


def test_who_signed_out_in_the_queue_is_asked_to_sign_in_and_keeps_the_place(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    token, people[0].token = people[0].token, ""
    answer = people[0].queue(batch.key)
    assert (answer.status, answer.header("Location")) == (303, f"/masuk/?next=%2Fangkatan%2F{batch.key}%2Fantre%2F")
    people[0].token = token
    people[0].queue(batch.key)
    assert holders(batch) == ["Peserta 0"]


def test_who_leaves_the_queue_lets_the_others_move_up(front: Front, batch: BatchFacts, clock: Any) -> None:
    people = crowd(front, 6)
    a_rush(front, people, batch, clock)
    left = people[4].post(f"/angkatan/{batch.key}/antre/", keluar="1")
    assert left.header("Location") == f"/angkatan/{batch.key}/" and "antrean" not in people[4].cookies
    assert people[5].poll(batch.key)["show"]["place"] == "5"


def test_who_is_refused_at_the_counter_makes_room_for_the_next(front: Front, batch: BatchFacts, clock: Any) -> None:
    nameless = doors.visitor(front, make_person(""))
    people = crowd(front, 4)
    people[1] = nameless
    a_rush(front, people, batch, clock)
    for visitor in people[:3]:
        visitor.queue(batch.key)
    tick(front, clock)
    people[3].queue(batch.key)
    assert sorted(holders(batch)) == ["Peserta 0", "Peserta 2", "Peserta 3"]


def test_who_has_a_seat_hears_of_it_even_when_all_seats_are_taken(front: Front, batch: BatchFacts, clock: Any) -> None:
    early_bird = doors.visitor(front, person(7))
    early_bird.take(batch.key)
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    for visitor in people:
        visitor.queue(batch.key)
    program = doors.visitor(front, early_bird.person, "token")
    assert program.put(batch.key).status == 200
    assert early_bird.take(batch.key).header("Location") == f"/angkatan/{batch.key}/"
    assert holders(batch) == ["Peserta 7", "Peserta 0", "Peserta 1"]


def test_the_page_of_a_batch_gives_a_place_when_there_is_no_room_to_show_it(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 4)
    a_rush(front, people, batch, clock)
    onlooker, stranger = doors.visitor(front, person(8)), doors.visitor(front)
    assert onlooker.get(f"/angkatan/{batch.key}/").status == 200
    with crowded(front.lanes.shop):
        answer = onlooker.get(f"/angkatan/{batch.key}/")
        assert answer.header("Location") == f"/angkatan/{batch.key}/antre/"
        turned_away = stranger.get(f"/angkatan/{batch.key}/")
    assert onlooker.poll(batch.key)["show"]["place"] == "5"
    assert turned_away.status == 503 and int(turned_away.header("Retry-After")) >= 1
    assert "Sistem sedang padat" in turned_away.text


def test_a_crowd_at_one_door_leaves_the_others_open(front: Front, batch: BatchFacts) -> None:
    (visitor,) = crowd(front, 1)
    with crowded(front.lanes.shop), crowded(front.lanes.sign_in):
        assert visitor.get("/pelatihan/").status == 503
        signing_in = visitor.post("/masuk/", login="x", password="y")
        assert signing_in.status == 503 and "muat ulang halaman ini" in signing_in.text
        api = visitor.get("/api/v1/batches")
        assert (api.status, api.json()["code"]) == (503, "busy") and api.header("Retry-After")
        assert visitor.get("/beranda/").status == 200
        assert visitor.get("/api/v1/sittings/00000000-0000-0000-0000-000000000007").status == 404


def test_who_finds_no_room_at_the_gate_in_a_rush_comes_back_seconds_later_and_keeps_their_place(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 5)
    a_rush(front, people[:4], batch, clock)
    with crowded(front.lanes.gate):
        turned_away = people[4].take(batch.key)
        assert turned_away.status == 503 and int(turned_away.header("Retry-After")) > min(RESTS)
        # Who only looks passes the gate where the queue is in this process's own memory.
        assert people[3].queue(batch.key).status == (503 if front.room.store.is_shared else 200)
        assert "antrean" in people[3].cookies  # the place is kept
    assert people[3].poll(batch.key)["show"]["place"] == "4"


def test_where_the_turnstile_is_full_newcomers_are_told_from_the_head_of_their_request_alone(
    front: Front, batch: BatchFacts, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, page, queue = f"/api/v1/batches/{batch.key}/seat", f"/angkatan/{batch.key}/", f"/angkatan/{batch.key}/antre/"
    told: list[Any] = []

    def at_once(method: str, path: str, **headers: str) -> Any:
        head = {name.replace("_", "-"): value for name, value in headers.items()}
        return front.door.at_once(method, path, head, lambda status, given: told.append((status, dict(given))))

    monkeypatch.setattr(turnstile, "MOST", 0)
    assert at_once("PUT", seat) is None  # there is no rush
    a_rush(front, crowd(front, 4), batch, clock)

    (problem,) = at_once("PUT", seat, accept_language="ar")
    assert json.loads(problem)["code"] == "busy" and told[-1][0].startswith("503")
    assert int(told[-1][1]["Retry-After"]) > min(RESTS)
    assert b"Halaman ini mencoba lagi" in at_once("GET", page)[0] and at_once("HEAD", page) == []

    # Whoever holds a place, wants something else, or whose body must be read first, goes on.
    assert at_once("PUT", seat, pintar_ticket="x") is None and at_once("GET", queue, cookie="a=b; antrean=x") is None
    assert at_once("POST", f"{page}kursi/") is None and at_once("DELETE", seat) is None
    assert at_once("GET", seat) is None and at_once("GET", "/beranda/") is None
    monkeypatch.undo()
    assert at_once("PUT", seat) is None  # there is room to stand


def test_giving_a_seat_back_needs_no_turn(front: Front, batch: BatchFacts, clock: Any) -> None:
    (holder,) = crowd(front, 1)
    holder.take(batch.key)
    others = [doors.visitor(front, person(n)) for n in range(1, 6)]
    a_rush(front, others, batch, clock)
    assert holder.post(f"/angkatan/{batch.key}/kursi/", _method="DELETE").status == 303
    assert holders(batch) == []


def test_from_the_queue_one_can_go_to_the_waiting_list_should_no_seat_be_left(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 6)
    a_rush(front, people, batch, clock)
    assert "Masuk daftar tunggu bila kursinya habis" in people[4].queue(batch.key).text
    for visitor in people[4:]:
        assert visitor.post(f"/angkatan/{batch.key}/antre/", tunggu="1").status == 303
    assert "langsung masuk daftar tunggu" in people[4].queue(batch.key).text
    assert people[4].poll(batch.key)["show"]["place"] == "5"
    told = [visitor.queue(batch.key) for visitor in people]
    assert "Kuota 3 kursi sudah terisi" in told[3].text
    assert [answer.header("Location") for answer in told[4:]] == [f"/angkatan/{batch.key}/#urutan"] * 2
    assert front.room.store.seated(batch.key) == 3  # a place in the list is no seat
    where = [enrolment.standing(batch.key, v.person.id) for v in people if v.person]
    assert [bool(w.ticket) for w in where] == [False, False, False, False, True, True]
    assert holders(batch) == ["Peserta 0", "Peserta 1", "Peserta 2"]


def test_who_only_looked_at_the_batch_joins_the_list_by_the_button_of_the_page_that_says_it_is_full(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 4)
    a_rush(front, people, batch, clock)
    onlooker = doors.visitor(front, person(8))
    with crowded(front.lanes.shop):
        onlooker.get(f"/angkatan/{batch.key}/")
    for visitor in people:
        visitor.queue(batch.key)
    tick(front, clock)
    full = onlooker.queue(batch.key)
    assert 'data-face="full"' in full.text and "antrean" not in onlooker.cookies
    assert len(full.body) <= 8_000
    with crowded(front.lanes.shop):  # the page of the batch could not be shown
        answer = press(onlooker, full, "tunggu")
    assert answer.header("Location") == f"/angkatan/{batch.key}/#urutan"
    assert waits(batch, onlooker)
    assert holders(batch) == ["Peserta 0", "Peserta 1", "Peserta 2"]


def test_who_only_looked_can_ask_for_the_list_while_waiting_and_is_put_on_it_when_no_seat_is_left(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 4)
    a_rush(front, people, batch, clock)
    onlooker = doors.visitor(front, person(8))
    with crowded(front.lanes.shop):
        onlooker.get(f"/angkatan/{batch.key}/")
    press(onlooker, onlooker.queue(batch.key), "tunggu")
    assert "langsung masuk daftar tunggu" in onlooker.queue(batch.key).text
    assert onlooker.poll(batch.key)["show"]["place"] == "5"
    for visitor in people:
        visitor.queue(batch.key)
    tick(front, clock)
    assert onlooker.queue(batch.key).header("Location") == f"/angkatan/{batch.key}/#urutan"
    assert waits(batch, onlooker)


def test_who_asked_for_the_list_alone_is_shown_the_batch_and_its_pledge_when_a_seat_comes(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 3)
    a_rush(front, people, batch, clock)
    onlooker = doors.visitor(front, person(8))
    with crowded(front.lanes.shop):
        onlooker.get(f"/angkatan/{batch.key}/")
    press(onlooker, onlooker.queue(batch.key), "tunggu")
    people[2].post(f"/angkatan/{batch.key}/antre/", keluar="1")
    tick(front, clock)
    called = onlooker.queue(batch.key)
    assert (called.status, called.header("Location")) == (303, f"/angkatan/{batch.key}/")
    assert "Saya menyetujui pakta integritas" in onlooker.get(f"/angkatan/{batch.key}/").text
    assert onlooker.take(batch.key).header("Location") == f"/angkatan/{batch.key}/"
    assert holders(batch) == ["Peserta 8"]
    assert not waits(batch, onlooker)


def test_who_has_a_seat_and_only_looks_is_not_told_that_the_batch_filled_without_them(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 4)
    a_rush(front, people, batch, clock)
    for visitor in people:
        visitor.queue(batch.key)
    tick(front, clock)
    with crowded(front.lanes.shop):
        assert people[0].get(f"/angkatan/{batch.key}/").status == 503


def test_what_is_no_token_of_a_form_is_not_put_into_the_page_of_the_queue(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 4)
    with crowded(front.lanes.seats):
        for visitor in people:
            hostile = urlencode({"csrfmiddlewaretoken": '"><b>x', "pakta": "1"})
            visitor.ask("POST", f"/angkatan/{batch.key}/kursi/", hostile, FORM)
    tick(front, clock)
    shown = people[3].queue(batch.key).text
    assert 'data-face="waiting' in shown and "<b>x" not in shown


def waits(batch: BatchFacts, visitor: Visitor) -> bool:
    assert visitor.person
    return enrolment.standing(batch.key, visitor.person.id).ticket is not None


def press(visitor: Visitor, page: Answer, button: str) -> Answer:
    """Send the form of this page that has the button, with what it holds, as a browser does."""
    form = next(form for form in re.findall(r"<form.*?</form>", page.text, re.S) if f'name="{button}"' in form)
    fields = dict(re.findall(r'name="(\w+)" value="(\w*)"', form))
    (path,) = re.findall(r'action="([^"]+)"', form)
    return visitor.ask("POST", path, urlencode(fields), FORM)


def test_a_program_that_waits_goes_to_the_waiting_list_when_no_seat_is_left(
    front: Front, batch: BatchFacts, clock: Any
) -> None:
    people = crowd(front, 5, "token")
    with crowded(front.lanes.seats):
        for visitor in people:
            assert visitor.put(batch.key, wait=True).json()["state"] == "queued"
    tick(front, clock)
    for visitor in people[:3]:
        assert visitor.put(batch.key, wait=True).status == 201
    told = people[4].put(batch.key, wait=True)
    assert (told.status, told.json()["state"], told.json()["position"]) == (202, "waiting", 1)
    assert front.room.store.seated(batch.key) == 3
    assert people[3].put(batch.key).json()["code"] == "batch_full"


def test_the_page_of_a_batch_that_opens_in_minutes_leads_to_the_waiting_room(
    front: Front, edition: Edition, clock: Any, now: datetime
) -> None:
    batch = make_batch(edition, now, opens_at=now + timedelta(minutes=12))
    (visitor,) = crowd(front, 1)
    assert "Masuk ruang tunggu" not in visitor.get(f"/angkatan/{batch.key}/").text
    clock.shift(180)
    front.room.tick(now_of(clock))
    assert "Masuk ruang tunggu" in visitor.get(f"/angkatan/{batch.key}/").text
    assert visitor.take(batch.key).header("Location") == f"/angkatan/{batch.key}/antre/"


def test_the_queue_closes_when_nobody_stands_in_it_any_more(front: Front, batch: BatchFacts, clock: Any) -> None:
    people = crowd(front, 2)
    a_rush(front, people, batch, clock)
    for visitor in people:
        visitor.queue(batch.key)
    for _ in range(4):
        clock.shift(rules.SOONEST)
        tick(front, clock)
    assert front.room.awaited(batch.key) is None
    latecomer = doors.visitor(front, person(8))
    assert latecomer.take(batch.key).header("Location") == f"/angkatan/{batch.key}/"
    assert len(holders(batch)) == 3


def test_seats_added_while_people_queue_are_called_out(front: Front, batch: BatchFacts, clock: Any) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    change_batch(batch_key=batch.key, quota=5, by=None, now=now_of(clock))
    tick(front, clock)
    for visitor in people:
        visitor.queue(batch.key)
    assert len(holders(batch)) == 5


def test_a_ticket_has_no_date_that_a_wrong_clock_could_end(front: Front, batch: BatchFacts, clock: Any) -> None:
    people = crowd(front, 4)
    with crowded(front.lanes.seats):
        cookie = people[0].take(batch.key).header("Set-Cookie")
    assert "Max-Age=21600" in cookie and "Expires" not in cookie
    assert f"Path=/angkatan/{batch.key}/" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie


@pytest.mark.parametrize("language", ["id", "en", "ar"])
def test_the_page_of_the_line_weighs_at_most_eight_kilobytes_and_fetches_nothing(
    front: Front, batch: BatchFacts, clock: Any, language: str
) -> None:
    people = crowd(front, 5)
    a_rush(front, people, batch, clock)
    people[4].cookies["bahasa"] = language
    page = people[4].queue(batch.key, HTTP_ACCEPT_ENCODING="gzip, br")
    plain = people[4].queue(batch.key)
    assert len(page.body) <= 8_000 and page.header("Content-Encoding") == "br"
    assert f'lang="{language}"' in plain.text and "src=" not in plain.text and "<link" not in plain.text
    assert '<noscript><meta http-equiv="refresh"' in plain.text
    poll = people[4].queue(batch.key, HTTP_ACCEPT="application/json")
    assert len(poll.body) <= 300


def test_all_lanes_are_bounded_but_that_of_answers_and_files():
    bounded = [LANES.inside, LANES.seats, LANES.sign_in, LANES.shop, LANES.gate]
    assert all(lane.room_to_wait is not None for lane in bounded) and LANES.answers.room_to_wait is None
    assert LANES.of("PUT", "/api/v1/sittings/x/answers") is LANES.answers
    assert LANES.of("POST", "/tes/x/") is LANES.answers
    assert LANES.of("POST", "/masuk/") is LANES.sign_in and LANES.of("GET", "/masuk/") is LANES.shop
    assert LANES.of("GET", "/belajar/x/y/") is LANES.inside and LANES.of("GET", "/") is LANES.shop


def tick(front: Front, clock: Any) -> None:
    """What the room's thread does four times a second, two and a half seconds later."""
    clock.shift(2.5)
    front.room.tick(now_of(clock))


def now_of(clock: Any) -> datetime:
    from pintar.foundation import clock as ours

    return ours.now()


def clock_now() -> float:
    return now_of(None).timestamp()
