"""The queue before the counter: the same promises wherever it is kept."""

import hashlib
import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pintar.enrolment.tests.valkey import running_valkey
from pintar.enrolment.waitingroom.rules import (
    KEPT,
    LATEST,
    NEXT,
    RETURN,
    SOONEST,
    Chance,
    Queue,
    Spot,
    Stage,
    chance,
    commitment,
    drawn,
    look_again,
    shuffled,
)
from pintar.enrolment.waitingroom.shared import Shared
from pintar.enrolment.waitingroom.store import InProcess, Store, Unreachable

NOW = 1_795_491_120.0
BATCH = "asesmen-formatif-1"


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    with running_valkey() as url:
        yield url


@pytest.fixture(params=["in process", "valkey"])
def store(request) -> Store:
    if request.param == "in process":
        found: Store = InProcess(since=NOW)
    else:
        found = Shared(request.getfixturevalue("valkey"))
        found.lost(NOW)
    found.open(BATCH)
    return found


def names(count: int) -> list[str]:
    return [hashlib.sha256(str(n).encode()).hexdigest()[:20] for n in range(count)]


def order_of_calls(store: Store, now: float, everybody: list[str]) -> list[str]:
    """Call one after the other; who came when."""
    order = []
    while store.call(BATCH, 1, now):
        (called,) = [t for t in everybody if t not in order and store.look(BATCH, t, now).stage is Stage.CALLED]
        order.append(called)
    return order


def test_those_who_come_later_are_called_in_the_order_in_which_they_came(store):
    people = names(6)
    for n, person in enumerate(people):
        assert store.enter(BATCH, person, NOW + n).ahead == n
    assert order_of_calls(store, NOW + 10, people) == people


def test_two_who_come_in_the_same_instant_have_two_places(store):
    places = {store.enter(BATCH, person, NOW).place for person in names(5)}
    assert len(places) == 5


def test_those_before_the_opening_are_drawn_as_anyone_can_work_out_from_the_seed(store):
    people = names(12)
    seed = "27" * 32
    for person in people:
        store.enter(BATCH, person, NOW - 60, place=drawn(seed, person), early=True)
    late = store.enter(BATCH, "f" * 20, NOW)
    assert store.early(BATCH) == sorted(people)

    # Worked out by hand, from what is published: the seed, and the ids of the tickets.
    def number(ticket: str) -> int:
        return int(hashlib.sha256(f"{seed}:{ticket}".encode()).hexdigest()[:13], 16)

    expected = sorted(store.early(BATCH), key=number)
    assert expected == shuffled(seed, people) != people
    assert hashlib.sha256(seed.encode()).hexdigest() == commitment(seed)
    assert late.ahead == len(people)
    assert order_of_calls(store, NOW + 1, [*people, "f" * 20]) == [*expected, "f" * 20]


def test_the_draw_favours_nobody_who_came_first():
    """Over many seeds the first of a hundred to come stands in each half of the queue about as often."""
    people = names(100)
    first_half = sum(shuffled(f"seed {n}", people).index(people[0]) < 50 for n in range(2_000))
    assert abs(first_half - 1_000) < 5 * (2_000 * 0.25) ** 0.5


def test_ten_thousand_refreshes_gain_nothing(store):
    people = names(50)
    for n, person in enumerate(people):
        store.enter(BATCH, person, NOW + n * 0.001)
    eager = people[30]
    before = store.look(BATCH, eager, NOW + 1)
    for n in range(10_000 if isinstance(store, InProcess) else 1_000):
        now = NOW + 1 + n * 0.001
        store.enter(BATCH, eager, now)
        store.enter(BATCH, eager, now, place=drawn("x", eager))
        store.look(BATCH, eager, now)
    after = store.look(BATCH, eager, NOW + 20)
    assert (after.place, after.ahead) == (before.place, before.ahead) == (before.place, 30)


def test_a_place_outlives_ten_minutes_of_silence_and_not_more(store):
    first, second = names(2)
    store.enter(BATCH, first, NOW)
    store.enter(BATCH, second, NOW + 1)
    assert store.look(BATCH, first, NOW + KEPT).ahead == 0
    assert store.look(BATCH, second, NOW + KEPT).ahead == 1
    assert store.look(BATCH, second, NOW + 2 * KEPT).ahead == 1
    assert store.tend(BATCH, NOW + 2 * KEPT + 1) == 1
    assert store.look(BATCH, second, NOW + 2 * KEPT + 1).ahead == 0
    assert store.look(BATCH, first, NOW + 2 * KEPT + 1).stage is Stage.LAPSED
    back = store.enter(BATCH, first, NOW + 2 * KEPT + 2, place=1)
    assert back.ahead == 1


def test_the_silent_are_passed_over_when_their_turn_comes(store):
    first, second = names(2)
    store.enter(BATCH, first, NOW)
    store.enter(BATCH, second, NOW + 1)
    store.look(BATCH, second, NOW + KEPT)
    assert store.call(BATCH, 5, NOW + KEPT + 1) == 1
    assert store.look(BATCH, second, NOW + KEPT + 1).stage is Stage.CALLED


def test_nobody_is_called_whom_no_seat_awaits(store):
    people = names(10)
    for n, person in enumerate(people):
        store.enter(BATCH, person, NOW + n)
    store.know(BATCH, 3, 0)
    assert store.call(BATCH, 100, NOW + 20) == 3
    assert store.call(BATCH, 100, NOW + 20) == 0
    store.decide(BATCH, people[0], Stage.SEATED, NOW + 20)
    assert store.call(BATCH, 100, NOW + 20) == 0
    store.decide(BATCH, people[1], Stage.REFUSED, NOW + 21)
    assert store.call(BATCH, 100, NOW + 21) == 1
    assert store.look(BATCH, people[3], NOW + 21).stage is Stage.CALLED
    last = store.look(BATCH, people[9], NOW + 21)
    assert (last.stage, last.ahead, last.called, last.left) == (Stage.WAITING, 7, 2, 2)


def test_a_silent_one_who_was_called_gives_the_seat_to_the_next(store):
    first, second = names(2)
    store.enter(BATCH, first, NOW)
    store.enter(BATCH, second, NOW + 1)
    store.know(BATCH, 1, 0)
    assert store.call(BATCH, 5, NOW + 2) == 1
    store.look(BATCH, second, NOW + KEPT)
    store.tend(BATCH, NOW + KEPT + 1)
    assert store.call(BATCH, 5, NOW + KEPT + 1) == 1
    assert store.look(BATCH, second, NOW + KEPT + 1).stage is Stage.CALLED


def test_seats_that_were_taken_while_the_database_was_read_are_not_given_twice(store):
    people = names(6)
    for n, person in enumerate(people):
        store.enter(BATCH, person, NOW + n)
    store.know(BATCH, 5, 0)
    assert store.call(BATCH, 2, NOW + 10) == 2
    before = store.seated(BATCH)
    store.decide(BATCH, people[0], Stage.SEATED, NOW + 10)
    store.know(BATCH, 5, before)  # read just before that seat was taken
    assert store.look(BATCH, people[5], NOW + 11).left == 4
    assert store.call(BATCH, 100, NOW + 11) == 3


def test_a_seat_decided_twice_counts_once(store):
    (person,) = names(1)
    store.enter(BATCH, person, NOW)
    store.know(BATCH, 5, 0)
    store.decide(BATCH, person, Stage.SEATED, NOW)
    store.decide(BATCH, person, Stage.SEATED, NOW)
    assert store.look(BATCH, person, NOW) == Spot(Stage.SEATED, 0, 0, 4, 0.0)
    assert store.enter(BATCH, person, NOW).stage is Stage.SEATED


def test_losing_the_state_costs_no_place_to_whoever_brings_a_ticket(store):
    people = names(20)
    seed = "9f" * 32
    early, late = people[:10], people[10:]
    for person in early:
        store.enter(BATCH, person, NOW - 5, place=drawn(seed, person), early=True)
    for n, person in enumerate(late):
        store.enter(BATCH, person, NOW + n)
    tickets = {person: store.look(BATCH, person, NOW + 30).place for person in people}
    store.lost(NOW + 31)
    newcomer = "e" * 20
    store.enter(BATCH, newcomer, NOW + 31)
    for person in random.Random(5).sample(people, len(people)):
        assert store.enter(BATCH, person, NOW + 40, place=tickets[person]).place == tickets[person]
    # Nobody is called while those who stood in the queue before may still be on their way back.
    assert store.call(BATCH, 1, NOW + 41) == 0
    expected = [*shuffled(seed, early), *late, newcomer]
    assert store.early(BATCH) == sorted(early)  # the draw that is published names them again
    assert order_of_calls(store, NOW + 31 + RETURN, expected) == expected


def test_a_second_ticket_after_a_loss_does_not_jump_the_line(store):
    """Someone who lost the ticket too stands behind; with the ticket they cannot stand twice."""
    first, second = names(2)
    ticket = store.enter(BATCH, first, NOW).place
    store.enter(BATCH, second, NOW + 1)
    store.lost(NOW + 2)
    store.enter(BATCH, second, NOW + 2, place=int((NOW + 1) * 1e6))
    assert store.enter(BATCH, first, NOW + 3).ahead == 1
    assert store.enter(BATCH, first, NOW + 4, place=ticket).ahead == 1
    assert store.tend(BATCH, NOW + 4) == 2


def test_whoever_leaves_or_was_refused_makes_room_and_may_come_again_at_the_end(store):
    first, second, third = names(3)
    for n, person in enumerate((first, second, third)):
        store.enter(BATCH, person, NOW + n)
    store.leave(BATCH, first)
    store.decide(BATCH, second, Stage.REFUSED, NOW + 5)
    assert store.look(BATCH, third, NOW + 5).ahead == 0
    assert store.enter(BATCH, first, NOW + 6).ahead == 1
    assert store.enter(BATCH, second, NOW + 7).ahead == 2


def test_a_line_closes_only_when_nobody_stands_in_it(store):
    (person,) = names(1)
    store.enter(BATCH, person, NOW)
    assert store.open_queues() == {BATCH}
    assert not store.close(BATCH)
    store.leave(BATCH, person)
    assert store.close(BATCH)
    assert store.open_queues() == frozenset()
    assert store.look(BATCH, person, NOW).stage is Stage.LAPSED


def test_a_shared_store_that_does_not_answer_says_so():
    with running_valkey() as url:
        store = Shared(url)
        store.open(BATCH)
    with pytest.raises(Unreachable):
        store.enter(BATCH, "a" * 20, NOW)
    with pytest.raises(Unreachable):
        store.open_queues()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.integers(0, 7), st.booleans()),
        st.tuples(st.just("look"), st.integers(0, 7)),
        st.tuples(st.just("call"), st.integers(0, 3)),
        st.tuples(st.just("decide"), st.integers(0, 7), st.sampled_from([Stage.SEATED, Stage.REFUSED])),
        st.tuples(st.just("leave"), st.integers(0, 7)),
        st.tuples(st.just("know"), st.integers(0, 6)),
        st.tuples(st.just("tend")),
        st.tuples(st.just("wait"), st.sampled_from([0.25, 4.0, 7.0, 300.0, 601.0])),
    ),
    max_size=60,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_both_stores_say_the_same_whatever_happens(valkey, steps):
    """And never is anyone called past someone who stands before them and was not silent."""
    people, now, opens_at = names(8), NOW, NOW + 8
    shared = Shared(valkey)
    shared.lost(now)
    stores: list[Store] = [InProcess(since=now), shared]
    for store in stores:
        store.open(BATCH)
        store.enter(BATCH, people[0], now)  # both memories begin now
    held: dict[str, int] = {}
    for step in steps:
        match step:
            case "enter", int(n), bool(with_ticket):
                early = now < opens_at
                place = drawn("seed", people[n]) if early else held.get(people[n]) if with_ticket else None
                told = [s.enter(BATCH, people[n], now, place=place, early=early) for s in stores]
                held[people[n]] = told[0].place
            case "look", int(n):
                told = [s.look(BATCH, people[n], now) for s in stores]
            case "call", int(most):
                told = [s.call(BATCH, most, now) for s in stores]
            case "decide", int(n), Stage() as stage:
                told = [s.decide(BATCH, people[n], stage, now) for s in stores]
            case "leave", int(n):
                told = [s.leave(BATCH, people[n]) for s in stores]
            case "know", int(left):
                told = [s.know(BATCH, left, s.seated(BATCH)) for s in stores]
            case ("tend",):
                told = [s.tend(BATCH, now) for s in stores]
            case "wait", float(seconds):
                now += seconds
                continue
        assert told[0] == told[1], step
        nobody_is_called_past_another(stores[0]._queue(BATCH), now)


def nobody_is_called_past_another(queue: Queue, now: float) -> None:
    assert queue.waiting == sorted(queue.waiting)
    assert set(queue.places) == {t for _, t in queue.waiting} | set(queue.called) == set(queue.seen)


def test_the_chance_is_told_as_it_is():
    assert chance(811, 812) is Chance.GOOD
    assert chance(812, 812) is Chance.SMALL
    assert chance(0, 0) is Chance.SMALL
    assert chance(5, None) is Chance.UNKNOWN


def test_when_to_look_again_lies_between_ten_seconds_and_a_minute():
    def again(ahead: int, left: int | None, opens_in: float = 0, luck: float = 0.0) -> float:
        return look_again(Spot(Stage.WAITING, 1, ahead, left), opens_in, luck)

    assert again(0, None) == again(0, 0) == SOONEST
    # One after the other, so that there are never more than can be answered, however long the queue is.
    assert again(5_000, 200) == 15 and again(20_000, 200) == 30
    # Those who may get a seat know nothing of the pace yet, and soon will.
    assert again(0, 100) == NEXT and again(150, 100) == NEXT + 0.15
    assert again(20_000, 200, luck=1.0) == 32.5
    assert again(1_000_000, 200) == LATEST - 2.5
    assert again(1_000_000, 200, luck=1.0) == LATEST
    assert again(10, 10, opens_in=300) == LATEST
    assert again(10, 10, opens_in=300, luck=1.0) < LATEST
    assert again(10, 10, opens_in=4, luck=0.5) == 9


def test_where_the_machine_is_slow_people_look_more_seldom_but_for_those_who_are_next():
    def again(ahead: int, gate: float) -> float:
        return look_again(Spot(Stage.WAITING, 1, ahead, 100, pace=20, called=0), 0, 0.0, gate)

    assert again(20_000, gate=12_000) == 29.9
    assert again(3_000, gate=400) == 17.25
    assert again(20_000, gate=400) == LATEST - 2.5
    assert again(190, gate=400) == 4.75


def test_whoever_may_get_a_seat_looks_halfway_to_their_turn():
    def again(ahead: int, called: int, left: int = 1_000, luck: float = 0.0) -> float:
        return look_again(Spot(Stage.WAITING, 1, ahead, left, pace=100, called=called), 0, luck)

    assert again(1_020, called=20) == 5
    assert again(1_020, called=20, luck=1.0) == 6.25
    assert again(25, called=20) == again(20, called=20) == NEXT
    # So do those just behind the last seat: somebody ahead of them may give up.
    assert again(1_999, called=0) == 9.995
    # Without a chance one looks when the last seat is gone, one after the other, and no sooner than the others.
    assert again(2_000, called=0) == 13 and again(5_000, called=0) == 16
    assert again(2_000, called=900) == 11
    assert again(98_000, called=0, left=49_000) == LATEST - 2.5


def test_the_pace_is_that_of_the_last_seconds(store):
    people = names(40)
    for n, person in enumerate(people):
        store.enter(BATCH, person, NOW + n / 1000)
    store.call(BATCH, 20, NOW + 1)
    assert store.look(BATCH, people[39], NOW + 1.5).pace == 20 / 1.5
    assert store.look(BATCH, people[39], NOW + 4).pace == 5
    store.call(BATCH, 10, NOW + 7)
    assert store.look(BATCH, people[39], NOW + 9).pace == 30 / 9
    assert store.look(BATCH, people[39], NOW + 60).pace == 0
