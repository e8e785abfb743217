"""Figures hold what they draw: positions follow from the numbers, and the numbers from the data."""

import re

import numpy as np
import pytest

from pintar.sciences.psychometrics.figures.axes import Axis, around, path, reported
from pintar.sciences.psychometrics.figures.forms import information, person_item_map
from pintar.sciences.psychometrics.figures.gains import Measured, gains
from pintar.sciences.psychometrics.figures.items import item_curve, option_bars
from pintar.sciences.psychometrics.irt.items import ItemParameters


def bank(k=20, seed=1, **more):
    chance = np.random.default_rng(seed)
    names = [f"b{i}" for i in range(k)]
    return ItemParameters.of(chance.uniform(0.7, 1.9, k), chance.normal(size=k), names=names, **more)


# Axes


def test_the_reported_scale_is_five_hundred_and_a_hundred():
    assert reported([-1.0, 0.0, 2.5]).tolist() == [400, 500, 750]


def test_heights_count_from_the_top_and_ticks_are_round():
    assert Axis(0, 16, upwards=True).at(4) == 75
    assert [tick.value for tick in Axis(0, 16, upwards=True).ticks(4)] == [0, 5, 10, 15]
    assert [(tick.at, tick.value) for tick in Axis(200, 800).ticks(6)] == [
        (0, 200), (16.667, 300), (33.333, 400), (50, 500), (66.667, 600), (83.333, 700), (100, 800),
    ]  # fmt: skip
    assert around([481.0, 512.0], 50, 25) == (475, 525)
    assert around([500.0], 50, 25) == (475, 525)
    assert path([0, 100], [5, 2.5]) == "M0.00 5.00L100.00 2.50"


# Items


def test_a_curve_goes_through_a_half_at_its_difficulty_and_groups_hold_everybody():
    items = bank(se_a=np.full(20, 0.1), se_b=np.full(20, 0.08))
    theta = np.random.default_rng(2).normal(size=900)
    marks = np.random.default_rng(3).random(900) < items.probabilities(theta)[:, 4, 1]
    figure = item_curve(items, 4, theta, marks)
    assert sum(group.persons for group in figure.seen) == 900
    assert len(figure.seen) == 9
    assert figure.difficulty == pytest.approx(500 + 100 * items.b[4])
    assert figure.error == pytest.approx(1.96 * 8)
    points = np.array([[float(v) for v in pair.split()] for pair in re.split("[ML]", figure.curve)[1:]])
    assert np.interp(figure.difficulty_x, points[:, 0], points[:, 1]) == pytest.approx(50, abs=0.5)
    for group in figure.seen:
        assert group.high <= group.y < group.low  # upside down: more is nearer to the top
        assert group.y == pytest.approx(100 - group.share)
        assert abs(group.share - group.expected) < 20
    assert [group.middle for group in figure.seen] == sorted(group.middle for group in figure.seen)


def test_an_item_with_several_marks_is_drawn_by_its_share_of_marks():
    items = ItemParameters.of([1.0], steps=[[-0.5, 0.5]])
    theta = np.zeros(40)
    figure = item_curve(items, 0, theta, np.tile([0, 1, 2, 1], 10))
    assert np.mean([group.share for group in figure.seen]) == pytest.approx(50)
    assert figure.seen[0].expected == pytest.approx(50)


def test_a_difficulty_that_is_not_known_is_not_drawn():
    far = ItemParameters.of([0.05], [-40.0])
    assert item_curve(far, 0, np.zeros(20), np.ones(20)).difficulty is None
    vague = ItemParameters.of([0.1], [0.0], se_a=[0.1], se_b=[3.0])
    assert item_curve(vague, 0, np.zeros(20), np.ones(20)).difficulty_x is None
    few = item_curve(vague, 0, np.zeros(5), np.ones(5))
    assert few.seen == ()
    assert [value for value, _ in few.expected] == [200, 300, 400, 500, 600, 700, 800]
    assert few.expected[3][1] == pytest.approx(100 * vague.expected([0.0])[0, 0])


def test_options_add_up_in_every_group_and_the_one_that_attracts_the_able_is_marked():
    chance = np.random.default_rng(4)
    rest = chance.integers(0, 20, 600)
    taken = np.where(rest > 11, chance.choice(["B", "A"], 600, p=[0.7, 0.3]), chance.choice(list("ACD"), 600))
    bars = option_bars(taken.tolist(), ["A", "B", "C", "D"], "A", rest)
    assert sum(bar.lowest for bar in bars) == pytest.approx(100)
    assert sum(bar.highest for bar in bars) == pytest.approx(100)
    assert sum(bar.share for bar in bars) == pytest.approx(100)
    assert [bar.option for bar in bars if bar.attracts_able] == ["B"]
    assert [bar.option for bar in bars if bar.is_key] == ["A"]
    by_name = {bar.option: bar for bar in bars}
    assert by_name["B"].mean_rest > 0 > by_name["C"].mean_rest
    assert max(max(bar.low_x, bar.high_x) for bar in bars) == 85


def test_people_tied_at_the_edge_count_in_part_so_that_their_order_changes_nothing():
    taken, rest = ["A", "B", "A", "B"], [1, 1, 1, 1]
    one, other = (option_bars(t, ["A", "B"], "A", rest) for t in (taken, taken[::-1]))
    assert one == other
    assert one[0].lowest == one[0].highest == pytest.approx(50)


def test_blanks_come_last_and_an_option_nobody_took_has_no_mean():
    bars = option_bars(["A", None, "A", "B"], ["A", "B", "C"], "A", [3, 1, 2, 0])
    assert [bar.option for bar in bars] == ["A", "B", "C", ""]
    assert bars[2].mean_rest is None
    assert bars[3].share == 25


# Forms


def test_everyone_and_every_item_is_on_the_map_or_named_beside_it():
    items = ItemParameters.of([1.0] * 5, [-0.5, 0.0, 0.0, 0.01, 9.0], names=list("abcde"))
    theta = np.array([-9.0, -0.2, 0.0, 0.4, 5.0])
    figure = person_item_map(theta, items, cut=0.1)
    assert sum(bar.persons for bar in figure.bars) == 5
    assert sum(bar.items for bar in figure.bars) == len(figure.dots) == 4
    assert figure.beyond == ("e",)
    assert figure.above == 2
    assert figure.cut == 510
    assert len({(dot.x, dot.y) for dot in figure.dots}) == 4
    assert all(0 <= bar.x <= bar.x + bar.width <= 100 and bar.y >= 0 for bar in figure.bars)
    assert [bar.below for bar in figure.bars] == [(bar.low + bar.high) / 2 < 510 for bar in figure.bars]


def test_a_column_of_many_items_stays_inside_the_plot():
    figure = person_item_map(np.zeros(3), ItemParameters.of([1.0] * 60, [0.0] * 60))
    assert max(dot.y for dot in figure.dots) <= 98
    assert figure.cut is None


def test_information_is_drawn_with_its_standard_error_at_the_cut():
    forms = {"A": bank(40), "B": bank(40, seed=2)}
    figure = information(forms, cut=0.3)
    for form in figure.curves:
        truth = float(forms[form.name].information([0.3]).sum())
        assert form.at_cut == pytest.approx(truth)
        assert form.error == pytest.approx(100 / np.sqrt(truth))
    row = next(row for row in figure.rows if row.scale == 500)
    assert row.information[1] == pytest.approx(float(forms["B"].information([0.0]).sum()))
    top = figure.heights[-1]
    assert top.at == 0
    assert top.value >= max(
        float(items.information(np.linspace(-3, 3, 121)).sum(axis=1).max()) for items in forms.values()
    )
    assert figure.cut_x == pytest.approx(55)
    with pytest.raises(ValueError, match="one to six"):
        information({})


# Gains


def test_a_gain_is_proven_only_beyond_its_own_error():
    figure = gains(
        [Measured("1.1", -0.2, 0.05, 0.53, 0.05, 0.73, 0.04), Measured("2.3", -0.1, 0.05, -0.04, 0.05, 0.06, 0.05)]
    )
    assert [row.is_proven for row in figure.rows] == [True, False]
    assert figure.proven == 1
    first = figure.rows[0]
    assert (first.before, first.after, first.gain) == pytest.approx((480, 553, 73))
    assert first.reach == pytest.approx(1.96 * 4)
    assert first.low_before < first.x_before < first.high_before < first.x_after
    assert all(0 <= place <= 100 for row in figure.rows for place in (row.low_before, row.high_after))
    with pytest.raises(ValueError, match="nothing"):
        gains([])


@pytest.mark.parametrize(
    ("right", "people", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_range_of_a_share_is_wilsons_as_newcombe_tabulates_it(right, people, low, high, monkeypatch):
    """1998, Statistics in Medicine 17, 857–872, table I."""
    monkeypatch.setattr("pintar.sciences.psychometrics.figures.items.GROUPS", 1)
    marks = np.repeat([1, 0], [right, people - right])
    (group,) = item_curve(ItemParameters.of([1.0], [0.0]), 0, np.zeros(people), marks).seen
    assert 100 - group.low == pytest.approx(100 * low, abs=0.005)
    assert 100 - group.high == pytest.approx(100 * high, abs=0.005)
