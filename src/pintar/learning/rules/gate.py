"""The gate: of each line of the contents, whether it is done, current, open or locked, and what opens it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pintar.foundation.refusals import Reason
from pintar.learning.rules.progress import LessonProgress

ROOM = "learning"
TESTS = ("pretest", "quiz", "posttest")


class State(StrEnum):
    DONE = "done"
    CURRENT = "current"
    OPEN = "open"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the contents. `group` is its group's place from 0; `of` the lesson of a quiz; `mark` in per cent."""

    key: str
    kind: str
    title: str
    group: int
    number: int | None = None
    of: str | None = None
    minutes: int = 0
    mark: int | None = None
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A group: lessons of one with `mastery` follow each other, each behind the quiz of the one before."""

    key: str
    title: str
    mastery: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The contents of an edition, as far as the gate needs them."""

    stages: tuple[Stage, ...]
    lines: tuple[Line, ...]

    def line(self, key: str) -> Line | None:
        return next((line for line in self.lines if line.key == key), None)

    @property
    def lessons(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind == "lesson")

    def quiz_of(self, lesson: str) -> Line | None:
        return next((line for line in self.lines if line.kind == "quiz" and line.of == lesson), None)


@dataclass(frozen=True, slots=True)
class Sat:
    """A sitting. `over` once no answer can come any more; `failed` the indicators under the mark, `weakest` the
    worst of all."""

    uid: UUID
    test: str
    kind: str
    number: int
    opened_at: datetime
    over: bool
    closed_at: datetime | None
    percent: int | None
    passed: bool | None
    failed: tuple[str, ...] = ()
    weakest: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What the rule of a test says about its next sitting; `number` is which one that would be."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    number: int = 1
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineState:
    """A line and where it stands. `best` is the highest per cent of its sittings, `open_sitting` the one under way.

    `reread` names the lessons to go through again before the next sitting (those not gone through yet), since `since`.
    """

    line: Line
    state: State
    reasons: tuple[Reason, ...] = ()
    share: float = 0.0
    done_at: datetime | None = None
    best: int | None = None
    open_sitting: UUID | None = None
    sittings: int = 0
    opens_at: datetime | None = None
    reread: tuple[str, ...] = ()
    since: datetime | None = None

    @property
    def is_locked(self) -> bool:
        return self.state is State.LOCKED

    @property
    def is_done(self) -> bool:
        return self.state is State.DONE


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the gate looks at."""

    plan: Plan
    lessons: Mapping[str, LessonProgress]
    sats: Sequence[Sat]
    survey_at: datetime | None
    starts_at: datetime
    until_at: datetime

    def of(self, test: str) -> list[Sat]:
        return [sat for sat in self.sats if sat.test == test]

    def progress(self, lesson: str) -> LessonProgress:
        return self.lessons.get(lesson, LessonProgress())


@dataclass(frozen=True, slots=True)
class Rereading:
    """Lessons to go through again after a failed sitting that ended at `since`; `wanted` all, `missing` still."""

    since: datetime
    wanted: tuple[str, ...]
    missing: tuple[str, ...]


def rereading(standing: Standing, test: Line) -> Rereading | None:
    """What must be gone through again before the next sitting of a test; None where nothing must.

    After a failed quiz its lesson; after the last regular sitting of the post-test (the caller knows which that is) the
    lessons of its failed indicators, of the weakest where none failed.
    """
    closed = [sat for sat in standing.of(test.key) if sat.closed_at is not None]
    if not closed or any(sat.passed for sat in closed):
        return None
    last = max(closed, key=lambda sat: sat.number)
    if last.passed is None or last.closed_at is None:
        return None
    wanted = lessons_to_study(standing.plan, test, last)
    missing = tuple(key for key in wanted if not (at := standing.progress(key).reread_at) or at <= last.closed_at)
    return Rereading(last.closed_at, wanted, missing)


def lessons_to_study(plan: Plan, test: Line, sat: Sat) -> tuple[str, ...]:
    """The lessons that serve the indicators which a sitting showed to be weak."""
    weak = set(sat.failed) or ({sat.weakest} if sat.weakest else set())
    if test.kind == "quiz":
        return (test.of,) if test.of else ()
    return tuple(line.key for line in plan.lessons if weak & set(line.indicators))


def gate(standing: Standing, openings: Mapping[str, Opening], now: datetime) -> dict[str, LineState]:
    """The state of every line. `openings`: of each test, what its own rule says about the next sitting."""
    plan = standing.plan
    done = {line.key: _done_at(standing, line) for line in plan.lines}
    states = {line.key: _state(standing, line, done, openings.get(line.key), now) for line in plan.lines}
    current = next((s for s in states.values() if s.state is State.OPEN), None)
    if current:
        states[current.line.key] = replace(current, state=State.CURRENT)
    return states


def is_finished(standing: Standing) -> bool:
    """Whether nothing is left to do."""
    return all(_done_at(standing, line) is not None for line in standing.plan.lines)


def _done_at(standing: Standing, line: Line) -> datetime | None:
    match line.kind:
        case "lesson":
            return standing.progress(line.key).completed_at
        case "survey":
            return standing.survey_at
        case "pretest":
            return next((sat.closed_at or sat.opened_at for sat in standing.of(line.key) if sat.over), None)
        case "quiz" | "posttest":
            return next((sat.closed_at for sat in standing.of(line.key) if sat.passed), None)
        case _:
            return None


def _state(
    standing: Standing,
    line: Line,
    done: Mapping[str, datetime | None],
    opening: Opening | None,
    now: datetime,
) -> LineState:
    sats = standing.of(line.key)
    under_way = next((sat.uid for sat in sats if not sat.over), None)
    state = LineState(
        line,
        State.OPEN,
        share=standing.progress(line.key).share if line.kind == "lesson" else 0.0,
        done_at=done[line.key],
        best=max((sat.percent for sat in sats if sat.percent is not None), default=None),
        open_sitting=under_way,
        sittings=len(sats),
    )
    if state.done_at is not None:
        return replace(state, state=State.DONE)
    if reasons := _window(standing, now):
        return replace(state, state=State.LOCKED, reasons=reasons)
    if under_way is not None:
        return state
    if reasons := _turn(standing, line, done):
        return replace(state, state=State.LOCKED, reasons=reasons)
    return _test_state(standing, state, opening) if line.kind in TESTS else state


def _window(standing: Standing, now: datetime) -> tuple[Reason, ...]:
    if now < standing.starts_at:
        return (Reason("learning", "not_started", {"starts_at": standing.starts_at}),)
    if now >= standing.until_at:
        return (Reason("learning", "ended", {"until_at": standing.until_at}),)
    return ()


def _turn(standing: Standing, line: Line, done: Mapping[str, datetime | None]) -> tuple[Reason, ...]:
    """Whose turn it is: what stands before this line and is not done."""
    plan = standing.plan
    if line.kind == "survey":
        return _before_survey(standing, line, done)
    for before in plan.lines:
        if before.group >= line.group:
            break
        if before.kind not in ("lesson", "quiz", "pretest") or done[before.key]:
            continue
        if before.kind == "pretest":
            return (Reason("learning", "pretest_first", {"title": before.title, "key": before.key}),)
        title = plan.stages[before.group].title
        code = "all_lessons_first" if line.kind == "posttest" else "group_first"
        return (Reason("learning", code, {"group": title}),)
    if line.kind == "quiz" and line.of and not done.get(line.of):
        return (_lesson_first(plan, line.of),)
    if line.kind == "lesson" and plan.stages[line.group].mastery is not None:
        return _mastery_before(plan, line, done)
    return ()


def _mastery_before(plan: Plan, line: Line, done: Mapping[str, datetime | None]) -> tuple[Reason, ...]:
    blocking: tuple[Reason, ...] = ()
    for before in plan.lines:
        if before.key == line.key:
            break
        if before.group != line.group or done[before.key]:
            continue
        if before.kind == "quiz":
            # The nearest one is named: it is what the reader will meet last on the way here.
            blocking = (Reason("learning", "quiz_first", {"title": before.title, "mark": before.mark}),)
        elif before.kind == "lesson" and plan.quiz_of(before.key) is None:
            blocking = (_lesson_first(plan, before.key),)
    return blocking


def _lesson_first(plan: Plan, key: str) -> Reason:
    lesson = plan.line(key)
    assert lesson is not None
    return Reason("learning", "lesson_first", {"number": lesson.number, "title": lesson.title, "key": key})


def _before_survey(standing: Standing, line: Line, done: Mapping[str, datetime | None]) -> tuple[Reason, ...]:
    tests = [each for each in standing.plan.lines if each.kind == "posttest"]
    if any(sat.over for test in tests for sat in standing.of(test.key)):
        return ()
    if tests:
        return (Reason("learning", "posttest_first", {"title": tests[-1].title}),)
    rest = [each for each in standing.plan.lines if each.kind != "survey"]
    return () if all(done[each.key] for each in rest) else (Reason("learning", "rest_first"),)


def _test_state(standing: Standing, state: LineState, opening: Opening | None) -> LineState:
    again = rereading(standing, state.line)
    if state.line.kind == "quiz" and again and again.missing:
        return replace(
            state,
            state=State.LOCKED,
            reasons=(reread_reason(standing.plan, again),),
            reread=again.missing,
            since=again.since,
        )
    if opening is None or opening.allowed:
        return state
    if again and again.missing and any(why.code == "remedial_first" for why in opening.reasons):
        reason = reread_reason(standing.plan, again, "remedial_first")
        return replace(state, state=State.LOCKED, reasons=(reason,), reread=again.missing, since=again.since)
    return replace(state, state=State.LOCKED, reasons=opening.reasons, opens_at=opening.opens_at)


def reread_reason(plan: Plan, again: Rereading, code: str = "reread_first") -> Reason:
    lessons = [_named(plan, key) for key in again.missing]
    if code == "remedial_first":
        return Reason("learning", "remedial_first", {"lessons": lessons})
    return Reason("learning", "reread_first", {"lessons": lessons})


def _named(plan: Plan, key: str) -> dict[str, Any]:
    line = plan.line(key)
    return {"key": key, "number": line.number if line else None, "title": line.title if line else key}


def reread_since(states: Iterable[LineState], lesson: str) -> datetime | None:
    """Since when a lesson waits to be gone through again; None where it does not."""
    return max((s.since for s in states if s.since and lesson in s.reread), default=None)


def following(states: Mapping[str, LineState], key: str) -> LineState | None:
    """The line after this one."""
    keys = list(states)
    place = keys.index(key) + 1
    return states[keys[place]] if place < len(keys) else None


def next_step(states: Mapping[str, LineState]) -> LineState | None:
    """What to do now: the current line, or before it a test that waits for rereading; where none is open, the first
    that waits for time."""
    current = next((s for s in states.values() if s.state is State.CURRENT or s.reread), None)
    return current or next((s for s in states.values() if s.is_locked), None)
