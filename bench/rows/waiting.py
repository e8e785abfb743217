"""What it costs to let somebody wait: the waiting room's page, and what its script asks for."""

import time
from statistics import median

from bench.client import Request
from bench.figures import Figure, at_most, beside
from bench.rows.contender import carrying, ticket_of
from bench.rows.pages import bare_visits, repeated
from bench.rows.running import Asked, Row, burst, interleaved, must_be
from bench.rows.writes import taps
from bench.servers import House, Plain

FIRST = 500_000
"""The number of the first who waits: other rows have people of their own."""

LARGEST = 8_192
PATIENCE = 40.0
"""Seconds in which the queue of a registration that opens soon must have opened."""


def measure(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    """People who came before an opening look at the page of the queue, again and again."""
    batch = house.inside("open_batch", "bench-waiting", 100, 540)
    tickets = in_queue(house, batch, house.inside("contenders", asked.people, FIRST))
    visits = repeated([Request("GET", f"/angkatan/{batch}/antre/", each.headers) for each in tickets], asked.requests)
    polls = [Request("GET", each.path, {**each.headers, "Accept": "application/json"}) for each in visits]
    bare = repeated(bare_visits(plain), asked.requests)
    rounds = interleaved(
        asked.rounds,
        lambda: burst(house.url, visits, house.server(), house.database_server()),
        lambda: burst(house.url, polls, house.server(), house.database_server()),
        lambda: burst(plain.url, bare, plain.server(), house.database_server()),
    )
    for page, poll, theirs in rounds:
        must_be([*page.answers, *poll.answers, *theirs.answers], 200)
    last, polled = rounds[-1][0].answers[-1], rounds[-1][1].answers[-1]
    assert b'"face"' in polled.body, "the queue is no longer open"
    name = "waiting-room"
    return [
        beside(name, "CPU a page", [(page.cpu_ms, theirs.cpu_ms) for page, _, theirs in rounds], "ms"),
        beside(name, "CPU a look of its script", [(poll.cpu_ms, theirs.cpu_ms) for _, poll, theirs in rounds], "ms"),
        Figure(name, "pages a second", median(page.per_second for page, _, _ in rounds)),
        Figure(name, "looks a second", median(poll.per_second for _, poll, _ in rounds)),
        at_most(name, "statements", house.inside("statements_in_queue", batch, FIRST), 0),
        at_most(name, "bytes on the wire", len(last.body), LARGEST),
        at_most(name, "bytes of a look", len(polled.body), 400),
    ]


def in_queue(house: House, batch: str, cookies: list[str]) -> list[Request]:
    """What each of these people sends with the ticket that was given to them. Raises AssertionError where no queue
    opens."""
    until = time.monotonic() + PATIENCE
    while True:
        asked = taps(batch, cookies, "page")
        answers = burst(house.url, asked, house.server(), [], connections=1).answers
        if all(answer.status == 303 and ticket_of(answer) for answer in answers):
            return [carrying(tap, ticket_of(answer)) for tap, answer in zip(asked, answers, strict=True)]
        assert time.monotonic() < until, f"no queue opened for {batch}: {sorted({a.status for a in answers})}"
        time.sleep(1)


ROWS = (Row("waiting-room", "the page of the queue, and what its script asks for", measure),)
