"""What is asked about studies: facts for the rooms above, one page object a page."""

from pintar.learning.queries.facts import StudyFacts, study_facts
from pintar.learning.queries.studies import NoteFacts, StudyView, study_view, survey_of, view_by_seat, views_of

__all__ = [
    "NoteFacts",
    "StudyFacts",
    "StudyView",
    "study_facts",
    "study_view",
    "survey_of",
    "view_by_seat",
    "views_of",
]
