"""`/skala/`: all scales; one with what was estimated last, to be approved or dropped."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from pintar.assessment.actions import scale as actions
from pintar.assessment.pages.bank.visits import number_of, reader
from pintar.assessment.queries import scale as queries
from pintar.assessment.rules.bank import ASSESSOR
from pintar.foundation import clock
from pintar.foundation.access import access, role
from pintar.foundation.refusals import Reason, Refusal, not_found

ASSESSORS = role(ASSESSOR)
AT_THE_ESTIMATE = ("calibration_decided", "calibration_outdated")


@access(ASSESSORS)
@require_GET
def scales(request: HttpRequest) -> HttpResponse:
    return render(request, "assessment/scale/scales.html", {"scales": queries.scales()})


@access(ASSESSORS)
@require_GET
def scale(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, slug)


@access(ASSESSORS)
@require_POST
def decision(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    """`do` = "approve" or "drop"."""
    shown = queries.scale_page(slug, reader(request), clock.now()).shown
    if shown is None or shown.uid != uid:
        raise not_found("assessment", "unknown_calibration")
    is_approved = request.POST.get("do") == "approve"
    try:
        decide = actions.approve_calibration if is_approved else actions.drop_calibration
        decide(calibration=uid, by=reader(request).uid, now=clock.now())
    except Refusal as refusal:
        if refusal.code not in AT_THE_ESTIMATE:
            raise
        return _page(request, slug, why=refusal.reasons[0], status=refusal.status)
    told = gettext("Versi skala yang baru berlaku.") if is_approved else gettext("Kalibrasi dibuang.")
    messages.success(request, told)
    return HttpResponseRedirect(reverse("skala-pelatihan", args=[slug]), status=303)


def _page(request: HttpRequest, slug: str, *, why: Reason | None = None, status: int = 200) -> HttpResponse:
    number = number_of(request.GET.get("halaman", "1")) or 1
    page = queries.scale_page(slug, reader(request), clock.now(), number)
    context = {"page": page, "shown": page.shown, "why": why}
    return render(request, "assessment/scale/scale.html", context, status=status)
