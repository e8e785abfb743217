"""What every page of a training begins with: one's own study in the batch of the address."""

from datetime import datetime

from django.http import HttpRequest

from pintar.enrolment import queries as enrolment
from pintar.foundation.refusals import not_found
from pintar.learning import queries
from pintar.learning.actions import begin_study
from pintar.learning.queries import StudyView


def own_study(request: HttpRequest, batch_key: str, now: datetime, notes_of: str | None = None) -> StudyView:
    """The reader's study; two queries. On the very first visit its row is made, if no worker has made it yet.

    Raises Refusal (404) without a seat in this batch.
    """
    person = request.person  # type: ignore[attr-defined]
    view = queries.study_view(person.id, batch_key, now, notes_of=notes_of)
    if view is None:
        seat = enrolment.seat_of(person.id, batch_key)
        if seat is None:
            raise not_found("learning", "no_seat")
        begin_study(seat=seat, now=now)
        view = queries.study_view(person.id, batch_key, now, notes_of=notes_of)
        if view is None:
            raise not_found("learning", "no_seat")
    return view
