"""What happened to batches, seats and places in line; every field is a uid or a number."""

from uuid import UUID

from pintar.foundation.ledger import event


@event("enrolment.batch_opened")
class BatchOpened:
    batch: UUID
    edition: UUID


@event("enrolment.batch_changed")
class BatchChanged:
    """Its quota, its windows or the end of study; the facts are asked of `queries`."""

    batch: UUID


@event("enrolment.batch_withdrawn")
class BatchWithdrawn:
    batch: UUID


@event("enrolment.set_asides_released")
class SetAsidesReleased:
    """So many seats that were set aside are everyone's now."""

    batch: UUID
    seats: int


@event("enrolment.seat_taken")
class SeatTaken:
    seat: UUID
    batch: UUID
    person: UUID


@event("enrolment.seat_given_back")
class SeatGivenBack:
    seat: UUID
    batch: UUID
    person: UUID


@event("enrolment.line_joined")
class LineJoined:
    ticket: UUID
    batch: UUID
    person: UUID


@event("enrolment.line_left")
class LineLeft:
    ticket: UUID
    batch: UUID
    person: UUID


@event("enrolment.line_ended")
class LineEnded:
    """The line is over; so many still waited."""

    batch: UUID
    people: int


@event("enrolment.seat_offered")
class SeatOffered:
    """A seat is kept for the holder of a ticket."""

    ticket: UUID
    batch: UUID
    person: UUID


@event("enrolment.offer_declined")
class OfferDeclined:
    ticket: UUID
    batch: UUID
    person: UUID


@event("enrolment.offer_expired")
class OfferExpired:
    ticket: UUID
    batch: UUID
    person: UUID


@event("enrolment.prepared")
class Prepared:
    """Somebody got ready for an opening; `pledged`: and gave the pledge in advance."""

    batch: UUID
    person: UUID
    pledged: bool
