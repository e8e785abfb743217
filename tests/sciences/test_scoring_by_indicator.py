"""Sums and shares by indicator."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from science_examples import unhurried

from pintar.sciences.scoring.by_indicator import (
    FailedIndicator,
    Tally,
    failed_indicators,
    percent,
    tally,
    weakest,
)
from pintar.sciences.scoring.marking import Marks


def test_marks_are_summed_by_indicator():
    marks = [("2", Marks(1, 1)), ("1", Marks(2, 3)), ("2", Marks(0, 4))]
    assert tally(marks) == {"2": Tally(1, 5, 2), "1": Tally(2, 3, 1)}
    assert list(tally(marks)) == ["2", "1"]
    assert tally([]) == {}


def test_a_percentage_is_exact_or_rounded_down():
    assert percent(1, 2) == Decimal(50)
    assert percent(28, 40) == Decimal(70)
    assert percent(2, 3) == Decimal("66.666666")
    assert percent(3, 3) == Decimal(100)
    assert percent(0, 0) == Decimal(0)


@unhurried
@given(st.integers(1, 10**9), st.data(), st.decimals(0, 100, places=6))
def test_a_percentage_reaches_a_mark_exactly_when_the_share_does(of, data, needed):
    got = data.draw(st.integers(0, of))
    assert (percent(got, of) >= needed) == (Fraction(100 * got, of) >= Fraction(needed))


def test_an_indicator_fails_under_the_mark_and_not_at_it():
    tallies = {"1": Tally(7, 10, 10), "2": Tally(69, 100, 5), "3": Tally(0, 4, 4), "4": Tally(2, 3, 3)}
    assert failed_indicators(tallies, 70) == [
        FailedIndicator("2", Tally(69, 100, 5), uncertain=False),
        FailedIndicator("3", Tally(0, 4, 4), uncertain=True),
        FailedIndicator("4", Tally(2, 3, 3), uncertain=True),
    ]
    assert failed_indicators({"4": Tally(2, 3, 3)}, Decimal("66.66")) == []


def test_the_weakest_has_the_smallest_share_and_is_the_first_at_a_tie():
    assert weakest({"1": Tally(1, 2, 2), "2": Tally(1, 3, 3), "3": Tally(2, 6, 6)}) == "2"
    assert weakest({}) is None
