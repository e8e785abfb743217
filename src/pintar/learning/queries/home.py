"""`/beranda/` and `/belajar/`: where to go on, what is due, which trainings there are."""

from dataclasses import dataclass
from datetime import datetime

from pintar.courses.queries import Entry
from pintar.enrolment import queries as enrolment
from pintar.learning.queries.studies import StudyView, measures_of, minutes_left, views_of
from pintar.learning.rules.gate import LineState
from pintar.learning.rules.progress import Measure, resume_at

MOST_DEADLINES = 6


@dataclass(frozen=True)
class Card:
    """A training that one is in, and the step that comes next (None once everything is done).

    `at` and `measure` are where the lesson was left, in the form used last; None where it was not begun.
    """

    view: StudyView
    step: LineState | None
    entry: Entry | None
    at: float | None
    measure: Measure | None
    minutes: int


@dataclass(frozen=True)
class Deadline:
    """A day to keep: `kind` is "closes" (a batch) or "opens" (the next sitting of a test, `title`)."""

    kind: str
    at: datetime
    title: str
    view: StudyView
    is_near: bool


@dataclass(frozen=True)
class HomePage:
    """`cards`: current trainings, the one studied last first; `upcoming` have not begun, `earlier` are over."""

    cards: tuple[Card, ...]
    upcoming: tuple[Card, ...]
    earlier: tuple[Card, ...]
    deadlines: tuple[Deadline, ...]
    now: datetime

    @property
    def resume(self) -> Card | None:
        return self.cards[0] if self.cards else None


def home_page(person_id: int, now: datetime) -> HomePage:
    """Three queries, however many trainings there are."""
    seats = enrolment.seats_of(person_id)
    views = list(views_of(person_id, seats, now).values())
    begun = [v for v in views if v.seat.batch.starts_at <= now]
    current = [v for v in begun if not v.is_over and not v.is_finished]
    earlier = [v for v in begun if v.is_over or v.is_finished]
    current.sort(key=lambda v: v.seen_at or v.seat.taken_at, reverse=True)
    return HomePage(
        cards=tuple(_card(v) for v in current),
        upcoming=tuple(_card(v) for v in views if v.seat.batch.starts_at > now),
        earlier=tuple(_card(v) for v in earlier),
        deadlines=_deadlines([v for v in views if not v.is_over and not v.is_finished], now),
        now=now,
    )


def _card(view: StudyView) -> Card:
    step = view.next_step
    entry = view.edition.entry(step.line.key) if step else None
    progress = view.lessons.get(entry.key) if entry else None
    measure = measures_of(entry).get(progress.form) if entry and progress else None
    at = resume_at(progress, measure) if progress and measure else None
    return Card(view, step, entry, at, measure, minutes_left(step) if step else 0)


def _deadlines(views: list[StudyView], now: datetime) -> tuple[Deadline, ...]:
    found = [Deadline("closes", v.seat.batch.until_at, v.seat.batch.title, v, False) for v in views]
    for view in views:
        found += [
            Deadline("opens", state.opens_at, state.line.title, view, False)
            for state in view.states.values()
            if state.opens_at and state.opens_at > now and state.is_locked
        ]
    found.sort(key=lambda each: each.at)
    return tuple(
        Deadline(each.kind, each.at, each.title, each.view, (each.at - now).days < 3) for each in found[:MOST_DEADLINES]
    )
