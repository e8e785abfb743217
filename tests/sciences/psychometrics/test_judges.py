"""Beside other packages, girth and mirt from PyPI: `make judges`. They are not in the daily tests; where they are not
installed these tests fail."""

import numpy as np
import pytest
from samples import bank, drawn, lsat6, with_blanks

from pintar.sciences.psychometrics.irt.abilities import measure
from pintar.sciences.psychometrics.irt.calibration import calibrate
from pintar.sciences.psychometrics.irt.design import lay_out
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.posterior import Values, expect
from pintar.sciences.psychometrics.irt.quadrature import equally_spaced
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable

pytestmark = [pytest.mark.judges, pytest.mark.long]


@pytest.fixture(scope="module")
def mirt():
    import mirt

    return mirt


@pytest.fixture(scope="module")
def girth():
    import girth

    return girth


def ability(n, seed=1):
    return np.random.default_rng(seed).normal(size=n)


def fitted(mirt, codes, model, **more):
    """mirt run as far as it goes: 61 points, tight, with the observed information."""
    marks = np.where(codes == NOT_PRESENTED, -1, codes).astype(int)
    return mirt.fit_mirt(marks, model, n_quadpts=61, tol=1e-8, max_iter=5000, se_method="oakes", **more)


def of(fit, name):
    return np.ravel(fit.model.parameters[name])


def errors(fit, name):
    return np.ravel(fit.standard_errors[name])


@pytest.mark.parametrize("blanks", [0.0, 0.2], ids=["whole", "with blanks"])
def test_two_parameters_and_their_errors_are_those_of_mirt(mirt, blanks):
    codes = with_blanks(drawn(bank(15), ability(1500), 2), blanks, 3)
    found, fit = calibrate(ResponseTable.of(codes), "2pl"), fitted(mirt, codes, "2PL")
    assert np.abs(found.items.a - of(fit, "discrimination")).max() < 0.002
    assert np.abs(found.items.b - of(fit, "difficulty")).max() < 0.002
    assert found.loglik == pytest.approx(fit.log_likelihood, abs=0.002)
    assert np.allclose(found.items.se_a, errors(fit, "discrimination"), rtol=0.01)
    assert np.allclose(found.items.se_b, errors(fit, "difficulty"), rtol=0.01)


@pytest.mark.parametrize("blanks", [0.0, 0.2], ids=["whole", "with blanks"])
def test_one_slope_is_that_of_mirt(mirt, blanks):
    codes = with_blanks(lsat6().dense(), blanks, 3)
    # mirt's own 1PL fixes the slope; one slope for all is its 2PL under an equality
    equal = [("discrimination", list(range(5)))]
    found, fit = calibrate(ResponseTable.of(codes), "1pl"), fitted(mirt, codes, "2PL", constraints=equal)
    assert np.abs(found.items.a - of(fit, "discrimination")).max() < 0.002
    assert np.abs(found.items.b - of(fit, "difficulty")).max() < 0.002
    assert found.loglik == pytest.approx(fit.log_likelihood, abs=0.002)


def test_generalised_partial_credit_is_that_of_mirt(mirt):
    true = ItemParameters.of([1.2, 0.8, 1.5, 1.0, 0.7], steps=[[-1, 0.5], [-0.5, 1], [0.3, 0.9], [-1.5, 1.2], [0, 0]])
    codes = drawn(true, ability(2000), 3)
    found, fit = calibrate(ResponseTable.of(codes), "gpcm"), fitted(mirt, codes, "GPCM")
    assert np.abs(found.items.a - of(fit, "discrimination")).max() < 0.002
    assert found.loglik == pytest.approx(fit.log_likelihood, abs=0.002)


def test_no_package_finds_parameters_of_a_higher_likelihood(mirt, girth):
    codes = drawn(bank(20), ability(1000), 4)
    found, fit = calibrate(ResponseTable.of(codes), "2pl"), fitted(mirt, codes, "2PL")
    other = girth.twopl_mml(codes.T.astype(int), {"quadrature_n": 61, "quadrature_bounds": (-6, 6)})
    design = lay_out(ResponseTable.of(codes).for_calibration(), np.ones(20, np.int64))
    for a, b in (
        (of(fit, "discrimination"), of(fit, "difficulty")),
        (other["Discrimination"], other["Difficulty"]),
    ):
        values = Values(-a * b, a, None, np.zeros(1), np.zeros(1))
        assert expect(design, values, equally_spaced()).loglik <= found.loglik + 1e-8


def test_girth_agrees_as_far_as_it_goes(girth):
    codes = drawn(bank(20), ability(2000), 4)
    found = calibrate(ResponseTable.of(codes), "2pl")
    fit = girth.twopl_mml(codes.T.astype(int), {"quadrature_n": 61, "quadrature_bounds": (-6, 6)})
    assert np.abs(found.items.a - fit["Discrimination"]).max() < 0.03
    assert np.abs(found.items.b - fit["Difficulty"]).max() < 0.03


@pytest.mark.parametrize("method", ["eap", "map"])
def test_people_are_measured_as_girth_measures_them(girth, method):
    codes = drawn(bank(20), ability(300), 4)
    ours = measure(ResponseTable.of(codes), bank(20), method).theta
    theirs = getattr(girth, f"ability_{method}")(codes.T.astype(int), bank(20).b, bank(20).a)
    # girth integrates on fewer points over a narrower range
    assert np.abs(ours - theirs).max() < 0.02
