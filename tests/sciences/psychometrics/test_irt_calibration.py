"""Calibration: against R, against itself turned round, and what it says when there is nothing to say."""

import numpy as np
import pytest
from samples import bank, drawn, lsat6, reference, with_blanks

from pintar.sciences.psychometrics.irt.calibration import CalibrationFailed, calibrate
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable


def standard_normal(n, seed=1):
    return np.random.default_rng(seed).normal(size=n)


@pytest.fixture(scope="module")
def table():
    return ResponseTable.of(drawn(bank(8), standard_normal(800), 3), bank(8).names)


@pytest.fixture(scope="module")
def fitted(table):
    return calibrate(table, "2pl")


@pytest.mark.parametrize(("model", "word"), [("1pl", "onepl"), ("2pl", "twopl")])
def test_lsat6_is_what_r_gives(model, word):
    found, expected = calibrate(lsat6(), model), reference("ref_irt_items")
    loglik = dict(zip(*reference("ref_irt_loglik").values(), strict=True))[word]
    assert abs(found.loglik - loglik) < 0.002
    assert np.abs(found.items.a - expected[f"{word}_a"]).max() < 0.002
    assert np.abs(found.items.b - expected[f"{word}_b"]).max() < 0.002
    assert np.abs(found.items.se_a / expected[f"{word}_se_a"] - 1).max() < 0.01
    assert np.abs(found.items.se_b / expected[f"{word}_se_b"] - 1).max() < 0.01
    assert found.gradient <= 1e-5


def test_rasch_is_one_slope_in_other_units():
    rasch, one = calibrate(lsat6(), "rasch"), calibrate(lsat6(), "1pl")
    assert np.isclose(rasch.loglik, one.loglik, atol=1e-9)
    assert np.allclose(rasch.items.b, one.items.a * one.items.b)
    assert np.allclose(rasch.items.a, 1)
    assert np.allclose(rasch.items.se_a, 0)
    assert np.isclose(rasch.sd, one.items.a[0])
    assert rasch.free_parameters == one.free_parameters == 6


def test_partial_credit_of_two_marks_is_rasch():
    rasch, partial = calibrate(lsat6(), "rasch"), calibrate(lsat6(), "pcm")
    assert np.allclose(rasch.items.b, partial.items.b)
    assert np.isclose(rasch.loglik, partial.loglik)


def test_criteria_count_what_was_estimated(fitted):
    assert fitted.free_parameters == 16
    assert fitted.aic == 32 - 2 * fitted.loglik
    assert fitted.bic == 16 * np.log(800) - 2 * fitted.loglik


def test_the_likelihood_never_falls(fitted):
    assert (np.diff(fitted.trail) >= -1e-8).all()


def test_order_of_people_and_items_changes_nothing(table, fitted):
    chance = np.random.default_rng(5)
    people, order = chance.permutation(800), chance.permutation(8)
    names = [table.items[i] for i in order]
    turned = calibrate(ResponseTable.of(table.dense()[people][:, order], names), "2pl")
    assert np.allclose(turned.items.a, fitted.items.a[order], atol=1e-6)
    assert np.allclose(turned.items.se_b, fitted.items.se_b[order], atol=1e-6)
    assert np.isclose(turned.loglik, fitted.loglik, atol=1e-7)


def test_a_wrong_key_has_a_negative_slope_and_moves_nothing_else(table, fitted):
    codes = table.dense()
    codes[:, 2] = 1 - codes[:, 2]
    turned = calibrate(ResponseTable.of(codes), "2pl")
    signs = np.where(np.arange(8) == 2, -1, 1)
    assert np.allclose(turned.items.a, signs * fitted.items.a, atol=1e-5)
    assert np.allclose(turned.items.b, fitted.items.b, atol=1e-5)


def test_most_slopes_are_positive_even_if_all_keys_are_wrong(table, fitted):
    turned = calibrate(ResponseTable.of(1 - table.dense()), "2pl")
    assert np.allclose(turned.items.a, fitted.items.a, atol=1e-5)
    assert np.allclose(turned.items.b, -fitted.items.b, atol=1e-5)


def test_people_counted_twice_halve_the_variance(table, fitted):
    double = calibrate(ResponseTable.of(np.repeat(table.dense(), 2, axis=0)), "2pl")
    assert np.allclose(double.items.b, fitted.items.b, atol=1e-5)
    assert np.allclose(double.items.se_b, fitted.items.se_b / np.sqrt(2), rtol=1e-4)


def test_people_who_sat_twice_count_once_if_they_are_named(table, fitted):
    codes = np.repeat(table.dense(), 2, axis=0)
    double = calibrate(ResponseTable.of(codes), "2pl", clusters=np.repeat(np.arange(800), 2))
    single = calibrate(table, "2pl", clusters=np.arange(800))
    assert np.allclose(double.items.se_b, single.items.se_b, rtol=1e-3)
    assert np.allclose(double.items.se_a, fitted.items.se_a, rtol=0.25)


def test_what_was_not_presented_is_ignored_by_booklets_or_by_masks():
    codes = drawn(bank(10), standard_normal(3000), 2)
    codes[:1500, :3] = NOT_PRESENTED
    codes[1500:, 7:] = NOT_PRESENTED
    booklets = calibrate(ResponseTable.of(codes), "2pl")
    alone = codes.copy()
    alone[:1500, 3:] = NOT_PRESENTED  # nothing is left of the first half
    half = calibrate(ResponseTable.of(alone), "2pl")
    assert half.persons == 1500
    assert np.abs(booklets.items.b - bank(10).b).max() < 5 * booklets.items.se_b.max()
    masked = calibrate(ResponseTable.of(with_blanks(codes, 0.1, 4)), "2pl")
    assert np.abs(masked.items.b - booklets.items.b).max() < 2 * booklets.items.se_b.max()
    assert (masked.items.se_b > booklets.items.se_b * 0.95).all()


def test_masked_rows_and_booklets_give_the_same_numbers(monkeypatch):
    from pintar.sciences.psychometrics.irt import design

    table = ResponseTable.of(with_blanks(drawn(bank(5), standard_normal(700), 2), 0.2, 4))
    masked = calibrate(table, "gpcm")
    monkeypatch.setattr(design, "FEW_BOOKLETS", 1000)
    booklets = calibrate(table, "gpcm")
    assert np.allclose(masked.items.b, booklets.items.b, atol=1e-6)
    assert np.allclose(masked.items.se_a, booklets.items.se_a, atol=1e-5)
    assert np.isclose(masked.loglik, booklets.loglik, atol=1e-8)


def test_polytomous_items_are_recovered():
    true = ItemParameters.of([1.2, 0.8, 1.5, 1.0], steps=[[-1, 0.5], [-0.5, 0, 1], [0.3], [-1.5, 1.2]])
    found = calibrate(ResponseTable.of(drawn(true, standard_normal(6000), 3)), "gpcm")
    assert found.items.maxima.tolist() == [2, 3, 1, 2]
    assert (np.abs(found.items.b - true.b) < 4 * found.items.se_b).all()
    assert (np.abs(found.items.a - true.a) < 4 * found.items.se_a).all()
    there = np.isfinite(true.steps)
    assert np.abs(found.items.steps - true.steps)[there].max() < 0.2


def test_guessing_items_are_recovered_under_their_priors():
    true = bank(20, c=np.full(20, 0.2))
    found = calibrate(ResponseTable.of(drawn(true, standard_normal(5000), 3)), "3pl")
    assert (found.items.a > 0).all()
    assert (np.abs(found.items.b - true.b) < 4 * found.items.se_b).all()
    assert (np.abs(found.items.c - true.c) < 4 * found.items.se_c + 0.02).all()
    assert found.free_parameters == 60


def test_groups_have_their_own_means_and_sds():
    theta = np.concatenate([standard_normal(2500, 1), 0.6 + 0.7 * standard_normal(2500, 2)])
    table = ResponseTable.of(drawn(bank(20), theta, 3))
    labels = ["pre"] * 2500 + ["post"] * 2500
    found = calibrate(table, "2pl", groups=labels)
    first, second = found.groups
    assert (first.mean, first.sd, first.se_mean, first.se_sd) == (0, 1, 0, 0)
    assert abs(second.mean - theta[2500:].mean() + theta[:2500].mean()) < 3 * second.se_mean
    assert abs(second.sd - 0.7) < 4 * second.se_sd
    turned = calibrate(table, "2pl", groups=labels, reference="post")
    assert turned.groups[0].name == "post"
    assert np.isclose(turned.loglik, found.loglik, atol=1e-4)


def test_groups_of_a_rasch_scale_are_in_its_units():
    theta = np.concatenate([1.4 * standard_normal(1500, 1), 0.6 + 0.7 * standard_normal(1500, 2)])
    true = ItemParameters.of(np.ones(15), np.linspace(-2, 2, 15))
    labels = ["pre"] * 1500 + ["post"] * 1500
    table = ResponseTable.of(drawn(true, theta, 3))
    rasch, one = (calibrate(table, m, groups=labels) for m in ("rasch", "1pl"))
    assert abs(rasch.sd - 1.4) < 4 * rasch.groups[0].se_sd
    assert abs(rasch.groups[1].mean - 0.6) < 4 * rasch.groups[1].se_mean
    assert np.isclose(rasch.groups[1].mean, one.groups[1].mean * one.items.a[0])
    assert np.isclose(rasch.groups[1].sd, one.groups[1].sd * one.items.a[0])


def test_with_anchors_new_items_come_onto_the_old_scale():
    old = bank(20)
    theta = 0.8 + 0.6 * standard_normal(4000, 9)
    found = calibrate(ResponseTable.of(drawn(old, theta, 3), old.names), "2pl", anchors=old.take(np.arange(12)))
    assert found.anchors == old.names[:12]
    assert np.array_equal(found.items.b[:12], old.b[:12])
    assert abs(found.groups[0].mean - 0.8) < 0.06
    assert abs(found.groups[0].sd - 0.6) < 0.06
    assert (np.abs(found.items.b[12:] - old.b[12:]) < 4 * found.items.se_b[12:]).all()
    assert found.free_parameters == 18


def test_errors_of_anchors_are_carried_on():
    old = calibrate(ResponseTable.of(drawn(bank(20), standard_normal(500), 3), bank(20).names), "2pl").items
    table = ResponseTable.of(drawn(bank(20), 0.5 + standard_normal(4000, 9), 4), old.names)
    anchors = old.take(np.arange(12))
    exact = ItemParameters(anchors.names, anchors.slopes, anchors.intercepts, anchors.guesses)
    carried, bare = (calibrate(table, "2pl", anchors=given) for given in (anchors, exact))
    assert np.allclose(carried.items.b, bare.items.b)
    assert (carried.items.se_b[12:] > bare.items.se_b[12:]).all()
    assert np.allclose(carried.items.se_b[:12], anchors.se_b)
    assert np.allclose(bare.items.se_b[:12], 0)
    assert carried.groups[0].se_mean > bare.groups[0].se_mean


def test_anchors_of_the_same_data_are_a_fixed_point():
    table = ResponseTable.of(drawn(bank(12), standard_normal(1500), 3), bank(12).names)
    free = calibrate(table, "2pl")
    again = calibrate(table, "2pl", anchors=free.items.take(np.arange(6)))
    assert np.allclose(again.items.b, free.items.b, atol=1e-4)
    assert abs(again.groups[0].mean) < 1e-4
    assert abs(again.groups[0].sd - 1) < 1e-4


def test_long_tests_get_finer_nodes():
    true = ItemParameters.of(np.full(120, 2.0), np.linspace(-2, 2, 120))
    found = calibrate(ResponseTable.of(drawn(true, standard_normal(400), 3)), "1pl")
    assert found.nodes > 61


def test_a_group_far_away_gets_wider_nodes():
    true = ItemParameters.of(np.ones(40), np.linspace(-3, 6, 40))
    theta = np.concatenate([standard_normal(800, 1), 3 + 1.5 * standard_normal(800, 2)])
    found = calibrate(ResponseTable.of(drawn(true, theta, 3)), "rasch", groups=["a"] * 800 + ["b"] * 800)
    assert found.nodes > 61
    assert abs(found.groups[1].mean - 3) < 4 * found.groups[1].se_mean


def test_items_that_cannot_be_estimated_are_left_out_with_the_reason():
    codes = drawn(bank(8), standard_normal(300), 3)
    codes[:, 1], codes[:, 2] = 1, 0
    codes[29:, 4] = NOT_PRESENTED
    found = calibrate(ResponseTable.of(codes), "2pl")
    assert [(left.item, left.reason) for left in found.left_out] == [
        ("2", "all_right"),
        ("3", "all_wrong"),
        ("5", "few_answers"),
    ]
    assert len(found.items) == 5


def test_a_mark_nobody_earned_is_merged_with_the_one_below():
    true = ItemParameters.of([1.2, 0.8, 1.5], steps=[[-1, 0.5, 0.7], [-0.5, 0, 1], [0.3]])
    codes = drawn(true, standard_normal(600), 3)
    codes[:, 0] = np.where(codes[:, 0] == 2, 3, codes[:, 0])
    found = calibrate(ResponseTable.of(codes), "gpcm")
    assert found.categories == {"1": (0, 1, 1, 2)}
    assert found.items.maxima.tolist() == [2, 3, 1]
    recoded = codes.copy()
    recoded[:, 0] = np.array([0, 1, 1, 2])[codes[:, 0]]
    assert np.allclose(found.items.b, calibrate(ResponseTable.of(recoded), "gpcm").items.b)


def failure(codes, model="2pl", **more):
    with pytest.raises(CalibrationFailed) as failed:
        calibrate(ResponseTable.of(codes), model, **more)
    return failed.value.reason, failed.value.what


def test_failures_have_a_cause():
    codes = drawn(bank(6), standard_normal(400), 3)
    assert failure(codes[:20]) == ("too_few_people", "")
    assert failure(np.ones((100, 3), int)) == ("too_few_people", "")
    assert failure(np.full((50, 3), NOT_PRESENTED)) == ("too_few_people", "")
    assert failure(codes + 1)[0] == "not_dichotomous"
    assert failure(codes, anchors=ItemParameters.of([1], [0], names=["z"])) == ("no_anchor", "")
    assert failure(codes, "rasch", anchors=ItemParameters.of([1.2], [0], names=["1"])) == ("unequal_slopes", "1")
    assert failure(codes, groups=["a"] * 390 + ["b"] * 10) == ("group_too_small", "b")
    apart = codes.copy()
    apart[:200, :3], apart[200:, 3:] = NOT_PRESENTED, NOT_PRESENTED
    assert failure(apart, groups=["a"] * 200 + ["b"] * 200) == ("separated_group", "b")
    copied = codes.copy()
    copied[:, 1] = copied[:, 0]
    copied[:, 2] = copied[:, 0]
    assert failure(copied[:, :3])[0] in ("unbounded", "no_curvature", "not_converged")


def test_two_items_cannot_have_two_slopes():
    assert failure(drawn(bank(2), standard_normal(500), 3))[0] in ("no_curvature", "unbounded", "not_converged")


def test_a_model_unknown_is_refused():
    with pytest.raises(ValueError, match="no model"):
        calibrate(lsat6(), "4pl")
