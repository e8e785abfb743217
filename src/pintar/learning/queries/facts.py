"""Studies as facts for the rooms above."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pintar.assessment import queries as tests
from pintar.assessment.queries import SittingFacts
from pintar.courses import queries as courses
from pintar.enrolment import queries as enrolment
from pintar.enrolment.queries import SeatFacts
from pintar.learning.models import Study
from pintar.learning.queries.studies import plan_of, sat_of, studies
from pintar.learning.rules.gate import Plan, Sat
from pintar.learning.rules.progress import from_json


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What graduation needs of a study.

    `lessons` are the required ones in order, `lessons_done` those finished and when; `quizzes` names the quiz of each
    lesson that has one, `quiz_best` the best per cent by lesson (absent where none was handed in), `lessons_mastered`
    those finished whose quiz, if there is one, was passed. `sittings` are all sittings of the seat, oldest first.
    """

    seat: SeatFacts
    person_id: int
    edition: UUID
    lessons: tuple[str, ...]
    lessons_done: Mapping[str, datetime]
    quizzes: Mapping[str, str]
    quiz_best: Mapping[str, int]
    lessons_mastered: frozenset[str]
    has_survey: bool
    survey_at: datetime | None
    sittings: tuple[SittingFacts, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Required lessons that are not mastered yet."""
        return tuple(key for key in self.lessons if key not in self.lessons_mastered)


def study_facts(seats: Iterable[UUID], now: datetime | None = None) -> dict[UUID, StudyFacts]:
    """The studies of seats, by seat; a seat without a study yet has one in which nothing is done. Two queries, and one
    more where a seat has no row yet. `now` is not needed for what was closed."""
    wanted = list(dict.fromkeys(seats))
    rows: dict[UUID, Study] = {row.seat.uid: row for row in studies().filter(seat__uid__in=wanted)}
    held = {uid: row.seat.facts() for uid, row in rows.items()}
    if missing := [uid for uid in wanted if uid not in rows]:
        held |= enrolment.seats(missing)
    sittings = tests.sittings(held)
    editions = courses.editions(seat.batch.edition for seat in held.values())
    return {
        uid: _facts(held[uid], rows.get(uid), plan_of(editions[held[uid].batch.edition]), sittings.get(uid, ()))
        for uid in wanted
        if uid in held
    }


def _facts(seat: SeatFacts, row: Study | None, plan: Plan, sittings: tuple[SittingFacts, ...]) -> StudyFacts:
    progress = {key: from_json(raw) for key, raw in row.lessons.items()} if row else {}
    done = {line.key: at for line in plan.lessons if (found := progress.get(line.key)) and (at := found.completed_at)}
    quizzes = {line.of: line.key for line in plan.lines if line.kind == "quiz" and line.of}
    sats: dict[str, list[Sat]] = {}
    for each in sittings:
        sats.setdefault(each.test, []).append(sat_of(each, each.deadline))
    best = {
        lesson: max(percents)
        for lesson, quiz in quizzes.items()
        if (percents := [sat.percent for sat in sats.get(quiz, []) if sat.percent is not None])
    }
    mastered = frozenset(
        key for key in done if key not in quizzes or any(sat.passed for sat in sats.get(quizzes[key], []))
    )
    return StudyFacts(
        seat=seat,
        person_id=seat.person_id,
        edition=seat.batch.edition,
        lessons=tuple(line.key for line in plan.lessons),
        lessons_done=done,
        quizzes=quizzes,
        quiz_best=best,
        lessons_mastered=mastered,
        has_survey=any(line.kind == "survey" for line in plan.lines),
        survey_at=row.survey_at if row else None,
        sittings=sittings,
    )
