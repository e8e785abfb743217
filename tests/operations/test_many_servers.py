"""Several servers, two processes each, on one PostgreSQL and one Valkey: in a rush they are one queue."""

import json
import time
from collections.abc import Iterator

import pytest

from bench import servers
from bench.client import Request, play
from bench.rows.contender import FULL, SEATED, place_on
from bench.rows.rush import Told, Verdict, contend, judge
from bench.rows.waiting import in_queue
from bench.rows.writes import taps
from bench.servers import House

CONTENDERS, QUOTA = 120, 12
FAULTS = ("oversold", "miscounted", "lost", "double", "undecided", "untold", "inversions")


@pytest.fixture(scope="module")
def together() -> Iterator[list[House]]:
    with servers.pintar("postgresql", workers=2, shared=True) as house, house.beside(1) as houses:
        yield houses


@pytest.fixture(scope="module")
def apart() -> Iterator[list[House]]:
    """The same two servers, each with a memory of its own: nobody may run them so."""
    with servers.pintar("postgresql") as house, house.beside(1) as houses:
        yield houses


def places(houses: list[House], people: int = 8) -> tuple[list[str], list[set[str]]]:
    """Let people come before an opening, to one server after the other. The place of each by the draw, and all places
    that they are then shown when they look again and again at the server to which they came."""
    batch = houses[0].inside("open_batch", "many-servers", 100, 540)
    cookies = houses[0].inside("contenders", people)
    arrived = [in_queue(house, batch, cookies[n :: len(houses)]) for n, house in enumerate(houses)]
    drawn, shown = [], []
    for house, requests in zip(houses, arrived, strict=True):
        for request in requests:
            headers = {**request.headers, "Accept": "application/json"}
            look = Request("GET", f"/angkatan/{batch}/antre/", headers)
            answers = play(house.url, [(0.0, look)] * 12, connections=6)
            shown.append({json.loads(answer.body)["show"]["place"] for answer in answers})
            drawn.append(place_on(request.headers["Cookie"].rpartition("antrean=")[2]))
    return [str(sorted(drawn).index(each) + 1) for each in drawn], shown


def rush(houses: list[House]) -> tuple[Verdict, list[Told | None]]:
    """Everyone at once, shortly before an opening, each try at another server."""
    cookies = houses[0].inside("contenders", CONTENDERS, 1_000)
    batch = houses[0].inside("open_batch", "rush-at-many", QUOTA, 40)
    for house in houses:
        in_queue(house, batch, cookies[:2])
    time.sleep(8)  # every process looks once a second which queues the others opened; on a busy machine less often
    told = contend([house.url for house in houses], taps(batch, cookies, "api"), seed=1, within=1.0)
    return judge(told, houses[0].inside("seats", batch), first=1_000), told


def test_control_servers_that_share_nothing_show_places_that_are_not_true(apart):
    true, shown = places(apart)
    assert [{place} for place in true] != shown


def test_every_server_shows_the_one_place_that_was_drawn(together):
    true, shown = places(together)
    assert [{place} for place in true] == shown


def test_a_rush_at_many_servers_has_one_count_and_one_order(together):
    verdict, told = rush(together)
    assert {each.outcome for each in told if each} == {SEATED, FULL}
    assert {fault: getattr(verdict, fault) for fault in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert verdict.seated == QUOTA
    assert all(each and each.place is not None for each in told), "they did not come before the opening"
