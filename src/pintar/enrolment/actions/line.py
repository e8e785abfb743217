"""The waiting list: leaving it, passing offers on, ending it."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.enrolment import queries, rules
from pintar.enrolment.actions.pools import call_from_front, count_out, lock, settle, take_out
from pintar.enrolment.events import LineEnded, LineLeft, OfferDeclined, OfferExpired
from pintar.enrolment.models import Ticket
from pintar.enrolment.rules import TicketState
from pintar.foundation.ledger import record, record_all
from pintar.people.queries import Person


def leave_line(*, person: Person, batch_key: str, by: UUID, now: datetime) -> None:
    """Give up a place in the line, or decline the seat that is offered; the seat goes to the next at once. Does nothing
    where there is neither. Raises Refusal 404."""
    where = queries.standing(batch_key, person.id)
    if where.ticket is None:
        return
    with transaction.atomic():
        lock([where.batch.id])
        give_up([where.ticket.id], by, now)


def give_up(tickets: Iterable[int], by: UUID | None, now: datetime) -> None:
    """End live tickets by their holder's wish; their batches are locked already, in the caller's transaction."""
    for row in Ticket.objects.select_related("batch", "person").filter(id__in=list(tickets), state__in=rules.LIVE):
        named = {"ticket": row.uid, "batch": row.batch.uid, "person": row.person.uid}
        was_offered = row.state == TicketState.OFFERED
        row.state, row.ended_at = TicketState.DECLINED if was_offered else TicketState.LEFT, now
        row.save(update_fields=["state", "ended_at"])
        record(OfferDeclined(**named) if was_offered else LineLeft(**named), about=row.uid, by=by, now=now)
        if was_offered:
            count_out(row.batch_id, row.allocation_id, 1)
            settle(row.batch_id, by, now)
        else:
            take_out(row.batch_id, [row.id], [row.number])


def expire_offers(*, now: datetime) -> None:
    """Pass on every offer whose time is over, batch by batch. Late or twice does no harm: what counts is in the rows,
    and an offer whose time is over cannot be accepted whether or not this ran."""
    for batch_id in queries.batches_with_offers_over(now):
        with transaction.atomic():
            lock([batch_id])
            expire_offers_of(batch_id, now)


def expire_offers_of(batch_id: int, now: datetime) -> None:
    """The same for one batch, which is locked already, in the caller's transaction."""
    rows = Ticket.objects.filter(batch=batch_id, state=TicketState.OFFERED, offer_until__lte=now)
    over = list(rows.select_related("batch", "person").order_by("number"))
    if not over:
        return
    rows.update(state=TicketState.EXPIRED, ended_at=now)
    for pool, seats in Counter(row.allocation_id for row in over).items():
        count_out(batch_id, pool, seats)
    happened = [(OfferExpired(ticket=r.uid, batch=r.batch.uid, person=r.person.uid), r.uid) for r in over]
    record_all(happened, by=None, now=now)
    settle(batch_id, None, now)


def release_set_asides(*, now: datetime) -> None:
    """Give what is set aside no longer to everyone, those who wait first, in every batch whose time has come."""
    for batch_id in queries.batches_to_release(now):
        with transaction.atomic():
            lock([batch_id])
            settle(batch_id, None, now)


def end_lines(*, now: datetime) -> None:
    """End the lines in which no offers are made any more; whoever still waits there is told."""
    for row in queries.batches_with_lines():
        if not rules.offers_are_made(row.facts(), now):
            with transaction.atomic():
                end_line(row.id, None, now)


def end_line(batch_id: int, by: UUID | None, now: datetime) -> None:
    """End a batch's line, in the caller's transaction. Offers that were made stay good until their time."""
    batch = lock([batch_id])[batch_id]
    waiting = Ticket.objects.filter(batch=batch_id, state=TicketState.WAITING).order_by("number")
    tickets = list(waiting.values_list("id", flat=True))
    if not tickets:
        return
    waiting.update(state=TicketState.ENDED, ended_at=now)
    call_from_front(batch_id, tickets)
    record(LineEnded(batch=batch.uid, people=len(tickets)), about=batch.uid, by=by, now=now)
