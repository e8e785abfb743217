"""Keys of items. Only the closing of a sitting and the feedback after it come here; nothing that delivers questions."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from pintar.assessment import models

MOST_KEPT = 64


@lru_cache(maxsize=MOST_KEPT)
def of_edition(edition: UUID) -> Mapping[str, dict[str, Any]]:
    """The keys of an edition's items, which never change; one query the first time."""
    return dict(models.ItemKey.objects.filter(edition=edition).values_list("item", "key"))
