"""Response times: what a person's clock says about how the answers came about.

The lognormal model (van der Linden 2006, Journal of Educational and Behavioral Statistics 31, 181–204):

    ln T_ij = β_j − τ_i + ε_ij,    ε_ij ~ N(0, 1/α_j²)

β_j time intensity of an item, α_j its discrimination, τ_i the speed of a person; the mean speed is 0. Residuals of one
person on items with known α are normal, so the checks below have exact distributions but for the error of β and α,
which is small where a hundred people or more took an item.

Cells (one person, one item, seconds) come as three arrays of one length m; n persons, k items.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import binom, chi2
from scipy.stats import t as student

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

FEWEST = 10
"""Times needed for an item's parameters; an item with fewer is left out, its residuals are NaN."""
OUTLYING = 4.0
"""Cells with |z| above this are left out of the second fit: someone went for a coffee, or knew the paper."""
IMPOSSIBLY_FAST = 0.01
"""A time that so small a share of answers at the person's own speed would undercut."""


@dataclass(frozen=True, eq=False, slots=True)
class TimeModel:
    """beta: (k,), mean ln seconds at mean speed. alpha: (k,), 1/SD of ln seconds. tau: (n,), speeds, NaN if unknown.
    se_tau: (n,)."""

    beta: Array
    alpha: Array
    tau: Array
    se_tau: Array

    def standardised(self, person: ArrayLike, item: ArrayLike, seconds: ArrayLike) -> Array:
        """(m,), (ln t − β + τ) α: negative is fast. About normal with variance 1 − α²/Σα², as τ is estimated."""
        i, j = np.asarray(person, np.int64), np.asarray(item, np.int64)
        return self.alpha[j] * (_logs(seconds) - self.beta[j] + self.tau[i])


@dataclass(frozen=True, eq=False, slots=True)
class TimeCheck:
    """One number a person, (n,) each: the statistic, its p (NaN where too little is known), items it rests on."""

    statistic: Array
    p: Array
    items: NDArray[np.int64]


def fit_times(person: ArrayLike, item: ArrayLike, seconds: ArrayLike, n: int, k: int) -> TimeModel:
    """β, α, τ by least squares with weights α², α from the residuals with their degrees of freedom; cells that lie
    beyond `OUTLYING` are left out of a second fit. ValueError: a time is not positive and finite."""
    i, j = np.asarray(person, np.int64), np.asarray(item, np.int64)
    logs = _logs(seconds)
    kept = np.bincount(j, minlength=k)[j] >= FEWEST
    for _ in range(2):
        beta, alpha, tau, precision = _fit(i[kept], j[kept], logs[kept], n, k)
        z = alpha[j] * (logs - beta[j] + tau[i])
        kept &= np.abs(z) <= OUTLYING
    with np.errstate(divide="ignore"):
        return TimeModel(beta, alpha, tau, np.where(precision > 0, 1 / np.sqrt(precision), np.nan))


def check_persons(model: TimeModel, person: ArrayLike, item: ArrayLike, seconds: ArrayLike) -> TimeCheck:
    """Times that do not fit one speed: Σz² with τ estimated is χ² with (items − 1) degrees of freedom
    (Sinharay 2018, Psychometrika 83, 376–396). p is the upper tail."""
    i, n = np.asarray(person, np.int64), len(model.tau)
    z = model.standardised(person, item, seconds)
    known = np.isfinite(z)
    items = np.bincount(i[known], minlength=n)
    total = np.bincount(i[known], z[known] ** 2, n)
    return TimeCheck(total, np.where(items > 1, chi2.sf(total, np.maximum(items - 1, 1)), np.nan), items)


def check_contrast(
    model: TimeModel, person: ArrayLike, item: ArrayLike, seconds: ArrayLike, among: ArrayLike
) -> TimeCheck:
    """Whether a person was faster on some cells than on their other ones.

    among: (m,), true for those cells. With the items that were exposed before, this looks for pre-knowledge; with the
    last ones of the order shown, for speededness. The statistic is the difference of two precision-weighted means of
    ln t − β over its standard error, normal when nothing is wrong; p is the lower tail. It rests on fewer items of
    the two sets.
    """
    i, j = np.asarray(person, np.int64), np.asarray(item, np.int64)
    n = len(model.tau)
    away, weight = _logs(seconds) - model.beta[j], model.alpha[j] ** 2
    known = np.isfinite(away) & np.isfinite(weight)
    sides = [known & np.asarray(among, bool), known & ~np.asarray(among, bool)]
    precision = [np.bincount(i[s], weight[s], n) for s in sides]
    mean = [np.bincount(i[s], (weight * away)[s], n) for s in sides]
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = mean[0] / precision[0] - mean[1] / precision[1]
        statistic = difference / np.sqrt(1 / precision[0] + 1 / precision[1])
    items = np.minimum(*(np.bincount(i[s], minlength=n) for s in sides))
    return TimeCheck(statistic, np.where(items > 0, ndtr(statistic), np.nan), items)


def check_bursts(
    model: TimeModel, person: ArrayLike, item: ArrayLike, seconds: ArrayLike, right: ArrayLike
) -> TimeCheck:
    """Right answers that were impossibly fast: how many, and the binomial tail of so many.

    An answer is impossibly fast if its time lies under the 1% point predicted from the person's speed on the other
    items; right or wrong, that happens to an honest person in 1 of 100 answers, right and fast in fewer.
    """
    i, j = np.asarray(person, np.int64), np.asarray(item, np.int64)
    n = len(model.tau)
    away, weight = _logs(seconds) - model.beta[j], model.alpha[j] ** 2
    known = np.isfinite(away) & np.isfinite(weight)
    i, away, weight = i[known], away[known], weight[known]
    precision, mean = np.bincount(i, weight, n), np.bincount(i, weight * away, n)
    others = precision[i] - weight
    with np.errstate(divide="ignore", invalid="ignore"):
        predicted = (mean[i] - weight * away) / others
        z = (away - predicted) / np.sqrt(1 / weight + 1 / others)
    usable = others > 1e-9 * precision[i]
    fast = usable & (z < ndtri(IMPOSSIBLY_FAST)) & np.asarray(right, bool)[known]
    items, count = np.bincount(i[usable], minlength=n), np.bincount(i[fast], minlength=n)
    return TimeCheck(
        count.astype(float), np.where(items > 0, binom.sf(count - 1, items, IMPOSSIBLY_FAST), np.nan), items
    )


def paired_times(first: ArrayLike, second: ArrayLike) -> tuple[float, float]:
    """Whether two people lingered and hurried on the same items.

    first, second: (k,), their standardised times, NaN where there is none. Given (r, p): the correlation over the
    items of both, and its exact upper tail if times are independent (Student's t with items − 2 degrees of freedom).
    (NaN, NaN) with fewer than three items.
    """
    one, other = np.asarray(first, float), np.asarray(second, float)
    both = np.isfinite(one) & np.isfinite(other)
    items = int(both.sum())
    if items < 3:
        return float("nan"), float("nan")
    one, other = one[both] - one[both].mean(), other[both] - other[both].mean()
    spread = np.sqrt((one @ one) * (other @ other))
    if spread == 0:
        return float("nan"), float("nan")
    r = float(np.clip(one @ other / spread, -1, 1))
    statistic = r * np.sqrt((items - 2) / max(1 - r * r, 1e-300))
    return r, float(student.sf(statistic, items - 2))


def median_lag(first: ArrayLike, second: ArrayLike, fewest: int = 10) -> float:
    """The median absolute difference of the moments at which two people answered the same items; NaN with fewer than
    `fewest` items. first, second: (k,), moments in one unit, NaN where there is none."""
    lag = np.abs(np.asarray(first, float) - np.asarray(second, float))
    lag = lag[np.isfinite(lag)]
    return float(np.median(lag)) if len(lag) >= fewest else float("nan")


def rank_p(value: float, comparison: ArrayLike) -> float:
    """How rarely the pairs of a comparison group (m,) come as low as `value`: (1 + number ≤ value) / (1 + m).

    For what has no distribution of its own: lags, and whether two people used one device (0 if they did, else 1).
    Never under 1/(1 + m), so a small comparison group can never prove much.
    """
    others = np.asarray(comparison, float)
    others = others[np.isfinite(others)]
    return float((1 + (others <= value).sum()) / (1 + len(others)))


def _logs(seconds: ArrayLike) -> Array:
    given = np.asarray(seconds, float)
    if given.size and not (np.isfinite(given).all() and given.min() > 0):
        raise ValueError("a time is not positive and finite; leave the cell out")
    return np.log(given)


def _fit(i: Rows, j: Rows, logs: Array, n: int, k: int) -> tuple[Array, Array, Array, Array]:
    """Alternates β and τ under the present weights until they stand still, then renews α; β and α NaN without data."""
    cells = np.bincount(j, minlength=k)
    alpha, tau = np.ones(k), np.zeros(n)
    beta = np.zeros(k)
    for _ in range(100):
        weight = alpha[j] ** 2
        precision = np.bincount(i, weight, n)
        for _ in range(200):
            beta_new = np.bincount(j, logs + tau[i], k) / np.maximum(cells, 1)
            tau = np.bincount(i, weight * (beta_new[j] - logs), n) / np.maximum(precision, 1e-300)
            seen = precision > 0
            tau -= tau[seen].mean() if seen.any() else 0.0
            moved, beta = np.abs(beta_new - beta).max(initial=0.0), beta_new
            if moved < 1e-9:
                break
        residual = logs - beta[j] + tau[i]
        # an estimated speed takes α_j²/Σα² of a cell's variance with it, an estimated β one part in its cells
        free = (1 - weight / precision[i]) * (1 - 1 / cells[j])
        variance = np.bincount(j, residual**2, k) / np.maximum(np.bincount(j, free, k), 1e-12)
        renewed = 1 / np.sqrt(np.maximum(variance, 1e-8))
        still = np.abs(renewed / alpha - 1).max(initial=0.0) < 1e-6
        alpha = np.where(cells > 0, renewed, 1.0)
        if still:
            break
    absent = cells == 0
    precision = np.bincount(i, alpha[j] ** 2, n)
    return (
        np.where(absent, np.nan, beta),
        np.where(absent, np.nan, alpha),
        np.where(precision > 0, tau, np.nan),
        precision,
    )
