"""The posterior's mean and SD of every row, in one pass.

ln P(x | θ) = Σ_items shown ln P(0 | θ) + θ Σ a x + Σ d_x: the first sum is one product of matrices, the others need no
node. Only right answers to items with a guess add a term of their own.
"""

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.quadrature import NODES, REACH, WIDEST_SPACING, equally_spaced
from pintar.sciences.psychometrics.responses import MarkTable

Array = NDArray[np.float64]

_ROWS = 2048


def expected_a_posteriori(marks: MarkTable, items: ItemParameters, means: Array, sds: Array) -> tuple[Array, Array]:
    """(n,) and (n,). means, sds: (n,), of each row's prior. Nodes are made finer until the narrowest posterior has
    enough of them, and wider until they reach five SDs to both sides of every prior."""
    reach = max(REACH, float(np.max(np.abs(means) + 5 * sds, initial=REACH)))
    spacing = 2 * REACH / (NODES - 1)
    while True:
        nodes = equally_spaced(round(2 * reach / spacing) + 1, -reach, reach)
        theta, se = _on_nodes(marks, items, means, sds, nodes)
        if not len(se) or spacing <= WIDEST_SPACING * se.min() or spacing < 0.01:
            return theta, se
        spacing /= 2


def _on_nodes(marks: MarkTable, items: ItemParameters, means: Array, sds: Array, nodes: Array) -> tuple[Array, Array]:
    n, k = marks.shape
    log = items.log_probabilities(nodes)
    log_0, powers = np.ascontiguousarray(log[:, :, 0].T), np.stack([np.ones_like(nodes), nodes, nodes**2], axis=1)
    rise = (log[:, :, 1] - log[:, :, 0]).T  # ln P(1) − ln P(0), a straight line without a guess
    guess = items.c > 0
    curve = np.ascontiguousarray(np.where(guess[:, None], rise, 0.0))
    slopes, intercepts = np.where(guess, 0.0, items.slopes), np.hstack([np.zeros((k, 1)), items.intercepts])
    intercepts[guess] = 0.0
    same = means.min(initial=0) == means.max(initial=0) and sds.min(initial=1) == sds.max(initial=1)
    theta, se = np.zeros(n), np.zeros(n)
    shown, right = np.zeros((_ROWS, k)), np.zeros((_ROWS, k)) if guess.any() else None
    for first in range(0, n, _ROWS):
        rows = slice(first, min(first + _ROWS, n))
        count = rows.stop - first
        starts = marks.starts[first : rows.stop + 1]
        cells = slice(starts[0], starts[-1])
        columns, earned, begin = marks.columns[cells], marks.marks[cells], starts[:-1] - starts[0]
        flat = np.repeat(np.arange(0, count * k, k), np.diff(starts)) + columns
        shown.reshape(-1)[flat] = 1.0
        density = shown[:count] @ log_0
        shown.reshape(-1)[flat] = 0.0
        density += np.add.reduceat(slopes[columns] * earned, begin)[:, None] * nodes
        density += np.add.reduceat(intercepts[columns, earned], begin)[:, None]
        if right is not None:
            right.reshape(-1)[flat] = earned
            density += right[:count] @ curve
            right.reshape(-1)[flat] = 0.0
        some = slice(0, 1) if same else rows
        density += -0.5 * ((nodes - means[some, None]) / sds[some, None]) ** 2
        density -= density.max(axis=1, keepdims=True)
        moments = np.exp(density, out=density) @ powers
        theta[rows] = moments[:, 1] / moments[:, 0]
        se[rows] = np.sqrt(np.maximum(moments[:, 2] / moments[:, 0] - theta[rows] ** 2, 0.0))
    return theta, se
