"""Where a person stands towards a batch: what the decision needs, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pintar.enrolment import rules
from pintar.enrolment.models import Batch, Period, Seat, Ticket
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


def standing(batch_key: str, person_id: int | None) -> Standing:
    """One statement; one more each for set-asides, a seat held, a place in line. A rush asks this before anything
    else, so it is written out. Refusal 404."""
    asked = [person_id, person_id, person_id, *sane([batch_key])]
    rows = list(Batch.objects.raw(_STANDING, asked)) if sane([batch_key]) else []
    if not rows:
        raise not_found(rules.ROOM)
    row: Any = rows[0]
    row.period = Period(id=row.period_id, key=row.period_key, title=row.period_title)
    return Standing(
        batch=with_allocations(row.facts()),
        seat=seats_by_id([row.seat_id])[row.seat_id] if row.seat_id else None,
        ticket=tickets([row.ticket_id]).get(row.ticket_id) if row.ticket_id else None,
        pledged=row.pledged or "",
        reminds=bool(row.reminds),
    )


_SEATED = Prepared(
    lambda batch, person: Seat.objects.filter(batch__key=batch, person__uid=person, released_at=None).only("id")[:1],
    batch=str,
    person=UUID,
)
_IN_LINE = Prepared(
    lambda batch, person: Ticket.objects.filter(batch__key=batch, person__uid=person, state__in=rules.LIVE).only("id")[
        :1
    ],
    batch=str,
    person=UUID,
)


def stands_in(batch_key: str, person: UUID) -> bool:
    """Whether this person has a seat, an offer or a place in line here; for a door that must be quick."""
    return any(rows.first(batch=batch_key, person=person) for rows in (_SEATED, _IN_LINE))


_STANDING = """
    SELECT batch.*, period.key AS period_key, period.title AS period_title, seat.id AS seat_id, ticket.id AS ticket_id,
        preparation.pledge_id AS pledged, preparation.remind AS reminds
    FROM enrolment_batch AS batch
    JOIN enrolment_period AS period ON period.id = batch.period_id
    LEFT JOIN enrolment_seat AS seat
        ON seat.period_id = batch.period_id AND seat.person_id = %s AND seat.released_at IS NULL
    LEFT JOIN enrolment_ticket AS ticket
        ON ticket.batch_id = batch.id AND ticket.person_id = %s AND ticket.state IN ('waiting', 'offered')
    LEFT JOIN enrolment_preparation AS preparation
        ON preparation.batch_id = batch.id AND preparation.person_id = %s
    WHERE batch.key = %s"""


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
