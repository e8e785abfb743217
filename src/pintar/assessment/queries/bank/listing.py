"""One bank as a table: what is in it, by indicator, state, type and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from pintar.assessment import models, searched
from pintar.assessment.rules import bank
from pintar.courses import queries as courses
from pintar.people import queries as people
from pintar.people.queries import Person
from pintar.sciences.items import ITEM_TYPES

PAGE = 25
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for; "" for anything. An unknown value counts as "", so every address shows something."""

    indicator: str = ""
    state: str = ""
    type: str = ""
    search: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], indicators: Mapping[str, str]) -> "Filters":
        return cls(
            _one_of(given.get("indikator", ""), indicators),
            _one_of(given.get("keadaan", ""), bank.STATES),
            _one_of(given.get("jenis", ""), ITEM_TYPES),
            " ".join(given.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH],
        )

    @property
    def any(self) -> bool:
        return bool(self.indicator or self.state or self.type or self.search)

    def address(self, page: int = 1, **changes: str) -> str:
        """The query of an address that shows this, shareable: "?keadaan=draft&hal=2"."""
        now = {"indikator": self.indicator, "keadaan": self.state, "jenis": self.type, "q": self.search, **changes}
        said = {name: value for name, value in now.items() if value} | ({"hal": str(page)} if page > 1 else {})
        return f"?{urlencode(said)}" if said else "?"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item in the table; `stem` is plain words."""

    key: str
    type: str
    indicator: str
    language: str
    state: str
    number: int
    stem: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """Something the reader is writing and has not saved as a version."""

    uid: UUID
    type: str
    stem: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class BankPage:
    """A page of a bank. `counts` are items by state under the other filters; `total` those that `filters` find."""

    slug: str
    title: str
    indicators: Mapping[str, str]
    filters: Filters
    counts: Mapping[str, int]
    total: int
    all: int
    page: int
    items: tuple[ItemLine, ...]
    drafts: tuple[DraftLine, ...]
    may_write: bool

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def more_drafts(self) -> tuple[DraftLine, ...]:
        """Those beyond the three that are shown at once."""
        return self.drafts[3:]

    @property
    def states(self) -> list[tuple[str, int, str]]:
        """The states that hold anything: state, how many, the address that shows them."""
        return [
            (state, self.counts[state], self.filters.address(keadaan=state))
            for state in bank.STATES
            if self.counts.get(state)
        ]

    @property
    def neighbours(self) -> list[tuple[int, str]]:
        """The pages around this one, the first and the last, with their addresses; 0 stands for a gap."""
        near = {1, self.pages, *range(max(1, self.page - 1), min(self.pages, self.page + 1) + 1)}
        found: list[tuple[int, str]] = []
        for page in sorted(near):
            if found and page > found[-1][0] + 1:
                found.append((0, ""))
            found.append((page, self.filters.address(page)))
        return found

    @property
    def found_address(self) -> str:
        """The query that finds all that is shown here, on every page."""
        return self.filters.address()

    @property
    def before(self) -> str:
        return self.filters.address(self.page - 1) if self.page > 1 else ""

    @property
    def after(self) -> str:
        return self.filters.address(self.page + 1) if self.page < self.pages else ""


def bank_page(slug: str, given: Mapping[str, str], reader: Person, now: datetime) -> BankPage:
    """A bank as the reader asks for it (`indikator`, `keadaan`, `jenis`, `q`, `hal`); six queries, however large it is.

    Raises Refusal (404) for a training that is not there.
    """
    of, edition = courses.course(slug), courses.latest_edition(slug)
    filters = Filters.read(given, edition.indicators)
    mine = models.Item.objects.filter(course_id=of.id)
    found, shown = _found(mine, filters), found_items(of.id, filters)
    counts = dict(found.values_list("state").annotate(number=Count("id")).order_by())
    total = counts.get(filters.state, 0) if filters.state else sum(counts.values()) - counts.get(bank.RETIRED, 0)
    page = _page(given.get("hal", ""), total)
    rows = shown.order_by("-id").values_list("key", "type", "indicator", "language", "state", "number", "stem")
    return BankPage(
        slug=slug,
        title=edition.title,
        indicators=edition.indicators,
        filters=filters,
        counts=counts,
        total=total,
        all=total if not filters.any else mine.count(),
        page=page,
        items=tuple(ItemLine(*row) for row in rows[(page - 1) * PAGE : page * PAGE]),
        drafts=_drafts(of.id, reader),
        may_write=bank.AUTHOR in people.roles_of(reader.uid, now),
    )


def found_items(course_id: int, filters: Filters) -> QuerySet[models.Item, Any]:
    """The items of a bank that the filters let through. Retired ones are looked for by name only; else they would fill
    a bank for ever."""
    found = _found(models.Item.objects.filter(course_id=course_id), filters)
    return found.filter(state=filters.state) if filters.state else found.exclude(state=bank.RETIRED)


def _found(items: QuerySet[models.Item, Any], filters: Filters) -> QuerySet[models.Item, Any]:
    """The items that everything but the state lets through."""
    if filters.indicator:
        items = items.filter(indicator=filters.indicator)
    if filters.type:
        items = items.filter(type=filters.type)
    if filters.search:
        items = items.filter(Q(stem__icontains=filters.search) | Q(key__istartswith=filters.search))
    return items


def _drafts(course_id: int, reader: Person) -> tuple[DraftLine, ...]:
    rows = models.ItemDraft.objects.filter(course_id=course_id, person_id=reader.id).select_related("item")
    return tuple(
        DraftLine(
            row.item.uid if row.item else row.uid,
            row.type,
            searched.plain(str(row.fields.get("stem", "")))[:90],
            row.saved_at,
        )
        for row in rows.order_by("-saved_at", "-id")
    )


def _page(text: str, total: int) -> int:
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return max(1, min(wanted, -(-total // PAGE)))


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""
