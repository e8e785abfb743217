"""Lists of people from .xlsx and .csv, as rows of cells with the line that the spreadsheet shows."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from pintar.foundation.refusals import Reason, Refusal
from pintar.people.rules.rows import MOST_ROWS

LARGEST = 40_000_000
# A workbook is a zip: what it unpacks to is asked before it is unpacked.
LARGEST_UNPACKED = 600_000_000

Line = tuple[int, list[Any]]


def read(path: Path) -> Iterator[Line]:
    """The lines of a file that hold anything, the header first.

    Raises Refusal: 404 for no file, 413 for too large a one, 422 for one that is no table.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Refusal(Reason("people", "file_too_large", {"megabytes": LARGEST // 1_000_000}), status=413)
        content = path.read_bytes()
    except OSError:
        raise Refusal(Reason("people", "file_not_there", {"name": path.name}), status=404)
    return read_bytes(content)


def read_bytes(content: bytes) -> Iterator[Line]:
    """As `read`, for what was uploaded."""
    if not content.strip():
        raise Refusal(Reason("people", "file_empty"), status=422)
    lines = _workbook(content) if content.startswith(b"PK\x03\x04") else _text(content)
    filled = [(number, cells) for number, cells in lines if any(cell not in (None, "") for cell in cells)]
    if not filled:
        raise Refusal(Reason("people", "file_empty"), status=422)
    if len(filled) > MOST_ROWS + 1:
        raise Refusal(Reason("people", "too_many_rows", {"most": MOST_ROWS}), status=413)
    return iter(filled)


def _workbook(content: bytes) -> list[Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise Refusal(Reason("people", "file_too_large", {"megabytes": LARGEST // 1_000_000}), status=413)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError, NotImplementedError):
        raise Refusal(Reason("people", "file_not_read"), status=422)
    return [(number, row) for number, row in enumerate(rows, start=1)]


def _text(content: bytes) -> list[Line]:
    if b"\x00" in content[:1000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refusal(Reason("people", "file_not_read"), status=422)
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[Line] = []
    began = 1
    try:
        for cells in reader:
            lines.append((began, [cell.strip() for cell in cells]))
            began = reader.line_num + 1
    except csv.Error:
        raise Refusal(Reason("people", "file_not_read"), status=422)
    return lines


def _decoded(content: bytes) -> str:
    # Excel writes UTF-8 with a mark, UTF-16, or the code page of old Windows.
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
