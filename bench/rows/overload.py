"""Ten times what the server can do: do those inside go on, are the others told quickly, is it over when it is over?"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle

from bench.client import UNANSWERED, Client, Request, Visit, arrive
from bench.figures import Figure, at_least, at_most, percentile
from bench.rows.contender import DEFINITE, read
from bench.rows.pages import bare_visits, made, repeated
from bench.rows.running import Asked, Row, burst, steady
from bench.rows.writes import saves, taps
from bench.servers import House, Plain

TIMES = 10
INSIDE = 0.5
"""Of what the server can do, the share that those inside ask for meanwhile."""

USEFUL = 10.0
"""Seconds after which an answer is of no use any more."""

CALM = 0.3
"""Of what the server can do, the load before and after."""

CONNECTIONS = {True: 1_024, False: 12_000}
"""Of those inside and of those outside: nobody stands behind another's request before the server has seen it."""

WINDOW, LONGEST_RECOVERY = 5.0, 120.0
REFUSED = (429, 503)


@dataclass
class Seen:
    """Answers of one class of people, as (seconds since the intended arrival, status, whether they got what they came
    for: a page, a receipt, a definite word about a seat; a place in the queue is none of them)."""

    answers: list[tuple[float, int, bool]] = field(default_factory=list)

    def latencies(self, *statuses: int) -> list[float]:
        return [latency for latency, status, _ in self.answers if status in statuses]

    @property
    def useful(self) -> int:
        """Who got what they came for, in time."""
        return sum(1 for latency, _, got in self.answers if got and latency <= USEFUL)

    @property
    def queued(self) -> list[float]:
        """Seconds until a place in the queue was given."""
        return [latency for latency, status, got in self.answers if 200 <= status < 400 and not got]

    @property
    def failed(self) -> int:
        """Answers of the server's failure, and none at all."""
        return sum(1 for _, status, _ in self.answers if status >= 500 or status == UNANSWERED)


def mixed(inside: float, outside: float, seconds: float) -> Iterator[tuple[float, bool]]:
    """Instants of arrivals at two even rates (a second), in order: (at, whether it is someone inside)."""
    numbers = {True: count(), False: count()}
    rates = {True: inside, False: outside}
    following = {who: next(numbers[who]) / rates[who] for who in rates if rates[who]}
    while following:
        who = min(following, key=following.__getitem__)
        if following[who] >= seconds:
            return
        yield following[who], who
        following[who] = next(numbers[who]) / rates[who]


def press(
    url: str, inside: Iterator[Request], outside: Iterator[Request], rates: tuple[float, float], seconds: float
) -> tuple[Seen, Seen]:
    """Send both classes at their rates for so long; what each saw."""
    seen = {True: Seen(), False: Seen()}
    requests = {True: inside, False: outside}

    async def run() -> None:
        clients = {who: Client(url, connections=most, patience=3 * USEFUL) for who, most in CONNECTIONS.items()}

        def visit(who: bool) -> Visit:
            client = clients[who]
            raw = next(requests[who]).encode(client.host)

            async def once(first: Client, at: float) -> None:
                client.begun = first.begun
                answer = await client.send(raw, at)
                got = 200 <= answer.status < 400 if who else read(answer) in DEFINITE
                seen[who].answers.append((answer.latency, answer.status, got))

            return once

        try:
            order = ((at, visit(who)) for at, who in mixed(*rates, seconds))
            await arrive(clients[True], order, longest=seconds + 4 * USEFUL)
        finally:
            for client in clients.values():
                client.close()

    asyncio.run(run())
    return seen[True], seen[False]


def recovery(windows: Sequence[float], calm: float, seconds: float = WINDOW) -> float | None:
    """Seconds until a window's p99 is again within 1.2 times the calm one; None if none is."""
    return next((n * seconds for n, p99 in enumerate(windows) if p99 <= 1.2 * calm), None)


def measure(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    learners, saving = made(house, "learners", asked.people), saves(house, asked.people)
    reading = cycle([Request("GET", each["lesson"], {"Cookie": each["cookie"]}) for each in learners])

    def inside() -> Iterator[Request]:
        """Those inside read and are tested."""
        while True:
            yield next(reading)
            yield next(saving)

    within = inside()
    batch = house.inside("open_batch", "overload", 100)
    outside = cycle(taps(batch, house.inside("contenders", asked.contenders), asked.door))
    some = [next(within) for _ in range(asked.requests * 4)]
    peak = burst(house.url, some, house.server(), []).per_second
    bare = burst(plain.url, repeated(bare_visits(plain), asked.requests * 2), plain.server(), []).per_second
    calm = _p99(house.url, within, peak * CALM)
    seconds = asked.minutes * 60
    asked.say(f"  peak {peak:.0f} a second, calm p99 {1000 * calm:.0f} ms; {TIMES} times that for {seconds:.0f} s")
    ours, theirs = press(house.url, within, outside, (peak * INSIDE, peak * (TIMES - INSIDE)), seconds)
    windows: list[float] = []
    while recovery(windows, calm) is None and len(windows) * WINDOW < LONGEST_RECOVERY:
        windows.append(_p99(house.url, within, peak * CALM))
    name = f"overload, {TIMES} times for {asked.minutes:g} min"
    goodput = (ours.useful + theirs.useful) / seconds
    refused = theirs.latencies(*REFUSED)
    latencies = [latency for latency, *_ in ours.answers]
    back = recovery(windows, calm)
    return [
        Figure(name, "peak of those inside, a second", peak, "", bare, peak / bare),
        at_least(name, "goodput, share of the peak", goodput / peak, 0.8),
        at_most(name, "failures for those inside", ours.failed, 0),
        at_most(name, "p99 for those inside", 1000 * percentile(latencies, 0.99), 1000, "ms"),
        Figure(name, "asked outside", len(theirs.answers)),
        Figure(name, "given a place in the queue", len(theirs.queued)),
        *(
            [Figure(name, "p95 of a place in the queue", 1000 * percentile(theirs.queued, 0.95), "ms")]
            * bool(theirs.queued)
        ),
        Figure(name, "refused outside", len(refused)),
        *([at_most(name, "p95 of a refusal", 1000 * percentile(refused, 0.95), 50, "ms")] if refused else []),
        Figure(name, "no answer outside", theirs.failed - len(theirs.latencies(503))),
        at_most(name, "back to normal after", LONGEST_RECOVERY if back is None else back, 60, "s"),
    ]


def _p99(url: str, requests: Iterator[Request], rate: float) -> float:
    answers = steady(url, [next(requests) for _ in range(max(20, int(rate * WINDOW)))], rate)
    return percentile([each.latency for each in answers], 0.99)


ROWS = (Row("overload", "ten times what the server can do", measure, alone=True),)
