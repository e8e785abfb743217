"""The waiting list: tickets in order, what may become of one, and how a place in line is known without counting.

Every batch has one line. A ticket's number is its place in the order of joining; it never changes and is never given
again. Whoever waits, waits for every pool that they may use: the common one, and the set-asides whose conditions they
met when they joined. A seat that comes free goes to the smallest number that may use it, and is kept for its holder
until a time.

The rule of the period for someone in several lines: one may wait in as many batches of a period as one likes, also
while holding a seat in it. Accepting an offer gives that seat back in the same step (the page says so before), and ends
one's other places in the lines of the period. An offer that was declined or ran out ends the ticket; joining again is
a new one at the end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pintar.enrolment.rules.batches import BatchFacts

# The largest number that `nodes_counting` and `nodes_up_to` know.
LONGEST_LINE = 2**24
OFFER_HOURS = 24
LONGEST_OFFER_HOURS = 14 * 24


class TicketState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    SEATED = "seated"
    DECLINED = "declined"
    EXPIRED = "expired"
    LEFT = "left"
    ENDED = "ended"


LIVE = (TicketState.WAITING.value, TicketState.OFFERED.value)
# What a ticket may become. Whoever waits may be seated without an offer: from a set-aside that they came to be for.
NEXT = {
    TicketState.WAITING: (TicketState.OFFERED, TicketState.SEATED, TicketState.LEFT, TicketState.ENDED),
    TicketState.OFFERED: (TicketState.SEATED, TicketState.DECLINED, TicketState.EXPIRED),
}


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A live place in a line. `position` counts from 1 among the `length` who wait; both are 0 for an offer.

    `pool` is the set-aside whose seat is kept (None: a common one), until `offer_until`.
    """

    id: int
    uid: UUID
    number: int
    person_id: int
    batch: BatchFacts
    state: TicketState
    joined_at: datetime
    position: int = 0
    pool: int | None = None
    offer_until: datetime | None = None

    @property
    def length(self) -> int:
        return self.batch.waiting

    def is_offer(self, now: datetime) -> bool:
        """Whether a seat is kept for its holder at this moment; the clock decides, whether or not the row knows yet."""
        return self.state is TicketState.OFFERED and self.offer_until is not None and now < self.offer_until


def offers_are_made(batch: BatchFacts, now: datetime) -> bool:
    """Until study begins or registration closes, whichever is later. What was offered before stays offered."""
    return batch.withdrawn_at is None and now < batch.line_until


def offer_until(batch: BatchFacts, now: datetime) -> datetime:
    return min(now + timedelta(hours=batch.offer_hours), batch.until_at)


def position(number: int, called: int, gone: int) -> int:
    """A waiting ticket's place from 1, of three numbers.

    `called`: how many left the line from its front, each the first of those who waited, so each before this one.
    `gone`: how many left it from elsewhere with a number up to this one (the sum over `nodes_up_to`).
    """
    return number - called - gone


def nodes_counting(number: int) -> list[int]:
    """The nodes of the batch's binary indexed tree (Fenwick 1994) that count a ticket with this number: at most 25."""
    nodes = []
    while number <= LONGEST_LINE:
        nodes.append(number)
        number += number & -number
    return nodes


def nodes_up_to(number: int) -> list[int]:
    """The nodes whose sum is everything counted up to this number, itself included."""
    nodes = []
    while number:
        nodes.append(number)
        number -= number & -number
    return nodes
