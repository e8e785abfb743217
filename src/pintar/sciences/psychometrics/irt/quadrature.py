"""Nodes over ability, with the weights of a normal distribution on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NODES = 61
REACH = 6.0

WIDEST_SPACING = 1.3
"""In posterior SDs: the trapezoid rule over a normal posterior is then wrong by less than 1e-4 of itself."""


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """nodes: (Q,), equally spaced abilities in logits. weights: (Q,), ≥ 0, their sum is 1."""

    nodes: NDArray[np.float64]
    weights: NDArray[np.float64]

    @property
    def spacing(self) -> float:
        return float(self.nodes[1] - self.nodes[0])


def equally_spaced(count: int = NODES, low: float = -REACH, high: float = REACH) -> NDArray[np.float64]:
    """`count` nodes from low to high. For smooth integrands that vanish at both ends the sum over such nodes converges
    faster than any power of the spacing (the trapezoid rule on the line)."""
    return np.linspace(low, high, count)


def normal_weights(nodes: NDArray[np.float64], mean: float = 0.0, sd: float = 1.0) -> NDArray[np.float64]:
    """(Q,), normal densities at the nodes, scaled to the sum 1."""
    log = -0.5 * ((nodes - mean) / sd) ** 2
    density = np.exp(log - log.max())
    return density / density.sum()


def normal_grid(mean: float = 0.0, sd: float = 1.0, count: int = NODES, reach: float = REACH) -> Grid:
    """A normal distribution on `count` nodes, `reach` logits to both sides of 0."""
    nodes = equally_spaced(count, -reach, reach)
    return Grid(nodes, normal_weights(nodes, mean, sd))
