"""The ledger: audit, outbox and activity in one.

An action records what happened in its own transaction; each handler of that event gets a delivery in the same
transaction. A worker looks for deliveries every second, claims hundreds at a time, and hands them over at least once; a
handler is idempotent. It never gives up: a failure backs off to an hour and shows in `pintar check`.

    @event("enrolment.seat_taken")              # events.py
    class SeatTaken:
        seat: UUID
        batch: UUID

    record(SeatTaken(seat=…, batch=…), about=seat.uid, by=person.uid, now=now)      # actions.py

    @handles(SeatTaken)                         # tasks.py
    def send_receipts(events: Sequence[Recorded[SeatTaken]]) -> None: …
"""

from pintar.foundation.ledger.events import Recorded, event, handles, record, record_all
from pintar.foundation.ledger.statement import record_on, recorded_after, stored

__all__ = ["Recorded", "event", "handles", "record", "record_all", "record_on", "recorded_after", "stored"]
