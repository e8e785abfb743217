"""Marks of answers by type, and of what is no answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from science_examples import (
    CLOZE_ITEM,
    EVERY_TYPE,
    HOSTILE,
    MATCHING,
    MULTIPLE,
    NUMBER,
    ORDERING,
    SHORT,
    SINGLE,
    TRUTH,
    render,
    right_value,
    unhurried,
)

from pintar.sciences.scoring.items import marks_of, split
from pintar.sciences.scoring.marking import Marks, Part, mark, well_formed

BY_TYPE = {asked.type: split(asked, render) for asked in EVERY_TYPE}


def got(asked, value):
    return mark(split(asked, render)[1], value).got


@pytest.mark.parametrize("asked", EVERY_TYPE, ids=lambda asked: asked.type)
def test_the_right_answer_brings_all_marks_and_is_well_formed(asked):
    question, key = split(asked, render)
    value = right_value(question, key)
    marks = mark(key, value)
    assert (marks.got, marks.of) == (marks_of(asked), marks_of(asked))
    assert all(part.right for part in marks.parts)
    assert well_formed(question, value) is None


@pytest.mark.parametrize("asked", EVERY_TYPE, ids=lambda asked: asked.type)
def test_null_is_no_answer_and_allowed(asked):
    question, key = split(asked, render)
    assert mark(key, None) == Marks(0, marks_of(asked))
    assert well_formed(question, None) is None


def test_a_single_choice_is_right_or_not():
    assert [got(SINGLE, id) for id in ("o1", "o2", "o3", "o9", ["o2"], True)] == [0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("value", "marks"),
    [
        ([], 0),
        (["o1"], 1),
        (["o1", "o3"], 2),
        (["o4", "o3", "o1"], 3),
        (["o1", "o3", "o2"], 1),
        (["o1", "o2"], 0),
        (["o2", "o5"], 0),
        (["o1", "o2", "o3", "o4", "o5"], 1),
        (["o1", "o1"], 1),
        (["o1", "o9"], 0),
        (["o1", None], 0),
        ("o1", 0),
        ({"o1": True}, 0),
    ],
)
def test_in_multiple_each_wrong_option_takes_a_mark_away_never_below_nothing(value, marks):
    assert got(MULTIPLE, value) == marks


def test_the_parts_of_a_multiple_answer_are_the_options_taken():
    assert mark(BY_TYPE["multiple"][1], ["o3", "o2"]).parts == (Part("o2", False), Part("o3", True))


def test_true_is_not_one_and_not_a_word():
    assert [got(TRUTH, value) for value in (True, False, 1, 1.0, "true", [True])] == [1, 0, 0, 0, 0, 0]


def test_matching_has_a_mark_a_pair():
    right = BY_TYPE["matching"][1]["right"]
    assert got(MATCHING, {"l1": right["l1"]}) == 1
    assert got(MATCHING, {**right, "l2": right["l1"]}) == 2
    assert got(MATCHING, {**right, "l2": None}) == 2
    assert got(MATCHING, {**right, "l9": "o1"}) == 3
    assert got(MATCHING, list(right.items())) == 0
    assert mark(BY_TYPE["matching"][1], {"l2": right["l2"]}).parts == (
        Part("l1", False),
        Part("l2", True),
        Part("l3", False),
    )


def test_ordering_has_a_mark_a_place():
    first, second, third, fourth = right = BY_TYPE["ordering"][1]["right"]
    assert got(ORDERING, [second, first, third, fourth]) == 2
    assert got(ORDERING, right[::-1]) == 0
    assert got(ORDERING, [first, second]) == 2
    assert got(ORDERING, [None, second]) == 1
    assert got(ORDERING, [*right, "o9"]) == 0


def test_the_same_option_in_every_place_is_worth_nothing():
    first = BY_TYPE["ordering"][1]["right"][0]
    assert got(ORDERING, [first, first, first, first]) == 0


def test_short_text_and_numbers_are_read_with_forbearance():
    assert [got(SHORT, value) for value in (" jakarta. ", "DKI  JAKARTA", "Jakrta", 5)] == [1, 1, 0, 0]
    assert [got(NUMBER, value) for value in ("12,5 jam", "13", "13,01", "12.0", 12.5, 12)] == [
        1,
        1,
        0,
        1,
        0,
        0,
    ]


def test_cloze_has_a_mark_a_gap():
    assert got(CLOZE_ITEM, {"a": "o2", "b": "jumat", "c": "3,0"}) == 3
    assert got(CLOZE_ITEM, {"a": "o1", "b": "jumat"}) == 1
    assert got(CLOZE_ITEM, {"a": ["o2"], "b": {"b": "jumat"}, "c": 3}) == 0
    assert mark(BY_TYPE["cloze"][1], {"b": "Jum’at"}).parts == (
        Part("a", False),
        Part("b", True),
        Part("c", False),
    )


@pytest.mark.parametrize(
    ("type_", "value", "reason"),
    [
        ("single", ["o1"], "wrong_type"),
        ("single", True, "wrong_type"),
        ("single", "o9", "unknown_option"),
        ("multiple", "o1", "wrong_type"),
        ("multiple", [["o1"]], "wrong_type"),
        ("multiple", ["o1", "o9"], "unknown_option"),
        ("multiple", ["o1", "o1"], "too_many"),
        ("multiple", ["o1"] * 1_000_000, "too_many"),
        ("truefalse", 1, "wrong_type"),
        ("truefalse", "true", "wrong_type"),
        ("matching", [["l1", "o1"]], "wrong_type"),
        ("matching", {"l1": 1}, "wrong_type"),
        ("matching", {"l1": "o9"}, "unknown_option"),
        ("matching", {"l9": "o1"}, "unknown_option"),
        ("ordering", ["o1", "o2", "o3", "o4", "o1"], "too_many"),
        ("ordering", ["o1", None], "wrong_type"),
        ("short", 5, "wrong_type"),
        ("short", "a" * 501, "too_long"),
        ("short", "a\x00", "wrong_type"),
        ("short", "\ud83d", "wrong_type"),
        ("number", 12.5, "wrong_type"),
        ("number", "1" * 65, "too_long"),
        ("cloze", "jumat", "wrong_type"),
        ("cloze", {"z": "jumat"}, "unknown_gap"),
        ("cloze", {"a": "o9"}, "unknown_option"),
        ("cloze", {"b": ["jumat"]}, "wrong_type"),
        ("cloze", {"c": "1" * 65}, "too_long"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_with_a_reason_and_worth_less_than_all(type_, value, reason):
    question, key = BY_TYPE[type_]
    assert well_formed(question, value) == reason
    assert mark(key, value).got < mark(key, value).of


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("multiple", []),
        ("matching", {}),
        ("matching", {"l1": None}),
        ("ordering", ["o3"]),
        ("short", ""),
        ("short", "🙂 نصّ"),
        ("number", "bukan angka"),
        ("cloze", {"a": None, "b": ""}),
    ],
)
def test_a_wrong_or_unfinished_answer_is_still_an_answer(type_, value):
    question, key = BY_TYPE[type_]
    assert well_formed(question, value) is None
    assert mark(key, value).got == 0


@unhurried
@given(st.sampled_from(sorted(BY_TYPE)), HOSTILE)
def test_no_value_raises_and_marks_stay_between_nothing_and_all(type_, value):
    question, key = BY_TYPE[type_]
    marks = mark(key, value)
    assert 0 <= marks.got <= marks.of == key["marks"]
    assert well_formed(question, value) in {
        None,
        "wrong_type",
        "unknown_option",
        "unknown_gap",
        "too_long",
        "too_many",
    }


@unhurried
@given(st.lists(st.sampled_from(["o1", "o2", "o3", "o4", "o5"]), unique=True))
def test_marks_of_multiple_are_right_minus_wrong(taken):
    right = {"o1", "o3", "o4"}
    assert got(MULTIPLE, taken) == max(0, len(right & set(taken)) - len(set(taken) - right))


@unhurried
@given(st.permutations(["o1", "o2", "o3", "o4"]))
def test_marks_of_an_order_are_the_places_that_agree(order):
    right = BY_TYPE["ordering"][1]["right"]
    assert got(ORDERING, order) == sum(a == b for a, b in zip(order, right, strict=True))


def test_an_enormous_answer_is_worth_nothing():
    for value in ("9" * 1_000_000, ["o1"] * 500_000):
        for _, key in BY_TYPE.values():
            assert mark(key, value).got == 0
