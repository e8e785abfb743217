"""People: against their definitions by brute force, at the ends, and on odd data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from samples import bank, drawn, with_blanks
from scipy import optimize

from pintar.sciences.psychometrics.irt.abilities import (
    FARTHEST,
    band,
    derivatives_of_cells,
    measure,
    probability_above,
)
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, NOT_REACHED, ResponseTable

MIXED = ItemParameters.of(
    [1.2, 0.8, 1.6, 1.0, -0.4],
    [0.3, None, 1.0, -1.0, 0.2],
    [0.2, 0, 0, 0.1, 0],
    steps=[None, [-1.0, 0.5, 0.2], None, None, None],
)
PLAIN = ItemParameters.of([1.2, 0.8, 1.6, 1.0], steps=[[0.3], [-1.0, 0.5, 0.2], [1.0], [-1.0]])
CODES = drawn(MIXED, np.random.default_rng(1).normal(size=40), 2)


def log_likelihood(items, row, theta):
    p = items.log_probabilities(theta)
    return sum(p[:, i, mark] for i, mark in enumerate(row) if mark >= 0)


def table(codes):
    return ResponseTable.of(codes, maxima=np.full(codes.shape[1], 3))


def test_eap_is_the_posterior_mean_by_integration():
    found = measure(table(CODES), MIXED, "eap", mean=0.3, sd=0.8)
    points, weights = np.polynomial.legendre.leggauss(200)
    t, weights = 8 * points, 8 * weights
    for row, theta, se in zip(CODES, found.theta, found.se, strict=True):
        density = weights * np.exp(log_likelihood(MIXED, row, t) - 0.5 * ((t - 0.3) / 0.8) ** 2)
        mass, first, second = (density @ t**r for r in range(3))
        assert np.isclose(theta, first / mass, atol=1e-6)
        assert np.isclose(se, np.sqrt(second / mass - (first / mass) ** 2), atol=1e-6)


def test_map_is_the_top_of_the_posterior_by_search():
    found = measure(table(CODES), MIXED, "map", mean=0.3, sd=0.8)
    for row, theta, se in zip(CODES, found.theta, found.se, strict=True):

        def height(t, row=row):
            return -(log_likelihood(MIXED, row, t)[0] - 0.5 * ((t - 0.3) / 0.8) ** 2)

        top = optimize.minimize_scalar(height, bounds=(-5, 5), method="bounded", options={"xatol": 1e-9})
        assert np.isclose(theta, top.x, atol=1e-4)
        h = 1e-3
        curvature = (height(theta + h) - 2 * height(theta) + height(theta - h)) / h**2
        assert np.isclose(se, 1 / np.sqrt(curvature), rtol=1e-3)


def test_wle_is_the_top_of_likelihood_times_root_information():
    """Warm's equation is that of this maximum where no item has a guess."""
    codes = drawn(PLAIN, np.random.default_rng(1).normal(size=40), 2)
    found = measure(table(codes), PLAIN, "wle")
    for row, theta, se in zip(codes, found.theta, found.se, strict=True):

        def height(t, row=row):
            return -(log_likelihood(PLAIN, row, t) + 0.5 * np.log(PLAIN.information(t).sum(axis=1)))

        grid = np.linspace(-6, 6, 2001)
        start = grid[np.argmin(height(grid))]
        bounds = (max(start - 0.1, -6), min(start + 0.1, 6))
        top = optimize.minimize_scalar(lambda t: height(t)[0], bounds=bounds, method="bounded", options={"xatol": 1e-9})
        assert np.isclose(theta, top.x, atol=1e-4)
        assert np.isclose(se, 1 / np.sqrt(PLAIN.information(theta).sum()))


def test_wle_with_guesses_solves_warm_s_equation():
    found = measure(table(CODES), MIXED, "wle")
    for row, theta in zip(CODES, found.theta, strict=True):
        if abs(theta) == FARTHEST:
            continue
        p, first, second = MIXED.slopes_of_probabilities(theta)
        there = p > 0
        j = (np.divide(first * second, p, where=there, out=np.zeros_like(p))).sum()
        earned = (0, np.arange(5), row)
        assert np.isclose((first[earned] / p[earned]).sum() + j / (2 * MIXED.information(theta).sum()), 0, atol=1e-6)


@pytest.mark.parametrize("items", [bank(5), bank(5, c=np.full(5, 0.2)), MIXED], ids=["2pl", "3pl", "mixed"])
def test_derivatives_of_cells_are_those_of_finite_differences(items):
    marks = np.array([1, 1, 0, 1, 0], np.int16)
    columns = np.arange(5, dtype=np.int32)
    for theta in (-1.5, 0.2, 2.0):
        first, information, third, observed = derivatives_of_cells(items, columns, marks, np.full(5, theta))
        h = 1e-4
        down, at, up = (items.log_probabilities(theta + s * h)[0, columns, marks] for s in (-1, 0, 1))
        assert np.allclose(first, (up - down) / (2 * h), atol=1e-6)
        assert np.allclose(observed, -(up - 2 * at + down) / h**2, atol=1e-5)
        assert np.allclose(information, items.information(theta)[0])
        p, slope, curvature = items.slopes_of_probabilities(theta)
        expected = np.divide(slope * curvature, p, out=np.zeros_like(p), where=p > 0).sum(axis=2)[0]
        assert np.allclose(third, expected)


def test_zero_and_perfect_scores_are_finite_and_flagged():
    found = measure(ResponseTable.of([[0] * 20, [1] * 20, [0, 1] * 10]), bank(20))
    assert np.isfinite(found.theta).all()
    assert found.extreme.tolist() == [True, True, False]
    assert found.theta[0] < found.theta[2] < found.theta[1]


def test_clipped_people_are_flagged():
    far = ItemParameters.of([1.0, 1.0, 1.0], [8.0, 9.0, 10.0])
    found = measure(ResponseTable.of([[1, 1, 0], [1, 1, 1]]), far)
    assert found.theta.tolist() == [6.0, 6.0]
    assert found.extreme.all()


def test_not_reached_counts_as_wrong():
    marks = [[1, 1, 0, 1, 0] + [0] * 3, [1, 1, 0, 1, 0] + [NOT_REACHED] * 3]
    found = measure(ResponseTable.of(marks), bank(8))
    assert np.isclose(found.theta[0], found.theta[1], atol=1e-12)


def test_items_not_presented_change_nothing():
    codes = drawn(bank(30), np.random.default_rng(1).normal(size=50), 2)
    blanked = codes.copy()
    blanked[:, 20:] = NOT_PRESENTED
    for method in ("eap", "map", "wle"):
        some = measure(ResponseTable.of(blanked), bank(30), method)
        fewer = measure(ResponseTable.of(codes[:, :20]), bank(30).take(np.arange(20)), method)
        assert np.allclose(some.theta, fewer.theta)
        assert np.allclose(some.se, fewer.se)


def test_items_without_parameters_are_left_aside_and_none_is_an_error():
    codes = drawn(bank(6), np.random.default_rng(1).normal(size=9), 2)
    some = measure(ResponseTable.of(codes, bank(6).names), bank(6).take([1, 3]))
    fewer = measure(ResponseTable.of(codes[:, [1, 3]], ["2", "4"]), bank(6))
    assert np.array_equal(some.theta, fewer.theta)
    with pytest.raises(ValueError, match="none of these"):
        measure(ResponseTable.of(codes), ItemParameters.of([1], [0], names=["z"]))
    with pytest.raises(ValueError, match="above"):
        measure(ResponseTable.of(codes + 1, bank(6).names), bank(6))
    with pytest.raises(ValueError, match="no method"):
        measure(ResponseTable.of(codes, bank(6).names), bank(6), "mle")


def test_wle_has_less_bias_than_eap_where_few_people_are():
    theta = np.full(4000, 2.0)
    codes = ResponseTable.of(drawn(bank(30), theta, 5), bank(30).names)
    assert abs(measure(codes, bank(30), "wle").theta.mean() - 2) < 0.05
    assert measure(codes, bank(30), "eap").theta.mean() < 1.9


def test_the_verdict_and_the_drawn_range_agree():
    theta, se = np.array([0.0, 0.5, 1.0, -1.0]), np.full(4, 0.3)
    assert band(theta, se, 0.2).tolist() == ["near", "near", "above", "below"]
    assert np.array_equal(band(theta, se, 0.2) == "above", probability_above(theta, se, 0.2) > 0.975)


def test_long_tests_are_integrated_on_finer_nodes():
    long = ItemParameters.of(np.full(300, 2.0), np.linspace(-3, 3, 300))
    codes = drawn(long, np.linspace(-2, 2, 20), 3)
    eap, wle = (measure(ResponseTable.of(codes), long, m, sd=50) for m in ("eap", "map"))
    assert np.allclose(eap.theta, wle.theta, atol=0.01)
    assert np.allclose(eap.se, wle.se, rtol=0.01)


@given(
    npst.arrays(np.int16, npst.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(-3, 1)),
    st.sampled_from(["eap", "map", "wle"]),
    st.booleans(),
)
@settings(deadline=None)
def test_anything_gives_finite_abilities(codes, method, guess):
    k = codes.shape[1]
    items = bank(k, c=np.full(k, 0.25 if guess else 0))
    found = measure(ResponseTable.of(codes, items.names), items, method)
    assert len(found.theta) == (codes >= 0).any(axis=1).sum()
    assert np.isfinite(found.theta).all()
    assert (found.se > 0).all()
    assert (np.abs(found.theta) <= FARTHEST).all()


def test_order_of_people_and_items_changes_nothing():
    codes = with_blanks(drawn(bank(12), np.random.default_rng(1).normal(size=60), 2), 0.2, 3)
    chance = np.random.default_rng(5)
    people, order = chance.permutation(60), chance.permutation(12)
    for method in ("eap", "map", "wle"):
        found = measure(ResponseTable.of(codes, bank(12).names), bank(12), method)
        turned = measure(
            ResponseTable.of(codes[people][:, order], [bank(12).names[i] for i in order]), bank(12), method
        )
        assert np.allclose(turned.theta, found.theta[people])
        assert np.allclose(turned.se, found.se[people])
