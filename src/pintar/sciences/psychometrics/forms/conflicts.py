"""The smallest set of rules that cannot hold together.

A set that cannot hold shares a rule with every set whose leaving-out makes the rest possible. So: take a smallest set
that hits all such corrections known so far; if it cannot hold, no smaller one exists; else enlarge it as far as the
rules still hold together, and what is left out is one more correction (Ignatiev, Previti, Liffiton & Marques-Silva
2015, Smallest MUS extraction with minimal hitting set dualization, CP 2015).
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


def smallest_conflict(rules: int, can_hold: Callable[[frozenset[int]], bool]) -> tuple[int, ...]:
    """Indices of a smallest set of rules for which `can_hold` is false; empty if all can hold together.

    `can_hold` must be monotone: a part of what can hold can hold.
    """
    everything = frozenset(range(rules))
    if can_hold(everything):
        return ()
    corrections: list[frozenset[int]] = []
    while True:
        core = _smallest_hitting(rules, corrections)
        if not can_hold(core):
            return tuple(sorted(core))
        holding = core
        for rule in sorted(everything - core):
            if can_hold(holding | {rule}):
                holding |= {rule}
        corrections.append(everything - holding)


def _smallest_hitting(rules: int, sets: list[frozenset[int]]) -> frozenset[int]:
    """A smallest set that shares a member with each of the sets."""
    if not sets:
        return frozenset()
    member = np.array([[rule in each for rule in range(rules)] for each in sets], float)
    found = milp(
        np.ones(rules),
        integrality=np.ones(rules),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(member, 1, np.inf),
    )
    return frozenset(np.flatnonzero(found.x > 0.5).tolist())
