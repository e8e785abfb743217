"""A blueprint as a table, beside what the bank holds today."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pintar.assessment import kept, models
from pintar.assessment.queries.bank import stock
from pintar.assessment.rules import blueprint
from pintar.assessment.rules.blueprint import ANY, BANDS, Stock, Support, Terms
from pintar.courses import queries as courses
from pintar.foundation.refusals import Refusal
from pintar.sciences.items import ITEM_TYPES

FORMS = 6
"""What a training needs so that nobody meets an item twice: pre-test, three sittings, remedial, retest."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the name of its field, the items wanted of a form, those in the bank ("" for any type: of all types)."""

    type: str
    field: str
    wanted: int
    there: int
    missing: int


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """A row of the table."""

    indicator: str
    text: str
    cells: tuple[Cell, ...]
    wanted: int
    there: int
    forms: int | None
    missing: int


@dataclass(frozen=True, slots=True)
class BandLine:
    """Items of a difficulty: wanted of a form, there, missing for all forms."""

    band: str
    wanted: int
    there: int
    missing: int


@dataclass(frozen=True, slots=True)
class BlueprintPage:
    """`number` is the version shown, 0 for what the newest edition's forms hold, which nobody wrote down yet."""

    slug: str
    title: str
    number: int
    forms: int
    types: tuple[str, ...]
    lines: tuple[IndicatorLine, ...]
    support: Support
    terms: Terms
    stock: Stock

    @property
    def length(self) -> int:
        """Items on a form."""
        return sum(line.wanted for line in self.lines)

    @property
    def is_enough(self) -> bool:
        return self.support.forms >= self.forms

    @property
    def bands(self) -> tuple[BandLine, ...]:
        missing = {demand.code: demand.missing for demand in self.support.demands}
        return tuple(
            BandLine(band, getattr(self.terms, band), self.stock.bands.get(band, 0), missing.get(band, 0))
            for band in BANDS
        )

    @property
    def missing_anchors(self) -> int:
        return next((demand.missing for demand in self.support.demands if demand.code == "anchors"), 0)

    @property
    def pilots(self) -> int:
        """Items that ride along with a sitting."""
        return blueprint.pilots(self.length, self.terms.pilot_percent)

    @property
    def expected_minutes(self) -> int | None:
        return None if self.stock.seconds is None else -(-self.stock.seconds // 60)

    @property
    def is_too_long(self) -> bool:
        expected, given = self.expected_minutes, self.terms.minutes
        return expected is not None and given is not None and expected > given


def blueprint_page(
    slug: str, cells: blueprint.Cells | None = None, forms: int | None = None, terms: Terms | None = None
) -> BlueprintPage:
    """The newest blueprint of a training, or what is given instead of it; six queries at most. Raises Refusal (404)."""
    of, edition = courses.course(slug), courses.latest_edition(slug)
    row = models.Blueprint.objects.filter(course_id=of.id).order_by("-number").first()
    if cells is None:
        cells = cells_of(row) if row else _of_the_edition(edition)
    forms = forms or (row.forms if row else FORMS)
    terms = terms or terms_of(row, edition)
    items = stock.usable_items(of.id, edition)
    there = stock.counted(stock.fresh(items, terms))
    has = stock.stock(items, cells, terms)
    found = blueprint.support(cells, there, tuple(edition.indicators), forms, terms, has)
    seen = {type_ for _, type_ in (*there, *(cell for cell, n in cells.items() if n))}
    types = (*(type_ for type_ in ITEM_TYPES if type_ in seen), ANY)
    return BlueprintPage(
        slug=slug,
        title=edition.title,
        number=row.number if row else 0,
        forms=forms,
        types=types,
        lines=tuple(
            IndicatorLine(
                indicator=each.indicator,
                text=edition.indicators[each.indicator],
                cells=tuple(_cell(place, each, type_, cells, there) for type_ in types),
                wanted=each.wanted,
                there=each.there,
                forms=each.forms,
                missing=sum(each.missing.values()),
            )
            for place, each in enumerate(found.rows, start=1)
        ),
        support=found,
        terms=terms,
        stock=has,
    )


def cells_of(row: models.Blueprint) -> blueprint.Cells:
    return {(indicator, type_): n for indicator, type_, n in row.cells}


def terms_of(row: models.Blueprint | None, edition: courses.Edition) -> Terms:
    """Those of the newest blueprint; where nobody wrote one, those of the edition's folder."""
    if row:
        return Terms(**row.terms)
    try:
        return Terms(**kept.bank(edition.uid).terms)
    except Refusal:
        return Terms()


def field_of(place: int, type_: str) -> str:
    """The name of a cell's field: the indicator's place from 1, and the type."""
    return f"n-{place}-{type_ or 'any'}"


def _cell(
    place: int, row: blueprint.Row, type_: str, cells: blueprint.Cells, there: Mapping[tuple[str, str], int]
) -> Cell:
    of = (row.indicator, type_)
    has = row.there if type_ == ANY else there.get(of, 0)
    return Cell(type_, field_of(place, type_), cells.get(of, 0), has, row.missing.get(type_, 0))


def _of_the_edition(edition: courses.Edition) -> blueprint.Cells:
    """What the first form of an edition holds, indicator by indicator."""
    try:
        held = kept.bank(edition.uid)
    except Refusal:
        return {}
    form = next(iter(held.forms.values()), ())
    return Counter((held.indicators[item], ANY) for item in form)
