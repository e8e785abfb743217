"""The evaluation survey: what an answer may be."""

from collections.abc import Mapping, Sequence
from typing import Any

from pintar.foundation.refusals import Reason

LOWEST, HIGHEST = 1, 5
LONGEST_ANSWER = 4000


def read_answers(questions: Sequence[Mapping[str, Any]], given: Any) -> dict[str, int | str] | Reason:
    """The answers by question, empty ones left out; or why they cannot be taken.

    A scale takes 1 to 5 as a number or its digit, a text at most 4,000 characters.
    """
    if not isinstance(given, Mapping):
        return Reason("learning", "bad_answers", {"questions": []})
    known = {question["key"]: question for question in questions}
    wrong = [str(key)[:80] for key in given if key not in known]
    answers: dict[str, int | str] = {}
    missing = []
    for key, question in known.items():
        value = given.get(key)
        if value is None or value == "" or (isinstance(value, str) and not value.strip()):
            if question["required"]:
                missing.append(key)
        elif (read := _read(question, value)) is None:
            wrong.append(key)
        else:
            answers[key] = read
    if wrong:
        return Reason("learning", "bad_answers", {"questions": wrong[:20]})
    if missing:
        return Reason("learning", "survey_incomplete", {"questions": missing, "count": len(missing)})
    return answers


def _read(question: Mapping[str, Any], value: Any) -> int | str | None:
    if question["type"] == "scale":
        digit = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        return int(digit) if digit in ("1", "2", "3", "4", "5") else None
    if not isinstance(value, str) or len(value) > LONGEST_ANSWER or "\0" in value:
        return None
    return value.strip()
