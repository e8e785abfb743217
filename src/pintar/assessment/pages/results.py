"""`/tes/<uid>/bukti/`: the receipt, and the result as far as the test's rule lets it be seen."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from pintar.assessment import queries
from pintar.foundation import clock, panels
from pintar.foundation.access import ACCOUNT, access

PLACE = "bukti"
"""The place of panels on this page; their subject is `queries.SittingFacts`."""


@access(ACCOUNT)
@require_GET
def result(request: HttpRequest, uid: UUID) -> HttpResponse:
    page = queries.result_page(uid, request.person.id)  # type: ignore[attr-defined]
    if page is None:
        return HttpResponseRedirect(reverse("tes", args=[uid]))
    filled = panels.collect(PLACE, request, page.facts)
    return render(request, "assessment/result.html", {"page": page, "panels": filled, "now": clock.now()})
