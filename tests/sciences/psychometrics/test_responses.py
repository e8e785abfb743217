"""Who was shown what: four states kept apart, equal rows collapsed, nothing dense."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from pintar.sciences.psychometrics.responses import NOT_PRESENTED, NOT_REACHED, OMITTED, ResponseTable

CODES = npst.arrays(np.int16, npst.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.integers(-3, 3))
unhurried = settings(deadline=None)


def sitting(*marks, items="abcd"):
    return list(zip(items, marks, strict=True))


def test_a_blank_before_the_last_answer_is_omitted_and_after_it_not_reached():
    table = ResponseTable.of_sittings("abcd", [("Siti", sitting(1, None, 0, None)), ("Budi", sitting(None, 1, 1, 1))])
    assert table.dense().tolist() == [[1, OMITTED, 0, NOT_REACHED], [OMITTED, 1, 1, 1]]


def test_order_shown_decides_what_was_reached_not_the_order_of_the_bank():
    table = ResponseTable.of_sittings("abcd", [("Siti", [("d", None), ("a", 1), ("c", None)])])
    assert table.dense().tolist() == [[1, NOT_PRESENTED, NOT_REACHED, OMITTED]]


def test_not_reached_is_absent_when_items_are_calibrated_and_wrong_when_people_are_estimated():
    table = ResponseTable.of_sittings("abcd", [("Siti", sitting(1, None, 1, None))])
    assert table.for_calibration().dense().tolist() == [[1, 0, 1, -1]]
    assert table.for_people().dense().tolist() == [[1, 0, 1, 0]]


def test_a_person_without_answers_is_not_counted():
    table = ResponseTable.of_sittings(
        "ab", [("Siti", sitting(None, None, items="ab")), ("Budi", []), ("Ani", [("a", 0)])]
    )
    for marks in (table.for_calibration(), table.for_people()):
        assert marks.persons == 1
        assert marks.rows.tolist() == [2]


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ([1, 0], "dimensions"),
        ([[0.5]], "whole"),
        ([[-4]], "between"),
        ([[1001]], "between"),
        ([["a"]], "whole numbers"),
    ],
)
def test_what_is_not_a_table_of_marks_is_refused(codes, why):
    with pytest.raises(ValueError, match=why):
        ResponseTable.of(codes)


def test_an_item_named_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        ResponseTable.of([[0, 1]], ["a", "a"])


def test_nan_is_not_presented():
    assert ResponseTable.of([[1.0, np.nan]]).dense().tolist() == [[1, NOT_PRESENTED]]


@given(CODES)
@unhurried
def test_an_array_comes_back_as_it_went_in(codes):
    table = ResponseTable.of(codes)
    assert table.shape == codes.shape
    assert np.array_equal(table.dense(), codes)


@given(CODES)
@unhurried
def test_marks_are_what_the_table_of_states_says(codes):
    table = ResponseTable.of(codes)
    answered = (codes >= 0).any(axis=1)
    assert np.array_equal(
        table.for_calibration().dense(),
        np.where(codes == OMITTED, 0, np.where(codes >= 0, codes, -1))[answered],
    )
    assert np.array_equal(
        table.for_people().dense(), np.where(codes == NOT_PRESENTED, -1, np.maximum(codes, 0))[answered]
    )


@given(CODES, st.data())
@unhurried
def test_collapsing_keeps_every_person_and_never_joins_unequal_rows(codes, data):
    marks = ResponseTable.of(codes).for_people()
    labels = data.draw(npst.arrays(np.int64, len(marks), elements=st.integers(0, 1)))
    collapsed, of = marks.collapsed(labels)
    dense = marks.dense()
    assert np.array_equal(collapsed.dense()[of], dense)
    assert collapsed.persons == marks.persons
    distinct = {(label, *row) for label, row in zip(labels.tolist(), dense.tolist(), strict=True)}
    assert len(collapsed) == len(distinct)
    assert np.array_equal(np.bincount(of, minlength=len(collapsed)), collapsed.weights)


@given(CODES)
@unhurried
def test_booklets_are_the_sets_of_items_presented(codes):
    marks = ResponseTable.of(codes).for_people()
    presented = marks.dense() >= 0
    seen = np.zeros(len(marks), int)
    for items, rows in marks.booklets():
        seen[rows] += 1
        for row in rows:
            assert np.flatnonzero(presented[row]).tolist() == items.tolist()
    assert (seen == 1).all()
    assert len(marks.booklets()) == len({tuple(row) for row in presented.tolist()})


@given(CODES, st.data())
@unhurried
def test_rows_and_items_are_taken_as_from_the_dense_array(codes, data):
    marks = ResponseTable.of(codes).for_people()
    dense = marks.dense()
    rows = data.draw(npst.arrays(bool, len(marks)))
    items = data.draw(st.permutations(range(codes.shape[1])))[: data.draw(st.integers(0, codes.shape[1]))]
    assert np.array_equal(marks.take_rows(rows).dense(), dense[rows])
    fewer = dense[:, items]
    assert np.array_equal(marks.take_items(items).dense(), fewer[(fewer >= 0).any(axis=1)])
    assert np.array_equal(marks.totals(), np.where(dense < 0, 0, dense).sum(axis=1))
    assert np.array_equal(marks.dense(1, 3), dense[1:3])


def test_a_nation_fits_in_little_memory():
    n, shown = 236_000, 40
    columns = (np.arange(n)[:, None] * 7 + np.arange(shown)) % 200
    starts = np.arange(n + 1) * shown
    table = ResponseTable.from_cells(tuple(map(str, range(200))), starts, columns.ravel(), np.ones(n * shown))
    held = table.starts.nbytes + table.columns.nbytes + table.codes.nbytes + table.maxima.nbytes
    assert held < 60_000_000
