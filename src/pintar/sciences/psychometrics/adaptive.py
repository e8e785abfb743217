"""Adaptive tests: the next item, and when to stop, as a pure function of what was answered.

    step = begin(plan, seed)
    while step.next is not None:
        step = advance(plan, step.state, step.next, mark)
    step.verdict, step.theta, step.se

Nothing is remembered elsewhere: a state is a seed and the answers so far, the next item follows from it, and a test
that was broken off goes on with the same item.

- The next item: the area farthest behind its share (Kingsbury & Zara 1989, Applied Measurement in Education 2,
  359–375), in it one of the five most informative at the present EAP, drawn by the seed (randomesque), so that not
  everybody meets the same best item.
- Stop by confidence: EAP ± 1.96 posterior SD leaves the cut outside. Stop by SPRT: Wald's sequential ratio of the
  likelihoods at θ_c ± δ (Eggen 1999, Applied Psychological Measurement 23, 249–261). Neither before the least number
  of items; both end at the length limit. Reported is the WLE, as for every other test.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.abilities import measure
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.quadrature import equally_spaced, normal_weights
from pintar.sciences.psychometrics.responses import ResponseTable

Array = NDArray[np.float64]

CONFIDENCE = 1.96
NODES = 121  # .1 apart: fine enough for a posterior SD of .08


class Verdict(StrEnum):
    """On which side of the cut the person is."""

    ABOVE = "above"
    BELOW = "below"
    UNDECIDED = "undecided"


class Stop(StrEnum):
    """Why the test ended."""

    DECIDED = "decided"
    LENGTH = "length"  # the limit was reached
    EXHAUSTED = "exhausted"  # no item is left


@dataclass(frozen=True, slots=True)
class Sprt:
    """δ in logits to either side of the cut, and the error rates wanted there."""

    indifference: float = 0.25
    false_pass: float = 0.05
    false_fail: float = 0.05


@dataclass(frozen=True, eq=False)
class Plan:
    """items: k. cut: θ_c. areas: k names (indicators), with `shares` of each, which need not add up to 1; without them
    there is one area. barred: rows that are not given (over-exposed, drifted). sprt: None stops by confidence."""

    items: ItemParameters
    cut: float
    areas: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)
    barred: frozenset[int] = frozenset()
    least: int = 15
    most: int = 40
    among: int = 5
    sprt: Sprt | None = None
    mean: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        if self.areas and len(self.areas) != len(self.items):
            raise ValueError(f"{len(self.items)} items, but {len(self.areas)} areas")
        if self.areas and not set(self.shares) & set(self.areas):
            raise ValueError("no area of the items has a share")
        if not 1 <= self.least <= self.most or self.among < 1:
            raise ValueError("the least number of items lies between 1 and the most, and one is drawn from at least 1")

    @cached_property
    def nodes(self) -> Array:
        return equally_spaced(NODES)

    @cached_property
    def log_chances(self) -> Array:
        """(Q, k, M + 1)."""
        return self.items.log_probabilities(self.nodes)

    @cached_property
    def log_prior(self) -> Array:
        return np.log(np.maximum(normal_weights(self.nodes, self.mean, self.sd), 1e-300))

    @cached_property
    def log_ratios(self) -> Array:
        """(k, M + 1), ln P(x | θ_c + δ) − ln P(x | θ_c − δ)."""
        delta = self.sprt.indifference if self.sprt else 0.0
        high, low = self.items.log_probabilities([self.cut + delta, self.cut - delta])
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(high - low)


@dataclass(frozen=True, slots=True)
class State:
    """Everything about a test in progress. answers: (row of the item, mark), in the order given."""

    seed: int
    answers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Where a test stands. next: the row of the item to give, None when it has ended. verdict, stop: None until then.
    theta, se: EAP and posterior SD on the way, WLE and its standard error at the end."""

    state: State
    next: int | None
    theta: float
    se: float
    verdict: Verdict | None = None
    stop: Stop | None = None


def begin(plan: Plan, seed: int) -> Step:
    """The first item."""
    return resume(plan, State(seed))


def advance(plan: Plan, state: State, item: int, mark: int) -> Step:
    """After an answer. ValueError: another item was asked, the test has ended, the item cannot give this mark."""
    asked = resume(plan, state).next
    if asked is None:
        raise ValueError("the test has ended")
    if item != asked:
        raise ValueError(f"item {plan.items.names[asked]} was asked, not {item}")
    if not 0 <= mark <= plan.items.maxima[item]:
        raise ValueError(f"item {plan.items.names[item]} gives marks from 0 to {plan.items.maxima[item]}, not {mark}")
    return resume(plan, State(state.seed, (*state.answers, (item, mark))))


def resume(plan: Plan, state: State) -> Step:
    """What follows from a state."""
    theta, se = _expected(plan, state)
    verdict = _decided(plan, state, theta, se)
    left = _left(plan, state)
    stop = None
    if verdict is not None and len(state.answers) >= plan.least:
        stop = Stop.DECIDED
    elif len(state.answers) >= plan.most:
        stop = Stop.LENGTH
    elif not len(left):
        stop = Stop.EXHAUSTED
    if stop is None:
        return Step(state, _chosen(plan, state, left, theta), theta, se)
    return Step(state, None, *_reported(plan, state, theta, se), verdict or Verdict.UNDECIDED, stop)


def _expected(plan: Plan, state: State) -> tuple[float, float]:
    log = plan.log_prior + sum(plan.log_chances[:, item, mark] for item, mark in state.answers)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    theta = float(weight @ plan.nodes)
    return theta, float(np.sqrt(weight @ (plan.nodes - theta) ** 2))


def _decided(plan: Plan, state: State, theta: float, se: float) -> Verdict | None:
    if plan.sprt is None:
        if theta - CONFIDENCE * se > plan.cut:
            return Verdict.ABOVE
        return Verdict.BELOW if theta + CONFIDENCE * se < plan.cut else None
    ratio = sum(plan.log_ratios[item, mark] for item, mark in state.answers)
    if ratio >= np.log((1 - plan.sprt.false_fail) / plan.sprt.false_pass):
        return Verdict.ABOVE
    return Verdict.BELOW if ratio <= np.log(plan.sprt.false_fail / (1 - plan.sprt.false_pass)) else None


def _left(plan: Plan, state: State) -> NDArray[np.int64]:
    free = np.ones(len(plan.items), bool)
    free[[item for item, _ in state.answers]] = False
    free[list(plan.barred)] = False
    if plan.areas:
        free &= np.isin(plan.areas, list(plan.shares))
    return np.flatnonzero(free)


def _chosen(plan: Plan, state: State, left: NDArray[np.int64], theta: float) -> int:
    if plan.areas:
        areas = np.array(plan.areas)
        given = [plan.areas[item] for item, _ in state.answers]
        whole = sum(plan.shares.values())
        behind = {
            area: plan.shares[area] / whole * (len(given) + 1) - given.count(area) for area in np.unique(areas[left])
        }
        left = left[areas[left] == max(behind, key=lambda area: behind[area])]
    information = plan.items.information([theta])[0, left]
    best = left[np.argsort(-information, kind="stable")[: plan.among]]
    return int(best[np.random.default_rng([state.seed, len(state.answers)]).integers(len(best))])


def _reported(plan: Plan, state: State, theta: float, se: float) -> tuple[float, float]:
    if not state.answers:
        return theta, se
    rows = [item for item, _ in state.answers]
    given = plan.items.take(rows)
    table = ResponseTable.of([[mark for _, mark in state.answers]], given.names, maxima=given.maxima)
    found = measure(table, given, "wle")
    return float(found.theta[0]), float(found.se[0])
