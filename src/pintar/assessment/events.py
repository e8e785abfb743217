"""What happened to sittings."""

from uuid import UUID

from pintar.foundation.ledger import event


@event("assessment.sitting_opened")
class SittingOpened:
    """`number` counts the sittings of this test in this context, from 1."""

    sitting: UUID
    context: UUID
    person: UUID
    edition: UUID
    test: str
    number: int


@event("assessment.sitting_scored")
class SittingScored:
    """A sitting was closed and scored in the same transaction. `passed` is None where the test is never graded."""

    sitting: UUID
    context: UUID
    person: UUID | None
    edition: UUID
    kind: str
    passed: bool | None


@event("assessment.held_answers_reviewed")
class HeldAnswersReviewed:
    """A person decided about `answers` that came too late. Where they were accepted, the sitting was scored anew."""

    sitting: UUID
    context: UUID
    accepted: bool
    answers: int


@event("assessment.extra_time_given")
class ExtraTimeGiven:
    """More time for a person, from now on and in sittings that are open; about the person."""

    person: UUID
    percent: int


@event("assessment.lease_taken")
class LeaseTaken:
    """Another device went on with a sitting."""

    sitting: UUID
