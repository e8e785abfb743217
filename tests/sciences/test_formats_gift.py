"""Moodle's GIFT.

The samples under gift/ are those of fuhrmanator/GIFT-grammar-PEG.js (commit 84236c6, MIT, see gift/LICENSE), each
with the parse that it expects.
"""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from science_examples import render, right_value, unhurried

from pintar.sciences.formats.gift import read
from pintar.sciences.items import Choice, Matching, Number, Option, Pair, ShortText, Truth
from pintar.sciences.scoring.items import split
from pintar.sciences.scoring.marking import mark

SAMPLES = sorted(Path(__file__).with_name("gift").glob("*.gift"))


def one(text):
    (item,) = read(text, "x.gift").items
    return item


def codes(text):
    return [each.code for each in read(text, "x.gift").mistakes]


# --- the samples, judged by their own JSON ---


def test_all_samples_are_here():
    assert len(SAMPLES) == 32


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_reads_as_its_json_says(sample):
    expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    reading = read(sample.read_text(encoding="utf-8"), sample.name)
    asked = [each for each in expected if each["type"] in ("MC", "TF", "Short")]
    passed_over = [each for each in expected if each["type"] in ("Essay", "Description")]
    assert [_read(item) for item in reading.items] == [_expected(each) for each in asked]
    noted = [each for each in reading.mistakes if each.code == "not_supported"]
    assert [(each.detail["what"], _bare(each.detail["text"])) for each in noted] == [
        (each["type"].lower(), _bare(each["stem"]["text"])[:80]) for each in passed_over
    ]
    assert {each.code for each in reading.mistakes} <= {"not_supported", "no_items"}


def _read(item):
    match item.body:
        case Choice(options):
            answers = [(_bare(option.text), option.correct, _bare(option.feedback)) for option in options]
        case Truth(answer, if_true, if_false):
            # The JSON names the feedback by position; Moodle's first is for those who answer wrongly.
            given = (if_false, if_true) if answer else (if_true, if_false)
            answers = [answer, *(_bare(feedback) for feedback in given)]
        case ShortText(accept):
            answers = [_bare(text) for text in accept]
    return _bare(item.stem), answers, _bare(item.feedback)


def _expected(question):
    match question["type"]:
        case "MC":
            answers = [
                (
                    _text(choice["text"]),
                    choice["isCorrect"] or (choice["weight"] or 0) > 0,
                    _text(choice["feedback"]),
                )
                for choice in question["choices"]
            ]
        case "TF":
            answers = [question["isTrue"], _text(question["trueFeedback"]), _text(question["falseFeedback"])]
        case "Short":
            answers = [_text(choice["text"]) for choice in question["choices"]]
    return _text(question["stem"]), answers, _text(question["globalFeedback"])


def _text(node):
    if node is None:
        return ""
    if node["format"] != "html":
        return _bare(node["text"])
    return _bare(re.sub(r"</?(b|em)>", lambda tag: "**" if tag[1] == "b" else "_", node["text"]))


def _bare(text):
    """Without tags and spaces: the other parser puts a space after an embedded blank, Moodle does not."""
    return re.sub(r"<[a-z/][^>]*>|\s", "", text)


@pytest.mark.parametrize("name", ["category1", "categorySpecialCharacter"])
def test_a_sample_category_becomes_the_indicator(name):
    sample = Path(__file__).with_name("gift") / f"{name}.gift"
    (expected,) = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    assert one(sample.read_text(encoding="utf-8") + "\n\nBenar? {T}").indicator == expected["title"]


def test_a_sample_id_becomes_the_key():
    text = (Path(__file__).with_name("gift") / "tag_id_and_two_tags.gift").read_text(encoding="utf-8")
    assert one(text.replace("{}", "{T}")).key == "393"


# --- types ---


def test_single_choice_with_feedback_and_general_feedback():
    item = one("Ibu kota? {=Jakarta#Tepat. ~Bandung#Bukan. ~Medan ####Sejak 1945.}")
    assert (item.type, item.stem, item.feedback) == ("single", "Ibu kota?", "Sejak 1945.")
    assert item.body == Choice((Option("Jakarta", True, "Tepat."), Option("Bandung", False, "Bukan."), Option("Medan")))


def test_weights_above_nothing_are_right_in_multiple():
    item = one("Pilih {~%50%a ~%50%b ~%-100%c ~d}")
    assert item.type == "multiple"
    assert [option.correct for option in item.body.options] == [True, True, False, False]


def test_one_weight_above_nothing_is_a_single_choice():
    assert one("Pilih {~%100%a ~%0%b ~c}").type == "single"


def test_a_partly_right_option_beside_a_right_one_counts_as_wrong_and_is_noted():
    reading = read("Di mana? {~Yerusalem ~%25%Betlehem =Nazaret}", "x.gift")
    assert [option.correct for option in reading.items[0].body.options] == [False, False, True]
    assert [(m.code, dict(m.detail)) for m in reading.mistakes] == [
        ("partial_credit", {"text": "Betlehem", "weight": "25"})
    ]


@pytest.mark.parametrize(("word", "answer"), [("T", True), ("TRUE", True), ("F", False), ("FALSE", False)])
def test_true_and_false(word, answer):
    assert one(f"Benar? {{{word}}}").body == Truth(answer)


def test_the_first_feedback_of_true_or_false_is_for_the_wrong_answer():
    assert one("x {TRUE#keliru#tepat####umum}").body == Truth(True, if_true="tepat", if_false="keliru")
    assert one("x {FALSE#keliru#tepat}").body == Truth(False, if_true="keliru", if_false="tepat")
    assert one("x {TRUE#keliru#tepat####umum}").feedback == "umum"


def test_true_in_small_letters_is_a_short_answer():
    assert one("x {true}").body == ShortText(("true",))


def test_short_answers_take_the_full_ones_only():
    reading = read("x {=Nazaret#Ya. =%100%Nasaret =%50%Nazarat}", "x.gift")
    assert reading.items[0].body == ShortText(("Nazaret", "Nasaret"))
    assert reading.items[0].feedback == "Ya."
    assert [m.code for m in reading.mistakes] == ["partial_credit"]


def test_matching_with_a_distractor():
    item = one("Jodohkan {=Aceh -> Banda Aceh =Bali -> Denpasar = -> Ambon ####umum}")
    assert item.body == Matching((Pair("Aceh", "Banda Aceh"), Pair("Bali", "Denpasar")), ("Ambon",))
    assert item.feedback == "umum"


@pytest.mark.parametrize(
    ("answers", "number"),
    [
        ("#1822", Number(Decimal(1822), Decimal(0))),
        ("#3.14159:0.0005", Number(Decimal("3.14159"), Decimal("0.0005"))),
        ("#1..5", Number(Decimal(3), Decimal(2))),
        ("#3.141..3.142", Number(Decimal("3.1415"), Decimal("0.0005"))),
        ("#5..1", Number(Decimal(3), Decimal(2))),
        ("#-2:1", Number(Decimal(-2), Decimal(1))),
        ("#=%100%12:1.0E-2#Ya. ~#Bukan.", Number(Decimal(12), Decimal("0.01"))),
    ],
)
def test_numbers_with_tolerance_or_range(answers, number):
    item = one(f"Berapa? {{{answers}}}")
    assert (item.type, item.body) == ("number", number)


def test_a_nearly_right_number_is_noted():
    reading = read("Lahir? {# =1822:0#Tepat. =%50%1822:2#Hampir. }", "x.gift")
    assert reading.items[0].body == Number(Decimal(1822), Decimal(0))
    assert reading.items[0].feedback == "Tepat."
    assert [m.code for m in reading.mistakes] == ["partial_credit"]


# --- text ---


def test_escaped_signs_are_plain_signs():
    item = one(r"::a\:b:: 2 \= 2 \{x\} \~ \# \: \\ \n akhir {=\=1\#\~ ~\{\}}")
    assert item.stem == "2 = 2 {x} ~ # : \\ \n akhir"
    assert [option.text for option in item.body.options] == ["=1#~", "{}"]


def test_html_becomes_markdown():
    item = one(
        '[html]<p>Baca <b>ini</b> &amp; <a href\\="https\\://x.id/a">itu</a></p><ul><li>a</li><li>b*c</li></ul>{T}'
    )
    assert item.stem == "Baca **ini** & [itu](https://x.id/a)\n\n- a\n- b\\*c"


def test_script_and_other_tags_leave_only_words():
    assert "<" not in one('[html]<script>x()</script><p onclick\\="y()">z</p>{T}').stem.replace("\\<", "")


def test_a_link_to_anything_but_the_web_is_none():
    assert one('[html]<a href\\="javascript\\:x()">z</a>{T}').stem == "z"


def test_moodle_text_with_tags_is_html_and_without_is_taken_as_it_is():
    assert one("Ini <b>tebal</b>{T}").stem == "Ini **tebal**"
    assert one("Ini *miring* 1 < 2{T}").stem == "Ini *miring* 1 < 2"


def test_plain_text_shows_itself():
    assert one("[plain]*a* _b_ $x_1$ <i>{T}").stem == r"\*a\* \_b\_ $x_1$ \<i\>"
    assert one(r"[plain]1. a\n# b\n- c{T}").stem == "1\\. a\n\\# b\n\\- c"


def test_answers_inherit_the_format_of_the_stem():
    item = one("[html]x{=<b>a</b> ~[plain]*b*}")
    assert [option.text for option in item.body.options] == ["**a**", r"\*b\*"]


def test_formulas_between_brackets_get_dollars():
    assert one(r"Hitung \(x^2\)!{T}").stem == "Hitung $x^2$!"


def test_a_picture_leaves_its_alternative_text_and_a_note():
    reading = read('[html]Lihat <img src\\="@@PLUGINFILE@@/a.png" alt\\="Peta Aceh">{T}', "x.gift")
    assert reading.items[0].stem == "Lihat Peta Aceh"
    assert [m.code for m in reading.mistakes] == ["picture_left_out"]


# --- files ---


def test_keys_come_from_ids_titles_or_numbers_and_are_unique():
    text = "a{T}\n\n::Soal 1::b{T}\n\n::Soal 1::c{T}\n\n// [id:77]\n::Soal 1::d{T}\n\n::نص::e{T}"
    assert [item.key for item in read(text, "bank/Kuis Fikih.gift").items] == [
        "Kuis-Fikih-01",
        "Soal-1",
        "Soal-1-2",
        "77",
        "Kuis-Fikih-05",
    ]


def test_a_category_holds_until_the_next():
    text = "a{T}\n\n$CATEGORY: $course$/Fikih\n\nb{T}\n\nc{T}\n\n$CATEGORY: Akidah\nd{T}"
    assert [item.indicator for item in read(text, "x.gift").items] == [
        "",
        "$course$/Fikih",
        "$course$/Fikih",
        "Akidah",
    ]


def test_comments_do_not_count_but_lines_do():
    text = "\ufeff// satu\r\n\r\n// dua\r\nBenar?\r\n// tiga\r\n{T}\r\n\r\nSalah? {"
    reading = read(text, "x.gift")
    assert [(item.line, item.stem) for item in reading.items] == [(4, "Benar?")]
    assert [(m.file, m.line, m.code) for m in reading.mistakes] == [("x.gift", 8, "bad_braces")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ceritakan. {}", "not_supported"),
        ("Ceritakan. {####umum}", "not_supported"),
        ("Hanya kalimat.", "not_supported"),
        ("x {#=1 =2}", "not_supported"),
        ("x {#*}", "bad_number"),
        ("x {#1:-1}", "bad_number"),
        ("x {#dua}", "bad_number"),
        ("x {#}", "no_correct_option"),
        ("x {~a ~b}", "no_correct_option"),
        ("x {=%50%a}", "no_correct_option"),
        ("x {=a ~a}", "duplicate_text"),
        ("x {=a ~}", "empty_text"),
        ("x {~%100%a}", "too_few"),
        ("x {=a->b}", "too_few"),
        ("x {=a->b =c->}", "empty_text"),
        ("x {=a->b =c}", "bad_matching"),
        ("x {T", "bad_braces"),
        ("x T}", "bad_braces"),
        ("x {a{b}}", "bad_braces"),
        ("x {=a} y {=b}", "bad_braces"),
        ("{T}", "empty_text"),
        ("// [id:a b]\nx {T}", "bad_key"),
        ("// [id:1]\nx {T}\n\n// [id:1]\ny {T}", "duplicate_key"),
        ("x\x00 {T}", "bad_character"),
        ("x\ud800 {T}", "bad_character"),
        ("x\ufdd0 {T}", "bad_character"),
        ("x" * 10_001 + "{T}", "too_long"),
        ("x" * 1_000_001, "too_large"),
        ("", "no_items"),
    ],
)
def test_what_cannot_be_an_item_is_noted(text, code):
    assert codes(text) == [code]


def test_a_question_that_cannot_be_read_does_not_stop_the_others():
    reading = read("a {}\n\nb {T}\n\nc {\n\nd {F}", "x.gift")
    assert [item.stem for item in reading.items] == ["b", "d"]
    assert [(m.line, m.code) for m in reading.mistakes] == [(1, "not_supported"), (5, "bad_braces")]


PIECES = st.sampled_from(
    [
        *"{}=~#%T\\\n$\ufeff\ufdd2",
        *("####", "->", "::", "%50%", "%-5%", "FALSE", "\\n", "\n\n", "//", "[id:1]", "$CATEGORY:", "[html]"),
        *("[plain]", "[markdown]", "<b>", "</a>", "<a href=http://x>", "<!--", "&lt;", "1..2", "3:", "_____"),
        *("..", "{#", "{T}", "{=a ~b}", "{=a}", "{=a->b =c->d}", "{#1}", "soal "),
    ]
)


@unhurried
@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join))
def test_no_text_raises_and_every_item_can_be_asked_and_marked(text):
    reading = read(text, "x.gift")
    assert reading.items or reading.mistakes
    last = len(re.split(r"\r\n|\r|\n", text))
    assert all(1 <= each.line <= last for each in (*reading.items, *reading.mistakes))
    assert len({item.key for item in reading.items}) == len(reading.items)
    for item in reading.items:
        question, key = split(item, render)
        marks = mark(key, right_value(question, key))
        assert marks.of >= 1
        if item.type != "short":
            assert marks.got == marks.of
