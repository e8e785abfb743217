"""Marks of a value against a key: exact, total, whole.

An item has K marks, one a part (pair, place, gap, right option); the other types have K = 1. In `multiple`
each wrong option takes one mark away, never below 0. Whatever a client sends has marks: what does not fit is
worth 0 and never an error. `well_formed` says beforehand what does not fit, for the door that refuses it.

Values by type: single `"id"`; multiple and ordering `["id", …]`; truefalse `true`; matching
`{"left": "right"}`; short and number `"text"`; cloze `{"gap": value}`; `None` is no answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pintar.sciences.items import LONGEST_NUMBER, LONGEST_WORDING
from pintar.sciences.scoring.numbers import is_within
from pintar.sciences.scoring.wording import is_accepted


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer and whether it is right: a left id, a place ("1" …), a gap, an option taken."""

    id: str
    right: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """`got` of `of` marks. `parts` in the order of the item; empty where there are none or no answer."""

    got: int
    of: int
    parts: tuple[Part, ...] = ()


def mark(key: Mapping[str, Any], value: object) -> Marks:
    """The marks of a value; 0 ≤ got ≤ of. `key` is one that `split` made, `value` is anything."""
    of: int = key["marks"]
    if value is None:
        return Marks(0, of)
    match key["type"]:
        case "multiple":
            return _multiple(key, value, of)
        case "matching":
            return _by_parts([Part(left, _at(value, left) == right) for left, right in key["right"].items()])
        case "ordering":
            return _ordering(key["right"], value)
        case "cloze":
            gaps = key["gaps"].items()
            return _by_parts([Part(name, _is_right(gap, _at(value, name))) for name, gap in gaps])
        case _:
            return Marks(int(_is_right(key, value)), of)


def well_formed(question: Mapping[str, Any], value: object) -> str | None:
    """Why the value cannot be an answer to this question (as delivered), or None if it can.

    Reasons: "wrong_type" (also text that cannot be stored: NUL or half a character), "unknown_option" (also
    an unknown left id), "unknown_gap", "too_long" (text), "too_many" (more options than there are, or one
    twice). Only the shape is looked at, never whether the answer is right.
    """
    if value is None:
        return None
    options = {option["id"] for option in question["options"]}
    match question["type"]:
        case "truefalse":
            return None if isinstance(value, bool) else "wrong_type"
        case "multiple" | "ordering":
            return _flaw_of_list(value, options)
        case "matching":
            return _flaw_of_matching(value, {left["id"] for left in question["left"]}, options)
        case "cloze":
            return _flaw_of_cloze(value, {gap["id"]: gap for gap in question["gaps"]})
        case asked:
            return _flaw_of_one(asked, options, value)


def _is_right(key: Mapping[str, Any], value: object) -> bool:
    """Whether the value of an item or gap with a single mark is right."""
    match key["type"], value:
        case ("truefalse", bool()):
            return bool(value == key["right"])
        case ("single" | "choice", str()):
            return value in key["right"]
        case ("short", str()):
            return is_accepted(value, key["accept"])
        case ("number", str()):
            number = key["number"]
            return is_within(value, Decimal(number["answer"]), Decimal(number["tolerance"]), number["unit"])
        case _:
            return False


def _multiple(key: Mapping[str, Any], value: object, of: int) -> Marks:
    known, right = key["options"], set(key["right"])
    if not isinstance(value, list) or len(value) > len(known):
        return Marks(0, of)
    # An unknown option makes the whole answer worthless: what was meant by it cannot be told.
    if not all(isinstance(id, str) and id in known for id in value):
        return Marks(0, of)
    taken = set(value)
    got = max(0, len(taken & right) - len(taken - right))
    return Marks(got, of, tuple(Part(id, id in right) for id in known if id in taken))


def _ordering(right: list[str], value: object) -> Marks:
    # The same option in every place would be sure of one mark, so a repetition makes the order worthless.
    placed = [id for id in value if isinstance(id, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(value) > len(right) or len(set(placed)) < len(placed):
        return Marks(0, len(right))
    given = [*value, *[None] * (len(right) - len(value))]
    return _by_parts(
        [
            Part(str(place), isinstance(id, str) and id == wanted)
            for place, (id, wanted) in enumerate(zip(given, right, strict=True), start=1)
        ]
    )


def _by_parts(parts: list[Part]) -> Marks:
    return Marks(sum(part.right for part in parts), len(parts), tuple(parts))


def _at(value: object, id: str) -> object:
    """What the answer holds for one part; only text and truth values can be right."""
    found = value.get(id) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _flaw_of_one(asked: str, options: set[str], value: object) -> str | None:
    if not isinstance(value, str):
        return "wrong_type"
    if asked in ("single", "choice"):
        return None if value in options else "unknown_option"
    if len(value) > (LONGEST_NUMBER if asked == "number" else LONGEST_WORDING):
        return "too_long"
    return None if _can_be_stored(value) else "wrong_type"


def _flaw_of_list(value: object, options: set[str]) -> str | None:
    if not isinstance(value, list):
        return "wrong_type"
    if len(value) > len(options):
        return "too_many"
    if not all(isinstance(id, str) for id in value):
        return "wrong_type"
    if not options.issuperset(value):
        return "unknown_option"
    return "too_many" if len(set(value)) < len(value) else None


def _flaw_of_matching(value: object, left: set[str], options: set[str]) -> str | None:
    if not isinstance(value, dict) or not all(isinstance(id, str) for id in value):
        return "wrong_type"
    if not all(right is None or isinstance(right, str) for right in value.values()):
        return "wrong_type"
    matched = [right for right in value.values() if right is not None]
    return None if left.issuperset(value) and options.issuperset(matched) else "unknown_option"


def _flaw_of_cloze(value: object, gaps: Mapping[str, Mapping[str, Any]]) -> str | None:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        return "wrong_type"
    if not all(name in gaps for name in value):
        return "unknown_gap"
    for name, given in value.items():
        options = {option["id"] for option in gaps[name].get("options", [])}
        flaw = None if given is None else _flaw_of_one(gaps[name]["type"], options, given)
        if flaw:
            return flaw
    return None


def _can_be_stored(text: str) -> bool:
    """NUL cannot be stored in PostgreSQL, and a lone surrogate in no UTF-8 at all."""
    return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)
