"""Response times: the model comes back from data drawn by it; checks hold their level and see what they look for."""

import numpy as np
import pytest
from scipy.stats import kstest

from pintar.sciences.psychometrics.integrity.times import (
    check_bursts,
    check_contrast,
    check_persons,
    fit_times,
    median_lag,
    paired_times,
    rank_p,
)

N, K = 600, 40


def drawn(seed=1, n=N, k=K):
    chance = np.random.default_rng(seed)
    beta, alpha = chance.normal(3.8, 0.4, k), chance.uniform(1.4, 2.6, k)
    tau = chance.normal(0, 0.3, n)
    person, item = (grid.ravel() for grid in np.mgrid[:n, :k])
    logs = beta[item] - tau[person] + chance.normal(size=n * k) / alpha[item]
    return person, item, np.exp(logs), beta, alpha, tau - tau.mean()


def test_intensities_discriminations_and_speeds_come_back():
    person, item, seconds, beta, alpha, tau = drawn()
    model = fit_times(person, item, seconds, N, K)
    assert np.abs(model.beta - beta).max() < 0.1  # SE 1/(2 √600) = .02 and the error of the mean speed
    assert np.abs(model.alpha / alpha - 1).max() < 0.12  # SE 1/√1200 = .03
    assert np.abs((model.alpha / alpha).mean() - 1) < 0.01
    assert np.abs((model.tau - tau) / model.se_tau).mean() == pytest.approx(np.sqrt(2 / np.pi), abs=0.06)


def test_an_item_few_took_and_a_person_without_times_have_none():
    person, item, seconds, *_ = drawn(n=30, k=5)
    kept = ~((item == 4) & (person > 5)) & (person != 7)
    model = fit_times(person[kept], item[kept], seconds[kept], 30, 5)
    assert np.isnan(model.beta[4])
    assert np.isfinite(model.beta[:4]).all()
    assert np.isnan(model.tau[7])
    assert np.isnan(check_persons(model, person[kept], item[kept], seconds[kept]).p[7])


def test_honest_people_have_uniform_p_in_every_check():
    person, item, seconds, *_ = drawn(seed=3)
    model = fit_times(person, item, seconds, N, K)
    assert kstest(check_persons(model, person, item, seconds).p, "uniform").pvalue > 0.001
    assert kstest(check_contrast(model, person, item, seconds, item >= 30).p, "uniform").pvalue > 0.001
    bursts = check_bursts(model, person, item, seconds, np.ones(len(item), bool))
    assert (bursts.p <= 0.01).mean() <= 0.02  # discrete: 3 or more of 40 has probability .0075
    assert (bursts.statistic > 0).mean() == pytest.approx(1 - 0.99**40, abs=0.08)


def test_leaked_items_answered_fast_are_seen_and_only_for_those_who_had_them():
    person, item, seconds, *_ = drawn(seed=4)
    leaked = item < 15
    knew = person < 20
    seconds = np.where(leaked & knew, seconds * 0.4, seconds)
    model = fit_times(person, item, seconds, N, K)
    check = check_contrast(model, person, item, seconds, leaked)
    assert (check.p[:20] < 0.001).mean() >= 0.9
    assert (check.p[20:] < 0.001).mean() <= 0.01
    assert np.all(check.items == 15)


def test_a_rush_at_the_end_is_seen_by_the_last_items():
    person, item, seconds, *_ = drawn(seed=5)
    late = item >= 34
    seconds = np.where(late & (person < 30), seconds * 0.3, seconds)
    check = check_contrast(fit_times(person, item, seconds, N, K), person, item, seconds, late)
    assert (check.p[:30] < 0.01).mean() >= 0.9


def test_a_burst_of_right_answers_in_two_seconds_is_seen_and_wrong_ones_are_not_counted():
    person, item, seconds, *_ = drawn(seed=6)
    burst = (person < 10) & (item % 4 == 0)
    seconds = np.where(burst, 2.0, seconds)
    model = fit_times(person, item, seconds, N, K)
    right = np.ones(len(item), bool)
    assert np.all(check_bursts(model, person, item, seconds, right).p[:10] < 1e-6)
    assert np.all(check_bursts(model, person, item, seconds, ~burst).statistic[:10] == 0)


def test_a_constant_pace_and_huge_times_give_no_silent_numbers():
    person, item, _, *_ = drawn(n=30, k=5)
    model = fit_times(person, item, np.full(len(item), 7.0), 30, 5)
    assert np.isfinite(model.beta).all()
    assert np.all(model.tau == pytest.approx(0, abs=1e-6))
    with pytest.raises(ValueError, match="not positive"):
        fit_times([0], [0], [0.0], 1, 1)


def test_two_who_hurry_and_linger_together_are_told_from_two_who_do_not():
    chance = np.random.default_rng(8)
    one = chance.normal(size=40)
    assert paired_times(one, one + 0.3 * chance.normal(size=40))[1] < 1e-10
    p = np.array([paired_times(*chance.normal(size=(2, 12)))[1] for _ in range(2000)])
    assert kstest(p, "uniform").pvalue > 0.001
    assert np.isnan(paired_times([1.0, np.nan, 2.0], [1.0, 2.0, 3.0])[1])
    assert np.isnan(paired_times(np.ones(5), one[:5])[1])


def test_lags_are_judged_by_how_rare_they_are_among_comparable_pairs():
    moments = np.arange(12.0) * 60
    assert median_lag(moments, moments + 20) == 20
    assert np.isnan(median_lag(moments[:9], moments[:9]))
    assert rank_p(20, np.arange(1, 1000) * 100.0) == pytest.approx(1 / 1000)
    assert rank_p(20, [5.0, 500.0, np.nan]) == pytest.approx(2 / 3)
    assert rank_p(0, []) == 1.0
