"""Studies for tests, and for rooms above: through the real actions, as people would, with time passing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pintar.assessment import actions as assessment
from pintar.assessment.tests.builders import answer
from pintar.enrolment.queries import SeatFacts
from pintar.foundation import ids
from pintar.learning import actions, queries
from pintar.learning.queries import StudyView
from pintar.learning.queries.studies import measures_of
from pintar.people import queries as people
from pintar.people.queries import Person


def person_of(seat: SeatFacts) -> Person:
    return people.people([seat.person_id])[seat.person_id]


def view(seat: SeatFacts, now: datetime) -> StudyView:
    """The study in a seat, begun if it was not."""
    actions.begin_study(seat=seat, now=now)
    found = queries.view_by_seat(seat.person_id, seat.uid, now)
    assert found is not None
    return found


def record(seat: SeatFacts, lesson: str, form: str, ranges: Any, now: datetime, **more: Any) -> actions.Recorded:
    """One operation of progress."""
    person = person_of(seat)
    given = {"position": None, "op_id": str(ids.uid()), "by": person.uid, **more}
    return actions.record_progress(
        person=person, seat=seat.uid, lesson=lesson, form=form, ranges=ranges, now=now, **given
    )


def read_lesson(seat: SeatFacts, lesson: str, now: datetime, form: str = "reading") -> datetime:
    """Go through a lesson from beginning to end, at a plausible speed. Returns when it was finished."""
    entry = view(seat, now).edition.entry(lesson)
    assert entry is not None
    measure = measures_of(entry)[form]
    record(seat, lesson, form, [], now)
    done = now + timedelta(seconds=measure.need + 1)
    record(seat, lesson, form, [[0, measure.length]], done)
    return done


def sit(seat: SeatFacts, test: str, now: datetime, *, right: int | None = None, minutes: int = 5) -> datetime:
    """A whole sitting: begun at `now`, the first `right` items answered rightly (all, if None), handed in. Returns
    when."""
    person = person_of(seat)
    sitting = actions.start_sitting(person=person, seat=seat.uid, test=test, by=person.uid, now=now)
    done = now + timedelta(minutes=minutes)
    answer(person, sitting, done, right=right)
    assessment.hand_in(person=person, sitting=sitting, by=person.uid, now=done)
    return done


def fill_survey(seat: SeatFacts, now: datetime) -> datetime:
    person = person_of(seat)
    questions = view(seat, now).survey
    answers = {q["key"]: 4 if q["type"] == "scale" else "Tambahkan contoh dari RA." for q in questions}
    return actions.hand_in_survey(person=person, seat=seat.uid, answers=answers, by=person.uid, now=now)


def complete_everything(seat: SeatFacts, now: datetime, *, until: str | None = None) -> datetime:
    """Walk a seat through lessons, quizzes, tests and survey, each the moment it opens. Returns when it was done.

    `until` stops before the line with that key: `until="survei"` leaves the survey, `until="tes-akhir"` the post-test.
    """
    for state in view(seat, now).states.values():
        line = state.line
        if line.key == until:
            break
        if state.is_done:
            continue
        if line.kind == "lesson":
            now = read_lesson(seat, line.key, now)
        elif line.kind == "survey":
            fill_survey(seat, now)
        else:
            now = sit(seat, line.key, now)
        now += timedelta(seconds=10)
    return now


def sitting_of(seat: SeatFacts, test: str, now: datetime) -> UUID:
    """Begin a sitting and leave it open."""
    person = person_of(seat)
    return actions.start_sitting(person=person, seat=seat.uid, test=test, by=person.uid, now=now)
