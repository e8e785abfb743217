"""`/belajar/<batch>/`: what a training consists of, where each line stands, and what opens it."""

from dataclasses import dataclass
from datetime import datetime

from pintar.assessment import queries as tests
from pintar.foundation.refusals import Reason
from pintar.learning.queries.studies import StudyView, minutes_left
from pintar.learning.rules.gate import Line, LineState, State


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is shown: nothing but what stands in it, so that all learners at the same point share it.

    `done_at` is cut to the hour (the page names the day, and zones differ by whole hours); `minutes` are left;
    `quiz_best` is of a lesson's quiz once it was passed; `reread`: to be studied again before the next sitting.
    """

    line: Line
    state: State
    reasons: tuple[Reason, ...]
    is_begun: bool
    is_sitting: bool
    done_at: datetime | None
    best: int | None
    minutes: int
    items: int | None
    quiz_best: int | None
    quiz_title: str
    reread: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A group with its rows; `lessons` and `lessons_done` count lessons only."""

    key: str
    title: str
    rows: tuple[Row, ...]
    lessons: int
    lessons_done: int
    is_done: bool

    @property
    def is_folded(self) -> bool:
        """Whether it is done with: nothing in it is to be studied again."""
        return self.is_done and not any(row.reread for row in self.rows)


@dataclass(frozen=True)
class ContentsPage:
    view: StudyView
    sections: tuple[Section, ...]
    segments: tuple[str, ...]

    @property
    def folded(self) -> list[Section]:
        """Sections at the top that are done with: they fold away."""
        first_open = next((n for n, s in enumerate(self.sections) if not s.is_folded), len(self.sections))
        return list(self.sections[:first_open])

    @property
    def unfolded(self) -> list[Section]:
        return list(self.sections[len(self.folded) :])


def contents_page(view: StudyView) -> ContentsPage:
    """No query."""
    sections = tuple(_section(view, place) for place in range(len(view.edition.groups)))
    return ContentsPage(
        view,
        sections,
        tuple(_segment(state) for state in view.states.values() if state.line.number and state.line.kind == "lesson"),
    )


def _section(view: StudyView, place: int) -> Section:
    rows = tuple(_row(view, state) for state in view.states.values() if state.line.group == place)
    lessons = [row for row in rows if row.line.kind == "lesson"]
    group = view.edition.groups[place]
    return Section(
        key=group.key,
        title=group.title,
        rows=rows,
        lessons=len(lessons),
        lessons_done=sum(1 for row in lessons if row.state is State.DONE),
        is_done=all(row.state is State.DONE for row in rows),
    )


def _row(view: StudyView, state: LineState) -> Row:
    line = state.line
    shape = tests.shape_of(view.edition, line.key) if line.key in view.edition.tests else None
    quiz = view.standing.plan.quiz_of(line.key)
    passed = quiz is not None and view.states[quiz.key].is_done
    return Row(
        line=line,
        state=state.state,
        reasons=state.reasons,
        is_begun=state.share > 0,
        is_sitting=state.open_sitting is not None,
        done_at=state.done_at.replace(minute=0, second=0, microsecond=0) if state.done_at else None,
        best=state.best,
        minutes=minutes_left(state),
        items=shape.items + shape.pilots if shape else None,
        quiz_best=view.states[quiz.key].best if quiz and passed else None,
        quiz_title=quiz.title if quiz else "",
        reread=any(line.key in other.reread for other in view.states.values()),
    )


def _segment(state: LineState) -> str:
    if state.is_done:
        return "done"
    return "now" if state.state is State.CURRENT or state.share > 0 else ""
