"""A rush: many people, few seats, all within seconds. Did everyone get a definite answer, soon, and a true one?"""

import asyncio
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench import processes
from bench.client import Client, Request, Visit, arrive
from bench.figures import Figure, at_least, at_most, percentile
from bench.rows.contender import AGAIN, DEFINITE, SEATED, Contender, place_on
from bench.rows.pages import bare_visits, repeated
from bench.rows.running import Asked, Row, burst
from bench.rows.writes import ENOUGH, taps
from bench.servers import House, Plain

LONGEST = 180.0
"""Seconds after which whoever has no definite answer is undecided."""

CONNECTIONS, NEWCOMERS = 16_000, 12_000
"""Requests under way at most, and first requests among them: whoever was answered has a telephone of their own, and
does not stand behind newcomers to ask again."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a contender was told in the end: SEATED, LISTED, FULL, or the status of something else; `at` seconds after
    the rush began, `tries` requests. `place`: what stood on the ticket of the queue, None for who got none."""

    outcome: str
    at: float
    tries: int
    place: int | None = None


def contend(
    urls: Sequence[str], requests: Sequence[Request], seed: int, within: float, longest: float = LONGEST
) -> list[Told | None]:
    """Let each request's contender arrive once, at random within so many seconds, and come again as it is told, each
    time at the next of these servers. What each was told in the end, in their order; None for those who were not told
    anything definite."""
    chance = random.Random(seed)
    instants = [chance.uniform(0, within) for _ in requests]
    told: list[Told | None] = [None] * len(requests)

    async def run() -> None:
        clients = [Client(url, connections=CONNECTIONS // len(urls)) for url in urls]
        newcomers = asyncio.Semaphore(NEWCOMERS)

        def visit(number: int) -> Visit:
            async def until_told(first: Client, at: float) -> None:
                contender, tries = Contender(requests[number]), 0
                while True:
                    client = clients[(number + tries) % len(clients)]
                    client.begun = first.begun
                    tries += 1
                    async with newcomers if tries == 1 else nullcontext():
                        answer = await client.send(contender.next.encode(client.host), at)
                    outcome = contender.hear(answer)
                    if outcome != AGAIN:
                        place = place_on(contender.ticket) if contender.ticket else None
                        told[number] = Told(outcome, answer.ended, tries, place)
                        return
                    await asyncio.sleep(contender.pause * chance.uniform(1.0, 1.2))
                    at = client.now()

            return until_told

        order = sorted(range(len(requests)), key=instants.__getitem__)
        try:
            await arrive(clients[0], ((instants[n], visit(n)) for n in order), longest=longest)
        finally:
            for client in clients:
                client.close()

    asyncio.run(run())
    return told


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was promised, counted: all of them must be 0 but the last four. `busiest`: decisions a second in the ten
    seconds that had the most."""

    oversold: int
    miscounted: int
    lost: int
    double: int
    undecided: int
    untold: int
    inversions: int
    seated: int
    last: float
    per_second: float
    busiest: float


def judge(told: Sequence[Told | None], held: dict[str, Any], first: int = 0) -> Verdict:
    """Compare what contenders were told with what the database holds (`bench.house.seats`).

    `oversold`: seats beyond the quota. `miscounted`: how far the batch's own count is from its seats. `lost`: told of a
    seat that is not there. `double`: a second seat of one person. `undecided`: no definite answer. `untold`: has a seat
    and was told otherwise. `inversions`: got no seat though somebody behind them did, by the places on their tickets.
    `last`: seconds until the last definite answer.
    """
    seats = Counter(held["seated"])
    winners = {first + n for n, each in enumerate(told) if each and each.outcome == SEATED}
    decided = [each for each in told if each and each.outcome in DEFINITE]
    last = max((each.at for each in decided), default=0.0)
    called = max((each.place for each in decided if each.outcome == SEATED and each.place is not None), default=None)
    passed = [each for each in decided if each.outcome != SEATED and each.place is not None]
    return Verdict(
        oversold=max(0, sum(seats.values()) - held["quota"]),
        miscounted=abs(sum(seats.values()) - held["taken"]),
        lost=len(winners - seats.keys()),
        double=sum(times - 1 for times in seats.values()),
        undecided=len(told) - len(decided),
        untold=len(seats.keys() - winners),
        inversions=sum(1 for each in passed if called is not None and each.place < called),  # type: ignore[operator]
        seated=sum(seats.values()),
        last=last,
        per_second=len(decided) / last if last else 0.0,
        busiest=_busiest([each.at for each in decided]),
    )


def _busiest(instants: list[float], seconds: float = 10.0) -> float:
    """The most of these instants in any window of so many seconds, a second."""
    ordered = sorted(instants)
    return max((n - bisect_left(ordered, at - seconds) + 1 for n, at in enumerate(ordered)), default=0) / seconds


def measure(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    """One rush a seed, each in a period of its own, with the same people."""
    cookies = house.inside("contenders", asked.contenders)
    bare = repeated(bare_visits(plain), asked.requests)
    verdicts, tries, waits, speeds, used = [], [], [], [], []
    with house.beside(asked.servers - 1) as houses:
        urls = [each.url for each in houses]
        for seed in range(asked.seed, asked.seed + asked.seeds):
            speeds.append(burst(plain.url, bare, plain.server(), []).per_second)
            batch = house.inside("open_batch", f"rush-{seed}", asked.quota)
            before = _cpu(houses)
            told = contend(urls, taps(batch, cookies, asked.door), seed, asked.within)
            used.append([1000 * (b - a) / asked.contenders for a, b in zip(before, _cpu(houses), strict=True)])
            verdict = judge(told, house.inside("seats", batch))
            verdicts.append(verdict)
            tries += [each.tries for each in told if each]
            waits += [each.at for each in told if each]
            unexpected = Counter(each.outcome for each in told if each and each.outcome not in DEFINITE)
            asked.say(f"  seed {seed}: {verdict} {dict(unexpected) or ''}")
    name = f"rush, {asked.contenders:,} for {asked.quota:,} in {asked.within:.0f} s"
    counted = [
        at_most(name, f"{what}, {asked.seeds} seeds", sum(getattr(v, what) for v in verdicts), 0)
        for what in ("oversold", "miscounted", "lost", "double", "undecided", "untold", "inversions")
    ]
    decided = median(v.per_second for v in verdicts)
    speed = median(speeds)
    return [
        Figure(name, "seats taken in a rush", median(v.seated for v in verdicts)),
        *counted,
        at_most(name, "until the last answer, slowest seed", max(v.last for v in verdicts), 60, "s"),
        at_least(name, f"decisions a second ({house.database})", decided, ENOUGH[house.database]),
        Figure(name, "decisions a second beside bare pages a second", decided, "", speed, decided / speed),
        Figure(name, "decisions a second in the busiest ten seconds", median(v.busiest for v in verdicts)),
        Figure(name, "CPU a contender, server", median(each[0] for each in used), "ms"),
        Figure(name, "CPU a contender, database", median(each[1] for each in used), "ms"),
        Figure(name, "CPU a contender, this client", median(each[2] for each in used), "ms"),
        Figure(name, "median wait from the opening", percentile(waits, 0.5) if waits else 0.0, "s"),
        Figure(name, "requests a contender", sum(tries) / max(len(tries), 1)),
    ]


def _cpu(houses: Sequence[House]) -> tuple[float, float, float]:
    """CPU seconds so far: of the servers, of their database, of this client."""
    serving = sum(processes.cpu(each.server()) for each in houses)
    return serving, processes.cpu(houses[0].database_server()), processes.own_cpu()


ROWS = (Row("rush", "many contenders for few seats within seconds", measure, alone=True),)
