"""A person's tests, for them to take along; and what becomes of them when the account is erased."""

from datetime import datetime
from typing import Any

from pintar.assessment import kept, models


class Sittings:
    """`people.ports.PersonalData`: sittings with what was answered, and questions that are being written."""

    name = "assessment"

    def export(self, person_id: int) -> dict[str, Any]:
        rows = (
            models.Sitting.objects.filter(person_id=person_id)
            .order_by("id")
            .prefetch_related("operations", "held", "reviews")
        )
        extra = models.ExtraTime.objects.filter(person_id=person_id).values_list("percent", flat=True).first()
        writing = models.ItemDraft.objects.filter(person_id=person_id).order_by("id")
        return {
            "sittings": [_sitting(row) for row in rows],
            "extra_time_percent": extra,
            "questions_being_written": [{"saved_at": each.saved_at.isoformat(), **each.fields} for each in writing],
        }

    def erase(self, person_id: int, now: datetime) -> None:
        """Answers stay without a person, for the statistics of the items; typed words, which could name someone, go."""
        mine = models.Sitting.objects.filter(person_id=person_id)
        for row in mine.only("edition", "items", "score"):
            _forget_typed(row)
        ids = list(mine.values_list("id", flat=True))
        mine.update(person=None, context_title="", return_to="/", receipt="")
        models.HeldReview.objects.filter(sitting__in=ids).update(reason="")
        models.ExtraTime.objects.filter(person_id=person_id).delete()
        models.ItemDraft.objects.filter(person_id=person_id).delete()


def _forget_typed(row: models.Sitting) -> None:
    questions = kept.bank(row.edition).questions
    typed = [item for item in row.items if questions[item]["type"] in ("short", "cloze")]
    for kind in (models.Operation, models.HeldOperation):
        kind.objects.filter(sitting_id=row.pk, item__in=typed, value__isnull=False).update(value="null")
    if row.score is not None:
        for part in ("items", "pilots"):
            if part in row.score:
                row.score[part] = [[i, got, of, None if i in typed else value] for i, got, of, value in row.score[part]]
        row.save(update_fields=["score"])


def _sitting(row: models.Sitting) -> dict[str, Any]:
    return {
        "test": row.test,
        "of": row.context_title,
        "number": row.number,
        "opened_at": row.opened_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "marks": row.got,
        "marks_possible": row.of,
        "passed": row.passed,
        "measure": row.measure,
        "answers": [_op(op) for op in sorted(row.operations.all(), key=lambda op: op.pk)],
        "answers_too_late": [_op(op) for op in row.held.all()],
        "decided_about_them": [
            {"accepted": each.accepted, "answers": each.answers, "reason": each.reason, "at": each.at.isoformat()}
            for each in row.reviews.all()
        ],
    }


def _op(op: models.OperationFields) -> dict[str, Any]:
    return {"item": op.item, "value": op.value, "unsure": op.flag, "at": op.at.isoformat()}
