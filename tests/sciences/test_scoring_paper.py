"""Disguise, draws and the rotation of forms."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from science_examples import (
    CLOZE_ITEM,
    EVERY_TYPE,
    HOSTILE,
    MATCHING,
    ORDERING,
    SINGLE,
    TRUTH,
    render,
    right_value,
    unhurried,
)

from pintar.sciences.scoring.items import split
from pintar.sciences.scoring.marking import mark, well_formed
from pintar.sciences.scoring.paper import REMEDIAL, Seen, disguise, draw, latin, mix, reveal

SEEDS = st.binary(min_size=1, max_size=40)
BY_TYPE = {asked.type: split(asked, render) for asked in EVERY_TYPE}


def as_given(question, hidden, value):
    """The value a person gives who sees the disguise and means the plain `value`: found by what is shown."""
    ids = _by_what_is_shown(question, hidden)
    match question["type"]:
        case "single":
            return ids[value]
        case "multiple" | "ordering":
            return [ids[id] for id in value]
        case "matching":
            return {ids[left]: ids[right] for left, right in value.items()}
        case "cloze":
            gaps = zip(question["gaps"], hidden["gaps"], strict=True)
            within = {plain["id"]: _by_what_is_shown(plain, other) for plain, other in gaps if "options" in plain}
            return {gap: within[gap][given] if gap in within else given for gap, given in value.items()}
        case _:
            return value


def _by_what_is_shown(question, hidden):
    shown = {part["html"]: part["id"] for part in [*hidden["options"], *hidden.get("left", [])]}
    return {part["id"]: shown[part["html"]] for part in [*question["options"], *question.get("left", [])]}


@unhurried
@given(st.sampled_from(sorted(BY_TYPE)), SEEDS)
def test_revealing_undoes_the_disguise(type_, seed):
    question, key = BY_TYPE[type_]
    right = right_value(question, key)
    hidden = disguise(question, seed)
    given_value = as_given(question, hidden, right)
    assert well_formed(hidden, given_value) is None
    assert reveal(question, seed, given_value) == right
    assert mark(key, reveal(question, seed, given_value)).got == key["marks"]


@unhurried
@given(st.sampled_from(sorted(BY_TYPE)), SEEDS)
def test_a_disguise_shows_the_same_texts_and_leaves_the_question_alone(type_, seed):
    question, _ = BY_TYPE[type_]
    before = json.dumps(question)
    hidden = disguise(question, seed)
    assert json.dumps(question) == before
    assert sorted(option["html"] for option in hidden["options"]) == sorted(o["html"] for o in question["options"])
    assert [left["html"] for left in hidden.get("left", [])] == [left["html"] for left in question.get("left", [])]
    assert [gap["id"] for gap in hidden.get("gaps", [])] == [gap["id"] for gap in question.get("gaps", [])]
    assert (hidden["id"], hidden["stem"]) == (question["id"], question["stem"])


def test_ids_are_opaque_and_differ_by_person_and_item():
    question, _ = BY_TYPE["single"]
    hidden = disguise(question, b"one")
    ids = {option["id"] for option in hidden["options"]}
    assert all(len(id) == 10 and id.isalnum() for id in ids)
    assert not ids & {option["id"] for option in question["options"]}
    assert not ids & {option["id"] for option in disguise(question, b"two")["options"]}
    assert not ids & {option["id"] for option in disguise({**question, "id": "ak-02"}, b"one")["options"]}
    assert disguise(question, b"one") == hidden


def test_the_same_option_id_in_two_gaps_has_two_disguises():
    gap = {"type": "choice", "options": [{"id": "o1", "html": "x"}, {"id": "o2", "html": "y"}]}
    question = {
        "id": "q",
        "type": "cloze",
        "stem": "",
        "options": [],
        "gaps": [{"id": "a", **gap}, {"id": "b", **gap}],
    }
    first, second = disguise(question, b"seed")["gaps"]
    assert not {o["id"] for o in first["options"]} & {o["id"] for o in second["options"]}


def test_every_order_of_options_comes_about_equally_often():
    question, _ = BY_TYPE["single"]
    orders = Counter(
        tuple(option["html"] for option in disguise(question, str(number).encode())["options"])
        for number in range(4800)
    )
    assert len(orders) == 24
    # 200 expected of each, standard deviation 13.8: five of them away.
    assert all(130 < times < 270 for times in orders.values())


def test_true_or_false_has_nothing_to_disguise():
    question, _ = split(TRUTH, render)
    assert disguise(question, b"seed") == question


@pytest.mark.parametrize("asked", [SINGLE, MATCHING, ORDERING, CLOZE_ITEM], ids=lambda asked: asked.type)
def test_plain_ids_are_unknown_to_one_who_sees_the_disguise(asked):
    question, key = split(asked, render)
    value = right_value(question, key)
    revealed = reveal(question, b"seed", value)
    typed = {"b": value["b"], "c": value["c"]} if asked is CLOZE_ITEM else None
    assert mark(key, revealed).got == mark(key, typed).got


def test_a_disguise_of_another_person_marks_as_nothing():
    question, key = split(SINGLE, render)
    for option in disguise(question, b"other")["options"]:
        assert mark(key, reveal(question, b"mine", option["id"])).got == 0


@unhurried
@given(st.sampled_from(sorted(BY_TYPE)), HOSTILE)
def test_no_value_raises_when_revealed(type_, value):
    question, key = BY_TYPE[type_]
    revealed = reveal(question, b"seed", value)
    assert 0 <= mark(key, revealed).got <= key["marks"]
    if type_ in ("single", "multiple", "ordering", "matching"):
        assert mark(key, revealed).got == 0


POOLS = st.lists(
    st.builds(
        Seen,
        st.integers(0, 40).map(str),
        st.sampled_from("123"),
        st.integers(0, 3),
        st.none() | st.integers(0, 9),
    ),
    max_size=30,
)
# Mostly fewer than the pool holds, else there is nothing to choose.
COUNTS = st.integers(0, 8) | st.integers(0, 40)


@unhurried
@given(POOLS, COUNTS, SEEDS)
def test_a_draw_never_repeats_and_takes_as_many_as_there_are(pool, count, seed):
    drawn = draw(pool, count, seed)
    ids = {seen.item_id for seen in pool}
    assert len(drawn) == len(set(drawn)) == min(count, len(ids))
    assert set(drawn) <= ids
    assert drawn == draw(pool, count, seed)


@unhurried
@given(POOLS, COUNTS, SEEDS)
def test_a_draw_is_as_even_over_indicators_as_the_pool_allows(pool, count, seed):
    last = {seen.item_id: seen for seen in pool}
    drawn = Counter(last[id].indicator for id in draw(pool, count, seed))
    left = Counter(seen.indicator for seen in last.values())
    left.subtract(drawn)
    # Nobody could give an item to one who has two fewer.
    assert all(drawn[rich] <= drawn[poor] + 1 for rich in drawn for poor in left if left[poor] > 0)


@unhurried
@given(POOLS, COUNTS, SEEDS)
def test_within_an_indicator_the_least_and_longest_ago_seen_come_first(pool, count, seed):
    last = {seen.item_id: seen for seen in pool}
    drawn = set(draw(pool, count, seed))

    def rank(seen):
        return seen.times, -1 if seen.last_order is None else seen.last_order

    for taken in drawn:
        for id, seen in last.items():
            if id not in drawn and seen.indicator == last[taken].indicator:
                assert rank(last[taken]) <= rank(seen)


def test_indicators_share_a_draw_even_where_one_has_been_seen_less():
    pool = [*(Seen(f"a{n}", "1") for n in range(9)), *(Seen(f"b{n}", "2", 3, n) for n in range(2))]
    drawn = draw(pool, 4, b"seed")
    assert sorted(id[0] for id in drawn) == ["a", "a", "b", "b"]
    assert sorted(id[0] for id in draw(pool, 7, b"seed")) == ["a"] * 5 + ["b"] * 2


def test_a_second_quiz_brings_the_items_not_seen_in_the_first():
    pool = [Seen(f"k{n}", "1") for n in range(10)]
    first = draw(pool, 5, b"first")
    seen = [Seen(each.item_id, "1", 1, 1) if each.item_id in first else each for each in pool]
    assert not set(first) & set(draw(seen, 5, b"second"))


def test_the_order_of_the_pool_changes_nothing():
    pool = [Seen(f"k{n}", str(n % 3)) for n in range(12)]
    assert draw(pool, 5, b"seed") == draw(pool[::-1], 5, b"seed")


def test_ties_are_broken_by_the_seed():
    pool = [Seen(f"k{n}", "1") for n in range(10)]
    times = Counter(id for n in range(2000) for id in draw(pool, 5, str(n).encode()))
    # 1,000 expected of each, standard deviation 22.
    assert all(880 < times[f"k{n}"] < 1120 for n in range(10))


FORMS = st.lists(st.text(max_size=3), min_size=1, max_size=8, unique=True)


@unhurried
@given(FORMS, st.integers(-(2**70), 2**70))
def test_a_person_never_meets_a_form_twice(forms, person):
    assert sorted(latin(forms, person, occasion) for occasion in range(len(forms))) == sorted(forms)


@unhurried
@given(FORMS, st.integers(-(2**40), 2**40))
def test_as_many_persons_in_sequence_as_forms_make_a_latin_square(forms, block):
    persons = range(block * len(forms), (block + 1) * len(forms))
    for occasion in range(len(forms)):
        assert sorted(latin(forms, person, occasion) for person in persons) == sorted(forms)


def test_over_many_persons_each_form_follows_each_other_form():
    follows = Counter((latin("ABCDE", person, 0), latin("ABCDE", person, 1)) for person in range(5000))
    assert len(follows) == 20
    # 250 expected of each; five come together.
    assert all(120 < times < 400 for times in follows.values())


def test_five_forms_last_to_the_remedial_and_no_further():
    assert latin("ABCDE", 7, REMEDIAL) in "ABCDE"
    with pytest.raises(ValueError, match="no occasion 5"):
        latin("ABCDE", 7, 5)
    with pytest.raises(ValueError, match="twice"):
        latin("AAB", 7, 0)


@given(st.lists(st.integers(0, 999), unique=True, max_size=12), SEEDS)
def test_pilots_stand_among_the_items_whose_order_they_leave_as_it_is(numbers, seed):
    items, pilots = [f"i{n}" for n in numbers[3:]], [f"p{n}" for n in numbers[:3]]
    mixed = mix(items, pilots, seed)
    assert [item for item in mixed if item not in pilots] == items
    assert sorted(mixed) == sorted(items + pilots)
    assert mixed == mix(items, pilots, seed)


def test_a_pilot_stands_at_every_place_about_equally_often():
    places = Counter(mix("abcd", ["p"], bytes([seed % 256, seed // 256])).index("p") for seed in range(1000))
    assert all(140 < places[place] < 260 for place in range(5))


def test_papers_are_the_same_for_ever():
    """Sittings that are open while the software is renewed rely on this."""
    hidden = disguise(split(SINGLE, render)[0], b"seed")
    assert [option["id"] for option in hidden["options"]] == KEPT_IDS
    assert [latin("ABCDE", 7, occasion) for occasion in range(5)] == list(KEPT_FORMS)


KEPT_IDS = ["3zrhrtzezp", "ifw43wkq2k", "oaa5jhdrsh", "2fp6tl6nja"]
KEPT_FORMS = "AEDCB"
