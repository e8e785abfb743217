"""What a plain form says about a question, in the values that the API takes too."""

from typing import Any

from django.http import QueryDict

from pintar.assessment.queries.papers import Gap, Question


def value_of(form: QueryDict, question: Question) -> Any:
    """The answer in the form, None where it was left empty. Unknown ids pass: the action refuses them."""
    field = question.field
    match question.type:
        case "single":
            return form.get(field) or None
        case "multiple":
            return form.getlist(field) or None
        case "truefalse":
            return {"true": True, "false": False}.get(form.get(field, ""))
        case "short" | "number":
            return _text(form, field)
        case "matching":
            return {row.id: form[row.field] for row in question.rows if form.get(row.field)} or None
        case "ordering":
            return _in_order(form, question) or None
        case _:
            gaps = [part for part in question.parts if isinstance(part, Gap)]
            return {gap.id: text for gap in gaps if (text := _text(form, gap.field))} or None


def _text(form: QueryDict, field: str) -> str | None:
    return str(form.get(field, "")).strip() or None


def _in_order(form: QueryDict, question: Question) -> list[str]:
    """The steps that were given a place, by place; those with the same one as they stand on the screen."""
    placed = [
        (int(place), shown, row.id)
        for shown, row in enumerate(question.rows)
        if (place := form.get(row.field, "")).isascii() and place.isdigit() and len(place) < 4
    ]
    return [id for _, _, id in sorted(placed)]
