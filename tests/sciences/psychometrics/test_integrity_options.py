"""Curves of options: they add up, they are the mode, and they come back from data drawn from them."""

import numpy as np
import pytest
from honest_and_copied import answered, bank

from pintar.sciences.psychometrics.integrity.options import MARKS, OptionCurves, fit_options
from pintar.sciences.psychometrics.irt.items import ItemParameters


def test_the_options_of_an_item_add_up_to_one_and_the_right_one_follows_the_items_own_curve():
    curves = bank(k=6)
    theta = np.linspace(-6, 6, 25)
    chances = curves(theta)
    assert chances.sum(axis=2) == pytest.approx(np.ones((25, 6)), rel=1e-12)
    assert np.array_equal(chances[:, :, 0], curves.items.probabilities(theta)[:, :, 1])


def test_curves_come_back_from_the_answers_that_they_drew():
    true = bank(seed=7, k=5)
    theta = np.random.default_rng(8).normal(size=20_000)
    choices = answered(true, theta)
    fitted = fit_options(choices, true.right, true.items, theta)
    at = np.linspace(-2, 2, 9)
    # the share of one wrong option among a few thousand wrong answers: standard error about .01
    assert np.abs(fitted(at) - true(at)).max() < 0.03
    assert np.abs(fitted(at) - true(at)).mean() < 0.005


def test_the_fit_is_the_mode_of_likelihood_and_prior():
    true = bank(seed=9, k=1)
    theta = np.random.default_rng(10).normal(size=300)
    choices = answered(true, theta)
    fitted = fit_options(choices, true.right, true.items, theta)

    def posterior(intercepts, slopes):
        curves = OptionCurves(true.items, true.right, intercepts, slopes)
        chance = curves(theta)[np.arange(300), 0, choices[:, 0]]
        wrong = np.isfinite(intercepts[0])
        return np.log(chance).sum() - 0.5 * (intercepts[0, wrong] ** 2).sum() - 2.0 * (slopes[0, wrong] ** 2).sum()

    best = posterior(fitted.intercepts, fitted.slopes)
    for option in (1, 2, 3):
        for moved in (1e-3, -1e-3):
            step = np.zeros((1, 4))
            step[0, option] = moved
            assert posterior(fitted.intercepts + step, fitted.slopes) < best
            assert posterior(fitted.intercepts, fitted.slopes + step) < best


def test_an_option_that_nobody_took_keeps_a_chance():
    items = ItemParameters.of([1.0], [0.0])
    fitted = fit_options(np.array([[0], [1], [1], [0]]), [0], items, np.zeros(4), options=[4])
    chances = fitted([0.0])[0, 0]
    assert chances.sum() == pytest.approx(1)
    assert chances[1] > chances[2] == pytest.approx(chances[3])
    assert chances[3] > 0.05


def test_items_without_options_are_compared_by_their_marks_beside_those_that_have_them():
    items = ItemParameters.of([1.0, 0.8], steps=[[0.2], [-1.0, 0.0, 1.0]])
    choices = np.array([[0, 3], [1, 0], [2, 2], [1, 1]])
    fitted = fit_options(choices, [0, MARKS], items, np.array([1.0, -1.0, 0.0, 0.0]))
    chances = fitted([0.5])
    assert chances.shape == (1, 2, 4)
    assert chances[0, 1] == pytest.approx(items.probabilities([0.5])[0, 1])
    assert chances[0, 0].sum() == pytest.approx(1)


def test_what_does_not_fit_together_is_refused_by_name():
    items = ItemParameters.of([1.0, 1.0], [0.0, 0.0], names=["satu", "dua"])
    with pytest.raises(ValueError, match="dua has fewer options"):
        fit_options(np.array([[0, 3]]), [0, 0], items, [0.0], options=[4, 3])
    with pytest.raises(ValueError, match="2 choices, 1 keys"):
        fit_options(np.array([[0, 3]]), [0], items, [0.0])
    partial = ItemParameters.of([1.0], steps=[[0.0, 1.0]])
    with pytest.raises(ValueError, match="several marks"):
        fit_options(np.array([[0]]), [0], partial, [0.0])
