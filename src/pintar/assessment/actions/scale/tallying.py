"""The classical sums of items grow as sittings close, each sitting once."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from pintar.assessment import kept, models, rules

type Joint = dict[str, Counter[int]]
"""Persons by rest, of each mark or option."""

type Place = tuple[UUID, str, str]
"""(edition, form, item)."""


@dataclass(slots=True)
class _Sums:
    """What some sittings add to one row of `models.ItemSums`."""

    of: int
    persons: int = 0
    omitted: int = 0
    not_reached: int = 0
    marks: Joint = field(default_factory=lambda: defaultdict(Counter))
    options: Joint = field(default_factory=lambda: defaultdict(Counter))


def tally_items(*, sittings: Collection[UUID]) -> None:
    """Add the answers of these sittings to the sums of the items' versions; one that was added already is passed over.

    People's first pre-tests and post-tests alone tell how hard items are; a sitting in which nothing was answered tells
    nothing. The same number of statements for many items as for few.
    """
    with transaction.atomic():
        waiting = models.Sitting.objects.select_for_update().filter(uid__in=sittings, tallied=False)
        rows = list(waiting.only("id", "edition", "kind", "number", "form", "items", "score").order_by("id"))
        found: dict[Place, _Sums] = {}
        for row in rows:
            if row.form and rules.is_first_encounter(row.kind, row.number):
                _tally(row, found)
        if found:
            _add(found)
        models.Sitting.objects.filter(id__in=[row.pk for row in rows]).update(tallied=True)


def _tally(row: models.Sitting, found: dict[Place, _Sums]) -> None:
    score, questions = row.score or {}, kept.bank(row.edition).questions
    counting = {item: (got, of, value) for item, got, of, value in score.get("items", ())}
    marks = counting | {item: (got, of, value) for item, got, of, value in score.get("pilots", ())}
    shown = [item for item in row.items if item in marks]
    reached = rules.reached([marks[item][2] for item in shown])
    total = sum(got for got, _, _ in counting.values())
    for place, item in enumerate(shown if reached else ()):
        got, of, value = marks[item]
        sums = found.setdefault((row.edition, row.form, item), _Sums(of))
        rest = total - got if item in counting else total
        blank = value in (None, "", [], {})
        sums.persons += 1
        sums.omitted += blank and place < reached
        sums.not_reached += place >= reached
        sums.marks[str(got)][rest] += 1
        if questions[item]["type"] == "single":
            sums.options[value or ""][rest] += 1


def _add(found: dict[Place, _Sums]) -> None:
    shown = models.ItemKey.objects.filter(
        edition__in={edition for edition, _, _ in found}, item__in={item for _, _, item in found}
    )
    version_of = {
        (edition, item): version
        for edition, item, version in shown.exclude(version=None).values_list("edition", "item", "version_id")
    }
    rows = {
        (version_of[edition, item], edition, form): sums
        for (edition, form, item), sums in found.items()
        if (edition, item) in version_of
    }
    models.ItemSums.objects.bulk_create(
        [
            models.ItemSums(version_id=version, edition=edition, form=form, of=sums.of)
            for (version, edition, form), sums in sorted(rows.items(), key=lambda each: str(each[0]))
        ],
        ignore_conflicts=True,
    )
    kept = models.ItemSums.objects.select_for_update().filter(
        version__in={version for version, _, _ in rows}, edition__in={edition for _, edition, _ in rows}
    )
    changed = []
    for row in kept.order_by("id"):
        if sums := rows.get((row.version_id, row.edition, row.form)):
            row.persons += sums.persons
            row.omitted += sums.omitted
            row.not_reached += sums.not_reached
            row.marks, row.options = _joined(row.marks, sums.marks), _joined(row.options, sums.options)
            changed.append(row)
    models.ItemSums.objects.bulk_update(changed, ["persons", "omitted", "not_reached", "marks", "options"])


def _joined(kept: dict[str, Any], more: Joint) -> dict[str, Any]:
    joined = {name: dict(by_rest) for name, by_rest in kept.items()}
    for name, by_rest in more.items():
        of_name = joined.setdefault(name, {})
        for rest, persons in by_rest.items():
            of_name[str(rest)] = of_name.get(str(rest), 0) + persons
    return joined
