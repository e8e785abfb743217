"""The shop window, the catalogue, a training's page."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment.actions import give_back_seat, take_seat, withdraw_batch
from pintar.enrolment.queries import Conditions
from pintar.enrolment.tests.builders import make_batch
from pintar.people.tests.builders import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_half_past_ten(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def html(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html(response)).split())


def titles(response: Any) -> list[str]:
    return re.findall(r'<h3><a href="/pelatihan/[^"]+"[^>]*>([^<]+)</a>', html(response))


def fill(batch: Any, now: datetime) -> None:
    for n in range(batch.quota):
        person = make_person(f"P{n}", email=f"{batch.key}-{n}@contoh.id")
        take_seat(person=person, batch_key=batch.key, pledge=True, by=person.uid, now=now)


@pytest.fixture
def shelf(now: datetime) -> dict[str, Any]:
    """Five trainings: open, full, soon, never opened, withdrawn."""
    made = {
        slug: publish_small_course(now, slug=slug, title=title, audience=audience, keywords=keywords)
        for slug, title, audience, keywords in (
            ("wakaf", "Wakaf produktif", ["penyuluh"], ["zakat"]),
            ("rangkap", "Mengajar kelas rangkap", ["guru"], []),
            ("akmi", "Butir soal AKMI", ["guru", "dosen"], []),
            ("arsip", "Arsip madrasah", ["pelaksana"], []),
            ("lama", "Yang ditarik", ["guru"], []),
        )
    }
    make_batch(made["wakaf"], now, quota=2000)
    fill(make_batch(made["rangkap"], now, quota=2), now)
    make_batch(made["akmi"], now, quota=1500, opens_at=now + timedelta(days=1), starts_at=now + timedelta(days=4))
    withdraw_batch(batch_key=make_batch(made["lama"], now).key, by=None, now=now)
    return made


def test_the_catalogue_sorts_by_what_can_be_joined(client: Client, shelf: dict[str, Any]) -> None:
    response = client.get("/pelatihan/")
    read = text(response)
    assert titles(response) == [
        "Wakaf produktif", "Mengajar kelas rangkap", "Butir soal AKMI", "Arsip madrasah", "Yang ditarik"
    ]  # fmt: skip
    assert (
        "Pendaftaran Periode IV 2026 ditutup Kamis, 26 November 2026, 10.32 WIB . Satu periode, satu pelatihan." in read
    )
    assert "Dibuka sekarang 2 pelatihan" in read and "Segera dibuka 1 pelatihan" in read
    assert "Sisa 2.000 dari 2.000 kursi" in read
    assert "Penuh Selasa, 24 November 2026, pukul 10.32 WIB" in read
    assert "Dibuka Rabu, 25 November 2026, 10.32 WIB" in read and "1.500 kursi" in read and "besok" in read
    assert re.search(r"Wakaf produktif ±\d+ menit \d materi \d,\d MB", read)


def test_filters_have_addresses_that_can_be_shared_and_counts(client: Client, shelf: dict[str, Any]) -> None:
    page = html(client.get("/pelatihan/"))
    chips = re.findall(r'<a class="chip" href="([^"]+)"( aria-current="true")?>([^<]+) <span class="count">(\d+)', page)
    assert chips[:3] == [
        ("/pelatihan/?status=dibuka", "", "Dibuka sekarang", "2"),
        ("/pelatihan/?status=segera", "", "Segera dibuka", "1"),
        ("/pelatihan/?untuk=guru", "", "Guru", "3"),
    ]
    assert titles(client.get("/pelatihan/?status=segera")) == ["Butir soal AKMI"]
    assert titles(client.get("/pelatihan/?untuk=dosen")) == ["Butir soal AKMI"]
    both = client.get("/pelatihan/?untuk=guru&status=dibuka")
    assert titles(both) == ["Mengajar kelas rangkap"]
    on = re.findall(r'<a class="chip" href="([^"]+)" aria-current="true">([^<]+) <', html(both))
    assert on == [("/pelatihan/?untuk=guru", "Dibuka sekarang"), ("/pelatihan/?status=dibuka", "Guru")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("perwakafan", ["Wakaf produktif"]),
        ("wakap", ["Wakaf produktif"]),
        ("zakat", ["Wakaf produktif"]),
        ("pengajaran rangkp", ["Mengajar kelas rangkap"]),
        ("akim", ["Butir soal AKMI"]),
    ],
)
def test_the_search_forgives(client: Client, shelf: dict[str, Any], query: str, found: list[str]) -> None:
    response = client.get("/pelatihan/", {"q": query})
    assert titles(response) == found
    assert f"1 pelatihan untuk “{query}”" in text(response)
    assert f'value="{query}"' in html(response)


def test_search_and_filter_work_together(client: Client, shelf: dict[str, Any]) -> None:
    response = client.get("/pelatihan/?q=akmi&status=dibuka")
    assert "Tidak ada pelatihan yang cocok dengan “akmi”." in text(response)
    chips = dict(re.findall(r'<a class="chip" href="([^"]+)"[^>]*>[^<]+ <span class="count">(\d+)', html(response)))
    assert chips["/pelatihan/?q=akmi&amp;status=segera"] == "1"


def test_nothing_found_has_a_next_step_and_the_nearest_word(client: Client, shelf: dict[str, Any]) -> None:
    response = client.get("/pelatihan/", {"q": "rangkapitulasi"})
    read = text(response)
    assert "Tidak ada pelatihan yang cocok" in read and "Mungkin yang Anda maksud: rangkap" in read
    assert 'href="/pelatihan/?q=rangkap"' in html(response)
    assert "Lihat semua pelatihan" in read and "Yang sedang dibuka" in read and titles(response) == ["Wakaf produktif"]


def test_an_empty_catalogue_says_when_the_next_opens(client: Client, now: datetime) -> None:
    assert "Belum ada pelatihan yang dibuka" in text(client.get("/pelatihan/"))
    edition = publish_small_course(now)
    make_batch(edition, now, opens_at=now + timedelta(days=1), starts_at=now + timedelta(days=2))
    assert "Pembukaan berikutnya Rabu, 25 November 2026, 10.32 WIB" in text(client.get("/pelatihan/"))


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "a" * 5000, "q=%F0%9F%98%80", "status=xyz", "untuk=" + "x" * 500, "untuk=%00", "q[]=1&status[]=2",
     "q=%3Cscript%3Ealert(1)%3C/script%3E"],
)  # fmt: skip
def test_whatever_stands_in_the_address_is_answered(client: Client, shelf: dict[str, Any], query: str) -> None:
    response = client.get(f"/pelatihan/?{query}")
    assert response.status_code == 200 and b"<script>alert" not in response.content


def test_a_card_counts_the_seats_as_they_are(client: Client, now: datetime) -> None:
    batch = make_batch(publish_small_course(now), now, quota=40)
    people = [make_person(f"P{n}", email=f"p{n}@contoh.id") for n in range(38)]
    for person in people:
        take_seat(person=person, batch_key=batch.key, pledge=True, by=person.uid, now=now)
    assert "Sisa 2 dari 40 kursi, hampir penuh" in text(client.get("/pelatihan/"))
    give_back_seat(person=people[0], batch_key=batch.key, by=people[0].uid, now=now)
    assert "Sisa 3 dari 40 kursi" in text(client.get("/pelatihan/"))


def test_the_shop_window_shows_what_is_open_and_how_it_works(client: Client, shelf: dict[str, Any]) -> None:
    response = client.get("/")
    assert titles(response) == ["Wakaf produktif", "Mengajar kelas rangkap", "Butir soal AKMI"]
    assert "Cara mengikuti" in text(response) and 'action="/pelatihan/"' in html(response)


def test_a_training_says_what_it_gives_and_asks(client: Client, shelf: dict[str, Any], now: datetime) -> None:
    asked = Conditions(professions=("guru", "dosen"), regions=("94",), regions_title="daerah 3T", full_identity=True)
    batch = make_batch(shelf["wakaf"], now, conditions=asked, quota=400)
    response = client.get("/pelatihan/wakaf/")
    read = text(response)
    assert "Wakaf produktif" in read and "Gratis" in read and "Sertifikat terbit otomatis begitu lulus" in read
    assert "2 dibuka" in read and batch.title in read
    assert "Guru atau dosen" in read and "Satuan kerja di daerah 3T" in read
    assert "Identitas lengkap dan surel terverifikasi" in read
    assert f'href="/angkatan/{batch.key}/"' in html(response)
    assert "kuis minimal 80" in read and "Tes akhir minimal 70, 3 kali kesempatan" in read
    assert "Survei diisi, ±3 menit" in read and "Tugas diterima" not in read
    for source in shelf["wakaf"].attribution:
        assert source.title in read and source.licence in read and source.author in read
    shared = re.search(r'href="(https://wa\.me/[^"]+)"', html(response))
    assert shared and "/pelatihan/wakaf/" in unquote(shared.group(1))


def test_a_training_lists_its_batches_by_state(client: Client, shelf: dict[str, Any], now: datetime) -> None:
    fill(make_batch(shelf["wakaf"], now, quota=1), now)
    make_batch(shelf["wakaf"], now, opens_at=now + timedelta(days=1))
    make_batch(shelf["wakaf"], now, closes_at=now)
    read = text(client.get("/pelatihan/wakaf/"))
    assert "1 dibuka, 1 segera, 1 penuh" in read
    assert read.index("Angkatan 1") < read.index("Angkatan 3") < read.index("Angkatan 2") and "Angkatan 4" not in read


def test_a_training_without_a_batch_leads_to_those_that_are_open(client: Client, shelf: dict[str, Any]) -> None:
    response = client.get("/pelatihan/arsip/")
    assert "Belum ada angkatan yang dibuka untuk pelatihan ini." in text(response)
    assert 'href="/pelatihan/?status=dibuka"' in html(response)


@pytest.mark.parametrize("slug", ["tidak-ada", "x" * 500, "%F0%9F%98%80", "a%00b"])
def test_an_unknown_training_is_404(client: Client, slug: str) -> None:
    assert client.get(f"/pelatihan/{slug}/").status_code == 404


@pytest.mark.parametrize("address", ["/", "/pelatihan/", "/pelatihan/?q=wakaf", "/pelatihan/wakaf/"])
def test_the_pages_are_the_same_for_everybody(client: Client, shelf: dict[str, Any], address: str) -> None:
    stranger = html(client.get(address))
    person = make_person("Siti", email="siti@contoh.id", profession="guru")
    sign_in(client, person)
    assert html(client.get(address)) == stranger


def test_windows_stand_in_the_viewers_zone(client: Client, shelf: dict[str, Any]) -> None:
    sign_in(client, make_person("Yosef", email="yosef@contoh.id", province="94", regency="94.71"))
    assert "Kamis, 26 November 2026, 12.32 WIT" in text(client.get("/pelatihan/"))


def test_a_page_asks_as_much_for_one_training_as_for_twenty(client: Client, now: datetime) -> None:
    addresses = ["/", "/pelatihan/", "/pelatihan/?q=latihan", "/pelatihan/latihan-kecil/"]

    def asked() -> list[int]:
        counts = []
        for address in addresses:
            client.get(address)  # editions are kept from here on
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            counts.append(len(captured))
        return counts

    edition = publish_small_course(now)
    make_batch(edition, now)
    one = asked()
    for n in range(19):
        make_batch(publish_small_course(now, slug=f"latihan-{n}", title=f"Latihan {n}"), now)
        make_batch(edition, now)
    assert asked() == one and max(one) <= 2


def test_a_new_edition_is_found_by_its_new_words(client: Client, now: datetime) -> None:
    publish_small_course(now, title="Judul lama")
    assert titles(client.get("/pelatihan/?q=astronomi")) == []
    publish_small_course(now, title="Astronomi untuk pemula")
    assert titles(client.get("/pelatihan/?q=astronomi")) == ["Astronomi untuk pemula"]
