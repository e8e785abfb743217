"""`/angkatan/<key>/`: the states of the page, its forms, its calendar."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.template import TemplateDoesNotExist
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.courses.queries import Edition
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries, rules
from pintar.enrolment.actions import SetAside, note_completion, take_seat, withdraw_batch
from pintar.enrolment.models import Pledge, Seat
from pintar.enrolment.pages.calendar import fold
from pintar.enrolment.queries import BatchFacts
from pintar.enrolment.rules import Conditions, CourseAsked
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation.refusals import Reason
from pintar.foundation.ui.tags import in_words
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
    person = make_person("Siti Nurhaliza", email="siti@contoh.id", profession="guru")
    sign_in(client, person)
    return person


def text(response: Any) -> str:
    """What is read on the page."""
    main = response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def page_of(client: Client, batch: BatchFacts) -> Any:
    return client.get(f"/angkatan/{batch.key}/")


def test_a_stranger_sees_the_conditions_without_a_verdict_and_where_to_sign_in(
    client: Client, edition: Edition, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=2000, conditions=Conditions(professions=("guru",), full_identity=True))
    response = page_of(client, batch)
    read = text(response)
    assert response.status_code == 200
    assert "Angkatan 1" in read and edition.title in read and "Sisa 2.000 dari 2.000 kursi" in read
    assert "Guru" in read and "Identitas lengkap dan surel terverifikasi" in read
    assert "Anda memenuhi syarat" not in read and "Belum memenuhi syarat" not in read
    assert "Masuk untuk mengambil kursi" in read
    assert f'href="/masuk/?next=/angkatan/{batch.key}/"' in response.content.decode()
    assert "23.59" not in read and "Sampai Kamis, 26 November 2026, 10.32 WIB" in read


def test_whoever_may_join_sees_why_ticks_and_takes_the_seat(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    batch = make_batch(edition, now, conditions=Conditions(professions=("guru",)), starts_at=now + timedelta(days=6))
    read = text(page_of(client, batch))
    assert "Anda memenuhi syarat" in read and "Guru, menurut data akun Anda" in read
    assert "Belum memegang kursi lain di Periode IV 2026" in read and "Ambil kursi" in read
    response = client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"})
    assert (response.status_code, response["Location"]) == (303, f"/angkatan/{batch.key}/")
    seat = queries.seat_of(person.id, batch.key)
    assert seat is not None
    response = page_of(client, batch)
    read = text(response)
    assert "Kursi Anda tercatat. Belajar dibuka Senin, 30 November 2026, 10.32 WIB ." in read
    assert seat.number in read and "Siti Nurhaliza" in read and "10.32.00 WIB" in read and "1 dari 30" in read
    html = response.content.decode()
    assert f'href="/angkatan/{batch.key}/kalender.ics"' in html and 'href="https://wa.me/?text=' in html
    assert "Siti" not in re.search(r'https://wa.me/[^"]+', html).group()  # type: ignore[union-attr]
    assert text(page_of(client, batch)) == read  # opened again: the same receipt


def test_the_page_shows_the_text_that_is_kept_with_the_seat(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    batch = make_batch(edition, now)
    assert rules.PLEDGE.text in text(page_of(client, batch))
    client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"})
    assert Pledge.objects.get(version=Seat.objects.get().pledge_id).text == rules.PLEDGE.text


def test_without_the_tick_the_form_comes_back_and_says_so(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    batch = make_batch(edition, now)
    response = client.post(f"/angkatan/{batch.key}/kursi/", {})
    assert response.status_code == 422
    assert "Centang persetujuan pakta integritas" in text(response) and "Ambil kursi" in text(response)
    assert queries.seats_of(person.id) == []


def test_a_seat_is_given_back_by_a_plain_form_and_by_delete(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    batch = make_batch(edition, now)
    for give_back in (
        lambda: client.post(f"/angkatan/{batch.key}/kursi/", {"_method": "DELETE"}),
        lambda: client.delete(f"/angkatan/{batch.key}/kursi/"),
    ):
        client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"})
        assert "Lepas kursi" in text(page_of(client, batch))
        assert give_back().status_code == 303
        response = page_of(client, batch)
        assert "Kursi Anda sudah dilepas." in response.content.decode() and "Ambil kursi" in text(response)
    assert give_back().status_code == 303  # once more: nothing happens


def test_a_full_batch_says_when_it_filled_and_what_is_still_open(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=1)
    other = publish_small_course(now, slug="pelatihan-lain", title="Pelatihan yang lain")
    make_batch(other, now, quota=7)
    stranger = make_person("Budi", email="budi@contoh.id")
    take_seat(person=stranger, batch_key=batch.key, pledge=True, by=stranger.uid, now=now)
    response = page_of(client, batch)
    read = text(response)
    assert "Kuota penuh" in read and "Kursi ke-1 terisi Selasa, 24 November 2026, pukul 10.32 WIB" in read
    assert "Pelatihan yang lain Sisa 7 kursi" in read and "Ambil kursi" not in read
    refused = client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"})
    assert refused.status_code == 409 and "Kuota penuh" in text(refused)


def test_a_seat_elsewhere_is_exchanged_in_one_step_or_kept(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    old = make_batch(edition, now)
    new = make_batch(publish_small_course(now, slug="pelatihan-lain", title="Yang lain"), now)
    held = take_seat(person=person, batch_key=old.key, pledge=True, by=person.uid, now=now)
    response = page_of(client, new)
    read = text(response)
    assert f"Anda memegang kursi di {edition.title}, Angkatan 1 . Satu periode, satu pelatihan." in read
    assert "Ganti ke pelatihan ini Tetap di yang lama" in read and "Ambil kursi" not in read
    assert f'name="ganti" value="{held.uid}"' in response.content.decode()
    plain = client.post(f"/angkatan/{new.key}/kursi/", {"pakta": "1"})
    assert plain.status_code == 409 and "Ganti ke pelatihan ini" in text(plain)
    assert client.post(f"/angkatan/{new.key}/kursi/", {"ganti": str(held.uid)}).status_code == 303
    assert [seat.batch.key for seat in queries.seats_of(person.id)] == [new.key]


def test_whoever_may_not_join_reads_every_reason_and_the_way_out(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    asked = Conditions(professions=("guru",), regions=("94",), regions_title="daerah 3T", full_identity=True)
    read = text(page_of(client, batch := make_batch(edition, now, conditions=asked)))
    assert "Belum memenuhi syarat" in read and "Guru, menurut data akun Anda" in read
    assert "Hanya untuk daerah 3T; kabupaten atau kota di akun Anda belum diisi" in read
    assert "Perbaiki data akun" in read and "Ambil kursi" not in read
    refused = client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"})
    assert refused.status_code == 422 and "Belum memenuhi syarat" in text(refused)


def test_before_the_opening_one_learns_whether_one_will_be_let_in(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    batch = make_batch(edition, now, opens_at=now + timedelta(days=1), starts_at=now + timedelta(days=3))
    response = page_of(client, batch)
    read = text(response)
    assert "besok" in read and "Anda memenuhi syarat" in read and "Ambil kursi" not in read
    assert "Kursi dapat diambil di halaman ini mulai Rabu, 25 November 2026, 10.32 WIB" in read
    refused = client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"})
    assert refused.status_code == 409


def test_closed_and_withdrawn_batches_say_so_and_lead_on(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    closed = make_batch(edition, now, closes_at=now, opens_at=now - timedelta(days=2))
    assert "Pendaftaran sudah ditutup" in text(page_of(client, closed))
    withdrawn = make_batch(edition, now)
    withdraw_batch(batch_key=withdrawn.key, by=None, now=now)
    read = text(page_of(client, withdrawn))
    assert "Angkatan ini ditarik" in read and "Lihat semua pelatihan" in read


def test_the_seat_of_a_completed_training_shows_no_way_to_give_it_back(
    client: Client, person: Person, edition: Edition, now: datetime
) -> None:
    batch = make_batch(edition, now)
    make_seat(person, batch, now)
    note_completion(person_id=person.id, course_slug=edition.slug, at=now)
    assert "Lepas kursi" not in text(page_of(client, batch))
    response = client.post(f"/angkatan/{batch.key}/kursi/", {"_method": "DELETE"})
    assert response.status_code == 409 and "Anda sudah menyelesaikan pelatihan" in text(response)


def test_times_stand_in_the_viewers_zone(client: Client, edition: Edition, now: datetime) -> None:
    sign_in(client, make_person("Yosef", email="yosef@contoh.id", province="94", regency="94.71"))
    assert "Sampai Kamis, 26 November 2026, 12.32 WIT" in text(page_of(client, make_batch(edition, now)))


@pytest.mark.parametrize("key", ["tidak-ada", "x" * 500, "%F0%9F%98%80", "a%00b", "..%2F"])
def test_what_is_not_there_is_404(client: Client, person: Person, key: str) -> None:
    assert client.get(f"/angkatan/{key}/").status_code == 404
    assert client.post(f"/angkatan/{key}/kursi/", {"pakta": "1"}).status_code == 404
    assert client.get(f"/angkatan/{key}/kalender.ics").status_code == 404


@pytest.mark.parametrize("forged", ["bukan-uuid", "😀" * 500, "00000000-0000-0000-0000-000000000000"])
def test_a_forged_seat_in_the_form_is_404_and_changes_nothing(
    client: Client, person: Person, edition: Edition, now: datetime, forged: str
) -> None:
    batch = make_batch(edition, now)
    response = client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1", "ganti": forged})
    assert response.status_code == 404 and queries.seats_of(person.id) == []


def test_the_seat_needs_a_sign_in_and_a_form_of_ours(edition: Edition, now: datetime, person: Person) -> None:
    batch = make_batch(edition, now)
    assert Client().post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"}).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, person)
    assert strict.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"}).status_code == 403
    assert queries.seats_of(person.id) == []


def test_names_are_escaped(client: Client, now: datetime) -> None:
    edition = publish_small_course(now, title="<script>alert(1)</script>")
    response = page_of(client, make_batch(edition, now, title="<b>A&B</b>"))
    assert b"<script>alert" not in response.content and b"&lt;b&gt;A&amp;B" in response.content


def worst_page(client: Client, edition: Edition, now: datetime, others: int) -> tuple[BatchFacts, Person]:
    """A full batch with set-asides and a prerequisite, for someone who has seats in other periods."""
    asked = Conditions(prerequisites=(CourseAsked("dasar", "Dasar"),))
    aside = [SetAside(f"Kelompok {n}", 1, Conditions(regions=("94",))) for n in range(max(1, others))]
    batch = make_batch(edition, now, quota=len(aside) + 1, set_aside=aside, conditions=asked)
    make_seat(make_person("Budi"), batch, now)
    person = make_person("Siti", email=f"siti{others}@contoh.id")
    note_completion(person_id=person.id, course_slug="dasar", at=now)
    for n in range(others):
        slug = f"lain-{others}-{n}"
        make_seat(person, make_batch(edition, now, period_key=slug, period_title=slug), now)
    sign_in(client, person)
    return batch, person


def test_the_fullest_page_asks_six_questions_with_one_row_and_with_twenty(
    client: Client, edition: Edition, now: datetime
) -> None:
    from django.db import connection

    asked = []
    for others in (1, 20):
        batch, _ = worst_page(client, edition, now, others)
        page_of(client, batch)  # editions are kept from here on
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = page_of(client, batch)
        assert "Kuota penuh" in text(response)
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 6


@pytest.mark.parametrize("state", ["open", "seated", "elsewhere"])
def test_the_other_states_ask_at_most_six_too(
    client: Client, person: Person, edition: Edition, now: datetime, state: str,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    batch, other = make_batch(edition, now), make_batch(edition, now)
    if state != "open":
        make_seat(person, batch if state == "seated" else other, now)
    page_of(client, batch)
    with django_assert_max_num_queries(6):
        assert page_of(client, batch).context["verdict"] == state


def test_the_calendar_is_one_that_calendars_read(client: Client, edition: Edition, now: datetime) -> None:
    long = "Pelatihan; dengan, tanda \\ dan huruf عربي " + "é" * 60
    edition = publish_small_course(now, title=long)
    batch = make_batch(edition, now, opens_at=now + timedelta(hours=5))
    response = client.get(f"/angkatan/{batch.key}/kalender.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{batch.key}.ics"'
    raw = response.content
    assert raw.endswith(b"END:VCALENDAR\r\n") and raw.count(b"\n") == raw.count(b"\r\n")
    assert all(len(line) <= 75 and line.decode() for line in raw.split(b"\r\n")[:-1])
    lines = raw.decode().replace("\r\n ", "").split("\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 3
    assert f"DTSTART:{batch.starts_at:%Y%m%dT%H%M%SZ}" in lines and f"DTEND:{batch.until_at:%Y%m%dT%H%M%SZ}" in lines
    assert "DTSTAMP:20261124T033200Z" in lines
    escaped = long.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert f"SUMMARY:Belajar: {escaped}\\, Angkatan 1" in lines
    assert len({line for line in lines if line.startswith("UID:")}) == 3


def test_folding_never_splits_a_character() -> None:
    line = "SUMMARY:" + "ش" * 100
    folded = fold(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
    assert fold("X:" + "a" * 73) == "X:" + "a" * 73


def all_reasons(now: datetime) -> list[Reason]:
    asked = Conditions(
        professions=("guru", "dosen", "penyuluh"),
        employments=("pns", "pppk"),
        units=(rules.UnitAsked(9, "kanwil", "Kanwil"),),
        regions=("94", "33.74"),
        prerequisites=(CourseAsked("dasar", "Dasar"),),
        full_identity=True,
    )
    someone = rules.PersonFacts(
        "Siti", "guru", "pns", "MAN 2", "/9/", "33.74", "33", True, True, True, frozenset({"dasar"})
    )
    other = rules.PersonFacts("Siti", "pelaksana", "non-asn", "MAN 2", "/8/", "35.01", "35", False, True, False)
    people = (someone, other, rules.PersonFacts())
    checks = [check.reason for who in people for check in rules.check_all(asked, who)]
    checks += [check.reason for who in people for check in rules.check_all(Conditions(), who)]
    at = now.isoformat()
    room = rules.ROOM
    return [
        *checks,
        *rules.asked(asked),
        *rules.asked(Conditions()),
        *(Reason(room, code, {"batch": "b-1", "title": "Angkatan 1", "seat": "x", "opens_at": at, "closes_at": at,
                              "until_at": at, "quota": 9, "set_aside": 1, "taken": 3, "largest": 9})
          for code in ("not_found", "seat_not_found", "no_seat", "batch_full", "batch_soon", "batch_closed",
                       "batch_withdrawn", "seat_elsewhere", "pledge_needed", "seat_completed", "batch_over",
                       "quota_below_taken", "study_shortened", "set_aside_too_large", "quota_out_of_range",
                       "windows_out_of_order", "words_too_long")),
    ]  # fmt: skip


def test_every_reason_has_words(now: datetime) -> None:
    for why in all_reasons(now):
        try:
            words = in_words(why)
        except TemplateDoesNotExist:
            pytest.fail(f"no words for {why.code}")
        assert words and "{{" not in words and why.code not in words, why.code
