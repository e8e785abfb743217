"""Sign-in: any number, one password; the same answer where nobody has them; guessing is limited, not the owner."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pintar.foundation import clock
from pintar.people import passwords
from pintar.people.models import Account, Session, Tries
from pintar.people.tests.builders import PASSWORD, make_person

pytestmark = pytest.mark.django_db
NIP = "198503122010012008"
NIK = "3374011203850001"


def post(client: Client, login: str, password: str = PASSWORD, **more: str):
    return client.post("/masuk/", {"login": login, "password": password, **more})


@pytest.mark.parametrize(
    "login", ["19850312 201001 2 008", NIK, "4437768669230123", "1234567890123", "0012345678", "Siti@Example.go.id"]
)
def test_any_number_or_the_address_signs_in_with_one_password(client: Client, login: str) -> None:
    make_person(
        nip=NIP, nik=NIK, nuptk="4437768669230123", npk="1234567890123", nidn="0012345678", email="siti@example.go.id"
    )
    assert post(client, login).status_code == 302
    assert client.get(reverse("akun")).status_code == 200


def test_unknown_wrong_and_inactive_get_the_same_answer(client: Client) -> None:
    make_person(nip=NIP)
    make_person("Budi", nip="198907152015031004", password="")
    answers = []
    for login in (NIP, "197001011995011001", "198907152015031004"):
        response = post(Client(), login, "salah sekali")
        text = response.content.decode().replace(login, "")
        answers.append((response.status_code, _without_token(text), sorted(response.cookies)))
    assert answers[0] == answers[1] == answers[2]
    assert "NIP atau kata sandi belum cocok. Sisa 4 percobaan." in answers[0][1]


def _without_token(text: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", re.sub(r'value="[\d ]*"', "", text))


def test_unknown_logins_cost_a_hash_and_as_many_queries(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:

    make_person(nip=NIP)
    hashed: list[str] = []
    real = passwords.check_password
    monkeypatch.setattr(passwords, "check_password", lambda p, sealed: hashed.append(sealed) or real(p, sealed))
    counts = []
    for login in (NIP, "197001011995011001"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            post(client, login, "salah sekali")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(hashed) == 2
    costs = {sealed.split("$")[3] for sealed in hashed}
    assert costs == {"m=19456,t=2,p=1"}


def test_a_password_is_hashed_with_argon2id_at_the_agreed_cost() -> None:
    sealed = passwords.seal("sandi yang panjang")
    assert sealed.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert identify_hasher(sealed).algorithm == "argon2"


def test_a_hash_of_a_lower_cost_is_renewed_at_sign_in(client: Client) -> None:
    class Cheap(passwords.Argon2id):
        memory_cost = 1024

    person = make_person(nip=NIP, password=Cheap().encode(PASSWORD, "somesalt12345678"))
    post(client, NIP)
    assert "m=19456" in Account.objects.get(id=person.id).password


def test_five_wrong_ones_lock_and_the_right_one_waits(client: Client) -> None:
    make_person(nip=NIP)
    for left in (4, 3, 2, 1):
        assert f"Sisa {left} percobaan" in post(client, NIP, "salah sekali").content.decode()
    post(client, NIP, "salah sekali")
    locked = post(client, NIP)
    assert locked.status_code == 429 and int(locked.headers["Retry-After"]) <= 900
    assert "Coba lagi dalam 15 menit" in locked.content.decode()
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert post(client, NIP).status_code == 302


def test_unknown_logins_lock_just_the_same(client: Client) -> None:
    for _ in range(5):
        post(client, "197001011995011001", "salah sekali")
    assert post(client, "197001011995011001").status_code == 429


def test_a_known_device_is_never_locked_out_by_strangers(client: Client) -> None:
    make_person(nip=NIP)
    post(client, NIP)
    client.post("/keluar/")
    for _ in range(6):
        post(Client(), NIP, "salah sekali")
    assert post(Client(), NIP).status_code == 429
    assert post(client, NIP).status_code == 302


def test_a_known_device_has_a_limit_of_its_own(client: Client) -> None:
    make_person(nip=NIP)
    post(client, NIP)
    client.post("/keluar/")
    for _ in range(5):
        post(client, NIP, "salah sekali")
    assert post(client, NIP).status_code == 429
    assert post(Client(), NIP).status_code == 302


def test_a_device_is_known_for_its_own_accounts_only_and_its_cookie_cannot_be_made_up(client: Client) -> None:
    make_person(nip=NIP)
    make_person("Budi", nip="198907152015031004")
    post(client, NIP)
    client.post("/keluar/")
    for _ in range(5):
        post(Client(), "198907152015031004", "salah sekali")
    assert post(client, "198907152015031004").status_code == 429
    client.cookies["perangkat"] = client.cookies["perangkat"].value[:-2] + "xx"
    for _ in range(5):
        post(Client(), NIP, "salah sekali")
    assert post(client, NIP).status_code == 429


def test_no_limit_looks_at_the_address_of_the_network(client: Client) -> None:
    for number in range(1, 21):
        make_person(f"Guru {number}", nip=f"19850312201001{1 + number % 2}{number:03}")
    for number in range(1, 21):
        response = post(Client(REMOTE_ADDR="203.0.113.9"), f"19850312201001{1 + number % 2}{number:03}")
        assert response.status_code == 302


def test_many_guesses_at_once_are_counted_one_by_one(client: Client) -> None:
    make_person(nip=NIP)
    for _ in range(3):
        post(client, NIP, "salah sekali")
    row = Tries.objects.get()
    assert (row.wrong, row.device) == (3, "")
    assert row.login != NIP and NIP not in row.login


def test_a_right_password_forgets_the_wrong_ones(client: Client) -> None:
    make_person(nip=NIP)
    post(client, NIP, "salah sekali")
    post(client, NIP)
    assert not Tries.objects.exists()


def test_remembered_for_thirty_days_or_until_the_browser_closes(client: Client) -> None:
    make_person(nip=NIP)
    response = post(client, NIP, remember="1")
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == 30 * 24 * 3600 and cookie["httponly"] and cookie["samesite"] == "Lax"
    other = post(Client(), NIP)
    assert other.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    lasts = sorted(s.expires_at - s.created_at for s in Session.objects.all())
    assert lasts == [timedelta(hours=12), timedelta(days=30)]


def test_one_returns_to_where_one_was(client: Client) -> None:
    make_person(nip=NIP)
    first = client.get("/akun/perangkat/?x=1")
    assert first.status_code == 302
    form = client.get(first.headers["Location"]).content.decode()
    assert 'name="next" value="/akun/perangkat/?x=1"' in form
    assert post(client, NIP, next="/akun/perangkat/?x=1").headers["Location"] == "/akun/perangkat/?x=1"


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil", "evil", "/\x00"]
)
def test_no_address_of_others_is_returned_to(client: Client, where: str) -> None:
    make_person(nip=NIP)
    location = post(client, NIP, next=where).headers["Location"]
    assert location.startswith("/") and "evil" not in location and "javascript" not in location


def test_signing_in_ends_the_earlier_session_of_the_same_browser(client: Client) -> None:
    make_person(nip=NIP)
    post(client, NIP)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    post(client, NIP)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert Session.objects.count() == 1


def test_signing_out_ends_the_session_on_the_server(client: Client) -> None:
    make_person(nip=NIP)
    post(client, NIP)
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/keluar/").status_code == 405
    client.post("/keluar/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/akun/").status_code == 302


@pytest.mark.parametrize(
    "junk", ["", " ", "\x00", "🙂" * 500, "a" * 5000, "' OR 1=1 --", "@", "x@\x00.id", "\u202e1985"]
)
def test_junk_is_a_form_error(client: Client, junk: str) -> None:
    for login, password in ((junk, "x"), (NIP, junk), (junk, junk)):
        assert post(Client(), login, password).status_code == 422


def test_what_was_recognised_is_shown_after_sending(client: Client) -> None:
    response = post(client, "3374 0112 0385 0001", "salah sekali")
    assert "Terbaca sebagai NIK, 16 angka" in response.content.decode()
    assert "NIK atau kata sandi belum cocok" in response.content.decode()


def test_forms_without_their_token_are_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, NIP).status_code == 403


def test_an_unconfirmed_address_signs_in_until_its_owner_confirms_it(client: Client) -> None:
    make_person("Salah Ketik", email="siti@example.go.id", email_verified_at=None)
    make_person("Siti", email="siti@example.go.id", password=passwords.seal("sandi milik siti"))
    assert post(client, "siti@example.go.id").status_code == 422
    assert post(Client(), "siti@example.go.id", "sandi milik siti").status_code == 302
