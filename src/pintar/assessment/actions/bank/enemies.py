"""Items that never stand in one form."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from pintar.assessment import models
from pintar.assessment.actions.bank.locking import locked
from pintar.assessment.events import EnemiesNamed
from pintar.assessment.rules import bank
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import queries as people

MOST_ENEMIES = 50


def name_enemies(*, item: UUID, keys: Collection[str], by: UUID, now: datetime) -> None:
    """These items of the same bank, and no others, are the item's enemies. Safe to repeat.

    Raises Refusal: 404 `unknown_bank_item`; 403 `author_needed`; 422 `unknown_enemies` {keys}, `too_many_enemies`.
    """
    wanted = set(keys)
    if why := bank.may_write(None, people.roles_of(by, now)):
        raise Refusal(why, status=403)
    if len(wanted) > MOST_ENEMIES:
        raise Refusal(Reason("assessment", "too_many_enemies", {"most": MOST_ENEMIES}), status=422)
    with transaction.atomic():
        row = locked(item)
        found = dict(models.Item.objects.filter(course_id=row.course_id, key__in=wanted).values_list("key", "id"))
        unknown = sorted(key for key in wanted if key not in found or key == row.key)
        if unknown:
            told = {"keys": ", ".join(unknown)[:200]}
            raise Refusal(Reason("assessment", "unknown_enemies", told), status=422)
        pairs = {(min(row.pk, other), max(row.pk, other)) for other in found.values()}
        of = models.EnemyPair.objects.filter(Q(first_id=row.pk) | Q(second_id=row.pk))
        there = set(of.values_list("first_id", "second_id"))
        if pairs == there:
            return
        for first, second in there - pairs:
            of.filter(first_id=first, second_id=second).delete()
        models.EnemyPair.objects.bulk_create(
            [models.EnemyPair(first_id=first, second_id=second) for first, second in pairs - there],
            ignore_conflicts=True,
        )
        ledger.record(EnemiesNamed(item=row.uid, enemies=len(pairs)), about=row.uid, by=by, now=now)
