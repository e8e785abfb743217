"""A study with all that the gate looks at: one row joined with seat and batch, and the sittings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet

from pintar.assessment import queries as tests
from pintar.assessment.queries import SittingFacts
from pintar.courses import queries as courses
from pintar.courses.queries import Edition, Entry, Form
from pintar.enrolment.queries import SeatFacts
from pintar.foundation.prepared import Prepared
from pintar.learning.models import MOST_NOTES, Study
from pintar.learning.rules import gate
from pintar.learning.rules.gate import Line, LineState, Opening, Plan, Sat, Stage, Standing
from pintar.learning.rules.progress import LessonProgress, Measure, from_json

# As the rule of tests has it: this long after the deadline answers on their way still count.
GRACE = timedelta(minutes=3)
LONGEST_KEY = 140


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """A note; `position` in seconds, pages or paragraphs of `form`, None for the lesson as a whole."""

    uid: UUID
    form: str
    position: float | None
    text: str
    created_at: datetime


@dataclass(frozen=True)
class StudyView:
    """A study as it stands at `now`. `states` has every line of the contents, in order."""

    seat: SeatFacts
    edition: Edition
    standing: Standing
    states: Mapping[str, LineState]
    form: str
    seen_at: datetime | None
    now: datetime
    notes: tuple[NoteFacts, ...] = ()

    @property
    def lessons(self) -> Mapping[str, LessonProgress]:
        return self.standing.lessons

    @cached_property
    def next_step(self) -> LineState | None:
        return gate.next_step(self.states)

    @cached_property
    def lessons_done(self) -> int:
        return sum(1 for s in self.states.values() if s.line.kind == "lesson" and s.is_done)

    @cached_property
    def percent(self) -> int:
        """How far through the lessons, in per cent; never 100 before the last is finished."""
        shares = [s.share for s in self.states.values() if s.line.kind == "lesson"]
        return int(100 * sum(shares) / len(shares)) if shares else 0

    @cached_property
    def minutes_left(self) -> int:
        return sum(minutes_left(state) for state in self.states.values() if not state.is_done)

    @property
    def is_finished(self) -> bool:
        return all(state.is_done for state in self.states.values())

    @property
    def is_over(self) -> bool:
        return self.now >= self.seat.batch.until_at

    @property
    def survey(self) -> list[dict[str, Any]]:
        return survey_of(self.edition)


def minutes_left(state: LineState) -> int:
    """Minutes that a line still takes, at least one."""
    return max(1, round(state.line.minutes * (1 - state.share)))


def survey_of(edition: Edition) -> list[dict[str, Any]]:
    """The questions of an edition's survey: [{"key", "type": "scale" | "text", "text", "required"}]."""
    return edition.parts.get("learning", {}).get("survey", [])


def study_view(person_id: int, batch_key: str, now: datetime, *, notes_of: str | None = None) -> StudyView | None:
    """The person's study in a batch; None where there is no seat, or no study in it yet. Two queries.

    `notes_of` is a lesson whose notes come along in the same statement.
    """
    rows = _by_batch(person_id, batch_key, notes_of)
    if not rows:
        return None
    row = rows[0]
    return view_of(
        row,
        tests.sittings_of(row.seat.uid),
        now,
        tuple(_note(each) for each in rows if getattr(each, "note_uid", None)),
    )


def view_by_seat(person_id: int, seat: UUID, now: datetime) -> StudyView | None:
    """The same by the seat's uid."""
    row = studies().filter(seat__uid=seat, person_id=person_id, seat__released_at=None).first()
    return view_of(row, tests.sittings_of(seat), now) if row else None


_OF_PERSON = Prepared(
    lambda person: Study.objects.filter(person_id=person).annotate(seat_uid=F("seat__uid")), person=int
)


def views_of(person_id: int, seats: Iterable[SeatFacts], now: datetime) -> dict[UUID, StudyView]:
    """The studies in these seats of a person, by seat; those without a row yet are made up empty. Two queries, one
    more where an edition is not in memory."""
    held = {seat.uid: seat for seat in seats}
    if not held:
        return {}
    # All of the person's studies: few, and the statement is the same however many seats are asked for.
    rows = {row.seat_uid: row for row in _OF_PERSON(person=person_id)}  # type: ignore[attr-defined]
    sittings = tests.sittings(held)
    editions = courses.editions(seat.batch.edition for seat in held.values())
    return {
        uid: _view(
            rows.get(uid) or Study(person_id=person_id), seat, editions[seat.batch.edition], sittings.get(uid, ()), now
        )
        for uid, seat in held.items()
    }


def studies() -> QuerySet[Study]:
    """Studies with their seat, batch and period joined."""
    return Study.objects.select_related("seat__batch__period")


_IN_BATCH = Prepared(
    lambda person, batch: studies().filter(person_id=person, seat__batch__key=batch, seat__released_at=None)[:1],
    person=int,
    batch=str,
)
# One row a note: a lesson's page has three queries and none to spare.
_WITH_NOTES = Prepared(
    lambda person, batch, lesson: (
        studies()
        .filter(person_id=person, seat__batch__key=batch, seat__released_at=None)
        .annotate(note=FilteredRelation("notes", condition=Q(notes__lesson=lesson)))
        .annotate(
            note_uid=F("note__uid"),
            note_form=F("note__form"),
            note_position=F("note__position"),
            note_text=F("note__text"),
            note_at=F("note__created_at"),
        )
        .order_by("note__id")[:MOST_NOTES]
    ),
    person=int,
    batch=str,
    lesson=str,
)


def view_of(
    row: Study, sittings: Iterable[SittingFacts], now: datetime, notes: tuple[NoteFacts, ...] = ()
) -> StudyView:
    """A row of `studies()` with its sittings, as a view."""
    seat = row.seat.facts()
    return _view(row, seat, courses.edition(seat.batch.edition), sittings, now, notes)


def _view(
    row: Study,
    seat: SeatFacts,
    edition: Edition,
    sittings: Iterable[SittingFacts],
    now: datetime,
    notes: tuple[NoteFacts, ...] = (),
) -> StudyView:
    facts = tuple(sittings)
    standing = Standing(
        plan=plan_of(edition),
        lessons={key: from_json(raw) for key, raw in row.lessons.items()},
        sats=tuple(sat_of(each, now) for each in facts),
        survey_at=row.survey_at,
        starts_at=seat.batch.starts_at,
        until_at=seat.batch.until_at,
    )
    states = gate.gate(standing, openings(edition, standing, facts, now), now)
    return StudyView(seat, edition, standing, states, row.form, row.seen_at, now, notes)


def openings(edition: Edition, standing: Standing, facts: Iterable[SittingFacts], now: datetime) -> dict[str, Opening]:
    """Of each test, what its own rule says about the next sitting."""
    facts = tuple(facts)
    found = {}
    for line in standing.plan.lines:
        if line.kind in gate.TESTS:
            opening = tests.may_open(edition, line.key, facts, is_remedial_ready(standing, line), now)
            found[line.key] = Opening(opening.allowed, opening.reasons, opening.number, opening.opens_at)
    return found


def is_remedial_ready(standing: Standing, test: Line) -> bool:
    """Whether the lessons of the failed indicators were gone through again."""
    again = gate.rereading(standing, test) if test.kind == "posttest" else None
    return again is not None and not again.missing


def plan_of(edition: Edition) -> Plan:
    lines = []
    for place, group in enumerate(edition.groups):
        lines += [_line(edition, entry, place) for entry in group.entries if entry.kind != "task"]
    stages = tuple(Stage(group.key, group.title, group.mastery) for group in edition.groups)
    return Plan(stages, tuple(lines))


def _line(edition: Edition, entry: Entry, group: int) -> Line:
    rule = edition.tests.get(entry.key)
    return Line(
        key=entry.key,
        kind=entry.kind,
        title=entry.title,
        group=group,
        number=entry.number,
        of=entry.of,
        minutes=entry.minutes,
        mark=rule.pass_mark if rule else None,
        indicators=entry.lesson.indicators if entry.lesson else (),
    )


def sat_of(facts: SittingFacts, now: datetime) -> Sat:
    return Sat(
        uid=facts.uid,
        test=facts.test,
        kind=facts.kind,
        number=facts.number,
        opened_at=facts.opened_at,
        over=facts.closed_at is not None or now > facts.deadline + GRACE,
        closed_at=facts.closed_at,
        # Never rounded up to what would have passed.
        percent=None
        if facts.percent is None
        else int(facts.percent.to_integral_value(ROUND_FLOOR if facts.passed is False else ROUND_HALF_UP)),
        passed=facts.passed,
        failed=tuple(each.key for each in facts.indicators if each.failed),
        weakest=facts.weakest if facts.closed_at else None,
    )


def measure_of(form: Form, words: int) -> Measure:
    return Measure(form.kind, float(form.length), words)


def measures_of(entry: Entry) -> dict[str, Measure]:
    """Of each form of a lesson, how its progress is measured."""
    if entry.lesson is None:
        return {}
    return {form.kind: measure_of(form, entry.lesson.words) for form in entry.lesson.forms}


def _by_batch(person_id: int, batch_key: str, notes_of: str | None) -> list[Any]:
    if "\0" in batch_key or len(batch_key) > LONGEST_KEY:
        return []
    if notes_of is None or "\0" in notes_of or len(notes_of) > LONGEST_KEY:
        return _IN_BATCH(person=person_id, batch=batch_key)
    return _WITH_NOTES(person=person_id, batch=batch_key, lesson=notes_of)


def _note(row: Any) -> NoteFacts:
    return NoteFacts(row.note_uid, row.note_form, row.note_position, row.note_text, row.note_at)
