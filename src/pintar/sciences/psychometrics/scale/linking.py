"""Bringing a new calibration onto an old scale by the items that both have.

θ_old = A θ_new + B, so a* = a/A and b* = A b + B (Kolen & Brennan, Test Equating, Scaling, and Linking, ch. 6).

- mean–sigma: A = SD(b_old)/SD(b_new), B = mean(b_old) − A mean(b_new), over all steps of the anchors (Marco 1977).
- Haebara (1980): Σ over anchors and categories of (P_old − P_new)², Stocking & Lord (1983): the square of the
  difference of the anchors' test characteristic curves; both averaged over N(0, 1) on the 61 nodes of the old scale.

An anchor has drifted if its d = b* − b_old stands out, |z| > 1.96 with z = (d − median)/(.74 IQR), and is at least .3
logits (Huynh & Meyer 2010). Drifted anchors are left out and the link is made once more.

Standard errors are those of the delta method: with F = 0 the condition that (A, B) solves and π the anchors'
parameters in both calibrations, ∂(A, B)/∂π = −(∂F/∂(A, B))⁻¹ ∂F/∂π (Ogasawara 2000, 2001).
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.quadrature import normal_grid

Array = NDArray[np.float64]
Method = Literal["sl", "haebara", "meansigma"]

METHODS: tuple[Method, ...] = ("sl", "haebara", "meansigma")
LARGEST_Z = 1.96
SMALLEST_DRIFT = 0.3
"""In logits."""

MOST_DRIFTED = 0.2
"""Share of the anchors that may fall out."""

_GRID = normal_grid()
_H = 1e-5


class LinkRefused(ValueError):
    """reason: too_few_anchors (value: how many are needed), too_many_drifted, no_spread, not_converged. items: the
    anchors it is about."""

    def __init__(self, reason: str, items: tuple[str, ...], value: int = 0) -> None:
        super().__init__(f"{reason}: {', '.join(items)}")
        self.reason, self.items, self.value = reason, items, value


@dataclass(frozen=True, slots=True)
class Drift:
    """d: b of the new calibration on the old scale minus the old b, in logits. z: robust."""

    item: str
    d: float
    z: float
    is_dropped: bool


@dataclass(frozen=True, eq=False)
class Link:
    """θ_old = A θ_new + B. covariance: (2, 2) of (A, B), or None where an anchor's errors are unknown. anchors: used.

    by_new, by_old: (2, p), ∂(A, B) by the anchors' parameters in either calibration, in the order of their `layout`.
    drift: of all anchors, the dropped included.
    """

    A: float
    B: float
    covariance: Array | None
    anchors: tuple[str, ...]
    drift: tuple[Drift, ...]
    by_new: Array
    by_old: Array
    old_covariance: Array | None

    @property
    def se_A(self) -> float | None:
        return None if self.covariance is None else float(np.sqrt(self.covariance[0, 0]))

    @property
    def se_B(self) -> float | None:
        return None if self.covariance is None else float(np.sqrt(self.covariance[1, 1]))

    @property
    def dropped(self) -> tuple[str, ...]:
        return tuple(drift.item for drift in self.drift if drift.is_dropped)

    def carry(self, new: ItemParameters) -> ItemParameters:
        """Items of the new calibration on the old scale; their errors include those of A and B."""
        moved = new.rescaled(self.A, self.B)
        if new.covariance is None or self.old_covariance is None:
            return replace(moved, covariance=None)
        by_link = _by_link(new, self.A, self.B)
        through = np.zeros((2, len(new.covariance)))
        place = {name: i for i, name in enumerate(new.names)}
        rows = [np.arange(new.offsets[place[n]], new.offsets[place[n] + 1]) for n in self.anchors]
        through[:, np.concatenate(rows)] = self.by_new
        # rescaled() is linear in the parameters: carry its effect on them and that of A and B together
        turn = _turn(new, self.A, self.B) + by_link @ through
        old = by_link @ self.by_old
        covariance = turn @ new.covariance @ turn.T + old @ self.old_covariance @ old.T
        return replace(moved, covariance=covariance)


def link(old: ItemParameters, new: ItemParameters, method: Method = "sl") -> Link:
    """The link of two calibrations, by the items of the same name, drifted ones left out.

    LinkRefused: fewer common items than 20% of the new form or 20, whichever is less (two at least); more than a fifth
    of them drifted; no spread in their difficulties.
    """
    if method not in METHODS:
        raise ValueError(f"no method {method!r}; there are {', '.join(METHODS)}")
    known = dict(zip(old.names, old.maxima, strict=True))
    common = tuple(n for n, most in zip(new.names, new.maxima, strict=True) if known.get(n) == most)
    needed = max(2, min(int(np.ceil(len(new) / 5)), 20))
    if len(common) < needed:
        raise LinkRefused("too_few_anchors", common, needed)
    first = _solved(old.named(common), new.named(common), method)
    drift = _drift(old.named(common), new.named(common), *first)
    gone = {d.item for d in drift if d.is_dropped}
    kept = tuple(name for name in common if name not in gone)
    if len(gone) > MOST_DRIFTED * len(common) or len(kept) < needed:
        raise LinkRefused("too_many_drifted", tuple(sorted(gone)))
    a, b = _solved(old.named(kept), new.named(kept), method) if gone else first
    return _with_errors(old.named(kept), new.named(kept), method, a, b, drift)


def _solved(old: ItemParameters, new: ItemParameters, method: Method) -> tuple[float, float]:
    start = _mean_sigma(old, new)
    if method == "meansigma":
        return start
    found = optimize.least_squares(
        lambda x: _residuals(x, old, new, method)[0],
        start,
        jac=lambda x: _residuals(x, old, new, method)[1],
        x_scale=(1.0, 1.0),
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-12,
    )
    if not found.success or found.x[0] <= 0:
        raise LinkRefused("not_converged", new.names)
    return float(found.x[0]), float(found.x[1])


def _mean_sigma(old: ItemParameters, new: ItemParameters) -> tuple[float, float]:
    there = np.isfinite(old.steps) & np.isfinite(new.steps)
    b_old, b_new = old.steps[there], new.steps[there]
    if len(b_new) < 2 or b_new.std() == 0 or b_old.std() == 0:
        raise LinkRefused("no_spread", new.names)
    a = float(b_old.std() / b_new.std())
    return a, float(b_old.mean() - a * b_new.mean())


def _residuals(x: Array, old: ItemParameters, new: ItemParameters, method: Method) -> tuple[Array, Array]:
    """Weighted differences of the curves, (r,), and their derivatives by A and B, (r, 2)."""
    a, b = x
    root = np.sqrt(_GRID.weights)
    tau = (_GRID.nodes - b) / a
    target = old.probabilities(_GRID.nodes)
    p, slope, _ = new.slopes_of_probabilities(tau)
    by = np.stack([-tau / a, np.full_like(tau, -1 / a)])
    if method == "sl":
        marks = np.arange(p.shape[2])
        difference = root * ((target - p) @ marks).sum(axis=1)
        return difference, -(root * (slope @ marks).sum(axis=1) * by).T
    weighted = root[:, None, None]
    derivative = -(weighted * slope)[:, :, :, None] * by.T[:, None, None, :]
    return (weighted * (target - p)).ravel(), derivative.reshape(-1, 2)


def _condition(x: Array, old: ItemParameters, new: ItemParameters, method: Method) -> Array:
    """F(A, B; π), (2,), zero at the link."""
    if method == "meansigma":
        return np.array(_mean_sigma(old, new)) - x
    residuals, derivative = _residuals(x, old, new, method)
    return derivative.T @ residuals


def _with_errors(
    old: ItemParameters, new: ItemParameters, method: Method, a: float, b: float, drift: tuple[Drift, ...]
) -> Link:
    x = np.array([a, b])
    by_x = np.stack(
        [
            (_condition(x + h, old, new, method) - _condition(x - h, old, new, method)) / (2 * _H)
            for h in np.eye(2) * _H
        ],
        axis=1,
    )
    by_new, by_old = np.zeros((2, new.offsets[-1])), np.zeros((2, old.offsets[-1]))
    for out, which in ((by_new, "new"), (by_old, "old")):
        base = new if which == "new" else old
        for place in range(base.offsets[-1]):
            up, down = (_nudged(base, place, sign * _H) for sign in (1, -1))
            pairs = [(old, up), (old, down)] if which == "new" else [(up, new), (down, new)]
            difference = _condition(x, *pairs[0], method) - _condition(x, *pairs[1], method)
            out[:, place] = -np.linalg.solve(by_x, difference / (2 * _H))
    covariance = None
    if old.covariance is not None and new.covariance is not None:
        covariance = by_new @ new.covariance @ by_new.T + by_old @ old.covariance @ by_old.T
    return Link(a, b, covariance, new.names, drift, by_new, by_old, old.covariance)


def _nudged(items: ItemParameters, place: int, by: float) -> ItemParameters:
    """The same items with one parameter of their layout moved; a guess of 0 stays, it is no parameter."""
    item = int(np.searchsorted(items.offsets, place, side="right")) - 1
    part, most = place - items.offsets[item], int(items.maxima[item])
    slopes, intercepts, guesses = items.slopes.copy(), items.intercepts.copy(), items.guesses.copy()
    if part < most:
        intercepts[item, part] += by
    elif part == most:
        slopes[item] += by
    elif guesses[item] > 0:
        guesses[item] += by
    return ItemParameters(items.names, slopes, intercepts, guesses)


def _drift(old: ItemParameters, new: ItemParameters, a: float, b: float) -> tuple[Drift, ...]:
    d = new.rescaled(a, b).b - old.b
    low, median, high = np.quantile(d, [0.25, 0.5, 0.75])
    spread = max(0.74 * (high - low), 1e-9)
    z = (d - median) / spread
    out = (np.abs(z) > LARGEST_Z) & (np.abs(d) >= SMALLEST_DRIFT)
    return tuple(
        Drift(name, float(di), float(zi), bool(o)) for name, di, zi, o in zip(new.names, d, z, out, strict=True)
    )


def _by_link(items: ItemParameters, a: float, b: float) -> Array:
    """(p, 2), derivatives of the rescaled parameters by A and B."""
    out = np.zeros((items.offsets[-1], 2))
    for i, most in enumerate(items.maxima):
        at, marks, slope = items.offsets[i + 1] - 2, np.arange(1, most + 1), items.slopes[i]
        out[at, 0] = -slope / a**2
        out[items.offsets[i] : at, 0] = marks * slope * b / a**2
        out[items.offsets[i] : at, 1] = -marks * slope / a
    return out


def _turn(items: ItemParameters, a: float, b: float) -> Array:
    """(p, p), derivatives of the rescaled parameters by the parameters."""
    turn = np.eye(items.offsets[-1])
    for i, most in enumerate(items.maxima):
        at = items.offsets[i + 1] - 2
        turn[at, at] = 1 / a
        turn[items.offsets[i] : at, at] = -np.arange(1, most + 1) * b / a
    return turn
