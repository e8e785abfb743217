"""The turnstile: one at a time, those with a place first, and everything else in between."""

import asyncio

import pytest

from pintar.enrolment.waitingroom import turnstile
from pintar.enrolment.waitingroom.turnstile import ENOUGH_AT_GATE, LONGEST, Turnstile
from pintar.foundation.lanes import Crowded


class Gate:
    behind = 0


class Inside(Gate):
    pass


def test_the_crowd_passes_one_by_one_those_with_a_place_first_and_others_have_their_turn_in_between():
    passed = []

    async def crowd() -> None:
        stile = Turnstile(Gate())

        async def one(name: str) -> None:
            await stile.turn(is_known=name.startswith("known"))
            passed.append(name)

        async def answers() -> None:
            for _ in range(30):
                passed.append("answer")
                await asyncio.sleep(0)

        names = [f"new {n}" for n in range(5)] + [f"known {n}" for n in range(5)]
        await asyncio.gather(*map(one, names), answers())

    asyncio.run(crowd())
    people = [name for name in passed if name != "answer"]
    # The first came when nobody stood there.
    assert people == ["new 0", *(f"known {n}" for n in range(5)), *(f"new {n}" for n in range(1, 5))]
    between = "".join("." if name == "answer" else "x" for name in passed)
    assert "xx" not in between.strip(".")[1:]


def test_newcomers_stand_while_the_gate_is_full_and_those_with_a_place_pass():
    passed = []

    async def crowd() -> None:
        gate = Gate()
        gate.behind = ENOUGH_AT_GATE
        stile = Turnstile(gate)

        async def one(name: str, is_known: bool) -> None:
            await stile.turn(is_known)
            passed.append(name)

        waiting = [asyncio.ensure_future(one(name, name == "known")) for name in ("first", "new", "known")]
        while len(passed) < 2:
            await asyncio.sleep(0)
        await asyncio.sleep(0.02)
        assert passed == ["first", "known"]
        gate.behind = 0
        await asyncio.gather(*waiting)

    asyncio.run(crowd())
    assert passed == ["first", "known", "new"]


def test_newcomers_stand_while_anybody_inside_waits():
    passed = []

    async def crowd() -> None:
        inside = Inside()
        inside.behind = 1
        stile = Turnstile(Gate(), inside)

        async def one(name: str) -> None:
            await stile.turn(is_known=False)
            passed.append(name)

        waiting = [asyncio.ensure_future(one(name)) for name in ("first", "new")]
        await asyncio.sleep(0.02)
        assert passed == ["first"]
        inside.behind = 0
        await asyncio.gather(*waiting)

    asyncio.run(crowd())
    assert passed == ["first", "new"]


def test_no_more_newcomers_stand_there_than_will_pass_before_they_give_up():
    async def crowd() -> None:
        gate = Gate()
        stile = Turnstile(gate)
        await stile.turn(is_known=False)
        gate.behind, begun = ENOUGH_AT_GATE, asyncio.get_running_loop().time()
        for n in range(1, 400):  # ten pass in a second
            stile._pace.count(begun + n / 10)
        assert round(stile._pace.per_second) == 10
        standing = [asyncio.ensure_future(stile.turn(is_known=False)) for _ in range(round(10 * LONGEST) + 1)]
        await asyncio.sleep(0)
        with pytest.raises(Crowded) as told:
            await stile.turn(is_known=False)
        assert round(told.value.retry_after) == LONGEST
        gate.behind = 0
        await asyncio.gather(*standing)

    asyncio.run(crowd())


def test_when_too_many_newcomers_stand_there_the_next_is_told_and_whoever_has_a_place_is_not(monkeypatch):
    monkeypatch.setattr(turnstile, "MOST", 3)

    async def crowd() -> None:
        stile = Turnstile(Gate())
        standing = [asyncio.ensure_future(stile.turn(is_known=False)) for _ in range(4)]
        await asyncio.sleep(0)
        known = asyncio.ensure_future(stile.turn(is_known=True))
        with pytest.raises(Crowded):
            await stile.turn(is_known=False)
        await asyncio.gather(*standing, known)
        await stile.turn(is_known=False)

    asyncio.run(crowd())


def test_whoever_goes_away_is_passed_over():
    async def crowd() -> None:
        stile = Turnstile(Gate())
        await stile.turn(is_known=False)
        gone = asyncio.ensure_future(stile.turn(is_known=True))
        last = asyncio.ensure_future(stile.turn(is_known=True))
        gone.cancel()
        await last
        assert gone.cancelled()

    asyncio.run(crowd())
