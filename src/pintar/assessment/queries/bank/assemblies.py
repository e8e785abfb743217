"""Forms as the science finds them in a bank: what is asked of it, and what it answers. Writes nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from pintar.assessment import models, rules
from pintar.assessment.queries.bank.stock import USABLE, UsableItem, usable_items
from pintar.assessment.rules import bank, blueprint
from pintar.assessment.rules.blueprint import ANY, BANDS, Terms
from pintar.courses import queries as courses

__all__ = ["USABLE", "Assembled", "Placed", "assemble", "forms_needed", "pilots_wait"]

ANCHORS = "anchors"


@dataclass(frozen=True, slots=True)
class Placed:
    """An item on a form: the id of its newest version, and its difficulty in logits as far as it is known."""

    version: int
    difficulty: float


@dataclass(frozen=True, slots=True)
class Assembled:
    """The forms; where there are none, the smallest set of rules that cannot hold together (`FormSet.conflict`)."""

    forms: tuple[tuple[Placed, ...], ...]
    conflict: tuple[dict[str, Any], ...] = ()


def forms_needed(edition: courses.Edition) -> int:
    """How many forms the tests of an edition take so that nobody meets an item twice."""
    pretest = any(test.kind == "pretest" for test in edition.tests.values())
    sittings = max((test.sittings for test in edition.tests.values() if test.kind == "posttest"), default=0)
    return rules.forms_needed(pretest, sittings)


def pilots_wait(course: str, edition: courses.Edition) -> int:
    """How many items in trial the next edition would try and this one does not, or in another text; 0 where the newest
    blueprint gives them no share. Three queries."""
    newest = models.Blueprint.objects.filter(course__slug=course).order_by("-number").first()
    if newest is None or not newest.terms.get("pilot_percent"):
        return 0
    pilots = models.ItemVersion.objects.filter(
        number=F("item__number"), item__course__slug=course, item__state=bank.PILOT, item__original=None
    )
    shown = models.ItemKey.objects.filter(edition=edition.uid, version__isnull=False)
    return len(set(pilots.values_list("id", flat=True)) - set(shown.values_list("version_id", flat=True)))


def assemble(row: models.FormSet) -> Assembled:
    """The forms of a set; takes seconds, and four queries."""
    from pintar.sciences.psychometrics.forms import assembly  # numpy and scipy, for the worker alone
    from pintar.sciences.psychometrics.forms.blueprint import Bank, Blueprint, Range
    from pintar.sciences.psychometrics.forms.provisional import from_shares

    items = usable_items(row.course_id, courses.latest_edition(row.course.slug))
    cells = {(indicator, type_): n for indicator, type_, n in row.cells}
    terms, wanted = Terms(**row.terms), _by_indicator(cells)
    if not any(item.indicator in wanted for item in items):
        return Assembled((), ({"code": "length", "name": "", "least": sum(wanted.values()), "most": None, "there": 0,
                               "barred": 0, "reach": None},))  # fmt: skip
    parameters = from_shares([item.key for item in items], [i.got for i in items], [i.of for i in items])
    pool = Bank.of(
        parameters,
        [item.indicator for item in items],
        [item.type for item in items],
        [blueprint.SECONDS[item.type] for item in items],
        [item.exposure for item in items],
        _enemies(items),
        [_labels(item) for item in items],
    )
    asked = Blueprint(
        indicators=wanted,
        labels={name: Range(least, None) for name, least in _least(cells, terms).items()},
        seconds=None if terms.minutes is None else 60 * terms.minutes,
        exposure=None if terms.exposure_percent is None else terms.exposure_percent / 100,
    )
    try:
        found = assembly.assemble(pool, asked, row.wanted)
    except assembly.Infeasible as none:
        return Assembled((), tuple(_written(rule) for rule in none.conflict))
    newest = _newest(items)
    return Assembled(
        tuple(
            tuple(Placed(newest[items[at].id], float(parameters.b[at])) for at in _in_order(form, items))
            for form in found.forms
        )
    )


def _in_order(form: Collection[int], items: tuple[UsableItem, ...]) -> list[int]:
    """Indicator by indicator, as forms of a folder are."""
    return sorted(form, key=lambda at: (items[at].indicator, items[at].id))


def _by_indicator(cells: Mapping[tuple[str, str], int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (indicator, _), n in cells.items():
        counts[indicator] = counts.get(indicator, 0) + n
    return counts


def _labels(item: UsableItem) -> set[str]:
    band = {item.band} if item.band else set()
    return {_cell(item.indicator, item.type), *band, *([ANCHORS] if item.is_anchor else [])}


def _least(cells: Mapping[tuple[str, str], int], terms: Terms) -> dict[str, int]:
    """What carries a label, and how many of it each form has at least."""
    of_cells = {_cell(indicator, type_): n for (indicator, type_), n in cells.items() if type_ != ANY}
    return of_cells | {name: least for name in (*BANDS, ANCHORS) if (least := getattr(terms, name))}


def _cell(indicator: str, type_: str) -> str:
    return f"{indicator}\n{type_}"


def _written(rule: Any) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "least": rule.wanted.least,
        "most": rule.wanted.most,
        "there": rule.there,
        "barred": rule.barred,
        "reach": rule.reach,
    }


def _enemies(items: tuple[UsableItem, ...]) -> list[tuple[int, int]]:
    place = {item.id: at for at, item in enumerate(items)}
    pairs = models.EnemyPair.objects.filter(first__in=place, second__in=place).values_list("first_id", "second_id")
    return [(place[first], place[second]) for first, second in pairs]


def _newest(items: tuple[UsableItem, ...]) -> dict[int, int]:
    rows = models.ItemVersion.objects.filter(item__in=[item.id for item in items], number=F("item__number"))
    return dict(rows.values_list("item_id", "id"))
