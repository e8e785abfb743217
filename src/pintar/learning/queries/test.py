"""`/belajar/<batch>/<test>/`: the rules of a test before it begins, and what is left of its sittings."""

from dataclasses import dataclass
from datetime import datetime

from pintar.assessment import queries as tests
from pintar.courses.queries import Entry, TestRule
from pintar.learning.queries.studies import StudyView
from pintar.learning.rules import gate
from pintar.learning.rules.gate import LineState, Sat


@dataclass(frozen=True)
class TestPage:
    """`number` is the sitting that would begin now, `left` how many there are still (None = as many as one likes);
    `remedial` that it is the one after all others failed; `used_up` that there is none any more; `reread` the lessons
    to go through again first."""

    __test__ = False  # pytest

    view: StudyView
    entry: Entry
    rule: TestRule
    shape: tests.Shape
    state: LineState
    sats: tuple[Sat, ...]
    number: int
    left: int | None
    remedial: bool
    used_up: bool
    reread: tuple[Entry, ...]
    indicators: tuple[str, ...]
    ends_early: datetime | None
    after: LineState | None

    @property
    def items(self) -> int:
        """All that a sitting shows, those that are only tried among them."""
        return self.shape.items + self.shape.pilots

    @property
    def may_begin(self) -> bool:
        return not self.state.is_locked and not (self.state.is_done and self.rule.kind != "quiz")

    @property
    def last(self) -> Sat | None:
        closed = [sat for sat in self.sats if sat.closed_at]
        return closed[-1] if closed else None


def rules_page(view: StudyView, entry: Entry) -> TestPage:
    """No query."""
    rule, state = view.edition.tests[entry.key], view.states[entry.key]
    sats = tuple(view.standing.of(entry.key))
    taken = max((sat.number for sat in sats), default=0)
    over = sum(1 for sat in sats if sat.over)
    again = gate.rereading(view.standing, state.line)
    last = next((sat for sat in reversed(sats) if sat.closed_at and sat.passed is False), None)
    limited = rule.sittings > 0 and rule.kind != "quiz"
    used_up = limited and rule.kind == "posttest" and over > rule.sittings and not state.is_done
    weak = last.failed or ((last.weakest,) if last.weakest else ()) if last and not state.is_done else ()
    wanted = state.reread or (again.missing if again and rule.kind == "posttest" and not used_up else ())
    return TestPage(
        view=view,
        entry=entry,
        rule=rule,
        shape=tests.shape_of(view.edition, entry.key),
        state=state,
        sats=sats,
        number=taken if state.open_sitting else taken + 1,
        left=max(0, (1 if rule.kind == "pretest" else rule.sittings) - over) if limited else None,
        remedial=limited and rule.kind == "posttest" and over == rule.sittings,
        used_up=used_up,
        reread=tuple(found for key in wanted if (found := view.edition.entry(key))),
        indicators=tuple(view.edition.indicators.get(key, key) for key in weak if not used_up),
        ends_early=_ends_early(view, rule),
        after=gate.following(view.states, entry.key),
    )


def _ends_early(view: StudyView, rule: TestRule) -> datetime | None:
    """The end of the batch, where it comes before the test's minutes are over."""
    until = view.seat.batch.until_at
    if rule.minutes is None or rule.kind == "quiz":
        return None
    return until if (until - view.now).total_seconds() < rule.minutes * 60 else None
