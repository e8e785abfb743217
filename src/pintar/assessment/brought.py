"""A file of questions as it was uploaded: what it is, and the questions in it.

Known by what it holds, not by its name alone: Word, Excel, Moodle XML, GIFT, CSV, Aiken and numbered text.
"""

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from python_calamine import CalamineError, CalamineWorkbook

from pintar.foundation.refusals import Reason, Refusal
from pintar.sciences.formats import gift, moodle_xml, numbered, table, word
from pintar.sciences.formats.reading import Asked
from pintar.sciences.formats.xml_nodes import Unreadable

LARGEST = 5_000_000
LARGEST_UNPACKED = 40_000_000

_FORMULA = re.compile(rb'<c\b[^>]*\br="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<f\b')
_AIKEN = re.compile(r"^\s*ANSWER\s*:", re.MULTILINE)


def questions(name: str, content: bytes) -> tuple[Asked, ...]:
    """Every question of the file, sound or not. Raises Refusal: 413 `file_too_large`; 422 `file_without_questions`,
    `file_not_read`, `file_is_bomb`, `file_has_formula` {cell}, `file_is_old_office`."""
    if len(content) > LARGEST:
        raise Refusal(Reason("assessment", "file_too_large", {"megabytes": LARGEST // 1_000_000}), status=413)
    try:
        found = _read(PurePosixPath(name).name[:200], content)
    except Unreadable as wrong:
        raise _unread("file_is_bomb" if wrong.code in ("document_type", "too_deep", "too_large") else "file_not_read")
    if not found:
        raise _unread("file_without_questions")
    if len(found) == 1 and found[0].item is None and found[0].mistakes[0].code in WHOLE_FILE:
        raise _unread(WHOLE_FILE[found[0].mistakes[0].code])
    return found


WHOLE_FILE = {
    "not_xml": "file_not_read",
    "document_type": "file_is_bomb",
    "too_deep": "file_is_bomb",
    "too_large": "file_is_bomb",
    "no_questions": "file_without_questions",
    "no_heading": "file_without_heading",
}


def _read(name: str, content: bytes) -> tuple[Asked, ...]:
    ending = PurePosixPath(name).suffix.lower()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unread("file_is_old_office")
    if content.startswith(b"PK\x03\x04"):
        return _from_zip(name, content)
    if content.startswith(b"%PDF"):
        raise _unread("file_not_read")
    text = _decoded(content)
    if text.lstrip().startswith("<"):
        return moodle_xml.questions(content, name)
    if ending == ".csv":
        try:
            return table.questions(table.read_csv(text), name)
        except ValueError:
            raise _unread("file_not_read") from None
    if ending == ".gift" or ("{" in text and "}" in text and not _AIKEN.search(text)):
        return gift.questions(text, name)
    return numbered.questions(numbered.lines_of(text), name)


def _from_zip(name: str, content: bytes) -> tuple[Asked, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(each.startswith("xl/") for each in names):
                _refuse_formulas(archive)
                return table.questions(_cells(content), name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError):
        raise _unread("file_not_read") from None
    return numbered.questions(word.lines(content), name)


def _refuse_formulas(archive: zipfile.ZipFile) -> None:
    """A formula shows what another machine made of it. Unpacked up to a limit, whatever the zip says of sizes."""
    left = LARGEST_UNPACKED
    for entry in archive.namelist():
        with archive.open(entry) as part:
            read = part.read(left + 1)
        left -= len(read)
        if left < 0:
            raise _unread("file_is_bomb")
        if entry.startswith("xl/worksheets/") and (found := _FORMULA.search(read)):
            raise Refusal(Reason("assessment", "file_has_formula", {"cell": found[1].decode()}), status=422)


def _cells(content: bytes) -> list[list[object]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError, IndexError):
        raise _unread("file_not_read") from None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        raise _unread("file_not_read")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _unread(code: str) -> Refusal:
    return Refusal(Reason("assessment", code), status=422)
