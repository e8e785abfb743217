"""Advice follows from evidence, and says why, the gravest first."""

from dataclasses import replace

import numpy as np
import pytest

from pintar.sciences.psychometrics.quality.advice import (
    USELESS,
    USELESS_SLOPE,
    WEAK,
    WEAK_SLOPE,
    Decision,
    Evidence,
    advise,
)

GOOD = Evidence(facility=0.6, item_rest=0.4, presented=500, slope=1.2, se_slope=0.1)


def codes(evidence):
    return [reason.code for reason in advise(evidence).reasons]


def test_a_good_item_is_kept_without_a_reason():
    assert advise(GOOD).decision == Decision.KEEP
    assert codes(GOOD) == []


@pytest.mark.parametrize("reason", ["all_right", "all_wrong", "all_same"])
def test_an_item_that_tells_nobody_apart_is_dropped(reason):
    advice = advise(Evidence(facility=1.0, item_rest=None, presented=500, left_out=reason))
    assert advice.decision == Decision.DROP
    assert [each.code for each in advice.reasons] == [reason]


def test_a_negative_item_is_dropped_unless_another_option_shows_that_the_key_is_wrong():
    turned = replace(GOOD, item_rest=-0.2, slope=-0.5)
    assert advise(turned).decision == Decision.DROP
    assert codes(turned) == ["negative"]
    keyed = replace(turned, attracting=("B",))
    assert advise(keyed).decision == Decision.MEND
    assert codes(keyed) == ["wrong_key"]
    assert advise(keyed).reasons[0].names == ("B",)


def test_a_correlation_near_zero_is_called_useless_and_not_negative():
    assert codes(replace(GOOD, item_rest=-0.02, slope=0.0)) == ["useless"]
    assert codes(replace(GOOD, item_rest=-0.02, slope=None, se_slope=None)) == ["useless"]
    assert codes(replace(GOOD, item_rest=-0.02, slope=None, se_slope=None, presented=20_000)) == ["negative"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"item_rest": 0.15}, "weak"),
        ({"attracting": ("C",)}, "attracting"),
        ({"facility": 0.97}, "too_easy"),
        ({"facility": 0.15}, "too_hard"),
        ({"misfit": 0.13}, "misfit"),
        ({"fit": (1.0, 1.5)}, "fit"),
        ({"dependent": ("7-16",)}, "dependent"),
        ({"unchosen": ("D",)}, "unchosen"),
        ({"blank": 0.2}, "blank"),
        ({"left_out": "few_answers"}, "few_answers"),
    ],
)
def test_what_can_be_mended_is_named(change, code):
    advice = advise(replace(GOOD, **change))
    assert advice.decision == Decision.MEND
    assert [reason.code for reason in advice.reasons] == [code]


def test_on_a_short_form_the_slope_is_judged_for_there_the_others_say_little():
    short = replace(GOOD, item_rest=0.12, is_short=True)
    assert advise(replace(short, slope=0.8)).decision == Decision.KEEP
    assert codes(replace(short, slope=0.3)) == ["weak_slope"]
    assert codes(replace(short, slope=0.1)) == ["useless_slope"]
    assert advise(replace(short, slope=0.1)).decision == Decision.DROP
    assert codes(replace(short, slope=None, se_slope=None)) == ["weak"]  # without a model there is nothing else


@pytest.mark.parametrize(("slope", "correlation"), [(WEAK_SLOPE, WEAK), (USELESS_SLOPE, USELESS)])
def test_the_limits_of_the_slope_are_the_correlations_among_forty_items(slope, correlation):
    chance = np.random.default_rng(1)
    a, b, theta = np.resize([0.7, 1.0, 1.3, 1.6, 1.9], 39), chance.normal(size=39), chance.normal(size=40_000)
    rest = (chance.random((40_000, 39)) < 1 / (1 + np.exp(-a * (theta[:, None] - b)))).sum(axis=1)
    mark = chance.random(40_000) < 1 / (1 + np.exp(-slope * theta))
    assert np.corrcoef(rest, mark)[0, 1] == pytest.approx(correlation, abs=0.015)  # three standard errors


def test_the_gravest_reason_comes_first():
    assert codes(replace(GOOD, item_rest=0.05, facility=0.97, unchosen=("D",))) == ["useless", "too_easy", "unchosen"]
