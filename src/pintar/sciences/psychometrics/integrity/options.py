"""How probable each option of an item is at an ability.

The right one has the probability of the item's own curve. The wrong ones share the rest as a multinomial logit in
ability (the nested logit of Suh & Bolt 2010, Psychometrika 75, 454–473):

    P(o | wrong, θ) ∝ exp(ζ_o + λ_o θ)

which is estimated from the answers of the cohort, at the abilities that the marks gave. A normal prior with SD 1 on
ζ and .5 on λ keeps it finite where an option was never taken and draws it towards equal shares where few were wrong.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.irt.items import ItemParameters

Array = NDArray[np.float64]

MARKS = -1
"""In place of the right option: this item has no options, its marks are compared. Where all items are so, no options
need be fitted: `ItemParameters.probabilities` are the curves. Equal marks say much less than equal wrong options."""

PRIOR_PRECISION = (1.0, 4.0)  # of ζ and λ


@dataclass(frozen=True, eq=False, slots=True)
class OptionCurves:
    """Probabilities of what a person may do with each of k items; O is the most options (or marks + 1) of any.

    right: (k,), the place of the right option, or `MARKS` for an item of which only the mark is compared.
    intercepts, slopes: (k, O), ζ and λ of the wrong options; the right one and places beyond have ζ = −inf.
    """

    items: ItemParameters
    right: NDArray[np.int64]
    intercepts: Array
    slopes: Array

    def __call__(self, theta: ArrayLike) -> Array:
        """P(option | θ), (n, k, O), each item's options adding up to 1."""
        theta = np.atleast_1d(np.asarray(theta, float))
        marks = self.items.probabilities(theta)
        right = marks[:, :, 1]
        out = _shares(theta[:, None, None], self.intercepts, self.slopes) * (1 - right)[:, :, None]
        single, by_mark = np.flatnonzero(self.right != MARKS), np.flatnonzero(self.right == MARKS)
        out[:, single, self.right[single]] = right[:, single]
        out[:, by_mark, : marks.shape[2]] = marks[:, by_mark]
        return out


def fit_options(
    choices: ArrayLike, right: ArrayLike, items: ItemParameters, theta: ArrayLike, options: ArrayLike | None = None
) -> OptionCurves:
    """Curves of the options of k items from n persons.

    choices: (n, k), the place of the option taken (the mark, where `right` is `MARKS`), below 0 where there is none.
    right: (k,). theta: (n,), the persons' measures. options: (k,), how many options an item has; unless given, as many
    as were seen. ValueError: shapes differ, an item with options gives several marks, a choice lies beyond the options.
    """
    taken, key, theta = np.asarray(choices), np.asarray(right, np.int64), np.asarray(theta, float)
    n, k = taken.shape
    if len(key) != k or len(items) != k or len(theta) != n:
        raise ValueError(f"{n} × {k} choices, {len(key)} keys, {len(items)} items, {len(theta)} measures")
    if np.any((items.maxima > 1) & (key != MARKS)):
        raise ValueError("an item with several marks has no single right option")
    seen = np.maximum(taken.max(axis=0, initial=-1), key) + 1
    counts = seen if options is None else np.asarray(options, np.int64)
    if np.any(counts < seen):
        raise ValueError(f"item {items.names[int(np.argmax(counts < seen))]} has fewer options than were taken")
    most = max(int(counts.max(initial=0)), int(items.maxima.max(initial=1)) + 1)
    intercepts, slopes = np.full((k, most), -np.inf), np.zeros((k, most))
    for i in np.flatnonzero(key != MARKS):
        wrong = np.setdiff1d(np.arange(counts[i]), key[i])
        if not len(wrong):
            continue
        missed = (taken[:, i] >= 0) & (taken[:, i] != key[i])
        place = np.searchsorted(wrong, taken[missed, i])
        intercepts[i, wrong], slopes[i, wrong] = _fit_wrong(place, theta[missed], len(wrong))
    return OptionCurves(items, key, intercepts, slopes)


def _shares(theta: Array, intercepts: Array, slopes: Array) -> Array:
    with np.errstate(invalid="ignore"):
        psi = intercepts + slopes * theta
        top = psi.max(axis=-1, keepdims=True)
        weight = np.exp(psi - np.where(np.isfinite(top), top, 0.0))
        total = weight.sum(axis=-1, keepdims=True)
    return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)


def _fit_wrong(place: NDArray[np.int64], theta: Array, wrong: int) -> tuple[Array, Array]:
    """ζ and λ of one item's wrong options, each (wrong,), at the mode of the posterior, by damped Newton steps."""
    design = np.stack([np.ones_like(theta), theta], axis=1)
    taken = np.zeros((len(theta), wrong))
    taken[np.arange(len(theta)), place] = 1.0
    precision = np.diag(np.tile(PRIOR_PRECISION, wrong))

    def objective(x: Array) -> tuple[float, Array]:
        shares = _shares(theta[:, None], x[:, 0], x[:, 1])
        chosen = shares[np.arange(len(theta)), place]
        return float(np.log(np.maximum(chosen, 1e-300)).sum() - 0.5 * x.ravel() @ precision @ x.ravel()), shares

    at = np.zeros((wrong, 2))
    value, shares = objective(at)
    for _ in range(50):
        gradient = ((taken - shares).T @ design).ravel() - precision @ at.ravel()
        if np.abs(gradient).max() < 1e-8 * (1 + len(theta)):
            break
        weighted = shares[:, :, None] * design[:, None, :]
        blocks = np.einsum("no,nu,nv->ouv", shares, design, design)
        information = precision - np.tensordot(weighted, weighted, (0, 0)).reshape(2 * wrong, 2 * wrong)
        for o in range(wrong):
            information[2 * o : 2 * o + 2, 2 * o : 2 * o + 2] += blocks[o]
        step = np.linalg.solve(information, gradient).reshape(wrong, 2)
        length = 1.0
        while length > 1e-6:
            moved, new_shares = objective(at + length * step)
            if moved >= value:
                break
            length /= 2
        at, value, shares = at + length * step, moved, new_shares
    return at[:, 0], at[:, 1]
