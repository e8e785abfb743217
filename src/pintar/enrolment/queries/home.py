"""A person's offers and places in line, as their home page shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, UUIDField

from pintar.courses import queries as courses
from pintar.enrolment import rules
from pintar.enrolment.models import Preparation, Seat, Ticket
from pintar.enrolment.queries.line import live_tickets, ticket_facts
from pintar.enrolment.rules import TicketFacts, TicketState
from pintar.foundation.prepared import Prepared


@dataclass(frozen=True, slots=True)
class HomePlace:
    """A live ticket and its training's title. `held` is the seat in the period that accepting would give back (None:
    none), `held_title` its training's; `pledged`: the present pledge was given already."""

    ticket: TicketFacts
    training: str
    held: UUID | None
    held_title: str
    pledged: bool


def _places(person: int) -> QuerySet[Ticket]:
    held = Seat.objects.filter(person=person, period=OuterRef("period"), released_at=None)
    given = Preparation.objects.filter(person=person, batch=OuterRef("batch"))
    return (
        live_tickets()
        .filter(person=person)
        .order_by("id")
        .annotate(
            held=Subquery(held.values("uid")[:1]),
            held_edition=Subquery(held.values("batch__edition")[:1], output_field=UUIDField()),
            held_pledge=Subquery(held.values("pledge")[:1]),
            given=Subquery(given.values("pledge")[:1]),
        )
    )


_PLACES = Prepared(_places, person=int)


def home_places(person_id: int, now: datetime) -> list[HomePlace]:
    """Offers first, then places in the order of joining; an offer that is over is not there. One query."""
    found: list[tuple[Any, TicketFacts]] = [(row, ticket_facts(row)) for row in _PLACES(person=person_id)]
    shown = [(row, t) for row, t in found if t.state is TicketState.WAITING or t.is_offer(now)]
    shown.sort(key=lambda each: (each[1].state is TicketState.WAITING, each[1].joined_at))
    editions = courses.editions(
        edition for row, ticket in shown for edition in (ticket.batch.edition, row.held_edition) if edition
    )
    return [
        HomePlace(
            ticket=ticket,
            training=editions[ticket.batch.edition].title,
            held=row.held,
            held_title=editions[row.held_edition].title if row.held_edition else "",
            pledged=rules.PLEDGE.version in (row.held_pledge, row.given),
        )
        for row, ticket in shown
    ]
