"""An event as part of the statement that makes it happen, on PostgreSQL: what is claimed and what is recorded of it are
then one statement, and no lock is held while a program thinks.

`record` does the same in an open transaction, on every database.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from pintar.foundation import ids
from pintar.foundation.ledger.events import handlers_of, name_of, payload_of


def recorded_after(
    claimed: str, what: Any, *, about: UUID, by: UUID | None, now: datetime
) -> tuple[str, dict[str, Any]]:
    """WITH-queries `happened` and `owed` that record the event, with a delivery for each of its handlers, if the query
    named `claimed` has a row; and their parameters."""
    sql = f"""
        happened AS (
            INSERT INTO foundation_event (uid, name, about, "by", at, payload)
            SELECT %(event_uid)s, %(event_name)s, %(event_about)s, %(event_by)s, %(event_at)s, %(event_payload)s::jsonb
            FROM {claimed}
            RETURNING id
        ),
        owed AS (
            INSERT INTO foundation_delivery (event_id, handler, due_at, attempts, error)
            SELECT happened.id, wanted.handler, %(event_at)s, 0, ''
            FROM happened, unnest(%(event_handlers)s::text[]) AS wanted (handler)
        )"""  # noqa: S608  `claimed` is a name in the caller's statement
    return sql, {
        "event_uid": ids.uid(),
        "event_name": name_of(what),
        "event_about": about,
        "event_by": by,
        "event_at": now,
        "event_payload": json.dumps(payload_of(what)),
        "event_handlers": handlers_of(what),
    }
