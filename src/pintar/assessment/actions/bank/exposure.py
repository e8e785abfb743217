"""How often an item was shown, and how people fared with it: counted when sittings close, each once."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from pintar.assessment import models, rules


@dataclass(slots=True)
class _Count:
    """Of one item in an edition."""

    shown: int = 0
    answers: int = 0
    got: int = 0
    of: int = 0


def count_exposure(*, sittings: Collection[UUID]) -> None:
    """Count the items of these sittings in their banks; one that was counted already is passed over. Items of editions
    from before there were banks have no item to be counted at."""
    with transaction.atomic():
        waiting = models.Sitting.objects.select_for_update().filter(uid__in=sittings, exposure_counted=False)
        rows = list(waiting.only("id", "edition", "kind", "number", "form", "items", "score"))
        counts: dict[tuple[UUID, str], _Count] = {}
        for row in rows:
            _count(row, counts)
        if counts:
            _add(counts, Counter(row.edition for row in rows if row.form))
        models.Sitting.objects.filter(id__in=[row.pk for row in rows]).update(exposure_counted=True)


def _count(row: models.Sitting, counts: dict[tuple[UUID, str], _Count]) -> None:
    for key in row.items:
        counts.setdefault((row.edition, key), _Count()).shown += 1
    if not rules.is_first_encounter(row.kind, row.number):
        return
    score = row.score or {}
    marks = {key: (got, of, value) for key, got, of, value in [*score.get("items", ()), *score.get("pilots", ())]}
    shown = [key for key in row.items if key in marks]
    for key in shown[: rules.reached([marks[key][2] for key in shown])]:
        got, of, _ = marks[key]
        count = counts[row.edition, key]
        count.answers, count.got, count.of = count.answers + 1, count.got + got, count.of + of


def _add(counts: dict[tuple[UUID, str], _Count], tests: Counter[UUID]) -> None:
    """The same number of statements for many items as for few. Marks count for the text that they were earned with."""
    found = list(
        models.ItemKey.objects.filter(
            edition__in={edition for edition, _ in counts}, item__in={key for _, key in counts}, version__isnull=False
        ).values_list("edition", "item", "version__item_id", "version__number", "version__item__course_id")
    )
    locked = models.Item.objects.select_for_update().filter(id__in={item for _, _, item, _, _ in found}).order_by("id")
    items = {row.pk: row for row in locked}
    for edition, key, item, number, _ in found:
        count, row = counts.get((edition, key)), items[item]
        if count is None:
            continue
        row.shown += count.shown
        if number == row.number:
            row.answers, row.got, row.of = row.answers + count.answers, row.got + count.got, row.of + count.of
    models.Item.objects.bulk_update(items.values(), ["shown", "answers", "got", "of"])
    for course, sittings in _by_course({edition: course for edition, *_, course in found}, tests).items():
        tally = models.BankTally.objects.filter(course_id=course)
        if not tally.update(sittings=F("sittings") + sittings):
            models.BankTally.objects.get_or_create(course_id=course)
            tally.update(sittings=F("sittings") + sittings)


def _by_course(course_of: dict[UUID, int], tests: Counter[UUID]) -> Counter[int]:
    found: Counter[int] = Counter()
    for edition, sittings in tests.items():
        if edition in course_of:
            found[course_of[edition]] += sittings
    return found
