"""A rush: many people, few seats, all within seconds. Did everyone get a definite answer, soon, and a true one?"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.client import UNANSWERED, Answer, Client, Visit, arrive
from bench.figures import Figure, at_least, at_most, percentile
from bench.rows.pages import bare_visits, repeated
from bench.rows.running import Asked, Row, burst
from bench.rows.writes import ENOUGH, taps
from bench.servers import House, Plain

LONGEST = 180.0
"""Seconds after which whoever has no definite answer is undecided."""

CONNECTIONS = 512
SEATED, LISTED, FULL = "seated", "listed", "full"
DEFINITE = (SEATED, LISTED, FULL)
AGAIN = "again"
SOON = 1.0
"""Seconds before a contender whose connection broke tries again."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a contender was told in the end: SEATED, LISTED, FULL, or the status of something else; `at` seconds after
    the rush began, `tries` requests."""

    outcome: str
    at: float
    tries: int


def read(answer: Answer) -> str:
    """What an answer says: one of DEFINITE, AGAIN (ask once more later), or the status that nobody expected.

    The page's form answers 303 to the receipt or the place in line, 409 where the batch is full; the API says it in
    words. A ticket of the waiting room, and a refusal with Retry-After, ask to come again.
    """
    if answer.status in (429, 503, UNANSWERED):
        return AGAIN
    if answer.headers.get("content-type", "").startswith(("application/json", "application/problem+json")):
        return _read_json(answer)
    if answer.status == 303:
        # To the batch's own page with the receipt, or into the waiting room.
        return AGAIN if answer.headers.get("location", "").endswith("/antre/") else SEATED
    if answer.status == 409:
        return FULL
    if answer.status in (200, 202) and answer.retry_after is not None:
        return AGAIN
    return str(answer.status)


def _read_json(answer: Answer) -> str:
    document = json.loads(_plain(answer))
    match answer.status, document.get("state"), document.get("code"):
        case ((200 | 201), "seated", _):
            return SEATED
        case 202, "waiting", _:
            return LISTED
        case 202, "queued", _:
            return AGAIN
        case 409, _, "batch_full":
            return FULL
        case status, state, code:
            return f"{status} {state or code}"


def _plain(answer: Answer) -> bytes:
    match answer.headers.get("content-encoding"):
        case "br":
            import brotli

            return brotli.decompress(answer.body)
        case "gzip":
            import zlib

            return zlib.decompress(answer.body, wbits=31)
        case _:
            return answer.body


def contend(url: str, requests: Sequence[Any], seed: int, within: float, longest: float = LONGEST) -> list[Told | None]:
    """Let each request's contender arrive once, at random within so many seconds, and come again as it is told. What
    each was told in the end, in their order; None for those who were not told anything definite."""
    chance = random.Random(seed)
    instants = [chance.uniform(0, within) for _ in requests]
    told: list[Told | None] = [None] * len(requests)

    async def run() -> None:
        client = Client(url, connections=CONNECTIONS)
        encoded = [request.encode(client.host) for request in requests]

        def visit(number: int) -> Visit:
            async def until_told(client: Client, at: float) -> None:
                tries = 0
                while True:
                    tries += 1
                    answer = await client.send(encoded[number], at)
                    outcome = read(answer)
                    if outcome != AGAIN:
                        told[number] = Told(outcome, answer.ended, tries)
                        return
                    pause = SOON if answer.retry_after is None else answer.retry_after
                    await asyncio.sleep(pause * chance.uniform(1.0, 1.2))
                    at = client.now()

            return until_told

        order = sorted(range(len(requests)), key=instants.__getitem__)
        try:
            await arrive(client, ((instants[n], visit(n)) for n in order), longest=longest)
        finally:
            client.close()

    asyncio.run(run())
    return told


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was promised, counted: all of them must be 0 but the last three."""

    oversold: int
    miscounted: int
    lost: int
    double: int
    undecided: int
    untold: int
    seated: int
    last: float
    per_second: float


def judge(told: Sequence[Told | None], held: dict[str, Any], first: int = 0) -> Verdict:
    """Compare what contenders were told with what the database holds (`bench.house.seats`).

    `oversold`: seats beyond the quota. `miscounted`: how far the batch's own count is from its seats. `lost`: told of a
    seat that is not there. `double`: a second seat of one person. `undecided`: no definite answer. `untold`: has a seat
    and was told otherwise. `last`: seconds until the last definite answer.
    """
    seats = Counter(held["seated"])
    winners = {first + n for n, each in enumerate(told) if each and each.outcome == SEATED}
    decided = [each for each in told if each and each.outcome in DEFINITE]
    last = max((each.at for each in decided), default=0.0)
    return Verdict(
        oversold=max(0, sum(seats.values()) - held["quota"]),
        miscounted=abs(sum(seats.values()) - held["taken"]),
        lost=len(winners - seats.keys()),
        double=sum(times - 1 for times in seats.values()),
        undecided=len(told) - len(decided),
        untold=len(seats.keys() - winners),
        seated=sum(seats.values()),
        last=last,
        per_second=len(decided) / last if last else 0.0,
    )


def measure(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    """One rush a seed, each in a period of its own, with the same people."""
    cookies = house.inside("contenders", asked.contenders)
    bare = repeated(bare_visits(plain), asked.requests)
    verdicts, tries, waits, speeds = [], [], [], []
    for seed in range(asked.seed, asked.seed + asked.seeds):
        speeds.append(burst(plain.url, bare, plain.server(), []).per_second)
        batch = house.inside("open_batch", f"rush-{seed}", asked.quota)
        told = contend(house.url, taps(batch, cookies, asked.door), seed, asked.within)
        verdict = judge(told, house.inside("seats", batch))
        verdicts.append(verdict)
        tries += [each.tries for each in told if each]
        waits += [each.at for each in told if each]
        unexpected = Counter(each.outcome for each in told if each and each.outcome not in DEFINITE)
        asked.say(f"  seed {seed}: {verdict} {dict(unexpected) or ''}")
    name = f"rush, {asked.contenders:,} for {asked.quota:,} in {asked.within:.0f} s"
    counted = [
        at_most(name, f"{what}, {asked.seeds} seeds", sum(getattr(v, what) for v in verdicts), 0)
        for what in ("oversold", "miscounted", "lost", "double", "undecided", "untold")
    ]
    decided = median(v.per_second for v in verdicts)
    speed = median(speeds)
    return [
        Figure(name, "seats taken in a rush", median(v.seated for v in verdicts)),
        *counted,
        at_most(name, "until the last answer, slowest seed", max(v.last for v in verdicts), 60, "s"),
        at_least(name, f"decisions a second ({house.database})", decided, ENOUGH[house.database]),
        Figure(name, "decisions a second beside bare pages a second", decided, "", speed, decided / speed),
        Figure(name, "median wait from the opening", percentile(waits, 0.5) if waits else 0.0, "s"),
        Figure(name, "requests a contender", sum(tries) / max(len(tries), 1)),
    ]


ROWS = (Row("rush", "many contenders for few seats within seconds", measure, alone=True),)
