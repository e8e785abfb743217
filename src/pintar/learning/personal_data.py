"""This room's share of a person's data, handed out and erased on request."""

from datetime import datetime
from typing import Any

from pintar.learning.actions import forget_person
from pintar.learning.models import Note, Study


class Studies:
    """`people.ports.PersonalData`. Answers to the survey are kept without the person, so they are nobody's."""

    name = "learning"

    def export(self, person_id: int) -> dict[str, Any]:
        rows = Study.objects.select_related("seat__batch").filter(person_id=person_id).order_by("id")
        notes = Note.objects.select_related("study__seat__batch").filter(study__person_id=person_id).order_by("id")
        return {
            "studies": [
                {
                    "batch": row.seat.batch.key,
                    "begun_at": row.begun_at.isoformat(),
                    "last_studied_at": row.seen_at.isoformat() if row.seen_at else None,
                    "survey_handed_in_at": row.survey_at.isoformat() if row.survey_at else None,
                    "lessons": row.lessons,
                }
                for row in rows
            ],
            "notes": [
                {
                    "batch": note.study.seat.batch.key,
                    "lesson": note.lesson,
                    "form": note.form,
                    "position": note.position,
                    "text": note.text,
                    "created_at": note.created_at.isoformat(),
                }
                for note in notes
            ],
        }

    def erase(self, person_id: int, now: datetime) -> None:
        forget_person(person_id=person_id, now=now)
