"""What becomes of a study when its person's account is erased."""

from datetime import datetime

from pintar.learning.models import Note, ProgressOp, Study


def forget_person(*, person_id: int, now: datetime) -> None:
    """Notes go, and where and when each lesson was studied; that it was finished stays, in a row that names nobody."""
    Note.objects.filter(study__person_id=person_id).delete()
    ProgressOp.objects.filter(study__person_id=person_id).delete()
    for row in Study.objects.filter(person_id=person_id):
        row.lessons = {
            key: {"completed_at": raw["completed_at"], "share": 1.0}
            for key, raw in row.lessons.items()
            if raw.get("completed_at")
        }
        row.form, row.seen_at = "", None
        row.save(update_fields=["lessons", "form", "seen_at"])
