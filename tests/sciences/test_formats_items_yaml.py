"""Items from YAML: what is read, and every mistake at its line."""

from decimal import Decimal
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from science_examples import unhurried

from pintar.sciences.formats.items_yaml import read
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

HEAD = 'key: ak-01, indicator: "1", stem: Soal'


def mistakes(text):
    return [(each.line, each.code, dict(each.detail)) for each in read(dedent(text), "bank/kuis.yaml").mistakes]


def codes(text):
    return [code for _, code, _ in mistakes(text)]


EVERY_TYPE = """\
- key: ak-01
  indicator: "1"
  type: single
  stem: |
    Bu Aminah menyalin buku.
    Bolehkah?
  options:
    - {text: Ya}
    - {text: "Tidak: harus izin", correct: true, feedback: Benar.}
  feedback: Hak cipta melindungi buku.
- {key: ak-02, indicator: "1", type: multiple, stem: Pilih dua, options: [
    {text: a, correct: true}, {text: b, correct: true}, {text: c, correct: false}]}
- {key: ak-03, indicator: 2, type: truefalse, stem: "Benar?", answer: false}
- key: ak-04
  indicator: "1.10"
  type: matching
  stem: Jodohkan
  pairs: [{left: Aceh, right: Banda Aceh}, {left: Bali, right: Denpasar}]
  distractors: [Ambon]
- {key: ak-05, indicator: "1", type: ordering, stem: Urutkan, order: [niat, takbir, rukuk]}
- {key: ak-06, indicator: "1", type: short, stem: Sebutkan, accept: [no, 12, 2024-01-01]}
- {key: ak-07, indicator: "1", type: number, stem: Berapa, answer: 12.50, tolerance: 0.5, unit: jam}
- key: ak-08
  indicator: "1"
  type: cloze
  stem: "{{a}} lalu {{ b }} lalu {{n}}"
  gaps:
    a: {type: choice, options: [{text: x, correct: true}, {text: y}]}
    b: {type: short, accept: [kata]}
    n: {type: number, answer: -3, tolerance: 0}
"""


def test_every_type_is_read():
    reading = read(EVERY_TYPE, "x.yaml")
    assert reading.mistakes == ()
    assert reading.items == (
        Item(
            "ak-01",
            "1",
            "single",
            "Bu Aminah menyalin buku.\nBolehkah?",
            "Hak cipta melindungi buku.",
            Choice((Option("Ya"), Option("Tidak: harus izin", True, "Benar."))),
            1,
        ),
        Item(
            "ak-02",
            "1",
            "multiple",
            "Pilih dua",
            "",
            Choice((Option("a", True), Option("b", True), Option("c"))),
            11,
        ),
        Item("ak-03", "2", "truefalse", "Benar?", "", Truth(False), 13),
        Item(
            "ak-04",
            "1.10",
            "matching",
            "Jodohkan",
            "",
            Matching((Pair("Aceh", "Banda Aceh"), Pair("Bali", "Denpasar")), ("Ambon",)),
            14,
        ),
        Item("ak-05", "1", "ordering", "Urutkan", "", Ordering(("niat", "takbir", "rukuk")), 20),
        Item("ak-06", "1", "short", "Sebutkan", "", ShortText(("no", "12", "2024-01-01")), 21),
        Item("ak-07", "1", "number", "Berapa", "", Number(Decimal("12.5"), Decimal("0.5"), "jam"), 22),
        Item(
            "ak-08",
            "1",
            "cloze",
            "{{a}} lalu {{ b }} lalu {{n}}",
            "",
            Cloze(
                {
                    "a": Choice((Option("x", True), Option("y"))),
                    "b": ShortText(("kata",)),
                    "n": Number(Decimal(-3), Decimal(0)),
                }
            ),
            23,
        ),
    )


def test_a_byte_order_mark_and_foreign_line_ends_are_no_matter():
    reading = read("\ufeff" + EVERY_TYPE.replace("\n", "\r\n"), "x.yaml")
    assert reading.mistakes == ()
    assert [item.line for item in reading.items] == [1, 11, 13, 14, 20, 21, 22, 23]


def test_all_mistakes_of_a_file_come_at_once_with_their_lines():
    assert mistakes("""\
        - key: ak-01
          indicator: "1"
          type: single
          stem: Satu
          options:
            - {text: a}
            - {text: b}
        - key: ak-01
          type: single
          stem: ""
          hint: x
          options:
            - {text: a, correct: true}
            - text: b
              correct: true
            - {text: a}
            - {correct: 1}
        - key: ak 3
          indicator: "1"
          type: esai
          stem: Tiga
        - key: ak-04
          indicator: "1"
          type: number
          stem: Empat
          answer: 12,5
          tolerance: -1
        - kalimat
        """) == [
        (6, "no_correct_option", {}),
        (8, "missing_field", {"field": "indicator"}),
        (8, "duplicate_key", {"key": "ak-01", "line": 1}),
        (10, "empty_text", {"field": "stem"}),
        (11, "unknown_field", {"field": "hint"}),
        (14, "several_correct_options", {}),
        (16, "duplicate_text", {"text": "a"}),
        (17, "missing_field", {"field": "text"}),
        (17, "bad_boolean", {"field": "correct"}),
        (18, "bad_key", {"key": "ak 3"}),
        (20, "unknown_type", {"type": "esai"}),
        (26, "bad_number", {"field": "answer"}),
        (27, "bad_number", {"field": "tolerance"}),
        (28, "wrong_shape", {"wanted": "mapping"}),
    ]


def test_an_item_with_a_mistake_is_left_out_and_the_others_are_read():
    reading = read(EVERY_TYPE.replace("correct: true, feedback: Benar.", "feedback: Benar."), "x.yaml")
    assert [item.key for item in reading.items] == [f"ak-0{n}" for n in range(2, 9)]
    assert [(each.file, each.line, each.code) for each in reading.mistakes] == [("x.yaml", 8, "no_correct_option")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("type: single, options: [{text: a}, {text: b}]", "no_correct_option"),
        (
            "type: single, options: [{text: a, correct: true}, {text: b, correct: true}]",
            "several_correct_options",
        ),
        ("type: single, options: [{text: a, correct: true}]", "too_few"),
        ("type: single, options: []", "no_correct_option"),
        ("type: single, options: {a: b}", "wrong_shape"),
        ("type: single", "missing_field"),
        ("type: single, options: [{text: a, correct: true}, {text: a}]", "duplicate_text"),
        ("type: single, options: [{text: a, correct: true}, {text: [b]}]", "wrong_shape"),
        ("type: single, options: [{text: a, correct: true}, {text: ~}]", "empty_text"),
        ("type: single, options: [{text: a, correct: true, text: c}, {text: b}]", "duplicate_field"),
        ('type: single, options: [{text: a, correct: "true"}, {text: b, correct: true}]', "bad_boolean"),
        ("type: multiple, options: [{text: a, correct: true}, {text: b}]", "too_few_correct"),
        ("type: truefalse, answer: benar", "bad_boolean"),
        ("type: truefalse, answer: true, options: []", "unknown_field"),
        ("type: matching, pairs: [{left: a, right: b}]", "too_few"),
        ("type: matching, pairs: [{left: a, right: b}, {left: a, right: c}]", "duplicate_text"),
        (
            "type: matching, pairs: [{left: a, right: b}, {left: c, right: d}], distractors: [d]",
            "duplicate_text",
        ),
        ("type: matching, pairs: [{left: a, right: b}, {left: c}]", "missing_field"),
        ("type: ordering, order: [a, a]", "duplicate_text"),
        ("type: ordering, order: a", "wrong_shape"),
        ("type: short, accept: []", "too_few"),
        ("type: short, accept: ['']", "empty_text"),
        (f"type: short, accept: [{'a' * 501}]", "too_long"),
        ("type: number, answer: 1e3", "bad_number"),
        ("type: number, answer: .nan", "bad_number"),
        ("type: number, answer: 12:30", "bad_number"),
        ("type: number, answer: 1, unit: ''", "empty_text"),
        ("type: ''", "empty_text"),
        ("type: [single]", "wrong_shape"),
        ("answer: true", "missing_field"),
        ("type: truefalse, answer: !!python/name:os.system ''", "bad_boolean"),
        ("type: short, accept: [!!binary aGk=]", "wrong_shape"),
        ("type: short, accept: [!ruby/x y]", "wrong_shape"),
        (r'type: short, accept: ["\ud800"]', "bad_character"),
        (r'type: short, accept: ["a\0b"]', "bad_character"),
    ],
)
def test_a_mistake_in_an_item_has_its_code(body, code):
    assert code in codes(f"- {{{HEAD}, {body}}}")


@pytest.mark.parametrize(
    ("stem", "gaps", "expected"),
    [
        ("{{a}} {{b}}", "a: {type: short, accept: [x]}", [("unknown_gap", {"gap": "b"})]),
        ("kosong", "a: {type: short, accept: [x]}", [("gap_not_in_stem", {"gap": "a"})]),
        ("{{a}} {{a}}", "a: {type: short, accept: [x]}", [("gap_repeated", {"gap": "a"})]),
        ("{{a}}", "a: {type: esai}", [("unknown_gap_type", {"gap": "a", "type": "esai"})]),
        ("{{a}}", "a: {accept: [x]}", [("missing_field", {"field": "type"})]),
        ("{{a}}", "a: {type: choice, options: [{text: x}, {text: y}]}", [("no_correct_option", {})]),
        ("{{a}}", "a: {type: number, answer: x}", [("bad_number", {"field": "answer"})]),
        ("{{a}}", "a: {type: short, accept: [x], hint: y}", [("unknown_field", {"field": "hint"})]),
        (
            "x",
            "a b: {type: short, accept: [x]}",
            [("bad_gap_name", {"gap": "a b"}), ("gap_not_in_stem", {"gap": "a b"})],
        ),
        ("x", "", [("too_few", {"field": "gaps", "least": 1})]),
    ],
)
def test_gaps_and_stem_must_agree(stem, gaps, expected):
    text = f'- {{key: a, indicator: "1", type: cloze, stem: "{stem}", gaps: {{{gaps}}}}}'
    assert [(code, detail) for _, code, detail in mistakes(text)] == expected


def test_a_gap_may_be_called_like_a_truth_value():
    (item,) = read(
        '- {key: a, indicator: "1", type: cloze, stem: "{{y}}", gaps: {y: {type: short, accept: [x]}}}', "x"
    ).items
    assert list(item.body.gaps) == ["y"]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "no_items"),
        ("# hanya catatan\n", 1, "no_items"),
        ("[]", 1, "no_items"),
        ("key: a", 1, "not_a_list"),
        ("- a: [\n- b", 2, "not_yaml"),
        ("- a\n-b: c\n  : :\n\tx", 2, "not_yaml"),
        ("- a\n---\n- b", 2, "not_yaml"),
        ("- &x a\n- *x", 1, "alias"),
        ("- a\n- b\n- *x", 3, "alias"),
        ("a: &a [x]\nb: *a", 1, "alias"),
        ("\n" + "[" * 100_000, 2, "too_deep"),
        ("{a: " * 100_000, 1, "too_deep"),
        ("- " * 10_000 + "a", 1, "too_deep"),
        ("- a\n- \x07", 2, "bad_character"),
        ("- \ud800", 1, "bad_character"),
        ("- " + "a" * 1_000_000, 1, "too_large"),
        ("- " + "🙂" * 250_000, 1, "too_large"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(text, line, code):
    reading = read(text, "x.yaml")
    assert reading.items == ()
    assert [(each.line, each.code) for each in reading.mistakes] == [(line, code)]


def test_an_escape_beyond_unicode_is_no_accident():
    assert codes(r'- "\UFFFFFFFF"') == ["not_yaml"]


def test_a_bomb_of_aliases_is_refused_at_once():
    levels = "\n".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert codes(f'a: &a ["lol"]\n{levels}') == ["alias"]


FRAGMENTS = st.sampled_from(
    [
        *EVERY_TYPE.splitlines(keepends=True),
        "- ",
        "  ",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "\n",
        '"',
        "'",
        "|",
        "&a ",
        "*a",
        "!!x ",
        "? ",
        "<<: ",
        "#",
        "~",
        "\t",
        "\\U",
        "%",
        "@",
        "---\n",
        "\u2028",
        "\ufeff",
    ]
)


@unhurried
@given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=40).map("".join))
def test_no_text_raises_and_lines_lie_in_the_file(text):
    reading = read(text, "x.yaml")
    last = text.count("\n") + 1
    assert all(1 <= each.line <= last for each in (*reading.items, *reading.mistakes))
    assert reading.items or reading.mistakes
