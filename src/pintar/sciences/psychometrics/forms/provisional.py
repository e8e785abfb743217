"""Difficulties before there is a calibration: from shares of marks, pulled to the middle where few have answered."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from pintar.sciences.psychometrics.irt.items import ItemParameters

PRIOR = 2.0
"""Marks reached and marks missed that are added to each item's own (Agresti & Coull 1998): without any answer b = 0."""

SPREAD = (1 + 1 / 2.89) ** 0.5
"""By how much a logit of a group's share understates a difficulty when abilities have SD 1 (PROX; Wright & Stone 1979,
Best Test Design, ch. 3)."""


def from_shares(names: Sequence[str], got: ArrayLike, of: ArrayLike) -> ItemParameters:
    """Rasch items (a = 1) in logits around the mean ability of those who answered. got, of: (k,), marks reached of all
    that could be, all people together. Good enough to balance forms; no measure rests on it."""
    reached, all_marks = np.asarray(got, float), np.asarray(of, float)
    logit = np.log((all_marks - reached + PRIOR) / (reached + PRIOR))
    return ItemParameters.of(np.ones(len(names)), SPREAD * logit, names=names)
