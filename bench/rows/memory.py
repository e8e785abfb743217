"""What the house holds in memory after it has been used."""

from bench.figures import Figure, at_most
from bench.processes import memory
from bench.rows.pages import PAGES, repeated
from bench.rows.running import Asked, Row, burst, must_be
from bench.servers import House, Plain

MB = 1_000_000
MOST = 300


def measure(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    """After each page was read often: proportional set size, in which shared pages count once."""
    for page in PAGES:
        visits = repeated(page.visits(house, asked.people), asked.requests)
        must_be(burst(house.url, visits, house.server(), []).answers, 200)
    whole = memory(house.everything()) / MB
    return [
        at_most("memory", "everything that pintar start runs", whole, MOST, "MB"),
        Figure("memory", "the server", memory(house.server()) / MB, "MB", memory(plain.server()) / MB),
        Figure("memory", "the worker", memory(house.worker()) / MB, "MB"),
    ]


ROWS = (Row("memory", "server and worker after use", measure),)
