"""Standard errors: the inverse of the observed information, and what else adds to it.

Anchors bring their own errors with them. With ψ the new parameters, H their information, and C the information that
they share with the anchors' parameters α, a change of α moves the estimate by −H⁻¹ C, so (Murphy & Topel 1985)

    V(ψ) = H⁻¹ + H⁻¹ C Σ_α Cᵀ H⁻¹,    Cov(ψ, α) = −H⁻¹ C Σ_α.

Where persons sat several times, the sum of a person's scores takes the place of independent rows (the sandwich
H⁻¹ (Σ_persons s sᵀ) H⁻¹, Huber 1967).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.climbing import Summit
from pintar.sciences.psychometrics.irt.design import Design
from pintar.sciences.psychometrics.irt.information import scores_of_rows
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.layout import Layout
from pintar.sciences.psychometrics.irt.posterior import Values
from pintar.sciences.psychometrics.irt.preparation import Prepared

Array = NDArray[np.float64]


def covariance(design: Design, layout: Layout, summit: Summit, ready: Prepared) -> Array:
    """(size, size), sampling covariance of the whole vector, the anchors' included."""
    inverse = np.linalg.inv(layout.reduced(summit.information))
    inverse = (inverse + inverse.T) / 2
    if ready.cluster_of_row is not None:
        meat = _meat(design, layout, summit, ready.cluster_of_row)
        inverse = inverse @ meat @ inverse
    spread = layout.spread
    whole = spread @ (spread @ inverse).T
    fixed = ready.anchor_items
    if fixed is None or fixed.covariance is None:
        return whole
    places, anchors = _anchor_covariance(layout, ready.marks.items, fixed, fixed.covariance)
    bread = np.linalg.inv(layout.reduced(summit.information))
    shared = spread.T @ summit.information[:, places]
    moves = np.asarray(-(spread @ (bread @ shared)))
    moves[places, np.arange(len(places))] += 1.0
    return whole + moves @ anchors @ moves.T


def _meat(design: Design, layout: Layout, summit: Summit, clusters: NDArray[np.int64]) -> Array:
    sums = np.zeros((int(clusters.max()) + 1, layout.free_count))
    weights = np.zeros(design.rows)
    for block in design.blocks:
        weights[block.rows] = block.weights
    for rows, scores in scores_of_rows(design, layout, summit.values, summit.nodes):
        np.add.at(sums, clusters[rows], weights[rows][:, None] * (layout.spread.T @ scores.T).T)
    return sums.T @ sums


def _anchor_covariance(
    layout: Layout, names: tuple[str, ...], fixed: ItemParameters, known: Array
) -> tuple[NDArray[np.int64], Array]:
    """Places of the anchors' parameters in the whole vector, and their covariance there."""
    place = {name: i for i, name in enumerate(names)}
    places, rows, scale = [], [], []
    for j, name in enumerate(fixed.names):
        i, most = place[name], int(fixed.maxima[j])
        places += [*(layout.shape.first[i] + np.arange(most)), layout.slopes_at + i]
        rows += list(range(fixed.offsets[j], fixed.offsets[j] + most + 1))
        scale += [1.0] * (most + 1)
        if layout.free_guesses is not None and fixed.c[j] > 0:
            places.append(layout.guesses_at + i)
            rows.append(fixed.offsets[j] + most + 1)
            scale.append(1 / (fixed.c[j] * (1 - fixed.c[j])))
    scaled = np.array(scale)
    return np.array(places, np.int64), known[np.ix_(rows, rows)] * scaled * scaled[:, None]


def in_order_of_items(layout: Layout, values: Values, whole: Array) -> Array:
    """The covariance of the whole vector in the order of `ItemParameters.layout`, guesses as c."""
    shape = layout.shape
    places, scale = [], []
    c = values.c
    for i, most in enumerate(shape.maxima):
        guess = -1 if layout.free_guesses is None else layout.guesses_at + i
        places += [*(shape.first[i] + np.arange(most)), layout.slopes_at + i, guess]
        scale += [1.0] * (int(most) + 1) + [0.0 if guess < 0 else float(c[i] * (1 - c[i]))]
    scaled = np.array(scale)
    out = whole[np.ix_(places, places)] * scaled * scaled[:, None]
    return np.asarray(out)


def with_slopes_of_one(items: ItemParameters, layout: Layout, whole: Array) -> ItemParameters:
    """Items of one common slope on the scale where it is 1: d stays, and the slope's error goes into the SD."""
    covariance = in_order_of_items(layout, Values(np.empty(0), items.a, None, np.empty(0), np.empty(0)), whole).copy()
    slopes = items.offsets[1:] - 2
    covariance[slopes, :] = 0.0
    covariance[:, slopes] = 0.0
    return replace(items, slopes=np.ones(len(items)), covariance=covariance)
