"""What of a bank forms may be made of today."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pintar.assessment import kept, models
from pintar.assessment.rules import bank, blueprint
from pintar.assessment.rules.blueprint import ANY, Cells, Stock, Terms
from pintar.courses import queries as courses
from pintar.foundation.refusals import Refusal

USABLE = (bank.REVIEWED, bank.IN_USE)
"""States of items that a form may be made of; a pilot item earns no marks, a resting one rests."""


@dataclass(frozen=True, slots=True)
class UsableItem:
    """An item that a form may hold. `exposure` is the share of sittings that showed it, 0 … 1."""

    id: int
    key: str
    indicator: str
    type: str
    answers: int
    got: int
    of: int
    exposure: float

    @property
    def band(self) -> str | None:
        return blueprint.band_of(self.got, self.of, self.answers)

    @property
    def is_anchor(self) -> bool:
        return self.answers >= blueprint.FEWEST_ANSWERS


def usable_items(course_id: int, edition: courses.Edition) -> tuple[UsableItem, ...]:
    """Reviewed and used items in their first language, without those that quizzes of the newest edition draw; two
    queries once the edition's bank is kept."""
    quizzes = quiz_items(edition)
    tally = models.BankTally.objects.filter(course_id=course_id).values_list("sittings", flat=True).first() or 0
    rows = models.Item.objects.filter(course_id=course_id, state__in=USABLE, original=None).order_by("id")
    columns = rows.values_list("id", "key", "indicator", "type", "answers", "got", "of", "shown")
    return tuple(
        UsableItem(id, key, indicator, type_, answers, got, of, min(1.0, shown / tally) if tally else 0.0)
        for id, key, indicator, type_, answers, got, of, shown in columns
        if key not in quizzes
    )


def quiz_items(edition: courses.Edition) -> frozenset[str]:
    """Keys that the quizzes of an edition draw from: what was practised measures nothing afterwards."""
    try:
        return frozenset(key for pool in kept.bank(edition.uid).banks.values() for key in pool)
    except Refusal:
        return frozenset()


def fresh(items: tuple[UsableItem, ...], terms: Terms) -> tuple[UsableItem, ...]:
    """Those that the limit of exposure lets in."""
    limit = terms.exposure_percent
    return tuple(item for item in items if limit is None or item.exposure * 100 <= limit)


def counted(items: tuple[UsableItem, ...]) -> Mapping[tuple[str, str], int]:
    return Counter((item.indicator, item.type) for item in items)


def stock(items: tuple[UsableItem, ...], cells: Cells, terms: Terms) -> Stock:
    """What there is for the terms. A cell of any type should take what its indicator's items take on average."""
    left = fresh(items, terms)
    bands = Counter(band for item in left if (band := item.band))
    seconds = sum(n * _seconds(indicator, type_, left) for (indicator, type_), n in cells.items())
    return Stock(bands, sum(item.is_anchor for item in left), len(items) - len(left), round(seconds) or None)


def _seconds(indicator: str, type_: str, items: tuple[UsableItem, ...]) -> float:
    if type_ != ANY:
        return blueprint.SECONDS[type_]
    taken = [blueprint.SECONDS[item.type] for item in items if item.indicator == indicator]
    return sum(taken) / len(taken) if taken else sum(blueprint.SECONDS.values()) / len(blueprint.SECONDS)
