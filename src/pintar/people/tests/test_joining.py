"""Becoming a person here: by oneself, with a code, with a letter."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from pintar.foundation import clock
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.refusals import Refusal
from pintar.people import actions, queries
from pintar.people.models import Account, ActivationCode, Identifier, Session
from pintar.people.tests.builders import PASSWORD, give_number, make_person, sign_in

pytestmark = pytest.mark.django_db
NIP, NIK = "198503122010012008", "3374011203850001"
FORM = {
    "name": "Siti Aminah",
    "number": "3374 0112 0385 0001",
    "kind": "",
    "email": "siti@example.go.id",
    "password": "hujan sore di kendal",
    "consent": "1",
}


def letters() -> list[str]:
    deliver_all()
    return [f"{m.to} {m.subject}\n{m.body}" for m in mail.outbox]


def link_in(letter: str) -> str:
    found = re.search(r"https?://[^/]+(/akun/[^\s]+)", letter)
    assert found
    return found[1]


def test_one_registers_and_is_signed_in_at_once(client: Client) -> None:
    response = client.post("/daftar/", {**FORM, "next": "/bantuan/"})
    assert response.status_code == 302
    assert response.headers["Location"] == "/akun/data-diri/?next=%2Fbantuan%2F"
    assert client.get("/akun/").status_code == 200
    account = Account.objects.get()
    assert account.email == "siti@example.go.id" and account.email_verified_at is None
    assert account.consented_at is not None and account.consented_to == "2026-11"
    assert Identifier.objects.get().vouched_at is None


def test_the_number_that_was_registered_signs_in(client: Client) -> None:
    client.post("/daftar/", FORM)
    assert Client().post("/masuk/", {"login": NIK, "password": FORM["password"]}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Nama terdiri dari 2 sampai 150 huruf"),
        ("name", "a" * 500, "Nama terdiri dari 2 sampai 150 huruf"),
        ("name", "Siti 🙂", "Nama terdiri dari 2 sampai 150 huruf"),
        ("name", "https://evil.example/", "Nama terdiri dari 2 sampai 150 huruf"),
        ("number", "337401120385000", "Baru 15 angka. NIK terdiri dari 16 angka."),
        ("number", "abc", "Nomor identitas hanya berisi angka."),
        ("number", "", "Nomor identitas hanya berisi angka."),
        ("number", "198513122010012008", "19851312 bukan tanggal"),
        ("email", "siti@", "Alamat surel belum benar"),
        ("password", "pendek", "Kata sandi kurang panjang"),
        ("password", "123456789012", "Kata sandi jangan angka saja"),
        ("password", "password123", "terlalu umum"),
        ("password", "bismillah123", "terlalu umum"),
        ("password", "siti@example.go.id", "jangan sama dengan nama, nomor, atau surel"),
        ("password", "a" * 201, "Kata sandi terlalu panjang"),
        ("consent", None, "Centang persetujuan"),
    ],
)
def test_what_is_wrong_stands_at_its_field(client: Client, field: str, value: str | None, words: str) -> None:
    form = {name: v for name, v in {**FORM, field: value}.items() if v is not None}
    response = client.post("/daftar/", form)
    text = response.content.decode()
    assert response.status_code == 422 and words in text
    assert f'href="#{field}"' in text and f'id="{field}-wrong"' in text
    assert "hujan sore di kendal" not in text
    assert not Account.objects.exists()


def test_all_mistakes_come_at_once(client: Client) -> None:
    text = client.post("/daftar/", {}).content.decode()
    assert "5 isian perlu diperbaiki" in text


def test_sixteen_digits_may_be_said_to_be_a_nuptk(client: Client) -> None:
    number = "4437768669230123"
    assert (
        "Bila ini NUPTK, pilih jenis nomornya" in client.post("/daftar/", {**FORM, "number": number}).content.decode()
    )
    assert client.post("/daftar/", {**FORM, "number": number, "kind": "nuptk"}).status_code == 302
    assert Identifier.objects.get().kind == "nuptk"


def test_a_number_is_one_persons_over_all_kinds(client: Client) -> None:
    make_person(nik=NIK)
    response = client.post("/daftar/", {**FORM, "kind": "nuptk"})
    assert response.status_code == 409 and "sudah dipakai sebuah akun" in response.content.decode()
    assert Account.objects.count() == 1


def test_registering_with_someone_elses_address_tells_nothing_and_takes_nothing(client: Client) -> None:
    make_person(nip=NIP, email="siti@example.go.id")
    response = client.post("/daftar/", FORM)
    assert response.status_code == 302
    sent = letters()
    assert len(sent) == 1 and "sudah milik akun Anda" in sent[0] and "/akun/surel/" not in sent[0]
    assert Client().post("/masuk/", {"login": "siti@example.go.id", "password": PASSWORD}).status_code == 302


def test_an_address_is_confirmed_by_the_letter_and_a_button(client: Client) -> None:
    client.post("/daftar/", FORM)
    link = link_in(letters()[0])
    page = Client().get(link)
    assert page.status_code == 200 and Account.objects.get().email_verified_at is None
    assert Client().post(link).status_code == 302
    assert Account.objects.get().email_verified_at is not None
    assert client.get(link).status_code == 410


def test_whoever_confirms_an_address_first_has_it(client: Client) -> None:
    client.post("/daftar/", FORM)
    first = link_in(letters()[0])
    squatter = make_person("Salah Ketik", email="siti@example.go.id", email_verified_at=None)
    client.post(first)
    assert Account.objects.get(id=squatter.id).email == ""
    late = make_person("Terlambat", email="budi@example.go.id", email_verified_at=None)
    other = make_person("Budi", email="budi@example.go.id")
    with pytest.raises(Refusal) as refused:
        from pintar.people import links

        link = links.make(links.CONFIRM, Account.objects.get(id=late.id), clock.now())
        actions.confirm_email(link=link, now=clock.now())
    assert refused.value.code == "email_of_another"
    assert queries.people([other.id])[other.id].email_verified


@pytest.mark.parametrize("link", ["x", "a" * 3000, "e30:x", "~~~", "%00", "🙂"])
def test_made_up_links_are_over(client: Client, link: str) -> None:
    for address in (f"/akun/surel/{link}/", f"/akun/kata-sandi-baru/{link}/"):
        assert client.get(address).status_code == 410
        assert client.post(address, {"password": "hujan sore di kendal"}).status_code == 410


def test_a_code_activates_an_account_once(client: Client) -> None:
    made = actions.create_person(name="Budi", given={"nip": NIP}, by=None, now=clock.now())
    assert made.code is not None
    typed = made.code.lower().replace("-", " ")
    form = {"login": NIP, "code": typed, "password": "hujan sore di kendal", "consent": "1"}
    assert client.post("/akun/aktivasi/", form).status_code == 302
    assert client.get("/akun/").status_code == 200
    assert Client().post("/masuk/", {"login": NIP, "password": "hujan sore di kendal"}).status_code == 302
    assert Client().post("/akun/aktivasi/", form).status_code == 422


def test_wrong_code_unknown_login_and_old_code_get_the_same_answer() -> None:
    now = clock.now()
    made = actions.create_person(name="Budi", given={"nip": NIP}, by=None, now=now)
    form = {"password": "hujan sore di kendal", "consent": "1"}
    answers = set()
    for login, code in ((NIP, "AAAA-BBBB-CCCC"), ("197001011995011001", made.code), ("", ""), (NIP, "🙂")):
        response = Client().post("/akun/aktivasi/", {**form, "login": login, "code": code})
        answers.add((response.status_code, "Nomor dan kode aktivasi belum cocok" in response.content.decode()))
    with time_machine.travel(now + timedelta(days=31), tick=False):
        response = Client().post("/akun/aktivasi/", {**form, "login": NIP, "code": made.code})
        answers.add((response.status_code, "Nomor dan kode aktivasi belum cocok" in response.content.decode()))
    assert answers == {(422, True)}


def test_activation_asks_for_consent_and_a_strong_password_without_using_the_code_up(client: Client) -> None:
    made = actions.create_person(name="Budi", given={"nip": NIP}, by=None, now=clock.now())
    form = {"login": NIP, "code": made.code, "password": "pendek"}
    text = client.post("/akun/aktivasi/", form).content.decode()
    assert "Kata sandi kurang panjang" in text and "Centang persetujuan" in text
    assert ActivationCode.objects.exists()


def test_codes_are_not_guessed(client: Client) -> None:
    actions.create_person(name="Budi", given={"nip": NIP}, by=None, now=clock.now())
    form = {"login": NIP, "code": "AAAA-BBBB-CCCC", "password": "hujan sore di kendal", "consent": "1"}
    statuses = [Client().post("/akun/aktivasi/", form).status_code for _ in range(6)]
    assert statuses == [422] * 4 + [429] * 2


def test_a_new_code_ends_the_earlier_one_and_all_sessions_when_used(client: Client) -> None:
    person = make_person(nip=NIP)
    sign_in(client, person)
    _, first = actions.make_code(login=NIP, by=None, now=clock.now())
    _, second = actions.make_code(login="19850312 201001 2 008", by=None, now=clock.now())
    form = {"login": NIP, "password": "hujan sore di kendal", "consent": "1"}
    assert Client().post("/akun/aktivasi/", {**form, "code": first}).status_code == 422
    assert Client().post("/akun/aktivasi/", {**form, "code": second}).status_code == 302
    assert client.get("/akun/").status_code == 302
    with pytest.raises(Refusal):
        actions.make_code(login="197001011995011001", by=None, now=clock.now())


def test_a_letter_sets_a_new_password_and_ends_all_sessions(client: Client) -> None:
    person = make_person(nip=NIP, email="siti@example.go.id", consented_at=clock.now())
    sign_in(client, person)
    Client().post("/akun/lupa-kata-sandi/", {"email": " Siti@Example.go.id "})
    link = link_in(letters()[0])
    fresh = Client()
    assert fresh.get(link).status_code == 200
    assert fresh.post(link, {"password": "pendek"}).status_code == 422
    assert fresh.post(link, {"password": "hujan sore di kendal"}).status_code == 302
    assert fresh.get("/akun/").status_code == 200
    assert client.get("/akun/").status_code == 302
    assert Client().get(link).status_code == 410
    assert Client().post("/masuk/", {"login": NIP, "password": PASSWORD}).status_code == 422
    assert any("sudah diganti" in letter for letter in letters())


def test_a_link_lasts_half_an_hour() -> None:
    make_person(email="siti@example.go.id")
    Client().post("/akun/lupa-kata-sandi/", {"email": "siti@example.go.id"})
    link = link_in(letters()[0])
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        assert Client().get(link).status_code == 410


def test_a_reset_tells_nobody_who_has_an_account() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_person(email="siti@example.go.id")
    make_person("Budi", email="budi@example.go.id", email_verified_at=None)
    answers = set()
    for address in ("siti@example.go.id", "budi@example.go.id", "nobody@example.go.id"):
        with CaptureQueriesContext(connection) as seen:
            response = Client().post("/akun/lupa-kata-sandi/", {"email": address})
        answers.add((response.status_code, response.headers["Location"], len(seen)))
    assert len(answers) == 1
    assert [letter.split("]")[0] for letter in letters()] == ["['siti@example.go.id'"]


def test_no_mailbox_is_flooded() -> None:
    make_person(email="siti@example.go.id")
    for _ in range(12):
        assert Client().post("/akun/lupa-kata-sandi/", {"email": "siti@example.go.id"}).status_code == 302
    assert len(letters()) == 5


def test_a_new_password_by_letter_opens_a_locked_account(client: Client) -> None:
    make_person(email="siti@example.go.id", consented_at=clock.now())
    for _ in range(5):
        Client().post("/masuk/", {"login": "siti@example.go.id", "password": "salah sekali"})
    Client().post("/akun/lupa-kata-sandi/", {"email": "siti@example.go.id"})
    client.post(link_in(letters()[0]), {"password": "hujan sore di kendal"})
    again = Client().post("/masuk/", {"login": "siti@example.go.id", "password": "hujan sore di kendal"})
    assert again.status_code == 302


def test_an_office_makes_an_account_whose_number_beats_a_claim() -> None:
    claimant = make_person("Pengaku", email="aku@example.go.id")
    give_number(Account.objects.get(id=claimant.id), "nip", NIP)
    Identifier.objects.update(vouched_at=None)
    made = actions.create_person(name="Siti Aminah", given={"nip": NIP}, by=None, now=clock.now())
    assert queries.person_by_login(NIP) == made.person
    told = letters()
    assert len(told) == 1 and "aku@example.go.id" in told[0] and "NIP yang Anda daftarkan sendiri" in told[0]
    assert NIP not in told[0]


def test_an_office_cannot_take_a_number_that_an_office_vouched_for() -> None:
    make_person(nip=NIP)
    with pytest.raises(Refusal) as refused:
        actions.create_person(name="Siti Aminah", given={"nip": NIP}, by=None, now=clock.now())
    assert refused.value.code == "number_of_another"
    assert Account.objects.count() == 1 and not Session.objects.exists()


def test_pages_of_joining_run_no_more_queries_for_those_already_there(client: Client) -> None:
    sign_in(client, make_person())
    assert client.get("/masuk/").status_code == 302
    assert client.get(reverse("daftar")).status_code == 200
