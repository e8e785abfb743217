"""Judgements of a panel become a cut on θ.

A panel judges in rounds; every round gives a cut, so that its movement is on record, and the last one counts.
Methods in Cizek & Bunch (2007, Standard Setting, ch. 6 and 10).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.sum_scores import REACH, ability_at_score, expected_score

Array = NDArray[np.float64]

RESPONSE_PROBABILITY = 2 / 3


@dataclass(frozen=True, eq=False, slots=True)
class Cut:
    """What one round of one panel says.

    theta: the cut in logits. se: its standard error, NaN for a single judge. judges: (J,), each one's own cut in
    logits, within ±6. score: the cut as expected score on the panel's form.
    """

    theta: float
    se: float
    judges: Array
    score: float

    @property
    def extreme(self) -> int:
        """How many judges are at ±6: they expect everything or nothing, and should be asked again."""
        return int((np.abs(self.judges) > REACH - 1e-9).sum())


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the ordered booklet: an item (its row), the mark that is reached, and where, in logits."""

    item: int
    mark: int
    theta: float


def angoff(rounds: Sequence[ArrayLike], items: ItemParameters) -> tuple[Cut, ...]:
    """Modified Angoff, a cut a round.

    rounds: for each round the judgements (J, k), the mark that a just competent person is expected to get on each item
    of the panel's form (for K = 1 the probability of a right answer). The cut is the ability whose expected score is
    the mean of the judges' sums; SE = SD of the judges' own cuts / √J. ValueError: shapes differ, a judgement is
    missing or outside 0 … K.
    """
    cuts = []
    for number, given in enumerate(rounds, 1):
        judged = np.asarray(given, float)
        if judged.ndim != 2 or judged.shape[1] != len(items) or not len(judged):
            raise ValueError(f"round {number}: judges × {len(items)} items are needed, not {judged.shape}")
        outside = ~((judged >= 0) & (judged <= items.maxima))
        if outside.any():
            judge, item = np.argwhere(outside)[0]
            raise ValueError(
                f"round {number}, judge {judge + 1}, item {items.names[item]}: {judged[judge, item]:g} is not between "
                f"0 and {items.maxima[item]}"
            )
        sums = judged.sum(axis=1)
        own = ability_at_score(items, sums)
        cuts.append(Cut(float(ability_at_score(items, sums.mean())[0]), _se(own), own, float(sums.mean())))
    return tuple(cuts)


def ordered_booklet(items: ItemParameters, probability: float = RESPONSE_PROBABILITY) -> tuple[Page, ...]:
    """The pages that a bookmark panel reads, from easy to hard: each mark m of each item at the ability where
    P(X ≥ m) is `probability`. Items with slopes of 0 or less have no place and are left out; so are marks that lie
    beyond ±6, or that guessing alone makes so probable."""
    grid = np.linspace(-REACH, REACH, 2401)
    reached = np.cumsum(items.probabilities(grid)[:, :, ::-1], axis=2)[:, :, ::-1]  # P(X ≥ m)
    pages = []
    for item, most in enumerate(items.maxima):
        for mark in range(1, most + 1):
            curve = reached[:, item, mark]
            if items.slopes[item] > 0 and curve[0] < probability < curve[-1]:
                pages.append(Page(item, mark, _crossing(items.take([item]), mark, probability)))
    return tuple(sorted(pages, key=lambda page: (page.theta, page.item, page.mark)))


def bookmark(rounds: Sequence[ArrayLike], booklet: Sequence[Page], items: ItemParameters) -> tuple[Cut, ...]:
    """Bookmark, a cut a round.

    rounds: for each round the page (J,), from 1, on which each judge put the mark: the first that a just competent
    person would not master with probability 2/3. A judge's cut is that page's ability; the panel's is the median,
    with SE 1.2533 SD / √J (that of a median, Kendall & Stuart). ValueError: no judge, a page that does not exist.
    """
    cuts = []
    for number, given in enumerate(rounds, 1):
        marked = np.asarray(given, np.int64)
        if marked.ndim != 1 or not len(marked):
            raise ValueError(f"round {number}: one page a judge is needed")
        if marked.min() < 1 or marked.max() > len(booklet):
            raise ValueError(f"round {number}: pages go from 1 to {len(booklet)}")
        own = np.array([booklet[page - 1].theta for page in marked])
        theta = float(np.median(own))
        se = float(np.sqrt(np.pi / 2) * _se(own))
        cuts.append(Cut(theta, se, own, float(expected_score(items, [theta])[0])))
    return tuple(cuts)


def share_of_reference(items: ItemParameters, share: float) -> float:
    """The cut before any panel: the ability that expects this share (.70, say) of the reference form's marks."""
    if not 0 < share < 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share:g}")
    return float(ability_at_score(items, share * items.maxima.sum())[0])


def _se(own: Array) -> float:
    return float(own.std(ddof=1) / np.sqrt(len(own))) if len(own) > 1 else float("nan")


def _crossing(item: ItemParameters, mark: int, probability: float) -> float:
    low, high = -REACH, REACH
    for _ in range(45):
        middle = (low + high) / 2
        above = item.probabilities([middle])[0, 0, mark:].sum() >= probability
        low, high = (low, middle) if above else (middle, high)
    return (low + high) / 2
