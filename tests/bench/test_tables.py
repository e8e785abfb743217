"""The arithmetic of the figures."""

import math

import pytest

from bench.figures import at_least, at_most, beside, percentile, spread, table


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.1, 1), (0.5, 5), (0.51, 6), (0.9, 9), (0.95, 10), (0.99, 10), (1.0, 10)]
)
def test_a_percentile_is_a_value_that_was_seen_by_nearest_rank(share, expected):
    assert percentile([10, 3, 1, 7, 2, 9, 5, 4, 8, 6], share) == expected


def test_nothing_has_no_percentile():
    with pytest.raises(ValueError):
        percentile([], 0.5)
    assert math.isnan(spread([]).p99)


def test_a_spread_is_in_milliseconds():
    seen = spread([n / 1000 for n in range(1, 201)])
    assert (seen.p50, seen.p95, seen.p99, seen.most) == (100, 190, 198, 200)


def test_a_ratio_is_the_median_of_the_rounds_ratios():
    # In the second round the machine was busy: both sides took three times as long.
    figure = beside("lesson", "CPU", [(2.0, 2.0), (6.6, 6.0), (2.4, 2.0)], "ms", 1.2)
    assert (figure.value, figure.bare) == (2.4, 2.0)
    assert figure.ratio == pytest.approx(1.1)
    assert figure.reached


def test_a_goal_is_reached_up_to_its_limit():
    assert beside("x", "y", [(1.2, 1.0)], "ms", 1.2).reached
    assert not beside("x", "y", [(1.21, 1.0)], "ms", 1.2).reached
    assert beside("x", "y", [(9, 1)], "ms").reached is None
    assert at_most("x", "y", 0, 0).reached and not at_most("x", "y", 1, 0).reached
    assert at_least("x", "y", 500, 500).reached and not at_least("x", "y", 499.9, 500).reached


def test_the_table_names_what_falls_short():
    text = table([at_most("rush", "oversold", 0, 0), at_least("rush", "decisions a second", 499.5, 500, "/s")])
    assert "| rush | oversold | 0 |  |  | 0 | reached |" in text
    assert "| rush | decisions a second | 499.5 /s |  |  | ≥ 500 /s | **short** |" in text
