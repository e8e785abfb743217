"""A sitting under way: its paper with the answers so far, for the page and for the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pintar.assessment import kept, models, rules
from pintar.assessment.rules import Answer
from pintar.courses import queries as courses
from pintar.foundation.prepared import Prepared
from pintar.foundation.refusals import not_found

EMPTY = Answer()


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question; its `id` is opaque."""

    id: str
    html: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line that wants something chosen from a list: the left side of a pair, a step to be ordered."""

    id: str
    html: str
    field: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap of a cloze, standing in its stem; `number` from 1."""

    id: str
    number: int
    type: str
    field: str
    value: str
    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the person sees it. `number` from 1; form fields are named by `field` ("q7").

    `parts` is the stem: HTML and gaps in turn (one piece of HTML where there are no gaps). `language` is that of the
    author's words.
    """

    key: str
    number: int
    type: str
    parts: tuple[str | Gap, ...]
    choices: tuple[Choice, ...]
    rows: tuple[Row, ...]
    value: Any
    text: str
    field: str
    answered: bool
    flag: bool
    seq: int
    language: str = "id"

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"

    @property
    def is_choice(self) -> bool:
        return self.type in ("single", "multiple")

    @property
    def needs_list(self) -> bool:
        """Whether its options hold more than a drop-down list can show."""
        return any("<" in choice.html for choice in self.choices)


@dataclass(frozen=True, slots=True)
class SittingPage:
    """A test under way. `timed` says whether it has minutes of its own; `over` that its deadline has passed."""

    uid: UUID
    title: str
    kind: str
    number: int
    context_title: str
    return_to: str
    lease: str
    opened_at: datetime
    deadline: datetime
    grace_until: datetime
    now: datetime
    timed: bool
    over: bool
    closed: bool
    questions: tuple[Question, ...]
    seq: int

    @property
    def answered(self) -> int:
        return sum(1 for question in self.questions if question.answered)

    @property
    def flagged(self) -> int:
        return sum(1 for question in self.questions if question.flag)

    @property
    def empty(self) -> int:
        return len(self.questions) - self.answered

    def at(self, number: int) -> Question:
        """The question of this number, or the nearest there is."""
        return self.questions[max(1, min(number, len(self.questions))) - 1]


def sitting_page(sitting: UUID, person_id: int, now: datetime) -> SittingPage:
    """One's own sitting with its questions and answers; two queries. Raises Refusal (404)."""
    row = own(sitting, person_id)
    answers = rules.merge(row.ops())
    paper = kept.paper_of(row)
    rule = courses.edition(row.edition).tests[row.test]
    return SittingPage(
        uid=row.uid,
        title=rule.title,
        kind=row.kind,
        number=row.number,
        context_title=row.context_title,
        return_to=row.return_to,
        lease=row.lease,
        opened_at=row.opened_at,
        deadline=row.deadline,
        grace_until=row.deadline + rules.GRACE,
        now=now,
        timed=row.minutes is not None,
        over=now > row.deadline,
        closed=row.closed_at is not None,
        questions=tuple(
            question(paper.disguised(item), number, answers.get(item, EMPTY))
            for number, item in enumerate(paper.items, start=1)
        ),
        seq=max((answer.seq for answer in answers.values()), default=0),
    )


def paper_document(sitting: UUID, person_id: int, now: datetime) -> dict[str, Any]:
    """The whole paper as JSON values, in the shape that the API documents; two queries. Raises Refusal (404)."""
    row = own(sitting, person_id)
    paper = kept.paper_of(row)
    return {
        "sitting": row.uid,
        "test": row.test,
        "kind": row.kind,
        "number": row.number,
        "deadline": row.deadline,
        "now": now,
        "closed_at": row.closed_at,
        "lease": None if row.closed_at else row.lease,
        "pilots": len(row.pilots),
        "items": [paper.disguised(item) for item in paper.items],
        "answers": answers_document(rules.merge(row.ops())),
    }


def answers_document(answers: Mapping[str, Answer]) -> dict[str, dict[str, Any]]:
    return {item: {"value": a.value, "flag": a.flag, "seq": a.seq} for item, a in answers.items()}


def lease_document(sitting: UUID, person_id: int, now: datetime) -> dict[str, Any]:
    """What a device needs that goes on with a sitting it already has; two queries. Raises Refusal (404)."""
    row = own(sitting, person_id)
    return {
        "lease": row.lease,
        "deadline": row.deadline,
        "now": now,
        "answers": answers_document(rules.merge(row.ops())),
    }


_OWN = Prepared(
    lambda sitting, person: models.Sitting.objects.filter(uid=sitting, person_id=person)[:1], sitting=UUID, person=int
)


def own(sitting: UUID, person_id: int) -> models.Sitting:
    row = _OWN.first(sitting=sitting, person=person_id)
    if row is None:
        raise not_found("assessment", "unknown_sitting")
    return row


def question(asked: Mapping[str, Any], number: int, answer: Answer, language: str = "id") -> Question:
    """The question of these JSON values with an answer, as a page shows it."""
    field = f"q{number}"
    value = answer.value
    return Question(
        key=asked["id"],
        number=number,
        type=asked["type"],
        parts=_parts(asked, field, value),
        choices=_choices(asked, value),
        rows=_rows(asked, field, value),
        value=value,
        text=value if isinstance(value, str) and asked["type"] in ("short", "number") else "",
        field=field,
        answered=answer.given,
        flag=answer.flag,
        seq=answer.seq,
        language=language,
    )


def _choices(asked: Mapping[str, Any], value: Any) -> tuple[Choice, ...]:
    match asked["type"]:
        case "single":
            taken = {value} if isinstance(value, str) else set()
        case "multiple":
            taken = set(value) if isinstance(value, list) else set()
        case "matching":
            taken = set()
        case _:
            return ()
    return tuple(Choice(option["id"], option["html"], option["id"] in taken) for option in asked["options"])


def _rows(asked: Mapping[str, Any], field: str, value: Any) -> tuple[Row, ...]:
    match asked["type"]:
        case "matching":
            given = value if isinstance(value, dict) else {}
            return tuple(
                Row(left["id"], left["html"], f"{field}-{left['id']}", given.get(left["id"]) or "")
                for left in asked["left"]
            )
        case "ordering":
            places = {id: str(place) for place, id in enumerate(value if isinstance(value, list) else [], start=1)}
            return tuple(
                Row(option["id"], option["html"], f"{field}-{option['id']}", places.get(option["id"], ""))
                for option in asked["options"]
            )
        case _:
            return ()


def _parts(asked: Mapping[str, Any], field: str, value: Any) -> tuple[str | Gap, ...]:
    """The stem, cut where a gap stands."""
    gaps = {gap["id"]: gap for gap in asked.get("gaps", ())}
    given = value if isinstance(value, dict) else {}
    pieces = kept.GAP.split(asked["stem"])
    return tuple(
        _gap(gaps[piece], place // 2 + 1, field, given.get(piece) or "") if place % 2 else piece
        for place, piece in enumerate(pieces)
    )


def _gap(gap: Mapping[str, Any], number: int, field: str, value: str) -> Gap:
    options = tuple(Choice(option["id"], option["html"], option["id"] == value) for option in gap.get("options", ()))
    return Gap(gap["id"], number, gap["type"], f"{field}-{gap['id']}", value, options)
