"""What a training's folder says about the survey: survey.yaml, a list of questions."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from yaml.nodes import SequenceNode

from pintar.courses.ports import CourseFolder, Mistake
from pintar.courses.queries import Edition
from pintar.sciences.formats.yaml_nodes import Source

FILE = "survey.yaml"
ENTRY = "survei"
TYPES = ("scale", "text")
MOST_QUESTIONS = 30
LONGEST_QUESTION = 500
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Survey:
    """`courses.ports.EditionPart`. Mistakes: no_survey_file, no_questions, too_many_questions {most},
    bad_question_key, question_twice {key}, bad_question_type, and those of YAML."""

    name = "learning"

    def check(self, folder: CourseFolder) -> list[Mistake]:
        listed = any(ENTRY in group["entries"] for group in folder.outline["groups"])
        if FILE not in folder.files:
            return [Mistake(FILE, 0, "no_survey_file")] if listed else []
        return _read(folder)[1]

    def publish(self, folder: CourseFolder, edition_uid: UUID, now: datetime) -> dict[str, Any]:
        return {"survey": _read(folder)[0] if FILE in folder.files else []}

    def renew(self, previous: Edition, edition_uid: UUID, now: datetime) -> dict[str, Any]:
        return dict(previous.parts[self.name])


def _read(folder: CourseFolder) -> tuple[list[dict[str, Any]], list[Mistake]]:
    source = Source(folder.text(FILE), FILE)
    questions: list[dict[str, Any]] = []
    if source.root is not None:
        _questions(source, questions)
    elif not source.mistakes:
        source.say(1, "no_questions")
    found = [Mistake(FILE, each.line, _code(each.code), each.detail) for each in source.mistakes]
    return questions, found


def _questions(source: Source, questions: list[dict[str, Any]]) -> None:
    root = source.root
    if not isinstance(root, SequenceNode):
        source.say(1, "wrong_shape", wanted="list", field="survey")
        return
    if not root.value:
        source.say(1, "no_questions")
    if len(root.value) > MOST_QUESTIONS:
        source.say(root.value[MOST_QUESTIONS], "too_many_questions", most=MOST_QUESTIONS)
    seen: set[str] = set()
    for node in root.value[:MOST_QUESTIONS]:
        fields = source.fields(node, ("key", "type", "text", "required"), ("key", "type", "text"))
        if fields is None:
            continue
        key, kind = source.text(fields, "key", 40), source.text(fields, "type", 20)
        text, required = source.text(fields, "text", LONGEST_QUESTION), source.truth(fields, "required")
        if key is not None and not KEY.fullmatch(key):
            source.say(node, "bad_question_key", key=key)
        elif key is not None and key in seen:
            source.say(node, "question_twice", key=key)
        elif kind is not None and kind not in TYPES:
            source.say(node, "bad_question_type", type=kind)
        elif key and kind and text:
            seen.add(key)
            questions.append({"key": key, "type": kind, "text": text, "required": bool(required)})


def _code(code: str) -> str:
    """Mistakes of YAML have one sentence in this room, with what the reader found in its data."""
    return code if code in OWN else "bad_survey_file"


OWN = ("no_questions", "too_many_questions", "bad_question_key", "question_twice", "bad_question_type")
