"""What a blueprint asks of a bank: for how many forms without overlap it is enough, what binds, how many are missing.

A cell is (indicator, type) with the number of items that each form has of it; the type "" is "any type", which takes
what the cells of a type leave over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ANY = ""
MOST_FORMS = 20
MOST_IN_A_CELL = 200

type Cells = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator of a blueprint: `wanted` of a form, `there` in the bank, `forms` that it is enough for (None where
    nothing is wanted), `missing` by type for the number of forms that is wanted."""

    indicator: str
    wanted: int
    there: int
    forms: int | None
    missing: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Support:
    """`forms` that the whole bank is enough for, at most those wanted; `binding` the indicators that allow no more."""

    rows: tuple[Row, ...]
    forms: int
    binding: tuple[str, ...]

    @property
    def missing(self) -> int:
        """New items that are needed, over all cells."""
        return sum(sum(row.missing.values()) for row in self.rows)


def support(cells: Cells, there: Cells, indicators: tuple[str, ...], forms: int) -> Support:
    """What the bank is enough for. `there` counts the items that may be used by (indicator, type); `forms` from 1."""
    rows = tuple(_row(indicator, cells, there, forms) for indicator in indicators)
    enough = min((row.forms for row in rows if row.forms is not None), default=0)
    binding = tuple(row.indicator for row in rows if row.forms == enough) if enough < forms else ()
    return Support(rows, min(enough, forms), binding)


def _row(indicator: str, cells: Cells, there: Cells, forms: int) -> Row:
    wanted = {type_: n for (of, type_), n in cells.items() if of == indicator and n}
    has = {type_: n for (of, type_), n in there.items() if of == indicator}
    enough = next((k for k in range(MOST_FORMS, 0, -1) if not _missing(wanted, has, k)), 0) if wanted else None
    return Row(indicator, sum(wanted.values()), sum(has.values()), enough, _missing(wanted, has, forms))


def _missing(wanted: Mapping[str, int], has: Mapping[str, int], forms: int) -> dict[str, int]:
    """Items that are missing for so many forms, by type; those of any type only beyond what is left over."""
    short = {t: n * forms - has.get(t, 0) for t, n in wanted.items() if t != ANY and n * forms > has.get(t, 0)}
    left = sum(max(0, n - wanted.get(t, 0) * forms) for t, n in has.items())
    if wanted.get(ANY, 0) * forms > left:
        short[ANY] = wanted[ANY] * forms - left
    return short
