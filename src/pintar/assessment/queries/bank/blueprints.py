"""A blueprint as a table, beside what the bank holds today."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from pintar.assessment import kept, models
from pintar.assessment.rules import bank, blueprint
from pintar.assessment.rules.blueprint import ANY, Support
from pintar.courses import queries as courses
from pintar.foundation.refusals import Refusal
from pintar.sciences.items import ITEM_TYPES

USABLE = (bank.REVIEWED, bank.IN_USE)
"""States of items that a form may be made of; a pilot item earns no marks, a resting one rests."""

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
class BlueprintPage:
    """`number` is the version shown, 0 for what the newest edition's forms hold, which nobody wrote down yet."""

    slug: str
    title: str
    number: int
    forms: int
    types: tuple[str, ...]
    lines: tuple[IndicatorLine, ...]
    support: Support

    @property
    def length(self) -> int:
        """Items on a form."""
        return sum(line.wanted for line in self.lines)

    @property
    def is_enough(self) -> bool:
        return self.support.forms >= self.forms


def blueprint_page(slug: str, cells: blueprint.Cells | None = None, forms: int | None = None) -> BlueprintPage:
    """The newest blueprint of a training, or these cells instead of it; four queries at most. Raises Refusal (404)."""
    of, edition = courses.course(slug), courses.latest_edition(slug)
    row = models.Blueprint.objects.filter(course_id=of.id).order_by("-number").first()
    if cells is None:
        cells = {(i, t): n for i, t, n in row.cells} if row else _of_the_edition(edition)
    forms = forms or (row.forms if row else FORMS)
    usable = models.Item.objects.filter(course_id=of.id, state__in=USABLE)
    counted = usable.values_list("indicator", "type").annotate(number=Count("id")).order_by()
    there = {(indicator, type_): number for indicator, type_, number in counted}
    found = blueprint.support(cells, there, tuple(edition.indicators), forms)
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
    )


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
