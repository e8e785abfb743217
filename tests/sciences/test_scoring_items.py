"""Splitting an item: what is asked, what is kept."""

import json
from decimal import Decimal

import pytest
from science_examples import CLOZE_ITEM, EVERY_TYPE, MATCHING, MULTIPLE, ORDERING, SINGLE, TRUTH, item, render

from pintar.sciences.scoring.items import (
    Choice,
    Cloze,
    Matching,
    Number,
    Option,
    Ordering,
    Pair,
    ShortText,
    Truth,
    marks_of,
    split,
)


@pytest.mark.parametrize(
    ("type_", "marks"),
    [
        ("single", 1),
        ("multiple", 3),
        ("truefalse", 1),
        ("matching", 3),
        ("ordering", 4),
        ("short", 1),
        ("number", 1),
        ("cloze", 3),
    ],
)
def test_an_item_has_one_mark_a_part_and_others_have_one(type_, marks):
    asked = next(each for each in EVERY_TYPE if each.type == type_)
    assert marks_of(asked) == marks
    assert split(asked, render)[1]["marks"] == marks


@pytest.mark.parametrize("asked", EVERY_TYPE, ids=lambda asked: asked.type)
def test_both_halves_are_json(asked):
    for half in split(asked, render):
        assert json.loads(json.dumps(half)) == half


@pytest.mark.parametrize("asked", EVERY_TYPE, ids=lambda asked: asked.type)
def test_a_question_has_only_the_fields_of_the_interface(asked):
    question, _ = split(asked, render)
    assert {"id", "type", "stem", "options"} <= set(question) <= {"id", "type", "stem", "options", "left", "gaps"}
    for part in [*question["options"], *question.get("left", [])]:
        assert set(part) == {"id", "html"}
    for gap in question.get("gaps", []):
        assert {"id", "type"} <= set(gap) <= {"id", "type", "options"}


def test_options_keep_the_authors_order_and_numbers():
    question, key = split(SINGLE, render)
    assert question["options"] == [
        {"id": "o1", "html": "<p>satu</p>"},
        {"id": "o2", "html": "<p>dua</p>"},
        {"id": "o3", "html": "<p>tiga</p>"},
        {"id": "o4", "html": "<p>empat</p>"},
    ]
    assert key["right"] == ["o2"]
    assert key["option_feedback"] == {"o4": "<p>Keliru.</p>"}


def test_a_multiple_key_knows_all_options():
    _, key = split(MULTIPLE, render)
    assert key["right"] == ["o1", "o3", "o4"]
    assert key["options"] == ["o1", "o2", "o3", "o4", "o5"]


def test_true_and_false_have_their_own_feedback():
    _, key = split(TRUTH, render)
    assert key["right"] is True
    assert key["option_feedback"] == {"true": "<p>Tepat.</p>", "false": "<p>Keliru.</p>"}


def test_the_right_column_holds_the_distractors_and_its_order_says_nothing():
    question, key = split(MATCHING, render)
    assert [left["id"] for left in question["left"]] == ["l1", "l2", "l3"]
    assert {option["html"] for option in question["options"]} == {
        "<p>Banda Aceh</p>",
        "<p>Denpasar</p>",
        "<p>Jayapura</p>",
        "<p>Ambon</p>",
    }
    shown = {option["id"]: option["html"] for option in question["options"]}
    assert [shown[key["right"][f"l{n}"]] for n in (1, 2, 3)] == [
        "<p>Banda Aceh</p>",
        "<p>Denpasar</p>",
        "<p>Jayapura</p>",
    ]


def test_the_order_of_the_options_does_not_depend_on_the_order_of_the_author():
    there = ("niat", "takbir", "rukuk", "sujud")
    asked = [split(item("ordering", Ordering(order)), render)[0] for order in (there, there[::-1])]
    assert asked[0] == asked[1]
    pairs = (Pair("Aceh", "1"), Pair("Bali", "2"), Pair("Papua", "3"))
    swapped = (Pair("Aceh", "3"), Pair("Bali", "1"), Pair("Papua", "2"))
    asked = [split(item("matching", Matching(each)), render)[0] for each in (pairs, swapped)]
    assert asked[0] == asked[1]


def test_the_neutral_order_differs_from_item_to_item():
    """Else two items with the same texts would give each other away."""
    orders = {
        tuple(o["html"] for o in split(item("ordering", Ordering(tuple("abcd")), key=f"k{n}"), render)[0]["options"])
        for n in range(20)
    }
    assert len(orders) > 1


def test_an_ordering_key_lists_the_ids_in_the_right_order():
    question, key = split(ORDERING, render)
    shown = {option["id"]: option["html"] for option in question["options"]}
    assert [shown[id] for id in key["right"]] == [
        "<p>niat</p>",
        "<p>takbir</p>",
        "<p>rukuk</p>",
        "<p>sujud</p>",
    ]


def test_a_text_that_belongs_to_two_pairs_is_offered_once():
    pairs = (Pair("MI", "dasar"), Pair("MTs", "menengah"), Pair("MA", "menengah"))
    question, key = split(item("matching", Matching(pairs)), render)
    assert len(question["options"]) == 2
    assert key["right"]["l2"] == key["right"]["l3"] != key["right"]["l1"]


def test_a_gap_is_a_span_in_the_rendered_stem():
    question, _ = split(CLOZE_ITEM, render)
    assert question["stem"] == (
        '<p>Lampu <span data-gap="a"></span> menyala hari <span data-gap="b"></span>'
        ' selama <span data-gap="c"></span> jam.</p>'
    )
    assert question["gaps"] == [
        {
            "id": "a",
            "type": "choice",
            "options": [{"id": "o1", "html": "<p>merah</p>"}, {"id": "o2", "html": "<p>hijau</p>"}],
        },
        {"id": "b", "type": "short"},
        {"id": "c", "type": "number"},
    ]


def test_a_gap_survives_a_renderer_that_eats_braces():
    question, _ = split(CLOZE_ITEM, lambda text: render(text.replace("{", "").replace("}", "")))
    assert question["stem"].count("<span data-gap=") == 3


def test_braces_that_are_no_gap_are_left_to_the_renderer():
    asked = item("cloze", Cloze({"a": ShortText(("x",))}), stem=r"{{a}} dan $\frac{{b}}{2}$")
    assert split(asked, render)[0]["stem"] == r'<p><span data-gap="a"></span> dan $\frac{{b}}{2}$</p>'


CANARY = "KENARI"


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("single", Choice((Option("x", True, f"{CANARY}1"), Option("y", False, f"{CANARY}2")))),
        (
            "multiple",
            Choice((Option("x", True, f"{CANARY}1"), Option("y", True), Option("z", False, f"{CANARY}2"))),
        ),
        ("truefalse", Truth(True, f"{CANARY}1", f"{CANARY}2")),
        ("short", ShortText((f"{CANARY}1", f"{CANARY}2"))),
        ("number", Number(Decimal("987654321"), Decimal("123456"), CANARY)),
        (
            "cloze",
            Cloze(
                {
                    "a": Choice((Option("x", True, f"{CANARY}1"), Option("y"))),
                    "b": ShortText((f"{CANARY}2",)),
                    "c": Number(Decimal("987654321"), Decimal("123456"), CANARY),
                }
            ),
        ),
        ("matching", Matching((Pair("x", "1"), Pair("y", "2")))),
        ("ordering", Ordering(("x", "y", "z"))),
    ],
)
def test_nothing_of_the_key_or_the_feedback_is_in_the_question(type_, body):
    asked = item(type_, body, stem="{{a}} {{b}} {{c}}", feedback=f"{CANARY}0")
    question, key = split(asked, render)
    delivered = json.dumps(question)
    assert CANARY not in delivered
    assert "987654321" not in delivered
    assert "123456" not in delivered
    assert not {"right", "correct", "accept", "feedback", "number", "marks"} & _names(question)
    assert CANARY in json.dumps(key)


def test_which_option_is_right_changes_nothing_in_the_question():
    asked = [
        split(item("single", Choice(tuple(Option(text, text == right) for text in "abc"))), render)[0]
        for right in "abc"
    ]
    assert asked[0] == asked[1] == asked[2]


def _names(value):
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in _names(inner)}
    return {name for inner in value for name in _names(inner)} if isinstance(value, list) else set()
