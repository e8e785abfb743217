"""Lanes: bounds on each class of work, in the order of arrival, with a connection for each place."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from pintar.foundation import lanes
from pintar.foundation.lanes import Crowded, Lane


def until(true) -> None:
    for _ in range(2_000):
        if true():
            return
        time.sleep(0.005)
    raise AssertionError("it never came to be")


def test_so_many_run_so_many_wait_in_order_and_the_next_is_told_at_once():
    lane, leave, order = Lane("shop", at_once=1, waiting=3), threading.Event(), []

    def one(name: int) -> None:
        with lane.place():
            order.append(name)
            leave.wait(20)

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(one, 0)]
        until(lambda: order == [0])
        for n in (1, 2, 3):
            running.append(pool.submit(one, n))
            until(lambda n=n: lane.behind == n)
        with pytest.raises(Crowded) as told, lane.place():
            pass
        assert told.value.retry_after >= 1 and order == [0]
        leave.set()
        for done in running:
            done.result(20)
    assert order == [0, 1, 2, 3] and lane.behind == 0
    with lane.place():
        pass


def test_whoever_waits_too_long_is_told_and_takes_nobodys_place(monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE", 0.05)
    lane, told = Lane("seats", at_once=1, waiting=5), []

    def impatient() -> None:
        try:
            with lane.place():
                told.append("came in")
        except Crowded:
            told.append("crowded")

    with lane.place():
        waiting = threading.Thread(target=impatient)
        waiting.start()
        waiting.join(20)
    assert told == ["crowded"] and lane.behind == 0
    impatient()
    assert told == ["crowded", "came in"]


def test_one_that_fails_gives_its_place_back():
    lane = Lane("inside", at_once=1, waiting=0)
    with pytest.raises(ZeroDivisionError), lane.place():
        1 / 0  # noqa: B018
    with lane.place():
        pass


@pytest.mark.django_db
def test_connections_belong_to_places_and_not_to_threads():
    lane, mine, seen = Lane("inside", at_once=1, waiting=9), connections["default"], set()

    def one() -> None:
        with lane.place():
            seen.add(id(connections["default"]))
            assert connections["default"] is not mine
        assert connections.all(initialized_only=True) == []

    for _ in range(3):
        thread = threading.Thread(target=one)
        thread.start()
        thread.join(20)
    assert len(seen) == 1
    with lane.place():
        assert id(connections["default"]) in seen
    assert connections["default"] is mine and connection.vendor
    lane.close()


def test_the_pace_of_a_lane_follows_how_long_one_takes():
    lane = Lane("seats", at_once=2, waiting=0)
    before = lane.per_second
    lane.takes = 0.01
    assert lane.per_second == 200 < before
