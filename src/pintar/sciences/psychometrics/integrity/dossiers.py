"""Dossiers: kinds of evidence about a pair, joined under one family error, with what would explain them innocently.

Two kinds are needed. Each must point by itself (p ≤ .05), and their joint p (Fisher 1932: −2 Σ ln p is χ² with two
degrees of freedom a kind) must lie under the pair's level. One kind alone is a note, whatever its p. An address shared
by a whole madrasah is no kind of evidence at all.

Nothing is put into words here: kinds, verdicts and explanations are codes that templates word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isnan

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from pintar.sciences.psychometrics.integrity.similarity import Cohort, Curves, Levels, SimilarPair
from pintar.sciences.psychometrics.integrity.tails import joint_p

POINTS = 0.05
IMPROBABLE = 1e-6


class Kind(StrEnum):
    ANSWERS = "answers"
    TIMES = "times"
    MOMENT = "moment"  # the same device, or the same moments


class Verdict(StrEnum):
    FLAG = "flag"  # for two people to look at
    NOTE = "note"  # kept, never shown as a flag
    DATA_ERROR = "data_error"  # the records look mistaken, not the people


class Innocent(StrEnum):
    """What would explain a likeness without anybody having done wrong; each is to be looked into."""

    STUDIED_TOGETHER = "studied_together"  # one study group or teacher: the same misconceptions
    EASY_PAPER = "easy_paper"  # nearly all of the equal answers are right
    POPULAR_WRONG = "popular_wrong"  # the equal wrong answers are those that most people choose
    WRONG_KEY = "wrong_key"  # able people choose this wrong answer: the key may be mistaken
    SHARED_DEVICE = "shared_device"  # a device of the madrasah's, one after the other
    SHIFTED_RECORDS = "shifted_records"  # a row agrees with the other's, or with the key, once moved by some places
    SAME_RECORD_TWICE = "same_record_twice"  # every answer and every time is equal


@dataclass(frozen=True, slots=True)
class Evidence:
    """One kind: its statistic (GBT's count, a correlation, a lag) and the p of it."""

    kind: Kind
    statistic: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a pair was held against: how many pairs, and how many of them chance would put under this level."""

    near: bool
    pairs: int
    level: float
    expected_by_chance: float


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known about a pair, for two people to read and for the persons themselves to answer.

    joint: the joint p of all kinds that were looked at. corrected: joint p for all comparisons, to compare with α.
    shared_wrong: items with the same wrong answer. silent: kinds that were looked at and do not point.
    missing: kinds of which nothing is known.
    """

    pair: SimilarPair
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    joint: float
    corrected: float
    comparison: Comparison
    shared_wrong: tuple[int, ...]
    innocent: tuple[Innocent, ...]
    silent: tuple[Kind, ...]
    missing: tuple[Kind, ...]


def open_dossier(
    pair: SimilarPair, cohort: Cohort, curves: Curves, levels: Levels, others: Sequence[Evidence] = ()
) -> Dossier:
    """The dossier of a pair. `others`: evidence of the kinds beside the answers, NaN p where nothing is known."""
    evidence = (Evidence(Kind.ANSWERS, float(pair.equal), pair.p), *others)
    known = [each for each in evidence if not isnan(each.p)]
    pointing = [each for each in known if each.p <= POINTS]
    joint = joint_p([each.p for each in known])
    level = levels.of(pair.near)
    shared = _shared_wrong(cohort, pair)
    innocent = _innocent(cohort, curves, pair, shared, pointing)
    verdict = Verdict.FLAG if len(pointing) >= 2 and joint <= level else Verdict.NOTE
    if {Innocent.SHIFTED_RECORDS, Innocent.SAME_RECORD_TWICE} & set(innocent):
        verdict = Verdict.DATA_ERROR
    group = levels.near_pairs if pair.near and levels.near >= levels.every else levels.pairs
    return Dossier(
        pair=pair,
        verdict=verdict,
        evidence=tuple(known),
        joint=joint,
        corrected=levels.corrected(joint, pair.near),
        comparison=Comparison(pair.near, group, level, level * group),
        shared_wrong=shared,
        innocent=innocent,
        silent=tuple(each.kind for each in known if each.p > POINTS),
        missing=tuple(kind for kind in Kind if kind not in {each.kind for each in known}),
    )


def shifted_by(one: ArrayLike, other: ArrayLike, most: int = 3) -> int:
    """By how many places, 1 … `most` either way, a row of choices (k,) must be moved to agree with the other (k,), a
    person's or the key; 0 if no move explains them.

    A move explains them if more places agree than unmoved, and so many that two rows with the same letters in any
    order would have p ≤ `IMPROBABLE` (binomial): some letters may have been misread on the way. Blanks, below 0, are
    left out.
    """
    a, b = np.asarray(one, np.int64), np.asarray(other, np.int64)
    best, least = 0, _agreement(a, b)[0]
    for by in [s for places in range(1, most + 1) for s in (places, -places)]:
        share, p = _agreement(a[by:], b[:-by]) if by > 0 else _agreement(a[:by], b[-by:])
        if share > least and p <= IMPROBABLE:
            best, least = by, share
    return best


def _agreement(a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[float, float]:
    """The share of places that agree, and the upper tail of so many if letters stood there in any order."""
    there = (a >= 0) & (b >= 0)
    a, b, places = a[there], b[there], int(there.sum())
    if not places:
        return 0.0, 1.0
    letters = int(max(a.max(), b.max())) + 1
    chance = float(np.bincount(a, minlength=letters) @ np.bincount(b, minlength=letters)) / places**2
    equal = int((a == b).sum())
    return equal / places, float(binom.sf(equal - 1, places, chance))


def _shared_wrong(cohort: Cohort, pair: SimilarPair) -> tuple[int, ...]:
    if cohort.right is None:
        return ()
    one, other = cohort.choices[pair.a], cohort.choices[pair.b]
    return tuple(np.flatnonzero((one >= 0) & (one == other) & (one != cohort.right)).tolist())


def _innocent(
    cohort: Cohort, curves: Curves, pair: SimilarPair, shared: tuple[int, ...], pointing: Sequence[Evidence]
) -> tuple[Innocent, ...]:
    found = []
    rows = cohort.choices[pair.a], cohort.choices[pair.b]
    keyed = () if cohort.right is None else tuple(shifted_by(row, cohort.right) for row in rows)
    if shifted_by(*rows) or any(keyed):
        found.append(Innocent.SHIFTED_RECORDS)
    if pair.equal == pair.compared and any(each.kind == Kind.TIMES and each.statistic > 1 - 1e-9 for each in pointing):
        found.append(Innocent.SAME_RECORD_TWICE)
    if pair.near:
        found.append(Innocent.STUDIED_TOGETHER)
    if cohort.right is not None and pair.equal and pair.equal_wrong <= 0.1 * pair.equal:
        found.append(Innocent.EASY_PAPER)
    if shared and _popular(cohort, shared, cohort.choices[pair.a]) >= 0.5:
        found.append(Innocent.POPULAR_WRONG)
    if shared and _prefer_the_able(curves, shared, cohort.choices[pair.a]):
        found.append(Innocent.WRONG_KEY)
    if any(each.kind == Kind.MOMENT for each in pointing):
        found.append(Innocent.SHARED_DEVICE)
    return tuple(found)


def _popular(cohort: Cohort, items: tuple[int, ...], choice: NDArray[np.int16]) -> float:
    """The share of these items on which most of those who were wrong chose the same wrong answer."""
    assert cohort.right is not None
    popular = 0
    for item in items:
        column = cohort.choices[:, item]
        wrong = column[(column >= 0) & (column != cohort.right[item])]
        popular += (wrong == choice[item]).mean() > 0.5
    return popular / len(items)


def _prefer_the_able(curves: Curves, items: tuple[int, ...], choice: NDArray[np.int16]) -> bool:
    """Whether a shared wrong answer of these items becomes more probable with ability."""
    low, high = curves(np.array([-1.0, 1.0]))
    at = list(items), choice[list(items)].astype(int)
    return bool(np.any(high[at] > low[at]))
