"""Which parameters a model frees, and values to start from that always work."""

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.design import Shape
from pintar.sciences.psychometrics.irt.layout import Layout
from pintar.sciences.psychometrics.irt.posterior import Values
from pintar.sciences.psychometrics.irt.preparation import ONE_SLOPE, Prepared

Array = NDArray[np.float64]


def free_parameters(model: str, shape: Shape, ready: Prepared) -> Layout:
    new = ~ready.is_anchor
    groups = np.ones(len(ready.group_names), bool)
    groups[0] = bool(ready.anchors)
    tied = model in ONE_SLOPE
    guesses = None
    if model == "3pl":
        guesses = new
    elif ready.anchor_items is not None and ready.anchor_items.c.any():
        guesses = np.zeros(len(new), bool)
    slopes = np.zeros(len(new), bool) if tied and ready.anchors else new
    return Layout(shape, new, slopes, guesses, groups, common_slope=tied and not ready.anchors)


def starting_values(model: str, layout: Layout, ready: Prepared) -> Values:
    """Slopes from how an item goes with the share of marks on the form, intercepts from how often each mark came.

    For small slopes the expected mark rises by a·Var(X) for one SD of ability, so a ≈ Cov(X, z) / Var(X).
    """
    marks, shape, k = ready.marks, layout.shape, len(ready.marks.items)
    weight = marks.weights[marks.row_of_cell]
    place, x = marks.columns, marks.marks.astype(float)
    z = _standing(marks.totals(), marks, ready.maxima)[marks.row_of_cell]
    n = np.maximum(np.bincount(place, weight, k), 1e-9)
    mean_x, mean_z = np.bincount(place, weight * x, k) / n, np.bincount(place, weight * z, k) / n
    covariance = np.bincount(place, weight * x * z, k) / n - mean_x * mean_z
    variance = np.bincount(place, weight * x * x, k) / n - mean_x**2
    a = np.clip(covariance / np.maximum(variance, 1e-6), -2.0, 2.5)
    if model in ONE_SLOPE:
        a[:] = np.clip(a.mean(), 0.2, 2.5)
    if model == "3pl":
        a = np.clip(a, 0.3, 2.5)
    width = int(shape.maxima.max()) + 1
    counts = np.bincount(place.astype(np.int64) * width + marks.marks, weight, k * width).reshape(k, width) + 0.5
    logit = np.log(counts[shape.item_of, shape.mark_of.astype(int)] / counts[shape.item_of, 0])
    d = logit * np.sqrt(1 + 0.35 * a**2)[shape.item_of]
    logit_c = None
    if layout.free_guesses is not None:
        logit_c = np.where(layout.free_guesses, np.log(0.2 / 0.8), -np.inf)
    groups = np.zeros(len(ready.group_names))
    values = Values(d, a, logit_c, groups, groups.copy())
    return _with_anchors(values, layout, ready)


def _standing(totals: NDArray[np.int64], marks: object, maxima: NDArray[np.int64]) -> Array:
    """(n,), each row's share of the marks it could earn, standardised."""
    table = marks
    greatest = np.concatenate([[0], np.cumsum(maxima[table.columns])])[table.starts]
    share = totals / np.maximum(np.diff(greatest), 1)
    mean = np.average(share, weights=table.weights)
    sd = np.sqrt(np.average((share - mean) ** 2, weights=table.weights))
    return (share - mean) / sd if sd > 0 else np.zeros(len(share))


def _with_anchors(values: Values, layout: Layout, ready: Prepared) -> Values:
    fixed = ready.anchor_items
    if fixed is None:
        return values
    shape = layout.shape
    d, a, logit_c = values.d.copy(), values.a.copy(), values.logit_c
    logit_c = None if logit_c is None else logit_c.copy()
    place = {name: i for i, name in enumerate(ready.marks.items)}
    for j, name in enumerate(fixed.names):
        i = place[name]
        a[i] = fixed.a[j]
        d[shape.first[i] : shape.first[i] + shape.maxima[i]] = fixed.intercepts[j, : shape.maxima[i]]
        if logit_c is not None and fixed.c[j] > 0:
            logit_c[i] = np.log(fixed.c[j] / (1 - fixed.c[j]))
    if layout.free_slopes.sum() == 0:
        a[:] = fixed.a[0]
    return Values(d, a, logit_c, values.mean, values.log_sd)
