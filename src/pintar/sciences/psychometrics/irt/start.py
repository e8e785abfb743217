"""Which parameters a model frees, and values to start from that always work."""

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.design import Design, Shape
from pintar.sciences.psychometrics.irt.layout import Layout
from pintar.sciences.psychometrics.irt.posterior import Values
from pintar.sciences.psychometrics.irt.preparation import ONE_SLOPE, Prepared

Array = NDArray[np.float64]


def free_parameters(model: str, shape: Shape, ready: Prepared) -> Layout:
    """The new items' parameters that the model has; the groups' means and SDs, the reference's only with anchors."""
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


def starting_values(model: str, layout: Layout, ready: Prepared, design: Design) -> Values:
    """Slopes from how an item goes with the share of marks on the form, intercepts from how often each mark came.

    For small slopes the expected mark rises by a·Var(X) for one SD of ability, so a ≈ Cov(X, z) / Var(X).
    """
    shape, k = layout.shape, len(ready.marks.items)
    shown, earned = np.zeros((k, 2)), np.zeros((len(shape.item_of), 2))  # Σ 1 and Σ z, of all and of those with a mark
    z = _standing(design.shares, ready.marks.weights)
    for block in design.blocks:
        both = block.weights[:, None] * np.stack([np.ones(len(block.rows)), z[block.rows]], axis=1)
        shown[block.items] += both.sum(axis=0) if block.presented is None else block.presented.T @ both
        earned[block.categories] += block.chosen.T @ both
    n, mean_z = np.maximum(shown[:, 0], 1e-9), shown[:, 1] / np.maximum(shown[:, 0], 1e-9)
    mark = shape.mark_of[:, None]
    mean_x, cross = (shape.by_item(mark * earned) / n[:, None]).T
    variance = shape.by_item(mark * mark * earned)[:, 0] / n - mean_x**2
    a = np.clip((cross - mean_x * mean_z) / np.maximum(variance, 1e-6), -2.0, 2.5)
    if model in ONE_SLOPE:
        a[:] = np.clip(a.mean(), 0.2, 2.5)
    if model == "3pl":
        a = np.clip(a, 0.3, 2.5)
    nothing = n - shape.by_item(earned)[:, 0]
    logit = np.log((earned[:, 0] + 0.5) / (nothing[shape.item_of] + 0.5))
    d = logit * np.sqrt(1 + 0.35 * a**2)[shape.item_of]
    logit_c = None
    if layout.free_guesses is not None:
        logit_c = np.where(layout.free_guesses, np.log(0.2 / 0.8), -np.inf)
    groups = np.zeros(len(ready.group_names))
    values = Values(d, a, logit_c, groups, groups.copy())
    return _with_anchors(values, layout, ready)


def _standing(shares: Array, weights: Array) -> Array:
    """(n,), each row's share of the marks it could earn, standardised."""
    mean = np.average(shares, weights=weights)
    sd = np.sqrt(np.average((shares - mean) ** 2, weights=weights))
    return (shares - mean) / sd if sd > 0 else np.zeros(len(shares))


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
