"""Parquet is read as CSV is. pyarrow is no part of Pintar: with it (`make judges`) real files are read, without it the
command says what to do."""

import csv
import json
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from pintar.cli import cli

MARKS = np.random.default_rng(1).integers(0, 2, (9000, 4))
NAMES = ["a", "b", "c", "d"]


def with_pyarrow(test):
    """Not in the daily tests."""
    return pytest.mark.judges(pytest.mark.long(test))


def run(*words):
    return CliRunner().invoke(cli, ["measure", *map(str, words)])


@pytest.fixture
def as_both(tmp_path):
    """The same table as CSV and as Parquet, in several row groups."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: make judges")
    import pyarrow
    from pyarrow import parquet

    def write(columns):
        files = tmp_path / "table.csv", tmp_path / "table.parquet"
        with files[0].open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*(["" if v is None else v for v in each] for each in columns.values()), strict=True))
        parquet.write_table(pyarrow.table(columns), files[1], row_group_size=1000)
        return files

    return write


@with_pyarrow
@pytest.mark.parametrize("blanks", [False, True])
def test_marks_in_parquet_are_those_of_the_same_table_in_csv(as_both, blanks):
    rows = [[None if blanks and (i + j) % 7 == 0 else int(v) for j, v in enumerate(row)] for i, row in enumerate(MARKS)]
    people = {"person": [f"p{i}" for i in range(len(rows))]}
    files = as_both(people | dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True)))
    one, other = (run("items", file, "--json") for file in files)
    assert one.exit_code == other.exit_code == 0, other.output
    assert json.loads(one.stdout)["persons"] == 9000
    assert one.stdout == other.stdout


@with_pyarrow
def test_options_in_parquet_are_marked_by_the_key(as_both, tmp_path):
    taken = {
        name: [["A", "B", None][v % 3] for v in (MARKS[:, j] + np.arange(9000)).tolist()]
        for j, name in enumerate(NAMES)
    }
    key = tmp_path / "key.csv"
    key.write_text("item,key\n" + "".join(f"{name},A\n" for name in NAMES))
    one, other = (run("items", file, "--key", key, "--json") for file in as_both(taken))
    assert one.exit_code == other.exit_code == 0, other.output
    assert one.stdout == other.stdout


@with_pyarrow
def test_a_mark_that_cannot_be_is_named_by_its_row_and_a_broken_file_is_no_traceback(as_both, tmp_path):
    faulty = run("items", as_both({"a": [1.0] * 5000 + [0.5], "b": [0] * 5001})[1])
    assert faulty.exit_code == 1
    assert "line 5001, column a: “0.5” is not a whole number" in faulty.output
    broken = tmp_path / "broken.parquet"
    broken.write_text("a,b\n1,0\n")
    told = run("items", broken)
    assert told.exit_code == 1
    assert "is not a Parquet file" in told.output
    assert told.exception.__class__ is SystemExit


def test_without_pyarrow_it_is_said_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as Python itself marks what cannot be imported
    file = tmp_path / "table.parquet"
    file.write_bytes(b"PAR1")
    told = run("items", file)
    assert told.exit_code == 1
    assert "pip install pyarrow" in told.output
    assert "CSV" in told.output
