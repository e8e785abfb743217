"""Items of every type, ways to answer them, and hostile values, for the tests of the sciences."""

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from pintar.sciences.scoring.items import (
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

unhurried = settings(deadline=None)


def item(type_, body, *, stem="Bu Aminah bertanya.", feedback="", key="ak-01"):
    return Item(key, "1", type_, stem, feedback, body, 1)


CHOICE = Choice((Option("satu"), Option("dua", True), Option("tiga"), Option("empat", feedback="Keliru.")))
CLOZE = Cloze(
    {
        "a": Choice((Option("merah"), Option("hijau", True))),
        "b": ShortText(("Jum'at",)),
        "c": Number(Decimal("3"), Decimal(0)),
    }
)
SINGLE = item("single", CHOICE)
MULTIPLE = item("multiple", Choice((Option("a", True), Option("b"), Option("c", True), Option("d", True), Option("e"))))
TRUTH = item("truefalse", Truth(True, if_true="Tepat.", if_false="Keliru."))
MATCHING = item(
    "matching",
    Matching((Pair("Aceh", "Banda Aceh"), Pair("Bali", "Denpasar"), Pair("Papua", "Jayapura")), ("Ambon",)),
)
ORDERING = item("ordering", Ordering(("niat", "takbir", "rukuk", "sujud")))
SHORT = item("short", ShortText(("Jakarta", "DKI Jakarta")))
NUMBER = item("number", Number(Decimal("12.5"), Decimal("0.5"), "jam"))
CLOZE_ITEM = item("cloze", CLOZE, stem="Lampu {{a}} menyala hari {{b}} selama {{c}} jam.")

EVERY_TYPE = [SINGLE, MULTIPLE, TRUTH, MATCHING, ORDERING, SHORT, NUMBER, CLOZE_ITEM]


def render(text):
    """A stand-in for the Markdown renderer."""
    return f"<p>{text.strip()}</p>"


def right_value(question, key):
    """The value that brings all the marks, made from the key."""
    match question["type"]:
        case "single":
            return key["right"][0]
        case "multiple" | "ordering" | "truefalse" | "matching":
            return key["right"]
        case "short":
            return key["accept"][0]
        case "number":
            return key["number"]["answer"]
        case "cloze":
            return {name: _right_in_gap(gap) for name, gap in key["gaps"].items()}


def _right_in_gap(gap):
    match gap["type"]:
        case "choice":
            return gap["right"][0]
        case "short":
            return gap["accept"][0]
        case _:
            return gap["number"]["answer"]


ANY_TEXT = st.text(st.characters(), max_size=30)
IDS = st.sampled_from(["o1", "o2", "o3", "o4", "o5", "l1", "l2", "l3", "a", "b", "c", "1", "True", ""])
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | ANY_TEXT
    | IDS
    | st.sampled_from(["\x00", "\ud800", "🙂" * 400, "9" * 100_000, "NaN", "1e999999999", "-" * 64, "٣٫٥"])
)
HOSTILE = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(IDS | ANY_TEXT, inner, max_size=6),
    max_leaves=12,
)
