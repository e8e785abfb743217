"""The observed information of the marginal likelihood, exactly.

Louis (1982, JRSS B 44, eq. 3.2): I = E[−∂² ln L_c] − Σ_n E[S_n S_nᵀ] + Σ_n E[S_n] E[S_n]ᵀ, where L_c is the
likelihood with abilities known, S_n its score of row n, and the expectations are over the row's posterior.

A row's score by d_m of an item is (1[x = m] − P_m) h, by a that times m θ; h = 1 without a guess. Where all rows of
a block met the same items and nobody guesses, the middle term needs no loop over nodes: with Y the marks (n × C),
w_r = E[θ^r], R = Yᵀ post, R₀ = Σ post,

    Σ_n Σ_q post θ^r (y − P)(y − P)ᵀ = Yᵀ diag(w_r) Y − (R ∘ θ^r) Pᵀ − P (R ∘ θ^r)ᵀ + P diag(R₀ θ^r) Pᵀ.

Else it is summed node by node, over the nodes on which the block's rows lie.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.design import Block, Design, Shape
from pintar.sciences.psychometrics.irt.layout import Layout
from pintar.sciences.psychometrics.irt.maximise import complete_information, group_scores
from pintar.sciences.psychometrics.irt.posterior import (
    Curves,
    Expected,
    Values,
    curves,
    log_weights,
    posterior,
)
from pintar.sciences.psychometrics.irt.priors import Priors

Array = NDArray[np.float64]

NEGLIGIBLE = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-6}
"""A node on which no row of a block has more than this is left out of the block's sums."""


def observed_information(
    design: Design,
    layout: Layout,
    values: Values,
    nodes: Array,
    expected: Expected,
    priors: Priors | None = None,
    kind: type = np.float64,
) -> Array:
    """(size, size), of the whole vector; with priors that of the posterior. `expected` is that of the same values."""
    shape, at = design.shape, curves(design.shape, values, nodes)
    whole = _complete(layout, at, expected, values, priors)
    scores, prior = group_scores(values, nodes), log_weights(values, nodes)
    for block in design.blocks:
        post, _ = posterior(block, at, values, shape, prior[block.group], kind)
        if values.logit_c is None and block.presented is None:
            _subtract_booklet(whole, layout, block, at, post, scores, values)
        else:
            _subtract_node_by_node(whole, layout, block, at, post, scores, values)
    return whole


def scores_of_rows(
    design: Design, layout: Layout, values: Values, nodes: Array
) -> Iterator[tuple[NDArray[np.int64], Array]]:
    """Block by block: its rows (n,), and their scores E[S_n] by the whole vector (n, size), without weights."""
    shape, at = design.shape, curves(design.shape, values, nodes)
    group, prior = group_scores(values, nodes), log_weights(values, nodes)
    for block in design.blocks:
        post, _ = posterior(block, at, values, shape, prior[block.group])
        places, means = _means(layout, block, at, post, group, values)
        whole = np.zeros((len(block.rows), layout.size))
        whole[:, places] = means
        yield block.rows, whole


def _complete(layout: Layout, at: Curves, expected: Expected, values: Values, priors: Priors | None) -> Array:
    shape = layout.shape
    whole = np.zeros((layout.size, layout.size))
    item, category = shape.item_of, np.arange(layout.categories)
    if expected.counts is None:
        padded = complete_information(layout, at, expected)
        column, last = shape.mark_of.astype(int) - 1, padded.shape[1] - 1
        same = item[:, None] == item
        whole[: layout.slopes_at, : layout.slopes_at][same] = padded[item[:, None], column[:, None], column][same]
        whole[category, layout.slopes_at + item] = padded[item, column, last]
        whole[layout.slopes_at + item, category] = padded[item, column, last]
        slopes = np.arange(layout.slopes_at, layout.guesses_at)
        whole[slopes, slopes] = padded[:, last, last]
    else:
        _complete_with_guesses(whole, layout, at, expected.shown, expected.counts, values, priors)
    # of ln w = T − ln Σ exp T with T = −z²/2: −∂²_rs ln w = −T_rs + E_w[T_rs] + Cov_w(T_r, T_s)
    scores, weights = group_scores(values, at.nodes), np.exp(log_weights(values, at.nodes))
    for g, (mean, sd) in enumerate(zip(values.mean, np.exp(values.log_sd), strict=True)):
        z = (at.nodes - mean) / sd
        second = -np.array([[np.full_like(z, 1 / sd**2), 2 * z / sd], [2 * z / sd, 2 * z**2]])
        second = second - (second @ weights[g])[:, :, None]
        covariance = (weights[g] * scores[g]) @ scores[g].T
        places = layout.groups_at + 2 * g + np.arange(2)
        whole[np.ix_(places, places)] = covariance * expected.mass[g].sum() - second @ expected.mass[g]
    return whole


def _complete_with_guesses(
    whole: Array, layout: Layout, at: Curves, shown: Array, counts: Array, values: Values, priors: Priors | None
) -> None:
    """−∂_s Σ (x − P) h_r = Σ R P (1 − P) h_r h_s − Σ (R₁ − R P) ∂_s h_r, with h = (P*/P, θ P*/P, c/P)."""
    k = len(layout.free_items)
    c, theta, ratio = values.c[:, None], at.nodes, at.star / at.p
    weight = shown * at.p * (1 - at.p)
    surplus = counts - shown * at.p
    h = np.stack([ratio, theta * ratio, np.broadcast_to(c / at.p, at.p.shape)])
    blocks = np.einsum("kq,rkq,skq->rsk", weight, h, h)
    by_line = at.star * (1 - at.star) * c / at.p**2  # ∂(P*/P)/∂(aθ + d)
    by_guess = -by_line * (1 - c)  # ∂(P*/P)/∂ logit c
    turn = np.stack([np.ones_like(theta), theta])
    blocks[:2, :2] -= np.einsum("kq,rq,sq->rsk", surplus * by_line, turn, turn)
    cross = np.einsum("kq,rq->rk", surplus * by_guess, turn)
    blocks[:2, 2] -= cross
    blocks[2, :2] -= cross
    blocks[2, 2] -= (surplus * c * (1 - c) * at.star / at.p**2).sum(axis=1)
    if priors is not None:
        slope, guess = priors.information(values.a, values.c)
        blocks[1, 1] += slope
        blocks[2, 2] += guess
    for r in range(3):
        for s in range(3):
            whole[r * k + np.arange(k), s * k + np.arange(k)] = blocks[r, s]


def _means(
    layout: Layout, block: Block, at: Curves, post: Array, group: Array, values: Values
) -> tuple[NDArray[np.int64], Array]:
    """Places in the whole vector and E[S_n] there, (n, places)."""
    kind, mine = post.dtype, block.categories
    item = layout.shape.item_of[mine]
    chosen = block.chosen.astype(kind, copy=False)
    mean = (post @ at.nodes.astype(kind))[:, None]
    if values.logit_c is None:
        p = at.p[mine].astype(kind).T
        lines = [chosen, p, at.nodes.astype(kind)[:, None] * p]
        if block.presented is None:
            by_d, by_a = chosen - post @ p, chosen * mean - post @ lines[2]
        else:
            shown = block.presented[:, np.searchsorted(block.items, item)].astype(kind, copy=False)
            by_d, by_a = chosen - shown * (post @ p), chosen * mean - shown * (post @ lines[2])
        parts = [by_d, _by_item(layout.shape, block, by_a)]
    else:
        shown = np.ones_like(chosen) if block.presented is None else block.presented.astype(kind, copy=False)
        parts = [
            chosen * (post @ (h / at.p[mine]).T.astype(kind)) - shown * (post @ h.T.astype(kind))
            for h in _numerators(at, mine, values.c[item][:, None])
        ]
        # (x − P) h = x g/P − g with g = P h
    own = group[block.group].astype(kind)
    places = [mine, layout.slopes_at + block.items]
    if len(parts) == 3:
        places.append(layout.guesses_at + block.items)
    places.append(layout.groups_at + 2 * block.group + np.arange(2))
    return np.concatenate(places), np.concatenate([*parts, post @ own.T], axis=1)


def _numerators(at: Curves, mine: NDArray[np.int64], c: Array) -> list[Array]:
    star = at.star[mine]
    return [star, at.nodes * star, np.broadcast_to(c, star.shape)]


def _by_item(shape: Shape, block: Block, values: Array) -> Array:
    """Sums over an item's categories with their marks, along the last axis: (…, Cb) → (…, kb)."""
    if shape.is_dichotomous:
        return values
    first = np.searchsorted(shape.item_of[block.categories], block.items)
    marks = shape.mark_of[block.categories].astype(values.dtype)
    return np.add.reduceat(values * marks, first, axis=-1)


def _add_means(whole: Array, block: Block, places: NDArray[np.int64], means: Array) -> None:
    rooted = means * np.sqrt(block.weights).astype(means.dtype)[:, None]
    whole[np.ix_(places, places)] += rooted.T @ rooted


def _subtract_booklet(
    whole: Array, layout: Layout, block: Block, at: Curves, post: Array, group: Array, values: Values
) -> None:
    mine, theta = block.categories, at.nodes
    places, means = _means(layout, block, at, post, group, values)
    _add_means(whole, block, places, means)
    kind = post.dtype
    post = post * block.weights.astype(kind)[:, None]
    chosen, p, mass = block.chosen.astype(kind, copy=False), at.p[mine].astype(kind), post.sum(axis=0)
    counts = chosen.T @ post
    squares = []
    for r in range(3):
        power = (theta**r).astype(kind)
        cross = (counts * power) @ p.T
        weight = post @ power
        squares.append((chosen * weight[:, None]).T @ chosen - cross - cross.T + (p * (mass * power)) @ p.T)
    _subtract_squares(whole, layout, block, squares)
    _subtract_groups(whole, layout, block, counts - mass * p, theta, mass, group)


def _subtract_squares(whole: Array, layout: Layout, block: Block, squares: list[Array]) -> None:
    """E[S Sᵀ] of the categories, times θ⁰, θ¹, θ²: the blocks of (d, d), (d, a), (a, a)."""
    d, a = block.categories, layout.slopes_at + block.items
    cross = _by_item(layout.shape, block, squares[1])
    whole[np.ix_(d, d)] -= squares[0]
    whole[np.ix_(d, a)] -= cross
    whole[np.ix_(a, d)] -= cross.T
    whole[np.ix_(a, a)] -= _by_item(layout.shape, block, _by_item(layout.shape, block, squares[2]).T)


def _subtract_groups(
    whole: Array, layout: Layout, block: Block, surplus: Array, theta: Array, mass: Array, group: Array
) -> None:
    """E[S Sᵀ] of the group's mean and SD with themselves and with the items; surplus: (Cb, Q), Σ post (y − P)."""
    if not layout.free_groups[block.group]:
        return
    own = group[block.group]
    places = layout.groups_at + 2 * block.group + np.arange(2)
    d, a = block.categories, layout.slopes_at + block.items
    by_d = surplus @ own.T
    by_a = _by_item(layout.shape, block, (surplus * theta @ own.T).T).T
    for rows, cross in ((d, by_d), (a, by_a)):
        whole[np.ix_(rows, places)] -= cross
        whole[np.ix_(places, rows)] -= cross.T
    whole[np.ix_(places, places)] -= (own * mass) @ own.T


def _subtract_node_by_node(
    whole: Array, layout: Layout, block: Block, at: Curves, post: Array, group: Array, values: Values
) -> None:
    shape, mine, theta, kind = layout.shape, block.categories, at.nodes, post.dtype
    places, means = _means(layout, block, at, post, group, values)
    _add_means(whole, block, places, means)
    post = post * block.weights.astype(kind)[:, None]
    item = shape.item_of[mine]
    chosen = block.chosen.astype(kind, copy=False)
    shown = None
    if block.presented is not None:
        shown = block.presented[:, np.searchsorted(block.items, item)].astype(kind, copy=False)
    counts = (chosen.T @ post).astype(float)
    reached = post.sum(axis=0) if shown is None else shown.T @ post
    guess = values.logit_c is not None
    squares = [np.zeros((len(mine), len(mine))) for _ in range(3)]
    pairs: dict[tuple[int, int], Array] = {}
    h = [g / at.p[mine] for g in _numerators(at, mine, values.c[item][:, None])] if guess else []
    for q in np.flatnonzero(post.max(axis=0) > NEGLIGIBLE[kind]):
        away = chosen - (at.p[mine, q].astype(kind) if shown is None else shown * at.p[mine, q].astype(kind))
        away *= np.sqrt(post[:, q])[:, None]
        square = (away.T @ away).astype(float)
        if not guess:
            for r in range(3):
                squares[r] += theta[q] ** r * square
            continue
        for r in range(3):
            for s in range(r, 3):
                pairs[r, s] = pairs.get((r, s), 0) + np.outer(h[r][:, q], h[s][:, q]) * square
    surplus = counts - reached * at.p[mine]
    if not guess:
        _subtract_squares(whole, layout, block, squares)
        _subtract_groups(whole, layout, block, surplus, theta, post.sum(axis=0), group)
        return
    starts = [0, layout.slopes_at, layout.guesses_at]
    for (r, s), square in pairs.items():
        whole[np.ix_(starts[r] + block.items, starts[s] + block.items)] -= square
        if r != s:
            whole[np.ix_(starts[s] + block.items, starts[r] + block.items)] -= square.T
    _subtract_groups_of_guesses(whole, layout, block, [surplus * part for part in h], starts, post, group)


def _subtract_groups_of_guesses(
    whole: Array, layout: Layout, block: Block, surplus: list[Array], starts: list[int], post: Array, group: Array
) -> None:
    if not layout.free_groups[block.group]:
        return
    own = group[block.group]
    places = layout.groups_at + 2 * block.group + np.arange(2)
    for start, part in zip(starts, surplus, strict=True):
        cross = part @ own.T
        whole[np.ix_(start + block.items, places)] -= cross
        whole[np.ix_(places, start + block.items)] -= cross.T
    whole[np.ix_(places, places)] -= (own * post.sum(axis=0)) @ own.T
