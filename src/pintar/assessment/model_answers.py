"""The right answer to an item, in the ids that one person was shown.

For demonstrations, simulators and tests, which play learners on the server's own side. No door of the room leads here.
"""

from typing import Any

from pintar.assessment import keys
from pintar.assessment.kept import Paper
from pintar.sciences.scoring import paper as papers


def right_value(paper: Paper, item: str) -> Any:
    """The value that earns every mark of the item; its shape is that of the item's type."""
    question, key = paper.question(item), keys.of_edition(paper.edition)[item]
    shown = paper.disguised(item)
    options = _shown_ids(question, shown, paper.seed)
    match question["type"]:
        case "single":
            return options[key["right"][0]]
        case "multiple" | "ordering":
            return [options[id] for id in key["right"]]
        case "truefalse":
            return key["right"]
        case "matching":
            left = {plain["id"]: given["id"] for plain, given in zip(question["left"], shown["left"], strict=True)}
            return {left[id]: options[right] for id, right in key["right"].items()}
        case "short":
            return key["accept"][0]
        case "number":
            return key["number"]["answer"].replace(".", ",")
        case _:
            return {name: _right_gap(paper, item, name, gap) for name, gap in key["gaps"].items()}


def _right_gap(paper: Paper, item: str, name: str, gap: dict[str, Any]) -> str:
    if gap["type"] == "short":
        return gap["accept"][0]
    if gap["type"] == "number":
        return gap["number"]["answer"]
    asked = next(each for each in paper.disguised(item)["gaps"] if each["id"] == name)
    question = paper.question(item)
    for option in asked["options"]:
        if papers.reveal(question, paper.seed, {name: option["id"]})[name] in gap["right"]:  # type: ignore[index]
            return option["id"]
    raise KeyError(name)


def _shown_ids(question: dict[str, Any], shown: dict[str, Any], seed: bytes) -> dict[str, str]:
    alone = {"id": question["id"], "type": "single", "options": question["options"]}
    return {papers.reveal(alone, seed, option["id"]): option["id"] for option in shown["options"]}  # type: ignore[misc]
