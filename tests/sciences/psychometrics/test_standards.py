"""Panels give cuts on θ, forms get equated raw cuts, and verdicts come with how often they are right."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.sum_scores import ability_at_score, expected_score, score_distribution
from pintar.sciences.psychometrics.standards.classification import by_measure, by_score
from pintar.sciences.psychometrics.standards.cuts import equated, pass_mark, percentages, raw_cut
from pintar.sciences.psychometrics.standards.panels import angoff, bookmark, ordered_booklet, share_of_reference


def form(seed=1, k=40, shift=0.0, guesses=None):
    chance = np.random.default_rng(seed)
    return ItemParameters.of(chance.uniform(0.7, 1.9, k), chance.normal(size=k) + shift, guesses)


DATA = Path(__file__).parent / "data"
MIXED = ItemParameters.of([1.2, 0.8, 1.0, 1.5], steps=[[0.3], [-1.0, 0.5], [0.0, 0.0, 1.0], [-0.4]])


# The distribution of sum scores


def test_sum_scores_are_distributed_as_enumeration_of_all_patterns_says():
    theta = np.array([-1.3, 0.2, 2.0])
    chances = MIXED.probabilities(theta)
    expected = np.zeros((3, 8))
    for pattern in product(*(range(most + 1) for most in MIXED.maxima)):
        expected[:, sum(pattern)] += np.prod([chances[:, i, mark] for i, mark in enumerate(pattern)], axis=0)
    assert score_distribution(MIXED, theta) == pytest.approx(expected, rel=1e-12)
    assert score_distribution(MIXED, theta) @ np.arange(8) == pytest.approx(expected_score(MIXED, theta))


def test_lord_and_wingersky_for_five_rasch_items_is_the_ratio_of_elementary_symmetric_functions():
    b = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    gamma = np.poly(-np.exp(-b))  # elementary symmetric functions of exp(−b)
    theta = 0.7
    weight = gamma * np.exp(theta * np.arange(6))
    assert score_distribution(ItemParameters.of(np.ones(5), b), [theta])[0] == pytest.approx(weight / weight.sum())


@given(st.floats(0.01, 39.99))
def test_the_ability_at_a_score_expects_that_score(score):
    theta = ability_at_score(form(), score)[0]
    expected = expected_score(form(), [theta])[0]
    assert abs(theta) >= 6 - 1e-9 or expected == pytest.approx(score, abs=1e-9)


# Panels


def test_angoff_is_the_ability_where_the_expected_score_is_the_mean_of_the_judges_sums():
    items = form(k=5)
    judged = np.array([[0.6, 0.5, 0.7, 0.4, 0.8], [0.5, 0.5, 0.6, 0.5, 0.7], [0.7, 0.6, 0.8, 0.5, 0.9]])
    (cut,) = angoff([judged], items)
    assert cut.score == pytest.approx((3.0 + 2.8 + 3.5) / 3)
    assert expected_score(items, [cut.theta])[0] == pytest.approx(cut.score)
    own = [ability_at_score(items, s)[0] for s in (3.0, 2.8, 3.5)]
    assert cut.judges == pytest.approx(own)
    assert cut.se == pytest.approx(np.std(own, ddof=1) / np.sqrt(3))


def test_rounds_are_kept_apart_so_that_a_panels_movement_can_be_seen():
    items = form(k=5)
    apart, together = np.array([[0.2] * 5, [0.8] * 5]), np.array([[0.45] * 5, [0.55] * 5])
    first, second = angoff([apart, together], items)
    assert first.score == pytest.approx(second.score) == pytest.approx(2.5)
    assert second.se < first.se


def test_judgements_that_cannot_be_are_refused_with_round_judge_and_item():
    items = ItemParameters.of([1, 1], [0, 0], names=["satu", "dua"])
    with pytest.raises(ValueError, match="round 2, judge 1, item dua: 60 is not between 0 and 1"):
        angoff([[[0.5, 0.5]], [[0.5, 60]]], items)
    with pytest.raises(ValueError, match="nan is not between"):
        angoff([[[0.5, np.nan]]], items)
    with pytest.raises(ValueError, match="judges × 2 items"):
        angoff([[0.5, 0.5]], items)


def test_a_judge_who_expects_everything_is_counted_as_extreme_and_a_single_judge_has_no_error():
    (cut,) = angoff([np.ones((1, 5))], form(k=5))
    assert cut.extreme == 1
    assert np.isnan(cut.se)


def test_a_booklet_is_ordered_by_the_ability_that_masters_each_mark_with_two_in_three():
    items = form(k=12)
    booklet = ordered_booklet(items)
    assert [page.theta for page in booklet] == sorted(page.theta for page in booklet)
    for page in booklet:
        # ln(P/Q) = ln 2 = a (θ − b)
        assert page.theta == pytest.approx(items.b[page.item] + np.log(2) / items.a[page.item], abs=1e-9)
    steps = ordered_booklet(MIXED)
    assert [(page.item, page.mark) for page in sorted(steps, key=lambda p: (p.item, p.mark))] == [
        (0, 1), (1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1),
    ]  # fmt: skip
    guessing = ordered_booklet(ItemParameters.of([1.0, 1.0], [0.0, 0.0], [0.25, 0.7]))
    assert [page.item for page in guessing] == [0]  # of .7 by guessing alone, 2/3 says nothing
    assert guessing[0].theta == pytest.approx(np.log((2 / 3 - 0.25) / (1 - 2 / 3)))


def test_a_bookmark_panel_agrees_on_the_median_page():
    items = form(k=12)
    booklet = ordered_booklet(items)
    (cut,) = bookmark([[4, 6, 7, 7, 12]], booklet, items)
    assert cut.theta == booklet[6].theta
    assert cut.score == pytest.approx(expected_score(items, [cut.theta])[0])
    assert cut.se > 0
    with pytest.raises(ValueError, match="pages go from 1 to 12"):
        bookmark([[0]], booklet, items)


def test_before_any_panel_seventy_percent_of_the_reference_form_is_the_cut():
    theta = share_of_reference(form(), 0.7)
    assert expected_score(form(), [theta])[0] == pytest.approx(28)
    with pytest.raises(ValueError, match="between 0 and 1"):
        share_of_reference(form(), 70)


# Raw cuts


def test_a_raw_cut_is_rounded_to_the_nearest_mark_and_half_goes_down():
    two = ItemParameters.of([1.0, 1.0], [0.0, 0.0])
    assert raw_cut(two, float(ability_at_score(two, 0.5)[0])).raw == 0
    assert raw_cut(two, float(ability_at_score(two, 0.51)[0])).raw == 1
    assert raw_cut(two, float(ability_at_score(two, 1.5)[0])).raw == 1
    assert raw_cut(two, float(ability_at_score(two, 1.52)[0])).raw == 2


def test_a_harder_form_has_a_lower_raw_cut_for_the_same_standard():
    theta = share_of_reference(form(), 0.7)
    assert raw_cut(form(), theta).raw == 28
    assert raw_cut(form(seed=2, shift=0.3), theta).raw < 28 < raw_cut(form(seed=2, shift=-0.6), theta).raw


def test_the_example_of_the_book_on_equating_comes_out_as_its_authors_program_says():
    """Kolen & Brennan, ch. 6: forms X and Y of 36 items (table 6.5, X on the scale of Y), true-score equivalents by
    their POLYEQUATE."""
    items = np.genfromtxt(DATA / "kolen_brennan.items.csv", delimiter=",", names=True)
    told = np.genfromtxt(DATA / "kolen_brennan.scores.csv", delimiter=",", names=True)
    x, y = (ItemParameters.of(1.7 * items[f"a_{form}"], items[f"b_{form}"], items[f"c_{form}"]) for form in "xy")
    assert equated(x, y, told["score"]) == pytest.approx(told["equivalent"], abs=2e-6)
    known = np.isfinite(told["theta"])
    assert ability_at_score(x, told["score"][known]) == pytest.approx(told["theta"][known], abs=2e-6)


def test_equating_a_form_to_itself_changes_nothing_and_ends_meet_ends():
    assert equated(form(), form(), np.arange(41)) == pytest.approx(np.arange(41), abs=1e-6)
    guessing = form(guesses=np.full(40, 0.2))
    there = equated(guessing, form(), np.arange(41))
    assert (there[0], there[40]) == (0, 40)
    assert np.all(np.diff(there) >= 0)
    assert equated(form(), guessing, [40])[0] == 40
    with pytest.raises(ValueError, match="between 0 and 40"):
        equated(form(), form(), [41])


@pytest.mark.parametrize("seed", range(20))
def test_the_percentage_never_contradicts_the_verdict(seed):
    theta = share_of_reference(form(), 0.7)
    other = form(seed=10 + seed, k=10 + seed, shift=0.1 * (seed % 5 - 2))
    shown = percentages(other, form(), theta)
    passing = np.arange(len(shown)) >= raw_cut(other, theta).raw
    assert pass_mark(form(), theta) == 70
    assert np.all(shown[passing] >= 70)
    assert np.all(shown[~passing] < 70)
    assert np.all(np.diff(shown) >= 0)
    assert shown[0] == 0
    assert shown[-1] == 100


# Classification


def simulated(items, verdict, cut, mean, sd, people=400_000):
    chance = np.random.default_rng(3)
    theta = chance.normal(mean, sd, people)
    a, b = verdict(theta, chance), verdict(theta, chance)
    competent = theta >= cut
    return (a == competent).mean(), (a == b).mean(), a.mean(), (a & ~competent).mean(), (~a & competent).mean()


def test_lees_indices_are_what_simulated_people_show():
    items, cut, raw = form(k=20), 0.3, 11

    def verdict(theta, chance):
        score = np.zeros(len(theta))
        for i in range(20):
            score += chance.random(len(theta)) < items.take([i]).probabilities(theta)[:, 0, 1]
        return score >= raw

    found = by_score(items, raw, cut, mean=0.2, sd=0.9)
    seen = simulated(items, verdict, cut, 0.2, 0.9, people=60_000)
    shown = (found.accuracy, found.consistency, found.passing, found.false_pass, found.false_fail)
    assert shown == pytest.approx(seen, abs=0.008)  # standard error .002


def test_rudners_indices_are_what_normal_errors_show_and_the_margin_makes_passing_rarer():
    items, cut = form(k=20), 0.3

    def verdict(theta, chance, margin=0.0):
        se = 1 / np.sqrt(items.information(theta).sum(axis=1))
        return theta + se * chance.normal(size=len(theta)) - margin * se > cut

    found = by_measure(items, cut)
    seen = simulated(items, verdict, cut, 0, 1, people=60_000)
    shown = (found.accuracy, found.consistency, found.passing, found.false_pass, found.false_fail)
    assert shown == pytest.approx(seen, abs=0.008)
    certificate = by_measure(items, cut, margin=1.96)
    assert certificate.passing < found.passing
    assert certificate.false_pass < 0.01 < found.false_pass


def test_verdicts_are_surer_with_more_items_and_far_from_the_cut():
    short, long = by_score(form(k=10), 5, 0.0), by_score(form(k=80), 40, 0.0)
    assert short.accuracy < long.accuracy
    assert short.consistency < long.consistency
    assert by_score(form(k=10), 5, 0.0, mean=2.0).accuracy > short.accuracy


def test_a_cut_that_everybody_reaches_is_always_consistent():
    found = by_score(form(k=10), 0, -7.9)
    assert found.consistency == pytest.approx(1)
    assert found.accuracy == pytest.approx(1, abs=1e-9)
    assert np.isnan(found.kappa)
    with pytest.raises(ValueError, match="SD above 0"):
        by_score(form(k=10), 5, 0.0, sd=0.0)
