"""`/bank/<slug>/tulis/<uid>/`: the editor. What is typed is kept as a draft at once; a version is made by its button.

Every button works without script: `do` says which ("see" shows the preview and keeps the draft, "more" adds rows,
"save" writes the version, "submit" writes it and asks for a review, "drop" lets go of the draft). The script sends
"keep" while one types, and gets the preview with its hints back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pintar.assessment.actions import bank as actions
from pintar.assessment.pages.bank import rows
from pintar.assessment.pages.bank.visits import WORKERS, number_of, reader, typed
from pintar.assessment.queries import bank as queries
from pintar.assessment.queries.bank import EditorPage
from pintar.assessment.rules import bank as rules
from pintar.foundation import clock
from pintar.foundation.access import access
from pintar.foundation.refusals import Reason, Refusal
from pintar.sciences.formats import items_form
from pintar.sciences.formats.items_form import FieldFault, Typed

SHOWN = ("language_taken", "key_taken", "revised_meanwhile")


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def editor(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    person, now = reader(request), clock.now()
    page = queries.editor_page(slug, uid, person)
    if request.method == "GET":
        return _shown(request, page, page.fields, saved_at=page.saved_at)
    fields, do = typed(request), request.POST.get("do", "see")
    if do == "drop":
        actions.drop_draft(person=person, item=uid)
        messages.info(request, gettext("Draf dibuang. Versi yang tersimpan tetap ada."))
        return HttpResponseRedirect(_home(page), status=303)
    base = number_of(request.POST.get("base", ""))
    actions.keep_draft(person=person, item=uid, fields=fields, base=base, by=person.uid, now=now)
    if do == "keep":
        return render(request, "assessment/bank/parts/beside.html", _beside(page, fields, now))
    if do in ("save", "submit"):
        return _save(request, page, fields, base, submit=do == "submit", now=now)
    return _shown(request, page, fields, saved_at=now, more=2 if do == "more" else 0)


def _save(
    request: HttpRequest, page: EditorPage, fields: Mapping[str, str], base: int | None, *, submit: bool, now: datetime
) -> HttpResponse:
    """Write the version where it is sound; else the form again, with every mistake at its field."""
    person = reader(request)
    read = items_form.read(page.type, fields, page.key, fields.get("indicator", ""))
    faults = _faults(page, read, fields)
    if faults:
        return _shown(request, page, fields, saved_at=now, faults=faults, status=422)
    try:
        written = actions.write_item(
            course=page.slug,
            item=page.uid,
            text=read.item,
            base=base,
            language=fields.get("language", "id"),
            original=fields.get("original") or None,
            source=" ".join(fields.get("source", "").split()),
            note=" ".join(fields.get("note", "").split()),
            by=person.uid,
            now=now,
        )
        if submit:
            actions.take_step(item=written.uid, step="submit", number=written.number, by=person.uid, now=now)
    except Refusal as refusal:
        if refusal.code not in SHOWN:
            raise
        return _shown(request, page, fields, saved_at=now, why=refusal.reasons[0], status=refusal.status)
    if submit:
        messages.success(request, gettext("Diajukan. Orang kedua menelaahnya."))
    else:
        messages.success(request, gettext("Tersimpan sebagai versi %(n)s.") % {"n": written.number})
    return HttpResponseRedirect(reverse("bank-soal", args=[page.slug, written.key]), status=303)


def _faults(page: EditorPage, read: Typed, fields: Mapping[str, str]) -> tuple[FieldFault, ...]:
    known = fields.get("indicator", "") in page.indicators
    return read.faults if known else (FieldFault("indicator", "no_indicator"), *read.faults)


def _shown(
    request: HttpRequest,
    page: EditorPage,
    fields: Mapping[str, str],
    *,
    saved_at: datetime | None,
    faults: tuple[FieldFault, ...] = (),
    why: Reason | None = None,
    more: int = 0,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "fields": fields,
        **rows.shown(page.type, fields, more),
        "languages": rules.LANGUAGES,
        "faults": faults,
        "at": {fault.field: fault for fault in reversed(faults)},
        "why": why,
        "home": _home(page),
        **_beside(page, fields, saved_at),
    }
    return render(request, "assessment/bank/editor.html", context, status=status)


def _beside(page: EditorPage, fields: Mapping[str, str], saved_at: datetime | None) -> dict[str, Any]:
    read = items_form.read(page.type, fields, page.key, fields.get("indicator", ""))
    return {
        "page": page,
        "preview": queries.preview(read.item, page.pictures, language=_language(fields)),
        "missing": len(_faults(page, read, fields)),
        "saved_at": saved_at,
    }


def _language(fields: Mapping[str, str]) -> str:
    chosen = fields.get("language", "id")
    return chosen if chosen in rules.LANGUAGES else "id"


def _home(page: EditorPage) -> str:
    """Where one came from: the item, or the bank for a question that is not one yet."""
    return reverse("bank", args=[page.slug]) if page.is_new else reverse("bank-soal", args=[page.slug, page.key])
