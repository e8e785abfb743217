"""The evaluation survey."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from pintar.assessment import queries as tests
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Refusal, not_found
from pintar.learning.actions.progress import locked, refuse_closed
from pintar.learning.events import SurveyHandedIn
from pintar.learning.models import SurveyAnswer
from pintar.learning.queries.studies import view_of
from pintar.learning.rules import survey
from pintar.people.queries import Person


def hand_in_survey(*, person: Person, seat: UUID, answers: Any, by: UUID, now: datetime) -> datetime:
    """Hand the survey in, once; again changes nothing. Returns when it was handed in.

    `answers` is {question: 1–5 or text}. The row of answers names nobody. Raises Refusal: 404 no such seat of this
    person, or no survey in this training; 409 locked; 410 over; 422 survey_incomplete, bad_answers.
    """
    with transaction.atomic():
        row = locked(person, seat, now)
        if row.survey_at is not None:
            return row.survey_at
        view = view_of(row, tests.sittings([seat]).get(seat, ()), now)
        line = next((line for line in view.standing.plan.lines if line.kind == "survey"), None)
        if line is None:
            raise not_found("learning", "no_survey")
        refuse_closed(view, line.key)
        read = survey.read_answers(view.survey, answers)
        if not isinstance(read, dict):
            raise Refusal(read, status=422)
        SurveyAnswer.objects.create(
            batch=view.seat.batch.uid, edition=view.edition.uid, answers=read, handed_in_on=now.date()
        )
        row.survey_at = now
        row.save(update_fields=["survey_at"])
        record(SurveyHandedIn(seat=seat, person=person.uid), about=seat, by=by, now=now)
    return now
