"""`/tes/<uid>/`: a sitting. The whole paper at once for the script, one question a page without it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from pintar.assessment import actions, queries
from pintar.assessment.actions import OpIn
from pintar.assessment.pages.typed import value_of
from pintar.assessment.queries import SittingPage
from pintar.foundation import clock, ids
from pintar.foundation.access import ACCOUNT, access
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person


@access(ACCOUNT)
@require_http_methods(["GET", "POST"])
def sitting(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The questions. Fields of the form: `soal` (the number answered), `q<number>…` (its answer), `lease`, and which
    button: `ke` (go to), `ragu` (turn the flag), `clear`, `tinjau`."""
    person, now = _person(request), clock.now()
    page = queries.sitting_page(uid, person.id, now)
    if request.method == "POST":
        return _save(request, page, request.POST.get("lease", ""), person, now)
    if page.closed:
        return HttpResponseRedirect(reverse("tes-bukti", args=[uid]))
    alone = "soal" in request.GET
    current = page.at(_number(request.GET.get("soal", "1")))
    questions = (current,) if alone else page.questions
    context: dict[str, Any] = {"page": page, "current": current, "questions": questions, "alone": alone}
    return render(request, "assessment/over.html" if page.over else "assessment/sitting.html", context)


@access(ACCOUNT)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is answered, unsure and empty; POST hands the sitting in."""
    person, now = _person(request), clock.now()
    if request.method == "POST":
        actions.hand_in(person=person, sitting=uid, by=person.uid, now=now)
        return HttpResponseRedirect(reverse("tes-bukti", args=[uid]), status=303)
    page = queries.sitting_page(uid, person.id, now)
    if page.closed:
        return HttpResponseRedirect(reverse("tes-bukti", args=[uid]))
    return render(request, "assessment/over.html" if page.over else "assessment/review.html", {"page": page})


@access(ACCOUNT)
@require_POST
def device(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Go on with the sitting on this device; an answer that another device's lease kept out comes along."""
    person, now = _person(request), clock.now()
    lease = actions.take_lease(person=person, sitting=uid, by=person.uid, now=now)
    if "soal" not in request.POST:
        return HttpResponseRedirect(reverse("tes", args=[uid]), status=303)
    return _save(request, queries.sitting_page(uid, person.id, now), lease, person, now)


def _save(request: HttpRequest, page: SittingPage, lease: str, person: Person, now: datetime) -> HttpResponse:
    form, question = request.POST, page.at(_number(request.POST.get("soal", "1")))
    value = None if "clear" in form else value_of(form, question)
    flag = not question.flag if "ragu" in form else None
    changed = value != question.value
    if changed or flag is not None:
        op = OpIn(ids.uid(), page.seq + 1, question.key, answers=changed, value=value, flag=flag)
        try:
            recorded = actions.record_answers(
                person=person, sitting=page.uid, lease=lease, ops=[op], by=person.uid, now=now
            )
        except Refusal as refusal:
            if refusal.code != "lease_taken":
                raise
            return _taken(request, page)
        if recorded.held:
            messages.warning(request, gettext("Jawaban terakhir datang terlambat dan disimpan untuk ditinjau."))
    return HttpResponseRedirect(_next(request, page, question.number), status=303)


def _taken(request: HttpRequest, page: SittingPage) -> HttpResponse:
    """Another device goes on with this sitting; what was typed here stands in the form that takes it back."""
    form = {name: texts for name, texts in request.POST.lists() if name not in ("lease", "csrfmiddlewaretoken")}
    kept = [(name, text) for name, texts in form.items() for text in texts]
    return render(request, "assessment/taken.html", {"page": page, "kept": kept}, status=409)


def _next(request: HttpRequest, page: SittingPage, number: int) -> str:
    if "tinjau" in request.POST:
        return reverse("tes-tinjau", args=[page.uid])
    number = number if {"ragu", "clear"} & set(request.POST) else _number(request.POST.get("ke", str(number)))
    return f"{reverse('tes', args=[page.uid])}?soal={page.at(number).number}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]
