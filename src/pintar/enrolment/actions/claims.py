"""Counting a person in, to a seat or to the waiting list: the count, the row, the event and its deliveries together, or
none of them.

On PostgreSQL that is one statement (the parts are WITH queries that write), so the batch's row is locked for the length
of a statement and not of a conversation; on SQLite it is one immediate transaction of a few. The guard stands in the
update itself, where what others took meanwhile is seen; the CHECK constraints stand behind it.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from pintar.enrolment import rules
from pintar.enrolment.events import LineJoined, SeatTaken
from pintar.enrolment.rules import BatchFacts, SeatFacts, TicketFacts, TicketState
from pintar.foundation import ids
from pintar.foundation.ledger import record_on, recorded_after, stored
from pintar.people.queries import Person

IS_OPEN = "withdrawn_at IS NULL AND opens_at <= %(now)s AND closes_at > %(now)s"
# A seat outside the set-asides, or of one set-aside, is left at the moment of the update itself.
COMMON_SEAT_LEFT = "taken < quota - set_aside + set_aside_taken"
SET_ASIDE_LEFT = "taken < quota"

KEEP_PLEDGE = """
    INSERT INTO enrolment_pledge (version, text) SELECT %(pledge)s, %(pledge_text)s
    WHERE NOT EXISTS (SELECT 1 FROM enrolment_pledge WHERE version = %(pledge)s) ON CONFLICT DO NOTHING"""
SEAT_COUNTED = "taken = taken + 1, filled_at = CASE WHEN taken + 1 = quota THEN %(now)s ELSE filled_at END"
COUNTED = "taken, quota, set_aside_taken, line_joined, line_called, line_left"
PLACE_SEAT = """
    INSERT INTO enrolment_seat
        (uid, number, person_id, period_id, batch_id, allocation_id, ordinal, pledge_id, taken_at)
    SELECT %(uid)s, %(number)s, %(person)s, %(period)s, %(batch)s, %(pool)s, counted.taken, %(pledge)s, %(now)s"""
PLACE_TICKET = """
    INSERT INTO enrolment_ticket (uid, number, batch_id, person_id, period_id, state, joined_at)
    SELECT %(uid)s, counted.line_joined, %(batch)s, %(person)s, %(period)s, 'waiting', %(now)s"""


def claim_seat(*, person: Person, batch: BatchFacts, pool: int | None, by: UUID, now: datetime) -> SeatFacts | None:
    """Seat the person in a pool of the batch (an allocation's id, or None for the common one).

    None where the pool is full or the batch not open at this moment. Raises IntegrityError where the person holds a
    seat in the period.
    """
    uid, number = ids.uid(), f"DFT-{batch.number}-{ids.key(4)}-{ids.key(4)}"
    wanted = _wanted(uid, person, batch, now) | {
        "number": number,
        "pool": pool,
        "pledge": rules.PLEDGE.version,
        "pledge_text": rules.PLEDGE.text,
    }
    happened = SeatTaken(seat=uid, batch=batch.uid, person=person.uid)
    guard, more = IS_OPEN, ", set_aside_taken = set_aside_taken + 1"
    if pool is None:
        guard, more = f"{IS_OPEN} AND {COMMON_SEAT_LEFT}", ""
    found = _claim(SEAT_COUNTED + more, guard, PLACE_SEAT, wanted, happened, by)
    if found is None:
        return None
    seat_id, counted = found
    full = counted["taken"] == counted["quota"]
    return SeatFacts(
        id=seat_id,
        uid=uid,
        number=number,
        person_id=person.id,
        batch=replace(batch, **counted, filled_at=now if full else None, allocations=None),
        taken_at=now,
        released_at=None,
        ordinal=counted["taken"],
        pledge_version=rules.PLEDGE.version,
        allocation_id=pool,
    )


def claim_ticket(*, person: Person, batch: BatchFacts, by: UUID, now: datetime) -> TicketFacts | None:
    """The next number of the batch's line for this person.

    None where a common seat is left after all or the batch is not open at this moment. Raises IntegrityError where the
    person has a place in the line.
    """
    uid = ids.uid()
    happened = LineJoined(ticket=uid, batch=batch.uid, person=person.uid)
    guard = f"{IS_OPEN} AND NOT ({COMMON_SEAT_LEFT})"
    wanted = _wanted(uid, person, batch, now)
    found = _claim("line_joined = line_joined + 1", guard, PLACE_TICKET, wanted, happened, by)
    if found is None:
        return None
    ticket_id, counted = found
    counted_in = replace(batch, **counted)
    return TicketFacts(
        id=ticket_id,
        uid=uid,
        number=counted["line_joined"],
        person_id=person.id,
        batch=counted_in,
        state=TicketState.WAITING,
        joined_at=now,
        position=counted_in.waiting,
    )


Found = tuple[int, dict[str, int]]


def _wanted(uid: UUID, person: Person, batch: BatchFacts, now: datetime) -> dict[str, Any]:
    return {"uid": uid, "person": person.id, "period": batch.period_id, "batch": batch.id, "now": now}


def _claim(count: str, guard: str, place: str, wanted: Mapping[str, Any], happened: Any, by: UUID) -> Found | None:
    """Count in the batch's row, place a row, record the event. The row's id and what the batch counts now; None where
    the guard does not hold."""
    claim = _in_one_statement if connection.vendor == "postgresql" else _in_one_transaction
    return claim(count, guard, place, wanted, happened, by)


def _in_one_statement(
    count: str, guard: str, place: str, wanted: Mapping[str, Any], happened: Any, by: UUID
) -> Found | None:
    recorded, of_event = recorded_after("placed", happened, about=wanted["uid"], by=by, now=wanted["now"])
    before = f"kept AS ({KEEP_PLEDGE})," if "pledge" in wanted else ""
    counted = f"UPDATE enrolment_batch SET {count} WHERE id = %(batch)s AND {guard} RETURNING {COUNTED}"  # noqa: S608
    if wanted.get("pool"):
        # The batch is locked before its set-aside, here as everywhere: nobody waits for each other in a ring.
        before += f"""
            locked AS (SELECT id AS of_batch FROM enrolment_batch WHERE id = %(batch)s AND {guard} FOR UPDATE),
            pool AS (
                UPDATE enrolment_allocation SET taken = taken + 1 FROM locked
                WHERE id = %(pool)s AND batch_id = of_batch AND {SET_ASIDE_LEFT} RETURNING batch_id AS of_pool
            ),"""  # noqa: S608
        counted = f"UPDATE enrolment_batch SET {count} FROM pool WHERE id = of_pool RETURNING {COUNTED}"  # noqa: S608
    sql = f"""
        WITH {before} counted AS ({counted}), placed AS ({place} FROM counted RETURNING id), {recorded}
        SELECT placed.id, {COUNTED} FROM counted, placed"""  # noqa: S608  every part is written in this file
    with _savepoint(), connection.cursor() as cursor:
        cursor.execute(sql, {**wanted, **of_event})
        row = cursor.fetchone()
    return _found(row[0], row[1:]) if row else None


def _in_one_transaction(
    count: str, guard: str, place: str, wanted: Mapping[str, Any], happened: Any, by: UUID
) -> Found | None:
    values = {name: stored(value) for name, value in wanted.items()}
    with _in_turn(), transaction.atomic(), connection.cursor() as cursor:
        if wanted.get("pool"):
            one_more = "UPDATE enrolment_allocation SET taken = taken + 1"
            cursor.execute(f"{one_more} WHERE id = %(pool)s AND {SET_ASIDE_LEFT}", values)
            if not cursor.rowcount:
                return None
        cursor.execute(
            f"UPDATE enrolment_batch SET {count} WHERE id = %(batch)s AND {guard} RETURNING {COUNTED}",  # noqa: S608
            values,
        )
        rows = cursor.fetchall()
        if not rows:
            transaction.set_rollback(True)  # the set-aside's count too
            return None
        if "pledge" in wanted:
            cursor.execute(KEEP_PLEDGE, values)
        cursor.execute(f"{place} FROM enrolment_batch AS counted WHERE id = %(batch)s", values)
        row_id = cursor.lastrowid
        record_on(cursor, happened, about=wanted["uid"], by=by, now=wanted["now"])
    return _found(row_id, rows[0])


def _found(row_id: int, counted: tuple[int, ...]) -> Found:
    return row_id, dict(zip(COUNTED.split(", "), counted, strict=True))


# SQLite's own waiting is by sleeping and looking again, and whoever slept longest is not the next: threads take turns
# here before they ask it. Whoever is in a transaction already holds the database, and must not wait for a turn.
_turn = Lock()


def _in_turn() -> AbstractContextManager[Any]:
    return nullcontext() if connection.in_atomic_block else _turn


def _savepoint() -> AbstractContextManager[None]:
    """In a caller's transaction a refused constraint must not end that transaction; alone, a statement is one."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
