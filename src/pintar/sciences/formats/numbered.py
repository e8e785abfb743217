"""Numbered questions, as teachers write them in a word processor, and Aiken, which is the same without numbers.

    1. Bangun mana yang punya enam sisi?
    A. Bola
    *B. Kubus                    a star before the letter, or the whole option in bold, is the key
    C. Kerucut
    Kunci: B                     instead of it, or besides
    Pembahasan: Kubus punya enam sisi.
    Indikator: 1

Several keys make a multiple response; two options "Benar" and "Salah" a true/false; a key without options a short text.
Aiken's `ANSWER: B` is read as well, and ends a question, so that its questions need no number.

Codes of mistakes: no_question (an option or a key before any question), unknown_key {key} (a letter without an option),
too_many_questions {most}; and those of `soundness`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pintar.sciences.formats.reading import Asked, Mistake
from pintar.sciences.formats.soundness import faults_of_item
from pintar.sciences.items import Body, Choice, Item, Option, ShortText, Truth

MOST_QUESTIONS = 500

QUESTION, OPTION, PLAIN = "question", "option", "plain"
"""What a line of a word processor is by its automatic numbering, which stands in no text."""

_QUESTION = re.compile(r"(\d{1,4})\s*[.)]\s+(.*)", re.DOTALL)
_OPTION = re.compile(r"(\*?)\s*([A-Ta-t])\s*[.)]\s+(\*?)(.*)", re.DOTALL)
_KEY = re.compile(r"(?:kunci(?:\s+jawaban)?|jawaban|answer|key)\s*[:=]\s*(.*)", re.IGNORECASE | re.DOTALL)
_FEEDBACK = re.compile(r"(?:pembahasan|penjelasan|feedback)\s*[:=]\s*(.*)", re.IGNORECASE | re.DOTALL)
_INDICATOR = re.compile(r"indikator\s*[:=]\s*(\S{1,64})\s*", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Ta-t](\s*[,;/&]?\s*(dan\s+)?[A-Ta-t])*\.?")
_TRUE, _FALSE = ("benar", "betul", "true"), ("salah", "false")


@dataclass(frozen=True, slots=True)
class Line:
    """A line or paragraph: where it stands (from 1), its text, whether all of it is bold, what its numbering says."""

    number: int
    text: str
    bold: bool = False
    kind: str = PLAIN


@dataclass(slots=True)
class _Draft:
    """A question while its lines are read."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, bool, bool]] = field(default_factory=list)
    keys: str = ""
    feedback: list[str] = field(default_factory=list)
    indicator: str = ""
    source: list[str] = field(default_factory=list)
    ended: bool = False


def lines_of(text: str) -> list[Line]:
    """The lines of plain text; those in Markdown's bold count as bold."""
    found = []
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        bare = line.strip()
        bold = len(bare) > 4 and bare.startswith("**") and bare.endswith("**")
        found.append(Line(number, bare[2:-2] if bold else bare, bold))
    return found


def questions(lines: Iterable[Line], name: str) -> tuple[Asked, ...]:
    """Every question in the lines, sound or not; never raises."""
    found: list[Asked] = []
    drafts, astray = _drafts(lines)
    for line in astray:
        found.append(Asked(line.number, line.text, None, (Mistake(name, line.number, "no_question"),)))
    for number, draft in enumerate(drafts[:MOST_QUESTIONS], start=1):
        found.append(_asked(draft, number, name))
    if len(drafts) > MOST_QUESTIONS:
        beyond = drafts[MOST_QUESTIONS]
        told = Mistake(name, beyond.line, "too_many_questions", {"most": MOST_QUESTIONS})
        found.append(Asked(beyond.line, "", None, (told,)))
    return tuple(sorted(found, key=lambda each: each.line))


def _drafts(lines: Iterable[Line]) -> tuple[list[_Draft], list[Line]]:
    """The questions as lists of lines, and the lines that belong to none."""
    drafts: list[_Draft] = []
    astray: list[Line] = []
    after_blank = True
    for line in lines:
        if not line.text.strip():
            after_blank = True
            continue
        draft = drafts[-1] if drafts and not drafts[-1].ended else None
        if _begins(line, draft, after_blank=after_blank):
            drafts.append(_Draft(line.number))
            draft = drafts[-1]
        if draft is None:
            astray.append(line)
        else:
            _add(draft, line)
        after_blank = False
    return drafts, astray


def _begins(line: Line, draft: _Draft | None, *, after_blank: bool) -> bool:
    if line.kind == OPTION or _OPTION.fullmatch(line.text) or _KEY.fullmatch(line.text):
        return False
    if _FEEDBACK.fullmatch(line.text) or _INDICATOR.fullmatch(line.text):
        return False
    if line.kind == QUESTION or _QUESTION.fullmatch(line.text):
        return True
    # Without a number, text after a blank line begins anew where the question before has its options or key.
    return draft is None or (after_blank and bool(draft.options or draft.keys))


def _add(draft: _Draft, line: Line) -> None:
    draft.source.append(line.text)
    if found := _KEY.fullmatch(line.text):
        draft.keys = found[1].strip()
        draft.ended = line.text.lstrip().lower().startswith("answer")
    elif found := _FEEDBACK.fullmatch(line.text):
        draft.feedback.append(found[1].strip())
    elif found := _INDICATOR.fullmatch(line.text):
        draft.indicator = found[1]
    elif line.kind == OPTION:
        text = line.text.strip()
        draft.options.append((text.lstrip("*").strip(), text.startswith("*"), line.bold))
    elif draft.stem and (found := _OPTION.fullmatch(line.text)):
        draft.options.append((found[4].strip().rstrip("*").strip(), bool(found[1] or found[3]), line.bold))
    elif draft.feedback:
        draft.feedback.append(line.text)
    elif draft.options:
        text, starred, bold = draft.options[-1]
        draft.options[-1] = (f"{text} {line.text}", starred, bold and line.bold)
    elif not draft.stem and (found := _QUESTION.fullmatch(line.text)):
        draft.stem.append(found[2].strip())
    else:
        draft.stem.append(line.text)


def _asked(draft: _Draft, number: int, name: str) -> Asked:
    mistakes: list[Mistake] = []
    right = _right(draft, mistakes, name)
    type_, body = _body(draft, right)
    stem = "\n\n".join(draft.stem)
    item = Item(f"soal-{number:03}", draft.indicator, type_, stem, "\n\n".join(draft.feedback), body, draft.line)
    found = [Mistake(name, draft.line, fault.code, fault.detail) for fault in faults_of_item(item)]
    return Asked(draft.line, "\n".join(draft.source), item, (*mistakes, *found))


def _right(draft: _Draft, mistakes: list[Mistake], name: str) -> set[int]:
    """The places of the right options: by the key's line, else by stars, else by bold where not all are."""
    if draft.options and draft.keys:
        letters = re.findall(r"[a-t]", draft.keys.lower().replace("dan", " "))
        if _LETTERS.fullmatch(draft.keys):
            places = {ord(letter) - ord("a") for letter in letters}
            for place in sorted(places):
                if place >= len(draft.options):
                    mistakes.append(Mistake(name, draft.line, "unknown_key", {"key": chr(ord("A") + place)}))
            return {place for place in places if place < len(draft.options)}
        same = {n for n, (text, _, _) in enumerate(draft.options) if text.casefold() == draft.keys.casefold()}
        if not same:
            mistakes.append(Mistake(name, draft.line, "unknown_key", {"key": draft.keys[:40]}))
        return same
    starred = {n for n, (_, star, _) in enumerate(draft.options) if star}
    bold = {n for n, (_, _, is_bold) in enumerate(draft.options) if is_bold}
    return starred or (bold if len(bold) < len(draft.options) else set())


def _body(draft: _Draft, right: set[int]) -> tuple[str, Body]:
    if not draft.options and draft.keys:
        return "short", ShortText(tuple(_parts(draft.keys)))
    texts = [text for text, _, _ in draft.options]
    if (answer := _truth(texts, right)) is not None:
        return "truefalse", Truth(answer)
    options = tuple(Option(text, n in right) for n, text in enumerate(texts))
    return ("multiple" if len(right) > 1 else "single"), Choice(options)


def _truth(texts: Sequence[str], right: set[int]) -> bool | None:
    words = [text.casefold().strip(". ") for text in texts]
    if len(words) != 2 or len(right) != 1 or words[0] not in _TRUE or words[1] not in _FALSE:
        return None
    return right == {0}


def _parts(keys: str) -> Iterator[str]:
    yield from (part.strip() for part in re.split(r"[;|]", keys) if part.strip())
