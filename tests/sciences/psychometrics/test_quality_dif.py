"""DIF is judged as R and the ETS do, leaves fair items in peace, and finds the unfair one."""

import numpy as np
import pytest
from scipy.optimize import minimize

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.quality import dif
from pintar.sciences.psychometrics.quality.dif import logistic, mantel_haenszel
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable

# Admissions to Berkeley in 1973 by department: men admitted, rejected, women admitted, rejected (Bickel et al. 1975).
BERKELEY = [
    (512, 313, 89, 19),
    (353, 207, 17, 8),
    (120, 205, 202, 391),
    (138, 279, 131, 244),
    (53, 138, 94, 299),
    (22, 351, 24, 317),
]


def cohort(seed, n=500, impact=0.0, shift=0.0, k=40, forms=1):
    """n of either group; the focal one is lower by `impact` and finds item 0 harder by `shift`."""
    chance = np.random.default_rng(seed)
    a, b = chance.uniform(0.7, 1.5, k), chance.normal(size=k)
    b[0], a[0] = 0.0, 1.0
    focal = np.repeat([False, True], n)
    theta = chance.normal(size=2 * n) - impact * focal
    harder = np.zeros((2 * n, k))
    harder[focal, 0] = shift
    marks = (chance.random((2 * n, k)) < 1 / (1 + np.exp(-a * (theta[:, None] - b - harder)))).astype(int)
    if forms > 1:
        shown = np.array([np.arange(k) % 4 != f for f in range(forms)])
        shown[:, 0] = True
        marks[~shown[chance.integers(0, forms, 2 * n)]] = NOT_PRESENTED
    return ResponseTable.of(marks).for_people(), focal


def test_the_common_odds_ratio_its_interval_and_the_test_are_those_that_r_gives_for_berkeley():
    counts = np.array([[[m_no, m_yes], [w_no, w_yes]] for m_yes, m_no, w_yes, w_no in BERKELEY], float)
    delta, se, p, label = dif._mh(counts)
    # mantelhaen.test(UCBAdmissions): 0.9046968, 95% from 0.7719074 to 1.0603298, p = 0.2323
    odds = np.exp(delta / -2.35)
    assert odds == pytest.approx(0.9046968, abs=1e-7)
    reach = 1.959964 * se / 2.35
    assert np.exp(np.log(odds) + np.array([-reach, reach])) == pytest.approx([0.7719074, 1.0603298], abs=1e-6)
    assert p == pytest.approx(0.2323, abs=5e-5)
    assert label == "A"


@pytest.mark.parametrize("forms", [1, 3])
def test_one_unfair_item_is_found_with_its_sign_and_the_fair_ones_are_left(forms):
    marks, focal = cohort(1, n=800, impact=0.5, shift=1.0, forms=forms)
    found = mantel_haenszel(marks, focal)
    assert found.classes[0] == "C"
    assert found.effect[0] < -1.5  # against the focal group
    assert found.classes.count("C") == 1
    assert not found.matching[0]
    turned = mantel_haenszel(marks, ~focal)
    assert turned.effect[0] == pytest.approx(-found.effect[0], abs=1e-9)


def test_matching_takes_the_difference_of_ability_away():
    marks, focal = cohort(2, n=2000, impact=1.0)
    found = mantel_haenszel(marks, focal)
    assert np.abs(np.mean(found.effect)) < 0.25
    rates = marks.dense()[~focal].mean(axis=0) - marks.dense()[focal].mean(axis=0)
    assert rates.mean() > 0.1  # without matching every item would look unfair


def test_purification_takes_the_unfair_items_out_of_the_score_that_matches():
    chance = np.random.default_rng(3)
    k, n = 20, 1500
    focal = np.repeat([False, True], n)
    b = chance.normal(size=k)
    harder = np.zeros((2 * n, k))
    harder[focal, :5] = 1.2  # a quarter of the test, all one way
    theta = chance.normal(size=2 * n)
    marks = (chance.random((2 * n, k)) < 1 / (1 + np.exp(-(theta[:, None] - b - harder)))).astype(int)
    table = ResponseTable.of(marks).for_people()
    once = dif._mh_round(table, focal, np.ones(k, bool))
    twice = mantel_haenszel(table, focal)
    assert np.abs(twice.effect[5:]).mean() < np.abs(once.effect[5:]).mean() / 2
    assert all(c == "C" for c in twice.classes[:5])


def test_with_fewer_than_a_hundred_in_a_group_no_class_is_given():
    marks, focal = cohort(4, n=99)
    assert set(mantel_haenszel(marks, focal).classes) == {"too few"}
    assert set(logistic(marks, focal).classes) == {"too few"}
    assert np.isnan(mantel_haenszel(marks, focal).effect).all()


def test_a_group_that_is_empty_or_of_the_wrong_length_is_refused():
    marks, focal = cohort(5, n=100)
    with pytest.raises(ValueError, match="empty"):
        mantel_haenszel(marks, np.zeros(200, bool))
    with pytest.raises(ValueError, match="200 rows, but 199"):
        logistic(marks, focal[1:])


def test_items_that_all_got_right_are_not_judged():
    marks, focal = cohort(6, n=150, k=10)
    dense = marks.dense()
    dense[:, 3] = 1
    found = mantel_haenszel(ResponseTable.of(dense).for_people(), focal)
    assert found.classes[3] == "too few"
    assert np.isnan(found.effect[3])


def test_an_item_that_one_group_always_gets_right_has_an_infinite_odds_ratio_and_is_no_silent_c():
    counts = np.array([[[60.0, 60.0], [0.0, 110.0]]])
    delta, se, p, label = dif._mh(counts)
    assert (delta, se) == (np.inf, np.inf)  # favours the focal group
    assert p < 1e-6
    assert label == "B"


# Logistic


def brute(counts, x, marks):
    """The greatest log-likelihood by a search that knows no gradient."""

    def loss(v):
        kappa = v[0] - np.concatenate([[0], np.cumsum(np.exp(v[1 : marks - 1]))])
        above = 1 / (1 + np.exp(-(kappa + (x @ v[marks - 1 :])[:, None])))
        padded = np.column_stack([np.ones(len(x)), above, np.zeros(len(x))])
        return -(counts * np.log(np.maximum(padded[:, :-1] - padded[:, 1:], 1e-300))).sum()

    start = np.zeros(marks - 1 + x.shape[1])
    options = {"maxiter": 60_000, "maxfev": 60_000, "xatol": 1e-8, "fatol": 1e-10}
    return -minimize(loss, start, method="Nelder-Mead", options=options).fun


@pytest.mark.parametrize("marks", [2, 4])
def test_the_likelihood_of_the_logistic_model_is_the_greatest(marks):
    chance = np.random.default_rng(7)
    counts = chance.integers(0, 9, (12, marks)).astype(float)
    x = chance.normal(size=(12, 2))
    assert dif._likelihood(counts, x, marks) == pytest.approx(brute(counts, x, marks), abs=1e-5)


def test_logistic_regression_finds_uniform_and_crossing_dif_and_leaves_the_others():
    marks, focal = cohort(8, n=1500, shift=1.2)
    dense = marks.dense()
    theta = dense.sum(axis=1)
    z = (theta - theta.mean()) / theta.std()
    slope = np.where(focal, -0.4, 1.6)  # item 1: the curves cross
    dense[:, 1] = np.random.default_rng(9).random(3000) < 1 / (1 + np.exp(-slope * z))
    found = logistic(ResponseTable.of(dense).for_people(), focal)
    assert found.classes[0] in "BC"
    assert found.classes[1] == "C"
    assert set(found.classes[2:]) == {"A"}
    assert found.p[1] < 1e-10


def test_fair_items_are_hardly_ever_flagged_by_logistic_regression():
    flagged = 0
    for seed in range(5):
        marks, focal = cohort(50 + seed, n=250, impact=0.5, k=20)
        flagged += sum(c != "A" for c in logistic(marks, focal).classes)
    assert flagged <= 1  # of 100


def test_holm_is_never_smaller_than_p_and_keeps_its_order():
    assert dif._holm(np.array([0.01, np.nan, 0.04, 0.02])) == pytest.approx([0.03, np.nan, 0.04, 0.04], nan_ok=True)


# Several marks


def several(seed, shift):
    chance = np.random.default_rng(seed)
    n, k = 1000, 12
    items = ItemParameters.of(np.ones(k), steps=[sorted(chance.normal(size=3)) for _ in range(k)])
    theta = chance.normal(size=2 * n)
    focal = np.repeat([False, True], n)
    chances = items.probabilities(theta)
    chances[focal, 0] = items.probabilities(theta[focal] - shift)[:, 0]
    drawn = chance.random((2 * n, k))
    marks = (drawn[:, :, None] > np.cumsum(chances, axis=2)[:, :, :-1]).sum(axis=2)
    return ResponseTable.of(marks).for_people(), focal


def test_items_with_several_marks_are_judged_by_the_standardised_mean_difference():
    found = mantel_haenszel(*several(10, shift=0.8))
    assert found.classes[0] == "C"
    assert found.effect[0] < -0.25
    fair = mantel_haenszel(*several(11, shift=0.0))
    assert set(fair.classes) <= {"A", "B"}
    assert fair.classes.count("A") >= 11


def test_mantels_test_of_two_marks_is_that_of_mantel_and_haenszel_without_the_correction():
    counts = np.array([[[m_no, m_yes], [w_no, w_yes]] for m_yes, m_no, w_yes, w_no in BERKELEY], float)
    # mantelhaen.test(UCBAdmissions, correct = FALSE): X² = 1.5246, p = 0.2169
    assert dif._mantel(counts)[2] == pytest.approx(0.2169, abs=5e-5)
