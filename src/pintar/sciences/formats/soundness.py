"""What makes an item unfit, whatever format it came in: too few parts, no right option, a text twice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pintar.sciences.formats.reading import LONGEST_TEXT, MOST_PARTS, MOST_WORDINGS, has_bad_character
from pintar.sciences.items import (
    GAP_MARK,
    GAP_NAME,
    LONGEST_WORDING,
    Body,
    Choice,
    Cloze,
    Item,
    Matching,
    Number,
    Ordering,
    ShortText,
    Truth,
)

FEWEST_PARTS = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in the list `of`; `place` is the entry it is about (from 0), None for the whole list."""

    code: str
    of: str
    place: int | None = None
    detail: dict[str, str | int] = field(default_factory=dict)


def faults(body: Body, *, several: bool = False) -> Iterator[Fault]:
    """The faults of a body; `several` for a choice of which several options are to be right.

    Codes: too_few and too_many {field, least or most}, no_correct_option, several_correct_options (where one
    is wanted), too_few_correct (where several are), duplicate_text {text}. Gaps are bodies of their own and
    are not looked into.
    """
    match body:
        case Choice(options):
            yield from _counts("options", options)
            yield from _duplicates("options", [option.text for option in options])
            yield from _keys(body, several=several)
        case Matching(pairs, distractors):
            yield from _counts("pairs", pairs, most=MOST_PARTS - len(distractors))
            yield from _duplicates("pairs", [pair.left for pair in pairs])
            yield from _duplicates("distractors", distractors, besides={pair.right for pair in pairs})
        case Ordering(order):
            yield from _counts("order", order)
            yield from _duplicates("order", order)
        case ShortText(accept):
            yield from _counts("accept", accept, least=1, most=MOST_WORDINGS)
        case Cloze(gaps):
            yield from _counts("gaps", list(gaps), least=1)


def faults_of_item(item: Item) -> list[Fault]:
    """All faults of a whole item: those of its body and its gaps, and texts that are missing, too long or unstorable.

    Besides the codes of `faults` and `gap_faults`: empty_text {field}, too_long {field, most}, bad_character {field},
    bad_number {field}, bad_gap_name {gap}, and faults of a gap's own body with `of` "gaps" and its place.
    """
    found = list(faults(item.body, several=item.type == "multiple"))
    if isinstance(item.body, Cloze):
        found += gap_faults(item.stem, item.body.gaps)
        for place, (name, gap) in enumerate(item.body.gaps.items()):
            if not GAP_NAME.fullmatch(name):
                found.append(Fault("bad_gap_name", "gaps", place, {"gap": name[:80]}))
            inner = [*faults(gap), *_texts_of(gap)]
            found += [Fault(each.code, "gaps", place, {**each.detail, "gap": name}) for each in inner]
    return [*_text("stem", None, item.stem), *found, *_texts_of(item.body), *_text("feedback", None, item.feedback)]


def _texts_of(body: Body) -> Iterator[Fault]:
    match body:
        case Choice(options):
            for place, option in enumerate(options):
                yield from _text("options", place, option.text)
                yield from _text("feedback", place, option.feedback)
        case Truth(_, if_true, if_false):
            yield from _text("feedback", 0, if_true)
            yield from _text("feedback", 1, if_false)
        case Matching(pairs, distractors):
            for place, pair in enumerate(pairs):
                yield from _text("pairs", place, pair.left)
                yield from _text("pairs", place, pair.right)
            for place, text in enumerate(distractors):
                yield from _text("distractors", place, text)
        case Ordering(order):
            for place, text in enumerate(order):
                yield from _text("order", place, text)
        case ShortText(accept):
            for place, text in enumerate(accept):
                yield from _text("accept", place, text, LONGEST_WORDING)
        case Number(_, tolerance):
            if tolerance < 0:
                yield Fault("bad_number", "tolerance", detail={"field": "tolerance"})


def _text(field: str, place: int | None, text: str, longest: int = LONGEST_TEXT) -> Iterator[Fault]:
    if not text.strip() and field != "feedback":
        yield Fault("empty_text", field, place, {"field": field})
    elif len(text) > longest:
        yield Fault("too_long", field, place, {"field": field, "most": longest})
    elif has_bad_character(text):
        yield Fault("bad_character", field, place, {"field": field})


def gap_faults(stem: str, names: Iterable[str]) -> Iterator[Fault]:
    """Where a cloze stem and its gaps disagree; `names` are all that the author defined, sound or not.

    Codes, each with {gap}: unknown_gap and gap_repeated (of "stem"), gap_not_in_stem (of "gaps").
    """
    marked = GAP_MARK.findall(stem)
    names = list(names)
    for name in dict.fromkeys(marked):
        if name not in names:
            yield Fault("unknown_gap", "stem", detail={"gap": name})
        elif marked.count(name) > 1:
            yield Fault("gap_repeated", "stem", detail={"gap": name})
    for place, name in enumerate(names):
        if name not in marked:
            yield Fault("gap_not_in_stem", "gaps", place, {"gap": name})


def _keys(choice: Choice, *, several: bool) -> Iterator[Fault]:
    right = [place for place, option in enumerate(choice.options) if option.correct]
    if not right:
        yield Fault("no_correct_option", "options")
    elif several and len(right) < 2:
        yield Fault("too_few_correct", "options", detail={"least": 2})
    elif not several and len(right) > 1:
        yield Fault("several_correct_options", "options", right[1])


def _counts(
    name: str, entries: Sequence[object], *, least: int = FEWEST_PARTS, most: int = MOST_PARTS
) -> Iterator[Fault]:
    if len(entries) < least:
        yield Fault("too_few", name, detail={"field": name, "least": least})
    if len(entries) > most:
        yield Fault("too_many", name, detail={"field": name, "most": most})


def _duplicates(name: str, texts: Sequence[str], besides: Iterable[str] = ()) -> Iterator[Fault]:
    seen = {" ".join(text.split()) for text in besides}
    for place, text in enumerate(texts):
        plain = " ".join(text.split())
        # An empty text is a mistake of its own.
        if plain and plain in seen:
            yield Fault("duplicate_text", name, place, {"text": plain[:80]})
        seen.add(plain)
