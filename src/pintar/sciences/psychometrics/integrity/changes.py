"""Answer changes: whether the answers that were changed came out right more often than the person's others explain.

The erasure detection index (Wollack, Cohen & Eckerly 2015, Educational and Psychological Measurement 75, 931–953)
takes the ability from the items that were left alone, and counts how many of the changed ones ended right. Here its
tail is exact, and what everybody gains by thinking again (a logit γ, estimated from the whole cohort) is part of the
expectation, so that a good second thought is no evidence.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.integrity.tails import upper_tail

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class ChangeCheck:
    """changed, right, p: (n,), how many answers a person changed, how many of those ended right, and the upper tail (1
    where nothing was changed). chances: (n, k), of each changed answer to end right, 0 where none was changed.
    gain: γ, in logits."""

    changed: NDArray[np.int64]
    right: NDArray[np.int64]
    p: Array
    chances: Array
    gain: float

    @property
    def expected(self) -> Array:
        """(n,), how many of the changed answers were expected to end right."""
        return self.chances.sum(axis=1)


def check_changes(
    right: ArrayLike, changed: ArrayLike, theta: ArrayLike, curves: Callable[[Array], Array]
) -> ChangeCheck:
    """right: (n, k), whether the final answer is right. changed: (n, k), whether it is not the first one.
    theta: (n,), measures from the unchanged items of each. curves: θ (n,) → P(right) (n, k)."""
    final, again = np.asarray(right, bool), np.asarray(changed, bool)
    chance = np.clip(curves(np.asarray(theta, float)), 1e-6, 1 - 1e-6)
    gain = _gain(np.log(chance / (1 - chance))[again], final[again])
    shifted = np.where(again, 1 / (1 + (1 / chance - 1) * np.exp(-gain)), 0.0)
    count = (final & again).sum(axis=1)
    return ChangeCheck(again.sum(axis=1), count, upper_tail(shifted, count), shifted, gain)


def check_units(check: ChangeCheck, units: ArrayLike) -> tuple[NDArray[np.int64], Array]:
    """The same for whole units, whose people's changes are counted together: (numbers of the units, p). Left out are
    units whose number is below 0 and those in which nothing was changed."""
    unit = np.asarray(units, np.int64)
    names = np.unique(unit[(unit >= 0) & (check.changed > 0)])
    p = np.empty(len(names))
    for at, name in enumerate(names):
        chances = check.chances[unit == name]
        p[at] = upper_tail(chances[chances > 0][None, :], check.right[unit == name].sum())[0]
    return names, p


def _gain(logit: Array, right: NDArray[np.bool_]) -> float:
    """γ by maximum likelihood with a N(0, 1) prior, which keeps it finite."""
    gain = 0.0
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(logit + gain)))
        step = ((right - chance).sum() - gain) / ((chance * (1 - chance)).sum() + 1)
        gain = float(gain + np.clip(step, -1, 1))
        if abs(step) < 1e-10:
            break
    return gain
