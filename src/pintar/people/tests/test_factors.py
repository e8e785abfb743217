"""Second factors: for who holds a grant and no one else; nothing that needs a role without one."""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

from pintar import urls
from pintar.foundation import access, clock
from pintar.foundation.ledger.worker import deliver_all
from pintar.people import actions, queries
from pintar.people.models import Authenticator, Passkey, RecoveryCode, Session
from pintar.people.pages.sessions import Decider
from pintar.people.tests.builders import PASSWORD, make_person, make_unit, sign_in

pytestmark = pytest.mark.django_db
NIP = "198503122010012008"


@pytest.fixture
def organiser() -> queries.Person:
    person = make_person("Ratna", nip=NIP, email="ratna@example.go.id")
    unit = queries.unit_facts(make_unit("Balai Diklat Keagamaan Semarang", kind="balai"))
    actions.give_grant(person=person, role="penyelenggara", unit=unit, by=None, now=clock.now())
    return person


def hold(client: Client, role: str = "penyelenggara") -> bool:
    request = RequestFactory().get("/")
    request.sign_in = queries.sign_in_of(client.cookies["masuk"].value, "web", clock.now())  # type: ignore[attr-defined]
    return Decider().obstacle(request, (role,)) is None


def set_up(client: Client, back: str = "") -> str:
    """Install an authenticator through the pages, on the way to `back`; returns its secret."""
    page = client.get(reverse("autentikator"), {"next": back}).content.decode()
    kept = page.split('name="kept" value="')[1].split('"')[0]
    secret = page.split('class="code ltr">')[1].split("<")[0].replace(" ", "")
    code = pyotp.TOTP(secret).at(clock.now())
    assert client.post(reverse("autentikator"), {"kept": kept, "code": code, "next": back}).status_code == 302
    return secret


def later(seconds: int = 60):
    """A number is good once, so the next comes a minute later."""
    return time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False)


def test_learners_are_not_offered_one(client: Client) -> None:
    person = make_person()
    sign_in(client, person)
    assert reverse("faktor-kedua") not in client.get("/akun/").content.decode()
    for name in ("faktor-kedua", "autentikator"):
        assert client.get(reverse(name)).status_code == 404
    for name in ("kunci-sandi", "kode-pemulihan", "hapus-faktor"):
        assert client.post(reverse(name), {"authenticator": "1"}).status_code == 404
    assert client.get(reverse("faktor-kedua-masuk")).status_code == 302


def test_a_role_reaches_nothing_before_a_second_factor_is_confirmed(client: Client, organiser: queries.Person) -> None:
    response = client.post("/masuk/", {"login": NIP, "password": PASSWORD})
    assert response.headers["Location"] == reverse("faktor-kedua")
    assert not hold(client)
    set_up(client)
    assert hold(client) and not hold(client, "penguji")


@access.access(access.role("penyelenggara"))
def desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse("meja")


urlpatterns: list[Any] = [path("meja/", desk), path("api/v1/meja", desk), *urls.urlpatterns]


@pytest.mark.urls(__name__)
class TestAnAddressForARole:
    def test_says_to_set_a_second_factor_up_and_leads_there_and_back(
        self, client: Client, organiser: queries.Person
    ) -> None:
        sign_in(client, organiser)
        refused = client.get("/meja/?cari=a")
        setting_up = f"{reverse('faktor-kedua')}?next=%2Fmeja%2F%3Fcari%3Da"
        assert refused.status_code == 403
        assert 'data-code="second_factor_missing"' in refused.content.decode()
        assert f'href="{setting_up}"' in refused.content.decode()
        page = client.get(setting_up).content.decode()
        scanning = f"{reverse('autentikator')}?next=%2Fmeja%2F%3Fcari%3Da"
        assert f'href="{scanning}"' in page and 'class="button wide"' not in page
        set_up(client, "/meja/?cari=a")
        done = client.get(setting_up).content.decode()
        assert 'class="button wide" href="/meja/?cari=a"' in done
        assert client.get("/meja/?cari=a").content == b"meja"

    def test_leads_through_a_passkey_too(self, client: Client, organiser: queries.Person) -> None:
        sign_in(client, organiser)
        options, state = asked(client.get(f"{reverse('faktor-kedua')}?next=/meja/").content.decode())
        form = {"state": state, "passkey": SoftKey().create(options), "name": "Ponsel", "next": "/meja/"}
        assert client.post(reverse("kunci-sandi"), form).headers["Location"].endswith("?next=%2Fmeja%2F")
        assert client.get("/meja/").content == b"meja"

    def test_asks_a_session_that_has_not_shown_the_factor_to_show_it(
        self, client: Client, organiser: queries.Person
    ) -> None:
        old = Client()
        sign_in(old, organiser)
        sign_in(client, organiser)
        secret = set_up(client)
        refused = old.get("/meja/")
        assert refused.status_code == 403
        assert 'href="/masuk/faktor-kedua/?next=%2Fmeja%2F"' in refused.content.decode()
        with later():
            code = pyotp.TOTP(secret).at(clock.now())
            shown = old.post("/masuk/faktor-kedua/", {"code": code, "next": "/meja/"})
            assert shown.headers["Location"] == "/meja/"
            assert old.get("/meja/").content == b"meja"

    def test_tells_the_api_the_same_by_its_code(self, client: Client, organiser: queries.Person) -> None:
        sign_in(client, organiser)
        refused = client.get("/api/v1/meja")
        assert refused.status_code == 403
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json()["code"] == "second_factor_missing"
        assert "<" not in refused.json()["detail"]

    def test_is_not_for_who_holds_no_such_role(self, client: Client) -> None:
        sign_in(client, make_person(), confirmed=True)
        assert 'data-code="forbidden"' in client.get("/meja/").content.decode()
        assert client.get("/api/v1/meja").json()["code"] == "forbidden"

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
    def test_never_leads_out_of_the_house(self, client: Client, organiser: queries.Person, elsewhere: str) -> None:
        sign_in(client, organiser)
        set_up(client, elsewhere)
        page = client.get(reverse("faktor-kedua"), {"next": elsewhere}).content.decode()
        main = page.split("<main")[1].split("</main>")[0]
        assert "faktor" in main and "evil" not in main and "javascript" not in main


def test_signing_in_leads_past_setting_up_to_where_one_was(client: Client, organiser: queries.Person) -> None:
    answer = client.post("/masuk/", {"login": NIP, "password": PASSWORD, "next": "/bantuan/"})
    assert answer.headers["Location"] == f"{reverse('faktor-kedua')}?next=%2Fbantuan%2F"


def test_the_session_gets_a_new_token_when_it_comes_to_mean_more(client: Client, organiser: queries.Person) -> None:
    client.post("/masuk/", {"login": NIP, "password": PASSWORD})
    before = client.cookies["masuk"].value
    set_up(client)
    assert queries.sign_in_of(before, "web", clock.now()) is None
    assert Session.objects.count() == 1


def test_the_password_alone_does_not_sign_a_grants_holder_in(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    secret = set_up(client)
    fresh = Client()
    response = fresh.post("/masuk/", {"login": NIP, "password": PASSWORD, "next": "/bantuan/"})
    assert response.headers["Location"] == "/masuk/faktor-kedua/?next=%2Fbantuan%2F"
    assert fresh.get("/akun/").status_code == 302
    assert fresh.post("/masuk/faktor-kedua/", {"code": "000000"}).status_code == 422
    with later():
        done = fresh.post("/masuk/faktor-kedua/", {"code": pyotp.TOTP(secret).at(clock.now()), "next": "/bantuan/"})
        assert done.headers["Location"] == "/bantuan/"
        assert fresh.get("/akun/").status_code == 200 and hold(fresh)


def test_a_number_is_good_once(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    secret = set_up(client)
    with later():
        code = pyotp.TOTP(secret).at(clock.now())
        actions.check_factor(account_id=organiser.id, code=code, now=clock.now())
        fresh = Client()
        fresh.post("/masuk/", {"login": NIP, "password": PASSWORD})
        assert fresh.post("/masuk/faktor-kedua/", {"code": code}).status_code == 422


@pytest.mark.parametrize(("seconds", "good"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_a_phones_clock_may_be_half_a_minute_off(
    client: Client, organiser: queries.Person, seconds: int, good: bool
) -> None:
    sign_in(client, organiser)
    secret = set_up(client)
    with later(300):
        code = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=seconds))
        fresh = Client()
        fresh.post("/masuk/", {"login": NIP, "password": PASSWORD})
        assert (fresh.post("/masuk/faktor-kedua/", {"code": code}).status_code == 302) is good


def test_numbers_are_not_guessed(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    set_up(client)
    fresh = Client()
    fresh.post("/masuk/", {"login": NIP, "password": PASSWORD})
    statuses = [fresh.post("/masuk/faktor-kedua/", {"code": f"00000{n}"}).status_code for n in range(6)]
    assert statuses == [422] * 4 + [429] * 2


def test_the_half_way_step_is_nobodys_to_make_up_and_ends(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    secret = set_up(client)
    fresh = Client()
    assert fresh.get("/masuk/faktor-kedua/").status_code == 410
    fresh.cookies["langkah"] = "made:up"
    assert fresh.post("/masuk/faktor-kedua/", {"code": "1"}).status_code == 410
    fresh = Client()
    fresh.post("/masuk/", {"login": NIP, "password": PASSWORD})
    with later(601):
        code = pyotp.TOTP(secret).at(clock.now())
        assert fresh.post("/masuk/faktor-kedua/", {"code": code}).status_code == 410


def test_recovery_codes_are_shown_once_and_good_once(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    set_up(client)
    page = client.post(reverse("kode-pemulihan")).content.decode()
    codes = [part.split("<")[0] for part in page.split('<b class="code ltr">')[1:]]
    assert len(codes) == 10 and RecoveryCode.objects.count() == 10
    for expected in (302, 422):
        fresh = Client()
        fresh.post("/masuk/", {"login": NIP, "password": PASSWORD})
        assert fresh.post("/masuk/faktor-kedua/", {"code": codes[0].lower()}).status_code == expected
    assert RecoveryCode.objects.count() == 9


def test_looking_at_the_page_stores_nothing(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    client.get(reverse("autentikator"))
    client.get(reverse("faktor-kedua"))
    assert not Authenticator.objects.exists()
    page = client.get(reverse("autentikator")).content.decode()
    assert "style=" not in page.split("<main")[1].split("</main>")[0]


def test_the_secret_is_sealed_in_the_database(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    secret = set_up(client)
    assert secret.encode() not in bytes(Authenticator.objects.get().sealed)


@pytest.mark.parametrize("kept", ["", "zz", "00" * 40, "🙂", "ff" * 3000])
def test_a_made_up_secret_is_refused(client: Client, organiser: queries.Person, kept: str) -> None:
    sign_in(client, organiser)
    assert client.post(reverse("autentikator"), {"kept": kept, "code": "123456"}).status_code == 422
    assert not Authenticator.objects.exists()


def test_a_session_that_has_not_shown_the_factor_changes_nothing(client: Client, organiser: queries.Person) -> None:
    old = Client()
    sign_in(old, organiser)  # before there was a factor
    sign_in(client, organiser)
    secret = set_up(client)
    assert old.get(reverse("faktor-kedua")).headers["Location"].startswith("/masuk/faktor-kedua/")
    assert old.post(reverse("hapus-faktor"), {"authenticator": "1"}).status_code == 403
    assert old.post(reverse("kode-pemulihan")).status_code == 403
    assert Authenticator.objects.exists()
    with later():
        old.post("/masuk/faktor-kedua/", {"code": pyotp.TOTP(secret).at(clock.now())})
        assert hold(old) and old.get(reverse("faktor-kedua")).status_code == 200


def test_with_the_last_factor_gone_the_sessions_stand_for_nothing(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    set_up(client)
    client.post(reverse("hapus-faktor"), {"authenticator": "1"})
    assert not hold(client)
    deliver_all()
    assert {"Wewenang baru di Pintar", "Faktor kedua akun Pintar Anda berubah"} == {m.subject for m in mail.outbox}


def test_an_ended_grant_ends_the_sessions_that_a_factor_confirmed(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    set_up(client)
    grant = queries.grants_of(organiser, clock.now())[0]
    actions.end_grant(grant=grant.uid, by=None, now=clock.now())
    assert client.get("/akun/").status_code == 302
    assert client.post("/masuk/", {"login": NIP, "password": PASSWORD}).headers["Location"] != "/masuk/faktor-kedua/"


class SoftKey:
    """A security key in software: makes one credential (ES256, attestation "none") and signs with it."""

    def __init__(self, origin: str = "http://localhost:8000") -> None:
        self.origin, self.counter = origin, 0
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, rp: str, flags: int) -> bytes:
        self.counter += 1
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def create(self, options: dict[str, Any]) -> str:
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(options["rp"]["id"], 0x45) + credential
        client_data = self._client_data("create", options["challenge"])
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "attestationObject": websafe_encode(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._answer(response)

    def get(self, options: dict[str, Any]) -> str:
        data = self._data(options["rpId"], 0x05)
        client_data = self._client_data("get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
        }
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> str:
        id = websafe_encode(self.id)
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})


def asked(page: str) -> tuple[dict[str, Any], str]:
    from html import unescape

    options = json.loads(unescape(page.split('data-options="')[1].split('"')[0]))
    return options, page.split('name="state" value="')[1].split('"')[0]


def register_key(client: Client, key: SoftKey, name: str = "Ponsel saya") -> int:
    options, state = asked(client.get(reverse("faktor-kedua")).content.decode())
    form = {"state": state, "passkey": key.create(options), "name": name}
    return client.post(reverse("kunci-sandi"), form).status_code


def test_a_passkey_signs_in_as_second_factor(client: Client, organiser: queries.Person) -> None:
    key = SoftKey()
    sign_in(client, organiser)
    assert register_key(client, key) == 302
    assert hold(client) and Passkey.objects.get().name == "Ponsel saya"
    fresh = Client()
    fresh.post("/masuk/", {"login": NIP, "password": PASSWORD})
    options, state = asked(fresh.get("/masuk/faktor-kedua/").content.decode())
    assert websafe_decode(options["allowCredentials"][0]["id"]) == key.id
    form = {"state": state, "passkey": key.get(options)}
    assert fresh.post("/masuk/faktor-kedua/", form).status_code == 302
    assert hold(fresh) and Passkey.objects.get().used_at is not None


@pytest.mark.parametrize("trick", ["origin", "challenge", "signature", "copied", "other", "junk", "state"])
def test_an_untrue_answer_of_a_passkey_is_refused(client: Client, organiser: queries.Person, trick: str) -> None:
    key = SoftKey()
    sign_in(client, organiser)
    register_key(client, key)
    fresh = Client()
    fresh.post("/masuk/", {"login": NIP, "password": PASSWORD})
    options, state = asked(fresh.get("/masuk/faktor-kedua/").content.decode())
    if trick == "origin":
        key.origin = "https://evil.example"
    if trick == "challenge":
        options["challenge"] = websafe_encode(secrets.token_bytes(32))
    if trick == "copied":
        key.counter = 0
    answer = (SoftKey() if trick == "other" else key).get(options)
    if trick == "signature":
        said = json.loads(answer)
        said["response"]["signature"] = websafe_encode(secrets.token_bytes(70))
        answer = json.dumps(said)
    if trick == "junk":
        answer = "[" * 30_000
    if trick == "state":
        state = "made:up"
    response = fresh.post("/masuk/faktor-kedua/", {"state": state, "passkey": answer})
    assert response.status_code == 401
    assert fresh.get("/akun/").status_code == 302


@pytest.mark.parametrize("answer", ["", "{}", "null", "x", '{"id": 1}', '{"response": {"clientDataJSON": "%%%"}}'])
def test_junk_registers_no_passkey(client: Client, organiser: queries.Person, answer: str) -> None:
    sign_in(client, organiser)
    _, state = asked(client.get(reverse("faktor-kedua")).content.decode())
    assert client.post(reverse("kunci-sandi"), {"state": state, "passkey": answer}).status_code == 422
    assert not Passkey.objects.exists()


def test_a_passkey_is_registered_once_and_taken_away(client: Client, organiser: queries.Person) -> None:
    key = SoftKey()
    sign_in(client, organiser)
    assert register_key(client, key, "🙂" * 500) == 302
    assert register_key(client, key) == 409
    client.post(reverse("hapus-faktor"), {"passkey": str(Passkey.objects.get().uid)})
    assert not Passkey.objects.exists()


def test_the_qr_code_holds_the_secret_and_no_number(client: Client, organiser: queries.Person) -> None:
    sign_in(client, organiser)
    sign = queries.sign_in_of(client.cookies["masuk"].value, "web", clock.now())
    assert sign is not None
    new = actions.begin_authenticator(sign_in=sign, now=clock.now())
    said = urlsplit(new.address)
    assert parse_qs(said.query)["secret"] == [new.secret] and NIP not in new.address
