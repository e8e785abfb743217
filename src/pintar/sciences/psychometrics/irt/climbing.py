"""From starting values to the maximum of the marginal likelihood, with the information there.

A few EM cycles on coarse nodes, each two of them extrapolated (SQUAREM, Varadhan & Roland 2008, Scand. J. Statist. 35,
scheme S3), lead into the neighbourhood; Newton steps with the exact observed information finish. Where the information
is costly (everyone met their own items) it is kept for several steps, as long as each brings the gradient down enough.
A step that would lower the likelihood is halved; if that does not help, EM goes on, which never lowers it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from pintar.sciences.psychometrics.irt.design import Design
from pintar.sciences.psychometrics.irt.failures import CalibrationFailed
from pintar.sciences.psychometrics.irt.information import observed_information
from pintar.sciences.psychometrics.irt.layout import Layout
from pintar.sciences.psychometrics.irt.maximise import gradient, maximise
from pintar.sciences.psychometrics.irt.posterior import Expected, Values, curves, expect
from pintar.sciences.psychometrics.irt.priors import Priors
from pintar.sciences.psychometrics.irt.quadrature import NODES, REACH, WIDEST_SPACING, equally_spaced

Array = NDArray[np.float64]
Watch = Callable[[int], None]

TOLERANCE = 1e-5
"""Largest element of the gradient of the summed marginal log-likelihood at the end."""

STEEPEST = 25.0
MOST_STEPS = 200
COARSE_NODES = 21
SINGLE_FROM = 1000
"""Rows from which single precision pays."""


@dataclass(frozen=True, eq=False)
class Summit:
    """values and their marginal log-likelihood (without priors); the observed information of the whole vector (with
    priors); the nodes used; the largest gradient left; the steps taken; the log posterior after each of them."""

    values: Values
    loglik: float
    information: Array
    nodes: Array
    gradient: float
    steps: int
    trail: tuple[float, ...]


def climb(
    design: Design,
    layout: Layout,
    values: Values,
    priors: Priors | None,
    names: tuple[str, ...],
    watch: Watch | None = None,
) -> Summit:
    """names: of the items, for errors. watch: called with the number of each pass over the data.

    CalibrationFailed: unbounded, no_curvature, not_converged.
    """
    ascent = _Ascent(design, layout, priors, names, watch)
    if layout.free_count:
        values = ascent.approach(values)
    values = _upright(layout, values)
    nodes = _nodes(values)
    while True:
        summit = ascent.finish(values, nodes)
        needed = _nodes(summit.values)
        least = expect(design, summit.values, nodes).least_sd
        if nodes[1] - nodes[0] > WIDEST_SPACING * least and len(nodes) < 16 * NODES:
            nodes = equally_spaced(2 * len(nodes) - 1, needed[0], needed[-1])
        elif needed[-1] > nodes[-1] + 0.5:
            nodes = equally_spaced(round((needed[-1] - needed[0]) / (nodes[1] - nodes[0])) + 1, needed[0], needed[-1])
        else:
            return summit
        values = summit.values


def _nodes(values: Values) -> Array:
    """61 nodes on −6 … 6, or as many at the same spacing as reach five SDs to both sides of every group."""
    reach = float(np.max(np.abs(values.mean) + 5 * np.exp(values.log_sd), initial=REACH))
    if reach <= REACH:
        return equally_spaced()
    reach = np.ceil(5 * reach) / 5
    return equally_spaced(round(2 * reach / (2 * REACH) * (NODES - 1)) + 1, -reach, reach)


def _upright(layout: Layout, values: Values) -> Values:
    """Most slopes positive; only where nothing but the reference group fixes the scale."""
    if layout.free_slopes.all() and (values.a < 0).sum() > len(values.a) / 2:
        return layout.flipped(values)
    return values


class _Ascent:
    def __init__(
        self,
        design: Design,
        layout: Layout,
        priors: Priors | None,
        names: tuple[str, ...],
        watch: Watch | None,
    ) -> None:
        self.design, self.layout, self.priors, self.names, self.watch = design, layout, priors, names, watch
        self.passes = 0
        self.trail: list[float] = []
        node_by_node = design.is_masked or layout.free_guesses is not None
        self.is_costly = node_by_node and design.rows * layout.categories**2 > 1e9
        self.is_slow = self.is_costly or layout.free_guesses is not None
        # of the information: 1e-5 of itself is enough for steps and standard errors
        self.kind = np.float32 if design.rows >= SINGLE_FROM else np.float64

    def approach(self, values: Values) -> Values:
        """EM on coarse nodes, extrapolated."""
        items = max(1.0, sum(b.chosen.shape[0] * len(b.items) for b in self.design.blocks) / max(self.design.rows, 1))
        if self.design.is_masked:
            items = sum(float(b.presented.sum()) for b in self.design.blocks if b.presented is not None)
            items = max(1.0, items / max(self.design.rows, 1))
        spread = 1 / np.sqrt(1 + 0.3 * items)
        nodes = equally_spaced(COARSE_NODES if 2.5 * spread >= 0.6 else NODES)
        for _ in range(12 if self.is_slow else 2):
            before = self.layout.vector(values)
            values, change = self._squarem(values, nodes)
            if not np.isfinite(self.layout.vector(values)).all():
                return self.layout.values(before)
            if change < (2e-3 if self.is_slow else 0.05):
                break
        return values

    def _cycle(self, values: Values, nodes: Array, kind: type = np.float64) -> Values:
        self._tell()
        expected = expect(self.design, values, nodes, kind)
        return maximise(self.layout, expected, values, nodes, self.priors)

    def _squarem(self, values: Values, nodes: Array) -> tuple[Values, float]:
        vector = self.layout.vector
        first = self._cycle(values, nodes, np.float32)
        second = self._cycle(first, nodes, np.float32)
        r = vector(first) - vector(values)
        r[~self.layout.is_free] = 0.0  # a guess of 0 is −inf on its scale
        v = vector(second) - vector(first)
        v[~self.layout.is_free] = 0.0
        v -= r
        length = float(np.linalg.norm(v))
        alpha = -min(max(float(np.linalg.norm(r)) / length, 1.0), 8.0) if length > 0 else -1.0
        leap = vector(values) - np.where(self.layout.is_free, 2 * alpha * r - alpha**2 * v, 0.0)
        found = self.layout.values(leap)
        if self.layout.free_guesses is not None:
            found = replace(found, a=np.where(self.layout.free_slopes, np.maximum(found.a, 0.05), found.a))
        return self._cycle(found, nodes, np.float32), float(np.abs(r).max(initial=0.0))

    def finish(self, values: Values, nodes: Array) -> Summit:
        """Newton steps to the tolerance."""
        at = self._stand(values, nodes)
        kept: tuple[Array, Array, float] | None = (
            None  # the information, its factor, and the gradient where it was made
        )
        for step in range(MOST_STEPS):
            self.trail.append(at.height)
            self._refuse_unbounded(at.values)
            steepest = float(np.abs(at.slopes).max(initial=0.0))
            done = steepest <= TOLERANCE
            if kept is None or (not done and not (self.is_costly and steepest <= 0.3 * kept[2])):
                whole = self._information(at, nodes)
                factor = self._factor(whole)
                if factor is None:
                    if done:
                        raise CalibrationFailed("no_curvature", self._weakest(whole))
                    at = self._stand(self._cycle(at.values, nodes), nodes)
                    continue
                kept = (whole, factor, steepest)
            else:
                kept = (kept[0], kept[1], steepest)
            if done:
                return Summit(at.values, at.expected.loglik, kept[0], nodes, steepest, step, tuple(self.trail))
            at = self._step(at, linalg.cho_solve((kept[1], True), at.slopes), nodes)
        worst = int(np.argmax(np.abs(at.slopes)))
        raise CalibrationFailed("not_converged", self._name(worst), float(at.slopes[worst]))

    def _information(self, at: "_Stand", nodes: Array) -> Array:
        """On every other node where that is enough for the narrowest posterior and the sum over nodes is long."""
        expected = at.expected
        if self.is_costly and len(nodes) % 2 and 2 * (nodes[1] - nodes[0]) <= WIDEST_SPACING * expected.least_sd:
            nodes = nodes[::2]
            expected = expect(self.design, at.values, nodes, self.kind)
        return observed_information(self.design, self.layout, at.values, nodes, expected, self.priors, self.kind)

    def _stand(self, values: Values, nodes: Array) -> "_Stand":
        self._tell()
        expected = expect(self.design, values, nodes)
        at = curves(self.layout.shape, values, nodes)
        slopes = self.layout.reduced(gradient(self.layout, at, expected, values, self.priors))
        height = expected.loglik
        if self.priors is not None:
            free = self.layout.free_guesses
            height += float(self.priors.log_density(values.a, values.c)[free].sum())
        return _Stand(values, expected, slopes, height)

    def _step(self, at: "_Stand", step: Array, nodes: Array) -> "_Stand":
        longest = float(np.abs(step).max())
        step = step / max(1.0, longest / 2)
        for _ in range(5):
            moved = self.layout.moved(at.values, step)
            if self.layout.free_guesses is None or (moved.a[self.layout.free_slopes] > 0).all():
                there = self._stand(moved, nodes)
                if there.height >= at.height - 1e-11 * abs(at.height):
                    return there
            step = step / 4
        return self._stand(self._cycle(at.values, nodes), nodes)

    def _factor(self, whole: Array) -> Array | None:
        try:
            return linalg.cholesky(self.layout.reduced(whole), lower=True)
        except linalg.LinAlgError:
            return None

    def _weakest(self, whole: Array) -> str:
        values, vectors = np.linalg.eigh(self.layout.reduced(whole))
        return self._name(int(np.argmax(np.abs(vectors[:, int(np.argmin(values))]))))

    def _refuse_unbounded(self, values: Values) -> None:
        steep = np.where(self.layout.free_slopes, np.abs(values.a), 0.0)
        if not np.isfinite(values.a).all() or steep.max(initial=0.0) > STEEPEST:
            worst = int(np.argmax(steep))
            raise CalibrationFailed("unbounded", self.names[worst], float(values.a[worst]))

    def _tell(self) -> None:
        self.passes += 1
        if self.watch is not None:
            self.watch(self.passes)

    def _name(self, free: int) -> str:
        owner = self.layout.owner_of_free[free]
        if owner >= 0:
            return self.names[owner]
        return "slope" if owner == -1 else f"group {-owner - 1}"


@dataclass(frozen=True, eq=False)
class _Stand:
    values: Values
    expected: Expected
    slopes: Array
    height: float
