"""The one rule that says who passed, with its reasons. All instants are aware."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pintar.foundation.refusals import Reason

ROOM = "graduation"
# A reason names so many titles and counts the rest.
NAMED = 3
LONGEST_NOTE = 500
SHORTEST_NOTE = 10


class State(StrEnum):
    """`lulus` and `gugur` are decided once; the other two may still change."""

    LULUS = "lulus"
    BELUM = "belum"
    REMEDIAL = "remedial"
    GUGUR = "gugur"


OPEN = (State.BELUM, State.REMEDIAL)
FINAL = (State.LULUS, State.GUGUR)


@dataclass(frozen=True, slots=True)
class LessonFact:
    """A lesson that the edition asks for. `mastered_at`: when it was finished, once its quiz, if any, is passed too."""

    title: str
    mastered_at: datetime | None


@dataclass(frozen=True, slots=True)
class PostTestFact:
    """The post-test. `sittings` may be taken before remedial (0: as often as one likes), `taken` were closed.

    `percent` is the best result so far, rounded for the eye. `passed_at` is when the sitting that passed was closed.
    """

    title: str
    pass_mark: int
    sittings: int
    taken: int = 0
    percent: int | None = None
    passed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A task that must be handed in and accepted."""

    title: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rule looks at.

    `ends_at` is the end of the batch's window. `survey_asked` says whether the edition has a survey. `marking`: a
    sitting is under way or waits to be scored, so nobody can have failed for good yet.
    """

    lessons: tuple[LessonFact, ...]
    post_tests: tuple[PostTestFact, ...]
    tasks: tuple[TaskFact, ...]
    survey_asked: bool
    survey_at: datetime | None
    marking: bool
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons` say what is missing, in the order in which it is made good; none for `lulus`.

    `achieved_at` is when the last requirement that has a time was met; None unless `lulus`.
    """

    state: State
    reasons: tuple[Reason, ...] = ()
    achieved_at: datetime | None = None

    @property
    def is_final(self) -> bool:
        return self.state in FINAL


def decide(facts: Facts, now: datetime) -> Decision:
    """Lulus when all is met inside the window, whenever it is looked at; gugur when the window is over without it."""
    missing = tuple(
        reason
        for reason in (
            _lessons(facts.lessons),
            *(_post_test(test) for test in facts.post_tests),
            _tasks(facts.tasks),
            _survey(facts),
        )
        if reason is not None
    )
    if not missing:
        times = [
            at
            for at in (
                *(lesson.mastered_at for lesson in facts.lessons),
                *(test.passed_at for test in facts.post_tests),
                facts.survey_at,
            )
            if at is not None
        ]
        # A sitting that began in time may be closed minutes after the end; the window's last instant counts then.
        return Decision(State.LULUS, achieved_at=min(max(times, default=now), facts.ends_at))
    if now >= facts.ends_at and not facts.marking:
        return Decision(State.GUGUR, (Reason(ROOM, "window_over", {"ends_at": facts.ends_at.isoformat()}), *missing))
    remedial = any(reason.code == "remedial_open" for reason in missing)
    return Decision(State.REMEDIAL if remedial else State.BELUM, missing)


def _lessons(lessons: tuple[LessonFact, ...]) -> Reason | None:
    return _titles("lessons_missing", [lesson.title for lesson in lessons if lesson.mastered_at is None])


def _tasks(tasks: tuple[TaskFact, ...]) -> Reason | None:
    return _titles("tasks_missing", [task.title for task in tasks if not task.accepted])


def _titles(code: str, titles: list[str]) -> Reason | None:
    if not titles:
        return None
    return Reason(ROOM, code, {"count": len(titles), "titles": titles[:NAMED], "more": max(len(titles) - NAMED, 0)})


def _post_test(test: PostTestFact) -> Reason | None:
    if test.passed_at is not None:
        return None
    data: Mapping[str, Any] = {"title": test.title, "percent": test.percent, "pass_mark": test.pass_mark}
    if not test.taken:
        return Reason(ROOM, "post_test_not_taken", data)
    if not test.sittings or test.taken < test.sittings:
        left = test.sittings - test.taken if test.sittings else None
        return Reason(ROOM, "post_test_not_passed", {**data, "left": left})
    if test.taken == test.sittings:
        return Reason(ROOM, "remedial_open", data)
    return Reason(ROOM, "sittings_used_up", data)


def _survey(facts: Facts) -> Reason | None:
    if not facts.survey_asked or (facts.survey_at is not None and facts.survey_at <= facts.ends_at):
        return None
    return Reason(ROOM, "survey_missing")
