"""What a write costs: signing in, saving an answer, taking a seat."""

import json
from collections.abc import Iterator
from itertools import count, cycle
from statistics import median
from uuid import UUID

from bench.client import Request
from bench.figures import Figure, at_least, at_most, beside
from bench.house import CSRF
from bench.rows.pages import bare_visits, made, repeated
from bench.rows.running import Asked, Row, burst, interleaved, must_be
from bench.servers import House, Plain

# Decisions a second that a rush asks for.
ENOUGH = {"sqlite": 500, "postgresql": 1000}


def saves(house: House, many: int) -> Iterator[Request]:
    """Answers that learners save one by one, as the page of a test does: each operation is new."""
    people = made(house, "test_takers", many)
    for number, person in zip(count(1), cycle(people)):
        items = list(person["items"])
        item = items[number // len(people) % len(items)]
        op = {"op_id": str(UUID(int=number)), "seq": number, "item": item, "value": person["items"][item], "ms": 900}
        yield Request(
            "PUT",
            person["answers"],
            {"Cookie": person["cookie"], "X-CSRFToken": CSRF, "Content-Type": "application/json"},
            body=json.dumps({"lease": person["lease"], "ops": [op]}).encode(),
        )


def measure_answer(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    """An answer beside Django's empty view."""
    saving = saves(house, asked.people)
    nothing = repeated([Request("GET", "/empty/")], asked.requests * 2)
    rounds = interleaved(
        asked.rounds,
        lambda: burst(
            house.url, [next(saving) for _ in range(asked.requests)], house.server(), house.database_server()
        ),
        lambda: burst(plain.url, nothing, plain.server(), []),
    )
    for a, b in rounds:
        must_be([*a.answers, *b.answers], 200)
    beyond = median(a.cpu_ms - b.cpu_ms for a, b in rounds)
    two = [next(saving) for _ in range(asked.people + 1)]
    asks = [
        {"method": "PUT", "path": each.path, "headers": dict(each.headers), "body": each.body.decode()}
        for each in (two[0], two[-1])
    ]
    return [
        beside("answer", "CPU a request; beside it the empty view's", [(a.cpu_ms, b.cpu_ms) for a, b in rounds], "ms"),
        at_most("answer", "CPU beyond an empty view", beyond, 1.0, "ms"),
        Figure("answer", "answers a second", median(a.per_second for a, _ in rounds)),
        at_most("answer", "statements", house.inside("statements", asks), 2),
    ]


def measure_sign_in(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    """The form of the sign-in page, with the right password."""
    people = house.inside("sign_ins", 12)
    form = {"csrfmiddlewaretoken": CSRF, "remember": "1"}
    cookie = {"Cookie": f"csrf={CSRF}"}
    ours = repeated([Request("POST", "/masuk/", cookie, {**form, **each}) for each in people], asked.requests // 4)
    bare = repeated(bare_visits(plain), asked.requests)
    rounds = interleaved(
        min(asked.rounds, 3),
        lambda: burst(house.url, ours, house.server(), house.database_server()),
        lambda: burst(plain.url, bare, plain.server(), house.database_server()),
    )
    for a, _ in rounds:
        must_be(a.answers, 302, 303)
    return [
        beside("sign-in", "CPU a request", [(a.cpu_ms, b.cpu_ms) for a, b in rounds], "ms"),
        beside("sign-in", "sign-ins a second", [(a.per_second, b.per_second) for a, b in rounds], ""),
    ]


def taps(batch: str, cookies: list[str], door: str) -> list[Request]:
    """What each of these people sends to take a seat, through the page's form or the API."""
    if door == "api":
        headers = {"X-CSRFToken": CSRF, "Content-Type": "application/json"}
        return [
            Request("PUT", f"/api/v1/batches/{batch}/seat", {"Cookie": each, **headers}, body=b"{}") for each in cookies
        ]
    form = {"csrfmiddlewaretoken": CSRF, "pakta": "1"}
    return [Request("POST", f"/angkatan/{batch}/kursi/", {"Cookie": each}, form) for each in cookies]


def measure_seat(asked: Asked, house: House, plain: Plain) -> list[Figure]:
    """Seats taken while there are some, by people who want one each."""
    everyone = iter(house.inside("contenders", asked.requests * (asked.rounds + 1)))
    batch = house.inside("open_batch", "bench-seat", asked.requests * (asked.rounds + 1))

    def people() -> list[Request]:
        return taps(batch, [next(everyone) for _ in range(asked.requests)], asked.door)

    bare = repeated(bare_visits(plain), asked.requests)
    rounds = interleaved(
        asked.rounds,
        lambda: burst(house.url, people(), house.server(), house.database_server()),
        lambda: burst(plain.url, bare, plain.server(), house.database_server()),
    )
    for a, _ in rounds:
        must_be(a.answers, 201, 303)
    decided = median(a.per_second for a, _ in rounds)
    held = house.inside("seats", batch)
    answered = asked.requests * (asked.rounds + 1)
    return [
        beside("seat", "CPU a request", [(a.cpu_ms, b.cpu_ms) for a, b in rounds], "ms"),
        at_least("seat", "seats taken a second", decided, ENOUGH[house.database]),
        at_most("seat", "seats acknowledged and not there", answered - len(set(held["seated"])), 0),
    ]


ROWS = (
    Row("sign-in", "a sign-in by password", measure_sign_in),
    Row("answer", "one answer of a test saved", measure_answer),
    Row("seat", "a seat taken while there are some", measure_seat),
)
