"""Opening the files of `pintar measure`, with errors that name line and column and say what to do next."""

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pintar.cli.measure.progress import Progress

if TYPE_CHECKING:
    from pintar.sciences.psychometrics.choices import ChoiceTable
    from pintar.sciences.psychometrics.irt.items import ItemParameters
    from pintar.sciences.psychometrics.reading import TableFaulty
    from pintar.sciences.psychometrics.responses import ResponseTable

ExistingFile = click.Path(exists=True, dir_okay=False, path_type=Path)

_FAULTS = {
    "empty": "the file has no header. The first line names the columns",
    "name_twice": "this name stands twice. Give every item a name of its own",
    "name_missing": "a column that is needed has no name here ({found}). The first line names the columns",
    "no_items": "there is no column of an item",
    "ragged": "this row has {found} cells, the header another number. A cell that is not presented stays empty",
    "not_a_mark": "“{found}” is not a whole number. Marks are 0, 1, 2 …; empty or NA means not presented",
    "mark_too_high": "a mark of {found} looks like something else. Is a column of numbers of persons called `person`?",
    "bad_quotes": "the quotation marks do not close",
    "no_key": "this item has no key. Add it to the file of the key",
}


def marks_file(path: Path) -> "ResponseTable":
    """A table of marks, CSV or (where pyarrow is installed) Parquet."""
    from pintar.sciences.psychometrics.reading import read_batches, read_marks

    with _refusing(path):
        if _is_parquet(path):
            return read_batches(_batches(path))
        with opened(path) as lines:
            return read_marks(lines)


def choices_file(path: Path) -> "ChoiceTable":
    """A table of the options chosen, CSV or Parquet."""
    from pintar.sciences.psychometrics.reading import read_choices

    with _refusing(path):
        if _is_parquet(path):
            return read_choices(_as_lines(_batches(path)))
        with opened(path) as lines:
            return read_choices(lines)


def key_file(path: Path, items: Sequence[str]) -> dict[str, str]:
    """The right option of each item of a table."""
    from pintar.sciences.psychometrics.reading import read_key

    with _refusing(path), opened(path) as lines:
        key = read_key(lines)
    if missing := [item for item in items if item not in key]:
        raise click.ClickException(f"{path}: item {missing[0]} of the table has no key. Add a line for it.")
    return key


def groups_file(path: Path, persons: Sequence[str] | None, rows: int) -> list[str]:
    """A group for each row of a table: by `person` where the file names persons, else in the order of the rows."""
    from pintar.sciences.psychometrics.reading import read_groups

    with _refusing(path), opened(path) as lines:
        named, groups = read_groups(lines)
    if named is None:
        if len(groups) != rows:
            raise click.ClickException(
                f"{path}: {len(groups)} groups for {rows} rows. Give one line a row, or a column `person`."
            )
        return list(groups)
    if persons is None:
        raise click.ClickException(f"{path}: it names persons, but the table has no column `person`. Add one to it.")
    of = dict(zip(named, groups, strict=True))
    if missing := [person for person in persons if person not in of]:
        more = f" and {len(missing) - 1} others" if len(missing) > 1 else ""
        raise click.ClickException(f"{path}: no group for person {missing[0]}{more}. Add a line for each.")
    return [of[person] for person in persons]


def items_file(path: Path) -> "ItemParameters":
    """Item parameters: what `pintar measure calibrate --json` printed, or CSV with item, a, b (and c)."""
    from pintar.sciences.psychometrics.irt.items import ItemParameters

    rows = _items_of_json(path) if _is_json(path) else list(records(path, ("item", "a", "b")))
    if not rows:
        raise click.ClickException(f"{path}: there are no items in it.")
    try:
        return ItemParameters.of(
            [number(path, row, "a") for row in rows],
            [number(path, row, "b") for row in rows],
            [number(path, row, "c", 0.0) for row in rows],
            steps=[row.get("steps") or None for row in rows],
            names=[str(row["item"]) for row in rows],
            se_a=[number(path, row, "se_a", 0.0) for row in rows] if all("se_a" in row for row in rows) else None,
            se_b=[number(path, row, "se_b", 0.0) for row in rows] if all("se_b" in row for row in rows) else None,
        )
    except ValueError as fault:
        raise click.ClickException(f"{path}: {fault}.") from None


def records(path: Path, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows of a CSV by column name, with the number of the line under "line"."""
    with opened(path) as lines:
        first = next(iter(lines), "").removeprefix("\ufeff")
        separator = max(",;\t", key=first.count)
        names = [name.strip().lower() for name in next(csv.reader([first], delimiter=separator), [])]
        if missing := [name for name in needed if name not in names]:
            raise click.ClickException(
                f"{path}: line 1: there is no column {missing[0]}. It needs {', '.join(needed)}."
            )
        reader = csv.reader(lines, delimiter=separator)
        seen: set[str] = set()
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
            line = reader.line_num + 1
            if len(cells) != len(names):
                raise click.ClickException(f"{path}: line {line}: {len(cells)} cells, but {len(names)} columns.")
            if row.get("item", "") in seen:
                raise click.ClickException(f"{path}: line {line}: item {row['item']} stands twice.")
            seen.add(row.get("item", ""))
            yield {**row, "line": line}


def number(path: Path, row: dict[str, Any], column: str, default: float | None = None) -> float:
    """A number of a row; the default where the cell is empty or not there."""
    value = row.get(column)
    if value is None or value == "":
        if default is not None:
            return default
        raise click.ClickException(f"{path}: {_place(row)}, column {column}: a number is missing.")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise click.ClickException(f"{path}: {_place(row)}, column {column}: “{value}” is not a number.") from None


@contextmanager
def opened(path: Path) -> Iterator[Iterable[str]]:
    """The lines of a text file, with a bar on a terminal when reading takes more than a second."""
    with path.open(encoding="utf-8-sig", newline="") as file, Progress(path.name) as progress:
        size = max(os.fstat(file.fileno()).st_size, 1)

        def lines() -> Iterator[str]:
            read = 0
            try:
                for at, line in enumerate(file):
                    read += len(line)
                    if at % 4096 == 4095:
                        progress.at(read, size)
                    yield line
            except UnicodeDecodeError:
                raise click.ClickException(f"{path}: it is not UTF-8 text. Save it as CSV (UTF-8).") from None

        yield lines()


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    from pintar.sciences.psychometrics.reading import TableFaulty

    try:
        yield
    except TableFaulty as fault:
        raise click.ClickException(f"{path}: {_sentence(fault)}.") from None


def _sentence(fault: "TableFaulty") -> str:
    column = f", column {fault.column}" if fault.column else ""
    return f"line {fault.line}{column}: {_FAULTS.get(fault.reason, fault.reason).format(found=fault.found)}"


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _batches(path: Path) -> Iterator[dict[str, Sequence[Any]]]:
    """Some thousand rows at a time; whole numbers among which some are missing come as floats with NaN."""
    try:
        from pyarrow import ArrowException  # type: ignore[import-not-found]
        from pyarrow.parquet import ParquetFile  # type: ignore[import-not-found]
    except ImportError:
        raise click.ClickException(
            f"{path}: reading Parquet needs pyarrow. Install it where Pintar is installed (pip install pyarrow), or "
            "save the table as CSV."
        ) from None
    try:
        file, done = ParquetFile(path), 0
        with Progress(path.name) as progress:
            for batch in file.iter_batches(batch_size=4096):
                names = batch.schema.names
                yield {name: batch.column(i).to_numpy(zero_copy_only=False) for i, name in enumerate(names)}
                progress.at(done := done + batch.num_rows, file.metadata.num_rows)
    except ArrowException as fault:
        reason = str(fault).splitlines()[0].rstrip(".")
        raise click.ClickException(f"{path}: it is not a Parquet file ({reason}). Save the table anew.") from None


def _as_lines(batches: Iterator[dict[str, Sequence[Any]]]) -> Iterator[str]:
    """The same table as lines of CSV; what is missing is empty."""
    names: list[str] = []
    for batch in batches:
        if not names:
            names = list(batch)
            yield _line(names)
        for row in zip(*batch.values(), strict=True):
            yield _line("" if cell is None or cell != cell else cell for cell in row)


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def categories_file(path: Path) -> dict[str, tuple[int, ...]]:
    """For an item whose unused marks were merged when it was calibrated, the category that each mark became."""
    if not _is_json(path):
        return {}
    return {str(row["item"]): tuple(row["categories"]) for row in _items_of_json(path) if row.get("categories")}


def _is_json(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(1000).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def _items_of_json(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["items"]
        return [dict(row) for row in rows]
    except (ValueError, KeyError, TypeError):
        raise click.ClickException(f"{path}: it is not what `pintar measure calibrate --json` prints.") from None


def _place(row: dict[str, Any]) -> str:
    return f"line {row['line']}" if "line" in row else f"item {row.get('item', '?')}"
