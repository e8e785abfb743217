"""Items as fields of a form, and as JSON: what goes in comes out, and what is wrong is said at its field."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from science_examples import unhurried

from pintar.sciences.formats import items_form, items_json
from pintar.sciences.items import (
    ITEM_TYPES,
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

LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and not text.startswith("*")
)
DECIMAL = st.decimals(-9999, 9999, places=3)


def texts(least: int, most: int = 6) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(LINE, min_size=least, max_size=most, unique=True).map(tuple)


@st.composite
def choice(draw: st.DrawFn, several: bool = False) -> Choice:
    words = draw(texts(3))
    right = {0, len(words) - 1} if several else {draw(st.integers(0, len(words) - 1))}
    return Choice(tuple(Option(word, n in right) for n, word in enumerate(words)))


@st.composite
def item(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from(ITEM_TYPES))
    number = Number(draw(DECIMAL), abs(draw(DECIMAL)))
    stem = "Isi {{a}}, {{b}} dan {{c}}" if kind == "cloze" else draw(LINE)
    body = {
        "single": lambda: draw(choice()),
        "multiple": lambda: draw(choice(several=True)),
        "truefalse": lambda: Truth(draw(st.booleans()), draw(LINE), ""),
        "matching": lambda: Matching(tuple(Pair(w, f"kanan {w}") for w in draw(texts(2))), draw(texts(0, 2))),
        "ordering": lambda: Ordering(draw(texts(2))),
        "short": lambda: ShortText(draw(texts(1))),
        "number": lambda: number,
        "cloze": lambda: Cloze({"a": draw(choice()), "b": ShortText(draw(texts(1))), "c": number}),
    }[kind]()
    return Item("", "1", kind, stem, draw(LINE), body, 0)


@unhurried
@given(item())
def test_an_item_goes_through_the_form_and_through_json_unchanged(before: Item) -> None:
    typed = items_form.read(before.type, items_form.write(before), "", "1")
    assert (typed.item, typed.faults) == (before, ())
    assert items_json.read(items_json.write(before), "", "1") == before


@unhurried
@given(
    st.sampled_from(ITEM_TYPES),
    st.dictionaries(
        st.sampled_from(["stem", "option-1", "option-20", "right", "answer", "gap-1", "kind-1", "fill-1", "step-3"]),
        st.text(max_size=40),
    ),
)
def test_whatever_is_typed_is_read_without_an_error(kind: str, fields: dict[str, str]) -> None:
    typed = items_form.read(kind, fields)
    assert typed.item.type == kind
    assert all(fault.field for fault in typed.faults)


def wrong(kind: str, **fields: str) -> set[tuple[str, str]]:
    given = {name.replace("_", "-"): text for name, text in fields.items()}
    typed = items_form.read(kind, {"stem": "Apa?", **given})
    return {(fault.field, fault.code) for fault in typed.faults}


def test_a_mistake_stands_at_the_field_where_it_was_typed() -> None:
    assert wrong("single", option_1="a", option_4="a", right="1") == {("option-4", "duplicate_text")}
    assert wrong("single", option_2="a", option_4="b") == {("option-1", "no_correct_option")}
    assert wrong("single", option_1="a", option_2="b", note_3="hm", right="1") == {("option-3", "empty_text")}
    assert wrong("multiple", option_1="a", option_2="b", right_1="on") == {("option-1", "too_few_correct")}
    assert wrong("truefalse") == {("answer", "no_answer")}
    assert wrong("matching", left_1="a", pair_1="b", left_3="a", pair_3="c") == {("left-3", "duplicate_text")}
    assert wrong("number", answer="12,5kg") == {("answer", "bad_number")}
    assert wrong("number", answer="12,5", tolerance="-1") == {("tolerance", "bad_number")}
    assert wrong("cloze", gap_1="a", fill_1="x") == {("gap-1", "gap_not_in_stem")}
    assert wrong("short", accept="a\n\n b ") == set()
    assert wrong("single", stem="", option_1="a", option_2="b", right="2") == {("stem", "empty_text")}


@pytest.mark.parametrize(("typed", "answer", "tolerance"), [("12,5", "12.5", "0"), ("3 ± 0,5", "3", "0.5")])
def test_numbers_are_typed_as_they_are_read_here(typed: str, answer: str, tolerance: str) -> None:
    fields = {"stem": "{{a}}", "gap-1": "a", "kind-1": "number", "fill-1": typed}
    body = items_form.read("cloze", fields).item.body
    assert body == Cloze({"a": Number(Decimal(answer), Decimal(tolerance))})


def test_rows_count_to_the_last_that_holds_anything() -> None:
    assert items_form.rows("single", {"option-1": "a", "option-5": "b", "option-9": " "}) == 5
    assert items_form.rows("ordering", {}) == 0


def test_a_digest_names_a_text_and_nothing_else() -> None:
    one = Item("a", "1", "short", "Apa?", "", ShortText(("x",)), 3)
    same = Item("b", "2", "short", "Apa?", "", ShortText(("x",)), 9)
    other = Item("a", "1", "short", "Apa?", "", ShortText(("y",)), 3)
    of = [items_json.digest(items_json.write(each)) for each in (one, same, other)]
    assert of[0] == of[1] != of[2]
    assert items_json.digest(items_json.write(one), "1") != of[0]
