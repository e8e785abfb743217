"""How good verdicts are: accuracy (right about the person) and consistency (the same on a parallel form).

Both are conditional on the form and the cut, and averaged over the group's latent N(μ, σ).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.sum_scores import score_distribution

Array = NDArray[np.float64]

POINTS = 64
REACH = 8.0  # standard deviations of the group to either side


@dataclass(frozen=True, slots=True)
class Classification:
    """Shares of a group, 0 … 1.

    accuracy: verdicts that agree with θ ≥ θ_c. consistency: pairs of parallel forms that agree. kappa: consistency
    beyond chance (Cohen). passing: the share that passes. false_pass: pass with θ < θ_c. false_fail: fail with
    θ ≥ θ_c.
    """

    accuracy: float
    consistency: float
    kappa: float
    passing: float
    false_pass: float
    false_fail: float


def by_score(form: ItemParameters, raw: int, theta_cut: float, mean: float = 0.0, sd: float = 1.0) -> Classification:
    """For the verdict "score ≥ raw" (Lee 2010, Journal of Educational Measurement 47, 1–17): the chance to pass at an
    ability is the exact tail of the form's score distribution there."""
    theta, weight = _group(mean, sd, theta_cut)
    passing = score_distribution(form, theta)[:, max(raw, 0) :].sum(axis=1)
    return _classification(theta >= theta_cut, weight, np.clip(passing, 0, 1))


def by_measure(
    form: ItemParameters, theta_cut: float, mean: float = 0.0, sd: float = 1.0, margin: float = 0.0
) -> Classification:
    """For the verdict "θ̂ − margin·SE > θ_c" (Rudner 2005, Practical Assessment, Research & Evaluation 10/13), with
    θ̂ ~ N(θ, 1/I(θ)); margin 1.96 is that of the competence certificate. Consistency as Wyse & Hao (2012)."""
    theta, weight = _group(mean, sd, theta_cut)
    information = form.information(theta).sum(axis=1)
    return _classification(theta >= theta_cut, weight, ndtr((theta - theta_cut) * np.sqrt(information) - margin))


def _group(mean: float, sd: float, cut: float) -> tuple[Array, Array]:
    """Abilities and weights of N(μ, σ) on either side of the cut (Gauss–Legendre), so that no node lies astride it."""
    if not (sd > 0 and np.isfinite([mean, sd, cut]).all()):
        raise ValueError("a mean, an SD above 0 and a cut are needed")
    node, weight = np.polynomial.legendre.leggauss(POINTS)
    low, high = mean - REACH * sd, mean + REACH * sd
    middle = min(max(cut, low), high)
    theta = np.concatenate([(b - a) / 2 * node + (a + b) / 2 for a, b in ((low, middle), (middle, high))])
    scale = np.concatenate([(b - a) / 2 * weight for a, b in ((low, middle), (middle, high))])
    density = scale * np.exp(-0.5 * ((theta - mean) / sd) ** 2)
    return theta, density / density.sum()


def _classification(competent: NDArray[np.bool_], weight: Array, passing: Array) -> Classification:
    share = float(weight @ passing)
    false_pass = float(weight[~competent] @ passing[~competent])
    false_fail = float(weight[competent] @ (1 - passing[competent]))
    consistency = float(weight @ (passing**2 + (1 - passing) ** 2))
    chance = share**2 + (1 - share) ** 2
    kappa = (consistency - chance) / (1 - chance) if chance < 1 - 1e-12 else float("nan")
    return Classification(1 - false_pass - false_fail, consistency, kappa, share, false_pass, false_fail)
