"""Seats under contention through real HTTP: a socket and a thread for each contender, a connection for each request.

Each promise has a control: the same storm with its guard taken away must break it, or the storm proves nothing.
"""

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries
from pintar.enrolment.actions import SetAside, batches, change_batch, claims, expire_offers, seats
from pintar.enrolment.models import Allocation, Batch, Seat, Ticket
from pintar.enrolment.queries import BatchFacts, Conditions
from pintar.enrolment.tests.builders import make_batch
from pintar.enrolment.tests.test_concurrency import GUARDS, without
from pintar.foundation import clock
from pintar.people.actions import begin_session
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person

pytestmark = pytest.mark.django_db(transaction=True)

CONTENDERS = 10
QUOTA = 4


class Contender:
    """A person with a token, who speaks HTTP."""

    def __init__(self, server: Any, person: Person) -> None:
        self.server, self.person = server, person
        self.token = begin_session(account_id=person.id, kind="token", now=clock.now())

    def ask(self, method: str, batch: BatchFacts, **body: Any) -> tuple[int, dict[str, Any]]:
        wire = http.client.HTTPConnection(self.server.thread.host, self.server.thread.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            wire.request(method, f"/api/v1/batches/{batch.key}/seat", json.dumps(body), headers)
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read() or "{}")
        finally:
            wire.close()


@pytest.fixture
def crowd(live_server: Any) -> Callable[..., list[Contender]]:
    def make(size: int, **facts: str) -> list[Contender]:
        return [Contender(live_server, make_person(f"P{n}", email=f"p{n}@contoh.id", **facts)) for n in range(size)]

    return make


@pytest.fixture
def edition() -> Any:
    return publish_small_course(clock.now())


def storm(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Do everything at once."""
    ready = Barrier(len(deeds), timeout=60)

    def one(deed: Callable[[], Any]) -> Any:
        try:
            ready.wait()
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def rush(people: list[Contender], batch: BatchFacts, **body: Any) -> Counter[Any]:
    """Everyone asks for a seat at once; how often each answer came."""
    answers = storm([lambda one=one: one.ask("PUT", batch, **body) for one in people])
    return Counter(body.get("state") or body["code"] for _, body in answers)


def held(batch: BatchFacts) -> int:
    return Seat.objects.filter(batch=batch.id, released_at=None).count()


@pytest.fixture
def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count in whether a seat is left or not, though everyone looked before."""
    monkeypatch.setattr(claims, "COMMON_SEAT_LEFT", "1 = 1")
    monkeypatch.setattr(claims, "SET_ASIDE_LEFT", "1 = 1")


@pytest.fixture
def all_look_first(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Nobody goes on from their first look before all have looked."""

    def arrange(size: int) -> None:
        looked, seen, decide = Barrier(size, timeout=60), set(), queries.admission

        def decide_together(where: Any, person: Any, now: Any) -> Any:
            admission = decide(where, person, now)
            if person.id not in seen:
                seen.add(person.id)
                looked.wait()
            return admission

        monkeypatch.setattr(seats, "queries", SimpleNamespace(**{**vars(queries), "admission": decide_together}))

    return arrange


def test_a_rush_sells_exactly_the_quota_and_everyone_else_has_a_place_in_line(crowd: Any, edition: Any) -> None:
    batch = make_batch(edition, clock.now(), quota=QUOTA)
    assert rush(crowd(CONTENDERS), batch, wait=True) == {"seated": QUOTA, "waiting": CONTENDERS - QUOTA}
    assert held(batch) == Batch.objects.get().taken == QUOTA
    numbers = Ticket.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, CONTENDERS - QUOTA + 1))


def test_control_without_the_guard_the_rush_oversells(
    crowd: Any, edition: Any, no_guard: None, all_look_first: Callable[[int], None]
) -> None:
    batch = make_batch(edition, clock.now(), quota=QUOTA)
    people = crowd(CONTENDERS)
    all_look_first(CONTENDERS)
    with without(Batch, *GUARDS):
        rush(people, batch)
        assert held(batch) == CONTENDERS


def papua(edition: Any, quota: int, aside: int) -> BatchFacts:
    return make_batch(
        edition, clock.now(), quota=quota, set_aside=[SetAside("Papua", aside, Conditions(regions=("94",)))]
    )


def test_a_rush_on_a_set_aside_sells_exactly_it(crowd: Any, edition: Any) -> None:
    batch = papua(edition, QUOTA, QUOTA - 1)
    answers = rush(crowd(CONTENDERS, province="94"), batch, wait=True)
    assert answers == {"seated": QUOTA, "waiting": CONTENDERS - QUOTA}
    assert Allocation.objects.get().taken == Batch.objects.get().set_aside_taken == QUOTA - 1


def test_control_without_the_guard_a_set_aside_oversells(
    crowd: Any, edition: Any, no_guard: None, all_look_first: Callable[[int], None]
) -> None:
    batch = papua(edition, QUOTA, QUOTA - 1)
    people = crowd(CONTENDERS, province="94")
    all_look_first(CONTENDERS)
    with without(Batch, *GUARDS, "batch_set_aside_holds"), without(Allocation, "allocation_never_oversold"):
        rush(people, batch)
        assert Allocation.objects.get().taken == CONTENDERS


def change_minds(people: list[Contender], old: BatchFacts, new: BatchFacts, before: Callable[[], None]) -> Counter[Any]:
    """Everyone takes a seat in the old batch; then all ask at once to have it exchanged."""
    seat_of = {one.token: one.ask("PUT", old)[1]["seat"] for one in people}
    before()
    answers = storm([lambda one=one: one.ask("PUT", new, instead_of=seat_of[one.token]) for one in people])
    return Counter(body.get("state") or body["code"] for _, body in answers)


def test_a_rush_of_changed_minds_leaves_everyone_with_exactly_one_seat(crowd: Any, edition: Any) -> None:
    old, new = make_batch(edition, clock.now(), quota=30), make_batch(edition, clock.now(), quota=QUOTA)
    people = crowd(CONTENDERS)
    answers = change_minds(people, old, new, before=lambda: None)
    assert answers == {"seated": QUOTA, "batch_full": CONTENDERS - QUOTA}
    assert (held(old), held(new)) == (CONTENDERS - QUOTA, QUOTA)
    assert [Batch.objects.get(id=b.id).taken for b in (old, new)] == [CONTENDERS - QUOTA, QUOTA]
    assert all(len(queries.seats_of(one.person.id)) == 1 for one in people)


def test_control_without_the_guard_changed_minds_oversell(
    crowd: Any, edition: Any, no_guard: None, all_look_first: Callable[[int], None]
) -> None:
    old, new = make_batch(edition, clock.now(), quota=30), make_batch(edition, clock.now(), quota=QUOTA)
    people = crowd(CONTENDERS)
    with without(Batch, *GUARDS):
        change_minds(people, old, new, before=lambda: all_look_first(CONTENDERS))
        assert held(new) == CONTENDERS


@contextmanager
def looking_back(monkeypatch: pytest.MonkeyPatch, slow: Person) -> Iterator[tuple[Event, Event]]:
    """One person decides, and goes on only when told to: (has decided, may go on)."""
    decided, go_on, decide, first = Event(), Event(), queries.admission, [True]

    def decide_slowly(where: Any, person: Any, now: Any) -> Any:
        admission = decide(where, person, now)
        if person.id == slow.id and first:
            first.clear()
            decided.set()
            assert go_on.wait(60)
        return admission

    with monkeypatch.context() as patched:
        patched.setattr(seats, "queries", SimpleNamespace(**{**vars(queries), "admission": decide_slowly}))
        yield decided, go_on


def accept_while_it_runs_out(crowd: Any, batch: BatchFacts, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The first in line accepts; between their look and their claim the offer runs out and the next one accepts."""
    holder, first, second = crowd(3)
    for one in (holder, first, second):
        one.ask("PUT", batch, wait=True)
    holder.ask("DELETE", batch)
    assert first.ask("GET", batch)[1]["state"] == "offered"
    with looking_back(monkeypatch, first.person) as (decided, go_on), ThreadPoolExecutor(1) as pool:
        late = pool.submit(first.ask, "PUT", batch)
        assert decided.wait(60)
        expire_offers(now=clock.now() + timedelta(hours=25))
        assert second.ask("PUT", batch)[1]["state"] == "seated"
        go_on.set()
        return late.result()[1]


def test_an_offer_that_runs_out_while_it_is_accepted_is_one_seat(
    crowd: Any, edition: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(edition, clock.now(), quota=1)
    answer = accept_while_it_runs_out(crowd, batch, monkeypatch)
    assert answer["code"] == "batch_full"
    assert held(batch) == Batch.objects.get().taken == 1


def test_control_without_the_guard_the_offer_is_two_seats(
    crowd: Any, edition: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(edition, clock.now(), quota=1)
    monkeypatch.setattr(seats, "_is_kept", lambda now: Q())
    assert accept_while_it_runs_out(crowd, batch, monkeypatch)["state"] == "seated"
    assert held(batch) == 2 and Batch.objects.get().taken == 1


def test_offers_accepted_and_running_out_at_once_are_each_one_of_both(crowd: Any, edition: Any) -> None:
    batch = make_batch(edition, clock.now(), quota=QUOTA)
    people = crowd(CONTENDERS)
    rush(people[:QUOTA], batch)
    rush(people[QUOTA:], batch, wait=True)
    for one in people[:QUOTA]:
        one.ask("DELETE", batch)
    late = clock.now() + timedelta(hours=25)
    accepting = [lambda one=one: one.ask("PUT", batch) for one in people[QUOTA : 2 * QUOTA]]
    storm([*accepting, *[lambda: expire_offers(now=late)] * 2])
    row = Batch.objects.get()
    offered = Ticket.objects.filter(state="offered").count()
    assert held(batch) + offered == row.taken <= QUOTA
    assert Ticket.objects.filter(state="waiting").count() == row.line_joined - row.line_called - row.line_left == 0
    ends = Counter(Ticket.objects.filter(number__lte=QUOTA).values_list("state", flat=True))
    assert ends["seated"] + ends["expired"] == QUOTA
    assert Seat.objects.filter(released_at=None).values("person").distinct().count() == held(batch)


def lower(batch: BatchFacts, quota: int) -> str:
    try:
        change_batch(batch_key=batch.key, quota=quota, by=None, now=clock.now())
    except batches.Refusal as refusal:
        return refusal.code
    return "lowered"


def lower_meanwhile(people: list[Contender], batch: BatchFacts) -> tuple[list[str], int]:
    """The crowd takes seats while the quota is lowered step by step."""
    lowering = [lambda quota=quota: lower(batch, quota) for quota in (7, 5, 3)]
    answers = storm([*(lambda one=one: one.ask("PUT", batch) for one in people), *lowering])
    seated = sum(1 for answer in answers[: len(people)] if answer[1].get("state") == "seated")
    return answers[len(people) :], seated


def test_a_quota_lowered_in_the_rush_is_never_below_what_was_promised(crowd: Any, edition: Any) -> None:
    batch = make_batch(edition, clock.now(), quota=9)
    said, seated = lower_meanwhile(crowd(CONTENDERS), batch)
    row = Batch.objects.get()
    assert seated == held(batch) == row.taken <= row.quota
    assert set(said) <= {"lowered", "quota_below_taken"}


def test_control_without_the_guard_the_quota_sinks_below_what_was_promised(
    crowd: Any, edition: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(edition, clock.now(), quota=9)
    people = crowd(CONTENDERS)
    monkeypatch.setattr(batches, "_still_holds", lambda quota: Q())
    with without(Batch, *GUARDS):
        rush(people, batch)
        assert lower(batch, 3) == "lowered"
        row = Batch.objects.get()
        assert held(batch) == row.taken == 9 and row.quota == 3


def test_repeated_requests_with_one_key_are_one_seat(crowd: Any, edition: Any) -> None:
    batch = make_batch(edition, clock.now(), quota=QUOTA)
    (one,) = crowd(1)
    answers = storm([lambda: one.ask("PUT", batch)] * 6)
    assert {body["seat"] for _, body in answers} == {str(Seat.objects.get().uid)}
    assert sorted(status for status, _ in answers) == [200] * 5 + [201]
