"""Places in the waiting lists."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from pintar.enrolment import rules
from pintar.enrolment.models import Batch, Ticket
from pintar.enrolment.rules import TicketFacts, TicketState

# How many tickets with a number up to this one left the line from elsewhere than its front: the sum over
# `rules.nodes_up_to`, whose nodes are the number with its lower bits cut off at each bit that is set.
_BITS = ", ".join(f"({bit})" for bit in range(rules.LONGEST_LINE.bit_length()))
_GONE = f"""(
    SELECT COALESCE(SUM(gap.gone), 0) FROM (VALUES {_BITS}) AS bit, enrolment_linegap AS gap
    WHERE (enrolment_ticket.number >> bit.column1) & 1 = 1 AND gap.batch_id = enrolment_ticket.batch_id
    AND gap.node = (enrolment_ticket.number >> bit.column1) << bit.column1
)"""  # noqa: S608


def tickets_of(person_id: int) -> list[TicketFacts]:
    """A person's live places in lines, the oldest first, each with its position. One query."""
    return [ticket_facts(row) for row in live_tickets().filter(person=person_id).order_by("joined_at", "id")]


def tickets(ids: Iterable[int]) -> dict[int, TicketFacts]:
    """Live ones by id."""
    return {row.id: ticket_facts(row) for row in live_tickets().filter(id__in=list(ids))}


def live_tickets() -> QuerySet[Ticket]:
    """Tickets that wait or hold an offer, with all that `ticket_facts` reads."""
    live = Ticket.objects.filter(state__in=rules.LIVE).select_related("batch__period")
    return live.annotate(gone=RawSQL(_GONE, ()))  # noqa: S611  nothing of it comes from outside


def ticket_facts(row: Any) -> TicketFacts:
    waits = row.state == TicketState.WAITING
    return TicketFacts(
        id=row.id,
        uid=row.uid,
        number=row.number,
        person_id=row.person_id,
        batch=row.batch.facts(),
        state=TicketState(row.state),
        joined_at=row.joined_at,
        position=rules.position(row.number, row.batch.line_called, row.gone) if waits else 0,
        pool=row.allocation_id,
        offer_until=row.offer_until,
    )


def offered(batch_id: int) -> int:
    """How many seats of a batch are kept for offers."""
    return Ticket.objects.filter(batch=batch_id, state=TicketState.OFFERED).count()


def batches_with_offers_over(now: datetime) -> list[int]:
    """Ids of batches that hold seats for offers whose time is over."""
    over = Ticket.objects.filter(state=TicketState.OFFERED, offer_until__lte=now)
    return sorted(set(over.order_by().values_list("batch", flat=True)))


def batches_to_release(now: datetime) -> list[int]:
    """Ids of batches with seats that are set aside no longer and not given to everyone yet."""
    due = Batch.objects.filter(set_aside_until__lte=now, set_aside__gt=F("set_aside_taken"))
    return list(due.order_by("id").values_list("id", flat=True))


def batches_with_lines() -> list[Batch]:
    """Rows of the batches in whose lines somebody waits."""
    waits = Batch.objects.filter(line_joined__gt=F("line_called") + F("line_left"))
    return list(waits.select_related("period").order_by("id"))
