"""Classical item analysis from sums that can be added up: in any order, in any parts, with the same result.

    sums = count(table)                 # of some sittings
    sums = sums + count(more)           # of more of them; exactly what count of both together gives
    described = describe(sums)

All sums are of whole numbers, so nothing is rounded before the last division. Items are described within a form (the
set of items presented) and pooled over forms. Omitted and not reached count 0.

- facility: mean mark / greatest mark.
- item–rest: Pearson correlation of the mark with the sum of the other marks; over forms pooled by Fisher's z with
  weights n − 3; None where either has no variance.
- discrimination27: difference of the facilities of the upper and the lower 27% by total (Kelley 1939), each exactly
  .27 n persons: those tied at the edge enter with equal fractional weight.
- alpha: Cronbach (1951), for marks 0 and 1 it is KR-20. sem: SD(n − 1) √(1 − α).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.choices import ChoiceTable
from pintar.sciences.psychometrics.responses import NOT_REACHED, OMITTED, MarkTable, ResponseTable

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

EXTREME_SHARE = (27, 100)
"""The upper and the lower group, as a fraction."""
ROWS = 4096
"""Rows summed at once, so that memory does not grow with the persons."""


@dataclass(frozen=True, eq=False)
class FormSums:
    """Sums over the sittings of one form of k items.

    by_total: persons with each total. marks_by_total: total → (k,), sums of their marks. squares: (k,), Σ x².
    omitted, not_reached: (k,), persons. options: (item, option) → (persons, sum of their rest scores).
    """

    by_total: Mapping[int, int]
    marks_by_total: Mapping[int, Whole]
    squares: Whole
    omitted: Whole
    not_reached: Whole
    options: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def __add__(self, other: "FormSums") -> "FormSums":
        options = dict(self.options)
        for place, (persons, rest) in other.options.items():
            before = options.get(place, (0, 0))
            options[place] = (before[0] + persons, before[1] + rest)
        totals = self.by_total.keys() | other.by_total.keys()
        nothing = np.zeros_like(self.squares)
        return FormSums(
            {t: self.by_total.get(t, 0) + other.by_total.get(t, 0) for t in totals},
            {t: self.marks_by_total.get(t, nothing) + other.marks_by_total.get(t, nothing) for t in totals},
            self.squares + other.squares,
            self.omitted + other.omitted,
            self.not_reached + other.not_reached,
            options,
        )


@dataclass(frozen=True, eq=False)
class Sums:
    """forms: the items of a form, sorted by name → its sums. greatest: of each item, its greatest mark."""

    forms: Mapping[tuple[str, ...], FormSums]
    greatest: Mapping[str, int]

    def __add__(self, other: "Sums") -> "Sums":
        forms = dict(self.forms)
        for items, sums in other.forms.items():
            forms[items] = forms[items] + sums if items in forms else sums
        names = self.greatest.keys() | other.greatest.keys()
        greatest = {name: max(self.greatest.get(name, 1), other.greatest.get(name, 1)) for name in names}
        return Sums(forms, greatest)


def count(table: ResponseTable, choices: ChoiceTable | None = None) -> Sums:
    """The sums of a table. choices: the options chosen, cell by cell those of the table (`ChoiceTable.marked`)."""
    marks = table.for_people()
    forms: dict[tuple[str, ...], FormSums] = {}
    for presented, rows in marks.booklets():
        items = np.array(sorted(presented, key=lambda i: marks.items[i]))
        form = tuple(marks.items[i] for i in items)
        for start in range(0, len(rows), ROWS):
            sums = _sums(table, choices, marks, items, rows[start : start + ROWS])
            forms[form] = forms[form] + sums if form in forms else sums
    return Sums(forms, dict(zip(table.items, table.maxima.tolist(), strict=True)))


def _sums(table: ResponseTable, choices: ChoiceTable | None, marks: MarkTable, items: Whole, rows: Whole) -> FormSums:
    """Of some rows of one form."""
    codes = table.codes
    place_of = np.zeros(len(marks.items), np.int64)
    place_of[items] = np.arange(len(items))
    x = marks.take_rows(rows).dense()[:, items].astype(np.int64)
    totals = x.sum(axis=1)
    seen, place = np.unique(totals, return_inverse=True)
    by_total = np.zeros((len(seen), len(items)), np.int64)
    np.add.at(by_total, place, x)
    cells, row = _cells_of(table, marks.rows[rows])
    at = place_of[table.columns[cells]]
    omitted, not_reached = (
        np.bincount(at[codes[cells] == code], minlength=len(items)) for code in (OMITTED, NOT_REACHED)
    )
    return FormSums(
        dict(zip(seen.tolist(), np.bincount(place).tolist(), strict=True)),
        dict(zip(seen.tolist(), by_total, strict=True)),
        (x * x).sum(axis=0),
        omitted,
        not_reached,
        {} if choices is None else _options(choices, cells, totals[row] - x[row, at]),
    )


def _cells_of(table: ResponseTable, rows: Whole) -> tuple[Whole, Whole]:
    """The cells of some rows, and for each cell which of those rows it is in."""
    lengths = np.diff(table.starts)[rows]
    begin = np.concatenate([[0], np.cumsum(lengths)])
    cells = np.arange(begin[-1]) + np.repeat(table.starts[rows] - begin[:-1], lengths)
    return cells, np.repeat(np.arange(len(rows)), lengths)


def _options(choices: ChoiceTable, cells: Whole, rest: Whole) -> dict[tuple[str, str], tuple[int, int]]:
    chosen, columns = choices.choices[cells], choices.columns[cells]
    there = chosen >= 0
    width = max((len(o) for o in choices.options), default=0)
    flat = columns[there].astype(np.int64) * width + chosen[there]
    persons = np.bincount(flat)
    sums = np.zeros(len(persons), np.int64)
    np.add.at(sums, flat, rest[there])
    return {
        (choices.items[f // width], choices.options[f // width][f % width]): (int(persons[f]), int(sums[f]))
        for f in np.flatnonzero(persons)
    }


@dataclass(frozen=True, slots=True)
class OptionStatistics:
    """share: of those who met the item. mean_rest: their mean sum of the other marks."""

    option: str
    share: float
    mean_rest: float


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """presented: persons. omitted, not_reached: shares of them. What cannot be computed is None."""

    item: str
    presented: int
    facility: float
    item_rest: float | None
    discrimination27: float | None
    alpha_if_deleted: float | None
    omitted: float
    not_reached: float
    options: tuple[OptionStatistics, ...]


@dataclass(frozen=True, eq=False)
class FormStatistics:
    """distribution: total → persons."""

    items: tuple[str, ...]
    persons: int
    mean: float
    sd: float | None
    alpha: float | None
    sem: float | None
    distribution: Mapping[int, int]


@dataclass(frozen=True, eq=False)
class Classical:
    """alpha, sem: of the one form, or over forms the mean α and root mean square SEM, weighted by persons."""

    persons: int
    alpha: float | None
    sem: float | None
    items: tuple[ItemStatistics, ...]
    forms: tuple[FormStatistics, ...]


def describe(sums: Sums, order: tuple[str, ...] | None = None) -> Classical:
    """Statistics of all items that anyone met, in `order` (else as they first appear in the forms, sorted)."""
    forms = [_Form(items, sums.forms[items], sums.greatest) for items in sorted(sums.forms)]
    names = order if order is not None else tuple(dict.fromkeys(i for form in forms for i in form.items))
    where: dict[str, list[_Form]] = {name: [] for name in names}
    for form in forms:
        for name in form.items:
            where.setdefault(name, []).append(form)
    items = tuple(_pooled(name, where[name], sums.greatest[name]) for name in names if where[name])
    known = [(form.n, form.alpha, form.sem) for form in forms if form.alpha is not None and form.sem is not None]
    alpha = sem = None
    if known:
        weights, alphas, sems = np.transpose(known)
        alpha = float(np.average(alphas, weights=weights))
        sem = float(np.sqrt(np.average(sems**2, weights=weights)))
    return Classical(sum(form.n for form in forms), alpha, sem, items, tuple(form.statistics() for form in forms))


class _Form:
    """One form's statistics, each an array over its items; NaN where there is none."""

    def __init__(self, items: tuple[str, ...], sums: FormSums, greatest: Mapping[str, int]) -> None:
        self.items, self.sums = items, sums
        self.place = {name: i for i, name in enumerate(items)}
        self.greatest = np.array([greatest[name] for name in items], float)
        self.totals = sorted(sums.by_total)
        self.counts = np.array([sums.by_total[t] for t in self.totals], np.int64)
        self.n = int(self.counts.sum())
        table = np.array([sums.marks_by_total[t] for t in self.totals], np.int64)
        t = np.array(self.totals, np.int64)
        self.marks, total = table.sum(axis=0), int((t * self.counts).sum())
        cross, total_squares = (t[:, None] * table).sum(axis=0), int((t * t * self.counts).sum())
        n = self.n
        # n² times variances and covariances, whole numbers
        self.variance = n * sums.squares - self.marks**2
        self.total_variance = n * total_squares - total**2
        with_total = n * cross - self.marks * total
        self.rest_variance = self.total_variance - 2 * with_total + self.variance
        self.mean = total / n
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt(self.variance.astype(float)) * np.sqrt(self.rest_variance.astype(float))
            self.item_rest = np.where(spread > 0, (with_total - self.variance) / spread, np.nan)
        self.alpha = _alpha(len(items), int(self.variance.sum()), self.total_variance)
        self.sd = float(np.sqrt(self.total_variance / (n * (n - 1)))) if n > 1 else None
        self.sem = None if self.alpha is None or self.sd is None else float(self.sd * np.sqrt(max(1 - self.alpha, 0)))
        others = int(self.variance.sum()) - self.variance
        self.alpha_if_deleted = [
            _alpha(len(items) - 1, int(o), int(r)) for o, r in zip(others, self.rest_variance, strict=True)
        ]
        self.discrimination = self._extremes(table[::-1], self.counts[::-1]) - self._extremes(table, self.counts)

    def _extremes(self, table: Whole, counts: Whole) -> Array:
        """(k,), facility of the first .27 n persons in the order of the table."""
        wanted = self.n * EXTREME_SHARE[0] / EXTREME_SHARE[1]
        taken = np.clip(wanted - np.concatenate([[0], np.cumsum(counts)[:-1]]), 0, counts)
        return ((taken / counts) @ table) / (wanted * self.greatest)

    def statistics(self) -> FormStatistics:
        distribution = dict(zip(self.totals, self.counts.tolist(), strict=True))
        return FormStatistics(self.items, self.n, self.mean, self.sd, self.alpha, self.sem, distribution)


def _alpha(k: int, items: int, total: int) -> float | None:
    return k / (k - 1) * (1 - items / total) if k > 1 and total > 0 else None


def _pooled(name: str, forms: list[_Form], greatest: int) -> ItemStatistics:
    places = [form.place[name] for form in forms]
    n = np.array([form.n for form in forms], float)
    marks = sum(int(form.marks[i]) for form, i in zip(forms, places, strict=True))
    presented = int(n.sum())
    rest = np.array([form.item_rest[i] for form, i in zip(forms, places, strict=True)])
    deleted = [(form.alpha_if_deleted[i], form.n) for form, i in zip(forms, places, strict=True)]
    known = [(a, m) for a, m in deleted if a is not None]
    options: dict[str, tuple[int, int]] = {}
    for form in forms:
        for (item, option), (persons, sum_of_rest) in form.sums.options.items():
            if item == name:
                before = options.get(option, (0, 0))
                options[option] = (before[0] + persons, before[1] + sum_of_rest)
    return ItemStatistics(
        name,
        presented,
        marks / (presented * greatest),
        _fisher_pooled(rest, n),
        float(np.average([form.discrimination[i] for form, i in zip(forms, places, strict=True)], weights=n)),
        float(np.average([a for a, _ in known], weights=[m for _, m in known])) if known else None,
        sum(int(form.sums.omitted[i]) for form, i in zip(forms, places, strict=True)) / presented,
        sum(int(form.sums.not_reached[i]) for form, i in zip(forms, places, strict=True)) / presented,
        tuple(OptionStatistics(o, p / presented, r / p) for o, (p, r) in sorted(options.items())),
    )


def _fisher_pooled(rest: Array, n: Array) -> float | None:
    there = np.isfinite(rest)
    if there.sum() == 1:
        return float(rest[there][0])
    there &= n > 3
    if not there.any():
        return None
    inside = np.clip(rest[there], -1 + 1e-12, 1 - 1e-12)
    return float(np.tanh(np.average(np.arctanh(inside), weights=n[there] - 3)))
