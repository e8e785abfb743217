"""All pairs are compared and none is lost; honest people are left in peace; copied papers are found."""

import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from honest_and_copied import answered, bank

from pintar.sciences.psychometrics.integrity import similarity
from pintar.sciences.psychometrics.integrity.similarity import (
    NOT_PRESENTED,
    NOTHING,
    Cohort,
    Levels,
    compare,
    find_similar,
)
from pintar.sciences.psychometrics.integrity.tails import upper_tail


def cohort(n=120, k=40, seed=2, units=None, **more):
    curves = bank(k=k)
    theta = np.random.default_rng(seed).normal(size=n)
    return Cohort(answered(curves, theta, seed), theta, curves.right, units, **more), curves


def by_brute_force(people, curves, keep):
    """p of every pair."""
    chances = curves(np.clip(people.theta, -6, 6))
    pairs = list(combinations(range(len(people.theta)), 2))
    a, b = np.transpose(pairs)
    both = (people.choices[a] >= 0) & (people.choices[b] >= 0)
    match = (chances[a] * chances[b]).sum(axis=2) * both  # an impossible match changes nothing
    p = upper_tail(match, ((people.choices[a] == people.choices[b]) & both).sum(axis=1))
    return {pair: value for pair, value in zip(pairs, p, strict=True) if value <= keep}


def with_blanks(people):
    choices = people.choices.copy()
    choices[np.random.default_rng(5).random(choices.shape) < 0.1] = NOTHING
    choices[3] = NOTHING
    return Cohort(choices, people.theta, people.right, people.units)


def with_booklets(people, forms):
    choices = people.choices.copy()
    chance = np.random.default_rng(6)
    shown = np.array([chance.permutation(choices.shape[1]) < 25 for _ in range(forms)])
    choices[~shown[chance.integers(0, forms, len(choices))]] = NOT_PRESENTED
    return Cohort(choices, people.theta, people.right, people.units)


@pytest.mark.parametrize(
    "changed",
    [
        lambda people: people,
        with_blanks,
        lambda people: with_booklets(people, 3),
        lambda people: with_blanks(with_booklets(people, 4)),
        lambda people: with_booklets(people, 60),
    ],
    ids=["one form", "blanks", "booklets", "booklets with blanks", "nearly everyone their own"],
)
@pytest.mark.parametrize("block", [1024, 16])
def test_no_pair_is_lost_by_screening(changed, block, monkeypatch):
    monkeypatch.setattr(similarity, "BLOCK", block)
    monkeypatch.setattr(similarity, "CELLS_AT_ONCE", 2_000 * block)
    people, curves = cohort(n=60)
    people = changed(people)
    expected = by_brute_force(people, curves, keep=0.05)
    found = {(pair.a, pair.b): pair.p for pair in find_similar(people, curves, keep=0.05).pairs}
    assert len(expected) > 15
    assert found == pytest.approx(expected, rel=1e-12)


def test_near_pairs_are_held_against_their_own_level_and_none_of_them_is_lost():
    units = np.arange(120) // 6
    people, curves = cohort(units=units)
    alpha = 0.9  # so great that honest pairs fall under the level
    result = find_similar(people, curves, alpha=alpha)
    near = 20 * 15
    assert result.levels == Levels(alpha, 120 * 119 // 2, near)
    expected = {
        pair: p
        for pair, p in by_brute_force(people, curves, keep=alpha).items()
        if p <= (alpha / 2 / near if units[pair[0]] == units[pair[1]] else alpha / 2 / 7140)
    }
    assert {(pair.a, pair.b): pair.p for pair in result.pairs} == pytest.approx(expected)
    assert result.flagged == result.pairs


def test_a_pair_is_near_only_if_both_sat_at_once_in_one_unit():
    people, _ = cohort(
        n=4,
        k=3,
        units=np.array([7, 7, 7, -1]),
        begun=np.array([0.0, 5.0, 11.0, 0.0]),
        ended=np.array([10.0, 12.0, 20.0, 20.0]),
    )
    assert people.near(0, 1)
    assert people.near(1, 2)
    assert not people.near(0, 2)
    assert not people.near(0, 3)
    assert people.near_pairs() == 2


def test_people_without_a_unit_are_near_nobody():
    people, _ = cohort(n=5, k=3, units=np.full(5, -1))
    assert people.near_pairs() == 0
    assert Levels(0.001, 10, 0).every == 0.0001


def test_a_copied_paper_is_found_among_honest_ones_with_its_wrong_answers_counted():
    people, curves = cohort(n=400)
    source = int(np.argmin(np.abs(people.theta + 0.3)))
    people.choices[17] = people.choices[source]
    people.theta[17] = people.theta[source]
    result = find_similar(people, curves)
    pair = result.flagged[0]
    assert {pair.a, pair.b} == {17, source}
    assert pair.equal == pair.compared == 40
    assert pair.equal_wrong == (people.choices[source] != 0).sum()
    assert pair.p < 1e-11
    assert pair.omega_a > 6
    assert len(result.flagged) == 1


def test_the_order_of_people_items_and_options_changes_nothing():
    people, curves = cohort(n=80)
    plain = find_similar(people, curves, keep=0.01).pairs
    chance = np.random.default_rng(11)
    order, items = chance.permutation(80), chance.permutation(40)
    moved = Cohort(people.choices[np.ix_(order, items)], people.theta[order], people.right[items])
    turned = find_similar(moved, lambda theta: curves(theta)[:, items], keep=0.01).pairs
    assert {frozenset((order[p.a], order[p.b])): p.equal for p in turned} == {
        frozenset((p.a, p.b)): p.equal for p in plain
    }
    assert [p.p for p in turned] == pytest.approx([p.p for p in plain], rel=1e-9)
    disguised = Cohort(3 - people.choices, people.theta, 3 - people.right)
    again = find_similar(disguised, lambda theta: curves(theta)[:, :, ::-1], keep=0.01).pairs
    assert [(p.a, p.b, p.equal_wrong) for p in again] == [(p.a, p.b, p.equal_wrong) for p in plain]


def test_honest_pairs_have_small_p_no_more_often_than_the_level_says():
    """At the true abilities the test is exact; discreteness can only make it rarer."""
    under = {0.05: 0, 0.001: 0}
    pairs = 0
    for seed in range(6):
        people, curves = cohort(n=150, seed=100 + seed)
        p = np.array([pair.p for pair in find_similar(people, curves, keep=0.05).pairs])
        pairs += 150 * 149 // 2
        for level in under:
            under[level] += (p <= level).sum()
    assert 0.5 * 0.05 < under[0.05] / pairs <= 0.05
    assert 0.3 * 0.001 < under[0.001] / pairs <= 0.0012


def test_one_pair_can_be_looked_at_whatever_its_p():
    people, curves = cohort(n=20)
    pair = next(p for p in find_similar(people, curves, keep=1.0).pairs if (p.a, p.b) == (4, 9))
    assert compare(people, curves, 9, 4) == pair


def test_one_person_and_nobody_are_compared_with_nobody():
    for n in (0, 1):
        people, curves = cohort(n=n)
        assert find_similar(people, curves).pairs == ()


def test_eighteen_million_pairs_are_compared_without_a_table_of_pairs():
    """The largest array made is a block of counts, whatever the number of pairs."""
    people, curves = cohort(n=6000, units=np.arange(6000) // 20)
    tracemalloc.start()
    find_similar(people, curves)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60e6  # seen: 31 MB; a single number of 4 bytes a pair would be 72 MB
