"""Item parameters by marginal maximum likelihood.

    found = calibrate(table, "2pl")
    found.items.a, found.items.b, found.items.se_b

Abilities are N(0, 1) in the reference group, which fixes the scale; every other group has its own mean and SD, which
are estimated (Bock & Zimowski 1997, in van der Linden & Hambleton, Handbook of Modern IRT, ch. 25). With anchors, whose
parameters stay as they are, all groups have free means and SDs, re-estimated in every cycle (Kim 2006, J. Educ.
Measurement 43, method MWU-MEM), and the anchors' errors are carried on (Murphy & Topel 1985, JBES 3, eq. 15).

Models: `rasch` and `pcm` have slopes 1 and a free SD of the reference group; `1pl` is the same with one slope for all
and SD 1; `2pl`, `gpcm` have a slope each, which may come out negative (a wrong key); `3pl` has a guess too, under the
priors of `priors`, which need a positive slope. `rasch`, `1pl`, `2pl` and `3pl` take marks 0 and 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.irt import climbing, errors
from pintar.sciences.psychometrics.irt.design import lay_out
from pintar.sciences.psychometrics.irt.failures import CalibrationFailed
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.preparation import LeftOut, Prepared, prepare
from pintar.sciences.psychometrics.irt.priors import Priors
from pintar.sciences.psychometrics.irt.start import free_parameters, starting_values
from pintar.sciences.psychometrics.responses import MarkTable, ResponseTable

Array = NDArray[np.float64]
Model = Literal["rasch", "1pl", "2pl", "3pl", "pcm", "gpcm"]

MODELS: tuple[Model, ...] = ("rasch", "1pl", "2pl", "3pl", "pcm", "gpcm")

__all__ = ["MODELS", "Calibration", "CalibrationFailed", "GroupEstimate", "LeftOut", "Model", "calibrate"]


@dataclass(frozen=True, slots=True)
class GroupEstimate:
    """A group's latent distribution, in logits; errors are 0 where it was fixed. persons: with an answer."""

    name: str
    mean: float
    sd: float
    se_mean: float
    se_sd: float
    persons: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """items: estimated and anchors, in the order of the table, with their joint covariance. loglik: without priors.

    iterations: steps after the first cycles. left_out: what could not be estimated, and why. categories: for an item
    whose unused marks were merged, the category that each mark 0, 1, … became. gradient: its largest element at the
    end. trail: the log posterior after each step, never falling but for rounding.
    """

    model: Model
    items: ItemParameters
    groups: tuple[GroupEstimate, ...]
    persons: float
    loglik: float
    free_parameters: int
    iterations: int
    left_out: tuple[LeftOut, ...]
    categories: Mapping[str, tuple[int, ...]]
    anchors: tuple[str, ...]
    gradient: float
    nodes: int
    trail: tuple[float, ...]

    @property
    def aic(self) -> float:
        return 2 * self.free_parameters - 2 * self.loglik

    @property
    def bic(self) -> float:
        """n: persons with an answer."""
        return self.free_parameters * float(np.log(self.persons)) - 2 * self.loglik

    @property
    def sd(self) -> float | None:
        """Of the reference group, where the model estimates it."""
        return self.groups[0].sd if self.model in ("rasch", "pcm") else None


def calibrate(
    table: ResponseTable | MarkTable,
    model: Model,
    *,
    groups: Sequence[str] | None = None,
    reference: str | None = None,
    anchors: ItemParameters | None = None,
    options: Mapping[str, int] | None = None,
    clusters: ArrayLike | None = None,
    watch: climbing.Watch | None = None,
) -> Calibration:
    """Calibrate the items of a table.

    groups: of each row of the table (n,); the reference is the first to appear unless named. anchors: items whose
    parameters stay; those that the table lacks are ignored. options: of an item, for the prior of its guess; 4 if
    unknown. clusters: (n,), who sat, where persons sat several times: the errors are then those of persons (sandwich).
    watch: called with the number of each pass over the data.

    CalibrationFailed says why there is no estimate. ValueError: an unknown model, lengths that differ.
    """
    if model not in MODELS:
        raise ValueError(f"no model {model!r}; there are {', '.join(MODELS)}")
    marks = table.for_calibration() if isinstance(table, ResponseTable) else table
    ready = prepare(marks, model, groups, reference, anchors, None if clusters is None else np.asarray(clusters))
    design = lay_out(ready.marks, ready.maxima, ready.group_of_row)
    layout = free_parameters(model, design.shape, ready)
    priors = None
    if model == "3pl":
        known = options or {}
        priors = Priors(np.array([known.get(name, 4) for name in ready.marks.items], float))
    summit = climbing.climb(
        design, layout, starting_values(model, layout, ready, design), priors, ready.marks.items, watch
    )
    covariance = errors.covariance(design, layout, summit, ready)
    return _result(model, ready, layout, summit, covariance)


def _result(
    model: Model, ready: Prepared, layout: errors.Layout, summit: climbing.Summit, covariance: Array
) -> Calibration:
    values, size = summit.values, layout.groups_at
    k = len(ready.marks.items)
    intercepts = np.full((k, int(layout.shape.maxima.max())), -np.inf)
    intercepts[layout.shape.item_of, layout.shape.mark_of.astype(int) - 1] = values.d
    items = ItemParameters(
        ready.marks.items, values.a, intercepts, values.c, errors.in_order_of_items(layout, values, covariance)
    )
    # 1, or what turns the common slope into slopes of 1 and an SD
    unit, se_unit = 1.0, 0.0
    if model in ("rasch", "pcm") and not ready.anchors:
        unit, se_unit = float(values.a[0]), float(np.sqrt(covariance[layout.slopes_at, layout.slopes_at]))
        items = errors.with_slopes_of_one(items, layout, covariance)
    sd = np.exp(values.log_sd)
    groups = []
    for g, name in enumerate(ready.group_names):
        at = size + 2 * g
        own = covariance[np.ix_([layout.slopes_at, at, at + 1], [layout.slopes_at, at, at + 1])]
        by_mean = np.array([values.mean[g], unit, 0]) if se_unit else np.array([0, 1.0, 0])
        by_sd = np.array([sd[g], 0, unit * sd[g]]) if se_unit else np.array([0, 0, sd[g]])
        groups.append(
            GroupEstimate(
                name,
                unit * float(values.mean[g]),
                unit * float(sd[g]),
                float(np.sqrt(max(by_mean @ own @ by_mean, 0))),
                float(np.sqrt(max(by_sd @ own @ by_sd, 0))),
                float(ready.marks.weights[ready.group_of_row == g].sum()),
            )
        )
    return Calibration(
        model,
        items,
        tuple(groups),
        ready.marks.persons,
        summit.loglik,
        layout.free_count,
        summit.steps,
        ready.left_out,
        ready.categories,
        ready.anchors,
        summit.gradient,
        len(summit.nodes),
        summit.trail,
    )
