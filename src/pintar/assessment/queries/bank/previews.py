"""An item as a learner sees it, with the hints for its author."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pintar.assessment import rendered
from pintar.assessment.queries import papers
from pintar.assessment.queries.papers import Question
from pintar.assessment.rules import Answer
from pintar.sciences.items import Item
from pintar.sciences.scoring.items import marks_of
from pintar.sciences.writing import Warning, warnings


@dataclass(frozen=True, slots=True)
class Preview:
    """`question` is drawn by the templates of a sitting; in `solved` its right answer is chosen. Feedback is HTML."""

    question: Question
    solved: Question
    feedback: str
    marks: int
    warnings: tuple[Warning, ...]


def preview(item: Item, pictures: Mapping[str, Any], number: int = 1, language: str = "id") -> Preview:
    """Options stand in the author's order. Never raises on what a text holds."""
    question, key = rendered.halves(item, pictures)
    return Preview(
        question=papers.question(question, number, Answer(), language),
        solved=papers.question(question, number, Answer(_right(key)), language),
        feedback=key["feedback"],
        marks=marks_of(item),
        warnings=warnings(item),
    )


def _right(key: Mapping[str, Any]) -> Any:
    """The value that earns every mark, in the author's ids; None where there is no key yet."""
    match key["type"]:
        case "single" | "choice":
            return next(iter(key["right"]), None)
        case "short":
            return next(iter(key["accept"]), None)
        case "number":
            return key["number"]["answer"].replace(".", ",")
        case "cloze":
            return {name: _right(gap) for name, gap in key["gaps"].items()}
        case _:
            return key["right"]
