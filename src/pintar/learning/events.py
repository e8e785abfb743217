"""What happened in a study."""

from uuid import UUID

from pintar.foundation.ledger import event


@event("learning.lesson_completed")
class LessonCompleted:
    """A lesson was finished, in any of its forms; `lesson` is its key in the edition. About the seat."""

    seat: UUID
    person: UUID
    lesson: str


@event("learning.survey_handed_in")
class SurveyHandedIn:
    """The evaluation survey was handed in; what was said is kept without the person. About the seat."""

    seat: UUID
    person: UUID
