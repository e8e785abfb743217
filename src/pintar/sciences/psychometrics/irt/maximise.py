"""The second half of an EM cycle: the parameters that make the expected answers most likely.

Given the persons expected at each node, items are independent of each other and each has a handful of parameters: one
Newton step with analytic derivatives a cycle (Bock & Aitkin 1981, eq. 9–14; Muraki 1992, eq. 11–18). A free group
takes the mean and the SD of its expected distribution (Bock & Zimowski 1997).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.layout import Layout
from pintar.sciences.psychometrics.irt.posterior import Curves, Expected, Values, curves, log_weights
from pintar.sciences.psychometrics.irt.priors import Priors

Array = NDArray[np.float64]

LONGEST_STEP = 1.0


def gradient(layout: Layout, at: Curves, expected: Expected, values: Values, priors: Priors | None) -> Array:
    """(size,), of the marginal log-likelihood (with the priors, where there are any) by the whole vector.

    By Fisher's identity it is the gradient of the expected complete-data log-likelihood.
    """
    shape = layout.shape
    if expected.counts is None:
        there = expected.shown[shape.item_of] * at.p
        by_d = expected.given[:, 0] - there.sum(axis=1)
        by_a = shape.by_item(shape.mark_of * (expected.given[:, 1] - there @ at.nodes))
        by_guess: list[Array] = []
    else:
        surplus = expected.counts - expected.shown[shape.item_of] * at.p
        share = at.star / at.p
        by_d = (surplus * share).sum(axis=1)
        by_a = shape.by_item(shape.mark_of * ((surplus * share) @ at.nodes))
        by_c = values.c * shape.by_item((surplus / at.p) * (values.c[shape.item_of] > 0)[:, None]).sum(axis=1)
        by_guess = [by_c]
    if priors is not None:
        slope, guess = priors.gradient(values.a, values.c)
        by_a, by_guess = by_a + slope, [by_guess[0] + guess]
    by_group = np.zeros(2 * len(layout.free_groups))
    if layout.free_groups.any():
        by_group = np.einsum("gq,grq->gr", expected.mass, group_scores(values, at.nodes)).ravel()
    return np.concatenate([by_d, by_a, *by_guess, by_group])


def group_scores(values: Values, nodes: Array) -> Array:
    """(G, 2, Q), derivatives of the log weights at the nodes by each group's mean and ln SD."""
    sd = np.exp(values.log_sd)[:, None]
    z = (nodes - values.mean[:, None]) / sd
    raw = np.stack([z / sd, z**2], axis=1)
    weights = np.exp(log_weights(values, nodes))
    return raw - np.einsum("gq,grq->gr", weights, raw)[:, :, None]


def maximise(layout: Layout, expected: Expected, values: Values, nodes: Array, priors: Priors | None) -> Values:
    """New values; the expected log-likelihood is higher at them, or the same where it cannot be."""
    at = curves(layout.shape, values, nodes)
    slopes = gradient(layout, at, expected, values, priors)
    if values.logit_c is None:
        values = _step_of_items(layout, at, expected, values, slopes)
    else:
        values = _step_with_guesses(layout, at, expected, values, slopes, priors)
    if not layout.free_groups.any():
        return values
    mass = expected.mass.sum(axis=1)
    mean = (expected.mass @ nodes) / mass
    sd = np.sqrt(np.maximum((expected.mass * (nodes - mean[:, None]) ** 2).sum(axis=1) / mass, 1e-4))
    free = layout.free_groups
    return replace(values, mean=np.where(free, mean, values.mean), log_sd=np.where(free, np.log(sd), values.log_sd))


def complete_information(layout: Layout, at: Curves, expected: Expected) -> Array:
    """(k, M + 1, M + 1), of (d_1 … d_M, a) of each item without guess; what an item does not have is an identity."""
    shape = layout.shape
    k, most = len(shape.maxima), int(shape.maxima.max())
    there = expected.shown[shape.item_of] * at.p
    mark = shape.mark_of[:, None]
    mean = shape.by_item(mark * at.p)
    away = mark - mean[shape.item_of]
    row, column = shape.item_of, shape.mark_of.astype(int) - 1
    out = np.zeros((k, most + 1, most + 1))
    out[:, np.arange(most + 1), np.arange(most + 1)] = 1.0
    out[row, column, column] = there.sum(axis=1)
    if shape.is_dichotomous:
        out[:, 0, 0] = (there * away).sum(axis=1)
    else:
        p = np.zeros((k, most, at.p.shape[1]))
        p[row, column] = at.p
        out[:, :most, :most] -= np.einsum("kmq,klq->kml", p * expected.shown[:, None], p)
    cross = (there * away) @ at.nodes
    out[row, column, most] = cross
    out[row, most, column] = cross
    out[:, most, most] = shape.by_item((there * away * mark) @ at.nodes**2)
    return out


def _step_of_items(layout: Layout, at: Curves, expected: Expected, values: Values, slopes: Array) -> Values:
    shape = layout.shape
    k, most = len(shape.maxima), int(shape.maxima.max())
    information = complete_information(layout, at, expected)
    padded = np.zeros((k, most + 1))
    row, column = shape.item_of, shape.mark_of.astype(int) - 1
    padded[row, column] = slopes[: layout.slopes_at]
    padded[:, most] = slopes[layout.slopes_at : layout.guesses_at]
    fixed = np.zeros((k, most + 1), bool)
    fixed[~layout.free_items] = True
    fixed[:, most] |= ~layout.free_slopes
    step = (
        _common_slope_step(information, padded) if layout.common_slope else _separate_steps(information, padded, fixed)
    )
    longest = np.abs(step).max(axis=1, keepdims=True)
    step *= LONGEST_STEP / np.maximum(longest, LONGEST_STEP) if not layout.common_slope else 1.0
    return replace(values, d=values.d + step[row, column], a=values.a + step[:, most])


def _separate_steps(information: Array, slopes: Array, fixed: NDArray[np.bool_]) -> Array:
    if fixed.any():
        slopes = np.where(fixed, 0.0, slopes)
        free = ~fixed
        information = np.where(free[:, :, None] & free[:, None, :], information, np.eye(slopes.shape[1]))
    ridge = 1e-9 * np.maximum(np.trace(information, axis1=1, axis2=2), 1e-9)
    information = information + ridge[:, None, None] * np.eye(slopes.shape[1])
    return np.linalg.solve(information, slopes[:, :, None])[:, :, 0]


def _common_slope_step(information: Array, slopes: Array) -> Array:
    """One slope for all items: the intercepts are eliminated item by item, then put back."""
    most = slopes.shape[1] - 1
    cross = information[:, :most, most]
    solved = np.linalg.solve(information[:, :most, :most], np.stack([slopes[:, :most], cross], axis=2))
    left = (slopes[:, most] - np.einsum("km,km->k", cross, solved[:, :, 0])).sum()
    weight = (information[:, most, most] - np.einsum("km,km->k", cross, solved[:, :, 1])).sum()
    slope = np.clip(left / weight, -LONGEST_STEP, LONGEST_STEP) if weight > 0 else 0.0
    step = solved[:, :, 0] - slope * solved[:, :, 1]
    return np.concatenate([step, np.full((len(slopes), 1), slope)], axis=1)


def _step_with_guesses(
    layout: Layout, at: Curves, expected: Expected, values: Values, slopes: Array, priors: Priors | None
) -> Values:
    """Fisher scoring of (d, a, logit c): the expected information is positive definite wherever it starts."""
    assert values.logit_c is not None and layout.free_guesses is not None
    size = layout.guesses_at - layout.slopes_at
    weight = expected.shown * at.p * (1 - at.p)
    h = np.stack([at.star / at.p, at.nodes * at.star / at.p, np.broadcast_to(values.c[:, None] / at.p, at.p.shape)])
    information = np.einsum("kq,rkq,skq->krs", weight, h, h)
    if priors is not None:
        slope, guess = priors.information(values.a, values.c)
        information[:, 1, 1] += np.maximum(slope, 0)
        information[:, 2, 2] += guess
    own = np.stack([slopes[:size], slopes[size : 2 * size], slopes[2 * size : 3 * size]], axis=1)
    fixed = np.stack([~layout.free_items, ~layout.free_slopes, ~layout.free_guesses], axis=1)
    step = _separate_steps(information, own, fixed)
    step *= LONGEST_STEP / np.maximum(np.abs(step).max(axis=1, keepdims=True), LONGEST_STEP)
    # a slope under its prior stays positive
    step[:, 1] = np.where(layout.free_slopes, np.maximum(step[:, 1], -0.5 * values.a), 0.0)
    return replace(values, d=values.d + step[:, 0], a=values.a + step[:, 1], logit_c=values.logit_c + step[:, 2])
