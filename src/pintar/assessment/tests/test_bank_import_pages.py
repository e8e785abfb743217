"""`/bank/<slug>/impor/` as plain forms: from a file to drafts, mended in place, told, undone; and the way out."""

import re
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import get_template
from django.test import Client

from pintar.assessment import brought, examples, models
from pintar.assessment.queries import bank as queries
from pintar.assessment.tests import bank
from pintar.assessment.tests.test_bank_imports import FIVE
from pintar.courses.queries import Edition
from pintar.people.queries import Person
from pintar.people.tests.builders import sign_in
from pintar.sciences.formats import gift, moodle_xml, numbered, table, word

HOME = f"/bank/{bank.SLUG}/"


@pytest.fixture
def author(edition: Edition) -> Person:
    return bank.make_worker("penulis")


@pytest.fixture
def at_work(client: Client, author: Person) -> Client:
    sign_in(client, author, confirmed=True)
    return client


def upload(client: Client, content: bytes | str = FIVE, name: str = "soal.txt"):
    body = content.encode() if isinstance(content, str) else content
    return client.post(f"{HOME}impor/", {"file": SimpleUploadedFile(name, body)})


def test_a_file_comes_in_by_one_tap_after_it_was_looked_at(at_work: Client) -> None:
    assert f"{HOME}impor/" in at_work.get(HOME).content.decode()
    assert at_work.get(f"{HOME}impor/").status_code == 200
    address = upload(at_work).url
    page = at_work.get(address).content.decode()
    assert "Impor 4, lewati 1" in page
    assert "Kuncinya belum dipilih" in page
    assert page.count(" checked") == 4
    taken = at_work.post(address, {"do": "take"}, follow=True).content.decode()
    assert "Utuh: 4" in taken
    assert "Tidak masuk: 1" in taken
    assert "Batalkan impor" in taken
    assert at_work.get(f"{HOME}?q=Pertanyaan").content.decode().count("<tr>") == 5


def test_a_missing_key_is_chosen_on_the_spot_and_a_question_left_out_and_in_again(at_work: Client) -> None:
    address = upload(at_work).url
    assert at_work.post(address, {"do": "key-3-2"}).url == f"{address}#butir-3"
    assert "Impor 5, lewati 0" in at_work.get(address).content.decode()
    at_work.post(address, {"do": "skip-1"})
    assert "Impor 4, lewati 1" in at_work.get(address).content.decode()
    at_work.post(address, {"do": "back-1"})
    taken = at_work.post(address, {"do": "take"}, follow=True).content.decode()
    assert "Utuh: 4" in taken
    assert "ada yang tidak ikut): 1" in taken


def test_what_is_missing_is_named_as_the_author_names_it(at_work: Client) -> None:
    page = at_work.get(upload(at_work, "1. Tanpa kunci?\nA. Satu\nB. Dua\n\n2. Tanpa pilihan?").url).content.decode()
    assert "Kunci: Kuncinya belum dipilih" in page
    assert "Pilihan: Isi paling sedikit 2" in page
    assert "Pilihan 1: " not in page


def test_a_question_is_mended_in_the_editors_form_and_nothing_typed_is_lost(at_work: Client) -> None:
    address = upload(at_work, "1. Tanpa pilihan kedua?\n*A. Satu").url
    form = f"{address}1/"
    assert at_work.get(form).status_code == 200
    fields = {"stem": "Tanpa pilihan kedua?", "option-1": "Satu", "option-2": "Dua"}
    wrong = at_work.post(form, {**fields, "do": "save"})
    assert wrong.status_code == 422
    assert "Dua</textarea>" in at_work.get(form).content.decode()
    right = at_work.post(form, {**fields, "right": "2", "indicator": "1", "do": "save"})
    assert (right.status_code, right.url) == (303, f"{address}#butir-1")
    assert "Impor 1, lewati 0" in at_work.get(address).content.decode()


def test_an_import_is_undone_on_its_page(at_work: Client, author: Person) -> None:
    address = upload(at_work).url
    at_work.post(address, {"do": "take"})
    page = at_work.post(address, {"do": "undo"}, follow=True).content.decode()
    assert "Impor dibatalkan" in page
    assert not models.ItemVersion.objects.filter(by=author.uid).exists()


@pytest.mark.parametrize(
    ("content", "told"), [(b"MZ\0\0", "tidak terbaca"), (b"", "Tidak ada soal"), (b"%PDF", "Excel")]
)
def test_what_cannot_be_read_says_what_to_do(at_work: Client, content: bytes, told: str) -> None:
    answer = upload(at_work, content or b" ", "x.docx")
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not models.ItemImport.objects.exists()
    assert at_work.post(f"{HOME}impor/", {}).status_code == 422


def test_a_long_file_has_pages(at_work: Client) -> None:
    text = "\n\n".join(f"{n}. Ke-{n}?\nA. x\n*B. y" for n in range(1, 46))
    address = upload(at_work, text).url
    page = at_work.get(f"{address}?hal=3").content.decode()
    assert 'id="butir-41"' in page
    assert 'id="butir-1"' not in page
    assert at_work.post(f"{address}?hal=3", {"do": "skip-41"}).url == f"{address}?hal=3#butir-41"


def test_questions_that_nothing_can_be_made_of_are_shown_with_their_text(at_work: Client) -> None:
    address = upload(at_work, "Uraikan <b>ini</b>. {}\n\nApa? {=x ~y}\n", "x.gift").url
    page = at_work.get(address).content.decode()
    assert "belum didukung" in page
    assert "&lt;b&gt;ini" in page
    assert at_work.get(f"{address}1/").status_code == 404


def test_examples_read_as_they_say(at_work: Client) -> None:
    for kind in ("word", "excel"):
        assert at_work.get(f"{HOME}impor/contoh/{kind}/").status_code == 200
    assert at_work.get(f"{HOME}impor/contoh/lain/").status_code == 404
    assert brought.questions("contoh.docx", examples.word()) == numbered.questions(
        word.lines(examples.word()), "contoh.docx"
    )
    for found in (brought.questions("contoh.docx", examples.word()), brought.questions("c.csv", examples.table())):
        assert [each.mistakes for each in found] == [()] * len(found)
        assert len(found) >= 4


def test_the_bank_goes_out_in_three_formats_as_it_is_filtered(at_work: Client) -> None:
    asked = f"{HOME}ekspor/gift/?jenis=single"
    assert asked in at_work.get(f"{HOME}?jenis=single").content.decode()
    answer = at_work.get(asked)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="bank-{bank.SLUG}.gift"'
    assert len(gift.questions(answer.content.decode(), "x")) == 7
    whole = at_work.get(f"{HOME}ekspor/moodle/").content
    assert "Tidak ikut" in whole.decode()
    assert len(moodle_xml.questions(whole, "x")) == 49
    rows = table.questions(table.read_csv(at_work.get(f"{HOME}ekspor/csv/").content.decode()), "x")
    assert [each.item for each in rows if not each.mistakes] == [each.item for each in rows]
    assert len(rows) == 56
    assert at_work.get(f"{HOME}ekspor/lain/").status_code == 404


def test_only_authors_bring_files_and_no_other_banks_import_is_shown(client: Client, at_work: Client) -> None:
    address = upload(at_work).url
    other = Client()
    sign_in(other, bank.make_worker("penguji"), confirmed=True)
    assert upload(other).status_code == 403
    assert other.post(address, {"do": "take"}).status_code == 403
    assert at_work.get(address.replace(bank.SLUG, "lain")).status_code == 404


def test_an_imports_page_takes_the_same_statements_for_many_questions_as_for_one(
    author: Person, now: datetime, at_work: Client, django_assert_max_num_queries
) -> None:
    address = upload(at_work, "\n\n".join(f"{n}. Ke-{n}?\nA. x\n*B. y\nIndikator: 1" for n in range(1, 31))).url
    at_work.post(address, {"do": "take"})
    file = models.ItemImport.objects.get().uid
    with django_assert_max_num_queries(3):
        assert len(queries.import_page(bank.SLUG, file, 1, now).questions) == 20


def test_every_code_of_a_file_has_its_words() -> None:
    """They are chosen by the readers, so no search of the code for reasons finds them."""
    for code in (*brought.WHOLE_FILE.values(), "file_is_old_office", "file_has_formula", "file_too_large"):
        get_template(f"assessment/refusals.html#{code}")
    readers = (gift, moodle_xml, numbered, table)
    named = {code for reader in readers for code in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", reader.__doc__ or "")}
    for code in named & {
        "not_supported", "bad_braces", "bad_number", "bad_matching", "partial_credit", "picture_left_out", "empty_text",
        "bad_character", "bad_key", "duplicate_key", "no_question", "unknown_type", "too_many_questions",
    }:  # fmt: skip
        get_template(f"assessment/bank/left_out.html#{code}")
