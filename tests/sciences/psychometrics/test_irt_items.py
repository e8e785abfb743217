"""Curves of items: against their formulas written out, finite differences, and what must hold for any item."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.quadrature import normal_grid

MIXED = ItemParameters.of(
    [1.2, 0.8, -0.5, 1.0],
    [0.3, None, 1.0, -1.0],
    [0.2, 0, 0, 0],
    steps=[None, [-1.0, 0.5, 0.2], None, None],
    names=["a", "b", "c", "d"],
)
THETA = np.linspace(-4, 4, 9)
unhurried = settings(deadline=None)

items = st.lists(
    st.tuples(
        st.floats(-3, 3),
        st.lists(st.floats(-4, 4), min_size=1, max_size=4),
        st.floats(0, 0.5),
    ),
    min_size=1,
    max_size=4,
).map(
    lambda drawn: ItemParameters.of(
        [a for a, _, _ in drawn],
        c=[c if len(s) == 1 else 0 for _, s, c in drawn],
        steps=[s for _, s, _ in drawn],
    )
)


def test_a_dichotomous_item_is_the_logistic_curve():
    p = MIXED.probabilities(THETA)
    assert np.allclose(p[:, 0, 1], 0.2 + 0.8 / (1 + np.exp(-1.2 * (THETA - 0.3))))
    assert np.allclose(p[:, 3, 1], 1 / (1 + np.exp(-(THETA + 1))))
    assert (p[:, 0, 2:] == 0).all()


def test_a_polytomous_item_is_muraki_s_formula():
    written = np.array([[np.exp(sum(0.8 * (t - d) for d in [-1, 0.5, 0.2][:m])) for m in range(4)] for t in THETA])
    assert np.allclose(MIXED.probabilities(THETA)[:, 1], written / written.sum(axis=1, keepdims=True))


def test_parameters_come_back_as_they_went_in():
    assert np.allclose(MIXED.a, [1.2, 0.8, -0.5, 1.0])
    assert np.allclose(MIXED.b, [0.3, -0.1, 1.0, -1.0])
    assert np.allclose(MIXED.steps[1], [-1, 0.5, 0.2])
    assert np.isnan(MIXED.steps[0, 1:]).all()
    assert MIXED.maxima.tolist() == [1, 3, 1, 1]


@given(items, st.floats(-5, 5))
@unhurried
def test_probabilities_sum_to_one_and_information_is_never_negative(drawn, theta):
    p = drawn.probabilities(theta)
    assert np.allclose(p.sum(axis=2), 1)
    assert (p >= 0).all()
    assert (drawn.information(theta) >= 0).all()


@given(items, st.floats(-4, 4))
@unhurried
def test_derivatives_are_those_of_finite_differences(drawn, theta):
    h = 1e-4
    p, first, second = drawn.slopes_of_probabilities(theta)
    low, high = drawn.probabilities(theta - h), drawn.probabilities(theta + h)
    assert np.allclose(p, drawn.probabilities(theta), atol=1e-12)
    assert np.allclose(first, (high - low) / (2 * h), atol=1e-5)
    assert np.allclose(second, (high - 2 * p + low) / h**2, atol=1e-4)


@given(items, st.floats(-3, 3))
@unhurried
def test_information_is_the_variance_of_the_score_of_one_answer(drawn, theta):
    h = 1e-4
    p = drawn.probabilities(theta)
    there = p[0] > 0
    score = (drawn.log_probabilities(theta + h)[0][there] - drawn.log_probabilities(theta - h)[0][there]) / (2 * h)
    variance = np.zeros_like(p)
    variance[0][there] = p[0][there] * score**2
    assert np.allclose(drawn.information(theta), variance.sum(axis=2), rtol=1e-4, atol=1e-6)


@given(items, st.floats(0.3, 3), st.floats(-2, 2), st.floats(-3, 3))
@unhurried
def test_another_scale_moves_parameters_and_leaves_curves(drawn, slope, intercept, theta):
    moved = drawn.rescaled(slope, intercept)
    assert np.allclose(moved.probabilities(slope * theta + intercept), drawn.probabilities(theta), atol=1e-9)
    assert np.allclose(moved.a, drawn.a / slope)


def test_standard_errors_given_come_back_and_scale_with_the_metric():
    item = ItemParameters.of([1.2, 0.8], [0.4, -1], se_a=[0.1, 0.2], se_b=[0.05, 0.3])
    assert np.allclose(item.se_a, [0.1, 0.2])
    assert np.allclose(item.se_b, [0.05, 0.3])
    moved = item.rescaled(2, 1)
    assert np.allclose(moved.se_a, [0.05, 0.1])
    assert np.allclose(moved.se_b, [0.1, 0.6])
    assert np.allclose(item.take([1]).se_b, [0.3])


def test_items_are_taken_by_name_in_the_order_asked():
    assert MIXED.named(["d", "a"]).names == ("d", "a")
    assert MIXED.named(["d", "a"]).intercepts.shape == (2, 1)
    with pytest.raises(KeyError):
        MIXED.named(["z"])


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ({"a": [np.nan], "b": [0]}, "finite"),
        ({"a": [1]}, "finite"),
        ({"a": [1], "b": [0], "c": [1.0]}, "outside"),
        ({"a": [1], "c": [0.2], "steps": [[0, 1]]}, "several steps"),
        ({"a": [1], "b": [0], "names": ["a", "b"]}, "names"),
    ],
)
def test_impossible_parameters_are_refused(given_, why):
    with pytest.raises(ValueError, match=why):
        ItemParameters.of(**given_)


def test_normal_weights_have_the_moments_of_the_normal():
    grid = normal_grid(0.5, 0.8)
    assert len(grid.nodes) == 61
    assert np.isclose(grid.weights.sum(), 1)
    assert np.isclose(grid.weights @ grid.nodes, 0.5)
    assert np.isclose(grid.weights @ (grid.nodes - 0.5) ** 2, 0.64)
