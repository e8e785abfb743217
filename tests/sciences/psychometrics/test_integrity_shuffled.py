"""Times and places dealt out anew among people: what pointed at somebody points no more often than chance says."""

from itertools import combinations

import numpy as np
import pytest
from honest_and_copied import answered, bank
from scipy.stats import kstest

from pintar.sciences.psychometrics.integrity.groups import groups
from pintar.sciences.psychometrics.integrity.similarity import Cohort, find_similar
from pintar.sciences.psychometrics.integrity.times import fit_times, median_lag, paired_times, rank_p

N, K, UNIT = 400, 40, 20
SOURCE, COPIERS = 60, (61, 62, 63, 64)


@pytest.fixture(scope="module")
def sat():
    """People, standardised times (n, k), and moments (n, k): four of one unit copied three quarters from a fifth, each
    at the pace of the source and half a minute behind."""
    chance = np.random.default_rng(21)
    curves, theta = bank(), chance.normal(size=N)
    theta[SOURCE] = -0.5
    choices = answered(curves, theta)
    logs = chance.normal(3.8, 0.4, K) - chance.normal(0, 0.3, (N, 1)) + chance.normal(0, 0.5, (N, K))
    begun = np.repeat(chance.uniform(0, 3e4, N // UNIT), UNIT) + chance.uniform(0, 1200, N)
    moments = np.cumsum(np.exp(logs), axis=1) + begun[:, None]
    for copier in COPIERS:
        items = chance.permutation(K)[: 3 * K // 4]
        choices[copier, items] = choices[SOURCE, items]
        logs[copier, items] = logs[SOURCE, items] + chance.normal(0, 0.2, len(items))
        moments[copier] = moments[SOURCE] + chance.uniform(20, 40, K)
        theta[copier] = theta[SOURCE]
    person, item = (grid.ravel() for grid in np.indices((N, K)))
    model = fit_times(person, item, np.exp(logs).ravel(), N, K)
    times = model.standardised(person, item, np.exp(logs).ravel()).reshape(N, K)
    return Cohort(choices, theta, curves.right, np.arange(N) // UNIT), curves, times, moments


def test_times_dealt_out_anew_point_as_often_as_chance_says(sat):
    times = sat[2]
    assert all(paired_times(times[SOURCE], times[copier])[1] < 0.01 for copier in COPIERS)
    chance = np.random.default_rng(22)
    pairs = [chance.permutation(N)[:2] for _ in range(1500)]
    p = np.array([paired_times(times[a], times[b])[1] for a, b in pairs])
    assert kstest(p, "uniform").pvalue > 0.001
    assert (p <= 0.05).mean() == pytest.approx(0.05, abs=0.017)  # three standard errors


def test_moments_dealt_out_anew_point_no_more_often_than_chance_says(sat):
    moments = sat[3]
    near = [pair for unit in range(N // UNIT) for pair in combinations(range(UNIT * unit, UNIT * unit + UNIT), 2)]
    comparison = [median_lag(moments[a], moments[b]) for a, b in near]
    lag = lambda a, b: rank_p(median_lag(moments[a], moments[b]), comparison)  # noqa: E731
    assert all(lag(SOURCE, copier) < 0.05 for copier in COPIERS)
    chance = np.random.default_rng(23)
    within = UNIT * chance.integers(0, N // UNIT, 1000)[:, None] + np.array(
        [chance.permutation(UNIT)[:2] for _ in range(1000)]
    )
    assert np.mean([lag(a, b) <= 0.05 for a, b in within]) <= 0.05 + 0.021  # three standard errors
    anywhere = [chance.permutation(N)[:2] for _ in range(1000)]
    assert np.mean([lag(a, b) <= 0.05 for a, b in anywhere]) <= 0.05


def test_places_dealt_out_anew_leave_no_group_and_no_more_than_what_all_pairs_would_show(sat):
    cohort, curves, _, _ = sat
    there = find_similar(cohort, curves)
    (group,) = groups(there.flagged)
    assert set(group.people) <= {SOURCE, *COPIERS}
    assert any(pair.p > there.levels.every for pair in there.flagged)  # found only because they sat together
    chance = np.random.default_rng(24)
    for _ in range(10):
        moved = Cohort(cohort.choices, cohort.theta, cohort.right, chance.permutation(cohort.units))
        result = find_similar(moved, curves)
        assert groups(result.flagged) == ()
        assert all(pair.near or pair.p <= result.levels.every for pair in result.flagged)
        assert len(result.flagged) < len(there.flagged)
        assert {p for pair in result.flagged for p in (pair.a, pair.b)} <= {SOURCE, *COPIERS}
