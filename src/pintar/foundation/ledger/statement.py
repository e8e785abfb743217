"""An event written by the statement that makes it happen, or on its cursor: for what happens by the thousand.

On PostgreSQL what is claimed and what is recorded of it become one statement, and no lock is held while a program
thinks; on SQLite, where one statement cannot write twice, both inserts go on the claim's own cursor. `record` does the
same through the models, for everything that is in no hurry.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from pintar.foundation import ids
from pintar.foundation.ledger.events import handlers_of, name_of, payload_of

COLUMNS = 'uid, name, about, "by", at, payload'
VALUES = "%(event_uid)s, %(event_name)s, %(event_about)s, %(event_by)s, %(event_at)s, %(event_payload)s"


def recorded_after(
    claimed: str, what: Any, *, about: UUID, by: UUID | None, now: datetime
) -> tuple[str, dict[str, Any]]:
    """WITH-queries `happened` and `owed` that record the event, with a delivery for each of its handlers, if the query
    named `claimed` has a row; and their parameters."""
    sql = f"""
        happened AS (
            INSERT INTO foundation_event ({COLUMNS}) SELECT {VALUES}::jsonb FROM {claimed} RETURNING id
        ),
        owed AS (
            INSERT INTO foundation_delivery (event_id, handler, due_at, attempts, error)
            SELECT happened.id, wanted.handler, %(event_at)s, 0, ''
            FROM happened, unnest(%(event_handlers)s::text[]) AS wanted (handler)
        )"""  # noqa: S608  `claimed` is a name in the caller's statement
    return sql, {**_values(what, about, by, now), "event_handlers": handlers_of(what)}


def record_on(cursor: Any, what: Any, *, about: UUID, by: UUID | None, now: datetime) -> None:
    """Record an event with a delivery for each of its handlers on SQLite, in the transaction of this cursor."""
    values = {name: stored(value) for name, value in _values(what, about, by, now).items()}
    cursor.execute(f"INSERT INTO foundation_event ({COLUMNS}) VALUES ({VALUES})", values)  # noqa: S608
    owed = [(cursor.lastrowid, handler, values["event_at"]) for handler in handlers_of(what)]
    if owed:
        cursor.executemany(
            "INSERT INTO foundation_delivery (event_id, handler, due_at, attempts, error) VALUES (%s, %s, %s, 0, '')",
            owed,
        )


def stored(value: Any) -> Any:
    """A uid or an instant as SQLite keeps it; anything else as it is."""
    if isinstance(value, UUID):
        return value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _values(what: Any, about: UUID, by: UUID | None, now: datetime) -> dict[str, Any]:
    return {
        "event_uid": ids.uid(),
        "event_name": name_of(what),
        "event_about": about,
        "event_by": by,
        "event_at": now,
        "event_payload": json.dumps(payload_of(what)),
    }
