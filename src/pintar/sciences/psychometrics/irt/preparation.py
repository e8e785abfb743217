"""Before the estimation: what cannot be estimated is left out and listed, what cannot work is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.failures import CalibrationFailed
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import MarkTable

FEWEST_ANSWERS = 30

DICHOTOMOUS = ("rasch", "1pl", "2pl", "3pl")
ONE_SLOPE = ("rasch", "1pl", "pcm")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """reason: few_answers, all_right, all_wrong, all_same."""

    item: str
    reason: str


@dataclass(frozen=True, eq=False)
class Prepared:
    """marks: of the items that stay, with equal rows collapsed. maxima: (k,), after merging. group_of_row: (n,), 0 is
    the reference. cluster_of_row: (n,) or None. place_of_anchor: the item in the table → its place among the anchors.
    """

    marks: MarkTable
    maxima: NDArray[np.int64]
    group_of_row: NDArray[np.int64]
    group_names: tuple[str, ...]
    cluster_of_row: NDArray[np.int64] | None
    anchor_items: ItemParameters | None
    anchors: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    categories: Mapping[str, tuple[int, ...]]

    @property
    def is_anchor(self) -> NDArray[np.bool_]:
        known = set(self.anchors)
        return np.array([name in known for name in self.marks.items], bool)


def prepare(
    marks: MarkTable,
    model: str,
    groups: Sequence[str] | None,
    reference: str | None,
    anchors: ItemParameters | None,
    clusters: NDArray | None,
) -> Prepared:
    """groups, clusters: of each row of the table that the marks came from. CalibrationFailed says what cannot work."""
    if model in DICHOTOMOUS and len(marks.marks) and marks.marks.max() > 1:
        cell = int(np.argmax(marks.marks))
        raise CalibrationFailed("not_dichotomous", marks.items[marks.columns[cell]], float(marks.marks[cell]))
    fixed = _anchors_present(marks, model, anchors)
    counts = _counts(marks)
    known = set(fixed.names) if fixed else set()
    left_out = tuple(
        LeftOut(name, reason)
        for name, row in zip(marks.items, counts, strict=True)
        if name not in known and (reason := _why_not(row))
    )
    gone = {item.item for item in left_out}
    kept = np.array([name not in gone for name in marks.items], bool)
    if kept.sum() == len(known):
        raise CalibrationFailed("too_few_people", value=marks.persons)
    # weights are kept, so that a table already collapsed is one
    remaining = marks.take_items(kept)
    remaining, categories = _merge_unused(remaining, counts[kept], known)
    maxima = remaining.maxima.astype(np.int64)
    if fixed is not None:
        _check_marks_of_anchors(remaining, fixed)
        place = dict(zip(fixed.names, fixed.maxima, strict=True))
        maxima = np.array([place.get(n, m) for n, m in zip(remaining.items, maxima, strict=True)], np.int64)
    names, of = _groups(remaining, groups, reference)
    cluster = None if clusters is None else np.unique(clusters[remaining.rows], return_inverse=True)[1]
    if cluster is None:
        collapsed, place_of = remaining.collapsed(of)
        first = np.zeros(len(collapsed), np.int64)
        first[place_of] = of
        remaining, of = collapsed, first
    remaining = replace(remaining, maxima=maxima.astype(np.int16))
    ready = Prepared(remaining, maxima, of, names, cluster, fixed, fixed.names if fixed else (), left_out, categories)
    _check_groups(ready)
    return ready


def recoded(marks: MarkTable, categories: Mapping[str, tuple[int, ...]]) -> MarkTable:
    """Marks of the items named as the categories that calibration merged them into."""
    if not categories:
        return marks
    width = max(max(len(c) for c in categories.values()), int(marks.maxima.max(initial=1)) + 1)
    table = np.tile(np.arange(width, dtype=np.int16), (len(marks.items), 1))
    maxima = marks.maxima.copy()
    for i, name in enumerate(marks.items):
        if name in categories:
            new = categories[name]
            table[i, : len(new)] = new
            table[i, len(new) :] = new[-1]
            maxima[i] = new[-1]
    return replace(marks, marks=table[marks.columns, marks.marks], maxima=maxima)


def _anchors_present(marks: MarkTable, model: str, anchors: ItemParameters | None) -> ItemParameters | None:
    if anchors is None:
        return None
    known = set(anchors.names)
    present = [name for name in marks.items if name in known]
    if not present:
        raise CalibrationFailed("no_anchor")
    fixed = anchors.named(present)
    if model in ONE_SLOPE:
        expected = 1.0 if model in ("rasch", "pcm") else fixed.a[0]
        differing = np.flatnonzero(np.abs(fixed.a - expected) > 1e-6)
        if len(differing):
            raise CalibrationFailed("unequal_slopes", fixed.names[differing[0]], float(fixed.a[differing[0]]))
    return fixed


def _counts(marks: MarkTable) -> NDArray[np.float64]:
    """(k, greatest mark + 1), persons by item and mark."""
    width = int(marks.marks.max(initial=1)) + 1
    cell = marks.columns.astype(np.int64) * width + marks.marks
    flat = np.bincount(cell, marks.weights[marks.row_of_cell], len(marks.items) * width)
    return flat.reshape(len(marks.items), width)


def _why_not(counts: NDArray[np.float64]) -> str | None:
    if counts.sum() < FEWEST_ANSWERS:
        return "few_answers"
    used = np.flatnonzero(counts)
    if len(used) > 1:
        return None
    if used[0] == 0:
        return "all_wrong"
    # the greatest mark that was ever earned is all that a table tells of the greatest there is
    return "all_right" if used[0] == 1 or used[0] == len(counts) - 1 else "all_same"


def _merge_unused(
    marks: MarkTable, counts: NDArray[np.float64], known: set[str]
) -> tuple[MarkTable, Mapping[str, tuple[int, ...]]]:
    """Categories without an answer are merged with the one below (the lowest with the one above)."""
    categories = {}
    for name, row, most in zip(marks.items, counts, marks.maxima, strict=True):
        used = row[: most + 1] > 0
        if name not in known and not used.all():
            categories[name] = tuple(int(c) for c in np.maximum(np.cumsum(used) - 1, 0))
            categories[name] += (categories[name][-1],) * (most + 1 - len(used))
    return recoded(marks, categories), categories


def _check_marks_of_anchors(marks: MarkTable, fixed: ItemParameters) -> None:
    most = dict(zip(fixed.names, fixed.maxima, strict=True))
    for i, name in enumerate(marks.items):
        if name in most and marks.marks[marks.columns == i].max(initial=0) > most[name]:
            raise CalibrationFailed("anchor_marks", name, float(most[name]))


def _groups(
    marks: MarkTable, groups: Sequence[str] | None, reference: str | None
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if groups is None:
        return ("",), np.zeros(len(marks), np.int64)
    if len(marks.rows) and len(groups) <= marks.rows.max():
        raise ValueError(f"{len(groups)} groups for more rows")
    own = [str(groups[row]) for row in marks.rows]
    names = list(dict.fromkeys(own))
    if reference is not None:
        if reference not in names:
            raise ValueError(f"nobody is in the reference group {reference!r}")
        names.sort(key=lambda name: name != reference)
    place = {name: i for i, name in enumerate(names)}
    return tuple(names), np.array([place[name] for name in own], np.int64)


def _check_groups(ready: Prepared) -> None:
    """Every group needs people, and items in common with the reference, directly or through others, or anchors."""
    count, k = len(ready.group_names), len(ready.marks.items)
    persons = np.bincount(ready.group_of_row, ready.marks.weights, count)
    if persons.sum() < FEWEST_ANSWERS:
        raise CalibrationFailed("too_few_people", value=float(persons.sum()))
    for name, number in zip(ready.group_names, persons, strict=True):
        if number < FEWEST_ANSWERS:
            raise CalibrationFailed("group_too_small", name, float(number))
    if count == 1 and not ready.anchors:
        return
    met = np.zeros((count, k), bool)
    met[ready.group_of_row[ready.marks.row_of_cell], ready.marks.columns] = True
    reached = met[0].copy() if not ready.anchors else ready.is_anchor
    for _ in range(count):
        reached = reached | met[(met & reached).any(axis=1)].any(axis=0)
    for name, items in zip(ready.group_names, met, strict=True):
        if not (items & reached).any():
            raise CalibrationFailed("separated_group", name)
