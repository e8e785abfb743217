"""What of a claim is believed.

A device says which ranges of a form were played or read; the server keeps their union, whatever order they come in, and
believes of it what the time since the lesson was first opened leaves room for. Lengths and ranges are seconds (video,
audio), pages (slides) or paragraphs (reading); a share is between 0 and 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil, floor, isfinite
from typing import Any

type Range = tuple[float, float]
type Ranges = tuple[Range, ...]

FASTEST = 1.5
"""How fast a recording may be played."""

WORDS_A_SECOND = 10
"""600 words a minute: nobody reads faster, so less time than that is no reading."""

SECONDS_A_PAGE = 2

ENOUGH = 0.95
"""The share of a recording that finishes it: closing words and a clipped end are forgiven."""

GAP = 2.0
"""Seconds between two ranges that are still no skipping: a player tells its position a few times a second."""

SLACK = 10.0
"""Seconds by which a device's clock may be ahead of what the server has seen."""

REREAD = 0.25
"""The share of a form that has to be gone through again after a quiz was failed."""

RECORDINGS = ("video", "audio")
MOST_RANGES = 200
MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Measure:
    """A form as progress sees it: its kind, its length, and the words of its text."""

    kind: str
    length: float
    words: int = 0

    @property
    def is_recording(self) -> bool:
        return self.kind in RECORDINGS

    @property
    def need(self) -> float:
        """The fewest seconds in which it can be gone through."""
        if self.is_recording:
            return self.length / FASTEST
        return self.length * SECONDS_A_PAGE if self.kind == "slides" else self.words / WORDS_A_SECOND

    @property
    def slack(self) -> float:
        return min(SLACK, self.need / 4) if self.is_recording else 0.0

    @property
    def enough(self) -> float:
        return ENOUGH if self.is_recording else 1.0


@dataclass(frozen=True, slots=True)
class FormProgress:
    """`ranges`: all that was claimed. `base`: the share that other forms had brought when this one was taken up.

    `gained`: the share that this one brought. `last`: where it was left.
    """

    ranges: Ranges = ()
    base: float = 0.0
    gained: float = 0.0
    last: float = 0.0


@dataclass(frozen=True, slots=True)
class Again:
    """Going through a lesson once more after its quiz was failed at `since`."""

    since: datetime
    opened_at: datetime
    ranges: Mapping[str, Ranges] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """One lesson of one study. `share` never falls; `form` is the one used last, `reread_at` when it was last gone
    through again."""

    opened_at: datetime | None = None
    seen_at: datetime | None = None
    share: float = 0.0
    form: str = ""
    forms: Mapping[str, FormProgress] = field(default_factory=dict)
    completed_at: datetime | None = None
    again: Again | None = None
    reread_at: datetime | None = None

    def of(self, kind: str) -> FormProgress:
        return self.forms.get(kind, FormProgress())


@dataclass(frozen=True, slots=True)
class Claim:
    """What a device says: ranges of a form, where it stands, and since when the page was open (None = unknown)."""

    form: str
    ranges: Ranges
    position: float | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """What is missing from a form: the share not gone through yet, and the seconds that would still be too fast."""

    unseen: float
    seconds: int

    @property
    def nothing(self) -> bool:
        return self.unseen <= 0 and self.seconds <= 0


def merge_ranges(ranges: Iterable[Sequence[float]], gap: float = 0.0) -> Ranges:
    """The union, sorted; ranges that touch, or lie no more than `gap` apart, are one."""
    merged: list[list[float]] = []
    for start, end in sorted((float(r[0]), float(r[1])) for r in ranges):
        if merged and start <= merged[-1][1] + gap:
            merged[-1][1] = max(merged[-1][1], end)
        elif end > start:
            merged.append([start, end])
    return tuple((start, end) for start, end in merged)


def covered(ranges: Ranges) -> float:
    """How much the union covers."""
    return sum(end - start for start, end in merge_ranges(ranges))


def furthest(ranges: Ranges, gap: float = GAP) -> float:
    """The end of the part from 0 on without a gap."""
    first = next(iter(merge_ranges(ranges, gap)), None)
    return first[1] if first and first[0] <= gap else 0.0


def read_ranges(raw: Any, measure: Measure) -> Ranges | None:
    """Ranges as a device sent them, cut to the form's length; None for anything else.

    Pages and paragraphs count whole.
    """
    if not isinstance(raw, list | tuple) or len(raw) > MOST_RANGES:
        return None
    found = []
    for each in raw:
        if not isinstance(each, list | tuple) or len(each) != 2 or not all(_is_number(n) for n in each):
            return None
        start, end = float(each[0]), min(float(each[1]), measure.length)
        if not 0 <= float(each[0]) <= float(each[1]):
            return None
        if not measure.is_recording:
            start, end = ceil(start), floor(end)
        if end > start:
            found.append((round(start, 1), round(end, 1)))
    return merge_ranges(found)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9 and isfinite(value)


def advance(
    before: LessonProgress, measures: Mapping[str, Measure], claim: Claim, now: datetime, reread_since: datetime | None
) -> LessonProgress:
    """The lesson's progress after a claim. `reread_since` is when its quiz was failed, if it must be reread.

    What is believed: of a recording the part from the beginning without a gap, of slides and reading all that was
    seen; never more than the time since the lesson was first opened allows. What is not believed yet stays claimed,
    and counts once there was time for it.
    """
    measure = measures[claim.form]
    opened_at = _earliest(before.opened_at, claim.opened_at, now)
    was = before.of(claim.form)
    if claim.form != before.form:
        was = replace(was, base=before.share)
    ranges = merge_ranges([*was.ranges, *claim.ranges], GAP if measure.is_recording else 0.0)[:MOST_KEPT]
    seen = _seen(measure, ranges, was.base)
    share = max(before.share, min(seen, before.share + _room(before, measures, measure, opened_at, now)))
    finished = before.completed_at or (now if share >= measure.enough - 1e-9 else None)
    last = was.last if claim.position is None else round(min(max(claim.position, 0.0), measure.length), 1)
    form = FormProgress(ranges, was.base, was.gained + share - before.share, last)
    after = replace(
        before,
        opened_at=opened_at,
        seen_at=now,
        share=1.0 if finished else share,
        form=claim.form,
        forms={**before.forms, claim.form: form},
        completed_at=finished,
    )
    return _again(after, measure, claim, now, reread_since) if before.completed_at and reread_since else after


def left(progress: LessonProgress, measures: Mapping[str, Measure], kind: str, now: datetime) -> Left:
    """What is missing before the lesson is finished in this form, by what was claimed so far."""
    measure = measures[kind]
    if progress.completed_at:
        return Left(0.0, 0)
    seen = _seen(measure, progress.of(kind).ranges, progress.of(kind).base)
    room = _room(progress, measures, measure, progress.opened_at or now, now)
    lacking = (measure.enough - progress.share - room) * measure.need
    return Left(max(0.0, measure.enough - seen), max(0, ceil(lacking - 1e-6)))


def left_again(
    progress: LessonProgress, measures: Mapping[str, Measure], kind: str, since: datetime, now: datetime
) -> Left:
    """What is missing before the lesson counts as gone through again."""
    again = progress.again if progress.again and progress.again.since == since else None
    if progress.reread_at and progress.reread_at > since:
        return Left(0.0, 0)
    measure = measures[kind]
    seen = covered(again.ranges.get(kind, ())) / measure.length if again and measure.length else 0.0
    passed = (now - again.opened_at).total_seconds() if again else 0.0
    return Left(max(0.0, REREAD - seen), max(0, ceil(REREAD * measure.need - measure.slack - passed - 1e-6)))


def resume_at(progress: LessonProgress, measure: Measure) -> float:
    """Where to go on in a form: where it was left, or as far in as another form had brought one."""
    own = progress.of(measure.kind)
    if progress.form == measure.kind or (progress.completed_at and own.ranges):
        return own.last if own.last < measure.length * 0.99 else 0.0
    if progress.completed_at:
        return 0.0
    return max(own.last, floor(progress.share * measure.length))


def open_until(progress: LessonProgress, measure: Measure) -> float:
    """The point of a recording beyond which nothing can be skipped to; its length once the lesson is finished."""
    if progress.completed_at:
        return measure.length
    own = progress.of(measure.kind)
    base = own.base if progress.form == measure.kind else progress.share
    heard = furthest((*own.ranges, (0.0, base * measure.length)))
    return min(max(heard, progress.share * measure.length), measure.length)


def _seen(measure: Measure, ranges: Ranges, base: float) -> float:
    if measure.length <= 0:
        return 0.0
    brought = (0.0, base * measure.length)
    if measure.is_recording:
        return min(furthest((*ranges, brought)) / measure.length, 1.0)
    return min(covered((*ranges, brought)) / measure.length, 1.0)


def _room(
    before: LessonProgress, measures: Mapping[str, Measure], measure: Measure, opened_at: datetime, now: datetime
) -> float:
    """The share of a form that can have been gone through in the time that was not spent on what is counted already."""
    spent = sum(progress.gained * measures[kind].need for kind, progress in before.forms.items() if kind in measures)
    free = (now - opened_at).total_seconds() + measure.slack - spent
    return max(0.0, free / measure.need) if measure.need else 1.0


def _again(after: LessonProgress, measure: Measure, claim: Claim, now: datetime, since: datetime) -> LessonProgress:
    if after.reread_at and after.reread_at > since:
        return after
    again = after.again
    if again is None or again.since != since:
        again = Again(since, max(since, claim.opened_at or now))
    ranges = merge_ranges([*again.ranges.get(claim.form, ()), *claim.ranges])[:MOST_KEPT]
    again = replace(again, ranges={**again.ranges, claim.form: ranges})
    after = replace(after, again=again)
    # `Again` was reset or extended above; what is left now decides.
    lacks = left_again(after, {claim.form: measure}, claim.form, since, now)
    return replace(after, reread_at=now, again=None) if lacks.nothing else after


def _earliest(*instants: datetime | None) -> datetime:
    return min(instant for instant in instants if instant is not None)


def to_json(progress: LessonProgress) -> dict[str, Any]:
    """The progress as JSON values; `from_json` brings it back."""
    again = progress.again
    return {
        "opened_at": _text(progress.opened_at),
        "seen_at": _text(progress.seen_at),
        "share": round(progress.share, 4),
        "form": progress.form,
        "forms": {
            kind: {
                "ranges": [list(each) for each in form.ranges],
                "base": round(form.base, 4),
                "gained": round(form.gained, 4),
                "last": form.last,
            }
            for kind, form in progress.forms.items()
        },
        "completed_at": _text(progress.completed_at),
        "reread_at": _text(progress.reread_at),
        "again": again
        and {
            "since": _text(again.since),
            "opened_at": _text(again.opened_at),
            "ranges": {kind: [list(each) for each in ranges] for kind, ranges in again.ranges.items()},
        },
    }


def from_json(raw: Mapping[str, Any] | None) -> LessonProgress:
    if not raw:
        return LessonProgress()
    again = raw.get("again")
    return LessonProgress(
        opened_at=_instant(raw.get("opened_at")),
        seen_at=_instant(raw.get("seen_at")),
        share=raw.get("share", 0.0),
        form=raw.get("form", ""),
        forms={
            kind: FormProgress(_ranges(form["ranges"]), form["base"], form["gained"], form["last"])
            for kind, form in raw.get("forms", {}).items()
        },
        completed_at=_instant(raw.get("completed_at")),
        reread_at=_instant(raw.get("reread_at")),
        again=Again(
            datetime.fromisoformat(again["since"]),
            datetime.fromisoformat(again["opened_at"]),
            {kind: _ranges(ranges) for kind, ranges in again["ranges"].items()},
        )
        if again
        else None,
    )


def _ranges(raw: Sequence[Sequence[float]]) -> Ranges:
    return tuple((float(start), float(end)) for start, end in raw)


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
