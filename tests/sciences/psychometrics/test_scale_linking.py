"""Linking: known transformations come back, errors are those of repeated links, drifted anchors fall out."""

import numpy as np
import pytest
from samples import bank, drawn

from pintar.sciences.psychometrics.irt.calibration import calibrate
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import ResponseTable
from pintar.sciences.psychometrics.scale.linking import METHODS, LinkRefused, link

OLD = ItemParameters.of(
    [1.2, 0.8, 1.6, 1.0, 1.4, 0.7],
    [0.3, None, 1.0, -1.0, -0.3, 0.5],
    [0.2, 0, 0, 0, 0.1, 0],
    steps=[None, [-1.0, 0.5, 0.2], None, None, None, None],
    names=list("abcdef"),
)


KOLEN_BRENNAN = (
    [
        (0.4551, -0.7101, 0.2087), (0.5839, -0.8567, 0.2038), (0.7544, 0.0212, 0.1600), (0.6633, 0.0506, 0.1240),
        (1.0690, 0.9610, 0.2986), (0.9672, 0.1950, 0.0535), (0.3479, 2.2768, 0.1489), (1.4579, 1.0241, 0.2453),
        (1.8811, 1.4062, 0.1992), (0.7020, 2.2401, 0.0853), (1.4080, 1.5556, 0.0789), (1.2993, 2.1589, 0.1075),
    ],
    [
        (0.4416, -1.3349, 0.1559), (0.5730, -1.3210, 0.1913), (0.5987, -0.7098, 0.1177), (0.6041, -0.3539, 0.0818),
        (0.9902, 0.5320, 0.3024), (0.8081, -0.1156, 0.0648), (0.4140, 2.5538, 0.2410), (1.3554, 0.5811, 0.2243),
        (1.0417, 0.9392, 0.1651), (0.6336, 1.8960, 0.0794), (1.1347, 1.0790, 0.0630), (0.9255, 2.1337, 0.1259),
    ],
)  # fmt: skip
"""a, b, c of the common items of forms X (new) and Y (old)."""


@pytest.fixture(scope="module")
def calibrations():
    theta = np.random.default_rng(1).normal(size=2000)
    forms = [ResponseTable.of(drawn(bank(15), t, s), bank(15).names) for t, s in ((theta, 2), (0.5 + 0.8 * theta, 3))]
    return [calibrate(form, "2pl").items for form in forms]


@pytest.mark.parametrize("method", METHODS)
def test_a_known_transformation_comes_back(method):
    found = link(OLD, OLD.rescaled(1 / 1.25, -0.4 / 1.25), method)
    assert pytest.approx(1.25, abs=1e-7) == found.A
    assert pytest.approx(0.4, abs=1e-7) == found.B
    assert found.dropped == ()
    assert found.covariance is None


def test_the_common_items_of_the_book_on_equating_are_linked_as_it_says():
    """Kolen & Brennan, ch. 6: by mean and sigma exactly, as in table 6.6; by the curves nearly as their STUIRT, which
    keeps every item and weighs abilities as the two groups have them."""
    new, old = (ItemParameters.of(1.7 * a, b, c) for a, b, c in map(np.transpose, KOLEN_BRENNAN))
    exact = link(old, new, "meansigma")
    assert (pytest.approx(1.168891, abs=1e-6), pytest.approx(-0.515543, abs=1e-6)) == (exact.A, exact.B)
    for method, told in (("sl", (1.083417, -0.487619)), ("haebara", (1.067800, -0.471281))):
        found = link(old, new, method)
        assert pytest.approx(told, abs=0.025) == (found.A, found.B)
        assert "7" in found.dropped  # the guess and the slope of it differ most


@pytest.mark.parametrize("method", METHODS)
def test_items_linked_to_themselves_stay(method, calibrations):
    found = link(calibrations[0], calibrations[0], method)
    assert (pytest.approx(1), pytest.approx(0)) == (found.A, found.B)


@pytest.mark.parametrize("method", METHODS)
def test_groups_apart_are_linked_within_their_error(method, calibrations):
    found = link(*calibrations, method)
    assert abs(found.A - 0.8) < 3 * found.se_A
    assert abs(found.B - 0.5) < 3 * found.se_B
    assert 0.01 < found.se_B < 0.1


def redrawn(items, chance):
    """The same items with parameters as another sample would have given them."""
    step = chance.multivariate_normal(np.zeros(len(items.covariance)), items.covariance, method="svd")
    slopes, intercepts = items.slopes.copy(), items.intercepts.copy()
    for i in range(len(items)):
        intercepts[i] += step[items.offsets[i]]
        slopes[i] += step[items.offsets[i] + 1]
    return ItemParameters(items.names, slopes, intercepts, items.guesses, items.covariance)


@pytest.mark.parametrize("method", METHODS)
def test_errors_are_those_of_repeated_links(method, calibrations, monkeypatch):
    from pintar.sciences.psychometrics.scale import linking

    found = link(*calibrations, method)
    carried = found.carry(calibrations[1])
    monkeypatch.setattr(linking, "SMALLEST_DRIFT", 99.0)
    chance = np.random.default_rng(4)
    a, b, moved = [], [], []
    for _ in range(120):
        old, new = (redrawn(items, chance) for items in calibrations)
        x = linking._solved(old, new, method)
        a.append(x[0])
        b.append(x[1])
        moved.append(new.rescaled(*x).b)
    assert np.std(a) == pytest.approx(found.se_A, rel=0.2)
    assert np.std(b) == pytest.approx(found.se_B, rel=0.2)
    assert np.allclose(np.std(moved, axis=0), carried.se_b, rtol=0.25)


def test_a_drifted_anchor_is_reported_and_left_out(calibrations):
    old, new = calibrations
    intercepts = new.intercepts.copy()
    intercepts[4] += 0.9 * new.slopes[4]
    moved = ItemParameters(new.names, new.slopes, intercepts, new.guesses, new.covariance)
    found = link(old, moved)
    assert found.dropped == ("5",)
    assert len(found.anchors) == 14
    clean = link(old.take(np.delete(np.arange(15), 4)), new.take(np.delete(np.arange(15), 4)))
    assert pytest.approx(clean.A) == found.A
    assert pytest.approx(clean.B) == found.B
    worst = max(found.drift, key=lambda drift: abs(drift.d))
    assert worst.item == "5"
    assert worst.d < -0.3


def refusal(old, new, method="sl"):
    with pytest.raises(LinkRefused) as refused:
        link(old, new, method)
    return refused.value.reason


def test_links_that_cannot_be_trusted_are_refused(calibrations):
    old, new = calibrations
    assert refusal(old.take([0, 1]), new) == "too_few_anchors"
    assert refusal(OLD, new) == "too_few_anchors"
    same = ItemParameters.of(np.ones(4), np.zeros(4))
    assert refusal(same, same, "meansigma") == "no_spread"
    intercepts = new.intercepts.copy()
    intercepts[:4, 0] += np.array([2.0, -2.0, 3.0, -3.0])
    assert refusal(old, ItemParameters(new.names, new.slopes, intercepts, new.guesses)) == "too_many_drifted"
    with pytest.raises(ValueError, match="no method"):
        link(old, new, "equipercentile")


def test_order_of_anchors_changes_nothing(calibrations):
    old, new = calibrations
    order = np.random.default_rng(1).permutation(15)
    found, turned = link(old, new), link(old, new.take(order))
    assert (pytest.approx(found.A), pytest.approx(found.B)) == (turned.A, turned.B)
    assert turned.se_B == pytest.approx(found.se_B, rel=1e-4)
