"""Batches and seats for tests, and for rooms above."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from pintar.courses.queries import Edition
from pintar.enrolment import queries, rules
from pintar.enrolment.actions import open_batch
from pintar.enrolment.models import Batch, Pledge, Seat
from pintar.enrolment.queries import BatchFacts, SeatFacts
from pintar.foundation import ids
from pintar.people.queries import Person


def make_batch(edition: Edition, now: datetime, **changes: Any) -> BatchFacts:
    """An open batch with 30 seats: registration since yesterday for three days, study since an hour ago for two weeks.

    `changes` are arguments of `open_batch`.
    """
    return open_batch(
        **{
            "course_slug": edition.slug,
            "period_key": "2026-iv",
            "period_title": "Periode IV 2026",
            "title": "",
            "quota": 30,
            "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=2),
            "starts_at": now - timedelta(hours=1),
            "until_at": now + timedelta(days=14),
            "by": None,
            "now": now,
            **changes,
        }
    )


def make_seat(person: Person, batch: BatchFacts, now: datetime) -> SeatFacts:
    """A seat, straight in the tables and without asking whether the person may have it."""
    Pledge.objects.get_or_create(version=rules.PLEDGE.version, defaults={"text": rules.PLEDGE.text})
    Batch.objects.filter(id=batch.id).update(taken=F("taken") + 1)
    seat = Seat.objects.create(
        number=f"DFT-{batch.number}-{ids.key(4)}-{ids.key(4)}",
        person_id=person.id,
        period_id=batch.period_id,
        batch_id=batch.id,
        ordinal=1,
        pledge_id=rules.PLEDGE.version,
        taken_at=now,
    )
    return queries.seats([seat.uid])[seat.uid]
