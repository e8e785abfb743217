"""This room's share of a person's data, handed out and erased on request."""

from datetime import datetime
from typing import Any

from pintar.enrolment import queries
from pintar.enrolment.actions import forget_person
from pintar.enrolment.models import Seat


class Seats:
    name = "enrolment"

    def export(self, person_id: int) -> dict[str, Any]:
        rows = Seat.objects.select_related("batch__period", "pledge").filter(person=person_id).order_by("taken_at")
        return {
            "seats": [
                {
                    "number": row.number,
                    "course": row.batch.course_slug,
                    "batch": row.batch.title,
                    "period": row.batch.period.title,
                    "taken_at": row.taken_at.isoformat(),
                    "released_at": row.released_at.isoformat() if row.released_at else None,
                    "pledge": {"version": row.pledge_id, "text": row.pledge.text},
                }
                for row in rows
            ],
            "completed": [{"course": slug, "at": at.isoformat()} for slug, at in queries.completed(person_id).items()],
        }

    def erase(self, person_id: int, now: datetime) -> None:
        forget_person(person_id=person_id, now=now)
