"""Differential item functioning: whether people of equal ability but of different groups find an item equally hard.

People are matched by form and total score, with the studied item in it. After one round the items found to be C leave
the score, except the studied one (purification). Positive favours the focal group.

*Mantel–Haenszel* (Holland & Thayer 1988; Zwick 2012, ETS RR-12-08): Δ = −2.35 ln α, its variance after Robins, Breslow
& Greenland (1986, Biometrics 42, 311–323). Class C: |Δ| ≥ 1.5 and (|Δ| − 1)/SE > 1.645; A: |Δ| < 1 or not different
from 0 at .05; else B. An item with several marks is judged by Mantel's χ² and the standardised mean difference in SDs
of the item: C from .25, B from .17, as NAEP does (Allen, Carlson & Zelenak 1999, The NAEP 1996 Technical Report).

*Logistic* (Swaminathan & Rogers 1990): cumulative logits on score, group, and both; 2 degrees of freedom, Holm over the
items, p < .01; class by the gain in Nagelkerke's R²: B from .035, C from .07 (Jodoin & Gierl 2001).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.stats import chi2

from pintar.sciences.psychometrics.responses import MarkTable

Array = NDArray[np.float64]

FEWEST = 100
"""People of either group who met an item; with fewer no class is given."""
TOO_FEW = "too few"
_LN_TO_DELTA = -2.35


@dataclass(frozen=True, eq=False, slots=True)
class Dif:
    """classes: k of "A", "B", "C", "too few". effect: (k,), Δ (or the standardised mean difference) for
    Mantel–Haenszel, the gain in R² for logistic. se: (k,), of Δ. p: (k,), by Holm's method for logistic. matching: the
    items that were in the score after purification, (k,)."""

    method: Literal["mh", "logistic"]
    classes: tuple[str, ...]
    effect: Array
    se: Array
    p: Array
    matching: NDArray[np.bool_]


def mantel_haenszel(marks: MarkTable, focal: ArrayLike) -> Dif:
    """focal: (n,) bool, the focal group; all other rows are the reference. ValueError: a group is empty."""
    focal = _groups(marks, focal)
    everything = np.ones(len(marks.items), bool)
    first = _mh_round(marks, focal, everything)
    kept = np.array([c != "C" for c in first.classes])
    return first if kept.all() else _mh_round(marks, focal, kept)


def logistic(marks: MarkTable, focal: ArrayLike) -> Dif:
    """The same matching. focal: (n,) bool."""
    focal = _groups(marks, focal)
    kept = np.array([c != "C" for c in _mh_round(marks, focal, np.ones(len(marks.items), bool)).classes])
    k = len(marks.items)
    gain, p = np.full(k, np.nan), np.full(k, np.nan)
    for item, strata in _strata(marks, focal, kept):
        if strata.enough:
            gain[item], p[item] = _compare_models(strata)
    holm = _holm(p)
    classes = [
        TOO_FEW if np.isnan(p[i]) else "A" if holm[i] >= 0.01 or gain[i] < 0.035 else "B" if gain[i] < 0.07 else "C"
        for i in range(k)
    ]
    return Dif("logistic", tuple(classes), gain, np.full(k, np.nan), holm, kept)


@dataclass(frozen=True, eq=False, slots=True)
class _Strata:
    """Counts of one item. counts: (strata, 2, K + 1), reference and focal by mark. score: (strata,), total standardised
    within the form. form: (strata,)."""

    counts: Array
    score: Array
    form: NDArray[np.int64]

    @property
    def enough(self) -> bool:
        return bool(self.counts.sum(axis=(0, 2)).min() >= FEWEST)


def _groups(marks: MarkTable, focal: ArrayLike) -> NDArray[np.bool_]:
    given = np.asarray(focal)
    if given.shape != (len(marks),):
        raise ValueError(f"{len(marks)} rows, but {given.size} memberships")
    given = given.astype(bool)
    if given.all() or not given.any():
        raise ValueError("the focal or the reference group is empty")
    return given


def _strata(marks: MarkTable, focal: NDArray[np.bool_], matching: NDArray[np.bool_]) -> Iterator[tuple[int, _Strata]]:
    """For each item its counts by form and total score of the matching items and itself."""
    forms = []
    for form, rows in marks.booklets():
        given = marks.take_rows(rows)
        inside = matching[given.columns]
        total = np.bincount(given.row_of_cell[inside], given.marks[inside], len(given)).astype(np.int64)
        forms.append((form, given.take_items(form).dense(), total, focal[rows], given.weights))
    for item, most in enumerate(marks.maxima):
        counts, score, form_of = [np.zeros((0, 2, most + 1))], [np.zeros(0)], [np.zeros(0, np.int64)]
        for number, (form, dense, total, group, weight) in enumerate(forms):
            place = np.searchsorted(form, item)
            if place >= len(form) or form[place] != item:
                continue
            mark = dense[:, place]
            sums = total if matching[item] else total + mark
            levels, level = np.unique(sums, return_inverse=True)
            table = np.zeros((len(levels), 2, most + 1))
            np.add.at(table, (level, group.astype(int), mark), weight)
            spread = sums.std()
            counts.append(table)
            score.append((levels - sums.mean()) / (spread if spread > 0 else 1.0))
            form_of.append(np.full(len(levels), number))
        yield item, _Strata(np.concatenate(counts), np.concatenate(score), np.concatenate(form_of))


def _mh_round(marks: MarkTable, focal: NDArray[np.bool_], matching: NDArray[np.bool_]) -> Dif:
    k = len(marks.items)
    effect, se, p = np.full(k, np.nan), np.full(k, np.nan), np.full(k, np.nan)
    classes = [TOO_FEW] * k
    for item, strata in _strata(marks, focal, matching):
        if not strata.enough:
            continue
        judge = _mh if marks.maxima[item] == 1 else _mantel
        effect[item], se[item], p[item], classes[item] = judge(strata.counts)
    return Dif("mh", tuple(classes), effect, se, p, matching)


def _mh(counts: Array) -> tuple[float, float, float, str]:
    """Δ, its SE, p of the MH χ² with continuity correction, class. Infinite where one group was all right or wrong."""
    wrong_r, right_r, wrong_f, right_f = counts[:, 0, 0], counts[:, 0, 1], counts[:, 1, 0], counts[:, 1, 1]
    n = counts.sum(axis=(1, 2))
    n_r, n_f = right_r + wrong_r, right_f + wrong_f
    both = (n_r > 0) & (n_f > 0)
    r, s = (right_r * wrong_f / n)[both], (wrong_r * right_f / n)[both]
    p, q = ((right_r + wrong_f) / n)[both], ((wrong_r + right_f) / n)[both]
    right, wrong, size = (right_r + right_f)[both], (wrong_r + wrong_f)[both], n[both]
    expected = n_r[both] * right / size
    variance = n_r[both] * n_f[both] * right * wrong / (size**2 * np.maximum(size - 1, 1))
    if variance.sum() <= 0:
        return float("nan"), float("nan"), float("nan"), TOO_FEW
    away = max(abs(float(right_r[both].sum() - expected.sum())) - 0.5, 0.0)
    significance = float(chi2.sf(away**2 / variance.sum(), 1))
    if r.sum() == 0 or s.sum() == 0:
        infinite = _LN_TO_DELTA * np.inf if s.sum() == 0 else -_LN_TO_DELTA * np.inf
        return float(infinite), float("inf"), significance, "B" if significance < 0.05 else "A"
    delta = _LN_TO_DELTA * float(np.log(r.sum() / s.sum()))
    log_variance = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    se = abs(_LN_TO_DELTA) * float(np.sqrt(log_variance))
    if abs(delta) >= 1.5 and (abs(delta) - 1) / se > 1.645:
        return delta, se, significance, "C"
    return delta, se, significance, "A" if abs(delta) < 1 or significance >= 0.05 else "B"


def _mantel(counts: Array) -> tuple[float, float, float, str]:
    """For several marks: SMD in SDs of the item, its SE, Mantel's p, class."""
    levels = np.arange(counts.shape[2])
    n = counts.sum(axis=2)
    both = (n > 0).all(axis=1)
    counts, n = counts[both], n[both]
    size, sums = n.sum(axis=1), counts @ levels
    squares = counts.sum(axis=1) @ levels**2
    total = sums.sum(axis=1)
    variance = n[:, 0] * n[:, 1] / (size**2 * np.maximum(size - 1, 1)) * (size * squares - total**2)
    if variance.sum() <= 0:
        return float("nan"), float("nan"), float("nan"), TOO_FEW
    away = sums[:, 1].sum() - (n[:, 1] / size * total).sum()
    significance = float(chi2.sf(away**2 / variance.sum(), 1))
    weight = n[:, 1] / n[:, 1].sum()
    difference = float((weight * (sums[:, 1] / n[:, 1] - sums[:, 0] / n[:, 0])).sum())
    everyone = counts.sum(axis=(0, 1))
    mean = everyone @ levels / everyone.sum()
    sd = float(np.sqrt(everyone @ (levels - mean) ** 2 / everyone.sum()))
    within = (squares - total**2 / size) / np.maximum(size - 1, 1)
    error = float(np.sqrt((weight**2 * within * (1 / n[:, 0] + 1 / n[:, 1])).sum()))
    effect = difference / sd
    if significance >= 0.05 or abs(effect) < 0.17:
        return effect, error / sd, significance, "A"
    return effect, error / sd, significance, "C" if abs(effect) >= 0.25 else "B"


def _compare_models(strata: _Strata) -> tuple[float, float]:
    """The gain in Nagelkerke's R² by the group and its product with the score, and p of the likelihood ratio."""
    rows, marks = strata.counts.reshape(-1, strata.counts.shape[2]), strata.counts.shape[2]
    score, group = np.repeat(strata.score, 2), np.tile([0.0, 1.0], len(strata.score))
    forms = np.unique(strata.form)
    by_form = (np.repeat(strata.form, 2)[:, None] == forms[1:]).astype(float)
    matched = np.column_stack([by_form, score])
    full = np.column_stack([matched, group, group * score])
    none, one, two = (_likelihood(rows, x, marks) for x in (by_form, matched, full))
    n = rows.sum()
    most = 1 - np.exp(2 * none / n)
    gain = (np.exp(2 * (none - one) / n) - np.exp(2 * (none - two) / n)) / most if most > 0 else np.nan
    return float(max(gain, 0.0)), float(chi2.sf(max(2 * (two - one), 0.0), 2))


def _likelihood(counts: Array, x: Array, marks: int) -> float:
    """The greatest log-likelihood of cumulative logits, P(X ≥ m) = Λ(κ_m + xβ), κ falling; a trace of a normal prior
    (SD 100) keeps separated groups finite."""
    steps = marks - 1
    share = np.clip(np.cumsum(counts.sum(axis=0)[::-1])[::-1][1:] / max(counts.sum(), 1), 1e-4, 1 - 1e-4)
    kappa = np.log(share / (1 - share))
    gaps = np.log(np.maximum(-np.diff(kappa), 1e-3))
    scale = max(counts.sum(), 1.0)

    def loss(v: Array, prior: float = 1e-4) -> tuple[float, Array]:
        fall = np.exp(v[1:steps])
        level = v[0] - np.concatenate([[0.0], np.cumsum(fall)])
        above = 1 / (1 + np.exp(-np.clip(level + (x @ v[steps:])[:, None], -40, 40)))  # P(X ≥ 1 … K)
        padded = np.column_stack([np.ones(len(x)), above, np.zeros(len(x))])
        chance = np.maximum(padded[:, :-1] - padded[:, 1:], 1e-300)
        ratio = counts / chance
        by_above = (ratio[:, 1:] - ratio[:, :-1]) * above * (1 - above)  # ∂/∂ the linear predictor of each step
        by_level = by_above.sum(axis=0)
        gradient = np.concatenate(
            [
                [by_level.sum()],
                -fall * np.cumsum(by_level[::-1])[::-1][1:],
                x.T @ by_above.sum(axis=1),
            ]
        )
        value = float((counts * np.log(chance)).sum())
        return -float(value - prior * (v @ v) / 2) / scale, -(gradient - prior * v) / scale

    start = np.concatenate([[kappa[0]], gaps, np.zeros(x.shape[1])])
    found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 500})
    return -loss(found.x, prior=0.0)[0] * scale


def _holm(p: Array) -> Array:
    """Holm's adjusted p values; NaN stays NaN and is not counted."""
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])]
    out[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return out
