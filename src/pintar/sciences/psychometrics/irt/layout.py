"""Which parameters are free, and how they stand in one vector.

The whole vector holds all d (C), all slopes (k), all logit guesses (k, only where the model guesses), then mean and
ln SD of each group. The free vector holds those that are estimated; a slope common to all items stands there once.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pintar.sciences.psychometrics.irt.design import Shape
from pintar.sciences.psychometrics.irt.failures import CalibrationFailed
from pintar.sciences.psychometrics.irt.posterior import Values

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Layout:
    """shape: of the items. free_items, free_slopes, free_guesses: bool (k,). free_groups: bool (G,).
    common_slope: whether the free slopes are one."""

    shape: Shape
    free_items: NDArray[np.bool_]
    free_slopes: NDArray[np.bool_]
    free_guesses: NDArray[np.bool_] | None
    free_groups: NDArray[np.bool_]
    common_slope: bool = False

    def __post_init__(self) -> None:
        if self.free_guesses is not None and not self.shape.is_dichotomous:
            raise CalibrationFailed("guess_with_steps")

    @cached_property
    def categories(self) -> int:
        return len(self.shape.item_of)

    @cached_property
    def slopes_at(self) -> int:
        return self.categories

    @cached_property
    def guesses_at(self) -> int:
        return self.categories + len(self.free_items)

    @cached_property
    def groups_at(self) -> int:
        return self.guesses_at + (0 if self.free_guesses is None else len(self.free_items))

    @cached_property
    def size(self) -> int:
        return self.groups_at + 2 * len(self.free_groups)

    @cached_property
    def is_free(self) -> NDArray[np.bool_]:
        """(size,)."""
        return np.concatenate(
            [
                self.free_items[self.shape.item_of],
                self.free_slopes,
                *([] if self.free_guesses is None else [self.free_guesses]),
                np.repeat(self.free_groups, 2),
            ]
        )

    @cached_property
    def spread(self) -> sparse.csr_array:
        """(size, free), how a step of the free vector moves the whole one."""
        free = np.flatnonzero(self.is_free)
        place = np.arange(len(free))
        if self.common_slope:
            slope = (free >= self.slopes_at) & (free < self.guesses_at)
            place = place - np.maximum(np.cumsum(slope) - 1, 0)
        shape = (self.size, int(place.max(initial=-1)) + 1)
        return sparse.csr_array((np.ones(len(free)), (free, place)), shape=shape)

    @property
    def free_count(self) -> int:
        return self.spread.shape[1]

    @cached_property
    def owner_of_free(self) -> list[int]:
        """The item of each free parameter, −1 for a common slope, −2 − g for group g."""
        items = np.arange(len(self.free_items))
        owners = np.concatenate(
            [
                self.shape.item_of,
                np.where(self.common_slope, -1, items),
                *([] if self.free_guesses is None else [items]),
                -2 - np.repeat(np.arange(len(self.free_groups)), 2),
            ]
        )
        first = np.full(self.free_count, -1, np.int64)
        rows, places = self.spread.nonzero()
        first[places] = owners[rows]
        return first.tolist()

    def reduced(self, whole: Array) -> Array:
        """A gradient (size,) or an information (size, size) of the whole vector as that of the free one."""
        if whole.ndim == 1:
            return self.spread.T @ whole
        if self.common_slope:
            return self.spread.T @ (self.spread.T @ whole).T
        free = np.flatnonzero(self.is_free)
        return whole[np.ix_(free, free)]

    def vector(self, values: Values) -> Array:
        guesses = [] if self.free_guesses is None else [values.logit_c]
        groups = np.stack([values.mean, values.log_sd], axis=1).ravel()
        return np.concatenate([values.d, values.a, *guesses, groups])

    def values(self, vector: Array) -> Values:
        groups = vector[self.groups_at :].reshape(-1, 2)
        return Values(
            vector[: self.slopes_at],
            vector[self.slopes_at : self.guesses_at],
            None if self.free_guesses is None else vector[self.guesses_at : self.groups_at],
            groups[:, 0],
            groups[:, 1],
        )

    def moved(self, values: Values, step: Array) -> Values:
        """Values after a step of the free vector."""
        return self.values(self.vector(values) + self.spread @ step)

    def flipped(self, values: Values) -> Values:
        """The same likelihood with θ turned round: the slopes change their sign, the means too."""
        return replace(values, a=-values.a, mean=-values.mean)
