"""Reading tables: what stands there comes back, what is wrong is named by line and column."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from pintar.sciences.psychometrics import reading
from pintar.sciences.psychometrics.reading import (
    TableFaulty,
    read_batches,
    read_choices,
    read_groups,
    read_key,
    read_marks,
)
from pintar.sciences.psychometrics.responses import NOT_PRESENTED

MARKS = npst.arrays(np.int16, npst.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(-1, 12))
unhurried = settings(deadline=None)


def lines(text):
    return text.splitlines(keepends=True)


def test_a_table_of_marks_is_read():
    table = read_marks(lines("person,a,b,c\nSiti,1,,0\nBudi,NA,1,2\n"))
    assert table.items == ("a", "b", "c")
    assert table.persons == ("Siti", "Budi")
    assert table.dense().tolist() == [[1, NOT_PRESENTED, 0], [NOT_PRESENTED, 1, 2]]
    assert table.maxima.tolist() == [1, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,0\nNA,1\n",
        "a;b\r\n1;0\r\nNA;1\r\n",
        "\ufeffa\tb\n1\t0\n\t1\n\n\n",
        '"a","b"\n1, 0\n"NA","1.0"\n',
    ],
)
def test_spreadsheets_and_r_write_the_same_table(text):
    table = read_marks(lines(text))
    assert table.items == ("a", "b")
    assert table.persons is None
    assert table.dense().tolist() == [[1, 0], [NOT_PRESENTED, 1]]


@given(MARKS, st.booleans(), st.sampled_from([",", ";", "\t"]), st.sampled_from(["", "NA"]))
@unhurried
def test_what_is_written_is_read(codes, named, separator, absent):
    header = (["person"] if named else []) + [f"i{j}" for j in range(codes.shape[1])]
    rows = [
        ([f"p{i}"] if named else []) + [str(mark) if mark >= 0 else absent for mark in row]
        for i, row in enumerate(codes)
    ]
    if codes.shape[1] == 1 and not named and absent == "":
        return  # an empty line at the end is no row
    text = "".join(separator.join(row) + "\n" for row in [header, *rows])
    if separator not in text:
        return
    table = read_marks(lines(text))
    assert np.array_equal(table.dense(), np.where(codes < 0, NOT_PRESENTED, codes))


def test_reading_at_once_and_cell_by_cell_agree(monkeypatch):
    chance = np.random.default_rng(1)
    codes = chance.integers(-1, 2, (500, 7))
    text = ["a,b,c,d,e,f,g\n"] + [",".join(str(m) if m >= 0 else "NA" for m in row) + "\n" for row in codes]
    at_once = read_marks(text)
    monkeypatch.setattr(reading, "_at_once", lambda *_: None)
    assert np.array_equal(read_marks(text).dense(), at_once.dense())


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("", "empty", 1, ""),
        ("\n", "empty", 1, ""),
        ("person\nSiti\n", "no_items", 1, ""),
        ("a,,b\n1,1,1\n", "name_missing", 1, ""),
        ("a,b,a\n1,1,1\n", "name_twice", 1, "a"),
        ("a,b\n1,1\n1\n", "ragged", 3, ""),
        ("a,b\n1,1\n1,1,1\n", "ragged", 3, ""),
        ("a,b\n1,1\n1,x\n", "not_a_mark", 3, "b"),
        ("a,b\n1,-1\n", "not_a_mark", 2, "b"),
        ("a,b\n1,0.5\n", "not_a_mark", 2, "b"),
        ("a,b\n1,٣\n", "not_a_mark", 2, "b"),
        ("a,b\n1,NAN\n", "not_a_mark", 2, "b"),
        ("person,a,b\nSiti,1,19800101\n", "not_a_mark", 2, "b"),
        ("a,b\n1,1001\n", "mark_too_high", 2, "b"),
        ('a,b\n1,"1\n', "bad_quotes", 2, ""),
    ],
)
def test_mistakes_name_line_and_column(text, reason, line, column):
    with pytest.raises(TableFaulty) as faulty:
        read_marks(lines(text))
    assert (faulty.value.reason, faulty.value.line, faulty.value.column) == (reason, line, column)


def test_a_mistake_far_down_still_names_its_line():
    text = ["a,b\n"] + ["1,0\n"] * 9000 + ["1,?\n"]
    with pytest.raises(TableFaulty) as faulty:
        read_marks(text)
    assert (faulty.value.line, faulty.value.column, faulty.value.found) == (9002, "b", "?")


def test_choices_become_marks_by_a_key():
    table = read_choices(lines("person,a,b\nSiti,A,C\nBudi,B,\nAni,A,B\n"))
    assert table.options == (("A", "B"), ("C", "B"))
    marks = table.marked(read_key(lines("item,key\nb,B\na,A\n")))
    assert marks.dense().tolist() == [[1, 0], [0, NOT_PRESENTED], [1, 1]]
    assert marks.persons == ("Siti", "Budi", "Ani")
    assert table.marked({"a": "A", "b": "D"}).dense()[:, 1].tolist() == [0, NOT_PRESENTED, 0]
    with pytest.raises(KeyError):
        table.marked({"a": "A"})


def test_a_key_or_a_group_without_its_columns_is_refused():
    for read, text, column in (
        (read_key, "a,key\n", "item"),
        (read_key, "item,a\n", "key"),
        (read_groups, "a\n", "group"),
    ):
        with pytest.raises(TableFaulty) as faulty:
            read(lines(text))
        assert (faulty.value.reason, faulty.value.column) == ("name_missing", column)


def test_groups_come_by_person_or_in_order():
    assert read_groups(lines("group\nL\nP\n")) == (None, ("L", "P"))
    assert read_groups(lines("person,group\nSiti,P\nBudi,L\n")) == (("Siti", "Budi"), ("P", "L"))


def test_batches_of_columns_are_read_as_lines_are():
    batches = [{"person": ["x"], "a": [1], "b": [None]}, {"person": ["y"], "a": np.array([np.nan]), "b": np.array([2])}]
    table = read_batches(batches)
    assert table.dense().tolist() == [[1, NOT_PRESENTED], [NOT_PRESENTED, 2]]
    assert table.persons == ("x", "y")
    assert len(read_batches([])) == 0


@pytest.mark.parametrize("value", [0.5, -2, "x", 5000, np.float64(0.5), np.inf])
def test_batches_name_what_is_wrong(value):
    with pytest.raises(TableFaulty) as faulty:
        read_batches([{"a": [1, 0]}, {"a": [0, value]}])
    assert (faulty.value.line, faulty.value.column) == (4, "a")


@given(st.lists(st.text(max_size=12), max_size=6))
@unhurried
def test_anything_is_a_table_or_a_mistake_with_a_line(text):
    for read in (read_marks, read_choices, read_key, read_groups):
        try:
            read(text)
        except TableFaulty as faulty:
            assert 1 <= faulty.line <= len(text) + 1
