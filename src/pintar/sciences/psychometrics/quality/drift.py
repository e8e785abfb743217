"""What happens to an item over time: does it get easier, how many have met it, how long does it take.

*Drift.* For each period the shift of an item's difficulty that its answers ask for, given the persons' measures and
the other parameters (a step of maximum likelihood, exact for small shifts): Σ a(x − E) / Σ a² Var, with the standard
error of that. A period is flagged after Benjamini–Hochberg at .05 and from .3 logits, as anchors are. CUSUM sums up
what single periods are too small to show (Veerkamp & Glas 2000, Journal of Educational and Behavioral Statistics 25,
373–389): S_t = max(0, S_{t−1} + z_t − ½), of becoming easier; flagged above 5.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.quality.fit import FALSE_DISCOVERIES, benjamini_hochberg
from pintar.sciences.psychometrics.responses import MarkTable

Array = NDArray[np.float64]

LEAST_SHIFT = 0.3
FEWEST = 30
CUSUM_SLACK, CUSUM_LIMIT = 0.5, 5.0
FASTEST_SHARE = 0.1


@dataclass(frozen=True, eq=False, slots=True)
class Drift:
    """periods: their names, T, in order. shift, se: (T, k), of b in logits, negative is easier; NaN with fewer than 30
    answers. corrected: (T, k), p. cusum: (T, k), of becoming easier."""

    periods: tuple[str, ...]
    shift: Array
    se: Array
    corrected: Array
    cusum: Array

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """(T, k), a period in which the item was another one."""
        return (self.corrected < FALSE_DISCOVERIES) & (np.abs(self.shift) >= LEAST_SHIFT)

    @property
    def leaking(self) -> NDArray[np.bool_]:
        """(k,), items that became easier bit by bit."""
        return (self.cusum > CUSUM_LIMIT).any(axis=0)


@dataclass(frozen=True, eq=False, slots=True)
class Exposure:
    """rate: (k,), share of the persons who met an item. overlap: the expected share of a test that two persons have in
    common (Chen, Ankenmann & Spray 2003), Σ n_i(n_i − 1) / (n(n − 1) mean length)."""

    rate: Array
    overlap: float


@dataclass(frozen=True, eq=False, slots=True)
class ItemTimes:
    """Seconds an item takes: quartiles (k,) each; rushed: (k,), share answered in under a tenth of the median (Wise &
    Kong 2005 call such a threshold NT10); NaN without times."""

    lower: Array
    median: Array
    upper: Array
    rushed: Array


def drift(marks: MarkTable, items: ItemParameters, theta: ArrayLike, period: ArrayLike) -> Drift:
    """theta: (n,), measures of the rows. period: (n,), a label a row; periods are put in the order of their labels.

    The measures should come from the other items, or from many: an item pulls its own persons towards itself.
    """
    theta, labels = np.asarray(theta, float), np.asarray(period)
    names, of = np.unique(labels, return_inverse=True)
    shape = (len(names), len(items))
    score, information, answers = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    step = max(1, 2_000_000 // (len(items) * (items.intercepts.shape[1] + 1)))
    for start in range(0, len(marks), step):
        given = marks.dense(start, start + step)
        rows = slice(start, start + len(given))
        chances, first, _ = items.slopes_of_probabilities(theta[rows])
        met = (given >= 0) * marks.weights[rows, None]
        # ∂ ln P(x)/∂b = −∂ ln P(x)/∂θ
        taken = np.maximum(given, 0)[:, :, None]
        chance = np.take_along_axis(chances, taken, axis=2)[:, :, 0]
        slope = np.take_along_axis(first, taken, axis=2)[:, :, 0]
        fisher = np.divide(first**2, chances, out=np.zeros_like(chances), where=chances > 0).sum(axis=2)
        np.add.at(score, of[rows], -met * slope / np.maximum(chance, 1e-300))
        np.add.at(information, of[rows], met * fisher)
        np.add.at(answers, of[rows], met)
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = (answers >= FEWEST) & (information > 0)
        shift = np.where(usable, score / information, np.nan)
        se = np.where(usable, 1 / np.sqrt(information), np.nan)
    z = shift / se
    corrected = benjamini_hochberg(two_sided(z).ravel()).reshape(shape)
    cusum = np.zeros(shape)
    running = np.zeros(len(items))
    for t in range(len(names)):
        running = np.maximum(0.0, running + np.where(np.isnan(z[t]), 0.0, -z[t] - CUSUM_SLACK))
        cusum[t] = running
    return Drift(tuple(str(name) for name in names), shift, se, corrected, cusum)


def two_sided(z: ArrayLike) -> Array:
    """2 Φ(−|z|)."""
    return 2 * ndtr(-np.abs(np.asarray(z, float)))


def exposure(marks: MarkTable) -> Exposure:
    """From who was shown what."""
    n = marks.persons
    met = np.bincount(marks.columns, marks.weights[marks.row_of_cell], len(marks.items))
    if n < 2 or not met.sum():
        return Exposure(met / max(n, 1), float("nan"))
    return Exposure(met / n, float((met * (met - 1)).sum() / (n * (n - 1)) / (met.sum() / n)))


def item_times(item: ArrayLike, seconds: ArrayLike, k: int) -> ItemTimes:
    """From cells: item (m,), seconds (m,)."""
    i, t = np.asarray(item, np.int64), np.asarray(seconds, float)
    quartiles, rushed = np.full((3, k), np.nan), np.full(k, np.nan)
    present, counts = np.unique(i, return_counts=True)
    by_item = np.split(t[np.argsort(i, kind="stable")], np.cumsum(counts)[:-1])
    for at, times in zip(present, by_item if len(present) else [], strict=True):
        quartiles[:, at] = np.quantile(times, [0.25, 0.5, 0.75])
        rushed[at] = (times < FASTEST_SHARE * quartiles[1, at]).mean()
    return ItemTimes(quartiles[0], quartiles[1], quartiles[2], rushed)
