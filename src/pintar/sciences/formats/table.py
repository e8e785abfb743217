"""Items as a table: what a spreadsheet of questions says, and a CSV that comes back the same.

The template for people has a row a question: `soal`, options under `A` to `H`, `kunci` (letters, "benar" or "salah", a
number, or words with ";" between them), and as they like `jenis`, `indikator`, `pembahasan`, `kode`. A table that we
wrote has the fields of the form instead (`items_form`), and so holds every type whole.

Codes of mistakes: no_heading {columns}, unknown_type {type}, unknown_key {key}, formula {cell}, bad_key {key},
too_many_questions {most}; and those of `items_form`.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from pintar.sciences.formats.items_form import read as read_form
from pintar.sciences.formats.items_form import write as write_form
from pintar.sciences.formats.numbered import MOST_QUESTIONS
from pintar.sciences.formats.reading import ITEM_KEY, Asked, Mistake, Writing
from pintar.sciences.items import ITEM_TYPES, Item

type Row = Sequence[object]

LETTERS = "ABCDEFGH"
_HEADINGS = {
    "soal": "stem", "pertanyaan": "stem", "kunci": "keys", "jawaban": "keys", "jenis": "type", "tipe": "type",
    "indikator": "indicator", "pembahasan": "feedback", "kode": "key",
}  # fmt: skip
_TYPES = {
    "pilihan ganda": "single", "pg": "single", "pilihan majemuk": "multiple", "benar salah": "truefalse",
    "benar atau salah": "truefalse", "isian": "short", "isian singkat": "short", "angka": "number",
}  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d{1,20}([.,]\d{1,20})?")
_LETTER_LIST = re.compile(r"[A-H](\s*[,;/]?\s*[A-H])*", re.IGNORECASE)
_RISKY = ("=", "+", "-", "@", "\t", "'")


def questions(rows: Iterable[Row], name: str) -> tuple[Asked, ...]:
    """The question of every row below the heading, sound or not; empty rows are passed over. Never raises."""
    numbered = [(n, [_said(cell) for cell in row]) for n, row in enumerate(rows, start=1)]
    filled = [(n, cells) for n, cells in numbered if any(cells)]
    if not filled:
        return ()
    line, heading = filled[0]
    columns = [_column(text) for text in heading]
    if "stem" not in columns:
        told = Mistake(name, line, "no_heading", {"columns": "soal, A, B, C, D, kunci"})
        return (Asked(line, " | ".join(heading)[:200], None, (told,)),)
    own = "type" in columns and any(column.startswith(("option-", "accept", "answer", "gap-")) for column in columns)
    found = []
    for n, cells in filled[1 : MOST_QUESTIONS + 1]:
        said = {column: text for column, text in zip(columns, cells, strict=False) if column and text}
        found.append(_ours(said, n, name) if own else _theirs(said, n, name))
    if len(filled) > MOST_QUESTIONS + 1:
        at = filled[MOST_QUESTIONS + 1][0]
        told = Mistake(name, at, "too_many_questions", {"most": MOST_QUESTIONS})
        found.append(Asked(at, "", None, (told,)))
    return tuple(found)


def read_csv(text: str) -> list[list[str]]:
    """The rows of a CSV file; a quote before a sign that a spreadsheet would run is taken off.

    Raises ValueError for text that is no CSV.
    """
    plain = text.removeprefix("\ufeff")
    first = plain.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ValueError(str(error)) from None
    return [[cell[1:] if cell[:1] == "'" and cell[1:2] in _RISKY else cell for cell in row] for row in rows]


def write_csv(items: Iterable[Item]) -> Writing:
    """A CSV of these items, every type whole. Text that a spreadsheet would run as a formula stands behind a quote."""
    rows = [{"kode": item.key, "indikator": item.indicator, "jenis": item.type, **write_form(item)} for item in items]
    columns = list(dict.fromkeys(["kode", "indikator", "jenis", "stem", *(name for row in rows for name in row)]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_safe(row.get(column, "")) for column in columns])
    return Writing("\ufeff" + out.getvalue(), ())


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _said(cell: object) -> str:
    """A cell as text: whole numbers without a fraction, which spreadsheets add."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "benar" if cell else "salah"
    if isinstance(cell, float):
        return format(Decimal(repr(cell)).normalize(), "f").replace(".", ",")
    return str(cell).strip()


def _column(heading: str) -> str:
    word = heading.strip()
    if word.upper() in LETTERS and len(word) == 1:
        return word.upper()
    return _HEADINGS.get(word.casefold(), word.casefold())


def _ours(said: Mapping[str, str], line: int, name: str) -> Asked:
    """A row of a table that `write_csv` wrote."""
    return _read(said.get("type", ""), said, said, line, name)


def _theirs(said: Mapping[str, str], line: int, name: str) -> Asked:
    """A row of the template."""
    options = {letter: said[letter] for letter in LETTERS if letter in said}
    keys = said.get("keys", "")
    type_ = _TYPES.get(said.get("type", "").casefold(), said.get("type", "")) or _guess(options, keys)
    fields = {"stem": said.get("stem", ""), "feedback": said.get("feedback", "")}
    wrong: list[Mistake] = []
    if type_ in ("single", "multiple"):
        letters = keys.upper() if _LETTER_LIST.fullmatch(keys) else ""
        fields |= {f"option-{n}": text for n, text in enumerate(options.values(), start=1)}
        places = [n for n, letter in enumerate(options, start=1) if letter in letters]
        unknown = sorted(letter for letter in letters if letter.isalpha() and letter not in options)
        if unknown or (keys and not letters):
            wrong.append(Mistake(name, line, "unknown_key", {"key": unknown[0] if unknown else keys[:40]}))
        if type_ == "single" and len(places) > 1:
            type_ = "multiple"
        fields |= {f"right-{n}": "on" for n in places} if type_ == "multiple" else {}
        fields |= {"right": str(places[0])} if type_ == "single" and places else {}
    elif type_ == "truefalse":
        fields["answer"] = {"benar": "true", "salah": "false"}.get(keys.casefold(), "")
    elif type_ == "number":
        fields["answer"] = keys
    else:
        fields["accept"] = "\n".join(part.strip() for part in keys.split(";"))
    return _read(type_, fields, said, line, name, wrong)


def _guess(options: Mapping[str, str], keys: str) -> str:
    if options:
        return "multiple" if len(re.findall(r"[A-H]", keys.upper())) > 1 and _LETTER_LIST.fullmatch(keys) else "single"
    if keys.casefold() in ("benar", "salah"):
        return "truefalse"
    return "number" if _NUMBER.fullmatch(keys) else "short"


def _read(
    type_: str,
    fields: Mapping[str, str],
    said: Mapping[str, str],
    line: int,
    name: str,
    wrong: Sequence[Mistake] = (),
) -> Asked:
    source = " | ".join(said.values())[:500]
    if type_ not in ITEM_TYPES:
        return Asked(line, source, None, (Mistake(name, line, "unknown_type", {"type": type_[:40]}),))
    key = said.get("key", "")
    mistakes = list(wrong)
    if key and not ITEM_KEY.fullmatch(key):
        mistakes.append(Mistake(name, line, "bad_key", {"key": key[:80]}))
        key = ""
    typed = read_form(type_, fields, key or f"soal-{line:03}", said.get("indicator", ""))
    mistakes += [Mistake(name, line, fault.code, fault.detail) for fault in typed.faults]
    return Asked(line, source, typed.item, tuple(mistakes), has_key=bool(key))
