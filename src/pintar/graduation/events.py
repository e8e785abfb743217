"""What was decided; every field but the state is a uid."""

from uuid import UUID

from pintar.foundation.ledger import event


@event("graduation.decided")
class GraduationDecided:
    """For good: `state` is "lulus" or "gugur"."""

    seat: UUID
    person: UUID
    state: str


@event("graduation.reopened")
class GraduationReopened:
    """The batch got a later end, so what was `gugur` for its end is open again."""

    seat: UUID
    person: UUID
