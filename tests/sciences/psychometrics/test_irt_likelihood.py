"""The likelihood against its definition written out, its derivatives against finite differences, for every model."""

import numpy as np
import pytest

from pintar.sciences.psychometrics.irt.design import Block, lay_out
from pintar.sciences.psychometrics.irt.information import observed_information, scores_of_rows
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.layout import Layout
from pintar.sciences.psychometrics.irt.maximise import gradient, maximise
from pintar.sciences.psychometrics.irt.posterior import Values, curves, expect
from pintar.sciences.psychometrics.irt.priors import Priors
from pintar.sciences.psychometrics.irt.quadrature import equally_spaced, normal_weights
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable

NODES = equally_spaced(41)


class Case:
    """Some marks and some parameters that do not fit them especially well."""

    def __init__(self, maxima, *, groups=1, booklets=False, masked=False, guess=False, common=False, anchors=0):
        chance = np.random.default_rng(7)
        k, n = len(maxima), 60
        codes = chance.integers(0, np.array(maxima) + 1, (n, k))
        if booklets:
            codes[: n // 2, 0] = NOT_PRESENTED
            codes[n // 2 :, -1] = NOT_PRESENTED
        if masked:
            codes[chance.random((n, k)) < 0.3] = NOT_PRESENTED
        self.marks = ResponseTable.of(codes).for_calibration().collapsed()[0]
        n = len(self.marks)
        self.groups = chance.integers(0, groups, n) if groups > 1 else np.zeros(n, int)
        self.design = lay_out(self.marks, np.array(maxima), self.groups)
        shape = self.design.shape
        free = np.arange(k) >= anchors
        guesses = free if guess else None
        self.layout = Layout(shape, free, free, guesses, np.arange(groups) > (0 if not anchors else -1), common)
        a = np.full(k, 0.9) if common else chance.uniform(0.4, 1.5, k)
        logit_c = chance.uniform(-2, -1, k) if guess else None
        self.values = Values(
            chance.normal(0, 0.7, len(shape.item_of)),
            a,
            logit_c,
            chance.normal(0, 0.3, groups) * (groups > 1),
            chance.normal(0, 0.2, groups),
        )
        self.priors = Priors(np.full(k, 4.0)) if guess else None

    def stand(self, values):
        expected = expect(self.design, values, NODES)
        at = curves(self.design.shape, values, NODES)
        height = expected.loglik
        if self.priors is not None:
            height += self.priors.log_density(values.a, values.c)[self.layout.free_guesses].sum()
        return height, self.layout.reduced(gradient(self.layout, at, expected, values, self.priors))

    def items(self):
        shape, values = self.design.shape, self.values
        steps = []
        for i, most in enumerate(shape.maxima):
            d = values.d[shape.first[i] : shape.first[i] + most]
            steps.append(-np.diff(d, prepend=0) / values.a[i])
        return ItemParameters.of(values.a, c=values.c, steps=steps)


CASES = {
    "two-parameter": {"maxima": [1, 1, 1, 1]},
    "one slope": {"maxima": [1, 1, 1, 1], "common": True},
    "one slope, several marks": {"maxima": [1, 2, 3], "common": True},
    "partial credit": {"maxima": [1, 3, 2]},
    "booklets": {"maxima": [1, 2, 1, 1], "booklets": True},
    "own items": {"maxima": [1, 1, 1, 1, 1, 1], "masked": True},
    "own items, several marks": {"maxima": [2, 1, 3, 1, 1, 1], "masked": True},
    "groups": {"maxima": [1, 1, 2], "groups": 3},
    "groups, own items": {"maxima": [1, 1, 1, 1, 1, 2], "groups": 2, "masked": True},
    "anchors": {"maxima": [1, 2, 1, 1], "anchors": 2},
    "anchors, groups": {"maxima": [1, 1, 1, 1], "anchors": 2, "groups": 2},
    "three-parameter": {"maxima": [1, 1, 1, 1], "guess": True},
    "three-parameter, groups": {"maxima": [1, 1, 1], "guess": True, "groups": 2},
    "three-parameter, own items": {"maxima": [1] * 6, "guess": True, "masked": True},
    "three-parameter, anchors": {"maxima": [1, 1, 1, 1], "guess": True, "anchors": 1},
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request):
    return Case(**request.param)


def test_marginal_likelihood_is_the_sum_over_nodes_written_out(case):
    values = case.values
    p = case.items().probabilities(NODES)
    total = 0.0
    for row, group, weight in zip(case.marks.dense(), case.groups, case.marks.weights, strict=True):
        density = normal_weights(NODES, values.mean[group], np.exp(values.log_sd[group]))
        for item, mark in enumerate(row):
            if mark >= 0:
                density = density * p[:, item, mark]
        total += weight * np.log(density.sum())
    assert np.isclose(expect(case.design, values, NODES).loglik, total, rtol=1e-12)


def test_gradient_is_that_of_finite_differences(case):
    _, found = case.stand(case.values)
    for i, h in enumerate(np.eye(case.layout.free_count) * 1e-5):
        up, down = (case.stand(case.layout.moved(case.values, s * h))[0] for s in (1, -1))
        assert np.isclose(found[i], (up - down) / 2e-5, atol=1e-5), i


def test_information_is_that_of_finite_differences(case):
    expected = expect(case.design, case.values, NODES)
    whole = observed_information(case.design, case.layout, case.values, NODES, expected, case.priors)
    found = case.layout.reduced(whole)
    for i, h in enumerate(np.eye(case.layout.free_count) * 1e-5):
        up, down = (case.stand(case.layout.moved(case.values, s * h))[1] for s in (1, -1))
        assert np.allclose(found[i], -(up - down) / 2e-5, atol=1e-4), i
    assert np.allclose(whole, whole.T)


def test_what_anchors_share_with_the_free_parameters_is_that_of_finite_differences():
    for name in ("anchors", "anchors, groups", "three-parameter, anchors"):
        case = Case(**CASES[name])
        expected = expect(case.design, case.values, NODES)
        whole = observed_information(case.design, case.layout, case.values, NODES, expected, case.priors)
        vector = case.layout.vector(case.values)
        for place in np.flatnonzero(~case.layout.is_free)[:6]:
            h = np.zeros(len(vector))
            h[place] = 1e-5
            up, down = (case.stand(case.layout.values(vector + s * h))[1] for s in (1, -1))
            assert np.allclose(case.layout.spread.T @ whole[:, place], -(up - down) / 2e-5, atol=1e-4)


def test_scores_of_rows_add_up_to_the_gradient(case):
    if case.priors is not None:
        case.priors = None
    _, found = case.stand(case.values)
    weights = case.marks.weights
    total = sum(
        (weights[rows, None] * scores).sum(axis=0)
        for rows, scores in scores_of_rows(case.design, case.layout, case.values, NODES)
    )
    assert np.allclose(case.layout.reduced(total), found)


def test_a_cycle_of_em_never_lowers_the_posterior(case):
    values = case.values
    height = case.stand(values)[0]
    for _ in range(15):
        values = maximise(case.layout, expect(case.design, values, NODES), values, NODES, case.priors)
        new = case.stand(values)[0]
        assert new >= height - 1e-9
        height = new


def test_blocks_hold_every_cell_once():
    case = Case([2, 1, 3, 1, 1, 1], masked=True)
    assert sum(block.chosen.sum() for block in case.design.blocks) == (case.marks.marks > 0).sum()
    assert sum(block.presented.sum() for block in case.design.blocks) == len(case.marks.marks)
    rows = np.sort(np.concatenate([block.rows for block in case.design.blocks]))
    assert rows.tolist() == list(range(len(case.marks)))
    assert all(isinstance(block, Block) for block in case.design.blocks)
