"""Cohorts that work alone, and cohorts in which some copy."""

import numpy as np

from pintar.sciences.psychometrics.integrity.options import OptionCurves
from pintar.sciences.psychometrics.irt.items import ItemParameters


def bank(seed=1, k=40, options=4):
    """Curves of k items whose right option is the first."""
    chance = np.random.default_rng(seed)
    intercepts = chance.normal(0, 0.5, (k, options))
    intercepts[:, 0] = -np.inf
    items = ItemParameters.of(chance.uniform(0.7, 1.9, k), chance.normal(size=k))
    return OptionCurves(items, np.zeros(k, int), intercepts, chance.normal(0, 0.3, (k, options)))


def with_right_options(curves, right):
    """The same curves with the right options at other places (k,)."""
    options = curves.intercepts.shape[1]
    moved = (np.arange(options) - np.asarray(right)[:, None]) % options
    take = lambda values: np.take_along_axis(values, moved, axis=1)  # noqa: E731
    return OptionCurves(curves.items, np.asarray(right), take(curves.intercepts), take(curves.slopes))


def answered(curves, theta, seed=2):
    """The place of the option that each person takes, (n, k)."""
    chances = curves(theta)
    drawn = np.random.default_rng(seed).random(chances.shape[:2])
    return (drawn[:, :, None] > np.cumsum(chances, axis=2)[:, :, :-1]).sum(axis=2).astype(np.int16)
