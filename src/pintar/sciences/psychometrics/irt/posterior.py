"""Where people may stand: the posterior of every row on the nodes, and sums over it.

For a row n with answers x, ln P(x | θ_q) = Σ over its items ln P(X_j = x_j | θ_q); the posterior is that times the
weight of its group at the node, divided by the row's marginal likelihood (Bock & Aitkin 1981, Psychometrika 46,
eq. 4–8).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from pintar.sciences.psychometrics.irt.design import Block, Design, Shape

Array = NDArray[np.float64]

LARGEST_EXPONENT = 300.0
_STRIDE = 8


@dataclass(frozen=True, eq=False)
class Values:
    """The parameters that are being estimated.

    d: (C,), cumulated intercepts of the categories. a: (k,). logit_c: (k,), −inf for no guess, or None if no item has
    one. mean, log_sd: (G,), of the groups.
    """

    d: Array
    a: Array
    logit_c: Array | None
    mean: Array
    log_sd: Array

    @property
    def c(self) -> Array:
        return np.zeros(len(self.a)) if self.logit_c is None else expit(self.logit_c)


@dataclass(frozen=True, eq=False)
class Curves:
    """Items at the nodes. log_0: (k, Q), ln P(X = 0). odds: (C, Q), ln P(X = m) − ln P(X = 0). p: (C, Q), P(X = m).
    star: (C, Q), P(X = m) of those who do not guess; the same as p where no item has a guess."""

    nodes: Array
    log_0: Array
    odds: Array
    p: Array
    star: Array


def curves(shape: Shape, values: Values, nodes: Array) -> Curves:
    """Of all items at nodes (Q,)."""
    psi = (shape.mark_of * values.a[shape.item_of])[:, None] * nodes + values.d[:, None]
    if shape.is_dichotomous:
        log_0 = -np.logaddexp(0, psi)
        star = np.exp(psi + log_0)
    else:
        top = np.maximum(np.maximum.reduceat(psi, shape.first, axis=0), 0)
        below = np.exp(-top) + np.add.reduceat(np.exp(psi - top[shape.item_of]), shape.first, axis=0)
        log_0 = -(top + np.log(below))
        star = np.exp(psi + log_0[shape.item_of])
    if values.logit_c is None:
        return Curves(nodes, log_0, psi, star, star)
    c = values.c[shape.item_of][:, None]
    p = c + (1 - c) * star
    log_0 = log_0 + np.log1p(-values.c)[:, None]
    return Curves(nodes, log_0, np.log(p) - log_0[shape.item_of], p, star)


def log_weights(values: Values, nodes: Array) -> Array:
    """(G, Q), log weights of the groups' normal distributions at the nodes; each row's weights sum to 1."""
    log = -0.5 * ((nodes - values.mean[:, None]) / np.exp(values.log_sd)[:, None]) ** 2
    top = log.max(axis=1, keepdims=True)
    return log - top - np.log(np.exp(log - top).sum(axis=1, keepdims=True))


def log_likelihoods(block: Block, at: Curves, values: Values, shape: Shape, kind: type = np.float64) -> Array:
    """(n, Q), ln P(x_n | θ_q) of the rows of a block."""
    if values.logit_c is None:
        slope, constant = _sums(block, values, shape, kind)
        out = np.multiply.outer(slope, at.nodes.astype(kind))
        out += constant[:, None]
    else:
        out = block.chosen.astype(kind, copy=False) @ at.odds[block.categories].astype(kind)
    if block.presented is None:
        out += at.log_0[block.items].sum(axis=0).astype(kind)
    else:
        out += block.presented.astype(kind, copy=False) @ at.log_0[block.items].astype(kind)
    return out


def posterior(
    block: Block, at: Curves, values: Values, shape: Shape, log_weight: Array, kind: type = np.float64
) -> tuple[Array, Array]:
    """The posterior of a block's rows, (n, Q), each row sums to 1, and their log marginal likelihood, (n,)."""
    quick = _multiplied(block, at, values, shape, log_weight)
    if quick is not None:
        post = quick.density[:, : len(at.nodes)] * quick.weights[: len(at.nodes)]
        post /= quick.moments[:, :1]
        return post.astype(kind, copy=False), quick.loglik
    log = log_likelihoods(block, at, values, shape, kind)
    log += log_weight.astype(kind)
    top = log.max(axis=1)
    log -= top[:, None]
    np.exp(log, out=log)
    sums = log.sum(axis=1)
    log /= sums[:, None]
    return log, top + np.log(sums)


def _sums(block: Block, values: Values, shape: Shape, kind: type = np.float64) -> tuple[Array, Array]:
    """Σ m a and Σ d of the marks earned, each (n,): without a guess the likelihood depends on the answers through
    these only."""
    mine = block.categories
    each = np.stack([shape.mark_of[mine] * values.a[shape.item_of[mine]], values.d[mine]], axis=1)
    sums: Array = block.chosen.astype(kind, copy=False) @ each.astype(kind)
    return sums[:, 0], sums[:, 1]


@dataclass(frozen=True, eq=False, slots=True)
class _Multiplied:
    """density (n, Q′) × weights (Q′,) ∝ posterior; Q′ ≥ Q, the weights beyond Q are 0. moments: (n, 3), the sums of
    density × weights × (1, θ, θ²)."""

    density: Array
    weights: Array
    moments: Array
    loglik: Array


def _multiplied(block: Block, at: Curves, values: Values, shape: Shape, log_weight: Array) -> _Multiplied | None:
    """The posterior without an exponential a cell: all rows of a booklet share ln P(0 | θ) and the weights, what is
    left is exp(t θ_q) with t = Σ m a, and over equally spaced nodes that is a product of two short tables.

    None where items have a guess or a mask, or where exp(t θ) could leave the range of numbers.
    """
    if values.logit_c is not None or block.presented is not None or not len(block.rows):
        return None
    slope, constant = _sums(block, values, shape)
    nodes, middle = at.nodes, (slope.min() + slope.max()) / 2
    slope = slope - middle
    if np.abs(slope).max() * (np.abs(nodes).max() + _STRIDE * (nodes[1] - nodes[0])) > LARGEST_EXPONENT:
        return None
    spacing, blocks = nodes[1] - nodes[0], -(-len(nodes) // _STRIDE)
    far = np.exp(np.multiply.outer(slope, nodes[0] + spacing * _STRIDE * np.arange(blocks)))
    near = np.exp(np.multiply.outer(slope, spacing * np.arange(_STRIDE)))
    density = (far[:, :, None] * near[:, None, :]).reshape(len(slope), -1)
    log = at.log_0[block.items].sum(axis=0) + log_weight + middle * nodes
    top = log.max()
    weights = np.zeros(density.shape[1])
    weights[: len(nodes)] = np.exp(log - top)
    powers = np.zeros((len(weights), 3))
    powers[: len(nodes)] = np.stack([np.ones_like(nodes), nodes, nodes**2], axis=1)
    moments = density @ (weights[:, None] * powers)
    return _Multiplied(density, weights, moments, np.log(moments[:, 0]) + top + constant)


@dataclass(eq=False)
class Expected:
    """Sums over rows, each row with its weight.

    loglik: the marginal log-likelihood. shown: (k, Q), persons expected at each node who met the item. mass: (G, Q),
    persons of each group. given: (C, 2), Σ chosen and Σ chosen·E[θ], all that items without a guess need.
    counts: (C, Q), persons at each node who earned the mark, or None where nobody needs it.
    least_sd: the smallest posterior SD of a row.
    """

    loglik: float
    shown: Array
    mass: Array
    given: Array
    counts: Array | None
    least_sd: float = field(default=np.inf)


def expect(design: Design, values: Values, nodes: Array, kind: type = np.float64) -> Expected:
    """One pass over all rows. kind: float32 is exact enough for the first cycles and twice as fast."""
    shape, at, prior = design.shape, curves(design.shape, values, nodes), log_weights(values, nodes)
    guess = values.logit_c is not None
    out = Expected(
        0.0,
        np.zeros(at.log_0.shape),
        np.zeros(prior.shape),
        np.zeros((len(shape.item_of), 2)),
        np.zeros(at.p.shape) if guess else None,
    )
    powers: Array = np.stack([nodes, nodes**2], axis=1).astype(kind)
    for block in design.blocks:
        weight: Array = block.weights.astype(kind, copy=False)
        quick = _multiplied(block, at, values, shape, prior[block.group])
        if quick is not None:
            moments, loglik = quick.moments[:, 1:] / quick.moments[:, :1], quick.loglik
            mass = ((weight / quick.moments[:, 0]) @ quick.density * quick.weights)[: len(nodes)]
            out.shown[block.items] += mass
        else:
            post, loglik = posterior(block, at, values, shape, prior[block.group], kind)
            moments = post @ powers
            post *= weight[:, None]
            mass = post.sum(axis=0, dtype=np.float64)
            if block.presented is None:
                out.shown[block.items] += mass
            else:
                out.shown[block.items] += block.presented.astype(kind, copy=False).T @ post
            if out.counts is not None:
                out.counts[block.categories] += block.chosen.astype(kind, copy=False).T @ post
        variance = np.min(moments[:, 1] - moments[:, 0] ** 2, initial=np.inf)
        out.least_sd = min(out.least_sd, float(np.sqrt(max(variance, 0.0))))
        out.loglik += float(block.weights @ loglik)
        out.mass[block.group] += mass
        weighted = np.stack([weight, weight * moments[:, 0]], axis=1)
        out.given[block.categories] += block.chosen.T.astype(weighted.dtype, copy=False) @ weighted
    return out
