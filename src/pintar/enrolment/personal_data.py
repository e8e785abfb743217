"""This room's share of a person's data, handed out and erased on request."""

from datetime import datetime
from typing import Any

from pintar.enrolment import queries
from pintar.enrolment.actions import forget_person
from pintar.enrolment.models import Preparation, Seat, Ticket


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
            "waiting": [
                {
                    "course": row.batch.course_slug,
                    "batch": row.batch.title,
                    "number": row.number,
                    "state": row.state,
                    "joined_at": row.joined_at.isoformat(),
                    "offer_until": row.offer_until.isoformat() if row.offer_until else None,
                    "ended_at": row.ended_at.isoformat() if row.ended_at else None,
                }
                for row in Ticket.objects.select_related("batch").filter(person=person_id).order_by("joined_at")
            ],
            "prepared": [
                {
                    "course": row.batch.course_slug,
                    "batch": row.batch.title,
                    "pledge": row.pledge_id,
                    "pledged_at": row.pledged_at.isoformat() if row.pledged_at else None,
                    "reminder_wanted": row.remind,
                    "reminded_at": row.reminded_at.isoformat() if row.reminded_at else None,
                }
                for row in Preparation.objects.select_related("batch").filter(person=person_id).order_by("id")
            ],
            "completed": [{"course": slug, "at": at.isoformat()} for slug, at in queries.completed(person_id).items()],
        }

    def erase(self, person_id: int, now: datetime) -> None:
        forget_person(person_id=person_id, now=now)
