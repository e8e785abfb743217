"""The JSON door of tests, and the promise that no key leaves before closing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from pintar.assessment import actions, kept
from pintar.assessment.models import Operation, Sitting
from pintar.assessment.tests import builders, items
from pintar.courses.queries import Edition
from pintar.foundation import clock
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in

JSON = "application/json"


@pytest.fixture
def sitting(edition: Edition, person: Person, client: Client) -> UUID:
    sign_in(client, person)
    return builders.open_sitting(person, edition.uid, "tes-akhir", clock.now())


def _op(paper: dict[str, Any], place: int, value: Any, seq: int = 1) -> dict[str, Any]:
    return {"op_id": str(uuid4()), "seq": seq, "item": paper["items"][place]["id"], "value": value, "ms": 900}


def _put(client: Client, sitting: UUID, lease: str, *ops: dict[str, Any]) -> Any:
    return client.put(f"/api/v1/sittings/{sitting}/answers", {"lease": lease, "ops": list(ops)}, content_type=JSON)


def test_the_paper_comes_whole_with_what_the_interface_promises(sitting: UUID, client: Client) -> None:
    paper = client.get(f"/api/v1/sittings/{sitting}").json()
    assert paper["sitting"] == str(sitting)
    assert {"deadline", "now", "lease", "items", "answers"} <= set(paper)
    by_type = {item["type"]: item for item in paper["items"]}
    assert set(by_type) == set(items.TYPES)
    assert set(by_type["single"]) == {"id", "type", "stem", "options"}
    assert [set(left) for left in by_type["matching"]["left"]] == [{"id", "html"}] * 3
    assert [gap["type"] for gap in by_type["cloze"]["gaps"]] == ["choice", "short", "number"]
    assert '<span data-gap="a"></span>' in by_type["cloze"]["stem"]


def test_an_answer_gets_its_receipt_and_comes_back_with_the_paper(sitting: UUID, client: Client) -> None:
    paper = client.get(f"/api/v1/sittings/{sitting}").json()
    op = _op(paper, 5, "jawaban")
    response = _put(client, sitting, paper["lease"], op)
    assert response.status_code == 200
    (receipt,) = response.json()["receipts"]
    assert (receipt["op_id"], receipt["seq"], receipt["item"]) == (op["op_id"], 1, op["item"])
    assert len(receipt["digest"]) == 32
    again = client.get(f"/api/v1/sittings/{sitting}").json()
    assert again["answers"] == {op["item"]: {"value": "jawaban", "flag": False, "seq": 1}}


def test_an_answer_costs_two_queries_one_or_many(sitting: UUID, client: Client, django_assert_num_queries: Any) -> None:
    paper = client.get(f"/api/v1/sittings/{sitting}").json()
    _put(client, sitting, paper["lease"], _op(paper, 5, "satu", 1))
    for ops in ([_op(paper, 5, "dua", 2)], [_op(paper, 5, str(n), n) for n in range(3, 23)]):
        with django_assert_num_queries(2):
            assert _put(client, sitting, paper["lease"], *ops).status_code == 200


def test_taking_the_lease_shuts_the_other_device_out(sitting: UUID, client: Client) -> None:
    paper = client.get(f"/api/v1/sittings/{sitting}").json()
    taken = client.put(f"/api/v1/sittings/{sitting}/lease")
    assert taken.status_code == 200
    refused = _put(client, sitting, paper["lease"], _op(paper, 5, "x"))
    assert (refused.status_code, refused.json()["code"]) == (409, "lease_taken")
    assert _put(client, sitting, taken.json()["lease"], _op(paper, 5, "x")).status_code == 200


def test_a_flag_alone_is_an_operation(sitting: UUID, client: Client) -> None:
    paper = client.get(f"/api/v1/sittings/{sitting}").json()
    op = _op(paper, 0, None)
    del op["value"]
    assert _put(client, sitting, paper["lease"], op | {"flag": True}).status_code == 200
    assert _put(client, sitting, paper["lease"], op | {"op_id": str(uuid4())}).status_code == 422
    assert client.get(f"/api/v1/sittings/{sitting}").json()["answers"][op["item"]]["flag"] is True


def test_handing_in_gives_receipt_and_marks_and_late_answers_are_held(sitting: UUID, client: Client) -> None:
    paper = client.get(f"/api/v1/sittings/{sitting}").json()
    done = client.post(f"/api/v1/sittings/{sitting}/submission").json()
    assert client.post(f"/api/v1/sittings/{sitting}/submission").json() == done
    assert (done["got"], done["of"], done["passed"]) == (0, 15, False)
    assert done["receipt"].startswith("TA1-")
    held = _put(client, sitting, paper["lease"], _op(paper, 5, "x"))
    assert (held.status_code, held.json()["held"], held.json()["receipts"]) == (202, 1, [])
    assert client.put(f"/api/v1/sittings/{sitting}/lease").status_code == 410
    assert client.get(f"/api/v1/sittings/{sitting}").json()["lease"] is None
    Sitting.objects.update(deadline=clock.now() - timedelta(days=2))
    assert _put(client, sitting, paper["lease"], _op(paper, 5, "x")).status_code == 410


def test_nobody_sees_or_touches_a_foreign_sitting(sitting: UUID, client: Client) -> None:
    paper = client.get(f"/api/v1/sittings/{sitting}").json()
    sign_in(client, make_person("Budi"))
    address = f"/api/v1/sittings/{sitting}"
    assert client.get(address).status_code == 404
    assert client.put(f"{address}/lease").status_code == 404
    assert _put(client, sitting, paper["lease"], _op(paper, 5, "x")).status_code == 404
    assert client.post(f"{address}/submission").status_code == 404
    assert not Operation.objects.exists()
    assert client.get(f"/api/v1/sittings/{uuid4()}").status_code == 404


def test_whoever_is_signed_out_is_asked_to_sign_in(sitting: UUID) -> None:
    for method, tail in (("get", ""), ("put", "/lease"), ("put", "/answers"), ("post", "/submission")):
        response = getattr(Client(), method)(f"/api/v1/sittings/{sitting}{tail}", content_type=JSON)
        assert (response.status_code, response.json()["code"]) == (401, "sign_in_first")


def _body(op: str = "", lease: str = '"x"', times: int = 1) -> str:
    """A body of one operation with some fields replaced, as raw JSON text."""
    fields = f'"op_id": "{uuid4()}", "seq": 1, "item": "a", "value": 1'
    return f'{{"lease": {lease}, "ops": [{", ".join([f"{{{fields}{op}}}"] * times)}]}}'


BODIES = [
    "",
    "{",
    "[]",
    "null",
    '"x"',
    "{}",
    '{"lease": 5, "ops": []}',
    '{"lease": "x", "ops": {}}',
    '{"lease": "x", "ops": [5]}',
    _body(', "op_id": "1"'),
    _body(', "seq": -1'),
    _body(', "seq": 1e99'),
    _body(', "seq": true, "flag": "perhaps"'),
    _body(', "ms": 99999999999999999999'),
    _body(', "item": "\\ud800", "value": "\\ud800"'),
    _body(', "item": "a-6", "value": "\\u0000"', lease='"\\u0000"'),
    _body(f', "item": "{"x" * 500}"'),
    _body(', "value": NaN'),
    _body(f', "value": {"[" * 5000 + "]" * 5000}'),
    _body(times=201),
]


@pytest.mark.parametrize("body", BODIES)
def test_a_hostile_body_is_a_problem_in_words(sitting: UUID, client: Client, body: str) -> None:
    response = client.put(f"/api/v1/sittings/{sitting}/answers", body, content_type=JSON)
    assert response.status_code in (400, 409, 422)
    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert problem["code"]
    assert problem["detail"]


def _everything_before_closing(client: Client, sitting: UUID) -> Iterator[bytes]:
    paper = client.get(f"/api/v1/sittings/{sitting}")
    yield paper.content
    for address in ("", "?soal=1", "?soal=8", "tinjau/", "bukti/"):
        response = client.get(f"/tes/{sitting}/{address}", follow=True)
        yield response.content + repr(response.headers).encode()
    lease = client.put(f"/api/v1/sittings/{sitting}/lease")
    yield lease.content
    for place in range(len(paper.json()["items"])):
        for value in ("o1", ["o1"], True, {"l1": "o1"}, {"a": "o1"}, "1"):
            op = _op(paper.json(), place, value)
            yield _put(client, sitting, lease.json()["lease"], op).content
            yield _put(client, sitting, "salah", op).content
    for number in range(1, 9):
        yield client.post(f"/tes/{sitting}/", {"soal": number, f"q{number}": "o1"}).content
    yield client.get("/sw.js").content


def test_no_key_leaves_before_closing(edition: Edition, person: Person, client: Client) -> None:
    """Canaries stand in every key: accepted words, numbers, units, feedback; all that is delivered is searched."""
    sign_in(client, person)
    for test in ("tes-awal", "tes-akhir", *builders.QUIZZES):
        sitting = builders.open_sitting(person, edition.uid, test, clock.now())
        for content in _everything_before_closing(client, sitting):
            assert not [secret for secret in items.SECRETS if secret in content.decode()]


def test_delivering_questions_reads_no_key(
    edition: Edition, person: Person, client: Client, django_assert_max_num_queries: Any
) -> None:
    sign_in(client, person)
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", clock.now())
    kept.bank.cache_clear()
    kept._paper.cache_clear()
    with django_assert_max_num_queries(400) as seen:
        for _ in _everything_before_closing(client, sitting):
            pass
    assert not [query["sql"] for query in seen.captured_queries if "itemkey" in query["sql"].lower()]


def test_two_people_see_different_ids_and_orders(edition: Edition, person: Person) -> None:
    def shown(who: Person) -> list[Any]:
        sitting = builders.open_sitting(who, edition.uid, builders.QUIZZES[0], clock.now())
        paper = kept.paper(sitting, who.id)
        return [option["id"] for item in paper.items for option in paper.disguised(item)["options"]]

    everyone = [shown(who) for who in (person, make_person("Budi"), make_person("Ani"))]
    assert len({id for ids in everyone for id in ids}) == sum(len(ids) for ids in everyone)


def test_a_bearer_needs_no_csrf_but_the_cookie_does(sitting: UUID, person: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, person)
    response = strict.put(f"/api/v1/sittings/{sitting}/lease")
    assert (response.status_code, response.json()["code"]) == (403, "stale_form")
    assert actions.take_lease(person=person, sitting=sitting, by=person.uid, now=clock.now())
