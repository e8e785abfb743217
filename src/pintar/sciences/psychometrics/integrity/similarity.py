"""Answer similarity: which pairs of a cohort agree more than two people of their abilities would by working alone.

*GBT*, the generalised binomial test (van der Linden & Sotaridona 2006, Journal of Educational and Behavioral
Statistics 31, 283–304): two people who work alone choose the same on item k with probability M_k = Σ_o P_k(o | θ₁)
P_k(o | θ₂), so the number of equal choices is a sum of independent events, and its tail is exact. Abilities are the
estimated ones; a copied paper moves them, which makes the test conservative, never liberal.

*ω* (Wollack 1997, Applied Psychological Measurement 21, 307–320) stands beside it, for each direction: agreement
with the other's choices taken as given, standardised.

All pairs of 10,000 people are 49,995,000. Three facts make them cheap, and none loses a pair:

- equal choices of a block of people with another are one product of matrices of zeros and ones;
- a tail grows with every M_k, so the smallest M_k of two cells of ability bound it from below; a pair whose bound lies
  above the level is passed over, and only the others are computed exactly;
- leaving out an item lowers the count by at most one, so P(S ≥ m) over some items ≥ P(S ≥ m + e) over those and e
  more: people with blanks are screened by the table of the full form.

Where nearly everyone has a form of their own, the bound is P(S ≥ m) ≥ Π M_k over the equal items.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.integrity.tails import upper_tail, upper_tails

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Pairs = tuple[Rows, Rows]
Curves = Callable[[Array], Array]
"""P(choice | θ): (n,) → (n, k, O), as `OptionCurves` and `ItemParameters.probabilities` give it."""

NOTHING = -1
"""Shown, but there is no choice to compare: blanks are never counted as agreement."""
NOT_PRESENTED = -2

CELLS = 60
"""Cells of ability on −6 … 6 in the table of bounds."""
FORMS = 24
"""With more distinct forms than this, tables for all pairs of forms cost more than they save."""
BLOCK = 1024
"""People compared with people at once: 4 MB of counts."""
CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Levels:
    """α of one family (a test and a batch window), split as fixed in advance: half to near pairs, half to all.

    near, every: the level of a pair, that is the half divided by the number of pairs. A near pair is held against
    both. Without near pairs all of α goes to all pairs, and `near` is 0.
    """

    alpha: float
    pairs: int
    near_pairs: int

    @property
    def near(self) -> float:
        return self.alpha / 2 / self.near_pairs if self.near_pairs else 0.0

    @property
    def every(self) -> float:
        return (self.alpha / 2 if self.near_pairs else self.alpha) / max(self.pairs, 1)

    def of(self, near: bool) -> float:
        """The level of one pair: the greater of those that it is held against."""
        return max(self.near, self.every) if near else self.every

    def corrected(self, p: float, near: bool) -> float:
        """p × what makes `alpha` the level to compare it with, at most 1."""
        return min(1.0, p * self.alpha / self.of(near))


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two people, by row, a < b, and how their choices agree.

    compared: items on which both chose. equal: same choice; equal_wrong: the same wrong one (0 if no key is known).
    expected: the sum of M_k. p: the tail of GBT. omega_a: ω if a copied from b; omega_b: if b copied from a.
    """

    a: int
    b: int
    near: bool
    compared: int
    equal: int
    equal_wrong: int
    expected: float
    p: float
    omega_a: float
    omega_b: float


@dataclass(frozen=True, slots=True)
class Similarity:
    """What comparing all pairs gave: the levels, and every pair with p under what was asked for, smallest first."""

    levels: Levels
    pairs: tuple[SimilarPair, ...]

    @property
    def flagged(self) -> tuple[SimilarPair, ...]:
        """Pairs under their level by answers alone: one kind of evidence, which by itself is a note."""
        return tuple(pair for pair in self.pairs if pair.p <= self.levels.of(pair.near))


@dataclass(frozen=True, eq=False, slots=True)
class Cohort:
    """n people who sat one test in one window.

    choices: (n, k), the option (or mark) of each, from 0, `NOTHING` or `NOT_PRESENTED`. theta: (n,), their measures.
    right: (k,), the place of the right option, or None. units: (n,), a number a unit, below 0 for none, or None.
    begun, ended: (n,), when each sat, in any unit of time, or None: then pairs of a unit are near at any time.
    """

    choices: NDArray[np.int16]
    theta: Array
    right: NDArray[np.int64] | None = None
    units: NDArray[np.int64] | None = None
    begun: Array | None = None
    ended: Array | None = None

    def __post_init__(self) -> None:
        n = len(self.choices)
        for name in ("theta", "units", "begun", "ended"):
            column = getattr(self, name)
            if column is not None and np.shape(column) != (n,):
                raise ValueError(f"{name} has the shape {np.shape(column)}, not ({n},)")

    def near(self, i: ArrayLike, j: ArrayLike) -> NDArray[np.bool_]:
        """Whether people i and j, broadcast against each other, are of one unit and sat at overlapping times."""
        i, j = np.asarray(i), np.asarray(j)
        if self.units is None:
            return np.zeros(np.broadcast_shapes(i.shape, j.shape), bool)
        same = (self.units[i] == self.units[j]) & (self.units[i] >= 0)
        if self.begun is None or self.ended is None:
            return same
        return same & (self.begun[i] <= self.ended[j]) & (self.begun[j] <= self.ended[i])

    def near_pairs(self) -> int:
        """How many pairs are near."""
        if self.units is None:
            return 0
        return sum(int(np.triu(self.near(rows[:, None], rows), 1).sum()) for rows in _groups(self.units))


def find_similar(cohort: Cohort, curves: Curves, *, alpha: float = 0.001, keep: float = 0.0) -> Similarity:
    """Compares all pairs. Kept are those under their level, and any with p ≤ `keep`.

    Memory: n × k × O numbers and one block of counts, whatever the number of pairs.
    """
    n = len(cohort.choices)
    levels = Levels(alpha, n * (n - 1) // 2, cohort.near_pairs())
    theta = np.clip(np.asarray(cohort.theta, float), -6.0, 6.0)
    chances = curves(theta)
    found, tails = [np.zeros((0, 2), np.int64)], [np.zeros(0)]
    for first, second in _candidates(cohort, curves, theta, chances, levels, keep):
        p = _tails(cohort.choices, chances, first, second)
        limit = np.where(cohort.near(first, second), levels.of(near=True), levels.every)
        kept = p <= np.maximum(limit, keep)
        found.append(np.stack([first, second], axis=1)[kept])
        tails.append(p[kept])
    each, at = np.unique(np.sort(np.concatenate(found), axis=1), axis=0, return_index=True)
    p_of_each = np.concatenate(tails)[at].tolist()
    pairs = [_described(cohort, chances, a, b, p) for (a, b), p in zip(each.tolist(), p_of_each, strict=True)]
    return Similarity(levels, tuple(sorted(pairs, key=lambda pair: (pair.p, pair.a, pair.b))))


def compare(cohort: Cohort, curves: Curves, a: int, b: int) -> SimilarPair:
    """One pair, whatever its p."""
    a, b = sorted((a, b))
    chances = curves(np.clip(np.asarray(cohort.theta, float)[[a, b]], -6.0, 6.0))
    p = float(_tails(cohort.choices[[a, b]], chances, np.array([0]), np.array([1]))[0])
    return _described(cohort, {a: chances[0], b: chances[1]}, a, b, p)


def _candidates(
    cohort: Cohort, curves: Curves, theta: Array, chances: Array, levels: Levels, keep: float
) -> Iterator[Pairs]:
    """Rows of pairs among which are all those that must be kept; a near pair may come twice."""
    limits = (max(levels.every, keep), max(levels.near, levels.every, keep))
    shown, form = np.unique(cohort.choices != NOT_PRESENTED, axis=0, return_inverse=True)
    if len(shown) > FORMS:
        yield from _by_pairs(cohort, chances, limits)
        return
    edges = np.linspace(-6, 6, CELLS + 1)
    at_edges = curves(edges)
    lowest = np.minimum(at_edges[:-1], at_edges[1:])  # curves have one peak, so the ends of a cell bound it
    cell = np.clip(np.searchsorted(edges, theta, side="right") - 1, 0, CELLS - 1)
    members = [rows[np.argsort(theta[rows], kind="stable")] for rows in _groups(form.ravel())]
    units = [] if cohort.units is None or limits[0] == limits[1] else _groups(cohort.units)
    for f, g in combinations_with_replacement(range(len(shown)), 2):
        common = np.flatnonzero(shown[f] & shown[g])
        if not len(common):
            continue
        every, near = _least_counts(lowest[:, common], limits)
        ours = _Side.of(cohort, members[f], common, chances.shape[2])
        theirs = ours if f == g else _Side.of(cohort, members[g], common, chances.shape[2])
        yield from _by_table(ours, theirs, cell, every)
        for unit in units:
            if cohort.units is not None and cohort.units[unit[0]] >= 0:
                yield from _by_table(ours.within(unit), theirs.within(unit), cell, near)


def _groups(labels: NDArray[np.int64]) -> list[Rows]:
    """Rows by label."""
    _, of = np.unique(labels, return_inverse=True)
    return np.split(np.argsort(of, kind="stable"), np.cumsum(np.bincount(of))[:-1])


def _least_counts(lowest: Array, limits: tuple[float, float]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """For two cells of ability, (CELLS, CELLS), the least number of equal choices that could be at or under the limit
    of any pair, and of a near pair."""
    cells = len(lowest)
    tables = np.empty((2, cells, cells), np.int16)
    for row in range(cells):
        tails = upper_tails(np.einsum("ko,cko->ck", lowest[row], lowest))
        for which, limit in enumerate(limits):
            tables[which, row] = (tails > limit).sum(axis=1)  # tails fall with the count: that many are too probable
    return tables[0], tables[1]


@dataclass(frozen=True, eq=False, slots=True)
class _Side:
    """People of one form in the order of ability, as zeros and ones. rows: (n,); taken: (n, k·O); blank: (n, k)."""

    rows: Rows
    taken: NDArray[np.float32]
    blank: NDArray[np.float32]

    @classmethod
    def of(cls, cohort: Cohort, rows: Rows, items: Rows, options: int) -> "_Side":
        choices = cohort.choices[np.ix_(rows, items)]
        taken = (choices[:, :, None] == np.arange(options)).reshape(len(rows), -1)
        return cls(rows, taken.astype(np.float32), (choices < 0).astype(np.float32))

    def within(self, rows: Rows) -> "_Side":
        return self._take(np.isin(self.rows, rows))

    def block(self, start: int) -> "_Side":
        return self._take(slice(start, start + BLOCK))

    def _take(self, which: slice | NDArray[np.bool_]) -> "_Side":
        return _Side(self.rows[which], self.taken[which], self.blank[which])


def _by_table(ours: _Side, theirs: _Side, cell: Rows, counts: NDArray[np.int16]) -> Iterator[Pairs]:
    same = ours.rows is theirs.rows or np.array_equal(ours.rows, theirs.rows)
    for i in range(0, len(ours.rows), BLOCK):
        left = ours.block(i)
        for j in range(i if same else 0, len(theirs.rows), BLOCK):
            right = theirs.block(j)
            equal = left.taken @ right.taken.T
            if left.blank.any() or right.blank.any():
                equal += left.blank.sum(axis=1)[:, None] + right.blank.sum(axis=1) - left.blank @ right.blank.T
            cells = cell[left.rows], cell[right.rows]
            least = counts[cells[0].min() : cells[0].max() + 1, cells[1].min() : cells[1].max() + 1].min()
            first, second = np.divmod(np.flatnonzero(equal >= np.float32(least)), len(right.rows))
            enough = equal[first, second] >= counts[cells[0][first], cells[1][second]]
            if same and i == j:
                enough &= first < second
            yield left.rows[first[enough]], right.rows[second[enough]]


def _by_pairs(cohort: Cohort, chances: Array, limits: tuple[float, float]) -> Iterator[Pairs]:
    n, k = cohort.choices.shape
    step = max(1, int(np.sqrt(CELLS_AT_ONCE / (k * chances.shape[2]))))
    for i in range(0, n, step):
        for j in range(i, n, step):
            rows, columns = np.arange(i, min(i + step, n)), np.arange(j, min(j + step, n))
            equal = cohort.choices[rows, None] == cohort.choices[None, columns]
            equal &= (cohort.choices[rows] >= 0)[:, None]
            match = np.einsum("iko,jko->ijk", chances[rows], chances[columns], optimize=True)
            bound = np.log(np.maximum(match, 1e-300), where=equal, out=np.zeros_like(match)).sum(axis=2)
            limit = np.where(cohort.near(rows[:, None], columns), np.log(limits[1]), np.log(limits[0]))
            first, second = np.nonzero((bound <= limit) & (rows[:, None] < columns))
            yield rows[first], columns[second]


def _tails(choices: NDArray[np.int16], chances: Array, first: Rows, second: Rows) -> Array:
    """p of each pair, (pairs,)."""
    equal = ((choices[first] == choices[second]) & (choices[first] >= 0)).sum(axis=1)
    return upper_tail(_match_chances(choices, chances, first, second), equal)


def _match_chances(choices: NDArray[np.int16], chances: Array, first: Rows, second: Rows) -> Array:
    """M_k of each pair, (pairs, k); 0 where they are not compared."""
    match = np.empty((len(first), choices.shape[1]))
    step = max(1, CELLS_AT_ONCE // max(chances[0].size, 1)) if len(chances) else 1
    for start in range(0, len(first), step):
        i, j = first[start : start + step], second[start : start + step]
        both = (choices[i] >= 0) & (choices[j] >= 0)
        match[start : start + step] = (chances[i] * chances[j]).sum(axis=2) * both
    return match


def _described(cohort: Cohort, chances: Array | Mapping[int, Array], a: int, b: int, p: float) -> SimilarPair:
    one, other = cohort.choices[a], cohort.choices[b]
    both = (one >= 0) & (other >= 0)
    equal = both & (one == other)
    match = (chances[a] * chances[b]).sum(axis=1)[both]
    wrong = equal & (one != cohort.right) if cohort.right is not None else np.zeros_like(equal)
    return SimilarPair(
        a=a,
        b=b,
        near=bool(cohort.near(a, b)),
        compared=int(both.sum()),
        equal=int(equal.sum()),
        equal_wrong=int(wrong.sum()),
        expected=float(match.sum()),
        p=p,
        omega_a=_omega(chances[a], other, both, equal),
        omega_b=_omega(chances[b], one, both, equal),
    )


def _omega(copier: Array, source: NDArray[np.int16], both: NDArray[np.bool_], equal: NDArray[np.bool_]) -> float:
    chance = copier[np.flatnonzero(both), source[both]]
    spread = float(np.sqrt((chance * (1 - chance)).sum()))
    return float((equal.sum() - chance.sum()) / spread) if spread > 0 else 0.0
