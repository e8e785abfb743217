"""What happened to batches and seats; every field is a uid."""

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
