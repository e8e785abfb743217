"""What makes an item unfit, whatever format it came in: too few parts, no right option, a text twice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pintar.sciences.formats.reading import MOST_PARTS, MOST_WORDINGS
from pintar.sciences.items import GAP_MARK, Body, Choice, Cloze, Matching, Ordering, ShortText

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
