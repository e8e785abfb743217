"""Reading a response table from lines or batches; opening the file is the caller's work.

A table is CSV: a header of item names, one row a person, whole-number marks, empty or NA = not presented; a first
column `person` names the rows. The separator is the header's: comma, semicolon (as spreadsheets write it in Indonesia)
or tab. Lines are read in portions of some thousand; a portion whose cells are all one digit, empty or NA is read as
bytes at once, any other cell by cell, so that errors can name line and column.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.choices import ChoiceTable
from pintar.sciences.psychometrics.responses import GREATEST_MARK, ResponseTable

PERSON = "person"
ABSENT = ("", "NA")

_PORTION = 4096
_MARK = re.compile(r"(\d{1,7})(?:\.0*)?", re.ASCII)


class TableFaulty(ValueError):
    """reason: a stable code. line: from 1. column: the item's name, or "". found: what stands there, cut short.

    empty: no header. name_twice, name_missing: of an item. no_items. ragged: too few or too many cells (found: how
    many). not_a_mark. mark_too_high. bad_quotes. no_key: an item that the key lacks.
    """

    def __init__(self, reason: str, line: int, column: str = "", found: str = "") -> None:
        super().__init__(f"line {line}{f', column {column}' if column else ''}: {reason} {found}".rstrip())
        self.reason, self.line, self.column, self.found = reason, line, column, found[:80]


@dataclass(frozen=True, slots=True)
class Header:
    """items: their names in the order of the columns. names_persons: the first column holds names."""

    items: tuple[str, ...]
    names_persons: bool
    separator: str


def read_marks(lines: Iterable[str]) -> ResponseTable:
    """A table of marks. TableFaulty says where it is wrong."""
    header, rest = _header(lines)
    persons: list[str] = []
    counts: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int32]] = []
    codes: list[NDArray[np.int16]] = []
    for first, portion in _portions(rest):
        names, bodies = _without_persons(portion, header, first)
        persons += names
        grid = _at_once(bodies, header)
        if grid is None:
            grid = np.array(
                [
                    [_mark(cell, line, header.items[j]) for j, cell in enumerate(row)]
                    for line, row in _cells(portion, header, first)
                ],
                np.int16,
            ).reshape(-1, len(header.items))
        row, column = np.nonzero(grid >= 0)
        counts.append(np.bincount(row, minlength=len(grid)))
        columns.append(column.astype(np.int32))
        codes.append(grid[row, column])
    return _gathered(header.items, counts, columns, codes, persons if header.names_persons else None)


def read_choices(lines: Iterable[str]) -> ChoiceTable:
    """A table of the options chosen, any short texts; empty or NA = not presented."""
    header, rest = _header(lines)
    numbers: list[dict[str, int]] = [{} for _ in header.items]
    persons: list[str] = []
    starts, columns, choices = [0], [], []
    for first, portion in _portions(rest):
        persons += _without_persons(portion, header, first)[0]
        for _, row in _cells(portion, header, first):
            for j, cell in enumerate(row):
                if cell not in ABSENT:
                    columns.append(j)
                    choices.append(numbers[j].setdefault(cell, len(numbers[j])))
            starts.append(len(columns))
    return ChoiceTable(
        header.items,
        tuple(tuple(known) for known in numbers),
        np.array(starts, np.int64),
        np.array(columns, np.int32),
        np.array(choices, np.int16),
        tuple(persons) if header.names_persons else None,
    )


def read_batches(batches: Iterable[Mapping[str, Sequence[object]]]) -> ResponseTable:
    """From batches of columns (name → values), as Arrow and Parquet come: whole numbers, None or NaN = not presented.

    TableFaulty counts rows as lines, from 1 for the first.
    """
    items: tuple[str, ...] = ()
    persons: list[str] = []
    counts: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int32]] = []
    codes: list[NDArray[np.int16]] = []
    line = 1
    for batch in batches:
        names = tuple(name for name in batch if name.lower() != PERSON)
        if not items:
            if not names:
                raise TableFaulty("no_items", line)
            items = names
        persons += [str(value) for name in batch if name.lower() == PERSON for value in batch[name]]
        if missing := [name for name in items if name not in batch]:
            raise TableFaulty("name_missing", line, found=missing[0])
        grid = np.array([_column(batch[name], line, name) for name in items], np.int16).T.reshape(-1, len(items))
        row, column = np.nonzero(grid >= 0)
        counts.append(np.bincount(row, minlength=len(grid)))
        columns.append(column.astype(np.int32))
        codes.append(grid[row, column])
        line += len(grid)
    return _gathered(items, counts, columns, codes, persons or None)


def read_key(lines: Iterable[str]) -> dict[str, str]:
    """A key: CSV with the columns item and key."""
    header, rest = _header(lines)
    wanted = [header.items.index(name) if name in header.items else -1 for name in ("item", "key")]
    if min(wanted) < 0:
        raise TableFaulty("name_missing", 1, "item" if wanted[0] < 0 else "key")
    key: dict[str, str] = {}
    for first, portion in _portions(rest):
        for line, row in _cells(portion, header, first):
            if row[wanted[0]] in key:
                raise TableFaulty("name_twice", line, row[wanted[0]])
            key[row[wanted[0]]] = row[wanted[1]]
    return key


def read_groups(lines: Iterable[str]) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """A group file: CSV with person and group, or group alone in the order of the rows: (persons or None, groups)."""
    header, rest = _header(lines)
    if "group" not in header.items:
        raise TableFaulty("name_missing", 1, "group")
    place = header.items.index("group")
    persons: list[str] = []
    groups: list[str] = []
    for first, portion in _portions(rest):
        persons += _without_persons(portion, header, first)[0]
        groups += [row[place] for _, row in _cells(portion, header, first)]
    return (tuple(persons) if header.names_persons else None), tuple(groups)


def _gathered(
    items: tuple[str, ...],
    counts: list[NDArray[np.int64]],
    columns: list[NDArray[np.int32]],
    codes: list[NDArray[np.int16]],
    persons: list[str] | None,
) -> ResponseTable:
    """One table of the cells of many portions."""
    starts = np.concatenate([[0], *counts]).cumsum()
    cells = np.concatenate([np.zeros(0, np.int32), *columns]), np.concatenate([np.zeros(0, np.int16), *codes])
    return ResponseTable.from_cells(items, starts, *cells, persons=persons)


def _header(lines: Iterable[str]) -> tuple[Header, Iterator[str]]:
    rest = iter(lines)
    first = next(rest, "").removeprefix("\ufeff").rstrip("\r\n")
    if not first.strip():
        raise TableFaulty("empty", 1)
    separator = max(",;\t", key=first.count)
    names = [name.strip() for name in _split(first, separator, 1)]
    names_persons = names[0].lower() == PERSON
    items = tuple(names[1:] if names_persons else names)
    for i, name in enumerate(items):
        if not name:
            raise TableFaulty("name_missing", 1, found=str(i + 1 + names_persons))
        if name in items[:i]:
            raise TableFaulty("name_twice", 1, name)
    if not items:
        raise TableFaulty("no_items", 1)
    return Header(items, names_persons, separator), rest


def _portions(lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """Some thousand lines without their ends, and the number of the first; blank lines at the end are left out."""
    number = 2
    waiting: list[str] = []
    while portion := [line.rstrip("\r\n") for line in islice(lines, _PORTION)]:
        portion = waiting + portion
        kept = len(portion)
        while kept and not portion[kept - 1].strip():
            kept -= 1
        waiting = portion[kept:]
        if kept:
            yield number, portion[:kept]
            number += kept


def _without_persons(portion: list[str], header: Header, first: int) -> tuple[list[str], list[str]]:
    if not header.names_persons:
        return [], portion
    if any('"' in line for line in portion):
        cells = [_split(line, header.separator, first + i) for i, line in enumerate(portion)]
        return [row[0] for row in cells], []
    parts = [line.partition(header.separator) for line in portion]
    return [person.strip() for person, _, _ in parts], [body for _, _, body in parts]


def _at_once(bodies: list[str], header: Header) -> NDArray[np.int16] | None:
    """Marks (rows, items), −1 where not presented; None if the portion needs a closer look."""
    text = "\n".join(bodies) + "\n"
    if not bodies or not text.isascii():
        return None
    data = np.frombuffer(text.encode(), np.uint8)
    separator, k = ord(header.separator), len(header.items)
    ends = np.flatnonzero((data == separator) | (data == 10))
    if len(ends) != len(bodies) * k or not (data[ends[k - 1 :: k]] == 10).all():
        return None
    lengths = np.diff(ends, prepend=-1) - 1
    begins = ends - lengths
    out = np.full(len(ends), -1, np.int16)
    one = lengths == 1
    digits = data[begins[one]].astype(np.int16) - 48
    two = lengths == 2
    is_na = (data[begins[two]] == ord("N")) & (data[begins[two] + 1] == ord("A"))
    if lengths.max() > 2 or not is_na.all() or digits.min(initial=0) < 0 or digits.max(initial=0) > 9:
        return None
    out[one] = digits
    return out.reshape(len(bodies), k)


def _cells(portion: list[str], header: Header, first: int) -> Iterator[tuple[int, list[str]]]:
    wanted = len(header.items) + header.names_persons
    for i, line in enumerate(portion):
        row = [cell.strip() for cell in _split(line, header.separator, first + i)]
        if len(row) != wanted:
            raise TableFaulty("ragged", first + i, found=str(len(row)))
        yield first + i, row[header.names_persons :]


def _split(line: str, separator: str, number: int) -> list[str]:
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        raise TableFaulty("bad_quotes", number) from None


def _mark(cell: str, line: int, column: str) -> int:
    if cell in ABSENT:
        return -1
    found = _MARK.fullmatch(cell)
    if found is None:
        raise TableFaulty("not_a_mark", line, column, cell)
    if int(found[1]) > GREATEST_MARK:
        raise TableFaulty("mark_too_high", line, column, cell)
    return int(found[1])


def _column(values: Sequence[object], line: int, name: str) -> NDArray[np.int16]:
    numbers = np.asarray(values)
    if numbers.dtype.kind in "iuf":
        whole = np.where(np.isnan(numbers), -1, numbers)
        faulty = (whole != np.rint(whole)) | ((whole < 0) & ~np.isnan(numbers)) | (whole > GREATEST_MARK)
        if not faulty.any():
            return whole.astype(np.int16)
    return np.array([_value(value, line + i, name) for i, value in enumerate(values)], np.int16)


def _value(value: object, line: int, column: str) -> int:
    if value is None or value != value:
        return -1
    if isinstance(value, str):
        return _mark(value.strip(), line, column)
    try:
        mark = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        raise TableFaulty("not_a_mark", line, column, str(value)) from None
    if mark != value or mark < 0:
        raise TableFaulty("not_a_mark", line, column, str(value))
    if mark > GREATEST_MARK:
        raise TableFaulty("mark_too_high", line, column, str(value))
    return mark
