"""Where free seats go: all in the caller's transaction, behind the batch's lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce

from pintar.enrolment import queries, rules
from pintar.enrolment.events import SeatOffered, SetAsidesReleased
from pintar.enrolment.models import Allocation, Batch, Ticket, TicketPool
from pintar.enrolment.rules import BatchFacts, TicketState
from pintar.foundation.ledger import record, record_all

# So many rows are named in one statement.
CHUNK = 5000


def lock(ids: Iterable[int]) -> dict[int, BatchFacts]:
    """Hold the rows of batches, the smallest id first, and read them with their set-asides. Whoever changes more than
    a batch's own row begins here, so nobody waits for each other in a ring. SQLite's transactions come one after
    another anyway."""
    rows = Batch.objects.select_for_update(of=("self",)).select_related("period").filter(id__in=set(ids))
    return {row.id: queries.with_allocations(row.facts()) for row in rows.order_by("id")}


def count_out(batch_id: int, pool: int | None, seats: int) -> None:
    """Return seats to their pool; `settle` comes after."""
    batches = Batch.objects.filter(id=batch_id)
    if pool is None:
        batches.update(taken=F("taken") - seats)
        return
    Allocation.objects.filter(id=pool).update(taken=F("taken") - seats)
    batches.update(taken=F("taken") - seats, set_aside_taken=F("set_aside_taken") - seats)


def settle(batch_id: int, by: UUID | None, now: datetime) -> None:
    """Give what is free to whom it belongs: set-asides whose time is over to everyone; then what is set aside to the
    first who wait for it, and the rest to the first who wait at all. So no seat is free while somebody waits who may
    use it."""
    batch = lock([batch_id])[batch_id]
    if batch.is_release_due(now):
        Allocation.objects.filter(batch=batch_id).update(quota=F("taken"))
        Batch.objects.filter(id=batch_id).update(set_aside=F("set_aside_taken"))
        released = SetAsidesReleased(batch=batch.uid, seats=batch.set_aside - batch.set_aside_taken)
        record(released, about=batch.uid, by=by, now=now)
        batch = lock([batch_id])[batch_id]
    if batch.waiting and rules.offers_are_made(batch, now):
        for pool in batch.allocations or ():
            _offer(batch, pool.id, pool.quota - pool.taken, by, now)
        _offer(batch, None, batch.left_for_anyone, by, now)
    full = When(taken=F("quota"), then=Coalesce(F("filled_at"), Value(now)))
    Batch.objects.filter(id=batch_id).update(filled_at=Case(full, default=None))


def _offer(batch: BatchFacts, pool: int | None, seats: int, by: UUID | None, now: datetime) -> None:
    if seats <= 0:
        return
    first = Ticket.objects.filter(batch=batch.id, state=TicketState.WAITING).order_by("number")
    if pool is not None:
        first = first.filter(id__in=TicketPool.objects.filter(allocation=pool).values("ticket"))
    chosen = list(first.values_list("id", "number", "uid", "person__uid")[:seats])
    if not chosen:
        return
    for some in _chunks([row[0] for row in chosen]):
        until = rules.offer_until(batch, now)
        Ticket.objects.filter(id__in=some).update(
            state=TicketState.OFFERED, allocation=pool, offered_at=now, offer_until=until
        )
    count = len(chosen)
    batches = Batch.objects.filter(id=batch.id)
    if pool is None:
        batches.update(taken=F("taken") + count)
    else:
        Allocation.objects.filter(id=pool).update(taken=F("taken") + count)
        batches.update(taken=F("taken") + count, set_aside_taken=F("set_aside_taken") + count)
    if pool is None:
        call_from_front(batch.id, [row[0] for row in chosen])
    else:
        take_out(batch.id, [row[0] for row in chosen], [row[1] for row in chosen])
    happened = [(SeatOffered(ticket=uid, batch=batch.uid, person=person), uid) for _, _, uid, person in chosen]
    for part in _chunks(happened):
        record_all(part, by=by, now=now)


def call_from_front(batch_id: int, tickets: Sequence[int]) -> None:
    """The first who wait do so no longer: everyone behind them moves up by as many."""
    Batch.objects.filter(id=batch_id).update(line_called=F("line_called") + len(tickets))
    _forget_pools(tickets)


def take_out(batch_id: int, tickets: Sequence[int], numbers: Sequence[int]) -> None:
    """Some who wait, wherever they stand, do so no longer: those behind each move up by one."""
    Batch.objects.filter(id=batch_id).update(line_left=F("line_left") + len(tickets))
    _forget_pools(tickets)
    counted: dict[int, int] = {}
    for number in numbers:
        for node in rules.nodes_counting(number):
            counted[node] = counted.get(node, 0) + 1
    rows = [(batch_id, node, gone) for node, gone in sorted(counted.items())]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO enrolment_linegap (batch_id, node, gone) VALUES (%s, %s, %s)"
            " ON CONFLICT (batch_id, node) DO UPDATE SET gone = enrolment_linegap.gone + excluded.gone",
            rows,
        )


def _forget_pools(tickets: Sequence[int]) -> None:
    for some in _chunks(list(tickets)):
        TicketPool.objects.filter(ticket__in=some).delete()


def _chunks[T](items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[i : i + CHUNK] for i in range(0, len(items), CHUNK))
