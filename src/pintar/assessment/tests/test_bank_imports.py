"""Questions from files: read, mended, taken in together, told what became of them, taken out again within a day."""

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import xlsxwriter

from pintar.assessment import brought, models
from pintar.assessment.actions import bank as actions
from pintar.assessment.queries import bank as queries
from pintar.assessment.tests import bank
from pintar.courses.queries import Edition
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.sciences.formats import table
from pintar.sciences.formats.reading import Asked

FIVE = "\n\n".join(
    f"{n}. Pertanyaan ke-{n}?\nA. Satu\n{'*' if n != 3 else ''}B. Dua\nC. Tiga\nIndikator: 1" for n in range(1, 6)
)


@pytest.fixture
def author(edition: Edition) -> Person:
    return bank.make_worker("penulis")


def workbook(*rows: list[Any], formula: str = "") -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        sheet.write_row(n, 0, row)
    if formula:
        sheet.write_formula("B2", formula, value="Dua")
    book.close()
    return out.getvalue()


def word_file(*texts: str) -> bytes:
    out = io.BytesIO()
    named = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {named}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def refused(call: Any, *args: Any, **given: Any) -> tuple[str, int]:
    with pytest.raises(Refusal) as caught:
        call(*args, **given)
    return caught.value.code, caught.value.status


def bring(author: Person, now: datetime, text: str = FIVE, name: str = "soal.txt") -> UUID:
    asked = brought.questions(name, text.encode())
    return actions.bring_file(course=bank.SLUG, name=name, asked=asked, by=author.uid, now=now)


def made(author: Person) -> list[models.Item]:
    return list(models.Item.objects.filter(versions__by=author.uid).distinct().order_by("id"))


# --- what a file is ---


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("soal.txt", FIVE.encode()),
        ("soal.docx", word_file(*FIVE.split("\n"))),
        ("soal.xlsx", workbook(["soal", "A", "B", "kunci"], *[[f"Ke-{n}?", "Satu", "Dua", "B"] for n in range(5)])),
        ("soal.csv", b"soal;A;B;kunci\n" + b"Apa?;x;y;A\n" * 5),
        ("soal.gift", b"Apa? {=x ~y}\n\n" * 5),
        ("soal.txt", b"Apa? {=x ~y}\n\n" * 5),
        ("aiken.txt", b"Apa?\nA. x\nB. y\nANSWER: A\n\n" * 5),
        ("moodle.xml", b"<quiz>" + b"<question type='essay'/>" * 5 + b"</quiz>"),
    ],
)
def test_a_file_is_known_by_what_it_holds(name: str, content: bytes) -> None:
    assert len(brought.questions(name, content)) == 5


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.docx", b"", ("file_without_questions", 422)),
        ("x.docx", b"PK\x03\x04 torn", ("file_not_read", 422)),
        ("x.doc", b"\xd0\xcf\x11\xe0 old", ("file_is_old_office", 422)),
        ("x.txt", b"MZ\0\0\0", ("file_not_read", 422)),
        ("x.pdf", b"%PDF-1.7", ("file_not_read", 422)),
        ("x.xml", b"<!DOCTYPE q [<!ENTITY a 'a'>]><quiz>&a;</quiz>", ("file_is_bomb", 422)),
        ("x.xml", b"<html></html>", ("file_without_questions", 422)),
        ("x.csv", b"nama;nip\nSiti;1\n", ("file_without_heading", 422)),
        ("x.xlsx", workbook(["soal", "A"], ["Apa?", ""], formula='=CONCAT("D","ua")'), ("file_has_formula", 422)),
        ("x.txt", b"x" * 5_000_001, ("file_too_large", 413)),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(name: str, content: bytes, code: tuple[str, int]) -> None:
    assert refused(brought.questions, name, content) == code


def test_a_workbook_that_unpacks_to_more_than_it_may_is_refused_before_it_is_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    assert len(out.getvalue()) < 100_000
    assert refused(brought.questions, "x.xlsx", out.getvalue()) == ("file_is_bomb", 422)


# --- into the bank and out again ---


def test_what_is_whole_comes_in_together_and_the_rest_is_told(author: Person, now: datetime) -> None:
    file = bring(author, now)
    page = queries.import_page(bank.SLUG, file, 1, now)
    assert (page.ready, page.broken, page.skipped) == (4, 1, 0)
    assert [each.number for each in page.questions if each.lacks_key] == [3]
    assert made(author) == []
    actions.take_in(file=file, by=author.uid, now=now)
    actions.take_in(file=file, by=author.uid, now=now)
    page = queries.import_page(bank.SLUG, file, 1, now)
    assert (page.kept, page.changed, page.same, page.dropped) == (4, 0, 0, 1)
    items = made(author)
    assert [(i.state, i.number, i.indicator, i.stem) for i in items] == [
        ("draft", 1, "1", f"Pertanyaan ke-{n}?") for n in (1, 2, 4, 5)
    ]
    assert {v.source for v in models.ItemVersion.objects.filter(item__in=items)} == {"soal.txt"}
    assert Event.objects.filter(name="assessment.item_written").count() == 4
    assert Event.objects.filter(name="assessment.questions_taken_in").count() == 1


def test_a_question_is_mended_in_place_and_then_counts_as_changed(author: Person, now: datetime) -> None:
    file = bring(author, now)
    given = {"file": file, "by": author.uid, "now": now}
    fields = {**models.ItemImport.objects.get().questions[2]["fields"], "right": "1"}
    actions.mend_question(place=2, fields=fields, **given)
    actions.mend_question(place=0, skip=True, **given)
    actions.take_in(**given)
    page = queries.import_page(bank.SLUG, file, 1, now)
    assert (page.kept, page.changed, page.dropped) == (3, 1, 1)
    assert refused(actions.mend_question, place=0, skip=False, **given) == ("import_is_over", 409)
    version = models.ItemVersion.objects.get(item__stem="Pertanyaan ke-3?")
    assert [o["correct"] for o in version.content["options"]] == [True, False, False]


def test_an_import_is_undone_within_a_day_but_for_what_was_worked_on(author: Person, now: datetime) -> None:
    file = bring(author, now)
    given = {"file": file, "by": author.uid}
    assert refused(actions.undo_import, now=now, **given) == ("import_not_taken", 409)
    actions.take_in(now=now, **given)
    first, second, *_ = made(author)
    bank.step(first, "submit", author, now)
    bank.write(author, now, bank.text(stem="Diubah?"), item=second.uid, base=1)
    late = now + timedelta(hours=24, seconds=1)
    assert refused(actions.undo_import, now=late, **given) == ("too_late_to_undo", 409)
    for _ in range(2):
        actions.undo_import(now=now + timedelta(hours=24), **given)
    assert [item.pk for item in made(author)] == [first.pk, second.pk]
    assert Event.objects.get(name="assessment.import_undone").payload == {
        "file": str(file), "removed": 2, "stayed": 2,
    }  # fmt: skip
    assert refused(actions.take_in, now=now, **given) == ("import_is_undone", 409)


def test_what_was_exported_comes_in_as_the_same_and_what_was_changed_as_the_next_version(
    author: Person, now: datetime
) -> None:
    for n in (1, 2):
        bank.write(author, now, bank.text(stem=f"Yang ke-{n}?", key=f"ekspor-{n}"))
    text = table.write_csv(queries.exported(bank.SLUG, {"q": "ekspor-"})).text.replace("Yang ke-2?", "Yang kedua?")
    file = bring(author, now, text, "bank.csv")
    actions.take_in(file=file, by=author.uid, now=now)
    numbers = dict(models.Item.objects.filter(key__startswith="ekspor-").values_list("key", "number"))
    assert numbers == {"ekspor-1": 1, "ekspor-2": 2}
    page = queries.import_page(bank.SLUG, file, 1, now)
    assert (page.kept, page.same) == (1, 1)
    actions.undo_import(file=file, by=author.uid, now=now)
    row = models.Item.objects.get(key="ekspor-2")
    assert (row.number, row.stem) == (3, "Yang ke-2?")


def test_the_whole_bank_is_exported_and_read_back_without_a_mistake(author: Person) -> None:
    items = queries.exported(bank.SLUG, {})
    assert len(items) == 56
    back = table.questions(table.read_csv(table.write_csv(items).text), "x.csv")
    assert [each.mistakes for each in back] == [()] * 56


def test_nothing_comes_in_where_nothing_is_whole_and_nobody_else_may(author: Person, now: datetime) -> None:
    file = bring(author, now, "1. Tanpa kunci?\nA. x\nB. y")
    assert refused(actions.take_in, file=file, by=author.uid, now=now) == ("nothing_to_take_in", 422)
    other = bank.make_worker("penguji")
    for call in (actions.take_in, actions.undo_import):
        assert refused(call, file=file, by=other.uid, now=now) == ("author_needed", 403)
        assert refused(call, file=uuid4(), by=author.uid, now=now) == ("unknown_import", 404)
    with pytest.raises(Refusal):
        actions.bring_file(course=bank.SLUG, name="x", asked=[Asked(1, "", None)], by=other.uid, now=now)


def test_many_questions_take_as_many_statements_as_few(
    author: Person, now: datetime, django_assert_max_num_queries: Any
) -> None:
    text = "\n\n".join(f"{n}. Pertanyaan ke-{n}?\nA. Satu\n*B. Dua\nIndikator: 1" for n in range(1, 201))
    file = bring(author, now, text)
    with django_assert_max_num_queries(20):
        actions.take_in(file=file, by=author.uid, now=now)
    assert len(made(author)) == 200
