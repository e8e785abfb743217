"""The JSON door."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.courses.queries import Edition
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries, rules
from pintar.enrolment.actions import give_back_seat, note_completion, withdraw_batch
from pintar.enrolment.models import Seat
from pintar.enrolment.rules import Conditions, UnitAsked
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_half_past_ten(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def edition(now: datetime) -> Edition:
    return publish_small_course(now)


@pytest.fixture
def person(client: Client) -> Person:
    person = make_person(email="siti@contoh.id", profession="guru")
    sign_in(client, person)
    return person


def put(client: Client, key: str, body: Any = None, **headers: str) -> Any:
    return client.put(f"/api/v1/batches/{key}/seat", body or {}, content_type="application/json", headers=headers)


def test_batches_can_be_read_by_anyone(client: Client, edition: Edition, now: datetime) -> None:
    open_ = make_batch(edition, now, quota=7, conditions=Conditions(units=(UnitAsked(9, "kanwil", "Kanwil"),)))
    soon = make_batch(edition, now, opens_at=now + timedelta(hours=1))
    gone = make_batch(edition, now)
    withdraw_batch(batch_key=gone.key, by=None, now=now)
    everything = client.get("/api/v1/batches").json()
    assert [item["key"] for item in everything["items"]] == [open_.key, soon.key] and everything["next"] is None
    (item,) = client.get("/api/v1/batches?open=true").json()["items"]
    assert item["course"] == edition.slug and item["course_title"] == edition.title and item["jp"] == edition.jp
    assert (item["quota"], item["taken"], item["state"]) == (7, 0, "open")
    assert item["opens_at"] == "2026-11-23T03:32:00Z" and item["closes_at"] == "2026-11-26T03:32:00Z"
    assert item["conditions"] == {"units": [{"key": "kanwil", "name": "Kanwil"}]}
    one = client.get(f"/api/v1/batches/{open_.key}").json()
    assert one == {**item, "pledge": {"version": rules.PLEDGE.version, "text": rules.PLEDGE.text}}


def test_a_long_list_is_read_page_by_page(
    client: Client, edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pintar.enrolment.api.PAGE", 2)
    keys = [make_batch(edition, now).key for _ in range(5)]
    read, address = [], "/api/v1/batches?open=true"
    while address:
        page = client.get(address).json()
        read += [item["key"] for item in page["items"]]
        address = page["next"]
    assert read == keys


def test_a_seat_is_taken_once_and_the_same_afterwards(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now)
    first = put(client, batch.key, {"wait": False})
    assert first.status_code == 201
    body = first.json()
    assert (body["state"], body["batch"]) == ("seated", batch.key)
    with time_machine.travel(now + timedelta(seconds=5), tick=False):
        again = put(client, batch.key)
    assert again.status_code == 200 and again.json() == body
    assert client.get(f"/api/v1/batches/{batch.key}/seat").json() == body
    (mine,) = client.get("/api/v1/me/seats").json()["items"]
    assert mine.items() >= body.items() and mine["course"] == edition.slug
    for _ in range(2):
        assert client.delete(f"/api/v1/batches/{batch.key}/seat").status_code == 204
    missing = client.get(f"/api/v1/batches/{batch.key}/seat")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_seat")
    assert client.get("/api/v1/me/seats").json() == {"items": [], "next": None}


def test_a_body_is_not_needed(client: Client, edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now)
    assert client.put(f"/api/v1/batches/{batch.key}/seat").status_code == 201


def test_a_full_batch_is_409_unless_one_would_wait(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=1)
    make_seat(make_person("Budi"), batch, now)
    refused = put(client, batch.key)
    assert refused.status_code == 409 and refused["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert problem["code"] == "batch_full" and "penuh" in problem["detail"]
    place = {"state": "waiting", "batch": batch.key, "position": 1, "length": 1, "joined_at": "2026-11-24T03:32:00Z"}
    for key in ({"wait": True}, {"wait": True}, {}):  # the same place, however often and whatever is asked
        joined = put(client, batch.key, key)
        assert (joined.status_code, joined.json()) == (202, place)
    assert client.get(f"/api/v1/batches/{batch.key}/seat").json() == place
    assert client.get(f"/api/v1/batches/{batch.key}").json()["waiting"] == 1


def test_an_idempotency_key_holds_a_place_in_line_too(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=1)
    make_seat(make_person("Budi"), batch, now)
    first, second = (put(client, batch.key, {"wait": True}, **{"Idempotency-Key": "a"}) for _ in range(2))
    assert first.status_code == second.status_code == 202 and first.json() == second.json()


def test_an_offer_is_shown_accepted_and_declined(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=1)
    address, holder = f"/api/v1/batches/{batch.key}/seat", make_person("Budi", email="budi@contoh.id")
    make_seat(holder, batch, now)
    put(client, batch.key, {"wait": True})
    give_back_seat(person=holder, batch_key=batch.key, by=holder.uid, now=now)
    offered = {"state": "offered", "batch": batch.key, "until": "2026-11-25T03:32:00Z"}
    assert client.get(address).json() == offered
    assert put(client, batch.key, {"pledge": False}).json()["code"] == "pledge_needed"
    accepted = put(client, batch.key)
    assert accepted.status_code == 201 and client.get(address).json() == accepted.json()
    assert client.delete(address).status_code == 204
    assert client.get(address).json()["code"] == "no_seat"


def test_leaving_the_line_and_declining_are_the_same_delete(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=1)
    address, holder = f"/api/v1/batches/{batch.key}/seat", make_person("Budi", email="budi@contoh.id")
    make_seat(holder, batch, now)
    put(client, batch.key, {"wait": True})
    assert [client.delete(address).status_code for _ in range(2)] == [204, 204]
    put(client, batch.key, {"wait": True})
    give_back_seat(person=holder, batch_key=batch.key, by=holder.uid, now=now)
    assert client.delete(address).status_code == 204
    assert client.get(f"/api/v1/batches/{batch.key}").json()["taken"] == 0


def test_an_offer_that_is_over_is_refused_by_name(
    client: Client, edition: Edition, person: Person, now: datetime, time_machine: Any
) -> None:
    batch = make_batch(edition, now, quota=1)
    holder = make_person("Budi", email="budi@contoh.id")
    make_seat(holder, batch, now)
    put(client, batch.key, {"wait": True})
    give_back_seat(person=holder, batch_key=batch.key, by=holder.uid, now=now)
    time_machine.move_to(now + timedelta(hours=24), tick=False)
    sign_in(client, person)
    assert client.get(f"/api/v1/batches/{batch.key}/seat").status_code == 404
    refused = put(client, batch.key)
    assert (refused.status_code, refused.json()["code"]) == (409, "offer_over")
    assert refused.json()["detail"]
    assert put(client, batch.key).status_code == 201  # nobody waits: the seat is anyone's


def test_a_seat_elsewhere_names_itself_and_is_exchanged_in_one_step(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    old, new = make_batch(edition, now), make_batch(edition, now)
    held = UUID(put(client, old.key).json()["seat"])
    refused = put(client, new.key)
    assert (refused.status_code, refused.json()["code"]) == (409, "seat_elsewhere")
    assert refused.json()["reasons"][0]["data"]["seat"] == str(held)
    changed = put(client, new.key, {"instead_of": str(held)})
    assert changed.status_code == 201
    assert [str(seat.uid) for seat in queries.seats_of(person.id)] == [changed.json()["seat"]]


def test_conditions_that_are_not_met_come_as_reasons(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now, conditions=Conditions(professions=("dosen",), regions=("94",)))
    response = put(client, batch.key)
    assert response.status_code == 422
    assert [reason["code"] for reason in response.json()["reasons"]] == ["profession", "region"]
    assert all(reason["detail"] for reason in response.json()["reasons"])


def test_without_the_pledge_there_is_no_seat(client: Client, edition: Edition, person: Person, now: datetime) -> None:
    batch = make_batch(edition, now)
    response = put(client, batch.key, {"pledge": False})
    assert (response.status_code, response.json()["code"]) == (422, "pledge_needed")


def test_the_same_key_gives_the_same_answer_and_another_body_is_422(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now)
    headers = {"Idempotency-Key": "kunci-1"}
    first, again = put(client, batch.key, **headers), put(client, batch.key, **headers)
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert put(client, batch.key, {"wait": True}, **headers).status_code == 422
    assert Seat.objects.count() == 1


def test_a_seat_of_a_completed_training_is_not_given_back(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now)
    make_seat(person, batch, now)
    note_completion(person_id=person.id, course_slug=edition.slug, at=now)
    response = client.delete(f"/api/v1/batches/{batch.key}/seat")
    assert (response.status_code, response.json()["code"]) == (409, "seat_completed")


def test_strangers_get_401_and_other_peoples_seats_are_404(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now)
    foreign = make_seat(make_person("Budi"), make_batch(edition, now), now)
    stranger = Client()
    assert put(stranger, batch.key).status_code == 401
    assert stranger.get(f"/api/v1/batches/{batch.key}/seat").status_code == 401
    assert stranger.delete(f"/api/v1/batches/{batch.key}/seat").status_code == 401
    assert stranger.get("/api/v1/me/seats").status_code == 401
    assert put(client, batch.key, {"instead_of": str(foreign.uid)}).status_code == 404
    assert put(client, batch.key, {"instead_of": str(uuid4())}).status_code == 404
    assert client.get(f"/api/v1/batches/{foreign.batch.key}/seat").status_code == 404


@pytest.mark.parametrize("key", ["tidak-ada", "x" * 500, "%F0%9F%98%80", "a%00b"])
def test_an_unknown_batch_is_404(client: Client, person: Person, key: str) -> None:
    address = f"/api/v1/batches/{key}"
    answers = [client.get(address), client.get(f"{address}/seat"), put(client, key), client.delete(f"{address}/seat")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert all(answer.json()["code"] == "not_found" for answer in answers)


@pytest.mark.parametrize(
    "body", ["[", "[]", '"x"', '{"wait": "mungkin"}', '{"instead_of": 7}', '{"instead_of": "😀"}', '{"pledge": []}']
)
def test_a_body_that_is_wrong_is_a_problem_not_an_error(
    client: Client, edition: Edition, person: Person, now: datetime, body: str
) -> None:
    batch = make_batch(edition, now)
    response = client.put(f"/api/v1/batches/{batch.key}/seat", body, content_type="application/json")
    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"
    assert not Seat.objects.exists()


@pytest.mark.parametrize("query", ["open=mungkin", "after=" + "x" * 500])
def test_a_query_that_is_wrong_is_422(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/batches?{query}").status_code == 422


def test_lists_ask_as_much_for_one_row_as_for_twenty(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    asked = []
    for count in (1, 19):
        for n in range(count):
            period = f"p-{count}-{n}"
            make_seat(person, make_batch(edition, now, period_key=period, period_title=period), now)
        client.get("/api/v1/batches")
        with CaptureQueriesContext(connection) as captured:
            client.get("/api/v1/batches")
            assert len(client.get("/api/v1/me/seats").json()["items"]) in (1, 20)
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 4
