"""An item held for a change: who would change it at the same time waits, and then sees what became of it."""

from uuid import UUID

from pintar.assessment import models
from pintar.foundation.refusals import not_found


def locked(item: UUID) -> models.Item:
    """The item's row, locked; only within a transaction. Raises Refusal (404)."""
    row = models.Item.objects.select_for_update().filter(uid=item).first()
    if row is None:
        raise not_found("assessment", "unknown_bank_item")
    return row


def author_of_newest(row: models.Item) -> UUID | None:
    return models.ItemVersion.objects.filter(item_id=row.pk, number=row.number).values_list("by", flat=True).first()
