"""Decisions about sittings, as values: may one begin, until when may answers come, which answer counts, who passed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from pintar.foundation.refusals import Reason

GRACE = timedelta(minutes=3)
"""After the deadline, answers that were on their way are still taken."""

HELD = timedelta(hours=24)
"""After that, a late log is kept for an organiser to look at."""

EXTRA_TIMES = (25, 50, 100)
SHORTEST_REASON, LONGEST_REASON = 5, 300
WARNINGS = (10, 5, 1)
"""Minutes before the end at which a screen reader is told."""

FEWEST_ITEMS = 5
"""An indicator with fewer items is shown as "Belum pasti"."""

BY_PERSON, BY_TIME = "person", "time"


@dataclass(frozen=True, slots=True)
class Context:
    """What a sitting belongs to, as whoever opens it sees it: opaque here.

    `return_to` is the address to go back to (a path), `latest_end` the instant after which nothing counts any more.
    `cohort` names those who are decided together, by the same cuts; None where nobody is.
    """

    uid: UUID
    title: str
    return_to: str
    latest_end: datetime
    cohort: UUID | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a test may be taken. `sittings` 0 means as often as one likes; `pass_mark` None means never graded."""

    kind: str
    sittings: int
    hours_between: int
    pass_mark: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A sitting of the test in the same context. `over` once no answer can come any more."""

    number: int
    over: bool
    closed_at: datetime | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a sitting may begin now, or the open one go on.

    `number` is the sitting it would be (from 1), `open` that this one is under way. `opens_at` is set where only
    waiting is needed.
    """

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    number: int = 1
    opens_at: datetime | None = None
    open: bool = False
    remedial: bool = False


def may_open(limits: Limits, taken: Sequence[Taken], *, remedial: bool, now: datetime) -> Opening:
    """The decision. `taken` in any order; `remedial` once the lessons of the failed indicators were studied again."""
    number = max((t.number for t in taken), default=0) + 1
    for sitting in taken:
        if sitting.closed_at is None and not sitting.over:
            return Opening(True, number=sitting.number, open=True)
    if any(sitting.closed_at is None for sitting in taken):
        return _refused(number, "being_closed")
    if limits.pass_mark is not None and any(sitting.passed for sitting in taken):
        return _refused(number, "already_passed")
    if limits.sittings and number > limits.sittings:
        return _after_the_last(limits, number, remedial)
    return _after_a_pause(limits, taken, number, now)


def _after_the_last(limits: Limits, number: int, remedial: bool) -> Opening:
    if limits.kind != "posttest":
        return _refused(number, "already_taken")
    if number > limits.sittings + 1:
        return _refused(number, "no_sittings_left")
    # Whoever failed every sitting studied in between: no further pause.
    return Opening(True, number=number, remedial=True) if remedial else _refused(number, "remedial_first")


def _after_a_pause(limits: Limits, taken: Sequence[Taken], number: int, now: datetime) -> Opening:
    last = max((sitting.closed_at for sitting in taken if sitting.closed_at), default=None)
    opens_at = last + timedelta(hours=limits.hours_between) if last else None
    if opens_at is not None and now < opens_at:
        reason = Reason("assessment", "too_soon", {"opens_at": opens_at, "hours": limits.hours_between})
        return Opening(False, (reason,), number, opens_at)
    return Opening(True, number=number)


def _refused(number: int, code: str) -> Opening:
    return Opening(False, (Reason("assessment", code),), number)


def occasion(kind: str, number: int, sittings: int = 0) -> int:
    """Which turn of a person's rotation of forms: 0 the pre-test, then the sittings, then the remedial one, last the
    retest. `sittings` are those of the post-test; only the retest has to know them."""
    match kind:
        case "pretest":
            return 0
        case "retest":
            return sittings + 2
        case _:
            return number


def forms_needed(pretest: bool, sittings: int, retest: bool = False) -> int:
    """How many parallel forms let nobody meet an item twice: pre-test, sittings, remedial, retest."""
    return int(pretest) + (sittings + 1 if sittings else 0) + int(retest)


def met_forms(forms: Mapping[str, Sequence[str]], taken: Iterable[Sequence[str]]) -> list[str]:
    """The forms of which a person has met an item, in the order in which they met it: `taken` are the items of their
    earlier sittings, oldest first, in whatever edition."""
    return [form for items in taken for form, held in forms.items() if not set(held).isdisjoint(items)]


def deadline(opened_at: datetime, minutes: int | None, extra_percent: int, latest_end: datetime) -> datetime:
    """When a sitting ends: its minutes with extra time, never after `latest_end`; without minutes, then."""
    if minutes is None:
        return latest_end
    return min(opened_at + timedelta(minutes=minutes) * (100 + extra_percent) / 100, latest_end)


@dataclass(frozen=True, slots=True)
class Op:
    """One operation as it counts: an answer, a flag, or both. `value` is JSON; it means something if `answers`."""

    op_id: UUID
    seq: int
    item: str
    answers: bool
    value: Any
    flag: bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands for an item: its value (None = unanswered), whether it is flagged, and the highest `seq` heard."""

    value: Any = None
    flag: bool = False
    seq: int = 0

    @property
    def given(self) -> bool:
        return self.value is not None and self.value not in ("", [], {})


def merge(ops: Iterable[Op]) -> dict[str, Answer]:
    """The answers that the operations add up to, whatever order they came in and however often.

    The highest `seq` counts, for the value and for the flag each; where two devices used the same one, the op_id
    decides, so that everyone who has the same operations sees the same answers.
    """
    values: dict[str, Op] = {}
    flags: dict[str, Op] = {}
    last: dict[str, int] = {}
    for op in ops:
        last[op.item] = max(op.seq, last.get(op.item, 0))
        if op.answers:
            values[op.item] = _later(op, values.get(op.item))
        if op.flag is not None:
            flags[op.item] = _later(op, flags.get(op.item))
    return {
        item: Answer(
            value=values[item].value if item in values else None,
            flag=bool(flags[item].flag) if item in flags else False,
            seq=seq,
        )
        for item, seq in last.items()
    }


def _later(op: Op, other: Op | None) -> Op:
    return op if other is None or (op.seq, op.op_id) > (other.seq, other.op_id) else other


def readable_reason(text: str) -> str | None:
    """A reason as it is kept and shown, on one line; None where it says too little or too much."""
    line = " ".join(text.split())
    return line if SHORTEST_REASON <= len(line) <= LONGEST_REASON and line.isprintable() else None


FIRST_KINDS = ("pretest", "posttest")


def is_first_encounter(kind: str, number: int) -> bool:
    """Whether a sitting tells how hard its items are: a person's first pre-test or first post-test."""
    return kind in FIRST_KINDS and number == 1


def reached(values: Sequence[Any]) -> int:
    """How many items a person came to, given what stands for each in the order shown: all up to the last answered."""
    return max((place for place, value in enumerate(values, start=1) if value not in (None, "", [], {})), default=0)


def has_passed(got: int, of: int, pass_mark: int | None) -> bool | None:
    """Exactly: the share of the marks against the pass mark in per cent. None where the test is never graded."""
    if pass_mark is None:
        return None
    return of > 0 and Fraction(100 * got, of) >= pass_mark


def marks_needed(of: int, pass_mark: int) -> int:
    """The fewest whole marks that pass."""
    return -(-pass_mark * of // 100)


def shown_percent(percent: Decimal, passed: bool | None) -> int:
    """For the eye: rounded, but a fail is never rounded up to what would have passed."""
    return int(percent.to_integral_value(ROUND_FLOOR if passed is False else ROUND_HALF_UP))


def feedback_rule(kind: str) -> str:
    """What may be seen after closing: "items" (a quiz), "indicators" (a post-test), "score" (a pre-test)."""
    return {"quiz": "items", "posttest": "indicators"}.get(kind, "score")


def receipt_prefix(kind: str, number: int) -> str:
    """TA1, TW1, K1: Tes akhir, Tes awal, Kuis, and which sitting."""
    return {"posttest": "TA", "pretest": "TW"}.get(kind, "K") + str(number)
