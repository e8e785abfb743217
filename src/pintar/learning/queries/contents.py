"""`/belajar/<batch>/`: what a training consists of, where each line stands, and what opens it."""

from dataclasses import dataclass

from pintar.courses.queries import Entry
from pintar.learning.queries.studies import StudyView, minutes_left
from pintar.learning.rules.gate import LineState, State


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its state, the entry, minutes left; `quiz_best` of a lesson's quiz once it was passed."""

    state: LineState
    entry: Entry
    minutes: int
    items: int | None
    sittings: int
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
        return self.is_done


@dataclass(frozen=True)
class ContentsPage:
    view: StudyView
    sections: tuple[Section, ...]
    segments: tuple[str, ...]

    @property
    def folded(self) -> list[Section]:
        """Sections at the top that are done: they fold away."""
        first_open = next((n for n, s in enumerate(self.sections) if not s.is_done), len(self.sections))
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
    lessons = [row for row in rows if row.state.line.kind == "lesson"]
    group = view.edition.groups[place]
    return Section(
        key=group.key,
        title=group.title,
        rows=rows,
        lessons=len(lessons),
        lessons_done=sum(1 for row in lessons if row.state.is_done),
        is_done=all(row.state.is_done for row in rows),
    )


def _row(view: StudyView, state: LineState) -> Row:
    entry = view.edition.entry(state.line.key)
    assert entry is not None
    rule = view.edition.tests.get(entry.key)
    quiz = view.standing.plan.quiz_of(entry.key)
    passed = quiz is not None and view.states[quiz.key].is_done
    return Row(
        state=state,
        entry=entry,
        minutes=minutes_left(state),
        items=rule.items if rule else None,
        sittings=rule.sittings if rule else 0,
        quiz_best=view.states[quiz.key].best if quiz and passed else None,
        quiz_title=quiz.title if quiz else "",
        reread=any(entry.key in other.reread for other in view.states.values()),
    )


def _segment(state: LineState) -> str:
    if state.is_done:
        return "done"
    return "now" if state.state is State.CURRENT or state.share > 0 else ""
