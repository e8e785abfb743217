"""What happens a moment later: a study for each seat taken, the new end of a batch, old operations forgotten."""

from collections.abc import Sequence
from datetime import datetime

from pintar.enrolment import queries as enrolment
from pintar.enrolment.events import BatchChanged, SeatTaken
from pintar.foundation.ledger import Recorded, handles
from pintar.foundation.schedule import every
from pintar.learning.actions import batch_changed, begin_studies
from pintar.learning.actions.progress import forget_old_ops


@handles(SeatTaken)
def begin(events: Sequence[Recorded[SeatTaken]]) -> None:
    """The row is there before the first visit; a visit that comes earlier makes it itself."""
    seats = enrolment.seats(event.what.seat for event in events)
    begin_studies([seat for seat in seats.values() if seat.released_at is None], max(event.at for event in events))


@handles(BatchChanged)
def follow_batch(events: Sequence[Recorded[BatchChanged]]) -> None:
    """Open sittings end with their batch, whenever that is now."""
    for batch in {event.what.batch for event in events}:
        batch_changed(batch=batch, by=None, now=max(event.at for event in events))


@every(seconds=3600)
def forget(now: datetime) -> None:
    forget_old_ops(now)
