"""What the science makes of a snapshot: the next version of a scale. Writes nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pintar.assessment.queries.scale.snapshots import Snapshot
from pintar.assessment.rules.scale import FEWEST_ANSWERS, KEPT, MOVED, NEW
from pintar.sciences.psychometrics.irt.abilities import matched, measure
from pintar.sciences.psychometrics.irt.calibration import Calibration, CalibrationFailed, Model, calibrate
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.quality.advice import LONG_ENOUGH
from pintar.sciences.psychometrics.quality.fit import mean_squares, sum_score_fit
from pintar.sciences.psychometrics.scale.gain import group_gain
from pintar.sciences.psychometrics.scale.linking import Link, LinkRefused, link


class Impossible(Exception):
    """`reason` is a code of `CalibrationFailed` or `LinkRefused`, `what` the item or group that it is about."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(reason, what)
        self.reason, self.what = reason, what


@dataclass(frozen=True, slots=True)
class Estimated:
    """An item of the new version; fields as in `models.ScaleItem`."""

    version: int
    fate: str
    a: float
    b: float | None
    se_a: float
    se_b: float | None
    persons: int
    drift: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """`items` are the whole scale, old and new, with their covariance; `found` as in `models.Calibration`."""

    items: ItemParameters
    lines: tuple[Estimated, ...]
    found: dict[str, Any]


def estimate(snapshot: Snapshot, base: ItemParameters | None, seen: Collection[int]) -> Found:
    """The first version is defined by its reference group, the earliest pre-test. A later one holds the items of `base`
    fixed, save those that drifted in the answers given since (sittings that are not in `seen`). Takes seconds.

    Raises Impossible.
    """
    if not len(snapshot.table):
        raise Impossible("too_few_people")
    snapshot, unused = _without_unused(snapshot)
    moved = _linked(snapshot, base, seen) if base is not None else None
    gone = set(moved.dropped) if moved else set()
    anchors = base.named([name for name in base.names if name not in gone]) if base is not None else None
    fitted = _calibrated(snapshot, anchors)
    items = _with_absent(fitted.items, anchors)
    told = _told(fitted, moved, unused) | {"gain": _gain(snapshot, items)}
    return Found(items, _lines(snapshot, fitted, items, base, moved), told)


def _without_unused(snapshot: Snapshot) -> tuple[Snapshot, tuple[str, ...]]:
    """Without the items of which a mark was never earned between others that were: a scale's item has all its marks, or
    a form's expected score would be in other marks than people earn."""
    table = snapshot.table
    width = int(table.maxima.max(initial=1)) + 1
    earned = np.maximum(table.codes, 0)
    counts = np.bincount(table.columns.astype(np.int64) * width + earned, minlength=len(table.items) * width)
    used = counts.reshape(len(table.items), width) > 0
    all_used = np.array([row[: most + 1].all() or row.sum() < 2 for row, most in zip(used, table.maxima, strict=True)])
    if all_used.all():
        return snapshot, ()
    gone = tuple(name for name, is_used in zip(table.items, all_used, strict=True) if not is_used)
    return snapshot.without(~all_used[table.columns]), gone


def _calibrated(snapshot: Snapshot, anchors: ItemParameters | None = None) -> Calibration:
    model: Model = "2pl" if snapshot.table.maxima.max(initial=1) == 1 else "gpcm"
    pretests = [group for group in snapshot.groups if group.startswith("pretest ")]
    reference = None if anchors is not None or not pretests else pretests[0]
    repeats = len(set(snapshot.persons)) < len(snapshot.persons)
    try:
        return calibrate(
            snapshot.table,
            model,
            groups=snapshot.groups,
            reference=reference,
            anchors=anchors,
            clusters=snapshot.persons if repeats else None,
        )
    except CalibrationFailed as failed:
        raise Impossible(failed.reason, failed.what) from failed


def _linked(snapshot: Snapshot, base: ItemParameters, seen: Collection[int]) -> Link | None:
    """What the answers since say by themselves, brought onto the scale: which of its items drifted, and how exactly the
    link is known. None where they are too few to say."""
    since = snapshot.only(~np.isin(snapshot.sittings, list(seen)))
    try:
        return link(base, _calibrated(since).items) if len(since.table) else None
    except Impossible:
        return None
    except LinkRefused as refused:
        if refused.reason == "too_many_drifted":
            raise Impossible(refused.reason, refused.items[0]) from refused
        return None


def _with_absent(items: ItemParameters, anchors: ItemParameters | None) -> ItemParameters:
    """With the items of the scale that nobody met this time: an item keeps its parameters for life."""
    absent = [name for name in anchors.names if name not in items.names] if anchors is not None else []
    if anchors is None or not absent:
        return items
    rest = anchors.named(absent)
    width = max(items.intercepts.shape[1], rest.intercepts.shape[1])
    intercepts = [
        np.pad(each.intercepts, ((0, 0), (0, width - each.intercepts.shape[1])), constant_values=-np.inf)
        for each in (items, rest)
    ]
    covariance = None
    if items.covariance is not None and rest.covariance is not None:
        size = len(items.covariance)
        covariance = np.zeros((size + len(rest.covariance),) * 2)
        covariance[:size, :size], covariance[size:, size:] = items.covariance, rest.covariance
    return ItemParameters(
        (*items.names, *rest.names),
        np.concatenate([items.slopes, rest.slopes]),
        np.concatenate(intercepts),
        np.concatenate([items.guesses, rest.guesses]),
        covariance,
    )


def _lines(
    snapshot: Snapshot, fitted: Calibration, items: ItemParameters, base: ItemParameters | None, moved: Link | None
) -> tuple[Estimated, ...]:
    met = dict(zip(snapshot.table.items, np.bincount(snapshot.table.columns).tolist(), strict=True))
    drift = {each.item: each.d for each in moved.drift} if moved else {}
    flags, known = _flags(snapshot, fitted), set(base.names) if base is not None else set()
    gone = set(moved.dropped) if moved else set()
    return tuple(
        Estimated(
            version=int(name),
            fate=MOVED if name in gone else KEPT if name in known else NEW,
            a=float(items.a[at]),
            b=_finite(items.b[at]),
            se_a=0.0 if items.se_a is None else float(items.se_a[at]),
            se_b=None if items.se_b is None else _finite(items.se_b[at]),
            persons=met.get(name, 0),
            drift=drift.get(name),
            flags=flags.get(name, ()),
        )
        for at, name in enumerate(items.names)
    )


def _flags(snapshot: Snapshot, fitted: Calibration) -> Mapping[str, tuple[str, ...]]:
    """Items that work against the others, or do not follow the model. S-X² is looked at in the largest group, whose
    distribution is known; infit and outfit only where people met so many items that no single one moves a measure."""
    largest = max(fitted.groups, key=lambda group: group.persons)
    of_group = snapshot.only(np.array([group == largest.name for group in snapshot.groups]))
    marks, items = matched(of_group.table.for_people(), fitted.items)
    sums = sum_score_fit(marks, items, largest.mean, largest.sd)
    found: dict[str, list[str]] = {}
    for at in np.flatnonzero(sums.flagged):
        found.setdefault(items.names[at], []).append("misfit")
    if len(marks.marks) >= LONG_ENOUGH * len(marks):
        squares = mean_squares(marks, items, measure(marks, items).theta)
        for at in np.flatnonzero(squares.flagged):
            found.setdefault(items.names[at], []).append("fit")
    for at in np.flatnonzero(fitted.items.a < 0):
        found.setdefault(fitted.items.names[at], []).insert(0, "negative")
    return {name: tuple(codes) for name, codes in found.items()}


def _told(fitted: Calibration, moved: Link | None, unused: tuple[str, ...]) -> dict[str, Any]:
    return {
        "model": fitted.model,
        "persons": fitted.persons,
        "loglik": fitted.loglik,
        "groups": [
            [*group.name.split(" "), group.mean, group.se_mean, group.sd, group.persons] for group in fitted.groups
        ],
        "left_out": [
            *([int(each.item), each.reason] for each in fitted.left_out),
            *([int(name), "unused_mark"] for name in unused),
        ],
        "link": moved
        and {"a": moved.A, "b": moved.B, "se_a": moved.se_A, "se_b": moved.se_B, "anchors": len(moved.anchors)},
    }


def _gain(snapshot: Snapshot, items: ItemParameters) -> dict[str, Any] | None:
    """Of the edition that was sat last, from the answers of those with both tests; None where too few have."""
    editions = [group.split(" ")[1] for group in snapshot.groups if group.startswith("posttest ")]
    if not editions:
        return None
    edition = editions[-1]
    before, after = (
        {snapshot.persons[row]: row for row, group in enumerate(snapshot.groups) if group == f"{kind} {edition}"}
        for kind in ("pretest", "posttest")
    )
    both = sorted(before.keys() & after.keys())
    if len(both) < FEWEST_ANSWERS:
        return None
    first, second = (snapshot.take([rows[person] for person in both]).table for rows in (before, after))
    try:
        found = group_gain(first, second, items)
    except (CalibrationFailed, ValueError):
        return None
    return {"edition": edition, "gain": found.gain, "se": found.se, "persons": len(both), "of": len(before)}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
