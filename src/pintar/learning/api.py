"""The JSON door: a seat's contents and progress, what was played or read, sittings, the survey."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StrictInt, StrictStr

from pintar.assessment import queries as tests
from pintar.foundation import clock
from pintar.foundation.api import Input, Problem, ReasonOut, idempotent
from pintar.foundation.ui.tags import in_plain_words
from pintar.learning.actions import Recorded, hand_in_survey, record_progress, start_sitting
from pintar.learning.actions.sittings import own_view
from pintar.learning.queries import StudyView
from pintar.learning.queries.studies import measures_of
from pintar.learning.rules import progress
from pintar.learning.rules.gate import LineState
from pintar.people.queries import Person

router = Router(tags=["Belajar"])

REFUSED = dict.fromkeys((400, 401, 403, 404, 409, 410, 422), Problem)
LONGEST_KEY = 140
Number = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class FormOut(Schema):
    """A form of a lesson: its cost in bytes, its length (seconds, pages or paragraphs), what counts, where one is."""

    kind: str
    size: int
    length: float
    ranges: list[list[float]]
    furthest: float
    position: float


class LineOut(Schema):
    """A line of the contents. `state`: done, current, open or locked; `reasons` say what opens it. `share` from 0 to 1;
    `best` in per cent; `sitting` is the one under way; `reread` names lessons to go through again first."""

    key: str
    kind: str
    title: str
    number: int | None
    of: str | None
    minutes: int
    state: str
    reasons: list[ReasonOut]
    share: float
    completed_at: datetime | None
    best: int | None
    sitting: UUID | None
    sittings: int
    opens_at: datetime | None
    reread: list[str]
    forms: list[FormOut]


class GroupOut(Schema):
    key: str
    title: str
    mastery: int | None
    entries: list[LineOut]


class QuestionOut(Schema):
    """A question of the survey. `type`: scale (1 to 5) or text."""

    key: str
    type: str
    text: str
    required: bool


class StudyOut(Schema):
    seat: UUID
    batch: str
    course: str
    title: str
    edition: UUID
    starts_at: datetime
    until_at: datetime
    now: datetime
    lessons_done: int
    lessons: int
    next: str | None
    survey_at: datetime | None
    survey: list[QuestionOut]
    groups: list[GroupOut]


class ProgressIn(Input):
    """What was played or read: `ranges` in seconds (video, audio), pages (slides) or paragraphs (reading); `position`
    is where it was left; `opened` the mark of the page it comes from, where there was one."""

    form: Annotated[str, Field(max_length=20)]
    ranges: Annotated[list[Annotated[list[Number], Field(min_length=2, max_length=2)]], Field(max_length=200)] = []
    position: Number | None = None
    op_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
    opened: Annotated[str | None, Field(max_length=200)] = None


class ProgressOut(Schema):
    """The merged progress. `furthest` is what counts, `open_until` how far a recording may be skipped, `missing` the
    share not gone through yet, `wait` the seconds that would still be too fast. `rereading`: the lesson was finished
    and is being gone through again after a failed quiz."""

    lesson: str
    form: str
    ranges: list[list[float]]
    furthest: float
    open_until: float
    position: float
    share: float
    completed_at: datetime | None
    rereading: bool
    missing: float
    wait: int
    now: datetime


class SittingIn(Input):
    test: Annotated[str, Field(max_length=LONGEST_KEY)]


class PaperOut(Schema):
    """The whole paper, with the answers so far; items and answers as at `/sittings/{uid}`."""

    sitting: UUID
    test: str
    kind: str
    number: int
    deadline: datetime
    now: datetime
    closed_at: datetime | None
    lease: str | None
    pilots: int
    items: list[dict[str, Any]]
    answers: dict[str, dict[str, Any]]


class SurveyIn(Input):
    """`answers`: question → 1 to 5, or text."""

    answers: dict[str, StrictInt | StrictStr]


class SurveyOut(Schema):
    survey_at: datetime


@router.get("/seats/{uuid:uid}", response={200: StudyOut, **REFUSED}, summary="Isi dan kemajuan")
def study(request: HttpRequest, uid: UUID) -> Any:
    """Contents, progress, what is locked and why."""
    return _study(own_view(_person(request), uid, clock.now()))


@router.put("/seats/{uuid:uid}/lessons/{str:key}", response={200: ProgressOut, **REFUSED}, summary="Kemajuan materi")
def lesson_progress(request: HttpRequest, uid: UUID, key: str, body: ProgressIn) -> Any:
    """Add what was played or read; safe to repeat, safe out of order. 409 while the lesson is locked, 410 after the
    end. More than the time since the lesson was first opened allows is kept, and counts once there was time for it."""
    person, now = _person(request), clock.now()

    def work() -> tuple[int, Any]:
        recorded = record_progress(
            person=person,
            seat=uid,
            lesson=key,
            form=body.form,
            ranges=body.ranges,
            position=body.position,
            op_id=body.op_id,
            opened=body.opened,
            by=person.uid,
            now=now,
        )
        return 200, _progress(key, body.form, recorded, now)

    return idempotent(request, work)[1]


@router.post("/seats/{uuid:uid}/sittings", response={200: PaperOut, **REFUSED}, exclude_unset=True, summary="Mulai tes")
def sitting(request: HttpRequest, uid: UUID, body: SittingIn) -> Any:
    """Begin a test, or go on with the sitting under way: the whole paper. 409 with why it is not its turn."""
    person, now = _person(request), clock.now()

    def work() -> tuple[int, Any]:
        opened = start_sitting(person=person, seat=uid, test=body.test, by=person.uid, now=now)
        return 200, {"sitting": str(opened)}

    _, made = idempotent(request, work)
    return tests.paper_document(UUID(str(made["sitting"])), person.id, now)


@router.put("/seats/{uuid:uid}/survey", response={200: SurveyOut, **REFUSED}, summary="Survei")
def survey(request: HttpRequest, uid: UUID, body: SurveyIn) -> Any:
    """Hand the survey in; only the first time counts. What was answered is kept without the person."""
    person, now = _person(request), clock.now()

    def work() -> tuple[int, Any]:
        at = hand_in_survey(person=person, seat=uid, answers=body.answers, by=person.uid, now=now)
        return 200, {"survey_at": at.isoformat()}

    return idempotent(request, work)[1]


def _study(view: StudyView) -> dict[str, Any]:
    batch, step = view.seat.batch, view.next_step
    return {
        "seat": view.seat.uid,
        "batch": batch.key,
        "course": batch.course_slug,
        "title": view.edition.title,
        "edition": view.edition.uid,
        "starts_at": batch.starts_at,
        "until_at": batch.until_at,
        "now": view.now,
        "lessons_done": view.lessons_done,
        "lessons": len(view.edition.lessons),
        "next": step.line.key if step else None,
        "survey_at": view.standing.survey_at,
        "survey": view.survey,
        "groups": [
            {
                "key": group.key,
                "title": group.title,
                "mastery": group.mastery,
                "entries": [_line(view, s) for s in view.states.values() if s.line.group == place],
            }
            for place, group in enumerate(view.edition.groups)
        ],
    }


def _line(view: StudyView, state: LineState) -> dict[str, Any]:
    line = state.line
    return {
        "key": line.key,
        "kind": line.kind,
        "title": line.title,
        "number": line.number,
        "of": line.of,
        "minutes": line.minutes,
        "state": state.state.value,
        "reasons": [ReasonOut(code=why.code, detail=in_plain_words(why), data=dict(why.data)) for why in state.reasons],
        "share": round(state.share, 4),
        "completed_at": state.done_at,
        "best": state.best,
        "sitting": state.open_sitting,
        "sittings": state.sittings,
        "opens_at": state.opens_at,
        "reread": list(state.reread),
        "forms": _forms(view, line.key),
    }


def _forms(view: StudyView, key: str) -> list[dict[str, Any]]:
    entry = view.edition.entry(key)
    if entry is None or entry.lesson is None:
        return []
    held, measures = view.standing.progress(key), measures_of(entry)
    return [
        {
            "kind": form.kind,
            "size": form.size,
            "length": measures[form.kind].length,
            "ranges": [list(each) for each in held.of(form.kind).ranges],
            "furthest": progress.open_until(held, measures[form.kind]),
            "position": held.of(form.kind).last,
        }
        for form in entry.lesson.forms
    ]


def _progress(key: str, form: str, recorded: Recorded, now: datetime) -> dict[str, Any]:
    own = recorded.progress.of(form)
    completed_at = recorded.progress.completed_at
    return {
        "lesson": key,
        "form": form,
        "ranges": [list(each) for each in own.ranges],
        "furthest": round(recorded.furthest, 1),
        "open_until": round(recorded.open_until, 1),
        "position": own.last,
        "share": round(recorded.progress.share, 4),
        "completed_at": completed_at.isoformat() if completed_at else None,
        "rereading": recorded.rereading,
        "missing": round(recorded.left.unseen, 4),
        "wait": recorded.left.seconds,
        "now": now.isoformat(),
    }


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]
