"""`/bank/<slug>/pantau/`: items against which something speaks, each to be mended, rested, or kept with a reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from pintar.assessment.actions import bank as bank_actions
from pintar.assessment.actions import scale as actions
from pintar.assessment.pages.bank.visits import WORKERS, number_of, reader
from pintar.assessment.queries.scale import watching as queries
from pintar.foundation import clock
from pintar.foundation.access import access
from pintar.foundation.refusals import Reason, Refusal, not_found

AT_THE_DOUBT = ("step_reason_needed", "doubt_settled", "wrong_state", "revised_meanwhile")


@access(WORKERS)
@require_GET
def watch(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, slug)


@access(WORKERS)
@require_POST
def settle(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """`do` = "keep" or "rest", with a `reason`."""
    doubt = queries.doubt_of(slug, number_of(number) or 0)
    if doubt is None:
        raise not_found("assessment", "unknown_doubt")
    by, now, reason = reader(request).uid, clock.now(), request.POST.get("reason", "")
    try:
        if request.POST.get("do") == "rest":
            step = {"step": "rest", "number": doubt.version, "reason": reason}
            bank_actions.take_step(item=doubt.item, by=by, now=now, **step)
            told = gettext("Soal diistirahatkan; paket berikutnya tidak memakainya.")
        else:
            actions.keep_item(doubt=doubt.id, slug=slug, reason=reason, by=by, now=now)
            told = gettext("Soal dipertahankan, dengan alasan Anda.")
    except Refusal as refusal:
        if refusal.code not in AT_THE_DOUBT:
            raise
        return _page(request, slug, why=refusal.reasons[0], at=doubt.id, status=refusal.status)
    messages.success(request, told)
    return HttpResponseRedirect(reverse("bank-pantau", args=[slug]), status=303)


def _page(
    request: HttpRequest, slug: str, *, why: Reason | None = None, at: int = 0, status: int = 200
) -> HttpResponse:
    number = number_of(request.GET.get("halaman", "1")) or 1
    page = queries.watch_page(slug, reader(request), clock.now(), number)
    context = {"page": page, "why": why, "at": at, "reason": request.POST.get("reason", "")}
    return render(request, "assessment/bank/watch.html", context, status=status)
