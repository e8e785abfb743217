"""Texts in slides: `<lesson>.slides.md`, and `<lesson>.video.md`, whose slides are also spoken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pintar.courses.making import narration

_NARRATION = re.compile(r"^:::[ \t]*narasi[ \t]*\n(.*?)^:::[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DeckSlide:
    """A slide of a video: `line` from 1, `shown` its Markdown without the narration, `said` what is read over it."""

    line: int
    shown: str
    said: tuple[narration.Sentence, ...]


def split(text: str) -> list[tuple[int, str]]:
    """The slides of a text, each with the number of its first line (from 1); empty ones are left out."""
    slides: list[tuple[int, str]] = []
    start = 0
    lines = text.split("\n")
    for at, line in enumerate([*lines, "---"]):
        if line.rstrip() != "---":
            continue
        taken = lines[start:at]
        blank = next((count for count, content in enumerate(taken) if content.strip()), None)
        if blank is not None:
            slides.append((start + blank + 1, "\n".join(taken[blank:])))
        start = at + 1
    return slides


def deck(text: str) -> list[DeckSlide]:
    """The slides of a video with what is said over each; `said` is empty where the author forgot it."""
    found = []
    for line, slide in split(text):
        spoken = _NARRATION.search(f"{slide}\n")
        shown = _NARRATION.sub("", f"{slide}\n").strip()
        found.append(DeckSlide(line, shown, tuple(narration.of(spoken.group(1))) if spoken else ()))
    return found


def digest(slides: Sequence[DeckSlide]) -> str:
    """Names what is shown and said, as `narration.digest` names what is said."""
    shown = [narration.Sentence("", slide.shown, 0) for slide in slides]
    return narration.digest([*shown, *(sentence for slide in slides for sentence in slide.said)])
