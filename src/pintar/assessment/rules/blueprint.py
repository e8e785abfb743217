"""What a blueprint asks of a bank: for how many forms without overlap it is enough, what binds, how many are missing.

A cell is (indicator, type) with the number of items that each form has of it; the type "" is "any type", which takes
what the cells of a type leave over. `Terms` are what a form is asked besides: time, difficulty, anchors, exposure, and
how many items that are only being tried ride along.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

ANY = ""
MOST_FORMS = 20
MOST_IN_A_CELL = 200

type Cells = Mapping[tuple[str, str], int]

EASY, MEDIUM, HARD = BANDS = ("easy", "medium", "hard")
EASY_FROM, HARD_TO = 0.7, 0.3
"""Shares of marks reached: easy above the first, hard below the second, as is usual for classroom tests."""

FEWEST_ANSWERS = 30
"""Before so many people have answered an item, its difficulty is unknown: it is in no band, and anchors nothing."""

SECONDS = {
    "single": 60, "multiple": 75, "truefalse": 40, "matching": 90,
    "ordering": 90, "short": 60, "number": 90, "cloze": 90,
}  # fmt: skip
"""What an item of a type is expected to take."""

LEAST_MINUTES, MOST_MINUTES = 5, 300
MOST_PILOT_PERCENT = 30
LEAST_EXPOSURE = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """What a form is asked besides its cells; None and 0 ask nothing.

    `minutes` it may take together; `pilot_percent` of its items more ride along, tried and not counted; so many items
    at least are `anchors` (answered by enough people before, they tie a new form to the scale); items that more than
    `exposure_percent` of the sittings showed are left out; at least so many are `easy`, `medium`, `hard`.
    """

    minutes: int | None = None
    pilot_percent: int = 0
    anchors: int = 0
    exposure_percent: int | None = None
    easy: int = 0
    medium: int = 0
    hard: int = 0


NO_TERMS = Terms()
TERMS = tuple(field.name for field in fields(Terms))


def fault_of(terms: Terms, length: int) -> str | None:
    """The name of the first term that a form of `length` items cannot be asked; None where all are sound."""
    if terms.minutes is not None and not LEAST_MINUTES <= terms.minutes <= MOST_MINUTES:
        return "minutes"
    if not 0 <= terms.pilot_percent <= MOST_PILOT_PERCENT:
        return "pilot_percent"
    if not 0 <= terms.anchors <= length:
        return "anchors"
    if terms.exposure_percent is not None and not LEAST_EXPOSURE <= terms.exposure_percent <= 100:
        return "exposure_percent"
    bands = (terms.easy, terms.medium, terms.hard)
    if min(bands) < 0 or sum(bands) > length:
        return "difficulty"
    return None


def pilots(length: int, percent: int) -> int:
    """How many items ride along with a form of `length`: its share rounded up, so that a short form tries one too."""
    return -(-length * percent // 100)


def band_of(got: int, of: int, answers: int) -> str | None:
    """The band of an item that reached `got` of `of` marks with so many people; None while too few have answered."""
    if answers < FEWEST_ANSWERS or not of:
        return None
    share = got / of
    return EASY if share > EASY_FROM else HARD if share < HARD_TO else MEDIUM


@dataclass(frozen=True, slots=True)
class Stock:
    """What the bank has for the terms: items by band, anchors, how many the limit of exposure keeps out, and the
    seconds that a form is expected to take, None for an empty one."""

    bands: Mapping[str, int]
    anchors: int
    barred: int = 0
    seconds: int | None = None


EMPTY_STOCK = Stock({}, 0)


@dataclass(frozen=True, slots=True)
class Demand:
    """A term that needs items of a kind: `code` is "easy", "medium", "hard" or "anchors"; `forms` it is enough for."""

    code: str
    wanted: int
    there: int
    forms: int
    missing: int


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
    """`forms` that the whole bank is enough for, at most those wanted; `binding` the indicators that allow no more, and
    `binding_terms` the terms that do not."""

    rows: tuple[Row, ...]
    demands: tuple[Demand, ...]
    forms: int
    binding: tuple[str, ...]
    binding_terms: tuple[str, ...]

    @property
    def missing(self) -> int:
        """New items that are needed, over all cells."""
        return sum(sum(row.missing.values()) for row in self.rows)


def support(
    cells: Cells,
    there: Cells,
    indicators: tuple[str, ...],
    forms: int,
    terms: Terms = NO_TERMS,
    stock: Stock = EMPTY_STOCK,
) -> Support:
    """What the bank is enough for, each rule looked at by itself; whether all hold together the assembly finds out.

    `there` counts the items that may be used by (indicator, type), `stock` those that terms ask for; `forms` from 1.
    """
    rows = tuple(_row(indicator, cells, there, forms) for indicator in indicators)
    demands = tuple(_demand(code, terms, stock, forms) for code in (*BANDS, "anchors") if getattr(terms, code))
    enough = min((row.forms for row in rows if row.forms is not None), default=0)
    # Without a cell nothing is wanted, and terms by themselves ask nothing.
    enough = min([enough, *(demand.forms for demand in demands)])
    short = enough < forms
    return Support(
        rows,
        demands,
        min(enough, forms),
        tuple(row.indicator for row in rows if short and row.forms == enough),
        tuple(demand.code for demand in demands if short and demand.forms == enough),
    )


def _demand(code: str, terms: Terms, stock: Stock, forms: int) -> Demand:
    wanted = getattr(terms, code)
    there = stock.anchors if code == "anchors" else stock.bands.get(code, 0)
    return Demand(code, wanted, there, there // wanted, max(0, wanted * forms - there))


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
