"""The JSON door: tokens and one's own record."""

import pyotp
import pytest
from django.test import Client

from pintar.foundation import clock
from pintar.people import actions, queries, seals
from pintar.people.models import Authenticator, Session
from pintar.people.tests.builders import PASSWORD, make_person, make_unit

pytestmark = pytest.mark.django_db
NIP = "198503122010012008"


def ask(given: object):
    return Client().post("/api/v1/token", given, content_type="application/json")


def test_a_token_names_the_person() -> None:
    person = make_person(nip=NIP, unit=make_unit(), employment="pppk", regency="33.74", province="33")
    token = ask({"login": NIP, "password": PASSWORD}).json()["token"]
    me = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert me["uid"] == str(person.uid) and me["duty_jp"] == 24 and me["zone"] == "Asia/Jakarta"
    assert me["numbers"] == [{"kind": "nip", "masked": "1985****** ****08"}]
    assert me["unit"]["key"] == "man-2-kota-semarang"
    assert Session.objects.get().kind == "token"


def test_nobody_has_no_record() -> None:
    response = Client().get("/api/v1/me")
    assert response.status_code == 401 and response.json()["code"] == "sign_in_first"


def test_wrong_and_unknown_get_the_same_answer_and_the_same_limit() -> None:
    make_person(nip=NIP)
    answers = [ask({"login": login, "password": "salah"}) for login in (NIP, "197001011995011001")]
    assert answers[0].json() == answers[1].json() and answers[0].status_code == answers[1].status_code == 401
    assert answers[0].json()["code"] == "wrong_credentials"
    for _ in range(4):
        last = ask({"login": NIP, "password": "salah"})
    assert last.status_code == 429 and last.json()["code"] == "too_many_tries" and "Retry-After" in last.headers
    assert Client().post("/masuk/", {"login": NIP, "password": PASSWORD}).status_code == 429


def test_a_grants_holder_needs_the_second_factor() -> None:
    person = make_person(nip=NIP)
    unit = queries.unit_facts(make_unit())
    actions.give_grant(person=person, role="penguji", unit=unit, by=None, now=clock.now())
    without = ask({"login": NIP, "password": PASSWORD})
    assert without.status_code == 401 and without.json()["code"] == "second_factor_required"
    secret = pyotp.random_base32()
    sealed = seals.seal(secret, f"{person.uid} totp")
    Authenticator.objects.create(account_id=person.id, sealed=sealed, created_at=clock.now())
    assert ask({"login": NIP, "password": PASSWORD}).json()["code"] == "second_factor_required"
    assert ask({"login": NIP, "password": PASSWORD, "code": "000000"}).status_code == 401
    code = pyotp.TOTP(secret).at(clock.now())
    assert "token" in ask({"login": NIP, "password": PASSWORD, "code": code}).json()


@pytest.mark.parametrize(
    "given",
    [
        {},
        [],
        {"login": None, "password": 1},
        {"login": "x" * 10_000, "password": "x"},
        {"login": NIP, "password": "x" * 10_000},
        {"login": NIP, "password": "x", "code": ["1"]},
    ],
)
def test_junk_is_422(given: object) -> None:
    assert ask(given).status_code == 422


def test_surrogates_and_nulls_are_only_wrong() -> None:
    for text in ("\ud800", "\x00", "a\x00@b.id", "🙂"):
        import json

        body = json.dumps({"login": text, "password": text})
        response = Client().post("/api/v1/token", body, content_type="application/json")
        assert response.status_code in (401, 422), text
