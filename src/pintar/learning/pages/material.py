"""`/belajar/<batch>/<key>/`: a lesson, the rules of a test, the survey: one namespace of keys."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from pintar.courses.queries import Entry
from pintar.foundation import clock, ids, panels
from pintar.foundation.access import ACCOUNT, access
from pintar.foundation.refusals import Refusal, not_found
from pintar.foundation.ui.tags import clock as as_clock
from pintar.learning.actions import Recorded, hand_in_survey, record_progress, start_sitting
from pintar.learning.pages.study import own_study
from pintar.learning.queries import StudyView
from pintar.learning.queries.lesson import NAMES, lesson_page
from pintar.learning.queries.test import rules_page

TESTS = ("pretest", "quiz", "posttest")
LONGEST_SEEN = 10_000


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def material(request: HttpRequest, batch_key: str, key: str) -> HttpResponse:
    """What stands behind a line of the contents. POST finishes a lesson, begins a sitting, or hands the survey in."""
    now = clock.now()
    view = own_study(request, batch_key, now, notes_of=key)
    entry = view.edition.entry(key)
    if entry is None or key not in view.states:
        raise not_found("learning", "unknown_entry")
    if entry.kind == "lesson":
        return finish(request, view, entry) if request.method == "POST" else lesson(request, view, entry)
    if entry.kind in TESTS:
        return begin(request, view, entry) if request.method == "POST" else test(request, view, entry)
    return answer(request, view, entry) if request.method == "POST" else survey(request, view, entry)


def lesson(request: HttpRequest, view: StudyView, entry: Entry) -> HttpResponse:
    """A lesson in the form asked for (`?bentuk=`); in low-data mode a recording comes with `?putar=1`."""
    if view.states[entry.key].is_locked:
        return locked(request, view, entry)
    page = lesson_page(
        view,
        entry,
        request.GET.get("bentuk", ""),
        saver=request.preferences.saver,  # type: ignore[attr-defined]
        play=request.GET.get("putar") == "1",
        at=request.GET.get("t", ""),
    )
    context = {
        "page": page,
        "view": view,
        "entry": entry,
        "now": view.now,
        "panels": panels.collect("materi", request, page),
    }
    return render(request, "learning/lesson.html", context)


def finish(request: HttpRequest, view: StudyView, entry: Entry) -> HttpResponse:
    """The button Tandai selesai: the form that is finished, the mark of the page, and what was seen (all of it, where
    no script knows better)."""
    person = request.person  # type: ignore[attr-defined]
    name = request.POST.get("bentuk", "")
    kind = NAMES.get(name, name)
    form = entry.lesson.form(kind) if entry.lesson else None
    recorded = record_progress(
        person=person,
        seat=view.seat.uid,
        lesson=entry.key,
        form=kind,
        ranges=_seen(request.POST.get("dilihat", ""), float(form.length) if form else 0.0),
        position=None,
        op_id=f"f-{ids.uid()}",
        opened=request.POST.get("tanda"),
        by=person.uid,
        now=view.now,
    )
    return HttpResponseRedirect(_after_finish(request, view, entry, name, recorded), status=303)


def _after_finish(request: HttpRequest, view: StudyView, entry: Entry, name: str, recorded: Recorded) -> str:
    if recorded.left.nothing:
        messages.success(request, gettext("Sudah diulang.") if recorded.rereading else gettext("Materi ini tuntas."))
        return _next_address(view, entry)
    messages.warning(request, still_needed(recorded))
    return f"{reverse('materi', args=[view.seat.batch.key, entry.key])}?bentuk={name}"


def _next_address(view: StudyView, entry: Entry) -> str:
    """A lesson's quiz when it was finished; otherwise the contents show what is open now."""
    quiz = view.standing.plan.quiz_of(entry.key)
    if quiz and not view.states[quiz.key].is_done:
        return reverse("materi", args=[view.seat.batch.key, quiz.key])
    return reverse("daftar-isi", args=[view.seat.batch.key])


def still_needed(recorded: Recorded) -> str:
    """What is missing before a lesson is finished, in a sentence."""
    left, measure = recorded.left, recorded.measure
    if left.unseen > 0:
        if measure.is_recording:
            return gettext("Baru terdengar sampai %(point)s. Lanjutkan sampai selesai.") % {
                "point": as_clock(recorded.furthest)
            }
        unseen = max(1, round(left.unseen * measure.length))
        words = {"n": unseen}
        if measure.kind == "slides":
            text = ngettext("Masih %(n)s salindia belum dilihat.", "Masih %(n)s salindia belum dilihat.", unseen)
        else:
            text = ngettext("Masih %(n)s bagian belum dibaca.", "Masih %(n)s bagian belum dibaca.", unseen)
        return text % words
    words = {"n": left.seconds}
    if measure.kind == "reading":
        text = ngettext(
            "Bacaan ini perlu sekitar %(n)s detik lagi.", "Bacaan ini perlu sekitar %(n)s detik lagi.", left.seconds
        )
    elif measure.kind == "slides":
        text = ngettext(
            "Salindia ini perlu sekitar %(n)s detik lagi.", "Salindia ini perlu sekitar %(n)s detik lagi.", left.seconds
        )
    else:
        text = ngettext(
            "Rekaman ini perlu sekitar %(n)s detik lagi.", "Rekaman ini perlu sekitar %(n)s detik lagi.", left.seconds
        )
    return text % words


def _seen(text: str, length: float) -> Any:
    """The ranges of the form field: JSON from the script, everything where it is empty."""
    if not text or len(text) > LONGEST_SEEN:
        return [[0, length]]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return [[0, length]]


def test(request: HttpRequest, view: StudyView, entry: Entry) -> HttpResponse:
    """The rules of a test, and the button that begins it."""
    return render(request, "learning/rules.html", {"page": rules_page(view, entry), "view": view, "now": view.now})


def begin(request: HttpRequest, view: StudyView, entry: Entry) -> HttpResponse:
    """Open the sitting, or the one under way, and go there."""
    person = request.person  # type: ignore[attr-defined]
    try:
        sitting = start_sitting(person=person, seat=view.seat.uid, test=entry.key, by=person.uid, now=view.now)
    except Refusal as refusal:
        if refusal.status not in (409, 410):
            raise
        # The page of the rules says why not, and what opens it.
        page = rules_page(view, entry)
        context = {"page": page, "view": view, "now": view.now, "wrong": refusal.reasons}
        return render(request, "learning/rules.html", context, status=refusal.status)
    return HttpResponseRedirect(reverse("tes", args=[sitting]), status=303)


def survey(
    request: HttpRequest,
    view: StudyView,
    entry: Entry,
    refusal: Refusal | None = None,
    given: dict[str, str] | None = None,
) -> HttpResponse:
    """The survey's questions; after it was handed in, that it was."""
    state = view.states[entry.key]
    if state.is_locked:
        return locked(request, view, entry)
    missing = {key for why in refusal.reasons for key in why.data.get("questions", ())} if refusal else set()
    questions = [
        {**question, "given": (given or {}).get(question["key"], ""), "is_wrong": question["key"] in missing}
        for question in view.survey
    ]
    context = {
        "view": view,
        "entry": entry,
        "state": state,
        "now": view.now,
        "questions": questions,
        "wrong": refusal.reasons if refusal else (),
        "scale": range(1, 6),
    }
    return render(request, "learning/survey.html", context, status=refusal.status if refusal else 200)


def answer(request: HttpRequest, view: StudyView, entry: Entry) -> HttpResponse:
    """Hand the survey in: fields `q-<question>`."""
    person = request.person  # type: ignore[attr-defined]
    given = {name.removeprefix("q-"): str(value) for name, value in request.POST.items() if name.startswith("q-")}
    try:
        hand_in_survey(person=person, seat=view.seat.uid, answers=given, by=person.uid, now=view.now)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return survey(request, view, entry, refusal, given)
    return HttpResponseRedirect(reverse("materi", args=[view.seat.batch.key, entry.key]), status=303)


def locked(request: HttpRequest, view: StudyView, entry: Entry) -> HttpResponse:
    """Why something is locked, what opens it, and the way there."""
    context = {"view": view, "entry": entry, "state": view.states[entry.key], "step": view.next_step, "now": view.now}
    return render(request, "learning/locked.html", context, status=409)
