"""What rows share: what was asked for, the servers under measurement, CPU seconds of a load."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench import processes
from bench.client import Answer, Request, play
from bench.figures import Figure
from bench.servers import House, Plain


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of the command. `rounds` interleaved rounds of `requests` each, made by so many `people`; `seed`
    of arrivals. Rushes: `seeds` runs, `contenders` for `quota` seats arriving `within` seconds at a `door` ("page" or
    "api") of as many `servers`, a contender's tries at one after the other. An overload lasts `minutes`. `say` tells
    what is being done."""

    database: str = "sqlite"
    workers: int = 1
    servers: int = 1
    rounds: int = 5
    requests: int = 200
    people: int = 6
    seed: int = 1
    seeds: int = 1
    contenders: int = 2_000
    quota: int = 100
    within: float = 10.0
    minutes: float = 1.0
    door: str = "api"
    say: Callable[[str], None] = field(default=lambda text: None)


@dataclass(frozen=True, slots=True)
class Row:
    """One command: its name, what it measures in a sentence, and the run."""

    name: str
    what: str
    run: Callable[[Asked, House, Plain], list[Figure]]
    alone: bool = False
    """Needs a house of its own: it fills the database or drowns the server."""


@dataclass(frozen=True, slots=True)
class Load:
    """A load that was sent: the answers, and CPU seconds of the server, its database and this client meanwhile."""

    answers: list[Answer]
    seconds: float
    server: float
    database: float
    client: float

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU a request, the database's included."""
        return 1000 * (self.server + self.database) / len(self.answers)

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds


def burst(url: str, requests: Sequence[Request], server: list[int], database: list[int], connections: int = 8) -> Load:
    """All requests due at once, `connections` under way: how fast they are worked off, and what each costs."""
    before = processes.cpu(server), processes.cpu(database), processes.own_cpu()
    answers = play(url, [(0.0, request) for request in requests], connections=connections)
    after = processes.cpu(server), processes.cpu(database), processes.own_cpu()
    used = [b - a for a, b in zip(before, after, strict=True)]
    return Load(answers, max(a.ended for a in answers), *used)


def steady(url: str, requests: Sequence[Request], rate: float, connections: int = 256) -> list[Answer]:
    """The requests at an even rate (a second), whatever becomes of those before."""
    return play(url, [(n / rate, request) for n, request in enumerate(requests)], connections=connections)


def must_be(answers: Sequence[Answer], *statuses: int) -> None:
    """Raises AssertionError where an answer has another status: what is fast because it fails is not fast."""
    wrong = sorted({each.status for each in answers} - set(statuses))
    assert not wrong, f"answers with status {wrong}, only {list(statuses)} were expected"


def interleaved[T](rounds: int, *works: Callable[[], T]) -> list[tuple[T, ...]]:
    """Each work in turn, round after round; the first round warms up and is left out."""
    return [tuple(work() for work in works) for _ in range(rounds + 1)][1:]
