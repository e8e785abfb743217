"""Where a person stands towards a batch: what the decision needs, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from pintar.enrolment import rules
from pintar.enrolment.models import Batch, Preparation, Seat, Ticket
from pintar.enrolment.queries.batches import sane, with_allocations
from pintar.enrolment.queries.line import tickets
from pintar.enrolment.queries.seats import person_facts, seats_by_id
from pintar.enrolment.rules import Admission, BatchFacts, SeatFacts, TicketFacts
from pintar.foundation.prepared import Prepared
from pintar.foundation.refusals import not_found
from pintar.people.queries import Person


@dataclass(frozen=True, slots=True)
class Standing:
    """A batch with its set-asides, the seat that the person holds in its period, their place in its line.

    `pledged` is the version of the pledge that was given in advance ("" for none), `reminds` whether a reminder of the
    opening is wanted.
    """

    batch: BatchFacts
    seat: SeatFacts | None
    ticket: TicketFacts | None
    pledged: str = ""
    reminds: bool = False


NOBODY = 0  # no row's id
_SEATS = Seat.objects.filter(released_at=None)
_TICKETS = Ticket.objects.filter(batch=OuterRef("pk"), state__in=rules.LIVE)


def _standing(batch: str, person: int) -> QuerySet[Batch]:
    prepared = Preparation.objects.filter(batch=OuterRef("pk"), person=person)
    return (
        Batch.objects.filter(key=batch)
        .select_related("period")
        .annotate(
            held=Subquery(_SEATS.filter(period=OuterRef("period"), person=person).values("id")[:1]),
            waits=Subquery(_TICKETS.filter(person=person).values("id")[:1]),
            pledged=Subquery(prepared.values("pledge")[:1]),
            reminds=Subquery(prepared.values("remind")[:1]),
        )
    )


def _stands_in(batch: str, person: UUID) -> QuerySet[Batch]:
    return (
        Batch.objects.filter(key=batch)
        .only("id")
        .annotate(
            held=Subquery(_SEATS.filter(batch=OuterRef("pk"), person__uid=person).values("id")[:1]),
            waits=Subquery(_TICKETS.filter(person__uid=person).values("id")[:1]),
        )
    )


_STANDING = Prepared(_standing, batch=str, person=int)
_STANDS_IN = Prepared(_stands_in, batch=str, person=UUID)


def standing(batch_key: str, person_id: int | None) -> Standing:
    """One statement, which is prepared, because a rush asks it before anything else; one more each for set-asides, a
    seat held, a place in line. Refusal 404."""
    row: Any = _STANDING.first(batch=batch_key, person=person_id or NOBODY) if sane([batch_key]) else None
    if row is None:
        raise not_found(rules.ROOM)
    return Standing(
        batch=with_allocations(row.facts()),
        seat=seats_by_id([row.held])[row.held] if row.held else None,
        ticket=tickets([row.waits]).get(row.waits) if row.waits else None,
        pledged=row.pledged or "",
        reminds=bool(row.reminds),
    )


def stands_in(batch_key: str, person: UUID) -> bool:
    """Whether this person has a seat, an offer or a place in line here; for a door that must be quick."""
    row = _STANDS_IN.first(batch=batch_key, person=person)
    return row is not None and bool(row.held or row.waits)  # type: ignore[attr-defined]


def admission(where: Standing, person: Person | None, now: datetime) -> Admission:
    """May this person take a seat, and why not."""
    facts = person_facts(person, _completed_matters(where)) if person else None
    seats = (where.seat,) if where.seat else ()
    return rules.decide_admission(where.batch, facts, seats, now, where.ticket)


def _completed_matters(where: Standing) -> bool:
    """Whether the decision looks at completed trainings: only then are they fetched."""
    return (
        bool(where.batch.conditions.prerequisites)
        or any(allocation.conditions.prerequisites for allocation in where.batch.allocations or ())
        or where.seat is not None
    )
