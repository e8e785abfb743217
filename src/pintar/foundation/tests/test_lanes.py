"""Lanes: bounds on each class of work, in the order of arrival, each with threads and connections of its own."""

import asyncio
import threading

import pytest
from django.db import connection, connections

from pintar.foundation import lanes
from pintar.foundation.lanes import Crowded, Lane, answer_of


def test_so_many_run_so_many_wait_in_order_and_the_next_is_told_at_once():
    lane, leave, order = Lane("shop", at_once=1, waiting=3), threading.Event(), []

    def one(name: int) -> None:
        order.append(name)
        assert leave.wait(20)

    async def all_of_them() -> None:
        running = [asyncio.ensure_future(lane.do(lambda n=n: one(n))) for n in range(4)]
        while order != [0]:
            await asyncio.sleep(0.005)
        assert lane.behind == 3
        with pytest.raises(Crowded) as told:
            await lane.do(lambda: order.append("one too many"))
        assert told.value.retry_after >= 1 and order == [0]
        leave.set()
        await asyncio.gather(*running)
        assert order == [0, 1, 2, 3] and lane.behind == 0
        assert await lane.do(lambda: "in again") == "in again"

    asyncio.run(all_of_them())


def test_whoever_waits_too_long_is_told_and_takes_nobodys_place(monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE", 0.05)
    monkeypatch.setattr(lanes, "LOOK_EVERY", 0.02)
    lane, leave, came_in = Lane("seats", at_once=1, waiting=5), threading.Event(), []

    async def both() -> None:
        first = asyncio.ensure_future(lane.do(lambda: leave.wait(20)))
        await asyncio.sleep(0)
        with pytest.raises(Crowded):
            await lane.do(lambda: came_in.append("impatient"))
        assert lane.behind == 0
        leave.set()
        assert await first  # whoever runs is never broken off, however long it takes
        await lane.do(lambda: came_in.append("later"))

    asyncio.run(both())
    assert came_in == ["later"]


@pytest.mark.parametrize("spare", [0, 1])
def test_while_one_takes_long_a_spare_thread_goes_on_and_ends_when_nobody_waits(spare, monkeypatch):
    monkeypatch.setattr(lanes, "LONG", 0.05)
    monkeypatch.setattr(lanes, "LOOK_EVERY", 0.02)
    lane, leave, done = Lane("inside", at_once=1, waiting=None, spare=spare), threading.Event(), []

    async def all_of_them() -> None:
        long = asyncio.ensure_future(lane.do(lambda: leave.wait(20)))
        short = [asyncio.ensure_future(lane.do(lambda n=n: done.append(n))) for n in range(20)]
        _, waiting = await asyncio.wait(short, timeout=20 if spare else 0.2)
        # The control: without a spare thread they all wait behind the long one.
        assert (done, len(waiting)) == ((list(range(20)), 0) if spare else ([], 20))
        leave.set()
        await asyncio.gather(long, *short)
        while len(lane._threads) > 1:
            await asyncio.sleep(0.005)
        assert await lane.do(lambda: "on") == "on"

    asyncio.run(all_of_them())
    lane.close()


def test_short_work_wakes_no_spare_thread(monkeypatch):
    monkeypatch.setattr(lanes, "LOOK_EVERY", 0.001)
    lane, threads = Lane("inside", at_once=1, waiting=None, spare=3), set()

    async def all_of_them() -> None:
        await asyncio.gather(*(lane.do(lambda: threads.add(threading.get_ident())) for _ in range(500)))

    asyncio.run(all_of_them())
    assert len(threads) == 1


def test_who_waits_for_it_may_go_and_what_runs_is_done_to_its_end():
    lane, begun, leave, done = Lane("answers", at_once=1, waiting=None), threading.Event(), threading.Event(), []

    def step() -> None:
        begun.set()
        assert leave.wait(20)
        done.append("written")

    async def gone() -> None:
        running = asyncio.ensure_future(lane.do(step))
        await asyncio.to_thread(begun.wait, 20)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        leave.set()
        await lane.do(lambda: None)

    asyncio.run(gone())
    assert done == ["written"]


def test_those_who_were_called_have_room_of_their_own_beyond_the_others():
    lane, leave = Lane("seats", at_once=1, waiting=1, called=1), threading.Event()

    async def all_of_them() -> None:
        running = [asyncio.ensure_future(lane.do(lambda: leave.wait(20))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Crowded):
            await lane.do(lambda: None)
        running.append(asyncio.ensure_future(lane.do(lambda: leave.wait(20), called=True)))
        await asyncio.sleep(0)
        assert lane.behind == 2 and lane.is_busy
        with pytest.raises(Crowded):
            await lane.do(lambda: None, called=True)
        leave.set()
        assert all(await asyncio.gather(*running)) and not lane.is_busy

    asyncio.run(all_of_them())


def test_one_that_fails_gives_its_place_back():
    lane = Lane("inside", at_once=1, waiting=0)

    async def twice() -> str:
        with pytest.raises(ZeroDivisionError):
            await lane.do(lambda: 1 / 0)
        return await lane.do(lambda: "in")

    assert asyncio.run(twice()) == "in"


@pytest.mark.django_db
def test_connections_belong_to_a_lanes_threads():
    lane, mine = Lane("inside", at_once=1, waiting=9), connections["default"]

    async def thrice() -> set[object]:
        return {await lane.do(lambda: connections["default"]) for _ in range(3)}

    (its_own,) = asyncio.run(thrice())
    assert its_own is not mine and connections["default"] is mine and connection.vendor
    lane.close()
    assert its_own.connection is None


def test_an_answer_is_made_and_closed_in_the_lane_but_a_stream_stays_open():
    class Body:
        closed = False

        def __init__(self, streaming: bool):
            self.streaming = streaming

        def __iter__(self):
            return iter([b"a", b"b"])

        def close(self):
            self.closed = True

    whole, stream = Body(False), Body(True)
    assert answer_of(lambda *asked: whole, {}, print) == [b"ab"] and whole.closed
    assert answer_of(lambda *asked: stream, {}, print) is stream and not stream.closed


def test_the_pace_of_a_lane_follows_how_long_one_takes():
    lane = Lane("seats", at_once=2, waiting=0)
    before = lane.per_second
    lane.takes = 0.01
    assert lane.per_second == 200 < before
