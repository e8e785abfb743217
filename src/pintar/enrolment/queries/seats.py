"""Seats as values, and what a person needs for one."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from pintar.enrolment import rules
from pintar.enrolment.models import Completion, Pledge, Seat
from pintar.enrolment.queries.batches import sane
from pintar.enrolment.rules import SeatFacts
from pintar.foundation.prepared import Prepared
from pintar.people.queries import Person


def _seats() -> QuerySet[Seat]:
    return Seat.objects.select_related("batch__period")


_HELD = Prepared(
    lambda person: _seats().filter(person=person, released_at=None).order_by("-taken_at", "-id"), person=int
)


def seats_of(person_id: int) -> list[SeatFacts]:
    """A person's current seats, newest first."""
    return [row.facts() for row in _HELD(person=person_id)]


def seat_of(person_id: int, batch_key: str) -> SeatFacts | None:
    """The person's current seat in this batch."""
    row = _seats().filter(person=person_id, batch__key__in=sane([batch_key]), released_at=None).first()
    return row.facts() if row else None


def seats(uids: Iterable[UUID]) -> dict[UUID, SeatFacts]:
    """By uid, given-back ones too."""
    return {row.uid: row.facts() for row in _seats().filter(uid__in=list(uids))}


def seats_by_id(ids: Iterable[int]) -> dict[int, SeatFacts]:
    return {row.id: row.facts() for row in _seats().filter(id__in=list(ids))}


def seats_of_batch(batch_uid: UUID) -> list[SeatFacts]:
    """The current seats of a batch, oldest first."""
    return [row.facts() for row in _seats().filter(batch__uid=batch_uid, released_at=None).order_by("id")]


def pledge_text(version: str) -> str:
    """The text that was agreed to under a version."""
    return Pledge.objects.values_list("text", flat=True).filter(version=version).first() or ""


def completed(person_id: int) -> dict[str, datetime]:
    """Slugs of the trainings that the person completed, and when first."""
    return dict(Completion.objects.filter(person=person_id).values_list("course_slug", "at"))


def person_facts(person: Person, with_completed: bool = True) -> rules.PersonFacts:
    """What eligibility looks at, from the person's account and what they completed."""
    return rules.PersonFacts(
        name=person.name,
        profession=person.profession,
        employment=person.employment,
        unit_name=person.unit.name if person.unit else "",
        unit_path=person.unit.path if person.unit else "/",
        regency=person.regency,
        province=person.province,
        has_identifier=person.has_identifier,
        has_email=bool(person.email),
        email_verified=person.email_verified,
        completed=frozenset(completed(person.id)) if with_completed else frozenset(),
    )
