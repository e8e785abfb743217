"""Items as JSON values and back, exactly: how the bank keeps a version, and what its digest is taken of.

The fields are those of `items_yaml`, without key and indicator, which belong to the item and not to its text; numbers
are decimals as text. `truefalse` keeps its two feedbacks as `if_true` and `if_false`.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from pintar.sciences.items import (
    Body,
    Choice,
    Cloze,
    Gap,
    Item,
    Matching,
    Number,
    Option,
    Ordering,
    Pair,
    ShortText,
    Truth,
)

type Document = dict[str, Any]


def write(item: Item) -> Document:
    """The item's text as JSON values: {"type", "stem", "feedback"} and the fields of its type."""
    return {"type": item.type, "stem": item.stem, "feedback": item.feedback, **_body(item.body)}


def read(document: Mapping[str, Any], key: str, indicator: str) -> Item:
    """The item that `write` wrote. Raises KeyError or TypeError for anything else."""
    return Item(
        key,
        indicator,
        document["type"],
        document["stem"],
        document["feedback"],
        _body_of(document["type"], document),
        0,
    )


def digest(document: Mapping[str, Any], *also: str) -> str:
    """A name for exactly this text (SHA-256 of its canonical JSON, and of what else is said to belong to it)."""
    canonical = json.dumps([document, *also], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _body(body: Body) -> Document:
    match body:
        case Choice(options):
            return {"options": [{"text": o.text, "correct": o.correct, "feedback": o.feedback} for o in options]}
        case Truth(answer, if_true, if_false):
            return {"answer": answer, "if_true": if_true, "if_false": if_false}
        case Matching(pairs, distractors):
            return {"pairs": [{"left": p.left, "right": p.right} for p in pairs], "distractors": list(distractors)}
        case Ordering(order):
            return {"order": list(order)}
        case ShortText(accept):
            return {"accept": list(accept)}
        case Number(answer, tolerance, unit):
            return {"answer": format(answer, "f"), "tolerance": format(tolerance, "f"), "unit": unit}
        case Cloze(gaps):
            return {"gaps": [{"name": name, "type": _gap_type(gap), **_body(gap)} for name, gap in gaps.items()]}


def _body_of(type_: str, document: Mapping[str, Any]) -> Body:
    match type_:
        case "truefalse":
            return Truth(document["answer"], document["if_true"], document["if_false"])
        case "matching":
            pairs = tuple(Pair(pair["left"], pair["right"]) for pair in document["pairs"])
            return Matching(pairs, tuple(document["distractors"]))
        case "ordering":
            return Ordering(tuple(document["order"]))
        case "cloze":
            return Cloze({gap["name"]: _gap_of(gap) for gap in document["gaps"]})
        case _:
            return _gap_of({**document, "type": "choice" if type_ in ("single", "multiple") else type_})


def _gap_of(document: Mapping[str, Any]) -> Gap:
    match document["type"]:
        case "choice":
            return Choice(tuple(Option(o["text"], o["correct"], o["feedback"]) for o in document["options"]))
        case "short":
            return ShortText(tuple(document["accept"]))
        case _:
            return Number(Decimal(document["answer"]), Decimal(document["tolerance"]), document["unit"])


def _gap_type(gap: Gap) -> str:
    return "choice" if isinstance(gap, Choice) else "short" if isinstance(gap, ShortText) else "number"
