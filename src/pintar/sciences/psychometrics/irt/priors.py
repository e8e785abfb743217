"""Priors of the three-parameter model: Guess ~ Beta, ln a ~ Normal (BILOG-MG's default for the guess).

With m options the guess has the density ∝ c^(20/m) (1 − c)^(20 (1 − 1/m)), its mode is 1/m and it weighs as much as
20 answers. ln a ~ N(0, ½²) is the density of ln a, so that its mode is a = 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEIGHT_OF_GUESS = 20
SD_OF_LOG_SLOPE = 0.5


@dataclass(frozen=True, eq=False)
class Priors:
    """options: (k,), how many options each item has."""

    options: Array

    def log_density(self, a: Array, c: Array) -> Array:
        """(k,), up to a constant; −∞ where a ≤ 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(a > 0, -0.5 * (np.log(a) / SD_OF_LOG_SLOPE) ** 2, -np.inf)
        right, wrong = WEIGHT_OF_GUESS / self.options, WEIGHT_OF_GUESS * (1 - 1 / self.options)
        return slope + right * np.log(c) + wrong * np.log1p(-c)

    def gradient(self, a: Array, c: Array) -> tuple[Array, Array]:
        """Derivatives by a and by logit c, each (k,)."""
        right, wrong = WEIGHT_OF_GUESS / self.options, WEIGHT_OF_GUESS * (1 - 1 / self.options)
        return -np.log(a) / (a * SD_OF_LOG_SLOPE**2), right * (1 - c) - wrong * c

    def information(self, a: Array, c: Array) -> tuple[Array, Array]:
        """Minus the second derivatives by a and by logit c, each (k,)."""
        return (1 - np.log(a)) / (a * SD_OF_LOG_SLOPE) ** 2, WEIGHT_OF_GUESS * c * (1 - c)
