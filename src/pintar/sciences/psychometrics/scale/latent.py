"""The distribution of ability in a group, by items whose parameters are known.

Mean and SD by marginal likelihood (Mislevy 1991, Psychometrika 56): no person is estimated on the way, so the
shrinkage of EAP and the noise of WLE do not enter. Each person's influence on both, and how both move with the items'
parameters, are kept: they make the errors of differences.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.abilities import matched
from pintar.sciences.psychometrics.irt.climbing import climb
from pintar.sciences.psychometrics.irt.design import lay_out
from pintar.sciences.psychometrics.irt.information import scores_of_rows
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.layout import Layout
from pintar.sciences.psychometrics.irt.posterior import Values
from pintar.sciences.psychometrics.responses import MarkTable

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Latent:
    """mean, sd: in logits. influence: (n, 2), of each person on (mean, sd). by_items: (2, p), derivatives of (mean, sd)
    by the parameters of `items` (those that the table has), in the order of their layout. rows: (n,), of the table."""

    mean: float
    sd: float
    influence: Array
    by_items: Array
    items: ItemParameters
    rows: NDArray[np.int64]

    @property
    def se_mean(self) -> float:
        """Sampling of people and error of the items."""
        return float(np.sqrt(self._variance(0)))

    @property
    def se_sd(self) -> float:
        return float(np.sqrt(self._variance(1)))

    def _variance(self, which: int) -> float:
        people = float((self.influence[:, which] ** 2).sum())
        if self.items.covariance is None:
            return people
        g = self.by_items[which]
        return people + float(g @ self.items.covariance @ g)


def latent(marks: MarkTable, items: ItemParameters) -> Latent:
    """Mean and SD of the persons of a table of marks (`for_people`), equal rows not collapsed.

    ValueError: no item in common. CalibrationFailed: fewer persons than two numbers need, or no variance.
    """
    marks, known = matched(marks, items)
    collapsed, of = marks.collapsed()
    maxima = known.maxima.astype(np.int64)
    design = lay_out(collapsed, maxima)
    fixed = np.zeros(len(known), bool)
    guess = known.c > 0
    layout = Layout(design.shape, fixed, fixed, fixed if guess.any() else None, np.ones(1, bool))
    with np.errstate(divide="ignore"):
        logit_c = np.log(known.c / (1 - known.c)) if guess.any() else None
    there = np.isfinite(known.intercepts)
    start = Values(known.intercepts[there], known.slopes, logit_c, np.zeros(1), np.zeros(1))
    summit = climb(design, layout, start, None, known.names)
    sd = float(np.exp(summit.values.log_sd[0]))
    bread = np.linalg.inv(layout.reduced(summit.information))
    influence = np.zeros((len(collapsed), 2))
    for rows, scores in scores_of_rows(design, layout, summit.values, summit.nodes):
        influence[rows] = scores[:, layout.groups_at :] @ bread
    by_items = -bread @ summit.information[layout.groups_at :][:, _places(layout, known)]
    by_items[:, known.offsets[1:] - 1] *= _by_guess(known)
    unit = np.array([1.0, sd])
    return Latent(float(summit.values.mean[0]), sd, influence[of] * unit, by_items * unit[:, None], known, marks.rows)


def _places(layout: Layout, items: ItemParameters) -> NDArray[np.int64]:
    """Where the parameters of `items.layout` stand in the whole vector; a guess that is none stands anywhere."""
    places = []
    for i, most in enumerate(items.maxima):
        guess = layout.slopes_at + i if layout.free_guesses is None else layout.guesses_at + i
        places += [*(layout.shape.first[i] + np.arange(most)), layout.slopes_at + i, guess]
    return np.array(places, np.int64)


def _by_guess(items: ItemParameters) -> Array:
    """(k,), ∂ logit c/∂c, or 0 where there is no guess."""
    c = items.c
    return np.divide(1.0, c * (1 - c), out=np.zeros(len(items)), where=c > 0)
