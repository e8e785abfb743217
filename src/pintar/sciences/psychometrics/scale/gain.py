"""How much a group gained between two occasions, on one scale, with its error.

Δ = μ_post − μ_pre of the people with both occasions; each occasion has its own mean and SD. What is estimated is the
mean gain of the population of which those who sat are a sample.

    Var(Δ) = Σ_i (φ_i,post − φ_i,pre)² + gᵀ Σ g

φ_i is a person's influence on either mean, so that the two occasions of a person are correlated as they are; g = ∂Δ/∂
item parameters and Σ their covariance, so that what both forms share cancels. Where units were sampled, the sum of the
influences within a unit takes the place of a person's. Averaged EAP differences have neither: they are drawn to the
prior's mean, and their usual error leaves out the items.

For these people only, who were not sampled: of the variance Σ φ_i² of a mean, σ²/n is that of who came, the rest that
of their answers, which on two occasions are independent, given the people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import ResponseTable
from pintar.sciences.psychometrics.scale.latent import Latent, latent

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GroupGain:
    """gain: in logits, which are SDs of the reference group (1 by definition). se: of people and items together.

    se_of_these: of the mean gain of these very people, not of the population that they were drawn from.
    variance_of_people, by_items: (p,) parts of se, for pooling; by_items in the order of the layout of the items given.
    dropout: share of those with the first occasion who lack the second.
    """

    gain: float
    se: float
    se_of_these: float
    pre: Latent
    post: Latent
    persons: int
    dropout: float
    variance_of_people: float
    by_items: Array

    @property
    def interval(self) -> tuple[float, float]:
        """95%."""
        return self.gain - 1.96 * self.se, self.gain + 1.96 * self.se


def group_gain(
    pre: ResponseTable,
    post: ResponseTable,
    items: ItemParameters,
    *,
    units: ArrayLike | None = None,
    only: Sequence[str] | None = None,
) -> GroupGain:
    """The gain of the people who answered on both occasions; row i of both tables is the same person.

    units: (n,), of which unit each person was sampled. only: the items to count, of one indicator, say.
    ValueError: tables of different lengths, nobody on both occasions.
    """
    if len(pre) != len(post):
        raise ValueError(f"{len(pre)} rows before, {len(post)} after")
    used = items if only is None else items.named([name for name in items.names if name in set(only)])
    first, second = pre.for_people(), post.for_people()
    known = set(used.names)
    first, second = (t.take_items(np.array([name in known for name in t.items], bool)) for t in (first, second))
    both = np.intersect1d(first.rows, second.rows)
    if not len(both):
        raise ValueError("nobody answered on both occasions")
    before = latent(first.take_rows(np.isin(first.rows, both)), used)
    after = latent(second.take_rows(np.isin(second.rows, both)), used)
    influence = after.influence[np.argsort(after.rows), 0] - before.influence[np.argsort(before.rows), 0]
    if units is not None:
        _, of = np.unique(np.asarray(units)[both], return_inverse=True)
        influence = np.bincount(of, influence)
    people = float((influence**2).sum())
    by_items = _on(items, after, 0) - _on(items, before, 0)
    of_items = _items_variance(by_items, items)
    return GroupGain(
        gain=after.mean - before.mean,
        se=float(np.sqrt(people + of_items)),
        se_of_these=float(np.sqrt(_variance_of_answers(before) + _variance_of_answers(after) + of_items)),
        pre=before,
        post=after,
        persons=len(both),
        dropout=1 - len(both) / len(first),
        variance_of_people=people,
        by_items=by_items,
    )


@dataclass(frozen=True, slots=True)
class PooledGain:
    """gain, se: of all together, in logits. persons: with both occasions."""

    gain: float
    se: float
    persons: int


def pooled(gains: Sequence[GroupGain], items: ItemParameters) -> PooledGain:
    """The mean gain over batches, weighted by people; the error of the items they share counts once.

    items: those that the gains were measured with. ValueError: no gains.
    """
    if not gains:
        raise ValueError("there is no gain to pool")
    persons = np.array([gain.persons for gain in gains], float)
    weights = persons / persons.sum()
    people = float(weights**2 @ np.array([gain.variance_of_people for gain in gains]))
    by_items = weights @ np.stack([gain.by_items for gain in gains])
    mean = float(weights @ np.array([gain.gain for gain in gains]))
    return PooledGain(mean, float(np.sqrt(people + _items_variance(by_items, items))), int(persons.sum()))


@dataclass(frozen=True, slots=True)
class Impact:
    """impact: what the trained gained beyond those who waited, in logits. se: of people and items together."""

    impact: float
    se: float


def impact(trained: GroupGain, waiting: GroupGain, items: ItemParameters) -> Impact:
    """The difference of two groups' gains, of which the second was not trained between its occasions: without such a
    group a gain is called gain, not impact. The error of the items that both met cancels as far as it is the same.

    items: those that both gains were measured with; nobody is in both groups.
    """
    by_items = trained.by_items - waiting.by_items
    people = trained.variance_of_people + waiting.variance_of_people
    return Impact(trained.gain - waiting.gain, float(np.sqrt(people + _items_variance(by_items, items))))


def _variance_of_answers(found: Latent) -> float:
    """Of a latent mean, had the same people answered again."""
    return max(float((found.influence[:, 0] ** 2).sum()) - found.sd**2 / len(found.influence), 0.0)


def _items_variance(by_items: Array, items: ItemParameters) -> float:
    return 0.0 if items.covariance is None else float(by_items @ items.covariance @ by_items)


def _on(items: ItemParameters, found: Latent, which: int) -> Array:
    """(p,), derivatives by the parameters of all items; 0 for those that the form has not."""
    out = np.zeros(items.offsets[-1])
    place = {name: i for i, name in enumerate(items.names)}
    for j, name in enumerate(found.items.names):
        i = place[name]
        mine = slice(found.items.offsets[j], found.items.offsets[j + 1])
        out[items.offsets[i] : items.offsets[i + 1]] = found.by_items[which, mine]
    return out
