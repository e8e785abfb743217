"""`/skala/<slug>/panel/`: a panel convened and led; `/skala/<slug>/panel/nilai/`: its items, judged one by one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pintar.assessment.actions import scale as actions
from pintar.assessment.pages.bank.visits import WORKERS, number_of, reader
from pintar.assessment.pages.scale.scales import ASSESSORS
from pintar.assessment.queries.scale import panels as queries
from pintar.foundation import clock
from pintar.foundation.access import access
from pintar.foundation.refusals import Reason, Refusal, not_found

LONGEST_LIST = 4000
AT_THE_PANEL = (
    "panel_of_wrong_size",
    "unknown_judges",
    "no_scale_for_panel",
    "panel_decided",
    "too_few_judgements",
    "own_panel",
)


@access(ASSESSORS)
@require_http_methods(["GET", "POST"])
def panel(request: HttpRequest, slug: str) -> HttpResponse:
    """POST with `do`: "convene" (`judges`, a login a line), "close" or "finish" (round `round`), "approve", "drop"."""
    if request.method == "GET":
        return _page(request, slug)
    try:
        told = _done(request, slug)
    except Refusal as refusal:
        if refusal.code not in AT_THE_PANEL:
            raise
        return _page(request, slug, why=refusal.reasons[0], status=refusal.status)
    messages.success(request, told)
    return HttpResponseRedirect(reverse("skala-panel", args=[slug]), status=303)


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def judge(request: HttpRequest, slug: str) -> HttpResponse:
    """POST keeps what was typed (`p<version>`, in percent); `do` = "hand" hands it in."""
    page, why = queries.judge_page(slug, reader(request)), None
    if request.method == "POST":
        is_handed = request.POST.get("do") == "hand"
        sent = {name: str(text)[:8] for name, text in request.POST.items() if name.startswith("p")}
        try:
            judged, of = actions.judge_items(
                panel=page.panel, sent=sent, hand_in=is_handed, by=reader(request).uid, now=clock.now()
            )
        except Refusal as refusal:
            if refusal.code != "judgements_missing":
                raise
            why, page = refusal.reasons[0], queries.judge_page(slug, reader(request))
        else:
            told = gettext("Penilaian diserahkan.") if is_handed else gettext("%(n)s dari %(of)s soal tersimpan.")
            messages.success(request, told % {"n": judged, "of": of} if not is_handed else told)
            return HttpResponseRedirect(reverse("skala-nilai", args=[slug]), status=303)
    return render(request, "assessment/scale/judge.html", {"page": page, "why": why}, status=422 if why else 200)


def _done(request: HttpRequest, slug: str) -> str:
    by, now, do = reader(request).uid, clock.now(), request.POST.get("do", "")
    if do == "convene":
        judges = request.POST.get("judges", "")[:LONGEST_LIST].replace("\0", "").splitlines()
        actions.convene_panel(course=slug, judges=judges, by=by, now=now)
        return gettext("Panel dimulai. Juri melihatnya di beranda mereka.")
    shown = queries.panel_page(slug, reader(request), now).shown
    if shown is None:
        raise not_found("assessment", "unknown_panel")
    if do in ("close", "finish"):
        number = number_of(request.POST.get("round", "")) or 0
        actions.close_round(panel=shown.uid, number=number, is_last=do == "finish", by=by, now=now)
        return gettext("Putaran ditutup.")
    if do == "approve":
        actions.approve_panel(panel=shown.uid, by=by, now=now)
        return gettext("Batas lulus yang baru berlaku untuk angkatan berikutnya.")
    actions.drop_panel(panel=shown.uid, by=by, now=now)
    return gettext("Panel dibubarkan; batas lulus tidak berubah.")


def _page(request: HttpRequest, slug: str, *, why: Reason | None = None, status: int = 200) -> HttpResponse:
    page = queries.panel_page(slug, reader(request), clock.now())
    context = {"page": page, "shown": page.shown, "why": why, "judges": request.POST.get("judges", "")[:LONGEST_LIST]}
    return render(request, "assessment/scale/panel.html", context, status=status)
