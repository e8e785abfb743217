"""What happened to trainings."""

from uuid import UUID

from pintar.foundation.ledger import event


@event("courses.edition_published")
class EditionPublished:
    """A new edition can be opened for batches; those that run stay with theirs."""

    edition: UUID
    course: UUID
    number: int
