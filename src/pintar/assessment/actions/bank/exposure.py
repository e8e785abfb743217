"""How often an item was shown: counted when sittings close, each once."""

from collections import Counter, defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import F

from pintar.assessment import models


def count_exposure(*, sittings: Collection[UUID]) -> None:
    """Count the items of these sittings in their banks; one that was counted already is passed over. Items of editions
    from before there were banks have no item to be counted at."""
    with transaction.atomic():
        waiting = models.Sitting.objects.select_for_update().filter(uid__in=sittings, exposure_counted=False)
        rows = list(waiting.values_list("id", "edition", "items"))
        shown = Counter((edition, key) for _, edition, keys in rows for key in keys)
        if shown:
            _add(shown)
        models.Sitting.objects.filter(id__in=[id for id, *_ in rows]).update(exposure_counted=True)


def _add(shown: Counter[tuple[UUID, str]]) -> None:
    """One statement for each different number, of which there are few."""
    found = models.ItemKey.objects.filter(
        edition__in={edition for edition, _ in shown}, item__in={key for _, key in shown}, version__isnull=False
    )
    times: Counter[int] = Counter()
    for edition, key, item in found.values_list("edition", "item", "version__item_id"):
        times[item] += shown[edition, key]
    by_number: dict[int, list[int]] = defaultdict(list)
    for item, number in times.items():
        by_number[number].append(item)
    for number, items in sorted(by_number.items()):
        if number:
            models.Item.objects.filter(id__in=items).update(shown=F("shown") + number)
