"""Exact tails: of a sum of independent events with unequal chances (the Poisson-binomial distribution), and of several
independent p values taken together."""

from math import exp, isnan, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_CELLS = 2_000_000
"""Numbers held at once: 16 MB."""


def distribution(chances: ArrayLike) -> Array:
    """P(S = s) of the number S of events, (B, n + 1), for B rows of n chances.

    By convolution of one event after the other; only sums of non-negative numbers, so that every probability has
    a relative error of a few n × 1e-16, however small it is. An event with chance 0 changes nothing.
    """
    p = np.atleast_2d(np.asarray(chances, float))
    rows, n = p.shape
    density = np.zeros((n + 1, rows))
    density[0] = 1.0
    for k in range(n):
        chance = p[:, k]
        density[1 : k + 2] = density[1 : k + 2] * (1 - chance) + density[: k + 1] * chance
        density[0] *= 1 - chance
    return density.T


def upper_tails(chances: ArrayLike) -> Array:
    """P(S ≥ s) for s = 0 … n, (B, n + 1); summed from the far end, so that small tails stay exact; never above 1, as
    a sum of rounded chances may be."""
    return np.minimum(np.cumsum(distribution(chances)[:, ::-1], axis=1)[:, ::-1], 1.0)


def upper_tail(chances: ArrayLike, least: ArrayLike) -> Array:
    """P(S ≥ least) for B rows of n chances and B counts, (B,). 1 for counts ≤ 0, 0 for counts above n."""
    p = np.atleast_2d(np.asarray(chances, float))
    least = np.broadcast_to(np.asarray(least, np.int64), (len(p),))
    out = np.empty(len(p))
    step = max(1, _CELLS // (p.shape[1] + 1))
    for start in range(0, len(p), step):
        block = slice(start, start + step)
        tails = np.pad(upper_tails(p[block]), ((0, 0), (0, 1)))
        out[block] = tails[np.arange(len(tails)), np.clip(least[block], 0, p.shape[1] + 1)]
    return out


def joint_p(p: ArrayLike) -> float:
    """Fisher's joint p of m independent p values: q Σ_{i<m} (−ln q)^i / i!, q their product; exact down to 1e-300.
    NaN values are left out; 1 if none is left."""
    values = [float(value) for value in np.ravel(p) if not isnan(value)]
    if any(value <= 0 for value in values):
        return 0.0
    total = -sum(log(value) for value in values)
    if total == 0:
        return 1.0
    terms, term = 0.0, -total
    for i in range(len(values)):
        term += log(total / i) if i else 0.0
        terms += exp(term)
    return min(1.0, terms)
