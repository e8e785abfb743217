"""Items as the fields of a plain form, and back: what an author types, whole or not, line for line.

Fields are flat names with texts, as a browser sends them. Common: `stem`, `feedback`. By type:

    single      option-N, note-N (feedback of the option), right = N
    multiple    option-N, note-N, right-N
    truefalse   answer ("true" or "false"), if_true, if_false
    matching    left-N, pair-N, distractors (one a line)
    ordering    step-N
    short       accept (one a line)
    number      answer, tolerance, unit
    cloze       gap-N (its name in the stem), kind-N (choice, short, number), fill-N

In `fill-N` a choice has one option a line, the right one behind a star; a short text one wording a line; a number
stands as `12,5` or `12,5 ± 0,5`. Rows that were left empty are passed over.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pintar.sciences.formats.reading import MOST_PARTS
from pintar.sciences.formats.soundness import Fault, faults_of_item
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

STAR = "*"
_NUMBER = re.compile(r"[-+]?(\d{1,20}([.,]\d{1,20})?|[.,]\d{1,20})", re.ASCII)
_PLUS_MINUS = re.compile(r"\s*(?:±|\+/-|\+-)\s*")


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of the form; codes and detail as in `soundness`, and `bad_number`, `no_answer`."""

    field: str
    code: str
    detail: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Typed:
    """The item as far as it stands, for a preview, and what is still wrong with it; sound where there are no faults."""

    item: Item
    faults: tuple[FieldFault, ...]


def read(type_: str, fields: Mapping[str, str], key: str = "", indicator: str = "") -> Typed:
    """The item that the fields say; never raises on what is typed. `type_` is one of `ITEM_TYPES`."""
    said = {name: text.replace("\r\n", "\n").strip() for name, text in fields.items()}
    reader = _Reader(type_, said)
    body = reader.body()
    item = Item(key, indicator, type_, said.get("stem", ""), said.get("feedback", ""), body, 0)
    found = [reader.at(fault) for fault in faults_of_item(item)]
    faults = dict.fromkeys((f.field, f.code) for f in (*reader.faults, *found))
    first = {(f.field, f.code): f for f in reversed((*reader.faults, *found))}
    return Typed(item, tuple(first[name] for name in faults))


def write(item: Item) -> dict[str, str]:
    """The fields that say this item."""
    return {"stem": item.stem, "feedback": item.feedback, **dict(_fields(item.body, several=item.type == "multiple"))}


def rows(type_: str, fields: Mapping[str, str]) -> int:
    """How many rows the form of these fields has filled: the number of the last that holds anything."""
    first = {"matching": ("left", "pair"), "ordering": ("step",), "cloze": ("gap", "fill")}.get(type_, ("option",))
    filled = [n for n in range(1, MOST_PARTS + 1) if any(fields.get(f"{name}-{n}", "").strip() for name in first)]
    return max(filled, default=0)


class _Reader:
    """Reads the fields once; `places` says in which row the entry of a list was typed."""

    def __init__(self, type_: str, fields: Mapping[str, str]) -> None:
        self.type, self.fields = type_, fields
        self.faults: list[FieldFault] = []
        self.places: dict[str, list[str]] = {}

    def body(self) -> Body:
        match self.type:
            case "single" | "multiple":
                return self._choice()
            case "truefalse":
                return self._truth()
            case "matching":
                pairs = [
                    Pair(self._said(f"left-{n}"), self._said(f"pair-{n}")) for n in self._rows("pairs", "left", "pair")
                ]
                return Matching(tuple(pairs), _lines(self._said("distractors")))
            case "ordering":
                return Ordering(tuple(self._said(f"step-{n}") for n in self._rows("order", "step")))
            case "short":
                return ShortText(_lines(self._said("accept")))
            case "number":
                return self._number("answer", self._said("answer"), self._said("tolerance"), self._said("unit"))
            case _:
                return Cloze({self._said(f"gap-{n}"): self._gap(n) for n in self._rows("gaps", "gap", "fill")})

    def at(self, fault: Fault) -> FieldFault:
        """The fault at the field where it was typed."""
        return FieldFault(self._field(fault), fault.code, fault.detail)

    def _field(self, fault: Fault) -> str:
        places = self.places.get("options" if fault.of == "feedback" else fault.of, [])
        if self.type == "truefalse" and fault.of == "feedback" and fault.place is not None:
            return ("if_true", "if_false")[fault.place]
        if fault.place is not None and fault.place < len(places):
            row = places[fault.place]
            return row.replace("option", "note") if fault.of == "feedback" and self.type != "cloze" else row
        first = {"options": "option-1", "pairs": "left-1", "order": "step-1", "gaps": "gap-1"}
        return first.get(fault.of, fault.of)

    def _said(self, name: str) -> str:
        return self.fields.get(name, "")

    def _rows(self, of: str, *names: str) -> list[int]:
        """The rows in which anything was typed."""
        filled = [n for n in range(1, MOST_PARTS + 1) if any(self._said(f"{name}-{n}") for name in names)]
        self.places[of] = [f"{names[0]}-{n}" for n in filled]
        return filled

    def _choice(self) -> Choice:
        filled = self._rows("options", "option", "note")
        right = {n for n in filled if self._said(f"right-{n}")} if self.type == "multiple" else set()
        if self.type == "single":
            right = {n for n in filled if self._said("right") == str(n)}
        return Choice(tuple(Option(self._said(f"option-{n}"), n in right, self._said(f"note-{n}")) for n in filled))

    def _truth(self) -> Truth:
        if self._said("answer") not in ("true", "false"):
            self.faults.append(FieldFault("answer", "no_answer"))
        return Truth(self._said("answer") == "true", self._said("if_true"), self._said("if_false"))

    def _gap(self, row: int) -> Gap:
        text = self._said(f"fill-{row}")
        match self._said(f"kind-{row}"):
            case "choice":
                lines = _lines(text)
                return Choice(tuple(Option(line.lstrip(STAR).strip(), line.startswith(STAR)) for line in lines))
            case "number":
                answer, *tolerance = _PLUS_MINUS.split(text, maxsplit=1)
                return self._number(f"fill-{row}", answer, *tolerance)
            case _:
                return ShortText(_lines(text))

    def _number(self, at: str, answer: str, tolerance: str = "", unit: str = "") -> Number:
        return Number(
            self._decimal(at, answer),
            self._decimal("tolerance" if at == "answer" else at, tolerance or "0"),
            unit[:32] or None,
        )

    def _decimal(self, at: str, text: str) -> Decimal:
        if _NUMBER.fullmatch(text.strip()):
            return Decimal(text.strip().replace(",", "."))
        self.faults.append(FieldFault(at, "bad_number", {"text": text[:40]}))
        return Decimal(0)


def _fields(body: Body, *, several: bool) -> Iterator[tuple[str, str]]:
    match body:
        case Choice(options):
            for n, option in enumerate(options, start=1):
                yield f"option-{n}", option.text
                yield f"note-{n}", option.feedback
                if option.correct:
                    yield (f"right-{n}", "on") if several else ("right", str(n))
        case Truth(answer, if_true, if_false):
            yield from {"answer": str(answer).lower(), "if_true": if_true, "if_false": if_false}.items()
        case Matching(pairs, distractors):
            for n, pair in enumerate(pairs, start=1):
                yield from {f"left-{n}": pair.left, f"pair-{n}": pair.right}.items()
            yield "distractors", "\n".join(distractors)
        case Ordering(order):
            yield from ((f"step-{n}", text) for n, text in enumerate(order, start=1))
        case ShortText(accept):
            yield "accept", "\n".join(accept)
        case Number(answer, tolerance, unit):
            yield from {"answer": _typed(answer), "tolerance": _typed(tolerance), "unit": unit or ""}.items()
        case Cloze(gaps):
            for n, (name, gap) in enumerate(gaps.items(), start=1):
                yield from {f"gap-{n}": name, f"kind-{n}": _kind(gap), f"fill-{n}": _fill(gap)}.items()


def _kind(gap: Gap) -> str:
    return "choice" if isinstance(gap, Choice) else "number" if isinstance(gap, Number) else "short"


def _fill(gap: Gap) -> str:
    match gap:
        case Choice(options):
            return "\n".join(f"{STAR if option.correct else ''}{option.text}" for option in options)
        case Number(answer, tolerance):
            return f"{_typed(answer)} ± {_typed(tolerance)}" if tolerance else _typed(answer)
        case _:
            return "\n".join(gap.accept)


def _typed(number: Decimal) -> str:
    return format(number, "f").replace(".", ",")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())
