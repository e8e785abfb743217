"""Warnings about how an item is written: what helps the test-wise and misleads the careful.

Each is a hint for the author and forbids nothing. Rules 3, 14, 16 and 22–28 of Haladyna, Downing & Rodriguez (2002), A
review of multiple-choice item-writing guidelines for classroom assessment, Applied Measurement in Education 15(3),
309–334. The words looked for are Indonesian, English and Arabic.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pintar.sciences.items import Choice, Item, Option, Truth

LONGER_BY = 1.5
LEAST_LETTERS = 25
"""A key is called long from this many letters on, and this many times as long as the longest wrong option."""

FEW_OPTIONS = 3
LONGEST_STEM = 120
"""Words."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_EMPHASIS = re.compile(r"\*\*[^*]+\*\*|__[^_]+__|\*[^*]+\*|_[^_]+_")
_ALL = re.compile(
    r"\b(semua|seluruh)(nya)?\s+(jawaban|pilihan|opsi)?\s*(di atas\s*)?(adalah\s*)?(benar|betul|tepat|sesuai)\b"
    r"|\b(a|1)\s*(,|dan|sampai|s\.?/?d\.?)\s*.{0,12}\bbenar\b|\ball of the above\b|جميع ما سبق|كل ما سبق",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\btidak ada\s+(jawaban|pilihan|opsi)?\s*(di atas\s*)?(yang\s*)?(benar|betul|tepat)\b"
    r"|\b(semua|seluruhnya)\s+salah\b|\bnone of the above\b|لا شيء مما سبق",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\b(tidak|bukan|kecuali|jangan|not|except|never)\b|\b(ليس|ليست|ماعدا|إلا)\b", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"\b(selalu|tidak pernah|pasti|mutlak|satu-satunya|semua|seluruh|hanya|always|never|only)\b", re.IGNORECASE
)
_COMMON = frozenset({
    "adalah", "apakah", "benar", "berikut", "dalam", "dapat", "dengan", "dari", "guru", "harus", "ketika", "murid",
    "paling", "sebagai", "sebuah", "seorang", "siswa", "tepat", "tidak", "untuk", "which", "their", "there",
})  # fmt: skip
"""Words that stand in a stem and a key alike without giving it away."""


@dataclass(frozen=True, slots=True)
class Warning:
    """One hint. `option` is the place (from 0) of the option that it is about, None for the stem or the whole.

    Codes: key_longest, all_of_the_above, none_of_the_above, negative_stem {word}, absolute_word {word}, key_echoes_stem
    {word}, few_options {options}, long_stem {words}.
    """

    code: str
    option: int | None = None
    detail: dict[str, str | int] = field(default_factory=dict)


def warnings(item: Item) -> tuple[Warning, ...]:
    """What may be wrong with the wording of an item, the stem's hints first; never raises on what a text holds."""
    found = list(_about_stem(item))
    match item.body:
        case Choice(options) if item.type in ("single", "multiple"):
            found += _about_options(item.stem, options, several=item.type == "multiple")
        case Truth():
            found += [Warning("absolute_word", None, {"word": word}) for word in _found(_ABSOLUTE, item.stem)[:1]]
    return tuple(found)


def _about_stem(item: Item) -> Iterator[Warning]:
    words = len(item.stem.split())
    if words > LONGEST_STEM:
        yield Warning("long_stem", None, {"words": words})
    quiet = _found(_NEGATIVE, _EMPHASIS.sub(" ", item.stem))
    asks = item.type in ("single", "multiple", "truefalse")
    if asks and quiet and not _is_statement_of_context(item.stem, quiet[0]):
        yield Warning("negative_stem", None, {"word": quiet[0].casefold()})


def _is_statement_of_context(stem: str, word: str) -> bool:
    """A "tidak" in the story before the question turns nothing round; only the last sentence asks."""
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n+", stem.strip()) if part]
    return len(sentences) > 1 and not re.search(rf"\b{re.escape(word)}\b", _EMPHASIS.sub(" ", sentences[-1]), re.I)


def _about_options(stem: str, options: tuple[Option, ...], *, several: bool) -> Iterator[Warning]:
    if 0 < len(options) < FEW_OPTIONS:
        yield Warning("few_options", None, {"options": len(options)})
    for place, option in enumerate(options):
        if _ALL.search(option.text):
            yield Warning("all_of_the_above", place)
        if _NONE.search(option.text):
            yield Warning("none_of_the_above", place)
        if not option.correct and (words := _found(_ABSOLUTE, option.text)) and not _ALL.search(option.text):
            yield Warning("absolute_word", place, {"word": words[0].casefold()})
    if not several:
        yield from _about_key(stem, options)


def _about_key(stem: str, options: tuple[Option, ...]) -> Iterator[Warning]:
    right = [place for place, option in enumerate(options) if option.correct]
    wrong = [option.text for option in options if not option.correct]
    if len(right) != 1 or not wrong:
        return
    key = options[right[0]].text
    if len(key) >= LEAST_LETTERS and len(key) > LONGER_BY * max(map(len, wrong)):
        yield Warning("key_longest", right[0])
    told = (_words(key) & _words(stem)) - set().union(*map(_words, wrong)) - _COMMON
    if told:
        yield Warning("key_echoes_stem", right[0], {"word": max(told, key=lambda word: (len(word), word))})


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if len(word) > 4}


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match[0] for match in pattern.finditer(text)]
