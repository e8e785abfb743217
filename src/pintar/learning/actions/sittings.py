"""Sittings: a test is begun when it is its turn; a batch that ends later lets them end later."""

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from pintar.assessment import actions as assessment
from pintar.assessment import queries as tests
from pintar.enrolment import queries as enrolment
from pintar.foundation.refusals import not_found
from pintar.learning import queries
from pintar.learning.actions.progress import begin_study, refuse_closed
from pintar.learning.models import Study
from pintar.learning.queries.studies import StudyView, is_remedial_ready
from pintar.people.queries import Person


def start_sitting(*, person: Person, seat: UUID, test: str, by: UUID, now: datetime) -> UUID:
    """Open the next sitting of a test, or give the open one again. Returns its uid.

    Raises Refusal: 404 no such seat of this person, or test; 409 locked, with why; 410 past the end of the batch.
    """
    view = own_view(person, seat, now)
    line = view.standing.plan.line(test)
    if line is None or line.kind not in ("pretest", "quiz", "posttest"):
        raise not_found("learning", "unknown_test")
    if any(sat.over and sat.closed_at is None for sat in view.standing.of(test)):
        # What it came to decides about the next one; the scheduled closing has not been here yet.
        assessment.close_due(now)
        view = own_view(person, seat, now)
    refuse_closed(view, test)
    batch = view.seat.batch
    return assessment.open_sitting(
        person=person,
        edition=view.edition.uid,
        test=test,
        context=tests.Context(
            uid=seat,
            title=f"{view.edition.title}, {batch.title}",
            return_to=reverse("daftar-isi", args=[batch.key]),
            latest_end=batch.until_at,
            cohort=batch.uid,
        ),
        remedial=is_remedial_ready(view.standing, line),
        by=by,
        now=now,
    )


def own_view(person: Person, seat: UUID, now: datetime) -> StudyView:
    """The person's study in a seat, begun if it was not. Raises Refusal (404)."""
    view = queries.view_by_seat(person.id, seat, now)
    if view is None:
        facts = enrolment.seats([seat]).get(seat)
        if facts is None or facts.person_id != person.id or facts.released_at is not None:
            raise not_found("learning", "unknown_seat")
        begin_study(seat=facts, now=now)
        view = queries.view_by_seat(person.id, seat, now)
        assert view is not None
    return view


def batch_changed(*, batch: UUID, by: UUID | None, now: datetime) -> int:
    """Give open sittings of a batch its end of study. Returns how many changed; safe to repeat."""
    facts = enrolment.batches_by_uid([batch]).get(batch)
    if facts is None:
        return 0
    contexts = list(Study.objects.filter(seat__batch__uid=batch).values_list("seat__uid", flat=True))
    return assessment.extend(contexts, facts.until_at, by, now)
