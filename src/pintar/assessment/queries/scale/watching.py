"""The items of a training against which something speaks, the gravest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pintar.assessment import models
from pintar.assessment.rules import bank, watch
from pintar.courses import queries as courses
from pintar.people import queries as people
from pintar.people.queries import Person

PAGE = 25


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """A doubt with its evidence: `persons` who met the item; `number` a correlation, points of the scale, or ETS delta;
    `names` options by their letters."""

    id: int
    item: UUID
    key: str
    stem: str
    state: str
    version: int
    code: str
    group: str
    persons: int
    number: float
    names: tuple[str, ...]

    @property
    def moved(self) -> float:
        """Points, whichever way."""
        return abs(self.number)

    @property
    def may_rest(self) -> bool:
        return self.state in bank.STEPS["rest"].after


@dataclass(frozen=True, slots=True)
class WatchPage:
    """`lines` of one page of `pages`; `total` doubts are open, `kept` were settled by people."""

    slug: str
    title: str
    lines: tuple[DoubtLine, ...]
    total: int
    kept: int
    page: int
    pages: int
    may_write: bool


def watch_page(slug: str, reader: Person, now: datetime, page: int = 1) -> WatchPage:
    """Five queries, however many items there are. Raises Refusal (404)."""
    of, edition = courses.course(slug), courses.latest_edition(slug)
    rows = models.ItemDoubt.objects.filter(version__item__course_id=of.id).values_list("id", "code", "kept_at")
    found = list(rows.order_by("id"))
    waiting = sorted((watch.CODES.index(code), pk) for pk, code, kept_at in found if kept_at is None)
    pages = max(1, -(-len(waiting) // PAGE))
    page = min(max(page, 1), pages)
    wanted = [pk for _, pk in waiting[PAGE * (page - 1) : PAGE * page]]
    shown = models.ItemDoubt.objects.select_related("version__item").defer("version__content", "version__pictures")
    by_id = shown.in_bulk(wanted)
    return WatchPage(
        slug=slug,
        title=edition.title,
        lines=tuple(_line(by_id[pk]) for pk in wanted if pk in by_id),
        total=len(waiting),
        kept=len(found) - len(waiting),
        page=page,
        pages=pages,
        may_write=bank.AUTHOR in people.roles_of(reader.uid, now),
    )


def doubt_of(slug: str, pk: int) -> DoubtLine | None:
    """One doubt, settled or not; one query."""
    rows = models.ItemDoubt.objects.filter(pk=pk, version__item__course__slug=slug)
    row = rows.select_related("version__item").defer("version__content", "version__pictures").first()
    return _line(row) if row else None


def _line(row: models.ItemDoubt) -> DoubtLine:
    item = row.version.item
    return DoubtLine(
        id=row.pk,
        item=item.uid,
        key=item.key,
        stem=item.stem,
        state=item.state,
        version=row.version.number,
        code=row.code,
        group=row.group,
        persons=row.evidence["persons"],
        number=row.evidence["n"],
        names=tuple(row.evidence["names"]),
    )
