"""The distribution of the sum score of a form at an ability, and the ability at an expected sum score."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.irt.items import ItemParameters

Array = NDArray[np.float64]

REACH = 6.0


def score_distribution(items: ItemParameters, theta: ArrayLike) -> Array:
    """P(Σ X = s | θ), (n, S + 1), S = Σ K, by the recursion of Lord & Wingersky (1984, Applied Psychological
    Measurement 8, 453–461) over categories (Thissen, Pommerich, Billeaud & Williams 1995)."""
    chances = items.probabilities(theta)
    density = np.ones((chances.shape[0], 1))
    for item, most in enumerate(items.maxima):
        density = add_item(density, chances[:, item, : most + 1])
    return density


def add_item(density: Array, chances: Array) -> Array:
    """The distribution (n, S + 1) with one more item, whose marks have chances (n, K + 1): (n, S + K + 1)."""
    scores, most = density.shape[1], chances.shape[1] - 1
    out = np.zeros((len(density), scores + most))
    for mark in range(most + 1):
        out[:, mark : mark + scores] += density * chances[:, mark, None]
    return out


def expected_score(items: ItemParameters, theta: ArrayLike) -> Array:
    """T(θ), the sum of the expected marks, (n,)."""
    return items.expected(theta).sum(axis=1)


def ability_at_score(items: ItemParameters, score: ArrayLike) -> Array:
    """T⁻¹: the abilities (n,) at which the expected sum score is `score` (n,), by bisection to 1e-12.

    Clipped to ±6 where no ability in between expects so little or so much. Where items with negative slopes make T
    turn back, the result is one of the abilities that fit.
    """
    wanted = np.atleast_1d(np.asarray(score, float))
    low, high = np.full(wanted.shape, -REACH), np.full(wanted.shape, REACH)
    for _ in range(45):
        middle = (low + high) / 2
        above = expected_score(items, middle) >= wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return (low + high) / 2
