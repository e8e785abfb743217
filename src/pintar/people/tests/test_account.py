"""One's own account: profile, numbers, address, password, data."""

import json

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pintar.foundation import clock
from pintar.foundation.ledger.worker import deliver_all
from pintar.people import actions, ports, queries
from pintar.people.models import Account, Identifier, Session, Tries
from pintar.people.tests.builders import PASSWORD, make_person, make_unit, sign_in

pytestmark = pytest.mark.django_db
NIP, NIK = "198503122010012008", "3374011203850001"
PROFILE = {"name": "Siti Aminah", "profession": "guru", "employment": "pns", "gender": "P"}


@pytest.fixture
def person(client: Client) -> queries.Person:
    person = make_person(nip=NIP, email="siti@example.go.id")
    sign_in(client, person)
    return person


def again(person: queries.Person) -> queries.Person:
    return queries.people([person.id])[person.id]


PAGES = ("akun", "data-diri", "nomor", "surel", "kata-sandi", "perangkat", "data-saya", "hapus-akun")


@pytest.mark.parametrize("name", PAGES)
def test_its_pages_are_for_the_signed_in_and_cheap(client: Client, person: queries.Person, name: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        page = client.get(reverse(name))
    assert page.status_code == 200 and len(seen) <= 4
    assert NIP not in page.content.decode()
    signed_out = Client().get(reverse(name))
    assert signed_out.headers["Location"].startswith("/masuk/?next=%2Fakun%2F")


def test_the_account_shows_numbers_masked(client: Client, person: queries.Person) -> None:
    assert "1985****** ****08" in client.get("/akun/").content.decode()


def test_a_profile_is_asked_once_and_leads_back(client: Client, person: queries.Person) -> None:
    make_unit(regency="33.74", province="33")
    response = client.post(
        reverse("data-diri"), {**PROFILE, "unit_text": "man 2 kota semarang", "regency_text": "", "next": "/bantuan/"}
    )
    assert response.headers["Location"] == "/bantuan/"
    now = again(person)
    assert (now.profession, now.employment, now.gender) == ("guru", "pns", "P")
    assert now.unit is not None and now.unit.name == "MAN 2 Kota Semarang"
    assert (now.regency, now.province, now.zone) == ("33.74", "33", "Asia/Jakarta")
    assert queries.duty_jp(now) == 20 and queries.missing(now) == ()


def test_what_fits_several_is_offered_as_a_choice(client: Client, person: queries.Person) -> None:
    make_unit("MTsN 1 Kendal")
    make_unit("MTsN 2 Kendal")
    form = {**PROFILE, "unit_text": "kendal", "regency_text": "semarang"}
    page = client.post(reverse("data-diri"), form)
    text = page.content.decode()
    assert page.status_code == 422
    assert 'value="mtsn-2-kendal"' in text and "Kabupaten Semarang" in text and 'value="33.74"' in text
    client.post(reverse("data-diri"), {**form, "unit": "mtsn-2-kendal", "regency": "33.74"})
    now = again(person)
    assert now.unit is not None and now.unit.key == "mtsn-2-kendal" and now.regency == "33.74"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "🙂"),
        ("name", "x" * 500),
        ("profession", "raja"),
        ("employment", "<b>"),
        ("gender", "X"),
        ("unit_text", "tidak ada begini"),
        ("unit_text", "\x00🙂%_"),
        ("regency_text", "Atlantis"),
    ],
)
def test_a_wrong_profile_changes_nothing(client: Client, person: queries.Person, field: str, value: str) -> None:
    response = client.post(reverse("data-diri"), {**PROFILE, "name": "Nama Baru", field: value})
    assert response.status_code == 422
    assert again(person) == person


def test_names_are_suggested_while_typing(client: Client, person: queries.Person) -> None:
    make_unit("MTsN 1 Kendal")
    assert client.get(reverse("cari-satker"), {"q": "1 kendal"}).json() == {"items": ["MTsN 1 Kendal"]}
    assert client.get(reverse("cari-satker"), {"q": "\x00" * 300}).json() == {"items": []}
    assert "Kota Semarang" in client.get(reverse("cari-wilayah"), {"q": "semarang"}).json()["items"]
    assert Client().get(reverse("cari-satker"), {"q": "kendal"}).status_code == 302


def test_a_number_of_ones_own_is_added_as_a_claim_and_taken_back(client: Client, person: queries.Person) -> None:
    client.post(reverse("nomor"), {"kind": "nik", "number": "3374 0112 0385 0001"})
    assert Client().post("/masuk/", {"login": NIK, "password": PASSWORD}).status_code == 302
    client.post(reverse("nomor"), {"remove": "nik"})
    assert queries.person_by_login(NIK) is None


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"kind": "nik", "number": "1"}, 422),
        ({"kind": "paspor", "number": NIK}, 422),
        ({"kind": "nip", "number": "198907152015031004"}, 409),  # has one of this kind
        ({"remove": "nip"}, 404),  # vouched for by an office
        ({"remove": "x" * 900}, 404),
        ({"kind": "nuptk", "number": "4437768669230123"}, 409),  # another's
    ],
)
def test_what_may_not_be_done_with_numbers(
    client: Client, person: queries.Person, form: dict[str, str], status: int
) -> None:
    make_person("Budi", nuptk="4437768669230123")
    assert client.post(reverse("nomor"), form).status_code == status
    assert Identifier.objects.filter(account_id=person.id).count() == 1


def test_the_last_way_to_sign_in_stays(client: Client) -> None:
    person = make_person(nik=NIK)
    Identifier.objects.update(vouched_at=None)
    sign_in(client, person)
    assert client.post(reverse("nomor"), {"remove": "nik"}).status_code == 409


def test_a_change_of_password_ends_the_other_sessions_and_renews_this_one(
    client: Client, person: queries.Person
) -> None:
    other, before = Client(), client.cookies["masuk"].value
    sign_in(other, person)
    form = {"old": PASSWORD, "password": "hujan sore di kendal"}
    assert client.post(reverse("kata-sandi"), form).status_code == 302
    assert client.get("/akun/").status_code == 200 and other.get("/akun/").status_code == 302
    stolen = Client()
    stolen.cookies["masuk"] = before
    assert stolen.get("/akun/").status_code == 302
    assert Client().post("/masuk/", {"login": NIP, "password": "hujan sore di kendal"}).status_code == 302


def test_a_change_of_password_needs_the_present_one_and_is_limited(client: Client, person: queries.Person) -> None:
    form = {"old": "salah sekali", "password": "hujan sore di kendal"}
    statuses = [client.post(reverse("kata-sandi"), form).status_code for _ in range(6)]
    assert statuses == [422] * 4 + [429] * 2
    assert Session.objects.filter(account_id=person.id).exists()


def test_a_weak_new_password_is_refused(client: Client, person: queries.Person) -> None:
    page = client.post(reverse("kata-sandi"), {"old": PASSWORD, "password": "rahasia123"})
    assert page.status_code == 422 and "terlalu umum" in page.content.decode()


def test_a_new_address_waits_until_its_letter_is_answered(client: Client, person: queries.Person) -> None:
    client.post(reverse("surel"), {"email": "baru@example.go.id", "password": PASSWORD})
    assert again(person).email == "siti@example.go.id"
    deliver_all()
    assert {m.to[0] for m in mail.outbox} == {"baru@example.go.id", "siti@example.go.id"}
    link = next(line for m in mail.outbox for line in m.body.splitlines() if "/akun/surel/" in line)
    client.post(link[link.index("/akun/") :])
    assert again(person).email == "baru@example.go.id"


def test_a_change_of_address_asks_for_the_password(client: Client, person: queries.Person) -> None:
    page = client.post(reverse("surel"), {"email": "baru@example.go.id", "password": "salah sekali"})
    assert page.status_code == 422
    assert Account.objects.get(id=person.id).email_wanted == ""


def test_a_letter_of_confirmation_may_be_asked_for_again_at_most_five_times(client: Client) -> None:
    sign_in(client, make_person(email="siti@example.go.id", email_verified_at=None))
    for _ in range(9):
        assert client.post(reverse("surel"), {"again": "1"}).status_code == 302
    deliver_all()
    assert len(mail.outbox) == 5


def test_consent_is_recorded_once(client: Client, person: queries.Person) -> None:
    client.post(reverse("data-saya"), {"consent": "1"})
    first = Account.objects.get(id=person.id).consented_at
    client.post(reverse("data-saya"), {"consent": "1"})
    assert first is not None and Account.objects.get(id=person.id).consented_at == first


class Diary:
    """A room's share of a person's data."""

    name = "diary"

    def __init__(self) -> None:
        self.erased: list[int] = []

    def export(self, person_id: int) -> dict[str, object]:
        return {"pages": [person_id]}

    def erase(self, person_id: int, now: object) -> None:
        self.erased.append(person_id)


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> Diary:
    diary = Diary()
    monkeypatch.setitem(ports._parts, "diary", diary)
    return diary


def test_a_copy_of_ones_data_holds_everything_and_needs_the_password(
    client: Client, person: queries.Person, diary: Diary
) -> None:
    assert client.post(reverse("data-saya"), {"password": "salah"}).status_code == 422
    response = client.post(reverse("data-saya"), {"password": PASSWORD})
    assert "attachment" in response.headers["Content-Disposition"]
    copy = json.loads(response.content)
    assert copy["account"]["name"] == person.name and copy["account"]["email"] == "siti@example.go.id"
    assert copy["numbers"][0]["number"] == NIP
    assert copy["diary"] == {"pages": [person.id]}
    assert len(copy["sessions"]) == 1
    assert "argon2" not in response.content.decode()


def test_erasure_leaves_nothing_that_names_the_person(client: Client, person: queries.Person, diary: Diary) -> None:
    assert client.post(reverse("hapus-akun"), {"password": PASSWORD}).status_code == 422
    assert client.post(reverse("hapus-akun"), {"sure": "1", "password": "salah"}).status_code == 422
    assert not diary.erased
    response = client.post(reverse("hapus-akun"), {"sure": "1", "password": PASSWORD})
    assert response.headers["Location"] == reverse("akun-terhapus")
    assert diary.erased == [person.id]
    row = Account.objects.get(id=person.id)
    assert (row.name, row.email, row.password, row.profession, row.unit) == ("", "", "", "", None)
    assert not Identifier.objects.exists() and not Session.objects.exists()
    assert Client().post("/masuk/", {"login": NIP, "password": PASSWORD}).status_code == 422
    assert client.get(reverse("akun-terhapus")).status_code == 200
    assert client.get("/akun/").status_code == 302


def test_an_erasure_that_one_room_cannot_do_is_done_by_none(
    client: Client, person: queries.Person, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(person_id: int, now: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(diary, "erase", fail)
    with pytest.raises(RuntimeError):
        actions.erase_account(person=person, password=PASSWORD, now=clock.now())
    assert again(person) == person


def test_the_number_of_an_erased_account_is_free_again(client: Client, person: queries.Person) -> None:
    client.post(reverse("hapus-akun"), {"sure": "1", "password": PASSWORD})
    assert actions.create_person(name="Siti", given={"nip": NIP}, by=None, now=clock.now()).code


def test_a_room_registers_its_data_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        for _ in range(2):
            ports.register(Diary())
    ports._parts.pop("diary")


def test_ended_things_are_swept(client: Client, person: queries.Person) -> None:
    from datetime import timedelta

    from pintar.people.tasks import sweep

    Client().post("/masuk/", {"login": NIP, "password": "salah sekali"})
    actions.make_code(login=NIP, by=None, now=clock.now())
    sweep(clock.now())
    assert Session.objects.count() == 1 and Tries.objects.count() == 1
    sweep(clock.now() + timedelta(days=31))
    assert not Session.objects.exists() and not Tries.objects.exists()
