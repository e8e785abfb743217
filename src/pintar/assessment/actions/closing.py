"""Closing a sitting and scoring it, exactly, in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import models, rules, scoring
from pintar.assessment.events import SittingScored
from pintar.assessment.receipts import code_of
from pintar.foundation import ledger
from pintar.foundation.refusals import not_found
from pintar.people.queries import Person

BATCH = 200


def hand_in(*, person: Person, sitting: UUID, by: UUID, now: datetime) -> None:
    """Hand a sitting in. Again is the same as once. Raises Refusal (404) for anyone else's."""
    with transaction.atomic():
        row = models.Sitting.objects.select_for_update().filter(uid=sitting, person_id=person.id).first()
        if row is None:
            raise not_found("assessment", "unknown_sitting")
        if row.closed_at is None:
            late = now > row.deadline + rules.GRACE
            close_locked(row, by=None if late else by, now=now, closed_by=rules.BY_TIME if late else rules.BY_PERSON)


def close_due(now: datetime) -> int:
    """Close every sitting whose grace is over. Returns how many; each in a transaction of its own, safe to repeat."""
    closed = 0
    due = models.Sitting.objects.filter(closed_at__isnull=True, deadline__lt=now - rules.GRACE).order_by("deadline")
    while ids := list(due.values_list("id", flat=True)[:BATCH]):
        moved = sum(_close_if_due(each, now) for each in ids)
        closed += moved
        if not moved:
            break
    return closed


def close_overdue(person_id: int, context: UUID, test: str, now: datetime) -> None:
    """Close what the scheduled task has not come to yet, inside the caller's transaction."""
    for row in models.Sitting.objects.select_for_update().filter(
        person_id=person_id, context=context, test=test, closed_at__isnull=True, deadline__lt=now - rules.GRACE
    ):
        close_locked(row, by=None, now=now, closed_by=rules.BY_TIME)


def _close_if_due(sitting_id: int, now: datetime) -> bool:
    with transaction.atomic():
        row = (
            models.Sitting.objects.select_for_update(skip_locked=True)
            .filter(id=sitting_id, closed_at__isnull=True, deadline__lt=now - rules.GRACE)
            .first()
        )
        if row is not None:
            close_locked(row, by=None, now=now, closed_by=rules.BY_TIME)
        return row is not None


def close_locked(row: models.Sitting, *, by: UUID | None, now: datetime, closed_by: str) -> None:
    """Score the locked row. Whenever it is done, the sitting ended at its deadline at the latest."""
    row.closed_at, row.closed_by = min(now, row.deadline), closed_by
    write_score(row, scoring.score(row, row.ops()), "closed_at", "closed_by")
    tell_scored(row, by=by, now=now)


def write_score(row: models.Sitting, scored: scoring.Score, *changed: str) -> None:
    """Write a score, with other fields that changed; the measure is taken anew from it, a moment later. The receipt's
    code stays the one that its person was given."""
    row.got, row.of, row.passed = scored.got, scored.of, scored.passed
    row.answered, row.score, row.measure = scored.answered, scored.document, None
    row.receipt = row.receipt or code_of(row)
    row.save(update_fields=["got", "of", "passed", "answered", "score", "measure", "receipt", *changed])


def tell_scored(row: models.Sitting, *, by: UUID | None, now: datetime) -> None:
    scored = SittingScored(
        sitting=row.uid,
        context=row.context,
        person=_person_uid(row),
        edition=row.edition,
        kind=row.kind,
        passed=row.passed,
    )
    ledger.record(scored, about=row.uid, by=by, now=now)


def _person_uid(row: models.Sitting) -> UUID | None:
    return models.Sitting.objects.filter(pk=row.pk).values_list("person__uid", flat=True).first()
