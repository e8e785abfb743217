"""This room's share of a person's data, handed out and erased on request."""

from datetime import datetime
from typing import Any

from pintar.graduation.actions import forget_person
from pintar.graduation.models import Graduation


class Graduations:
    name = "graduation"

    def export(self, person_id: int) -> dict[str, Any]:
        rows = Graduation.objects.select_related("seat__batch").filter(seat__person=person_id).order_by("id")
        return {
            "graduations": [
                {
                    "course": row.seat.batch.course_slug,
                    "batch": row.seat.batch.title,
                    "state": row.state,
                    "decided_at": row.decided_at.isoformat() if row.decided_at else None,
                    "achieved_at": row.achieved_at.isoformat() if row.achieved_at else None,
                    "missing": row.reasons,
                    "decided_by_hand": row.by is not None,
                    "note": row.note,
                }
                for row in rows
            ]
        }

    def erase(self, person_id: int, now: datetime) -> None:
        forget_person(person_id=person_id)
