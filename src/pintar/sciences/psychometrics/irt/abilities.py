"""Where people stand, on items whose parameters are known.

    found = measure(table, items, "wle")
    found.theta, found.se

- WLE (Warm 1989, Psychometrika 54, eq. 9) is the person's measure: no prior, so nobody's group moves a verdict. It
  solves l′(θ) + J(θ) / (2 I(θ)) = 0, is finite for zero and perfect scores, and its standard error is 1/√I(θ̂).
- MAP maximises likelihood × normal prior; its standard error is the inverse root of minus the second derivative.
- EAP is the posterior's mean on the nodes, its standard error the posterior's SD (Bock & Mislevy 1982).

Abilities are in logits. Omitted and not reached count 0 (`ResponseTable.for_people`).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from pintar.sciences.psychometrics.irt.eap import expected_a_posteriori
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import MarkTable, ResponseTable

Array = NDArray[np.float64]
Method = Literal["eap", "map", "wle"]

METHODS: tuple[Method, ...] = ("eap", "map", "wle")
FARTHEST = 6.0
"""WLE is clipped here, on both sides."""

CONFIDENCE = 1.96
_CELLS = 400_000
_PRECISION = 1e-9


@dataclass(frozen=True, eq=False)
class Abilities:
    """theta, se: (n,). extreme: bool (n,), zero or perfect score, or clipped. rows: (n,), of the response table."""

    theta: Array
    se: Array
    extreme: NDArray[np.bool_]
    rows: NDArray[np.int64]


def measure(
    table: ResponseTable | MarkTable,
    items: ItemParameters,
    method: Method = "wle",
    *,
    mean: ArrayLike = 0.0,
    sd: ArrayLike = 1.0,
) -> Abilities:
    """Abilities of the persons with an answer, in the order of the table.

    items: of the table's, by name; items of the table without parameters are left aside. mean, sd: the prior of EAP and
    MAP, one for all or one for each row of the table of marks.
    ValueError: no item in common, a mark above an item's greatest, an unknown method.
    """
    if method not in METHODS:
        raise ValueError(f"no method {method!r}; there are {', '.join(METHODS)}")
    marks = table.for_people() if isinstance(table, ResponseTable) else table
    marks, known = matched(marks, items)
    n = len(marks)
    means, sds = (np.broadcast_to(np.asarray(given, float), (n,)) for given in (mean, sd))
    theta, se = np.zeros(n), np.zeros(n)
    if method != "wle":
        theta, se = expected_a_posteriori(marks, known, means, sds)
    if method != "eap":
        root = _Roots(known, marks, means, sds, method)
        theta, se = root.found(theta)
    totals = marks.totals()
    extreme = (totals == 0) | (totals == _greatest(marks, known)) | ((method == "wle") & (np.abs(theta) >= FARTHEST))
    return Abilities(theta, se, extreme, marks.rows)


def matched(marks: MarkTable, items: ItemParameters) -> tuple[MarkTable, ItemParameters]:
    """The items that both have, in the table's order. ValueError: none, or a mark above an item's greatest."""
    known = set(items.names)
    there = [name in known for name in marks.items]
    if not any(there):
        raise ValueError("the table has none of these items")
    marks = marks.take_items(np.array(there)) if not all(there) else marks
    chosen = items.named(marks.items)
    if marks.marks.max(initial=0) > chosen.maxima.min():
        above = np.flatnonzero(marks.marks > chosen.maxima[marks.columns])
        if not len(above):
            return marks, chosen
        raise ValueError(f"item {marks.items[marks.columns[above[0]]]} has a mark above its greatest")
    return marks, chosen


def _greatest(marks: MarkTable, items: ItemParameters) -> NDArray[np.int64]:
    """(n,), the sum of the marks that each row could have earned."""
    if (items.maxima == 1).all():
        return np.diff(marks.starts)
    return np.diff(np.concatenate([[0], np.cumsum(items.maxima[marks.columns], dtype=np.int64)])[marks.starts])


def probability_above(theta: ArrayLike, se: ArrayLike, cut: float) -> Array:
    """Φ((θ − cut) / SE), (n,)."""
    return ndtr((np.asarray(theta, float) - cut) / np.asarray(se, float))


def band(theta: ArrayLike, se: ArrayLike, cut: float) -> NDArray[np.str_]:
    """(n,), "above" or "below" the cut with 95% confidence, or "near" it: the range θ ± 1.96 SE and the word agree."""
    theta, reach = np.asarray(theta, float), CONFIDENCE * np.asarray(se, float)
    return np.where(theta - reach > cut, "above", np.where(theta + reach < cut, "below", "near"))


class _Roots:
    """Zeros of the estimating function of many rows at once: Newton steps kept inside a shrinking bracket. The
    derivative of Warm's bias is not known in closed form for every model: WLE goes on by the slope of its last two
    points, which loses little."""

    def __init__(self, items: ItemParameters, marks: MarkTable, means: Array, sds: Array, method: Method) -> None:
        self.items, self.marks, self.means, self.sds = items, marks, means, sds
        self.is_weighted = method == "wle"

    def found(self, start: Array) -> tuple[Array, Array]:
        theta, se = start.copy(), np.zeros(len(start))
        per_row = max(1, len(self.marks.marks) // max(len(self.marks), 1))
        size = max(1, _CELLS // (per_row * (int(self.items.maxima.max(initial=1)) + 1)))
        for first in range(0, len(start), size):
            rows = np.arange(first, min(first + size, len(start)))
            theta[rows], se[rows] = self._solve(rows, theta[rows])
        return theta, se

    def _solve(self, rows: NDArray[np.int64], start: Array) -> tuple[Array, Array]:
        reach = FARTHEST if self.is_weighted else 10 * self.sds[rows] + 20
        centre = 0.0 if self.is_weighted else self.means[rows]
        low, high = (
            np.broadcast_to(centre - reach, start.shape).copy(),
            np.broadcast_to(centre + reach, start.shape).copy(),
        )
        low_seen, high_seen = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
        theta = np.clip(start, low, high)
        before, value_before = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
        active = np.arange(len(rows))
        part = whole = self.marks.take_rows(rows)
        while len(active):
            value, slope, _ = self._at(part, rows[active], theta[active])
            up, here = value > 0, theta[active]
            low[active], high[active] = np.where(up, here, low[active]), np.where(up, high[active], here)
            low_seen[active] |= up
            high_seen[active] |= ~up
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                if self.is_weighted:
                    secant = (value_before[active] - value) / (here - before[active])
                    slope = np.where(secant > 0, secant, slope)
                new = np.nan_to_num(here + value / slope, nan=0.0)
            before[active], value_before[active] = here, value
            there = np.abs(new - here) <= _PRECISION
            floor, ceiling, middle = low[active], high[active], (low[active] + high[active]) / 2
            new = np.where(new >= ceiling, np.where(high_seen[active], middle, ceiling), new)
            new = np.where(new <= floor, np.where(low_seen[active], middle, floor), new)
            # at a limit the function may still point outwards: the estimate is the limit
            moved = ~there & (np.abs(new - here) > _PRECISION) & (ceiling - floor > _PRECISION)
            theta[active] = np.where(moved, new, here)
            active, part = active[moved], part.take_rows(moved)
        _, slope, information = self._at(whole, rows, theta)
        with np.errstate(divide="ignore"):
            return theta, 1 / np.sqrt(information if self.is_weighted else slope)

    def _at(self, part: MarkTable, rows: NDArray[np.int64], theta: Array) -> tuple[Array, Array, Array]:
        """The estimating function, minus its slope (positive), and the information, each (n,)."""
        first, information, third, observed = (
            np.add.reduceat(np.append(cells, 0.0), part.starts[:-1]) if len(part) else np.zeros(0)
            for cells in derivatives_of_cells(self.items, part.columns, part.marks, theta[part.row_of_cell])
        )
        if self.is_weighted:
            with np.errstate(divide="ignore", invalid="ignore"):
                bias = np.where(information > 0, third / (2 * information), 0.0)
            return first + bias, information, information
        precision = 1 / self.sds[rows] ** 2
        slope = np.where(observed + precision > 0, observed + precision, information + precision)
        return first - (theta - self.means[rows]) * precision, slope, information


def derivatives_of_cells(
    items: ItemParameters, columns: NDArray[np.int32], marks: NDArray[np.int16], theta: Array
) -> tuple[Array, Array, Array, Array]:
    """For each cell: l′, I = Σ P′²/P, J = Σ P′P″/P, and −l″, all (m,)."""
    a, c = items.slopes[columns], items.guesses[columns]
    if (items.maxima == 1).all():
        star = 1 / (1 + np.exp(-(a * theta + items.intercepts[columns, 0])))
        spread = star * (1 - star)
        if not items.c.any():
            information = a * a * spread
            return a * (marks - star), information, a * information * (1 - 2 * star), information
        p = c + (1 - c) * star
        ratio = a * star / p
        slope = (1 - c) * a * spread
        information = slope * ratio
        third = a * (1 - 2 * star) * information
        observed = information - (marks - p) * a * a * spread * c / (p * p)
        return (marks - p) * ratio, information, third, observed
    values = np.arange(items.intercepts.shape[1] + 1)
    psi = (a * theta)[:, None] * values
    psi[:, 1:] += items.intercepts[columns]
    star = np.exp(psi - psi.max(axis=1, keepdims=True))
    star /= star.sum(axis=1, keepdims=True)
    away = values - (star @ values)[:, None]
    kept = (1 - c)[:, None] * star
    p = kept.copy()
    p[:, 1] += c
    slope = a[:, None] * kept * away
    curvature = (a * a)[:, None] * kept * (away**2 - (star * away**2).sum(axis=1, keepdims=True))
    ratio = np.divide(slope, p, out=np.zeros_like(p), where=p > 0)
    earned = (np.arange(len(marks)), marks)
    observed = ratio[earned] ** 2 - np.divide(curvature, p, out=np.zeros_like(p), where=p > 0)[earned]
    return ratio[earned], (ratio * slope).sum(axis=1), (ratio * curvature).sum(axis=1), observed
