"""Forms obey every rule of the blueprint and are as informative as any; a refusal names the smallest reason."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pintar.sciences.psychometrics.forms import assembly
from pintar.sciences.psychometrics.forms.assembly import Infeasible, assemble
from pintar.sciences.psychometrics.forms.blueprint import Band, Bank, Blueprint, Range, Target
from pintar.sciences.psychometrics.forms.conflicts import smallest_conflict
from pintar.sciences.psychometrics.forms.provisional import from_shares
from pintar.sciences.psychometrics.irt.items import ItemParameters


def bank(n=600, seed=1, indicators=8):
    chance = np.random.default_rng(seed)
    return Bank.of(
        ItemParameters.of(chance.uniform(0.7, 1.9, n), chance.normal(size=n)),
        [f"{1 + i}" for i in chance.integers(0, indicators, n)],
        chance.choice(["single", "truefalse", "multiple"], n, p=[0.6, 0.2, 0.2]).tolist(),
        chance.lognormal(4, 0.3, n),
        chance.random(n) * 0.4,
        [tuple(pair) for pair in chance.choice(n, (min(30, n // 4), 2), replace=False).tolist()],
    )


FULL = Blueprint(
    indicators={f"{i}": 5 for i in range(1, 9)},
    types={"single": Range(20, 28), "truefalse": Range(5, 10), "multiple": Range(5, 12)},
    difficulty=(Band(-9, -0.7, Range(8, 12)), Band(-0.7, 0.7, Range(14, 22)), Band(0.7, 9, Range(8, 12))),
    seconds=2240,
    exposure=0.25,
    targets=(Target(-1.0, Range(8, None)), Target(1.0, Range(8, None))),
)


def broken(bank, blueprint, forms):
    """Every rule that these forms break, in words of the test."""
    found = []

    def hold(rule, held):
        if not held:
            found.append(rule)

    for rows in forms:
        form = list(rows)
        indicators = [bank.indicators[i] for i in form]
        types = [bank.types[i] for i in form]
        found += [name for name, count in blueprint.indicators.items() if indicators.count(name) != count]
        hold("length", len(set(form)) == blueprint.length)
        found += [n for n, r in blueprint.types.items() if not (r.least or 0) <= types.count(n) <= (r.most or 999)]
        b = bank.items.b[form]
        found += [
            band.low
            for band in blueprint.difficulty
            if not band.items.least <= ((b >= band.low) & (b < band.high)).sum() <= band.items.most
        ]
        hold("seconds", blueprint.seconds is None or bank.seconds[form].sum() <= blueprint.seconds)
        hold("exposure", blueprint.exposure is None or bank.exposures[form].max() <= blueprint.exposure)
        found += ["enemies" for i, j in bank.enemies if i in form and j in form]
        information = bank.items.take(form).information([t.at for t in blueprint.targets] or [0.0]).sum(axis=1)
        found += [t.at for t, i in zip(blueprint.targets, information, strict=False) if i < t.information.least]
    if blueprint.overlap is not None:
        found += ["overlap" for f, g in combinations(forms, 2) if len(set(f) & set(g)) > blueprint.overlap]
    at_cut = [bank.items.take(list(f)).information([blueprint.cut]).sum() for f in forms]
    hold("parallel", max(at_cut) <= (1 + blueprint.tolerance) * min(at_cut) + 1e-6)
    return found


def test_three_forms_of_forty_items_obey_every_rule_and_are_parallel_at_the_cut():
    result = assemble(bank(), FULL, 3)
    assert broken(bank(), FULL, result.forms) == []
    at_cut = [bank().items.take(list(f)).information([0.0]).sum() for f in result.forms]
    assert result.information == pytest.approx(at_cut)
    assert result.gap <= 0.01


def test_forms_may_share_as_many_items_as_are_allowed_and_no_more():
    blueprint = Blueprint(indicators={"1": 3, "2": 3}, overlap=2, tolerance=0.2)
    small = bank(n=16, indicators=2)
    result = assemble(small, blueprint, 3)
    assert broken(small, blueprint, result.forms) == []
    alone = assemble(small, Blueprint(indicators={"1": 3, "2": 3}, overlap=None, tolerance=0.2), 3)
    assert min(alone.information) >= min(result.information) * 0.98
    assert len(set(alone.forms)) == 1  # without a limit all forms are the best one


@pytest.mark.parametrize("seed", range(6))
def test_the_poorest_form_is_the_best_that_any_choice_of_items_gives(seed, monkeypatch):
    monkeypatch.setattr(assembly, "GAP", 0.0)
    small = bank(n=9, seed=seed, indicators=2)
    blueprint = Blueprint(indicators={"1": 1, "2": 1}, tolerance=0.3)
    information = small.items.information([0.0])[0]
    choices = [
        form
        for form in combinations(range(9), 2)
        if sorted(small.indicators[i] for i in form) == ["1", "2"] and form not in small.enemies
    ]
    best = max(
        (
            min(information[list(f)].sum(), information[list(g)].sum())
            for f, g in permutations(choices, 2)
            if not set(f) & set(g)
            and information[list(f)].sum() <= 1.3 * information[list(g)].sum() + 1e-9
            and information[list(g)].sum() <= 1.3 * information[list(f)].sum() + 1e-9
        ),
        default=None,
    )
    if best is None:
        with pytest.raises(Infeasible):
            assemble(small, blueprint, 2)
    else:
        assert assemble(small, blueprint, 2).information.min() == pytest.approx(best, rel=1e-6)


def conflict(bank, blueprint, forms):
    with pytest.raises(Infeasible) as refused:
        assemble(bank, blueprint, forms)
    return refused.value.conflict


def test_an_indicator_with_too_few_items_is_named_with_what_it_has_and_needs():
    poor = bank()
    kept = [i for i, name in enumerate(poor.indicators) if name == "3"][:4]
    indicators = ["9" if name == "3" and i not in kept else name for i, name in enumerate(poor.indicators)]
    poor = Bank.of(poor.items, indicators, poor.types)
    found = conflict(poor, Blueprint(indicators={"1": 5, "3": 2}), 3)
    assert [(rule.code, rule.name) for rule in found] == [("indicator", "3"), ("overlap", "")]
    assert found[0].there == 4
    assert found[0].wanted == Range(2, 2)
    assert found[0].forms == 3
    assert found[0].reach == 1  # each of three forms could have one


def test_too_little_time_is_named_with_the_least_that_so_many_items_take():
    few = bank(n=40, indicators=1)
    found = conflict(few, Blueprint(indicators={"1": 10}, seconds=100), 2)
    assert {rule.code for rule in found} == {"length", "seconds"} or {rule.code for rule in found} == {
        "indicator",
        "seconds",
    }
    seconds = next(rule for rule in found if rule.code == "seconds")
    assert seconds.reach == pytest.approx(np.sort(few.seconds)[:10].sum())


def test_a_rule_that_fails_alone_is_named_alone_with_the_items_that_exposure_took_away():
    worn = bank()
    found = conflict(worn, Blueprint(indicators={"1": 200}), 1)
    assert [rule.code for rule in found] in (["indicator"], ["length"])
    exposed = Bank.of(worn.items, worn.indicators, exposures=np.where(np.array(worn.indicators) == "2", 0.5, 0.1))
    found = conflict(exposed, Blueprint(indicators={"1": 2, "2": 1}, exposure=0.25), 1)
    assert [(rule.code, rule.name, rule.there) for rule in found] == [("indicator", "2", 0)]
    assert found[0].barred == sum(name == "2" for name in worn.indicators)


def test_enemies_that_leave_no_form_are_the_conflict():
    three = Bank.of(ItemParameters.of([1, 1, 1], [0, 0, 0]), enemies=[(0, 1), (1, 2), (0, 2)])
    assert {rule.code for rule in conflict(three, Blueprint(indicators={"": 2}), 1)} >= {"enemies"}
    assert len(conflict(three, Blueprint(indicators={"": 2}), 1)) == 2


@given(st.integers(1, 7), st.lists(st.sets(st.integers(0, 6), min_size=1, max_size=4), min_size=0, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_smallest_conflict_is_the_smallest_by_enumeration(rules, impossible):
    impossible = [frozenset(s) for s in impossible if max(s) < rules]
    found = smallest_conflict(rules, lambda kept: not any(s <= kept for s in impossible))
    if not impossible:
        assert found == ()
    else:
        assert len(found) == min(map(len, impossible))
        assert any(s <= set(found) for s in impossible)


def test_what_makes_no_sense_is_refused_with_a_reason():
    with pytest.raises(ValueError, match="at least one form"):
        assemble(bank(n=10), Blueprint(indicators={}), 1)
    with pytest.raises(ValueError, match="2 items, but 1 types"):
        Bank.of(ItemParameters.of([1, 1], [0, 0]), types=["single"])
    with pytest.raises(ValueError, match="enemy"):
        Bank.of(ItemParameters.of([1, 1], [0, 0]), enemies=[(0, 0)])


def test_every_form_holds_what_carries_a_label_and_a_label_that_is_too_rare_is_named():
    plain = bank(n=24, indicators=2)
    labels = [{"anchor"} if row % 4 == 0 else set() for row in range(24)]
    labelled = Bank.of(plain.items, plain.indicators, plain.types, labels=labels)
    wanted = Blueprint(indicators={"1": 2, "2": 2}, labels={"anchor": Range(2, None)}, tolerance=0.5)
    result = assemble(labelled, wanted, 3)
    assert all(sum("anchor" in labels[row] for row in form) >= 2 for form in result.forms)
    found = conflict(labelled, wanted, 4)
    assert ("label", "anchor", 6) in [(rule.code, rule.name, rule.there) for rule in found]


def test_a_difficulty_before_calibration_is_the_middle_without_answers_and_nears_the_true_one_with_many():
    assert from_shares(["a"], [0], [0]).b[0] == pytest.approx(0)
    chance = np.random.default_rng(3)
    true = np.array([-1.0, 0.0, 1.5])
    theta = chance.normal(size=4000)
    right = (chance.random((4000, 3)) < 1 / (1 + np.exp(true - theta[:, None]))).sum(axis=0)
    assert from_shares(["a", "b", "c"], right, np.full(3, 4000)).b == pytest.approx(true, abs=0.12)
