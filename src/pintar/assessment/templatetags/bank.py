"""Parts of the pages of a bank: a field's mistake, a version's question drawn as in a test."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pintar.assessment.queries.papers import Question
from pintar.assessment.templatetags.sittings import choice_question
from pintar.sciences.formats.items_form import FieldFault
from pintar.sciences.writing import Warning

register = template.Library()

# Mistakes that the editor shows at the first row, though they are of no one row.
OF_THE_KEY = ("no_correct_option", "several_correct_options", "too_few_correct")
OF_ALL_ROWS = ("too_few", "too_many")


@register.simple_tag
def as_learner_sees(question: Question) -> SafeString:
    """A question as it stands in a test, all by itself."""
    if question.is_choice:
        return choice_question(question, question.number)
    context = {"question": question, "current": {"number": question.number}}
    return render_to_string("assessment/parts/question.html", context)


@register.simple_tag
def fault_in_words(fault: FieldFault) -> SafeString:
    """What is wrong with a field."""
    return render_to_string(f"assessment/bank/faults.html#{fault.code}", dict(fault.detail)).strip()  # type: ignore[return-value]


@register.simple_tag
def field_in_words(fault: FieldFault) -> SafeString:
    """Where a mistake lies: the field, its row with its number, or the key of the whole question."""
    kind, _, n = fault.field.partition("-")
    if kind != "fill" and fault.code in OF_THE_KEY:  # a gap has a key of its own
        kind = "key"
    elif kind != "fill" and fault.code in OF_ALL_ROWS:
        n = ""
    return render_to_string("assessment/bank/parts/field_name.html", {"kind": kind, "n": n}).strip()  # type: ignore[return-value]


@register.simple_tag
def hint_in_words(warning: Warning) -> SafeString:
    """A hint about the wording; an option is named by its place, from 1."""
    place = warning.option + 1 if warning.option is not None else None
    context: dict[str, Any] = {**warning.detail, "place": place}
    return render_to_string(f"assessment/bank/hints.html#{warning.code}", context).strip()  # type: ignore[return-value]


@register.simple_tag
def left_out_in_words(code: str, detail: dict[str, Any]) -> SafeString:
    """What of a question in a file could not be taken over."""
    return render_to_string(f"assessment/bank/left_out.html#{code}", detail).strip()  # type: ignore[return-value]


@register.filter
def fault_at(faults: dict[str, FieldFault], name: str) -> FieldFault | None:
    """The mistake of a field, if there is one: `at|fault_at:"stem"`."""
    return faults.get(name)


@register.filter
def row_field(name: str, n: int) -> str:
    """`"option"|row_field:3` → option-3."""
    return f"{name}-{n}"
