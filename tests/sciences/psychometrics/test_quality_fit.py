"""Fit statistics hold their level where the model is true, and see the items that it does not describe."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, kstest

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.quality import fit
from pintar.sciences.psychometrics.quality.fit import (
    benjamini_hochberg,
    local_dependence,
    mean_squares,
    sum_score_fit,
)
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable


def drawn(items, theta, seed=1):
    chances = items.probabilities(theta)
    chance = np.random.default_rng(seed).random(chances.shape[:2])
    return (chance[:, :, None] > np.cumsum(chances, axis=2)[:, :, :-1]).sum(axis=2)


def bank(k=20, seed=1):
    chance = np.random.default_rng(seed)
    return ItemParameters.of(chance.uniform(0.7, 1.9, k), chance.normal(size=k))


MIXED = ItemParameters.of([1.2, 0.8, 1.0, 1.5], steps=[[0.3], [-1.0, 0.5], [0.0, 0.0, 1.0], [-0.4]])


def table(marks, items):
    return ResponseTable.of(marks, maxima=items.maxima).for_calibration()


def test_mean_squares_are_those_written_out_by_hand():
    items = ItemParameters.of([1.0, 1.0], [0.0, 1.0])
    theta = np.array([0.5, -0.5, 1.0])
    marks = np.array([[1, 0], [0, 1], [1, 1]])
    found = mean_squares(table(marks, items), items, theta)
    for item, b in enumerate((0.0, 1.0)):
        p = 1 / (1 + np.exp(-(theta - b)))
        square = (marks[:, item] - p) ** 2
        assert found.infit[item] == pytest.approx(square.sum() / (p * (1 - p)).sum())
        assert found.outfit[item] == pytest.approx((square / (p * (1 - p))).mean())


def test_equal_persons_may_be_collapsed_without_changing_any_statistic():
    items = bank(6)
    theta = np.repeat([-1.0, 0.0, 1.0], 400)
    marks = table(drawn(items, theta), items)
    collapsed, of = marks.collapsed(labels=(theta + 1).astype(int))
    at = theta[np.unique(of, return_index=True)[1]]
    assert len(collapsed) < len(marks)
    assert mean_squares(collapsed, items, at).infit == pytest.approx(mean_squares(marks, items, theta).infit)
    whole, part = local_dependence(marks, items, theta), local_dependence(collapsed, items, at)
    assert part.q3[0, 1:] == pytest.approx(whole.q3[0, 1:])
    plain, weighted = sum_score_fit(marks, items), sum_score_fit(collapsed, items)
    assert weighted.chi2 == pytest.approx(plain.chi2)


def test_infit_and_outfit_are_about_one_under_the_model_and_flag_noise_and_too_much_order():
    items = bank()
    theta = np.random.default_rng(2).normal(size=5000)
    marks = drawn(items, theta)
    honest = mean_squares(table(marks, items), items, theta)
    assert np.abs(honest.infit - 1).max() < 0.06
    assert not honest.flagged.any()
    marks[:, 3] = np.random.default_rng(3).integers(0, 2, 5000)  # a coin
    marks[:, 4] = theta > items.b[4]  # a ruler
    found = mean_squares(table(marks, items), items, theta)
    assert found.outfit[3] > 1.3
    assert found.infit[4] < 0.7
    assert found.flagged.nonzero()[0].tolist() == [3, 4]


def test_the_expected_shares_at_a_sum_score_are_those_of_all_patterns():
    nodes = np.array([-1.0, 0.5, 1.5])
    weights = np.array([0.3, 0.5, 0.2])
    chances = MIXED.probabilities(nodes)
    joint = np.zeros((8, 3))
    for pattern in product(*(range(most + 1) for most in MIXED.maxima)):
        likelihood = weights @ np.prod([chances[:, i, m] for i, m in enumerate(pattern)], axis=0)
        joint[sum(pattern), pattern[1]] += likelihood
    expected = joint / joint.sum(axis=1, keepdims=True)
    assert fit._expected_shares(MIXED, 1, nodes, weights) == pytest.approx(expected)


def test_s_x2_has_its_distribution_where_the_items_are_known():
    p = []
    for seed in range(12):
        items = bank(seed=seed)
        theta = np.random.default_rng(100 + seed).normal(0.3, 1.1, 1500)
        marks = table(drawn(items, theta, 200 + seed), items)
        p += sum_score_fit(marks, items, 0.3, 1.1, estimated=np.zeros(20)).p.tolist()
    assert kstest(p, "uniform").pvalue > 0.001


def test_s_x2_of_items_with_several_marks_has_its_distribution_too():
    chance = np.random.default_rng(5)
    p = []
    for seed in range(10):
        steps = [chance.normal(size=most) for most in (1, 2, 3, 1, 2, 3, 2, 2)]
        items = ItemParameters.of(chance.uniform(0.7, 1.5, 8), steps=steps)
        marks = table(drawn(items, chance.normal(size=1500), seed), items)
        p += sum_score_fit(marks, items, estimated=np.zeros(8)).p.tolist()
    assert kstest(p, "uniform").pvalue > 0.001


def test_s_x2_flags_an_item_of_another_shape_and_not_a_trifle_that_many_people_make_significant():
    items = bank()
    theta = np.random.default_rng(6).normal(size=40_000)
    marks = drawn(items, theta)
    # right if able, but the ablest think too far
    marks[:, 2] = np.random.default_rng(7).random(40_000) < np.where(theta > 0.5, 0.4, 1 / (1 + np.exp(-theta)))
    # a slope 10% greater than it was taken for
    steeper = ItemParameters.of([items.a[5] * 1.1], [items.b[5]])
    marks[:, 5] = drawn(steeper, theta, 8)[:, 0]
    found = sum_score_fit(table(marks, items), items, estimated=np.zeros(20))
    assert found.flagged.nonzero()[0].tolist() == [2]
    assert found.corrected[5] < 0.05
    assert found.rmsd[5] < 0.1


def test_s_x2_compares_only_people_who_were_shown_the_same_form():
    items = bank(12)
    theta = np.random.default_rng(9).normal(size=4000)
    marks = drawn(items, theta)
    one, other = marks.copy(), marks.copy()
    one[:, 8:], other[:, :4] = NOT_PRESENTED, NOT_PRESENTED
    apart = [
        sum_score_fit(table(m[half], items), items, estimated=np.zeros(12))
        for m, half in ((one, slice(2000)), (other, slice(2000, None)))
    ]
    both = np.concatenate([one[:2000], other[2000:]])
    together = sum_score_fit(table(both, items), items, estimated=np.zeros(12))
    assert together.chi2[5] == pytest.approx(apart[0].chi2[5] + apart[1].chi2[5])
    assert together.df[5] == apart[0].df[5] + apart[1].df[5]
    assert together.chi2[0] == pytest.approx(apart[0].chi2[0])


def test_q3_is_the_correlation_of_residuals_and_flags_a_pair_that_shares_more_than_ability():
    items = bank()
    theta = np.random.default_rng(10).normal(size=3000)
    marks = drawn(items, theta)
    marks[:, 7] = np.where(np.random.default_rng(11).random(3000) < 0.6, marks[:, 6], marks[:, 7])
    found = local_dependence(table(marks, items), items, theta)
    away = marks - items.expected(theta)
    assert found.q3[2, 9] == pytest.approx(np.corrcoef(away[:, 2], away[:, 9])[0, 1])
    assert found.flagged == [(6, 7)]
    assert np.isnan(np.diag(found.q3)).all()


def test_q3_uses_only_persons_who_met_both_items_and_blocks_change_nothing(monkeypatch):
    items = bank(5)
    theta = np.random.default_rng(12).normal(size=900)
    marks = drawn(items, theta)
    marks[:300, 0] = NOT_PRESENTED
    marks[300:, 4] = NOT_PRESENTED
    whole = local_dependence(table(marks, items), items, theta)
    away = marks - items.expected(theta)
    assert whole.q3[0, 1] == pytest.approx(np.corrcoef(away[300:, 0], away[300:, 1])[0, 1])
    assert np.isnan(whole.q3[0, 4])
    monkeypatch.setattr(fit, "_ROWS", 70)
    assert local_dependence(table(marks, items), items, theta).q3 == pytest.approx(whole.q3, nan_ok=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_benjamini_and_hochberg_as_scipy_and_what_is_unknown_is_not_counted(p):
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))
    with_gaps = benjamini_hochberg([np.nan, *p, np.nan])
    assert with_gaps[1:-1] == pytest.approx(false_discovery_control(p))
    assert np.isnan(with_gaps[[0, -1]]).all()


def test_odd_tables_give_no_silent_numbers():
    items = bank(3)
    alone = table([[1, 0, 1]], items)
    assert np.isnan(sum_score_fit(alone, items).p).all()
    assert np.isfinite(mean_squares(alone, items, [0.0]).infit).all()
    assert np.isnan(local_dependence(alone, items, [0.0]).mean)
    unseen = table([[1, 0, NOT_PRESENTED]] * 5, items)
    assert np.isnan(mean_squares(unseen, items, np.zeros(5)).infit[2])
    single = table([[1], [0]], bank(1))
    assert np.isnan(sum_score_fit(single, bank(1)).p).all()


def test_benjamini_and_hochberg_reject_the_first_four_of_their_own_fifteen():
    """1995, section 3.2: the p values of a trial of thrombolysis."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (benjamini_hochberg(p) <= 0.05).tolist() == [True] * 4 + [False] * 11
