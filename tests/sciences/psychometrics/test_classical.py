"""Classical statistics: R's values, definitions written out, and sums that merge to the same numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from samples import bank, drawn, lsat6, reference

from pintar.sciences.psychometrics.choices import ChoiceTable
from pintar.sciences.psychometrics.classical import Sums, count, describe
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, NOT_REACHED, OMITTED, ResponseTable

CODES = npst.arrays(np.int16, st.tuples(st.integers(1, 12), st.just(4)), elements=st.integers(-3, 2))
unhurried = settings(deadline=None)


def column(found, name):
    return np.array([getattr(item, name) for item in found.items], float)


def test_lsat6_is_what_r_gives():
    found, items, test = describe(count(lsat6())), reference("ref_ctt_items"), reference("ref_ctt_test")
    assert np.allclose(column(found, "facility"), items["p"], atol=1e-12)
    assert np.allclose(column(found, "item_rest"), items["r_it_corrected"], atol=1e-12)
    assert np.allclose(column(found, "alpha_if_deleted"), items["alpha_if_deleted"], atol=1e-12)
    assert np.isclose(found.alpha, test["alpha"][0], atol=1e-12)
    assert np.isclose(found.sem, test["SEM"][0], atol=1e-12)
    assert np.isclose(found.forms[0].mean, test["mean"][0])
    assert np.isclose(found.forms[0].sd, test["sd_sample"][0])
    assert sum(found.forms[0].distribution.values()) == found.persons == 1000


def test_upper_and_lower_27_percent_are_the_mean_over_all_orders_of_which_r_gives_one():
    codes, found = lsat6().dense(), describe(count(lsat6()))

    def by_order(rows):
        ranked = rows[np.argsort(codes[rows].sum(axis=1), kind="stable")]
        return codes[ranked[-270:]].mean(axis=0) - codes[ranked[:270]].mean(axis=0)

    assert np.allclose(by_order(np.arange(1000)), reference("ref_ctt_items")["D27"])
    chance = np.random.default_rng(1)
    orders = [by_order(chance.permutation(1000)) for _ in range(2000)]
    assert np.allclose(column(found, "discrimination27"), np.mean(orders, axis=0), atol=5e-3)


def test_marks_above_one_are_the_definitions_written_out():
    codes = np.random.default_rng(1).integers(0, [2, 3, 4, 2], (50, 4))
    found = describe(count(ResponseTable.of(codes)))
    total = codes.sum(axis=1)
    for j, item in enumerate(found.items):
        assert np.isclose(item.facility, codes[:, j].mean() / codes[:, j].max())
        assert np.isclose(item.item_rest, np.corrcoef(codes[:, j], total - codes[:, j])[0, 1])
        rest = np.delete(codes, j, axis=1)
        alpha = 3 / 2 * (1 - rest.var(axis=0).sum() / rest.sum(axis=1).var())
        assert np.isclose(item.alpha_if_deleted, alpha)
    assert np.isclose(found.alpha, 4 / 3 * (1 - codes.var(axis=0).sum() / total.var()))


def test_those_tied_at_the_edge_count_by_a_fraction():
    # 10 persons: 2.7 in each group; totals 3, 3, 2 × 4, 1, 1, 0, 0
    codes = np.array([[1, 1, 1]] * 2 + [[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 0]] + [[1, 0, 0]] * 2 + [[0, 0, 0]] * 2)
    found = describe(count(ResponseTable.of(codes)))
    assert np.isclose(found.items[0].discrimination27, (2 + 0.7 * 3 / 4) / 2.7 - 0.7 / 2.7)
    assert np.isclose(found.items[2].discrimination27, (2 + 0.7 * 2 / 4) / 2.7)


def test_forms_are_pooled_by_fisher_s_z():
    codes = drawn(bank(6), np.random.default_rng(1).normal(size=200), 2)
    codes[:80, 0], codes[80:, 5] = NOT_PRESENTED, NOT_PRESENTED
    found = describe(count(ResponseTable.of(codes)))
    z, weights = [], []
    for rows, items in ((slice(0, 80), slice(1, 6)), (slice(80, 200), slice(0, 5))):
        total = codes[rows, items].sum(axis=1)
        z.append(np.arctanh(np.corrcoef(codes[rows, 2], total - codes[rows, 2])[0, 1]))
        weights.append(len(total) - 3)
    assert np.isclose(column(found, "item_rest")[2], np.tanh(np.average(z, weights=weights)))
    assert [form.persons for form in found.forms] == [120, 80]
    assert {item.item: item.presented for item in found.items} == {
        "1": 120,
        "2": 200,
        "3": 200,
        "4": 200,
        "5": 200,
        "6": 80,
    }


def test_blanks_count_as_wrong_and_are_reported():
    found = describe(count(ResponseTable.of([[1, OMITTED, 1, NOT_REACHED], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 1]])))
    assert found.items[1].facility == 0.5
    assert found.items[1].omitted == 0.25
    assert found.items[3].not_reached == 0.25
    assert found.items[3].facility == 0.5


def test_options_have_their_share_and_their_mean_rest_score():
    choices = ChoiceTable(
        ("a", "b"),
        (("A", "B"), ("A", "B", "C")),
        np.array([0, 2, 4, 6, 8]),
        np.array([0, 1] * 4, np.int32),
        np.array([0, 0, 0, 1, 1, 2, 0, OMITTED], np.int16),
    )
    found = describe(count(choices.marked({"a": "A", "b": "A"}), choices))
    assert [(o.option, o.share, o.mean_rest) for o in found.items[0].options] == [("A", 0.75, 1 / 3), ("B", 0.25, 0)]
    assert [(o.option, o.share, o.mean_rest) for o in found.items[1].options] == [
        ("A", 0.25, 1),
        ("B", 0.25, 1),
        ("C", 0.25, 0),
    ]


def test_what_has_no_variance_has_no_correlation():
    found = describe(count(ResponseTable.of([[1, 0], [1, 0], [1, 1]])))
    assert found.items[0].item_rest is None
    assert found.items[1].item_rest is None
    assert found.items[0].facility == 1
    one = describe(count(ResponseTable.of([[1]])))
    assert (one.alpha, one.sem, one.items[0].alpha_if_deleted) == (None, None, None)


def test_an_empty_table_has_no_statistics():
    found = describe(count(ResponseTable.of(np.full((3, 2), NOT_PRESENTED))))
    assert (found.persons, found.items, found.alpha) == (0, (), None)


@given(CODES, st.lists(st.integers(0, 2), min_size=12, max_size=12), st.permutations(range(4)))
@unhurried
def test_parts_added_in_any_order_give_exactly_what_one_pass_gives(codes, part, order):
    maxima = np.full(4, 2)
    whole = describe(count(ResponseTable.of(codes, maxima=maxima)))
    part = np.array(part[: len(codes)])
    sums = Sums({}, {})
    for p in (2, 0, 1):
        table = ResponseTable.of(codes[part == p][:, order], [str(i + 1) for i in order], maxima=maxima)
        sums = count(table) + sums
    assert repr(describe(sums)) == repr(whole)


@given(CODES)
@unhurried
def test_statistics_stay_within_their_bounds(codes):
    found = describe(count(ResponseTable.of(codes)))
    for item in found.items:
        assert 0 <= item.facility <= 1
        assert item.item_rest is None or -1 - 1e-9 <= item.item_rest <= 1 + 1e-9
        assert -1 - 1e-9 <= item.discrimination27 <= 1 + 1e-9
        assert 0 <= item.omitted + item.not_reached <= 1
    assert found.alpha is None or found.alpha <= 1 + 1e-9


def test_options_merge_too():
    chosen = np.array([0, 1, 1, 0], np.int16)
    parts = [
        ChoiceTable(("a",), (labels,), np.array([0, 1, 2]), np.zeros(2, np.int32), chosen[cells])
        for labels, cells in ((("A", "B"), slice(0, 2)), (("B", "A"), slice(2, 4)))
    ]
    sums = [count(part.marked({"a": "A"}), part) for part in parts]
    found = describe(sums[0] + sums[1])
    assert [(o.option, o.share) for o in found.items[0].options] == [("A", 0.5), ("B", 0.5)]
    assert found.items[0].facility == pytest.approx(0.5)


def test_many_rows_are_summed_in_portions_with_the_same_result(monkeypatch):
    from pintar.sciences.psychometrics import classical

    codes = np.random.default_rng(3).integers(-3, 2, (300, 5))
    whole = describe(count(ResponseTable.of(codes)))
    monkeypatch.setattr(classical, "ROWS", 7)
    assert describe(count(ResponseTable.of(codes))).items == whole.items
