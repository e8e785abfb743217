"""Who passed, and what others still lack: seats in, a dict of frozen values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR
from typing import Any
from uuid import UUID

from pintar.assessment.queries import SittingFacts
from pintar.courses import queries as courses
from pintar.courses.queries import Edition
from pintar.enrolment.queries import SeatFacts
from pintar.foundation.refusals import Reason
from pintar.graduation import rules
from pintar.graduation.models import Graduation
from pintar.graduation.rules import Decision, Facts, State
from pintar.learning import queries as learning
from pintar.learning.queries import StudyFacts

__all__ = ["Decision", "GraduationFacts", "State", "facts_of", "graduations", "standings"]


@dataclass(frozen=True, slots=True)
class GraduationFacts:
    """A decision for good. `achieved_at` is set for `lulus`; `by` and `note` where a person decided."""

    seat: UUID
    state: State
    decided_at: datetime
    achieved_at: datetime | None
    reasons: tuple[Reason, ...]
    by: UUID | None
    note: str


def graduations(seats: Iterable[UUID]) -> dict[UUID, GraduationFacts]:
    """What was decided for these seats, in one query; a seat that is still open is left out."""
    rows = Graduation.objects.filter(seat__uid__in=list(seats), state__in=rules.FINAL)
    return {row.seat_id: _facts(row) for row in rows}


def standings(seats: Iterable[UUID], now: datetime) -> dict[UUID, Decision]:
    """Where each seat stands at this instant: the decision, or what is missing now; at most four queries for any
    number. An unknown seat is left out."""
    asked = list(seats)
    decided = {
        uid: Decision(facts.state, facts.reasons, facts.achieved_at) for uid, facts in graduations(asked).items()
    }
    undecided = facts_of(uid for uid in asked if uid not in decided)
    return decided | {uid: rules.decide(facts, now) for uid, (_, facts) in undecided.items()}


def facts_of(seats: Iterable[UUID]) -> dict[UUID, tuple[SeatFacts, Facts]]:
    """The seats and what the rule looks at; an unknown one is left out. Two queries, three where a study has no row."""
    wanted = list(seats)
    studies = learning.study_facts(wanted) if wanted else {}
    editions = courses.editions(study.edition for study in studies.values())
    return {uid: (study.seat, _gather(editions[study.edition], study)) for uid, study in studies.items()}


def _gather(edition: Edition, study: StudyFacts) -> Facts:
    # Who began in time is heard in full: a sitting's own deadline never lies behind the end of the window.
    ends_at = study.seat.batch.until_at
    sittings = [sitting for sitting in study.sittings if sitting.opened_at < ends_at]
    return Facts(
        lessons=tuple(
            rules.LessonFact(
                lesson.title,
                study.lessons_done.get(lesson.key) if lesson.key in study.lessons_mastered else None,
            )
            for lesson in edition.lessons
        ),
        post_tests=tuple(
            _post_test(edition, entry.key, [sitting for sitting in sittings if sitting.test == entry.key])
            for entry in edition.entries
            if entry.kind == "posttest"
        ),
        # No room accepts tasks yet: a training that has one waits for them.
        tasks=tuple(rules.TaskFact(entry.title, False) for entry in edition.entries if entry.kind == "task"),
        survey_asked=study.has_survey,
        survey_at=study.survey_at,
        marking=any(sitting.closed_at is None for sitting in sittings),
        ends_at=ends_at,
    )


def _post_test(edition: Edition, key: str, sittings: list[SittingFacts]) -> rules.PostTestFact:
    rule = edition.tests[key]
    passed = [sitting.closed_at for sitting in sittings if sitting.passed and sitting.closed_at]
    best = max((sitting.percent for sitting in sittings if sitting.percent is not None), default=None)
    return rules.PostTestFact(
        title=rule.title,
        pass_mark=next((sitting.pass_mark for sitting in reversed(sittings) if sitting.pass_mark), rule.pass_mark or 0),
        sittings=rule.sittings,
        taken=sum(sitting.closed_at is not None for sitting in sittings),
        # Never rounded up to what would have passed.
        percent=None if best is None else int(best.to_integral_value(ROUND_FLOOR)),
        passed_at=min(passed, default=None),
    )


def _facts(row: Graduation) -> GraduationFacts:
    assert row.decided_at is not None
    return GraduationFacts(
        seat=row.seat_id,
        state=State(row.state),
        decided_at=row.decided_at,
        achieved_at=row.achieved_at,
        reasons=tuple(_reason(value) for value in row.reasons),
        by=row.by,
        note=row.note,
    )


def _reason(value: Mapping[str, Any]) -> Reason:
    return Reason(rules.ROOM, value["code"], value["data"])
