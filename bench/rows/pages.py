"""What a page costs beside the bare page: CPU, statements, bytes, latency at half of what the server can do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median

from bench.client import Request
from bench.figures import Figure, at_most, beside, spread
from bench.rows.running import Asked, Row, burst, interleaved, must_be, steady
from bench.servers import House, Plain

COURSE = "/courses/asesmen-formatif/"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the house. `visits(house, many)` gives the requests of so many people; `ratio` is the
    most it may cost of the bare page's CPU, `queries` the most statements."""

    name: str
    what: str
    visits: Callable[[House, int], list[Request]]
    ratio: float | None = None
    queries: int | None = None


def of_people(kind: str, name: str) -> Callable[[House, int], list[Request]]:
    """The page called `name` of people that `bench.house.<kind>` makes."""

    def visits(house: House, many: int) -> list[Request]:
        return [Request("GET", each[name], {"Cookie": each["cookie"]}) for each in made(house, kind, many)]

    return visits


def anybody(path: str) -> Callable[[House, int], list[Request]]:
    return lambda house, many: [Request("GET", path)]


PAGES = (
    Page("catalogue", "the catalogue, signed out", anybody("/pelatihan/")),
    Page("training", "a training's page, signed out", anybody("/pelatihan/hak-cipta-di-ruang-kelas/")),
    Page("lesson", "a lesson to read, with its notes", of_people("learners", "lesson"), 1.2, 3),
    Page("contents", "the contents of a training", of_people("learners", "contents"), 1.2, 3),
    Page("rules", "the rules of a test", of_people("learners", "rules"), 1.2, 3),
    Page("test", "an open test of 20 questions", of_people("test_takers", "test"), 1.2, 3),
    Page("result", "the receipt and marks of a test", of_people("learners", "result"), 1.2, 3),
    Page("home", "the learner's home", of_people("learners", "home"), None, 6),
    Page("batch", "a batch, by someone with a seat in it", of_people("learners", "batch"), None, 6),
)

_made: dict[tuple[int, str], list[dict[str, str]]] = {}


def made(house: House, kind: str, many: int) -> list[dict[str, str]]:
    """People of a kind, made once for a house."""
    key = (house.port, kind)
    if key not in _made:
        _made[key] = house.inside(kind, many)
    return _made[key]


def bare_visits(plain: Plain) -> list[Request]:
    return [Request("GET", COURSE, {"Cookie": f"sessionid={each}"}) for each in plain.sessions]


def measure(page: Page, asked: Asked, house: House, plain: Plain) -> list[Figure]:
    visits, bare = page.visits(house, asked.people), bare_visits(plain)
    ours, theirs = repeated(visits, asked.requests), repeated(bare, asked.requests)
    rounds = interleaved(
        asked.rounds,
        lambda: burst(house.url, ours, house.server(), house.database_server()),
        lambda: burst(plain.url, theirs, plain.server(), house.database_server()),
    )
    for a, b in rounds:
        must_be([*a.answers, *b.answers], 200)
    figures = [
        beside(page.name, "CPU a request", [(a.cpu_ms, b.cpu_ms) for a, b in rounds], "ms", page.ratio),
        beside(page.name, "answers a second", [(a.per_second, b.per_second) for a, b in rounds], ""),
    ]
    figures += latencies(page.name, asked, house.url, ours, plain.url, theirs, median(a.per_second for a, _ in rounds))
    one = {"path": visits[0].path, "headers": dict(visits[0].headers)}
    counted = house.inside("statements", [one, one])
    if page.queries is None:
        figures.append(Figure(page.name, "statements", counted))
    else:
        figures.append(at_most(page.name, "statements", counted, page.queries))
    figures.append(Figure(page.name, "bytes on the wire", len(rounds[-1][0].answers[-1].body)))
    return figures


def latencies(
    name: str, asked: Asked, url: str, ours: Sequence[Request], bare: str, theirs: Sequence[Request], per_second: float
) -> list[Figure]:
    """p50 and p95 at half of the rate that the house can answer, the bare page at the same rate."""
    rate = per_second / 2
    pairs = interleaved(
        min(asked.rounds, 3),
        lambda: spread([each.latency for each in steady(url, ours, rate)]),
        lambda: spread([each.latency for each in steady(bare, theirs, rate)]),
    )
    return [
        beside(name, f"p50 at {rate:.0f} a second", [(a.p50, b.p50) for a, b in pairs], "ms"),
        beside(name, f"p95 at {rate:.0f} a second", [(a.p95, b.p95) for a, b in pairs], "ms"),
    ]


def repeated(requests: Sequence[Request], many: int) -> list[Request]:
    return list(islice(cycle(requests), many))


def measure_bare(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    """The bare page and the empty view by themselves: how fast this machine is today."""
    theirs = repeated(bare_visits(plain), asked.requests)
    nothing = repeated([Request("GET", "/empty/")], asked.requests * 5)
    rounds = interleaved(
        asked.rounds,
        lambda: burst(plain.url, theirs, plain.server(), house.database_server()),
        lambda: burst(plain.url, nothing, plain.server(), house.database_server()),
    )
    figures = []
    for place, name in enumerate(("bare", "empty")):
        loads = [each[place] for each in rounds]
        must_be([answer for load in loads for answer in load.answers], 200)
        figures += [
            Figure(name, "CPU a request", median(load.cpu_ms for load in loads), "ms"),
            Figure(name, "answers a second", median(load.per_second for load in loads)),
            Figure(name, "the client's CPU a request", median(1000 * x.client / len(x.answers) for x in loads), "ms"),
        ]
    return figures


ROWS = (
    Row("bare", "the bare page and Django's empty view: the measure of the others", measure_bare),
    *(
        Row(page.name, page.what, lambda asked, house, plain, page=page: measure(page, asked, house, plain))
        for page in PAGES
    ),
)
