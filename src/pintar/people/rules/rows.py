"""A list of people, row by row: what each cell says, or what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pintar.people.rules import numbers, profiles

NAME, EMAIL, UNIT, PASSWORD = "nama", "email", "satker", "kata_sandi"
COLUMNS = (NAME, *numbers.KINDS, EMAIL, UNIT, "profesi", "status", "jenis_kelamin", "kabupaten", PASSWORD)
PROFESSIONS = {p.replace("-", " "): p for p in profiles.PROFESSIONS}
EMPLOYMENTS = {"pns": "pns", "pppk": "pppk", "non asn": "non-asn", "nonasn": "non-asn", "non pns": "non-asn"}
GENDERS = {"l": "L", "p": "P", "laki laki": "L", "perempuan": "P"}
MOST_ROWS = 200_000
# A spreadsheet keeps 15 digits of a number; the rest of a longer one is gone.
EXACT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in one cell: the line as the spreadsheet counts it, the column's name, a reason code and data."""

    line: int
    column: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list, checked. Texts that name other things (unit, regency) are still as written."""

    line: int
    name: str
    numbers: Mapping[str, str]
    email: str
    unit: str
    profession: str
    employment: str
    gender: str
    regency: str
    password: str

    @property
    def login(self) -> str:
        """What this person signs in with: the first number, else the address."""
        return next(iter(self.numbers.values()), self.email)


def read_header(cells: Sequence[Any]) -> tuple[dict[str, int], list[Mistake]]:
    """Where each known column stands; mistakes for a missing name, no identifying column, or a column twice."""
    places: dict[str, int] = {}
    mistakes = []
    for at, cell in enumerate(cells):
        column = _column(cell)
        if column not in COLUMNS:
            continue
        if column in places:
            mistakes.append(Mistake(1, column, "column_twice", {"column": column}))
        places.setdefault(column, at)
    if NAME not in places:
        mistakes.append(Mistake(1, NAME, "column_missing", {"column": NAME}))
    if not any(column in places for column in (*numbers.KINDS, EMAIL)):
        mistakes.append(Mistake(1, numbers.NIP, "column_of_number_missing", {}))
    return places, mistakes


def read_row(line: int, cells: Sequence[Any], places: Mapping[str, int], today: date) -> Row | list[Mistake]:
    """The person of a row, or everything that is wrong with it. Cells are texts, numbers or None."""
    given = {column: cells[at] if at < len(cells) else None for column, at in places.items()}
    mistakes: list[Mistake] = []

    def text(column: str) -> str:
        return _text(given.get(column))

    def wrong(column: str, code: str, **data: Any) -> None:
        mistakes.append(Mistake(line, column, code, data))

    def one_of(column: str, allowed: Mapping[str, str]) -> str:
        said = " ".join(text(column).casefold().replace("-", " ").replace("_", " ").split())
        if said and said not in allowed:
            wrong(column, "value_unknown", given=text(column)[:40], allowed=", ".join(allowed))
        return allowed.get(said, "")

    name = profiles.name(text(NAME))
    if not name:
        wrong(NAME, "name_missing")
    elif not profiles.name_is_whole(name):
        wrong(NAME, "name_not_whole", most=profiles.LONGEST_NAME)

    found: dict[str, str] = {}
    for kind in numbers.KINDS:
        number, mistake = _number(kind, given.get(kind), today)
        if mistake:
            wrong(kind, mistake.code, **mistake.data)
        elif number:
            if number in found.values():
                wrong(kind, "number_in_two_columns", kind=numbers.NAMES[kind])
            found[kind] = number

    email = numbers.email(text(EMAIL))
    if email and not numbers.is_email(email):
        wrong(EMAIL, "email_not_read")
    if not found and not email and not mistakes:
        wrong(numbers.NIP, "no_number")

    row = Row(
        line=line,
        name=name,
        numbers=found,
        email=email,
        unit=" ".join(text(UNIT).split())[:200],
        profession=one_of("profesi", PROFESSIONS),
        employment=one_of("status", EMPLOYMENTS),
        gender=one_of("jenis_kelamin", GENDERS),
        regency=" ".join(text("kabupaten").split())[:100],
        password=text(PASSWORD),
    )
    return mistakes or row


def twice(rows: Iterable[Row]) -> dict[int, Mistake]:
    """Rows that name somebody whom an earlier row of the same list named already, by line."""
    first: dict[str, int] = {}
    again: dict[int, Mistake] = {}
    for row in rows:
        names = [(kind, number) for kind, number in row.numbers.items()] + ([(EMAIL, row.email)] if row.email else [])
        seen = next(((kind, first[value]) for kind, value in names if value in first), None)
        if seen:
            again[row.line] = Mistake(row.line, seen[0], "person_twice", {"line": seen[1]})
            continue
        first.update({value: row.line for _, value in names})
    return again


def _number(kind: str, cell: Any, today: date) -> tuple[str, numbers.Wrong | None]:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell != cell or cell in (float("inf"), float("-inf")) or cell < 0 or cell != int(cell):
            return "", numbers.Wrong("number_not_digits", {"kind": numbers.NAMES[kind]})
        number = str(int(cell))
        if len(number) > EXACT_DIGITS:
            return "", numbers.Wrong("number_rounded", {"kind": numbers.NAMES[kind]})
        if kind == numbers.NIDN:
            number = number.zfill(numbers.LENGTHS[kind][0])  # a number cell drops zeros in front
    else:
        # An apostrophe in front is how spreadsheets are told that digits are text.
        number = numbers.digits(_text(cell).lstrip("'’`"))
    return (number, numbers.wrong(kind, number, today)) if number else ("", None)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell == cell and abs(cell) < 1e15 and cell == int(cell):
        return str(int(cell))
    return str(cell).strip()


def _column(cell: Any) -> str:
    column = "_".join(_text(cell).casefold().replace("-", " ").replace("_", " ").split())
    return {"e_mail": EMAIL, "surel": EMAIL, "npk/pegid": numbers.NPK, "pegid": numbers.NPK, "name": NAME}.get(
        column, column
    )
