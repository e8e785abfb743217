"""Drift, exposure and times of items."""

import numpy as np
import pytest

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.quality.drift import drift, exposure, item_times
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable


def over_time(shift, seed=1, n=2000, periods=8, k=15):
    """shift: (periods,), how much harder item 0 is in each."""
    chance = np.random.default_rng(seed)
    items = ItemParameters.of(chance.uniform(0.8, 1.6, k), chance.normal(size=k))
    theta, period = chance.normal(size=n * periods), np.repeat(np.arange(periods), n)
    harder = np.zeros((n * periods, k))
    harder[:, 0] = np.asarray(shift)[period]
    p = 1 / (1 + np.exp(-items.a * (theta[:, None] - items.b - harder)))
    marks = ResponseTable.of((chance.random(p.shape) < p).astype(int)).for_people()
    return marks, items, theta, np.array([f"2026-{1 + t:02}" for t in period])


def test_a_steady_item_drifts_no_more_than_its_error():
    found = drift(*over_time(np.zeros(8)))
    z = found.shift / found.se
    assert np.std(z) == pytest.approx(1.0, abs=0.15)
    assert not found.flagged.any()
    assert not found.leaking.any()
    assert found.periods[0] == "2026-01"


def test_an_item_that_became_easier_at_once_is_flagged_from_that_period_on():
    found = drift(*over_time([0, 0, 0, 0, -0.6, -0.6, -0.6, -0.6]))
    assert found.flagged[:, 0].tolist() == [False] * 4 + [True] * 4
    assert found.shift[5, 0] == pytest.approx(-0.6, abs=0.2)
    assert not found.flagged[:, 1:].any()


def test_an_item_that_leaks_bit_by_bit_is_seen_by_the_sum_before_any_period_is():
    found = drift(*over_time(np.linspace(-0.08, -0.2, 8), seed=3))
    assert not found.flagged[:, 0].any()
    assert found.leaking.tolist() == [True] + [False] * 14


def test_the_shift_is_the_one_step_of_maximum_likelihood_also_with_a_guess_and_several_marks():
    items = ItemParameters.of([1.1], [0.2], [0.2])
    theta = np.linspace(-2, 2, 40)
    marks = (np.arange(40) % 3 > 0).astype(int)

    def log_likelihood(b):
        p = ItemParameters.of([1.1], [b], [0.2]).probabilities(theta)[:, 0, 1]
        return np.log(np.where(marks, p, 1 - p)).sum()

    found = drift(ResponseTable.of(marks[:, None]).for_people(), items, theta, np.zeros(40))
    slope = (log_likelihood(0.2 + 1e-5) - log_likelihood(0.2 - 1e-5)) / 2e-5
    assert found.shift[0, 0] / found.se[0, 0] ** 2 == pytest.approx(slope, rel=1e-6)
    assert 1 / found.se[0, 0] ** 2 == pytest.approx(items.information(theta)[:, 0].sum())


def test_too_few_answers_in_a_period_say_nothing():
    marks, items, theta, period = over_time(np.zeros(2), n=29, periods=2)
    assert np.isnan(drift(marks, items, theta, period).shift).all()


def test_exposure_is_the_share_who_met_an_item_and_overlap_what_two_people_share():
    marks = np.full((4, 4), NOT_PRESENTED)
    marks[:2, :2] = 1
    marks[2:, 2:] = 1
    marks[0, 2] = 1
    found = exposure(ResponseTable.of(marks).for_people())
    assert found.rate.tolist() == [0.5, 0.5, 0.75, 0.5]
    pairs = [
        len(set(np.flatnonzero(marks[i] == 1)) & set(np.flatnonzero(marks[j] == 1))) for i in range(4) for j in range(i)
    ]
    assert found.overlap == pytest.approx(np.mean(pairs) / (9 / 4))


def test_times_of_an_item_are_its_quartiles_and_the_share_that_rushed():
    seconds = np.array([60.0, 50, 70, 65, 2, 10, 20, 30])
    found = item_times([1, 1, 1, 1, 1, 3, 3, 3], seconds, 4)
    assert found.median[[1, 3]].tolist() == [60, 20]
    assert found.rushed[[1, 3]].tolist() == [0.2, 0]
    assert np.isnan(found.median[[0, 2]]).all()
    assert np.isnan(item_times([], [], 2).upper).all()
