"""Whether the model describes the answers to each item.

*Infit and outfit* (Wright & Masters 1982, Rating Scale Analysis, ch. 5): mean squares of residuals at the persons'
measures, weighted by information and not. About 1; flagged outside .7–1.3.

*S-X²* (Orlando & Thissen 2000, Applied Psychological Measurement 24, 50–64; 2003; Kang & Chen 2008 for several marks):
observed and expected shares at each sum score, which unlike ability is observed. Within a form; an item on several
forms adds up. Flagged when significant after Benjamini–Hochberg *and* RMSD > .1: with 236,000 people every item is
significant.

*Q3* (Yen 1984, Applied Psychological Measurement 8, 125–145): correlations of residuals, pair by pair. Flagged at .2
above their mean (Christensen, Makransky & Horton 2017), since the mean is negative by itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.quadrature import normal_grid
from pintar.sciences.psychometrics.irt.sum_scores import add_item
from pintar.sciences.psychometrics.responses import MarkTable

Array = NDArray[np.float64]

LEAST_EXPECTED = 1.0
FALSE_DISCOVERIES = 0.05
GREATEST_RMSD = 0.1
FIT_RANGE = (0.7, 1.3)
Q3_MARGIN = 0.2
_ROWS = 4096


@dataclass(frozen=True, eq=False, slots=True)
class MeanSquares:
    """infit, outfit: (k,), NaN for an item without answers. flagged: (k,)."""

    infit: Array
    outfit: Array

    @property
    def flagged(self) -> NDArray[np.bool_]:
        low, high = FIT_RANGE
        return ~np.isnan(self.infit) & (
            (self.infit < low) | (self.infit > high) | (self.outfit < low) | (self.outfit > high)
        )


@dataclass(frozen=True, eq=False, slots=True)
class SumScoreFit:
    """chi2, df, p, corrected (Benjamini–Hochberg), rmsd: (k,); NaN where too few score groups are left."""

    chi2: Array
    df: NDArray[np.int64]
    p: Array
    corrected: Array
    rmsd: Array

    @property
    def flagged(self) -> NDArray[np.bool_]:
        return (self.corrected < FALSE_DISCOVERIES) & (self.rmsd > GREATEST_RMSD)


@dataclass(frozen=True, eq=False, slots=True)
class LocalDependence:
    """q3: (k, k), NaN on the diagonal and where no person met both items. mean: over pairs."""

    q3: Array
    mean: float

    @property
    def flagged(self) -> list[tuple[int, int]]:
        """Pairs at least .2 above the mean, the greatest first."""
        first, second = np.nonzero(np.triu(self.q3 > self.mean + Q3_MARGIN, 1))
        order = np.argsort(-self.q3[first, second])
        return list(zip(first[order].tolist(), second[order].tolist(), strict=True))


def mean_squares(marks: MarkTable, items: ItemParameters, theta: ArrayLike) -> MeanSquares:
    """theta: (n,), the measures (WLE) of the rows. items: in the order of the table's."""
    theta = np.asarray(theta, float)
    k = len(items)
    infit, outfit = np.full(k, np.nan), np.full(k, np.nan)
    for item, rows, given in _by_item(marks):
        weight = marks.weights[rows]
        expected, variance = _moments(items.take([item]), theta[rows])
        square = (given - expected) ** 2
        infit[item] = (weight @ square) / (weight @ variance)
        outfit[item] = (weight @ (square / np.maximum(variance, 1e-12))) / weight.sum()
    return MeanSquares(infit, outfit)


def sum_score_fit(
    marks: MarkTable, items: ItemParameters, mean: float = 0.0, sd: float = 1.0, estimated: ArrayLike | None = None
) -> SumScoreFit:
    """S-X² of each item; the persons' abilities are N(mean, sd).

    Only forms on which a score group has an expectation are used: rows are compared with others that were shown the
    same items. estimated: (k,), parameters of each item that these answers gave (none where they were known before);
    unless given, K + 1, and one more with a guess.
    """
    k = len(items)
    counted = items.maxima + 1 + (items.guesses > 0) if estimated is None else np.asarray(estimated, np.int64)
    total, cells, square, people = np.zeros(k), np.zeros(k, np.int64), np.zeros(k), np.zeros(k)
    grid = normal_grid(mean, sd)
    for form, rows in marks.booklets():
        if len(form) < 2:
            continue
        given = marks.take_rows(rows).take_items(form)
        known = items.take(form)
        observed = _observed(given, int(known.maxima.sum()))
        for place, item in enumerate(form):
            expected = _expected_shares(known, place, grid.nodes, grid.weights)
            part = _cells(observed[place], expected)
            total[item] += part[0]
            cells[item] += part[1]
            square[item] += part[2]
            people[item] += part[3]
    df = np.where(cells > 0, cells - counted, 0)
    usable = df > 0
    p = np.where(usable, chi2.sf(total, np.maximum(df, 1)), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        rmsd = np.sqrt(square / people)
    return SumScoreFit(np.where(usable, total, np.nan), df, p, benjamini_hochberg(p), rmsd)


def local_dependence(marks: MarkTable, items: ItemParameters, theta: ArrayLike) -> LocalDependence:
    """Correlations of residuals over the persons who met both items, by blocks of persons: memory k × k."""
    theta = np.asarray(theta, float)
    k = len(items)
    sums = np.zeros((5, k, k))  # n, Σd_i, Σd_j, Σd_i², Σd_i d_j over rows with both
    for start in range(0, len(marks), _ROWS):
        given = marks.dense(start, start + _ROWS)
        weight = np.sqrt(marks.weights[start : start + len(given)])[:, None]
        met = (given >= 0) * weight
        away = np.where(given >= 0, given - items.expected(theta[start : start + len(given)]), 0.0) * weight
        by_one = away.T @ met
        sums += [met.T @ met, by_one, by_one.T, (away * away / np.maximum(weight, 1e-300)).T @ met, away.T @ away]
    n, one, other, squares, product = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = product / n - one * other / n**2
        variance = squares / n - (one / n) ** 2
        variance[variance <= 1e-10 * squares / n] = np.nan  # equal residuals, but for rounding
        q3 = covariance / np.sqrt(variance * variance.T)
    q3[~np.isfinite(q3)] = np.nan
    np.fill_diagonal(q3, np.nan)
    pairs = q3[np.triu_indices(k, 1)]
    return LocalDependence(q3, float(np.nanmean(pairs)) if np.isfinite(pairs).any() else float("nan"))


def benjamini_hochberg(p: ArrayLike) -> Array:
    """Adjusted p values, (k,); NaN stays NaN and is not counted (Benjamini & Hochberg 1995)."""
    p = np.asarray(p, float)
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])[::-1]]
    rank = np.arange(len(order), 0, -1)
    out[order] = np.minimum(np.minimum.accumulate(p[order] * len(order) / rank), 1.0)
    return out


def _by_item(marks: MarkTable):
    """(item, rows, marks) for each item with answers."""
    order = np.argsort(marks.columns, kind="stable")
    bounds = np.searchsorted(marks.columns[order], np.arange(len(marks.items) + 1))
    for item in range(len(marks.items)):
        cells = order[bounds[item] : bounds[item + 1]]
        if len(cells):
            yield item, marks.row_of_cell[cells], marks.marks[cells].astype(float)


def _moments(item: ItemParameters, theta: Array) -> tuple[Array, Array]:
    chances = item.probabilities(theta)[:, 0]
    levels = np.arange(chances.shape[1])
    expected = chances @ levels
    return expected, chances @ levels**2 - expected**2


def _observed(given: MarkTable, most: int) -> Array:
    """(k, S + 1, M + 1), how many rows with each sum score got each mark."""
    dense, totals = given.dense(), given.totals()
    widest = int(given.maxima.max(initial=1)) + 1
    out = np.zeros((len(given.items), most + 1, widest))
    for item in range(len(given.items)):
        np.add.at(out[item], (totals, dense[:, item]), given.weights)
    return out


def _expected_shares(items: ItemParameters, item: int, nodes: Array, weights: Array) -> Array:
    """(S + 1, K + 1), P(X_i = m | Σ X = s) in the group."""
    chances = items.probabilities(nodes)
    rest = np.ones((len(nodes), 1))
    for other, most in enumerate(items.maxima):
        if other != item:
            rest = add_item(rest, chances[:, other, : most + 1])
    most = int(items.maxima[item])
    joint = np.zeros((rest.shape[1] + most, most + 1))
    for mark in range(most + 1):
        joint[mark : mark + rest.shape[1], mark] = (weights * chances[:, item, mark]) @ rest
    return joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)


def _cells(observed: Array, expected: Array) -> tuple[float, int, float, float]:
    """χ², cells less one a group, Σ N (share of marks, observed − expected)², N.

    Score groups in which the mark is certain (0 and the greatest) say nothing and are left out; neighbours are merged
    until every expected count is at least 1, a rest joins the last group.
    """
    width = expected.shape[1]
    people = observed.sum(axis=1)
    certain = (expected > 0).sum(axis=1) < 2
    groups: list[tuple[Array, Array]] = []
    seen, wanted = np.zeros(width), np.zeros(width)
    for score in np.flatnonzero(~certain & (people > 0)):
        seen, wanted = seen + observed[score, :width], wanted + people[score] * expected[score]
        if wanted.min() >= LEAST_EXPECTED:
            groups.append((seen, wanted))
            seen, wanted = np.zeros(width), np.zeros(width)
    if wanted.sum() and groups:
        groups[-1] = (groups[-1][0] + seen, groups[-1][1] + wanted)
    share = np.arange(width) / (width - 1)
    square = sum(float(((seen - wanted) @ share) ** 2 / seen.sum()) for seen, wanted in groups)
    total = sum(float(((seen - wanted) ** 2 / wanted).sum()) for seen, wanted in groups)
    return total, len(groups) * (width - 1), square, float(sum(seen.sum() for seen, _ in groups))
