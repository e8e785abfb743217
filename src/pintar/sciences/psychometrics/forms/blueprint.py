"""What a test form must hold, as a list of rules; and the bank it is taken from.

Each rule is a set of linear inequalities over x_if, 1 if item i is on form f (van der Linden 2005, Linear Models for
Optimal Test Design, ch. 3–6). Rules keep their names and numbers, so that it can be said which of them fail.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.irt.items import ItemParameters

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bank:
    """n items that forms are taken from.

    indicators, types: n each. seconds: (n,), the time an item is expected to take. exposures: (n,), the share of people
    who have met it, 0 … 1. enemies: pairs of rows that give each other away, never on one form. labels: n sets of
    whatever else an item is ("anchor", "easy"), for rules that count it.
    """

    items: ItemParameters
    indicators: tuple[str, ...]
    types: tuple[str, ...]
    seconds: Array
    exposures: Array
    enemies: tuple[tuple[int, int], ...] = ()
    labels: tuple[frozenset[str], ...] = ()

    @classmethod
    def of(
        cls,
        items: ItemParameters,
        indicators: Sequence[str] | None = None,
        types: Sequence[str] | None = None,
        seconds: Sequence[float] | None = None,
        exposures: Sequence[float] | None = None,
        enemies: Sequence[tuple[int, int]] = (),
        labels: Sequence[Collection[str]] | None = None,
    ) -> "Bank":
        """What is not said is one indicator, one type, no time, no exposure. ValueError: lengths differ, an enemy is
        not there."""
        n = len(items)
        bank = cls(
            items,
            tuple(indicators) if indicators is not None else ("",) * n,
            tuple(types) if types is not None else ("",) * n,
            np.zeros(n) if seconds is None else np.asarray(seconds, float),
            np.zeros(n) if exposures is None else np.asarray(exposures, float),
            tuple(sorted({(min(i, j), max(i, j)) for i, j in enemies})),
            tuple(map(frozenset, labels)) if labels is not None else (frozenset(),) * n,
        )
        for name in ("indicators", "types", "seconds", "exposures", "labels"):
            if len(getattr(bank, name)) != n:
                raise ValueError(f"{n} items, but {len(getattr(bank, name))} {name}")
        if any(not 0 <= i < j < n for i, j in bank.enemies):
            raise ValueError("an enemy is not in the bank, or is its own")
        return bank


@dataclass(frozen=True, slots=True)
class Range:
    """A whole number of items (or a sum) from `least` to `most`, both included; None is no limit."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """Difficulties b from `low` (included) to `high` (not included), in logits, and how many items lie there."""

    low: float
    high: float
    items: Range


@dataclass(frozen=True, slots=True)
class Target:
    """Test information wanted at an ability beside the cut."""

    at: float
    information: Range


@dataclass(frozen=True)
class Blueprint:
    """What each form holds, and how forms may differ.

    indicators: exactly so many items each; no other indicator comes in. types, difficulty, labels: ranges. seconds: the
    most a form may take together. overlap: the most items that two forms may share; None is no limit. exposure: items
    that a greater share of people have met are left out. cut: θ_c in logits, where information is made as great as it
    can be for the poorest form, the richest having at most (1 + tolerance) times as much.
    """

    indicators: Mapping[str, int]
    types: Mapping[str, Range] = field(default_factory=dict)
    difficulty: tuple[Band, ...] = ()
    labels: Mapping[str, Range] = field(default_factory=dict)
    seconds: float | None = None
    overlap: int | None = 0
    exposure: float | None = None
    targets: tuple[Target, ...] = ()
    cut: float = 0.0
    tolerance: float = 0.05

    @property
    def length(self) -> int:
        """Items on a form."""
        return sum(self.indicators.values())


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its numbers, for words.

    code: "length" · "indicator" · "type" · "difficulty" · "label" · "seconds" · "information" · "enemies" · "parallel"
    · "overlap".
    name: of the indicator, type or label, the band, the ability of a target. wanted: of each form. forms: how many.
    there: how many items of the bank it is about (after those over-exposed have been left out). barred: how many of
    its kind were left out for that. reach: in a conflict, the sum nearest to what is wanted that every form could have
    if only the other rules of the conflict held.
    """

    code: str
    name: str
    wanted: Range
    forms: int
    there: int
    barred: int = 0
    reach: float | None = None
