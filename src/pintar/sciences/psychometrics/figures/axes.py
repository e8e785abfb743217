"""The reported scale, and axes with round numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

CENTRE, UNIT = 500, 100


def reported(theta: ArrayLike) -> Array:
    """500 + 100 θ: the reference group has mean 500 and SD 100."""
    return CENTRE + UNIT * np.asarray(theta, float)


@dataclass(frozen=True, slots=True)
class Tick:
    """at: percent along the axis. value: the number there."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, in the units of its numbers; upside down for heights, which count from the top."""

    low: float
    high: float
    upwards: bool = False

    def at(self, value: float) -> float:
        """Percent, not clipped."""
        share = 100 * (value - self.low) / (self.high - self.low)
        return round(100 - share if self.upwards else share, 3)

    def ticks(self, about: int = 5) -> tuple[Tick, ...]:
        """Round numbers, about so many."""
        step = _round_step((self.high - self.low) / max(about, 1))
        first = np.ceil(self.low / step - 1e-9)
        count = int(np.floor(self.high / step + 1e-9) - first) + 1
        return tuple(Tick(self.at(step * (first + i)), round(step * (first + i), 10) + 0.0) for i in range(count))


def around(values: ArrayLike, least: float, step: float) -> tuple[float, float]:
    """Limits on whole steps that hold all values, at least `least` apart."""
    given = np.asarray(values, float)
    low, high = float(np.floor(given.min() / step) * step), float(np.ceil(given.max() / step) * step)
    while high - low < least:
        low, high = low - step, high + step
    return low, high


def path(x: ArrayLike, y: ArrayLike) -> str:
    """An SVG path through points in percent, for a nested svg of 100 × 100."""
    return "M" + "L".join(f"{a:.2f} {b:.2f}" for a, b in zip(np.ravel(x), np.ravel(y), strict=True))


def _round_step(rough: float) -> float:
    power = 10 ** np.floor(np.log10(rough))
    return float(power * min((1, 2, 2.5, 5, 10), key=lambda m: abs(np.log(m * power / rough))))
