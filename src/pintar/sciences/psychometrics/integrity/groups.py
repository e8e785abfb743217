"""Groups: people whom pairs under their level hang together.

Pairs that no accident explains sat in one place (McManus, Lissauer & Williams 2005, BMJ 330, 1064–1066: 13 of 6,178,628
pairs, the two of each in one centre). So only near pairs join: one unit, overlapping sittings. A pair from far apart
stays a pair. A chain of pairs is one group; how many of the pairs within it are under their level says whether all had
one source or handed something on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pintar.sciences.psychometrics.integrity.similarity import SimilarPair


@dataclass(frozen=True, slots=True)
class Group:
    """people: three or more rows of the cohort, in order. pairs: how many pairs of them are under their level."""

    people: tuple[int, ...]
    pairs: int

    @property
    def share(self) -> float:
        """Of all pairs within the group; 1 where everyone agrees with everyone."""
        return self.pairs / (len(self.people) * (len(self.people) - 1) / 2)


def groups(flagged: Sequence[SimilarPair]) -> tuple[Group, ...]:
    """flagged: pairs under their level (`Similarity.flagged`). The largest group first; two people are none."""
    near = [(pair.a, pair.b) for pair in flagged if pair.near]
    if not near:
        return ()
    people, at = np.unique(near, return_inverse=True)
    first, second = at.reshape(-1, 2).T
    graph = coo_array((np.ones(len(near)), (first, second)), shape=(len(people),) * 2)
    _, of = connected_components(graph, directed=False)
    pairs = np.bincount(of[first])
    found = [Group(tuple(people[of == g].tolist()), int(pairs[g])) for g in np.flatnonzero(np.bincount(of) > 2)]
    return tuple(sorted(found, key=lambda group: (-len(group.people), group.people)))
