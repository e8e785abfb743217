"""Whatever table comes, statistics of quality and integrity are in their range or said to be unknown, and do not depend
on the order of persons or items."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pintar.sciences.psychometrics.figures.forms import person_item_map
from pintar.sciences.psychometrics.figures.items import item_curve, option_bars
from pintar.sciences.psychometrics.integrity.options import fit_options
from pintar.sciences.psychometrics.integrity.similarity import Cohort, find_similar
from pintar.sciences.psychometrics.integrity.times import check_bursts, check_contrast, check_persons, fit_times
from pintar.sciences.psychometrics.irt.calibration import MODELS, CalibrationFailed, calibrate
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.preparation import DICHOTOMOUS
from pintar.sciences.psychometrics.quality.dif import logistic, mantel_haenszel
from pintar.sciences.psychometrics.quality.drift import drift, exposure
from pintar.sciences.psychometrics.quality.fit import local_dependence, mean_squares, sum_score_fit
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 6))
TABLES = SHAPES.flatmap(lambda shape: arrays(np.int16, shape, elements=st.sampled_from([0, 1, 1, NOT_PRESENTED])))
ODD = settings(max_examples=60, deadline=None)


def items(k):
    return ItemParameters.of(np.resize([0.5, 1.0, 2.0], k), np.resize([-1.0, 0.0, 1.0, 3.0], k))


def known(values, low=0.0, high=1.0):
    values = np.asarray(values, float)
    values = values[~np.isnan(values)]
    return bool(np.all((values >= low) & (values <= high)))


@given(
    st.tuples(st.sampled_from([1, 29, 60, 150]), st.integers(2, 5)),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.0, 0.2, 1.0]),
    st.sampled_from([0.5, 0.6, 0.9, 1.0]),
    st.sampled_from(MODELS),
)
@settings(max_examples=50, deadline=None)
def test_any_table_is_calibrated_with_finite_errors_or_refused_with_a_cause(shape, seed, blank, right, model):
    chance = np.random.default_rng(seed)
    codes = (chance.random(shape) < right).astype(int) * (1 if model in DICHOTOMOUS else chance.integers(1, 3))
    codes[chance.random(shape) < blank] = NOT_PRESENTED
    codes[:, 0] = chance.choice([codes[0, 0], NOT_PRESENTED])  # a constant or an empty column
    try:
        found = calibrate(ResponseTable.of(codes), model)
    except CalibrationFailed as failed:
        assert failed.reason in {"too_few_people", "unbounded", "no_curvature", "not_converged"}
        return
    assert set(found.items.names).isdisjoint(left.item for left in found.left_out)
    assert np.isfinite([found.loglik, found.aic, found.bic]).all()
    assert found.gradient <= 1e-5
    assert np.isfinite(found.items.covariance).all()
    assert (np.diag(found.items.covariance) >= 0).all()


@given(TABLES)
@ODD
def test_fit_of_any_table_is_in_range_or_unknown(codes):
    marks = ResponseTable.of(codes).for_people()
    theta = np.zeros(len(marks))
    squares = mean_squares(marks, items(codes.shape[1]), theta)
    assert known(squares.infit, 0, np.inf)
    assert known(squares.outfit, 0, np.inf)
    sums = sum_score_fit(marks, items(codes.shape[1]))
    assert known(sums.p)
    assert known(sums.rmsd)
    dependence = local_dependence(marks, items(codes.shape[1]), theta)
    assert known(dependence.q3, -1 - 1e-9, 1 + 1e-9)
    assert all(i < j for i, j in dependence.flagged)


@given(TABLES, st.integers(0, 2**12 - 1))
@ODD
def test_dif_of_a_small_table_is_too_few_and_never_a_class(codes, who):
    marks = ResponseTable.of(codes).for_people()
    focal = np.array([who >> i & 1 for i in range(len(marks))], bool)
    if len(marks) == 0 or focal.all() or not focal.any():
        with pytest.raises(ValueError, match="empty"):
            mantel_haenszel(marks, focal)
        return
    assert set(mantel_haenszel(marks, focal).classes) <= {"too few"}
    assert set(logistic(marks, focal).classes) <= {"too few"}


@given(TABLES)
@ODD
def test_drift_and_exposure_of_any_table_are_in_range(codes):
    marks = ResponseTable.of(codes).for_people()
    found = drift(marks, items(codes.shape[1]), np.zeros(len(marks)), np.arange(len(marks)) % 2)
    assert known(found.corrected)
    assert known(found.cusum, 0, np.inf)
    assert known(exposure(marks).rate)
    assert known(exposure(marks).overlap)


CHOICES = SHAPES.flatmap(lambda shape: arrays(np.int16, shape, elements=st.integers(-2, 3)))


@given(CHOICES, st.floats(-6, 6))
@ODD
def test_any_choices_are_compared_and_every_p_is_a_probability(choices, ability):
    n, k = choices.shape
    theta = np.full(n, ability)
    curves = fit_options(choices, np.zeros(k, int), items(k), theta, options=np.full(k, 4))
    assert np.allclose(curves([-6.0, 0.0, 6.0]).sum(axis=2), 1)
    found = find_similar(Cohort(choices, theta, np.zeros(k, int), np.zeros(n, int)), curves, keep=1.0)
    shown = choices > -2
    assert len(found.pairs) == sum(bool((shown[i] & shown[j]).any()) for i in range(n) for j in range(i))
    assert known([pair.p for pair in found.pairs])
    assert all(pair.equal_wrong <= pair.equal <= pair.compared for pair in found.pairs)


@given(SHAPES, st.floats(1e-3, 1e6), st.integers(0, 99))
@ODD
def test_any_times_give_probabilities_or_nothing(shape, scale, seed):
    person, item = (grid.ravel() for grid in np.mgrid[: shape[0], : shape[1]])
    seconds = scale * np.random.default_rng(seed).lognormal(0, 2, len(person))
    model = fit_times(person, item, seconds, *shape)
    for check in (
        check_persons(model, person, item, seconds),
        check_contrast(model, person, item, seconds, item == 0),
        check_bursts(model, person, item, seconds, np.ones(len(item), bool)),
    ):
        assert known(check.p)


@given(TABLES)
@ODD
def test_figures_of_any_table_stay_inside_their_plot(codes):
    marks = ResponseTable.of(codes).for_people()
    k = codes.shape[1]
    figure = person_item_map(np.zeros(max(len(marks), 1)), items(k), 0.0)
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 100 for dot in figure.dots)
    column = codes[codes[:, 0] != NOT_PRESENTED, 0]
    curve = item_curve(items(k), 0, np.zeros(len(column)), column)
    assert known([value for group in curve.seen for value in (group.x, group.y, group.low, group.high)], 0, 100)
    if len(column):
        bars = option_bars([str(c) for c in column], ["0", "1"], "1", np.arange(len(column)))
        assert known([bar.share for bar in bars], 0, 100)


def test_the_order_of_persons_and_items_changes_no_statistic():
    chance = np.random.default_rng(1)
    bank = ItemParameters.of(chance.uniform(0.7, 1.6, 12), chance.normal(size=12))
    theta = chance.normal(size=400)
    codes = (chance.random((400, 12)) < bank.probabilities(theta)[:, :, 1]).astype(int)
    codes[:200, :2] = NOT_PRESENTED
    focal = np.arange(400) % 2 == 0
    rows, columns = chance.permutation(400), chance.permutation(12)

    def statistics(codes, bank, theta, focal):
        marks = ResponseTable.of(codes).for_people()
        mh, lr = mantel_haenszel(marks, focal), logistic(marks, focal)
        squares, sums = mean_squares(marks, bank, theta), sum_score_fit(marks, bank)
        return np.array([squares.infit, squares.outfit, sums.chi2, sums.rmsd, mh.effect, mh.se, mh.p, lr.effect, lr.p])

    plain = statistics(codes, bank, theta, focal)
    moved = statistics(codes[np.ix_(rows, columns)], bank.take(columns), theta[rows], focal[rows])
    assert moved[:7] == pytest.approx(plain[:7, columns], rel=1e-9, nan_ok=True)
    assert moved[7:] == pytest.approx(plain[7:, columns], abs=1e-5)
