"""Questions from Word, Aiken, spreadsheets and Moodle XML; and what is exported comes back the same."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from science_examples import unhurried

from pintar.sciences.formats import gift, gift_writing, moodle_xml, numbered, table, word
from pintar.sciences.formats.reading import Asked
from pintar.sciences.formats.xml_nodes import Unreadable, parse
from pintar.sciences.items import (
    Choice,
    Cloze,
    Item,
    Matching,
    Number,
    Option,
    Ordering,
    Pair,
    ShortText,
    Truth,
)

TEACHERS = """1. Bangun mana yang punya enam sisi?
A. Bola
*B. Kubus
C. Kerucut
Pembahasan: Hitung sisinya.
Indikator: 2

2) Ibu kota Jawa Barat?
a) Bandung
b) Semarang
Kunci: A

3. Bilangan prima?
A. 2
B. 3
C. 4
Kunci: A, B

4. Bumi itu datar.
A. Benar
B. Salah
Jawaban: B

5. Sebutkan ibu kota Indonesia.
Kunci: Jakarta; DKI Jakarta
"""


def bodies(found: tuple[Asked, ...]) -> list[object]:
    return [each.item.body if each.item else None for each in found]


def codes(found: tuple[Asked, ...]) -> list[list[str]]:
    return [[mistake.code for mistake in each.mistakes] for each in found]


# --- as teachers write ---


def test_numbered_questions_with_stars_letters_and_words_as_keys() -> None:
    found = numbered.questions(numbered.lines_of(TEACHERS), "soal.txt")
    assert codes(found) == [[], [], [], [], []]
    assert [each.line for each in found] == [1, 8, 13, 19, 24]
    assert bodies(found) == [
        Choice((Option("Bola"), Option("Kubus", True), Option("Kerucut"))),
        Choice((Option("Bandung", True), Option("Semarang"))),
        Choice((Option("2", True), Option("3", True), Option("4"))),
        Truth(False),
        ShortText(("Jakarta", "DKI Jakarta")),
    ]
    first = found[0].item
    assert first and (first.stem, first.feedback, first.indicator) == (
        "Bangun mana yang punya enam sisi?", "Hitung sisinya.", "2",
    )  # fmt: skip


def test_aiken_is_the_same_without_numbers() -> None:
    text = "Apa itu LMS?\nA. Sistem\nB. Mesin\nANSWER: A\n\nApa itu CMS?\nA) Isi\nB) Es\nANSWER: B\n"
    found = numbered.questions(numbered.lines_of(text), "aiken.txt")
    assert codes(found) == [[], []]
    assert [each.item.stem for each in found if each.item] == ["Apa itu LMS?", "Apa itu CMS?"]
    assert bodies(found)[1] == Choice((Option("Isi"), Option("Es", True)))


def test_a_question_without_a_key_is_kept_to_be_mended_and_the_next_is_read() -> None:
    text = "1. Tanpa kunci?\nA. x\nB. y\n\n2. Kunci salah?\nA. x\nB. y\nKunci: D\n\n3. Baik?\nA. x\n*B. y\n"
    found = numbered.questions(numbered.lines_of(text), "x")
    assert codes(found) == [["no_correct_option"], ["unknown_key", "no_correct_option"], []]
    assert all(each.item for each in found)


def test_a_stem_and_an_option_may_go_on_in_the_next_line() -> None:
    text = "1. Bacalah cerita ini.\nSiapa yang datang?\nA. Bu guru\ndari kota\n*B. Pak lurah"
    (found,) = numbered.questions(numbered.lines_of(text), "x")
    assert found.item and found.item.stem == "Bacalah cerita ini.\n\nSiapa yang datang?"
    assert found.item.body == Choice((Option("Bu guru dari kota"), Option("Pak lurah", True)))


def test_where_every_option_is_bold_none_is_the_key() -> None:
    lines = [numbered.Line(1, "1. Apa?"), numbered.Line(2, "A. x", True), numbered.Line(3, "B. y", True)]
    assert codes(numbered.questions(lines, "x")) == [["no_correct_option"]]


def test_lines_that_belong_to_no_question_are_told() -> None:
    found = numbered.questions(numbered.lines_of("A. yatim\n\n1. Apa?\nA. x\n*B. y"), "x")
    assert codes(found) == [["no_question"], []]


@unhurried
@given(st.text(alphabet="1.AB)*:\n Kunci", max_size=120))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for each in numbered.questions(numbered.lines_of(text), "x"):
        assert each.item or each.mistakes


# --- Word ---

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def paragraph(text: str, *, bold: bool = False, level: str = "", of: str = "1", off: bool = False) -> str:
    number = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{of}"/></w:numPr></w:pPr>' if level else ""
    mark = '<w:rPr><w:b w:val="0"/></w:rPr>' if off else "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:p>{number}<w:r>{mark}<w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def docx(*paragraphs: str, numbering: str = "", body: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = body or f"<w:document {W}><w:body>{''.join(paragraphs)}</w:body></w:document>"
        archive.writestr("word/document.xml", whole)
        if numbering:
            archive.writestr("word/numbering.xml", f"<w:numbering {W}>{numbering}</w:numbering>")
    return out.getvalue()


def test_a_word_file_with_typed_numbers_has_its_key_in_bold() -> None:
    content = docx(
        paragraph("1. Bangun mana yang punya enam sisi?", bold=True),
        paragraph("A. Bola"),
        paragraph("B. Kubus", bold=True),
        paragraph("C. Kerucut", off=True),
    )
    (found,) = numbered.questions(word.lines(content), "soal.docx")
    assert found.mistakes == ()
    assert found.item and found.item.body == Choice((Option("Bola"), Option("Kubus", True), Option("Kerucut")))


def test_automatic_numbers_of_word_stand_in_no_text_and_are_read_all_the_same() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="upperLetter"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    )
    one = (paragraph("Satu?", level="0"), paragraph("x", level="0", of="2"), paragraph("*y", level="0", of="2"))
    two = (paragraph("Dua?", level="0"), paragraph("x", level="1", bold=True), paragraph("y", level="1"))
    found = numbered.questions(word.lines(docx(*one, *two, numbering=numbering)), "x")
    assert codes(found) == [[], []]
    assert bodies(found) == [Choice((Option("x"), Option("y", True))), Choice((Option("x", True), Option("y")))]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_word"),
        (b"PK\x03\x04 torn", "not_word"),
        (docx(body=BOMB), "document_type"),
        (docx(body="<w:document>"), "not_xml"),
        (docx(body="<a>" * 80 + "</a>" * 80), "too_deep"),
        (docx(body="<a>" + " " * 30_000_000 + "</a>"), "too_large"),
    ],
    ids=["empty", "torn", "entity bomb", "cut off", "deep", "zip bomb"],
)
def test_a_file_that_is_no_word_file_or_a_bomb_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        word.lines(content)
    assert caught.value.code == code


def test_an_external_entity_is_never_asked_for() -> None:
    with pytest.raises(Unreadable, match="document_type"):
        parse(b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>')


# --- tables ---


def test_a_row_a_question_with_letters_numbers_words_and_truths_as_keys() -> None:
    rows = [
        ["Soal", "A", "B", "C", "Kunci", "Indikator", "Pembahasan"],
        ["Enam sisi?", "Bola", "Kubus", "", "B", "1", "Hitung"],
        ["Prima?", 2.0, 3.0, 4.0, "A,B", 1.0, None],
        ["Bumi datar.", "", "", "", "salah", "", ""],
        ["Berapa 5 : 2?", "", "", "", 2.5, "", ""],
        [],
        ["Ibu kota?", "", "", "", "Jakarta; DKI Jakarta", "", ""],
        ["Tanpa kunci?", "x", "y", "", "", "", ""],
    ]
    found = table.questions(rows, "soal.xlsx")
    assert [each.line for each in found] == [2, 3, 4, 5, 7, 8]
    assert bodies(found)[:5] == [
        Choice((Option("Bola"), Option("Kubus", True))),
        Choice((Option("2", True), Option("3", True), Option("4"))),
        Truth(False),
        Number(Decimal("2.5")),
        ShortText(("Jakarta", "DKI Jakarta")),
    ]
    assert codes(found) == [[], [], [], [], [], ["no_correct_option"]]
    assert found[1].item and found[1].item.indicator == "1"


def test_a_table_without_its_headings_is_told_which_it_needs() -> None:
    (found,) = table.questions([["Nama", "NIP"], ["Siti", "1"]], "x.xlsx")
    assert (found.item, codes((found,))) == (None, [["no_heading"]])
    assert table.questions([], "x") == ()


@unhurried
@given(
    st.lists(st.lists(st.one_of(st.none(), st.text(max_size=9), st.floats(), st.booleans()), max_size=5), max_size=5)
)
def test_no_cell_makes_the_table_fail(rows: list[list[object]]) -> None:
    table.questions([["soal", "A", "B", "kunci", "jenis"], *rows], "x")


# --- out and back ---

ITEMS = (
    Item("s-1", "1.1", "single", "Apa {itu} = ~ini~?\n\nBaris *dua* $x^2$", "Karena: #1",
         Choice((Option("Ya", True, "Betul"), Option("-Bukan"), Option("=Entah", False, "Hm: {x}"))), 0),
    Item("s-2", "", "multiple", "Mana saja?", "",
         Choice((Option("a", True), Option("b", True), Option("c", True), Option("d"))), 0),
    Item("s-3", "2", "truefalse", "Bumi bulat.", "Ya.", Truth(True, "Betul", "Lihat lagi"), 0),
    Item("s-4", "2", "short", "Ibu kota?", "", ShortText(("Jakarta", "DKI Jakarta")), 0),
    Item("s-5", "2", "number", "Berapa?", "", Number(Decimal("12.50"), Decimal("0.5")), 0),
    Item("s-6", "2", "matching", "Pasangkan", "", Matching((Pair("a", "1"), Pair("b", "2")), ("3",)), 0),
    Item("s-7", "2", "ordering", "Urutkan", "", Ordering(("satu", "dua <b>", "tiga & empat")), 0),
    Item("s-8", "2", "number", "Berapa kilo?", "", Number(Decimal(3), Decimal(0), "kg"), 0),
    Item("s-9", "2", "cloze", "Isi {{a}} {{b}}", "", Cloze({"a": ShortText(("x",)), "b": Number(Decimal(2))}), 0),
)  # fmt: skip


def back(found: tuple[Asked, ...]) -> list[Item]:
    assert codes(found) == [[] for _ in found]
    return [replace(each.item, line=0) for each in found if each.item]


def test_gift_comes_back_the_same_and_names_what_it_cannot_hold() -> None:
    written = gift_writing.write(ITEMS)
    assert written.left_out == ("s-7", "s-8", "s-9")
    assert back(gift.questions(written.text, "x.gift")) == list(ITEMS[:6])


def test_moodle_xml_comes_back_the_same_and_names_what_it_cannot_hold() -> None:
    written = moodle_xml.write(ITEMS)
    assert written.left_out == ("s-9",)
    assert back(moodle_xml.questions(written.text.encode(), "x.xml")) == list(ITEMS[:8])


def test_csv_comes_back_the_same_whatever_the_type_and_runs_in_no_spreadsheet() -> None:
    written = table.write_csv(ITEMS)
    assert written.left_out == ()
    assert back(table.questions(table.read_csv(written.text), "x.csv")) == list(ITEMS)
    cells = [cell for row in table.read_csv(written.text.replace("'", "\0")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=15).filter(
    lambda text: text.strip() == text and text
)


@unhurried
@given(st.lists(TEXT, min_size=3, max_size=5, unique_by=lambda text: " ".join(text.split())), TEXT, TEXT)
def test_any_words_come_back_the_same_or_are_named(options: list[str], stem: str, feedback: str) -> None:
    item = Item("k", "1", "single", stem, feedback, Choice(tuple(Option(o, n == 1) for n, o in enumerate(options))), 0)
    for written, found in (
        (gift_writing.write([item]), lambda text: gift.questions(text, "x.gift")),
        (moodle_xml.write([item]), lambda text: moodle_xml.questions(text.encode(), "x.xml")),
    ):
        assert written.left_out == ("k",) or back(found(written.text)) == [item]
    assert back(table.questions(table.read_csv(table.write_csv([item]).text), "x.csv")) == [item]


# --- Moodle's own ---


def test_moodles_html_partial_credit_and_unknown_types_are_told() -> None:
    content = """<?xml version="1.0"?><quiz>
      <question type="category"><category><text>$course$/Bank/2.1</text></category></question>
      <question type="multichoice"><name><text>a</text></name>
        <questiontext format="html">
        <text><![CDATA[<p>Apa <b>ini</b>?</p><img src="x.png" alt="Peta">]]></text></questiontext>
        <single>true</single>
        <answer fraction="100"><text>Ya</text></answer><answer fraction="50"><text>Agak</text></answer>
      </question>
      <question type="essay"><questiontext><text>Uraikan</text></questiontext></question>
    </quiz>"""
    one, two = moodle_xml.questions(content.encode(), "x.xml")
    assert one.item and (one.item.indicator, one.item.stem) == ("2.1", "Apa **ini**?\n\nPeta")
    assert codes((one, two)) == [["partial_credit", "picture_left_out"], ["not_supported"]]
    assert (one.line, two.item, two.text) == (3, None, "Uraikan")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "not_xml"), (b"<quiz>", "not_xml"), (BOMB.encode(), "document_type"), (b"<html/>", "no_questions")],
)
def test_what_is_no_moodle_xml_is_told(content: bytes, code: str) -> None:
    assert codes(moodle_xml.questions(content, "x.xml")) == [[code]]


@unhurried
@given(st.binary(max_size=60))
def test_no_bytes_make_the_xml_reader_fail(content: bytes) -> None:
    assert moodle_xml.questions(content, "x.xml")
