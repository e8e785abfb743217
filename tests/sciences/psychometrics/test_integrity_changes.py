"""Changed answers: what everybody gains is no evidence, what one person gains beyond it is."""

import numpy as np
import pytest

from pintar.sciences.psychometrics.integrity.changes import check_changes, check_units
from pintar.sciences.psychometrics.irt.items import ItemParameters


def cohort(seed, gain, n=400, k=40):
    chance = np.random.default_rng(seed)
    items = ItemParameters.of(np.full(k, 1.2), chance.normal(size=k))
    theta = chance.normal(size=n)
    p = items.probabilities(theta)[:, :, 1]
    changed = chance.random((n, k)) < 0.1
    p = np.where(changed, 1 / (1 + (1 / p - 1) * np.exp(-gain)), p)
    return chance.random((n, k)) < p, changed, theta, lambda at: items.probabilities(at)[:, :, 1]


def test_a_cohort_that_gains_by_thinking_again_is_not_suspected():
    right, changed, theta, curves = cohort(1, gain=0.8)
    check = check_changes(right, changed, theta, curves)
    assert check.gain == pytest.approx(0.8, abs=0.15)
    assert (check.p <= 0.01).mean() <= 0.02
    assert check.expected.sum() == pytest.approx(check.right.sum(), rel=0.01)


def test_a_person_whose_ten_changes_all_came_right_is_seen():
    right, changed, theta, curves = cohort(2, gain=0.4)
    theta[5], changed[5] = -1.5, np.arange(40) < 10
    right[5, :10] = True
    check = check_changes(right, changed, theta, curves)
    assert check.p[5] < 1e-4
    assert check.changed[5] == check.right[5] == 10


def test_who_changed_nothing_has_nothing_to_explain():
    right, changed, theta, curves = cohort(3, gain=0.0)
    changed[:] = False
    check = check_changes(right, changed, theta, curves)
    assert np.all(check.p == 1)
    assert check.gain == 0


def test_a_unit_where_somebody_corrected_the_papers_stands_out():
    right, changed, theta, curves = cohort(4, gain=0.3)
    units = np.arange(400) // 20
    inside = units == 3
    right[inside] |= changed[inside]
    names, p = check_units(check_changes(right, changed, theta, curves), units)
    assert names[np.argmin(p)] == 3
    assert p.min() < 1e-6
    assert (np.delete(p, 3) < 0.01).mean() <= 0.1
