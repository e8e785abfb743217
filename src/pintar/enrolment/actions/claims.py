"""Counting a person in: the seat's count, its row, its event and its deliveries together, or none of them.

On PostgreSQL that is one statement (the parts are WITH queries that write), so the batch's row is locked for the length
of a statement and not of a conversation; on SQLite it is one immediate transaction of a few. The guard stands in the
update itself, where what others took meanwhile is seen; the CHECK constraints stand behind it.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from pintar.enrolment import rules
from pintar.enrolment.events import SeatTaken
from pintar.enrolment.rules import BatchFacts, SeatFacts
from pintar.foundation import ids
from pintar.foundation.ledger import record, recorded_after
from pintar.people.queries import Person

IS_OPEN = "withdrawn_at IS NULL AND opens_at <= %(now)s AND closes_at > %(now)s"
# A seat outside the set-asides, or of one set-aside, is left at the moment of the update itself.
COMMON_SEAT_LEFT = "taken < quota - set_aside + set_aside_taken"
SET_ASIDE_LEFT = "taken < quota"

KEEP_PLEDGE = """
    INSERT INTO enrolment_pledge (version, text) SELECT %(pledge)s, %(pledge_text)s
    WHERE NOT EXISTS (SELECT 1 FROM enrolment_pledge WHERE version = %(pledge)s) ON CONFLICT DO NOTHING"""
COUNT = "taken = taken + 1, filled_at = CASE WHEN taken + 1 = quota THEN %(now)s ELSE filled_at END"
COUNTED = "taken, quota, set_aside_taken"
PLACE = """
    INSERT INTO enrolment_seat
        (uid, number, person_id, period_id, batch_id, allocation_id, ordinal, pledge_id, taken_at)
    SELECT %(uid)s, %(number)s, %(person)s, %(period)s, %(batch)s, %(pool)s, counted.taken, %(pledge)s, %(now)s"""


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the batch counts with this seat, and the seat's row."""

    taken: int
    quota: int
    set_aside_taken: int
    seat_id: int


def claim_seat(*, person: Person, batch: BatchFacts, pool: int | None, by: UUID, now: datetime) -> SeatFacts | None:
    """Seat the person in a pool of the batch (an allocation's id, or None for the common one).

    None where the pool is full or the batch not open at this moment. Raises IntegrityError where the person holds a
    seat in the period.
    """
    uid, number = ids.uid(), f"DFT-{batch.number}-{ids.key(4)}-{ids.key(4)}"
    happened = SeatTaken(seat=uid, batch=batch.uid, person=person.uid)
    wanted = {
        "uid": uid,
        "number": number,
        "person": person.id,
        "period": batch.period_id,
        "batch": batch.id,
        "pool": pool,
        "pledge": rules.PLEDGE.version,
        "pledge_text": rules.PLEDGE.text,
        "now": now,
    }
    claim = _in_one_statement if connection.vendor == "postgresql" else _in_one_transaction
    counted = claim(wanted, happened, by, now)
    if counted is None:
        return None
    return SeatFacts(
        id=counted.seat_id,
        uid=uid,
        number=number,
        person_id=person.id,
        batch=replace(
            batch,
            taken=counted.taken,
            set_aside_taken=counted.set_aside_taken,
            filled_at=now if counted.taken == counted.quota else None,
            allocations=None,
        ),
        taken_at=now,
        released_at=None,
        ordinal=counted.taken,
        pledge_version=rules.PLEDGE.version,
        allocation_id=pool,
    )


def _in_one_statement(wanted: Mapping[str, Any], happened: SeatTaken, by: UUID, now: datetime) -> _Counted | None:
    recorded, of_event = recorded_after("placed", happened, about=happened.seat, by=by, now=now)
    count = _count_common() if wanted["pool"] is None else _count_set_aside()
    sql = f"""
        WITH kept AS ({KEEP_PLEDGE}), {count}, placed AS ({PLACE} FROM counted RETURNING id), {recorded}
        SELECT {COUNTED}, placed.id FROM counted, placed"""  # noqa: S608  every part is written here
    with _savepoint(), connection.cursor() as cursor:
        cursor.execute(sql, {**wanted, **of_event})
        row = cursor.fetchone()
    return _Counted(*row) if row else None


def _count_common() -> str:
    return f"""
        counted AS (
            UPDATE enrolment_batch SET {COUNT} WHERE id = %(batch)s AND {IS_OPEN} AND {COMMON_SEAT_LEFT}
            RETURNING {COUNTED}
        )"""  # noqa: S608


def _count_set_aside() -> str:
    # The batch is locked before its set-aside, here as everywhere: nobody waits for each other in a ring.
    return f"""
        locked AS (SELECT id AS of_batch FROM enrolment_batch WHERE id = %(batch)s AND {IS_OPEN} FOR UPDATE),
        pool AS (
            UPDATE enrolment_allocation SET taken = taken + 1 FROM locked
            WHERE id = %(pool)s AND batch_id = of_batch AND {SET_ASIDE_LEFT} RETURNING batch_id AS of_pool
        ),
        counted AS (
            UPDATE enrolment_batch SET {COUNT}, set_aside_taken = set_aside_taken + 1 FROM pool WHERE id = of_pool
            RETURNING {COUNTED}
        )"""  # noqa: S608


def _in_one_transaction(wanted: Mapping[str, Any], happened: SeatTaken, by: UUID, now: datetime) -> _Counted | None:
    values = {name: _stored(value) for name, value in wanted.items()}
    with transaction.atomic(), connection.cursor() as cursor:
        if wanted["pool"] is None:
            more, guard = "", f"{IS_OPEN} AND {COMMON_SEAT_LEFT}"
        else:
            more, guard = ", set_aside_taken = set_aside_taken + 1", IS_OPEN
            cursor.execute(
                f"UPDATE enrolment_allocation SET taken = taken + 1 WHERE id = %(pool)s AND {SET_ASIDE_LEFT}",  # noqa: S608
                values,
            )
            if not cursor.rowcount:
                return None
        cursor.execute(
            f"UPDATE enrolment_batch SET {COUNT}{more} WHERE id = %(batch)s AND {guard} RETURNING {COUNTED}",  # noqa: S608
            values,
        )
        rows = cursor.fetchall()
        if not rows:
            transaction.set_rollback(True)  # the set-aside's count too
            return None
        cursor.execute(KEEP_PLEDGE, values)
        cursor.execute(f"{PLACE} FROM enrolment_batch AS counted WHERE id = %(batch)s", values)
        seat_id = cursor.lastrowid
        record(happened, about=happened.seat, by=by, now=now)
    return _Counted(*rows[0], seat_id)


def _stored(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, UUID):
        return value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _savepoint() -> AbstractContextManager[None]:
    """In a caller's transaction a refused constraint must not end that transaction; alone, a statement is one."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
