"""`/bank/…` as plain forms: the table, the editor of every type, review by a second person, versions."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import brotli
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.assessment import models
from pintar.assessment.queries import bank as queries
from pintar.assessment.tests import bank, items
from pintar.courses.queries import Edition
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in
from pintar.sciences.formats import items_form, items_json

HOME = f"/bank/{bank.SLUG}/"


@pytest.fixture
def author(edition: Edition) -> Person:
    return bank.make_worker("penulis")


@pytest.fixture
def at_work(client: Client, author: Person) -> Client:
    sign_in(client, author, confirmed=True)
    return client


def begin(client: Client, type_: str) -> str:
    """A new question of a type; returns the address of its editor."""
    return client.post(f"{HOME}baru/", {"type": type_}).url


def test_all_banks_are_listed_with_what_waits_in_them(at_work: Client, author: Person, now: datetime) -> None:
    bank.step(bank.write(author, now), "submit", author, now)
    page = at_work.get("/bank/").content.decode()
    assert HOME in page
    assert "1 menunggu telaah" in page


def test_the_table_shows_filters_and_pages_under_addresses_that_can_be_shared(
    at_work: Client, author: Person, now: datetime
) -> None:
    bank.write(author, now, bank.text("number", stem="Berapa _sisi_ kubus?", indicator="2", key="kubus-1"))
    page = at_work.get(HOME).content.decode()
    assert "Berapa sisi kubus?" in page
    assert "57 soal" in page
    found = at_work.get(HOME, {"q": "SISI kubus", "indikator": "2", "jenis": "number", "keadaan": "draft"})
    assert "1 soal" in found.content.decode()
    assert at_work.get(HOME, {"q": "kubus-"}).content.decode().count("<tr>") == 2
    assert "Tidak ada soal dengan saringan ini" in at_work.get(HOME, {"q": "zzz"}).content.decode()
    second = at_work.get(HOME, {"hal": "2", "keadaan": "in_use"}).content.decode()
    assert 'aria-current="page">2<' in second
    assert parse_qs(queries.Filters(state="draft", search="a b").address(3)[1:]) == {
        "keadaan": ["draft"], "q": ["a b"], "hal": ["3"],
    }  # fmt: skip


@pytest.mark.parametrize("given", [{"hal": "999999"}, {"hal": "x"}, {"keadaan": "hilang", "q": "\0%_'\"<"}])
def test_no_address_of_the_table_fails(at_work: Client, given: dict[str, str]) -> None:
    assert at_work.get(HOME, given).status_code == 200


def test_the_table_takes_the_same_statements_with_1_item_and_with_500(
    author: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    models.ItemKey.objects.all().delete()
    models.Item.objects.all().delete()
    bank.write(author, now)
    queries.bank_page(bank.SLUG, {}, author, now)
    with CaptureQueriesContext(connection) as one:
        queries.bank_page(bank.SLUG, {}, author, now)
    course = models.Item.objects.get().course_id
    models.Item.objects.bulk_create(
        models.Item(course_id=course, key=f"s-{n}", type="single", indicator="1", state="draft", number=1, stem="Apa?",
                    made_at=now) for n in range(499)
    )  # fmt: skip
    with django_assert_num_queries(len(one)):
        page = queries.bank_page(bank.SLUG, {}, author, now)
    assert len(one) <= 6
    assert (page.total, page.pages, len(page.items)) == (500, 20, 25)


def test_an_items_page_takes_the_same_statements_however_long_its_history(
    author: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    row = bank.write(author, now)
    queries.item_page(bank.SLUG, row.key, author, now)
    with CaptureQueriesContext(connection) as one:
        queries.item_page(bank.SLUG, row.key, author, now)
    for n in range(1, 9):
        bank.write(author, now, bank.text(stem=f"Yang ke-{n}?"), item=row.uid, base=n)
        bank.step(row, "submit", author, now)
    with django_assert_num_queries(len(one)):
        page = queries.item_page(bank.SLUG, row.key, author, now)
    assert len(one) <= 11
    assert (len(page.versions), len(page.history)) == (9, 8)


@pytest.mark.parametrize("type_", items.TYPES)
def test_an_item_of_every_type_is_written_by_plain_forms(at_work: Client, type_: str) -> None:
    address = begin(at_work, type_)
    assert at_work.get(address).status_code == 200
    fields = {**items_form.write(bank.text(type_)), "indicator": "2", "source": "Modul 3"}
    seen = at_work.post(address, {**fields, "do": "see"})
    assert seen.status_code == 200
    assert at_work.post(address, {**fields, "do": "more"}).status_code == 200
    saved = at_work.post(address, {**fields, "do": "save"})
    assert saved.status_code == 303, saved.content.decode()
    version = models.ItemVersion.objects.get(source="Modul 3")
    assert items_json.read(version.content, "", "1") == bank.text(type_)
    page = at_work.get(saved.url).content.decode()
    assert "versi 1" in page
    again = at_work.get(address).content.decode()
    assert "Sama dengan versi 1" in again


def test_what_was_typed_comes_back_after_the_browser_was_closed(at_work: Client) -> None:
    address = begin(at_work, "single")
    kept = at_work.post(address, {"stem": "Bangun ma", "option-3": "Kubus", "right": "3", "do": "keep"})
    assert kept.status_code == 200
    assert "Draf tersimpan" in kept.content.decode()
    page = at_work.get(address).content.decode()
    assert "Bangun ma</textarea>" in page
    assert "Kubus</textarea>" in page
    assert 'value="3" checked' in page
    assert "Bangun ma" in at_work.get(HOME).content.decode()


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(at_work: Client) -> None:
    address = begin(at_work, "single")
    answer = at_work.post(address, {"stem": "Apa?", "option-1": "Satu", "option-2": "Satu", "do": "submit"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ('href="#option-2"', 'href="#indicator"', "Kuncinya belum dipilih", 'id="option-2-wrong"'):
        assert told in page
    assert not models.ItemVersion.objects.filter(source="").exclude(by=None).exists()
    assert at_work.get(address).content.decode().count("Satu</textarea>") == 2


def test_the_preview_is_what_a_learner_sees_and_the_hints_are_for_the_author(at_work: Client) -> None:
    address = begin(at_work, "single")
    fields = {"stem": "Mana yang bukan $x^2$?", "option-1": "Ya <b>x</b>", "option-2": "Semua benar", "right": "1"}
    page = at_work.post(address, {**fields, "do": "keep"}).content.decode()
    assert "<math" in page
    assert "<b>x</b>" not in page
    assert "Pilihan 2" in page
    assert "bukan" in page
    assert " checked" not in page


def test_a_draft_is_dropped_and_the_version_stays(at_work: Client, author: Person, now: datetime) -> None:
    row = bank.write(author, now)
    address = f"{HOME}tulis/{row.uid}/"
    at_work.post(address, {"stem": "Setengah", "do": "keep", "base": "1"})
    assert "Setengah" in at_work.get(address).content.decode()
    assert at_work.post(address, {"stem": "Setengah", "do": "drop"}).status_code == 303
    assert "Setengah" not in at_work.get(address).content.decode()


def test_who_saves_on_top_of_a_newer_version_is_asked_to_compare(
    at_work: Client, author: Person, now: datetime
) -> None:
    row, other = bank.write(author, now), bank.make_worker("penulis", name="Yohana Kabes")
    address = f"{HOME}tulis/{row.uid}/"
    at_work.post(address, {"stem": "Punya saya", "do": "keep", "base": "1"})
    bank.write(other, now, bank.text(stem="Punya orang lain"), item=row.uid, base=1)
    assert "versi 2 disimpan orang lain" in at_work.get(address).content.decode()
    fields = {**items_form.write(bank.text(stem="Punya saya")), "indicator": "1", "base": "1", "do": "save"}
    answer = at_work.post(address, fields)
    assert answer.status_code == 409
    assert "Punya saya</textarea>" in answer.content.decode()


def test_a_second_person_reviews_with_both_texts_before_them(client: Client, author: Person, now: datetime) -> None:
    second = bank.make_worker("penguji", name="Yohana Kabes")
    row = models.Item.objects.get(key="a-1")
    bank.write(author, now, bank.text(stem="Teks yang baru?"), item=row.uid, base=1)
    bank.step(row, "submit", author, now)
    sign_in(client, author, confirmed=True)
    own = client.get(f"{HOME}soal/a-1/").content.decode()
    assert "Menunggu telaah orang kedua" in own
    assert 'value="approve"' not in own
    sign_in(client, second, confirmed=True)
    page = client.get(f"{HOME}soal/a-1/").content.decode()
    assert f"{HOME}soal/a-1/versi/1/" in page
    beside = client.get(f"{HOME}soal/a-1/versi/1/").content.decode()
    assert "Soal a-1 tentang" in beside
    assert "Teks yang baru?" in beside
    returned = {"step": "return", "number": "2"}
    without = client.post(f"{HOME}soal/a-1/langkah/", returned)
    assert without.status_code == 422
    assert "Tulis alasannya" in without.content.decode()
    assert client.post(f"{HOME}soal/a-1/langkah/", {**returned, "reason": bank.WHY}).status_code == 303
    assert bank.WHY in client.get(f"{HOME}soal/a-1/").content.decode()
    row.refresh_from_db()
    assert row.state == "draft"


def test_an_earlier_version_is_taken_up_again(at_work: Client, author: Person, now: datetime) -> None:
    row = bank.write(author, now)
    bank.write(author, now, bank.text(stem="Lain?"), item=row.uid, base=1)
    address = f"{HOME}soal/{row.key}/versi/1/"
    assert at_work.post(address, {"base": "2"}).status_code == 303
    row.refresh_from_db()
    assert (row.number, row.stem) == (3, "Bangun mana yang punya enam sisi?")
    assert at_work.get(f"{HOME}soal/{row.key}/versi/77/").status_code == 404


def test_enemies_are_named_on_the_items_page(at_work: Client, author: Person, now: datetime) -> None:
    row = bank.write(author, now)
    address = f"{HOME}soal/{row.key}/lawan/"
    assert at_work.post(address, {"keys": "a-1, a-2"}).status_code == 303
    assert 'value="a-1 a-2"' in at_work.get(f"{HOME}soal/{row.key}/").content.decode()
    wrong = at_work.post(address, {"keys": "entah"})
    assert wrong.status_code == 422
    assert 'value="entah"' in wrong.content.decode()


def test_an_assessor_reads_and_reviews_and_finds_no_way_to_write(client: Client, edition: Edition) -> None:
    sign_in(client, bank.make_worker("penguji"), confirmed=True)
    assert f"{HOME}baru/" not in client.get(HOME).content.decode()
    assert "Sunting" not in client.get(f"{HOME}soal/a-1/").content.decode()
    assert client.post(f"{HOME}baru/", {"type": "single"}).status_code == 403


def test_the_role_without_its_second_factor_and_other_people_reach_nothing(client: Client, edition: Edition) -> None:
    for person, confirmed in ((bank.make_worker("penulis"), False), (bank.make_worker("pimpinan"), True)):
        sign_in(client, person, confirmed=confirmed)
        for address in ("/bank/", HOME, f"{HOME}baru/", f"{HOME}soal/a-1/", f"{HOME}soal/a-1/versi/1/"):
            assert client.get(address).status_code == 403
    sign_in(client, make_person("Budi"))
    assert client.get(HOME).status_code == 403


def test_a_draft_of_somebody_else_is_not_found(client: Client, at_work: Client) -> None:
    address = begin(at_work, "short")
    other = Client()
    sign_in(other, bank.make_worker("penulis", name="Yohana Kabes"), confirmed=True)
    assert other.get(address).status_code == 404
    assert other.post(address, {"stem": "x", "do": "keep"}).status_code == 404


def test_pages_stay_within_their_weight(at_work: Client, author: Person, now: datetime) -> None:
    """As they go over the wire; the budgets are those of tables (40 kB) and of the editor (25 kB, script 180 kB)."""
    for n in range(25):
        words = " ".join(sha256(f"{n} {m}".encode()).hexdigest()[:9] for m in range(40))
        bank.write(author, now, bank.text(stem=words, key=f"berat-{n}"))
    address = begin(at_work, "cloze")
    weights = {
        path: len(brotli.compress(at_work.get(path).content)) for path in (HOME, address, f"{HOME}soal/berat-1/")
    }
    assert weights[HOME] <= 40_000
    assert weights[address] <= 25_000
    assert weights[f"{HOME}soal/berat-1/"] <= 40_000
    assert weights[HOME] > 3_000, "the texts are in it"


def test_a_bank_without_items_says_how_to_begin(at_work: Client) -> None:
    models.ItemKey.objects.all().delete()
    models.Item.objects.all().delete()
    assert "Tulis soal pertama" in at_work.get(HOME).content.decode()


def test_a_language_version_begins_from_its_original_and_stands_beside_it(
    at_work: Client, author: Person, now: datetime
) -> None:
    row = bank.write(author, now, bank.text(key="kubus"))
    page = at_work.get(f"{HOME}soal/kubus/").content.decode()
    assert "Tulis versi bahasa Inggris" in page
    address = at_work.post(f"{HOME}baru/", {"original": "kubus", "language": "en"}).url
    editor = at_work.get(address).content.decode()
    assert "enam sisi?</textarea>" in editor
    fields = {**items_form.write(bank.text(stem="Which solid has six faces?")), "indicator": "1", "source": ""}
    saved = at_work.post(address, {**fields, "original": "kubus", "language": "en", "do": "save"})
    other = models.Item.objects.get(original=row)
    assert (saved.status_code, other.language) == (303, "en")
    assert "Bahasa Inggris" in at_work.get(f"{HOME}soal/kubus/").content.decode()
    shown = at_work.get(saved.url).content.decode()
    assert "Tulis versi" not in shown
    assert '<legend class="question" lang="en" dir="ltr">' in shown


@pytest.mark.parametrize("type_", sorted(bank.BODIES))
def test_an_item_in_arabic_is_drawn_from_right_to_left(
    at_work: Client, author: Person, now: datetime, type_: str
) -> None:
    bank.write(author, now, bank.text(type_, key="soal"), language="ar")
    card = at_work.get(f"{HOME}soal/soal/").content.decode().split('<div class="card">')[1].split("</fieldset>")[0]
    assert 'class="question" lang="ar" dir="rtl"' in card
    assert 'lang="id"' not in card


def test_the_table_shows_a_formula_on_one_line(at_work: Client, author: Person, now: datetime) -> None:
    bank.write(
        author, now, bank.text(stem=r"Soal ini menghasilkan $p = \frac{11}{28} \approx 0{,}39$ seharga $5 dan $6.")
    )
    assert "menghasilkan p = 11/28 ≈ 0,39 seharga $5 dan $6." in at_work.get(HOME).content.decode()
