"""Gain: the latent mean's derivatives and influences by finite differences, coverage by simulation."""

from dataclasses import replace

import numpy as np
import pytest
from samples import bank, drawn, with_blanks

from pintar.sciences.psychometrics.irt.abilities import measure
from pintar.sciences.psychometrics.irt.calibration import calibrate
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable
from pintar.sciences.psychometrics.scale.gain import group_gain, impact, pooled
from pintar.sciences.psychometrics.scale.latent import latent
from pintar.sciences.psychometrics.scale.persons import by_items, person_gains

POLY = ItemParameters.of([1.2, 0.8, 1.6, 1.0], steps=[[0.3], [-1.0, 0.5, 0.2], [1.0], [-1.0]])
BANKS = {"2pl": bank(20), "3pl": bank(20, c=np.full(20, 0.2)), "several marks": POLY}


def moved(items, place, by):
    item = int(np.searchsorted(items.offsets, place, side="right")) - 1
    part, most = place - items.offsets[item], int(items.maxima[item])
    slopes, intercepts, guesses = items.slopes.copy(), items.intercepts.copy(), items.guesses.copy()
    (intercepts[item] if part < most else slopes if part == most else guesses)[part if part < most else item] += by
    return replace(items, slopes=slopes, intercepts=intercepts, guesses=guesses)


def table(items, theta, seed, blanks=0.0):
    return ResponseTable.of(with_blanks(drawn(items, theta, seed), blanks, seed), items.names)


@pytest.mark.parametrize("items", BANKS.values(), ids=BANKS.keys())
def test_a_group_s_mean_and_sd_move_with_the_items_as_said(items):
    marks = table(items, 0.4 + 0.8 * np.random.default_rng(1).normal(size=400), 2, 0.1).for_people()
    found = latent(marks, items)
    for place in range(0, items.offsets[-1], 7):
        if items.layout[place][1] == "c" and not items.c.any():
            assert (found.by_items[:, place] == 0).all()
            continue
        up, down = (latent(marks, moved(items, place, s * 1e-4)) for s in (1, -1))
        assert found.by_items[0, place] == pytest.approx((up.mean - down.mean) / 2e-4, abs=2e-5)
        assert found.by_items[1, place] == pytest.approx((up.sd - down.sd) / 2e-4, abs=2e-5)


def test_a_person_s_influence_is_what_leaving_them_out_does():
    marks = table(bank(20), np.random.default_rng(1).normal(size=500), 2).for_people()
    found = latent(marks, bank(20))
    assert np.allclose(found.influence.sum(axis=0), 0, atol=1e-6)
    for i in (0, 17, 333):
        without = latent(marks.take_rows(np.delete(np.arange(500), i)), bank(20))
        assert found.influence[i, 0] == pytest.approx(found.mean - without.mean, rel=0.03, abs=1e-5)
        assert found.influence[i, 1] == pytest.approx(found.sd - without.sd, rel=0.03, abs=1e-5)


def test_a_latent_mean_is_not_drawn_to_the_prior():
    theta = 1.0 + 0.6 * np.random.default_rng(1).normal(size=3000)
    marks = table(bank(10), theta, 2)
    found = latent(marks.for_people(), bank(10))
    assert abs(found.mean - theta.mean()) < 0.05
    assert abs(found.sd - theta.std()) < 0.05
    assert measure(marks, bank(10), "eap").theta.mean() < 0.85


@pytest.mark.parametrize("items", BANKS.values(), ids=BANKS.keys())
def test_a_person_s_measure_moves_with_the_items_as_said(items):
    marks = table(items, np.random.default_rng(1).normal(size=30), 2, 0.1).for_people()
    found = measure(marks, items)
    inside = ~found.extreme & (np.abs(found.theta) < 3)
    g = by_items(marks, items, found.theta)
    for place in range(0, items.offsets[-1], 7):
        if items.layout[place][1] == "c" and not items.c.any():
            continue
        up, down = (measure(marks, moved(items, place, s * 1e-4)).theta for s in (1, -1))
        assert np.allclose(g[inside, place], ((up - down) / 2e-4)[inside], rtol=1e-3, atol=1e-4)


def test_what_both_forms_share_cancels():
    chance = np.random.default_rng(1)
    items = calibrate(table(bank(20), chance.normal(size=600), 2), "2pl").items
    theta = chance.normal(size=300)
    pre, post = table(items, theta, 3), table(items, theta + 0.1, 4)
    same = group_gain(pre, post, items)
    first, second = pre.dense(), post.dense()
    first[:, 10:], second[:, :10] = NOT_PRESENTED, NOT_PRESENTED
    apart = group_gain(ResponseTable.of(first), ResponseTable.of(second), items)
    assert 0 < same.se**2 - same.variance_of_people < 0.1 * (apart.se**2 - apart.variance_of_people)


def test_a_person_s_two_occasions_are_correlated_as_they_are():
    theta = np.random.default_rng(1).normal(size=800)
    pre, post = table(bank(30), theta, 3), table(bank(30), theta + 0.5, 4)
    shuffled = ResponseTable.of(post.dense()[np.random.default_rng(5).permutation(800)])
    together, strangers = group_gain(pre, post, bank(30)), group_gain(pre, shuffled, bank(30))
    assert together.gain == pytest.approx(strangers.gain, abs=1e-6)
    assert together.se < 0.6 * strangers.se


def test_only_people_with_both_occasions_count():
    theta = np.random.default_rng(1).normal(size=200)
    pre, post = table(bank(20), theta, 3).dense(), table(bank(20), theta + 0.5, 4).dense()
    post[150:] = NOT_PRESENTED
    found = group_gain(ResponseTable.of(pre), ResponseTable.of(post), bank(20))
    fewer = group_gain(ResponseTable.of(pre[:150]), ResponseTable.of(post[:150]), bank(20))
    assert found.persons == 150
    assert found.dropout == 0.25
    assert found.gain == pytest.approx(fewer.gain)
    with pytest.raises(ValueError, match="both"):
        group_gain(ResponseTable.of(pre[:50]), ResponseTable.of(post[150:]), bank(20))


def test_units_that_moved_together_make_the_error_larger():
    chance = np.random.default_rng(1)
    units = np.repeat(np.arange(20), 20)
    theta = chance.normal(size=400)
    shift = 0.5 * chance.normal(size=20)[units]
    pre, post = table(bank(20), theta, 3), table(bank(20), theta + shift, 4)
    assert group_gain(pre, post, bank(20), units=units).se > 1.3 * group_gain(pre, post, bank(20)).se


def test_an_indicator_s_gain_uses_its_items_only():
    theta = np.random.default_rng(1).normal(size=400)
    pre, post = table(bank(20), theta, 3).dense(), table(bank(20), theta, 4).dense()
    better = table(bank(20), theta + 1, 5).dense()
    post[:, :8] = better[:, :8]
    names = bank(20).names
    pre, post = ResponseTable.of(pre), ResponseTable.of(post)
    assert group_gain(pre, post, bank(20), only=names[:8]).gain > 0.8
    assert abs(group_gain(pre, post, bank(20), only=names[8:]).gain) < 0.2


def test_pooling_counts_the_items_error_once():
    chance = np.random.default_rng(1)
    items = calibrate(table(bank(20), chance.normal(size=300), 2), "2pl").items
    gains = []
    for seed in range(4):
        theta = chance.normal(size=500)
        first, second = (table(items, theta + s, 10 + 2 * seed + s).dense() for s in (0, 1))
        first[:, 10:], second[:, :10] = NOT_PRESENTED, NOT_PRESENTED
        gains.append(group_gain(ResponseTable.of(first), ResponseTable.of(second), items))
    found = pooled(gains, items)
    assert found.persons == 2000
    assert found.gain == pytest.approx(np.mean([g.gain for g in gains]))
    items_part = np.sqrt(np.mean([g.se**2 - g.variance_of_people for g in gains]))
    assert found.se > 0.95 * items_part
    assert found.se < np.mean([g.se for g in gains])
    alone = pooled(gains[:1], items)
    assert alone.se == pytest.approx(gains[0].se)


def test_impact_is_the_gain_beyond_those_who_waited_and_the_items_common_error_cancels():
    """Both groups gain .3 by sitting twice, the trained .6 more; items calibrated anew for each of 20 pairs of them."""
    z = []
    for seed in range(20):
        chance = np.random.default_rng(seed)
        items = calibrate(table(bank(20), chance.normal(size=300), seed), "2pl").items
        gains = []
        for trained in (True, False):
            theta = chance.normal(size=150)
            occasions = (theta, theta + 0.3 + 0.6 * trained)
            first, second = (table(bank(20), at, chance.integers(2**31)).dense() for at in occasions)
            first[:, 10:], second[:, :10] = NOT_PRESENTED, NOT_PRESENTED
            gains.append(group_gain(ResponseTable.of(first), ResponseTable.of(second), items))
        found = impact(*gains, items)
        z.append((found.impact - 0.6) / found.se)
        of_items = [gain.se**2 - gain.variance_of_people for gain in gains]
        assert found.se**2 - sum(gain.variance_of_people for gain in gains) < 0.7 * sum(of_items)
    assert abs(np.mean(z)) < 0.67  # three standard errors
    assert 0.6 < np.std(z) < 1.4


def test_for_these_people_only_the_error_is_that_of_their_answers():
    """The same 300 people answer 60 times."""
    chance = np.random.default_rng(1)
    theta = chance.normal(size=300)
    later = theta + 0.5 + 0.8 * chance.normal(size=300)
    found = [group_gain(table(bank(20), theta, 2 * s), table(bank(20), later, 2 * s + 1), bank(20)) for s in range(60)]
    gains = np.array([each.gain for each in found])
    said = np.mean([each.se_of_these for each in found])
    assert gains.std(ddof=1) == pytest.approx(said, rel=0.28)  # three standard errors of a standard deviation
    assert gains.mean() == pytest.approx((later - theta).mean(), abs=3 * said / np.sqrt(60) + 0.01)
    assert np.mean([each.se for each in found]) > 1.25 * said  # who came is a chance of its own


def test_a_person_sees_an_indicator_s_gain_only_where_it_is_exact_enough():
    theta = np.random.default_rng(1).normal(size=300)
    pre, post = table(bank(40), theta, 3), table(bank(40), theta + 1, 4)
    whole, few = person_gains(pre, post, bank(40)), person_gains(pre, post, bank(40), only=bank(40).names[:6])
    alone = [ResponseTable.of(each.dense()[:, :6], bank(40).names[:6]) for each in (pre, post)]
    assert few.gain == pytest.approx(person_gains(*alone, bank(40)).gain)
    assert whole.is_shown.any()
    assert (whole.is_shown == (whole.se <= 0.5)).all()
    assert not few.is_shown.any()


def test_a_person_s_gain_is_real_only_beyond_chance():
    theta = np.random.default_rng(1).normal(size=400)
    items = calibrate(table(bank(40), np.random.default_rng(2).normal(size=1000), 2), "2pl").items
    none = person_gains(table(items, theta, 3), table(items, theta, 4), items)
    assert none.is_real.mean() < 0.09
    large = person_gains(table(items, theta, 3), table(items, theta + 2, 4), items)
    assert large.is_real.mean() > 0.8
    z = (none.gain / none.se)[~np.isnan(none.gain)]
    assert 0.85 < z.std() < 1.1


def test_coverage_of_a_small_study():
    """Its long form is `python -m bench measure`."""
    covered = 0
    for seed in range(40):
        chance = np.random.default_rng(1000 + seed)
        true = ItemParameters.of(np.resize([0.7, 1.0, 1.3, 1.6, 1.9], 24), chance.normal(size=24))
        items = calibrate(table(true, chance.normal(size=500), seed), "2pl").items
        theta = chance.normal(size=200)
        pre = drawn(true, theta, 2 * seed)
        post = drawn(true, theta + 0.5 + 0.3 * chance.normal(size=200), 2 * seed + 1)
        pre[:, 14:], post[:, :10] = NOT_PRESENTED, NOT_PRESENTED
        found = group_gain(ResponseTable.of(pre), ResponseTable.of(post), items)
        covered += found.interval[0] <= 0.5 <= found.interval[1]
    assert covered >= 34
