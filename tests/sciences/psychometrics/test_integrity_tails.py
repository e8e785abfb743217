"""Tails are exact: by enumeration, against the binomial, and down to the smallest."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2

from pintar.sciences.psychometrics.integrity.tails import distribution, joint_p, upper_tail


def enumerated(chances, least):
    return sum(
        np.prod([p if hit else 1 - p for p, hit in zip(chances, hits, strict=True)])
        for hits in product((0, 1), repeat=len(chances))
        if sum(hits) >= least
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(-1, 9))
def test_the_tail_is_what_enumeration_of_all_outcomes_gives(chances, least):
    assert upper_tail([chances], [least])[0] == pytest.approx(enumerated(chances, least), rel=1e-12, abs=1e-300)


def test_equal_chances_give_the_binomial_even_at_one_in_ten_to_the_eighty():
    tail = upper_tail(np.full((1, 40), 0.01), [40])[0]
    assert tail == pytest.approx(1e-80, rel=1e-12)
    counts = np.arange(41)
    tails = upper_tail(np.full((41, 40), 0.3), counts)
    assert tails == pytest.approx(binom.sf(counts - 1, 40, 0.3), rel=1e-10)


def test_an_impossible_event_changes_nothing_and_every_distribution_adds_up_to_one():
    chances = np.random.default_rng(3).random((5, 12))
    more = np.insert(chances, 4, 0.0, axis=1)
    assert distribution(more)[:, :-1] == pytest.approx(distribution(chances), abs=0)
    assert distribution(chances).sum(axis=1) == pytest.approx(np.ones(5), rel=1e-14)


def test_many_rows_are_worked_off_in_blocks_with_the_same_result():
    chances = np.random.default_rng(4).random((70_000, 40))
    least = np.random.default_rng(5).integers(0, 41, 70_000)
    tails = upper_tail(chances, least)
    for row in (0, 48_779, 48_780, 69_999):
        assert tails[row] == upper_tail(chances[row : row + 1], least[row : row + 1])[0]


@given(st.lists(st.floats(1e-30, 1), min_size=1, max_size=5))
def test_the_joint_p_is_fishers(values):
    expected = chi2.sf(-2 * np.log(values).sum(), 2 * len(values))
    assert joint_p(values) == pytest.approx(expected, rel=1e-9)


def test_a_joint_p_leaves_out_what_is_not_known_and_stays_exact_where_chi_square_underflows():
    assert joint_p([float("nan"), 0.02]) == pytest.approx(0.02)
    assert joint_p([]) == 1.0
    assert joint_p([1e-160, 1e-130]) == pytest.approx(1e-290 * (1 + 290 * np.log(10)), rel=1e-9)
    assert joint_p([0.0, 0.5]) == 0.0


def test_fishers_own_three_tests_are_together_at_one_in_thirteen():
    """Statistical Methods for Research Workers, 21.1: χ² = 11.42 with 6 degrees of freedom."""
    assert joint_p([0.145, 0.263, 0.087]) == pytest.approx(0.0763, abs=1e-4)
