"""`/belajar/<batch>/<lesson>/catatan/`: one's own notes on a lesson."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pintar.foundation import clock
from pintar.foundation.access import ACCOUNT, access
from pintar.foundation.refusals import Refusal, not_found
from pintar.learning.actions import add_note, change_note, remove_note
from pintar.learning.pages.study import own_study
from pintar.learning.queries.lesson import NAMES, OF_KIND


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest, batch_key: str, key: str) -> HttpResponse:
    """POST keeps a note: `teks`, `bentuk`, `posisi`. GET is the lesson, where they stand."""
    if request.method != "POST":
        return HttpResponseRedirect(_lesson(batch_key, key))
    now, person = clock.now(), request.person  # type: ignore[attr-defined]
    view = own_study(request, batch_key, now)
    name = request.POST.get("bentuk", "")
    kind = NAMES.get(name, "")
    text = request.POST.get("teks", "")
    try:
        add_note(
            person=person,
            seat=view.seat.uid,
            lesson=key,
            form=kind,
            position=_position(request.POST.get("posisi", "")),
            text=text,
            by=person.uid,
            now=now,
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        # What was typed comes back with the sentence that says what to change.
        context = {
            "batch_key": batch_key,
            "key": key,
            "note": None,
            "text": text,
            "form": name,
            "wrong": refusal.reasons,
        }
        context["position"] = request.POST.get("posisi", "")
        return render(request, "learning/note.html", context, status=refusal.status)
    messages.success(request, gettext("Catatan tersimpan."))
    return HttpResponseRedirect(_lesson(batch_key, key, name), status=303)


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def note(request: HttpRequest, batch_key: str, key: str, uid: UUID) -> HttpResponse:
    """One note: a form to write it anew (POST `teks`), or take it away (DELETE, or `_method=DELETE`)."""
    now, person = clock.now(), request.person  # type: ignore[attr-defined]
    view = own_study(request, batch_key, now, notes_of=key)
    found = next((each for each in view.notes if each.uid == uid), None)
    back = _lesson(batch_key, key, OF_KIND.get(found.form, "") if found else "")
    if request.method == "DELETE" or request.POST.get("_method") == "DELETE":
        remove_note(person=person, note=uid, by=person.uid, now=now)
        messages.success(request, gettext("Catatan dihapus."))
        return HttpResponseRedirect(back, status=303)
    if found is None:
        raise not_found("learning", "unknown_note")
    context = {"batch_key": batch_key, "key": key, "note": found, "text": found.text, "wrong": ()}
    if request.method != "POST":
        return render(request, "learning/note.html", context)
    try:
        change_note(person=person, note=uid, text=request.POST.get("teks", ""), by=person.uid, now=now)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        context |= {"text": request.POST.get("teks", ""), "wrong": refusal.reasons}
        return render(request, "learning/note.html", context, status=refusal.status)
    messages.success(request, gettext("Catatan tersimpan."))
    return HttpResponseRedirect(back, status=303)


def _lesson(batch_key: str, key: str, form: str = "") -> str:
    address = reverse("materi", args=[batch_key, key])
    return f"{address}?bentuk={form}#catatan-saya" if form in NAMES else f"{address}#catatan-saya"


def _position(text: str) -> float | None:
    try:
        position = float(text)
    except ValueError:
        return None
    return position if 0 <= position < 1e9 else None
