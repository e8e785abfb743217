"""More time: for a person, or for everyone in a context."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import models, rules
from pintar.assessment.events import ExtraTimeGiven
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal
from pintar.people.queries import Person


def give_extra_time(*, person: Person, percent: int, by: UUID | None, now: datetime) -> int:
    """Give a person more time in every test from now on, and in sittings that are open. Returns how many those were.

    `percent` is 25, 50 or 100, or 0 to take it back (an open sitting keeps what it has). Raises Refusal (422).
    """
    if percent not in (0, *rules.EXTRA_TIMES):
        raise Refusal(Reason("assessment", "bad_extra_time"), status=422)
    with transaction.atomic():
        models.ExtraTime.objects.filter(person_id=person.id).delete()
        if percent:
            models.ExtraTime.objects.create(person_id=person.id, percent=percent, by=by, at=now)
        rows = models.Sitting.objects.select_for_update().filter(
            person_id=person.id, closed_at__isnull=True, extra_percent__lt=percent
        )
        changed = [_with(row, extra_percent=percent) for row in rows]
        ledger.record(ExtraTimeGiven(person=person.uid, percent=percent), about=person.uid, by=by, now=now)
    return len(changed)


def extend(contexts: Iterable[UUID], latest_end: datetime, by: UUID | None, now: datetime) -> int:
    """The contexts end later (or earlier): open sittings get their new deadline. Returns how many changed."""
    with transaction.atomic():
        rows = models.Sitting.objects.select_for_update().filter(
            context__in=list(contexts), closed_at__isnull=True, deadline__gte=now - rules.GRACE
        )
        changed = [_with(row, latest_end=latest_end) for row in rows if row.latest_end != latest_end]
    return len(changed)


def _with(row: models.Sitting, **changes: object) -> models.Sitting:
    for name, value in changes.items():
        setattr(row, name, value)
    row.deadline = rules.deadline(row.opened_at, row.minutes, row.extra_percent, row.latest_end)
    row.save(update_fields=[*changes, "deadline"])
    return row
