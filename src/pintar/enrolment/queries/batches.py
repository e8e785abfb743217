"""Batches as values: plural reads for the rooms above, one batch with its set-asides for its page."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from pintar.enrolment import rules
from pintar.enrolment.models import Allocation, Batch
from pintar.enrolment.rules import BatchFacts
from pintar.foundation.refusals import Reason, not_found


def batches(keys: Iterable[str]) -> dict[str, BatchFacts]:
    """By key, without their allocations."""
    return {b.key: b for b in _facts(Batch.objects.filter(key__in=sane(keys)))}


def batches_by_uid(uids: Iterable[UUID]) -> dict[UUID, BatchFacts]:
    return {b.uid: b for b in _facts(Batch.objects.filter(uid__in=list(uids)))}


def batches_of_courses(slugs: Iterable[str], *, closing_after: datetime | None = None) -> dict[str, list[BatchFacts]]:
    """Every batch that is not withdrawn, newest number first, in one query; with `closing_after` only those whose
    registration ends later."""
    found: dict[str, list[BatchFacts]] = {slug: [] for slug in slugs}
    rows = Batch.objects.filter(course_slug__in=list(found), withdrawn_at=None)
    if closing_after is not None:
        rows = rows.filter(closes_at__gt=closing_after)
    for batch in _facts(rows.order_by("-number")):
        found[batch.course_slug].append(batch)
    return found


def open_batches(now: datetime) -> list[BatchFacts]:
    """Batches whose window is open, full ones among them, the one that closes first first."""
    return _facts(
        Batch.objects.filter(withdrawn_at=None, opens_at__lte=now, closes_at__gt=now).order_by("closes_at", "id")
    )


def batches_opening(after: datetime, until: datetime) -> list[BatchFacts]:
    """Batches whose registration opens after the one instant and not after the other."""
    return _facts(Batch.objects.filter(withdrawn_at=None, opens_at__gt=after, opens_at__lte=until))


def batch_list(open_at: datetime | None, *, after: str = "", limit: int = 100) -> list[BatchFacts]:
    """Batches that are not withdrawn, oldest first, from behind the one with the key `after`; with `open_at` those
    whose window is open then."""
    rows = Batch.objects.filter(withdrawn_at=None)
    if open_at is not None:
        rows = rows.filter(opens_at__lte=open_at, closes_at__gt=open_at)
    if after:
        rows = rows.filter(id__gt=Batch.objects.filter(key__in=sane([after])).values("id")[:1])
    return _facts(rows.order_by("id")[:limit])


def batch(key: str) -> BatchFacts:
    """One batch with its allocations. Refusal 404."""
    row = Batch.objects.select_related("period").filter(key__in=sane([key])).first()
    if row is None:
        raise not_found(rules.ROOM)
    return with_allocations(row.facts())


def with_allocations(facts: BatchFacts) -> BatchFacts:
    """The same with its allocations; asks nothing where no seat is set aside."""
    if facts.allocations is not None:
        return facts
    rows = Allocation.objects.filter(batch=facts.id).order_by("id") if facts.set_aside else ()
    return replace(facts, allocations=tuple(row.facts() for row in rows))


def asked(batch: BatchFacts) -> tuple[Reason, ...]:
    """The conditions of a batch as a stranger sees them."""
    return rules.asked(batch.conditions)


def _facts(rows: QuerySet[Batch]) -> list[BatchFacts]:
    return [row.facts() for row in rows.select_related("period")]


def sane(keys: Iterable[str]) -> list[str]:
    """Keys that may be asked for: a zero byte is no text to PostgreSQL, and no key is longer than its column."""
    return [key for key in keys if "\0" not in key and len(key) <= 140]
