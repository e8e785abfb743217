"""The parallel forms of a training: what is being assembled, what waits for approval, what is in use."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pintar.assessment import models
from pintar.assessment.queries.bank.assemblies import forms_needed, pilots_wait
from pintar.assessment.rules import bank, blueprint, forms
from pintar.assessment.rules.blueprint import BANDS, Terms
from pintar.courses import queries as courses
from pintar.foundation.refusals import not_found
from pintar.people import queries as people
from pintar.people.queries import Person

MOST_CURVES = 6
# Where forms are compared while there is no standard, in logits: 500 on the reported scale.
CENTRE = 0.0
MOST_SETS = 20


@dataclass(frozen=True, slots=True)
class SetLine:
    """A set of the list. `is_used` by the newest edition."""

    uid: UUID
    state: str
    forms: int
    asked_at: datetime
    is_used: bool


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form: its items by indicator in the page's order, and by band; the minutes it is expected to take, and what it
    tells at the centre of the scale."""

    name: str
    items: int
    by_indicator: tuple[tuple[str, int], ...]
    bands: tuple[tuple[str, int], ...]
    minutes: int
    information: float


@dataclass(frozen=True, slots=True)
class Clash:
    """A rule of those that cannot hold together. `code` "cell" is an indicator with a type; numbers as in `FormSet`."""

    code: str
    name: str
    type: str
    least: int
    most: float | None
    needs: int
    there: int
    barred: int


@dataclass(frozen=True, slots=True)
class SetView:
    """One set. `shared` items stand on more than one form; `figure` holds the curves, None where there are no forms."""

    uid: UUID
    state: str
    wanted: int
    blueprint: int
    terms: Terms
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    is_own: bool
    indicators: tuple[tuple[str, int], ...]
    bands: tuple[tuple[str, int], ...]
    forms: tuple[FormLine, ...]
    shared: int
    clashes: tuple[Clash, ...]
    figure: Any

    @property
    def length(self) -> int:
        return sum(n for _, n in self.indicators)


@dataclass(frozen=True, slots=True)
class FormsPage:
    """`shown` is the set that was asked for, or the newest. `blueprint` is the newest version, 0 where there is none;
    `needed` forms let nobody of the newest edition meet an item twice; `pilots` are in trial and not yet in it."""

    slug: str
    title: str
    edition: int
    blueprint: int
    needed: int
    pilots: int
    may_ask: bool
    may_decide: bool
    sets: tuple[SetLine, ...]
    shown: SetView | None


def forms_page(slug: str, reader: Person, now: datetime, uid: UUID | None = None) -> FormsPage:
    """Eleven queries at most, however many items the forms have. Raises Refusal (404)."""
    of, edition = courses.course(slug), courses.latest_edition(slug)
    newest = models.Blueprint.objects.filter(course_id=of.id).order_by("-number").values_list("number", flat=True)
    rows = list(models.FormSet.objects.filter(course_id=of.id).order_by("-id")[:MOST_SETS])
    chosen = next((row for row in rows if row.uid == uid), None) if uid else (rows[0] if rows else None)
    if uid and chosen is None:
        raise not_found("assessment", "unknown_forms")
    roles = people.roles_of(reader.uid, now)
    approved = [row for row in rows if row.state == forms.APPROVED and row.decided_at]
    used = max(approved, key=lambda row: (row.decided_at, row.pk), default=None)
    return FormsPage(
        slug=slug,
        title=edition.title,
        edition=edition.number,
        blueprint=newest.first() or 0,
        needed=forms_needed(edition),
        pilots=pilots_wait(slug, edition),
        may_ask=forms.may_ask(roles) is None,
        may_decide=bool(set(bank.ROLES) & set(roles)),
        sets=tuple(SetLine(row.uid, row.state, row.wanted, row.asked_at, is_used=row == used) for row in rows),
        shown=_view(chosen, reader) if chosen else None,
    )


def _view(row: models.FormSet, reader: Person) -> SetView:
    names = people.people_by_uid([uid for uid in (row.asked_by, row.decided_by) if uid])
    held: dict[str, list[models.FormItem]] = {}
    for item in row.items.select_related("version__item").order_by("form", "place"):
        held.setdefault(item.form, []).append(item)
    indicators: Counter[str] = Counter()
    for indicator, _, n in row.cells:
        indicators[indicator] += n
    terms = Terms(**row.terms)
    parameters = _parameters(held)
    times = Counter(item.version.item_id for items in held.values() for item in items)
    return SetView(
        uid=row.uid,
        state=row.state,
        wanted=row.wanted,
        blueprint=row.blueprint,
        terms=terms,
        asked_by=names[row.asked_by].name if row.asked_by in names else "",
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        decided_by=names[row.decided_by].name if row.decided_by in names else "",
        decided_at=row.decided_at,
        is_own=row.asked_by == reader.uid,
        indicators=tuple(sorted(indicators.items())),
        bands=tuple((band, least) for band in BANDS if (least := getattr(terms, band))),
        forms=tuple(_line(name, items, sorted(indicators), terms, parameters[name]) for name, items in held.items()),
        shared=sum(1 for n in times.values() if n > 1),
        clashes=tuple(_clash(rule, row.wanted) for rule in row.conflict),
        figure=_figure(parameters),
    )


def _line(
    name: str, items: Sequence[models.FormItem], indicators: Sequence[str], terms: Terms, parameters: Any
) -> FormLine:
    by_indicator = Counter(each.version.indicator for each in items)
    of = [each.version.item for each in items]
    bands = Counter(blueprint.band_of(item.got, item.of, item.answers) for item in of)
    return FormLine(
        name=name,
        items=len(items),
        by_indicator=tuple((indicator, by_indicator[indicator]) for indicator in indicators),
        bands=tuple((band, bands[band]) for band in BANDS if getattr(terms, band)),
        minutes=-(-sum(blueprint.SECONDS[item.type] for item in of) // 60),
        information=float(parameters.information([CENTRE]).sum()),
    )


def _parameters(held: Mapping[str, Sequence[models.FormItem]]) -> dict[str, Any]:
    """The items of each form as the sciences know them, by its name."""
    if not held:
        return {}
    from pintar.sciences.psychometrics.irt.items import ItemParameters  # numpy, for the few who look at forms

    return {
        name: ItemParameters.of([1.0] * len(items), [each.difficulty for each in items]) for name, items in held.items()
    }


def _figure(parameters: Mapping[str, Any]) -> Any:
    """The curves of the first six forms."""
    if not parameters:
        return None
    from pintar.sciences.psychometrics.figures.forms import information

    return information(dict(list(parameters.items())[:MOST_CURVES]), CENTRE)


def _clash(rule: Mapping[str, Any], wanted: int) -> Clash:
    code, name, type_ = rule["code"], rule["name"], ""
    if code == "label":
        # A label is a band, the anchors, or an indicator with a type.
        code, _, type_ = name.partition("\n") if "\n" in name else (name, "", "")
        code, name = ("cell", code) if type_ else (code, "")
    least = int(rule["least"] or 0)
    return Clash(code, name, type_, least, rule["most"], least * wanted, rule["there"], rule["barred"])
