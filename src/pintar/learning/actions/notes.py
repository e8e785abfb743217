"""A person's own notes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import queries as tests
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.learning.actions.progress import lesson_entry, locked
from pintar.learning.models import LONGEST_NOTE, MOST_NOTES, Note
from pintar.learning.queries.studies import view_of
from pintar.people.queries import Person


def add_note(
    *, person: Person, seat: UUID, lesson: str, form: str, position: float | None, text: str, by: UUID, now: datetime
) -> UUID:
    """Keep a note on a lesson. The same text in the same place again is the note that is there.

    Raises Refusal: 404 no such seat of this person, or lesson; 409 too_many_notes; 422 note_empty, note_too_long.
    """
    text = _read(text)
    with transaction.atomic():
        row = locked(person, seat, now)
        view = view_of(row, tests.sittings([seat]).get(seat, ()), now)
        entry = lesson_entry(view, lesson)
        known = entry.lesson.form(form) if entry.lesson else None
        where = round(min(position, float(known.length)), 1) if known and position is not None else None
        place = {"study": row, "lesson": lesson, "form": known.kind if known else "", "position": where}
        if same := Note.objects.filter(text=text, **place).first():
            return same.uid
        if Note.objects.filter(study=row, lesson=lesson).count() >= MOST_NOTES:
            raise Refusal(Reason("learning", "too_many_notes", {"most": MOST_NOTES}))
        return Note.objects.create(text=text, created_at=now, changed_at=now, **place).uid


def change_note(*, person: Person, note: UUID, text: str, by: UUID, now: datetime) -> None:
    """Write a note anew. Raises Refusal: 404 anyone else's; 422 note_empty, note_too_long."""
    text = _read(text)
    if not Note.objects.filter(uid=note, study__person_id=person.id).update(text=text, changed_at=now):
        raise not_found("learning", "unknown_note")


def remove_note(*, person: Person, note: UUID, by: UUID, now: datetime) -> None:
    """Take a note away; again is the same as once, and nobody else's is touched."""
    Note.objects.filter(uid=note, study__person_id=person.id).delete()


def _read(text: str) -> str:
    text = text.strip().replace("\r\n", "\n").replace("\0", "")
    if not text:
        raise Refusal(Reason("learning", "note_empty"), status=422)
    if len(text) > LONGEST_NOTE:
        raise Refusal(Reason("learning", "note_too_long", {"most": LONGEST_NOTE}), status=422)
    return text
