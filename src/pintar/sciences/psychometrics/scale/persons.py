"""How much one person gained: the difference of two WLE, and whether it is more than chance.

SE² = SE²_pre + SE²_post + gᵀ Σ g, with g = ∂(WLE_post − WLE_pre)/∂ item parameters and Σ their covariance. A gain is
called real only beyond 1.96 SE (Jacobson & Truax 1991). An indicator's gain is shown to a person only where its SE is
at most .5, else the number right (Haberman 2008).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.abilities import CONFIDENCE, FARTHEST, derivatives_of_cells, matched, measure
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import MarkTable, ResponseTable

Array = NDArray[np.float64]

LARGEST_SE_SHOWN = 0.5
_H = 1e-5
_ROWS = 2048


@dataclass(frozen=True, eq=False)
class PersonGains:
    """gain, se: (n,), in logits. is_real: |gain| > 1.96 SE. rows: (n,), of both tables."""

    gain: Array
    se: Array
    is_real: NDArray[np.bool_]
    rows: NDArray[np.int64]

    @property
    def is_shown(self) -> NDArray[np.bool_]:
        """(n,), whether an indicator's gain is exact enough for its person to see; else the number right is shown."""
        return self.se <= LARGEST_SE_SHOWN


def person_gains(
    pre: ResponseTable, post: ResponseTable, items: ItemParameters, *, only: Sequence[str] | None = None
) -> PersonGains:
    """Gains of the people with both occasions; row i of both tables is the same person.

    only: the items to count, of one indicator, say. ValueError: tables of different lengths, no item in common.
    """
    if len(pre) != len(post):
        raise ValueError(f"{len(pre)} rows before, {len(post)} after")
    items = items if only is None else items.named([name for name in items.names if name in set(only)])
    first, second = matched(pre.for_people(), items)[0], matched(post.for_people(), items)[0]
    both = np.intersect1d(first.rows, second.rows)
    first = first.take_rows(np.searchsorted(first.rows, both))
    second = second.take_rows(np.searchsorted(second.rows, both))
    before, after = measure(first, items), measure(second, items)
    variance = before.se**2 + after.se**2
    if items.covariance is not None:
        for start in range(0, len(both), _ROWS):
            rows = np.arange(start, min(start + _ROWS, len(both)))
            g = by_items(second.take_rows(rows), items, after.theta[rows])
            g -= by_items(first.take_rows(rows), items, before.theta[rows])
            variance[rows] += np.einsum("np,np->n", g @ items.covariance, g)
    gain, se = after.theta - before.theta, np.sqrt(variance)
    return PersonGains(gain, se, np.abs(gain) > CONFIDENCE * se, both)


def by_items(marks: MarkTable, items: ItemParameters, theta: Array) -> Array:
    """(n, p), ∂ WLE/∂ item parameters in the order of their layout.

    With G = l′ + J/(2 I) the condition that the WLE solves, ∂θ̂/∂π = −(∂G/∂π) / (∂G/∂θ); a cell depends on its own item
    only, so one parameter of all items is moved at once. A clipped WLE does not move.
    """
    place = {name: i for i, name in enumerate(items.names)}
    columns = np.array([place[name] for name in marks.items], np.int32)[marks.columns]
    row, at = marks.row_of_cell, theta[marks.row_of_cell]
    _, information, third, _ = derivatives_of_cells(items, columns, marks.marks, at)
    total, bias = (np.bincount(row, cells, len(marks)) for cells in (information, third))
    ends = [_warm(items, columns, marks, at + s * _H) for s in (1, -1)]
    slope = (ends[0] - ends[1]) / (2 * _H)
    still = (np.abs(theta) >= FARTHEST) | (slope >= 0)
    response = np.where(still, 0.0, -1 / np.where(still, 1.0, slope))
    out = np.zeros((len(marks), int(items.offsets[-1])))
    most = items.intercepts.shape[1]
    for part in range(most + 2):
        moves = part < items.maxima if part < most else np.full(len(items), part == most) | (items.guesses > 0)
        up, down = (derivatives_of_cells(_nudged(items, part, s * _H), columns, marks.marks, at) for s in (1, -1))
        score, i, j = ((u - d) / (2 * _H) for u, d in zip(up[:3], down[:3], strict=True))
        change = score + (j - i * (bias / total)[row]) / (2 * total[row])
        offset = items.offsets[:-1] + part if part < most else items.offsets[1:] - 2 + (part - most)
        there = moves[columns]
        out[row[there], offset[columns[there]]] = (change * response[row])[there]
    return out


def _warm(items: ItemParameters, columns: NDArray[np.int32], marks: MarkTable, at: Array) -> Array:
    """(n,), G at the abilities of the cells."""
    first, information, third, _ = (
        np.bincount(marks.row_of_cell, cells, len(marks))
        for cells in derivatives_of_cells(items, columns, marks.marks, at)
    )
    return first + third / (2 * information)


def _nudged(items: ItemParameters, part: int, by: float) -> ItemParameters:
    """All items with one kind of parameter moved: intercept d_{part+1}, then slope, then guess (where there is one)."""
    most = items.intercepts.shape[1]
    if part < most:
        intercepts = items.intercepts.copy()
        intercepts[:, part] += by
        return replace(items, intercepts=intercepts, covariance=None)
    if part == most:
        return replace(items, slopes=items.slopes + by, covariance=None)
    return replace(items, guesses=np.where(items.guesses > 0, items.guesses + by, 0.0), covariance=None)
