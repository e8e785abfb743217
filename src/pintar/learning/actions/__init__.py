"""What can be done in a study: go on with a lesson, sit a test, hand in the survey, keep notes."""

from pintar.learning.actions.notes import add_note, change_note, remove_note
from pintar.learning.actions.privacy import forget_person
from pintar.learning.actions.progress import Recorded, begin_studies, begin_study, record_progress
from pintar.learning.actions.sittings import batch_changed, start_sitting
from pintar.learning.actions.survey import hand_in_survey

__all__ = [
    "Recorded",
    "add_note",
    "batch_changed",
    "begin_studies",
    "begin_study",
    "change_note",
    "forget_person",
    "hand_in_survey",
    "record_progress",
    "remove_note",
    "start_sitting",
]
