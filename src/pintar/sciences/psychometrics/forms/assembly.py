"""Parallel forms by mixed-integer programming (van der Linden 2005, ch. 5 and 6: maximin, several forms at once).

Unknowns: x_if (item i is on form f), y (the least information at the cut), and, where forms may share some items but
not all, z_ifg ≥ x_if + x_ig − 1. Wanted: the greatest y with y ≤ I_f(θ_c) ≤ (1 + tolerance) y for each form f, within a
relative gap of 1% or 10 seconds, whichever is first; the gap that was left is part of the answer.
"""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array

from pintar.sciences.psychometrics.forms.blueprint import Bank, Blueprint, Range, Rule
from pintar.sciences.psychometrics.forms.conflicts import smallest_conflict

Array = NDArray[np.float64]

GAP = 0.01
SECONDS = 10.0
SECONDS_TO_EXPLAIN = 2.0  # for each question whether some rules can hold together

_INFEASIBLE = 2  # a status of milp


@dataclass(frozen=True, eq=False, slots=True)
class Forms:
    """forms: rows of the bank, each form in the bank's order. information: (K,), of each at the cut. gap: by how much,
    relatively, the least of them could still be raised, at most."""

    forms: tuple[tuple[int, ...], ...]
    information: Array
    gap: float


class Infeasible(ValueError):
    """No forms obey the blueprint. `conflict`: the smallest set of rules that cannot hold together; empty if none could
    be shown within the time, though nothing was found either."""

    def __init__(self, conflict: tuple[Rule, ...]):
        super().__init__("the rules cannot hold together: " + ", ".join(f"{r.code} {r.name}".strip() for r in conflict))
        self.conflict = conflict


def assemble(bank: Bank, blueprint: Blueprint, forms: int) -> Forms:
    """K parallel forms. Infeasible: there are none. ValueError: fewer than one form, or a form without items."""
    if forms < 1 or blueprint.length < 1:
        raise ValueError("at least one form of at least one item is needed")
    program = _Program.of(bank, blueprint, forms)
    best = program.solve()
    if best is None:
        alone = _Program.of(bank, blueprint, 1)

        def can_hold(rules: frozenset[int]) -> bool:
            # what only couples forms is written last: without it every form may be the same one
            coupled = any(r >= len(alone.rules) for r in rules)
            return (program if coupled else alone).can_hold(rules)

        conflict = smallest_conflict(len(program.rules), can_hold)
        raise Infeasible(
            tuple(replace(program.rules[r], reach=program.reach(r, frozenset(conflict) - {r})) for r in conflict)
        )
    chosen = best.x[: program.places * forms].reshape(forms, program.places) > 0.5
    rows = tuple(tuple(program.usable[c].tolist()) for c in chosen)
    information = np.array([program.information[c].sum() for c in chosen])
    order = np.lexsort([[row[0] for row in rows]])
    return Forms(tuple(rows[f] for f in order), information[order], float(best.mip_gap or 0.0))


@dataclass(frozen=True, eq=False)
class _Program:
    """The inequalities low ≤ A·v ≤ high of all rules, and which rule each row belongs to."""

    rules: tuple[Rule, ...]
    matrix: csr_array
    low: Array
    high: Array
    rule_of_row: NDArray[np.int64]
    usable: NDArray[np.int64]
    information: Array
    forms: int

    @property
    def places(self) -> int:
        return len(self.usable)

    @classmethod
    def of(cls, bank: Bank, blueprint: Blueprint, forms: int) -> "_Program":
        indicators = np.array(bank.indicators)
        wanted = np.isin(indicators, list(blueprint.indicators))
        fresh = np.ones(len(indicators), bool) if blueprint.exposure is None else bank.exposures <= blueprint.exposure
        usable = np.flatnonzero(wanted & fresh)
        information = bank.items.information([blueprint.cut])[0]
        writer = _Writer(len(usable), forms)
        types = np.array(bank.types)
        length = Range(blueprint.length, blueprint.length)  # follows from the indicators; a shorter reason by itself
        writer.each_form(Rule("length", "", length, forms, len(usable)), np.ones(len(usable)))
        for name, count in blueprint.indicators.items():
            of = indicators == name
            writer.each_form(
                Rule("indicator", name, Range(count, count), forms, int(of[usable].sum()), int((of & ~fresh).sum())),
                of[usable],
            )
        for name, span in blueprint.types.items():
            of = types == name
            writer.each_form(
                Rule("type", name, span, forms, int(of[usable].sum()), int((of & wanted & ~fresh).sum())), of[usable]
            )
        for band in blueprint.difficulty:
            of = (bank.items.b >= band.low) & (bank.items.b < band.high)
            rule = Rule("difficulty", f"{band.low:g} … {band.high:g}", band.items, forms, int(of[usable].sum()))
            writer.each_form(replace(rule, barred=int((of & wanted & ~fresh).sum())), of[usable])
        for name, span in blueprint.labels.items():
            of = np.array([name in labels for labels in bank.labels], bool)
            rule = Rule("label", name, span, forms, int(of[usable].sum()), int((of & wanted & ~fresh).sum()))
            writer.each_form(rule, of[usable])
        if blueprint.seconds is not None:
            rule = Rule("seconds", "", Range(None, blueprint.seconds), forms, len(usable))
            writer.each_form(rule, bank.seconds[usable])
        for target in blueprint.targets:
            rule = Rule("information", f"{target.at:g}", target.information, forms, len(usable))
            writer.each_form(rule, bank.items.information([target.at])[0, usable])
        writer.enemies(bank.enemies, usable)
        writer.parallel(information[usable], blueprint.tolerance)
        writer.overlap(blueprint.overlap, blueprint.length)
        return cls(*writer.written(), usable, information[usable], forms)

    def solve(self) -> OptimizeResult | None:
        """The best that was found, or None."""
        objective = np.zeros(self.matrix.shape[1])
        objective[self.places * self.forms] = -1.0
        result = self._ask(objective, np.ones(len(self.low), bool), {"mip_rel_gap": GAP, "time_limit": SECONDS})
        if result.x is None and result.status != _INFEASIBLE:  # a minute is better than no form where there is one
            result = self._ask(0 * objective, np.ones(len(self.low), bool), {"time_limit": 3 * SECONDS})
        return result if result.x is not None else None

    def can_hold(self, rules: frozenset[int]) -> bool:
        """Whether these rules can hold together, as far as can be told in time."""
        kept = np.isin(self.rule_of_row, [*rules, _Writer.DEFINITION])
        nothing = np.zeros(self.matrix.shape[1])
        if self._ask(nothing, kept, {}, relaxed=True).status == _INFEASIBLE:
            return False
        return self._ask(nothing, kept, {"time_limit": SECONDS_TO_EXPLAIN}).status != _INFEASIBLE

    def reach(self, rule: int, others: frozenset[int]) -> float | None:
        """The sum nearest to what the rule wants that every form could have if only the others held; None for rules
        that are not about a sum, and where none was found in time."""
        asked = self.rules[rule]
        if asked.code in ("enemies", "parallel", "overlap"):
            return None
        kept = np.isin(self.rule_of_row, [*others, _Writer.DEFINITION])
        # y stands for the sum that the poorest form (greatest y) or the richest (least y) has
        sums = self.matrix[self.rule_of_row == rule].tolil()
        sums[:, self.places * self.forms] = -1.0
        nearest = None
        for sign, low, high in ((-1.0, 0.0, np.inf), (1.0, -np.inf, 0.0)):
            objective = np.zeros(self.matrix.shape[1])
            objective[self.places * self.forms] = sign
            extra = LinearConstraint(sums.tocsr(), low, high)
            y = self._ask(objective, kept, {"time_limit": SECONDS_TO_EXPLAIN}, extra=extra).x
            if y is None:
                continue
            value = float(y[self.places * self.forms])
            short = asked.wanted.least is not None and value < asked.wanted.least - 1e-6
            beyond = asked.wanted.most is not None and value > asked.wanted.most + 1e-6
            nearest = value if (short if sign < 0 else beyond) else nearest
        return nearest

    def _ask(
        self,
        objective: Array,
        rows: NDArray[np.bool_],
        options: dict,
        relaxed: bool = False,
        extra: LinearConstraint | None = None,
    ) -> OptimizeResult:
        whole = np.zeros(len(objective))
        whole[: self.places * self.forms] = 0 if relaxed else 1
        upper = np.ones(len(objective))
        upper[self.places * self.forms] = np.inf  # y
        constraints = [LinearConstraint(self.matrix[rows], self.low[rows], self.high[rows])] if rows.any() else []
        return milp(
            objective,
            integrality=whole,
            bounds=Bounds(0, upper),
            constraints=constraints + ([extra] if extra is not None else []),
            options=options,
        )


class _Writer:
    """Writes rules as rows over x (form by form), y, and z (pair of forms by pair of forms)."""

    DEFINITION = -1  # rows that belong to no rule: what z is

    def __init__(self, places: int, forms: int):
        self.places, self.forms = places, forms
        self.columns = places * forms + 1
        self.rules: list[Rule] = []
        self.rows: list[dict[int, float]] = []
        self.limits: list[tuple[float, float]] = []
        self.of: list[int] = []

    def each_form(self, rule: Rule, weights: Array | NDArray[np.bool_]) -> None:
        self.rules.append(rule)
        at = np.flatnonzero(weights).tolist()
        low = -np.inf if rule.wanted.least is None else rule.wanted.least
        high = np.inf if rule.wanted.most is None else rule.wanted.most
        for f in range(self.forms):
            self._row({self._x(i, f): float(weights[i]) for i in at}, low, high)

    def enemies(self, pairs: tuple[tuple[int, int], ...], usable: NDArray[np.int64]) -> None:
        place = {int(row): i for i, row in enumerate(usable)}
        apart = [(place[i], place[j]) for i, j in pairs if i in place and j in place]
        if not apart:
            return
        self.rules.append(Rule("enemies", "", Range(None, 1), self.forms, len(apart)))
        for i, j in apart:
            for f in range(self.forms):
                self._row({self._x(i, f): 1.0, self._x(j, f): 1.0}, -np.inf, 1)

    def overlap(self, most: int | None, length: int) -> None:
        if most is None or most >= length or self.forms == 1:
            return
        self.rules.append(Rule("overlap", "", Range(None, most), self.forms, self.places))
        if most == 0:
            for i in range(self.places):
                self._row({self._x(i, f): 1.0 for f in range(self.forms)}, -np.inf, 1)
            return
        for f, g in combinations(range(self.forms), 2):
            first = self.columns
            self.columns += self.places
            self._row({first + i: 1.0 for i in range(self.places)}, -np.inf, most)
            for i in range(self.places):
                self._row({self._x(i, f): 1, self._x(i, g): 1, first + i: -1}, -np.inf, 1, self.DEFINITION)

    def parallel(self, information: Array, tolerance: float) -> None:
        self.rules.append(Rule("parallel", "", Range(None, tolerance), self.forms, self.places))
        y = self.places * self.forms
        for f in range(self.forms):
            form = {self._x(i, f): float(information[i]) for i in range(self.places)}
            self._row({**form, y: -1.0}, 0, np.inf)
            self._row({**form, y: -(1 + tolerance)}, -np.inf, 0)

    def written(self) -> tuple[tuple[Rule, ...], csr_array, Array, Array, NDArray[np.int64]]:
        sizes = [len(row) for row in self.rows]
        matrix = csr_array(
            (
                np.array([value for row in self.rows for value in row.values()], float),
                np.array([column for row in self.rows for column in row], np.int32),
                np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
            ),
            shape=(len(self.rows), self.columns),
        )
        low, high = np.array(self.limits).T
        return tuple(self.rules), matrix, low, high, np.array(self.of)

    def _x(self, item: int, form: int) -> int:
        return form * self.places + item

    def _row(self, row: dict[int, float], low: float, high: float, of: int | None = None) -> None:
        self.rows.append(row)
        self.limits.append((low, high))
        self.of.append(len(self.rules) - 1 if of is None else of)
