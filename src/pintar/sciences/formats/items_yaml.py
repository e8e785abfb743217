"""Items as trainings keep them: `bank/*.yaml` and `forms/*.yaml`, a YAML list of items (format 1).

Codes of mistakes, with their detail. The file: too_large, not_yaml {problem}, alias, too_deep, bad_character,
not_a_list, no_items. Fields: wrong_shape {wanted, field}, missing_field, unknown_field and duplicate_field
{field}, empty_text {field}, too_long {field, most}, bad_character {field}, bad_boolean, bad_number {field}.
Items: bad_key {key}, duplicate_key {key, line}, unknown_type {type}, bad_gap_name and unknown_gap_type
{gap, …}; and those of `soundness`.
"""

from decimal import Decimal

from yaml.nodes import Node, SequenceNode

from pintar.sciences.formats.reading import ITEM_KEY, LONGEST_TEXT, Reading
from pintar.sciences.formats.soundness import Fault, faults, gap_faults
from pintar.sciences.formats.yaml_nodes import Fields, Source
from pintar.sciences.items import (
    GAP_NAME,
    GAP_TYPES,
    ITEM_TYPES,
    LONGEST_WORDING,
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

_COMMON = ("key", "indicator", "type", "stem", "feedback")
_REQUIRED = ("key", "indicator", "type", "stem")
_FIELDS: dict[str, tuple[str, ...]] = {
    "single": ("options",),
    "multiple": ("options",),
    "choice": ("options",),
    "truefalse": ("answer",),
    "matching": ("pairs", "distractors"),
    "ordering": ("order",),
    "short": ("accept",),
    "number": ("answer", "tolerance", "unit"),
    "cloze": ("gaps",),
}
_OPTIONAL = ("distractors", "tolerance", "unit")


def read(text: str, name: str) -> Reading:
    """The items of one file and all its mistakes; an item with a mistake is not among the items.

    Keys are compared within the file only; that they are unique in the training is for the caller to see to.
    """
    source = Source(text, name)
    items: list[Item] = []
    lines: dict[str, int] = {}
    for node in _item_nodes(source):
        before = len(source.mistakes)
        item = _item(source, node, lines)
        if item is not None and len(source.mistakes) == before:
            items.append(item)
    return Reading(tuple(items), tuple(sorted(source.mistakes, key=lambda mistake: mistake.line)))


def _item_nodes(source: Source) -> list[Node]:
    if source.root is None:
        if not source.mistakes:
            source.say(1, "no_items")
        return []
    if not isinstance(source.root, SequenceNode):
        source.say(source.root, "not_a_list")
        return []
    if not source.root.value:
        source.say(source.root, "no_items")
    return list(source.root.value)


def _item(source: Source, node: Node, lines: dict[str, int]) -> Item | None:
    type_ = source.peek(node, "type")
    known = type_ in ITEM_TYPES
    own = _FIELDS[type_] if type_ in ITEM_TYPES else ()
    needed = tuple(name for name in own if name not in _OPTIONAL)
    fields = source.fields(node, (*_COMMON, *own) if known else (), (*_REQUIRED, *needed))
    if fields is None:
        return None
    key = _key(source, fields, lines)
    indicator = source.text(fields, "indicator", 64)
    stem = source.text(fields, "stem")
    feedback = _optional_text(source, fields, "feedback")
    if type_ is None or not known:
        if "type" in fields.values and (type_ := source.text(fields, "type")):
            source.say(fields.values["type"], "unknown_type", type=type_[:80])
        return None
    body = _cloze(source, fields, stem) if type_ == "cloze" else _body(source, fields, type_)
    if key is None or indicator is None or stem is None or body is None:
        return None
    return Item(key, indicator, type_, stem, feedback, body, source.line(node))


def _key(source: Source, fields: Fields, lines: dict[str, int]) -> str | None:
    key = source.text(fields, "key")
    if key is None:
        return None
    if not ITEM_KEY.fullmatch(key):
        source.say(fields.values["key"], "bad_key", key=key[:80])
    elif key in lines:
        source.say(fields.values["key"], "duplicate_key", key=key, line=lines[key])
    else:
        lines[key] = source.line(fields.values["key"])
    return key


def _body(source: Source, fields: Fields, type_: str) -> Body | None:
    """The body of any type but cloze, its faults noted; None where it cannot be made."""
    match type_:
        case "single" | "multiple" | "choice":
            return _sound(source, fields, _choice(source, fields), several=type_ == "multiple")
        case "truefalse":
            answer = source.truth(fields, "answer")
            return None if answer is None else Truth(answer)
        case "matching":
            return _sound(source, fields, _matching(source, fields))
        case "ordering":
            order = _texts(source, fields, "order")
            return None if order is None else _sound(source, fields, Ordering(order))
        case "short":
            accept = _texts(source, fields, "accept", LONGEST_WORDING)
            return None if accept is None else _sound(source, fields, ShortText(accept))
        case _:
            return _number(source, fields)


def _choice(source: Source, fields: Fields) -> Choice | None:
    nodes = source.entries(fields, "options")
    return None if nodes is None else Choice(tuple(_option(source, node) for node in nodes))


def _option(source: Source, node: Node) -> Option:
    """An option; empty where it cannot be read, so that its neighbours are looked at all the same."""
    fields = source.fields(node, ("text", "correct", "feedback"), ("text",))
    if fields is None:
        return Option("")
    text = source.text(fields, "text") or ""
    correct = bool(source.truth(fields, "correct"))
    return Option(text, correct, _optional_text(source, fields, "feedback"))


def _matching(source: Source, fields: Fields) -> Matching | None:
    nodes = source.entries(fields, "pairs")
    distractors = _texts(source, fields, "distractors") if "distractors" in fields.values else ()
    if nodes is None or distractors is None:
        return None
    return Matching(tuple(_pair(source, node) for node in nodes), distractors)


def _pair(source: Source, node: Node) -> Pair:
    """A pair; its sides empty where they cannot be read."""
    fields = source.fields(node, ("left", "right"), ("left", "right"))
    if fields is None:
        return Pair("", "")
    left, right = source.text(fields, "left"), source.text(fields, "right")
    return Pair(left or "", right or "")


def _number(source: Source, fields: Fields) -> Number | None:
    answer = source.number(fields, "answer")
    tolerance = source.number(fields, "tolerance") if "tolerance" in fields.values else Decimal(0)
    unit = source.text(fields, "unit", 32)
    if tolerance is not None and tolerance < 0:
        source.say(fields.values["tolerance"], "bad_number", field="tolerance")
    return None if answer is None or tolerance is None else Number(answer, tolerance, unit)


def _cloze(source: Source, fields: Fields, stem: str | None) -> Cloze | None:
    gaps = source.fields(fields.values.get("gaps"), ())
    if gaps is None:
        return None
    whole: dict[str, Gap] = {}
    for name, node in gaps.values.items():
        if not GAP_NAME.fullmatch(name):
            source.say(gaps.names[name], "bad_gap_name", gap=name[:80])
        gap = _gap(source, name, node)
        if gap is not None:
            whole[name] = gap
    for fault in gap_faults(stem or "", gaps.values) if stem else ():
        at = fields.values["stem"] if fault.of == "stem" else gaps.names[str(fault.detail["gap"])]
        source.say(at, fault.code, **fault.detail)
    # Counted over all gaps, sound or not, so that one mistake does not draw another after it.
    body = Cloze(whole)
    return _sound(source, fields, body) if len(whole) == len(gaps.values) else None


def _gap(source: Source, name: str, node: Node) -> Gap | None:
    type_ = source.peek(node, "type")
    if type_ not in GAP_TYPES:
        fields = source.fields(node, (), ("type",))
        if fields is not None and "type" in fields.values and source.text(fields, "type"):
            source.say(fields.values["type"], "unknown_gap_type", gap=name[:80], type=(type_ or "")[:80])
        return None
    needed = tuple(field for field in _FIELDS[type_] if field not in _OPTIONAL)
    fields = source.fields(node, ("type", *_FIELDS[type_]), ("type", *needed))
    body = None if fields is None else _body(source, fields, type_)
    return body if isinstance(body, Choice | ShortText | Number) else None


def _texts(source: Source, fields: Fields, name: str, longest: int = LONGEST_TEXT) -> tuple[str, ...] | None:
    """A list of texts; empty where one cannot be read."""
    nodes = source.entries(fields, name)
    return None if nodes is None else tuple(source.text_of(node, name, longest) or "" for node in nodes)


def _optional_text(source: Source, fields: Fields, name: str) -> str:
    return source.text(fields, name) or ""


def _sound[B: Body](source: Source, fields: Fields, body: B | None, *, several: bool = False) -> B | None:
    """The body as it is, after noting its faults where they stand."""
    for fault in faults(body, several=several) if body is not None else ():
        source.say(_place(fields, fault), fault.code, **fault.detail)
    return body


def _place(fields: Fields, fault: Fault) -> Node:
    at = fields.values[fault.of]
    return at.value[fault.place] if isinstance(at, SequenceNode) and fault.place is not None else at
