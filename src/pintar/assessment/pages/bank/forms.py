"""`/bank/<slug>/paket/`: parallel forms asked for, looked at beside each other, approved by a second person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pintar.assessment.actions import bank as actions
from pintar.assessment.pages.bank.visits import WORKERS, reader
from pintar.assessment.queries import bank as queries
from pintar.foundation import clock
from pintar.foundation.access import access
from pintar.foundation.refusals import Reason, Refusal

AT_THE_SET = ("own_forms", "forms_decided", "too_few_forms_for_tests", "forms_outdated", "blueprint_needed")


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def forms(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest set; POST has one assembled as the blueprint says."""
    if request.method == "GET":
        return _page(request, slug)
    try:
        uid = actions.ask_forms(course=slug, by=reader(request).uid, now=clock.now())
    except Refusal as refusal:
        if refusal.code not in AT_THE_SET:
            raise
        return _page(request, slug, why=refusal.reasons[0], status=refusal.status)
    return HttpResponseRedirect(reverse("bank-paket-satu", args=[slug, uid]), status=303)


@access(WORKERS)
@require_GET
def one(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    return _page(request, slug, uid)


@access(WORKERS)
@require_POST
def decision(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    """`do` = "approve" or "drop"."""
    queries.forms_page(slug, reader(request), clock.now(), uid)
    approved = request.POST.get("do") == "approve"
    decide = actions.approve_forms if approved else actions.drop_forms
    try:
        decide(forms_uid=uid, by=reader(request).uid, now=clock.now())
    except Refusal as refusal:
        if refusal.code not in AT_THE_SET:
            raise
        return _page(request, slug, uid, why=refusal.reasons[0], status=refusal.status)
    told = (
        gettext("Paket disetujui. Angkatan yang dibuka mulai sekarang memakainya.")
        if approved
        else gettext("Susunan dibuang.")
    )
    messages.success(request, told)
    return HttpResponseRedirect(reverse("bank-paket-satu", args=[slug, uid]), status=303)


@access(WORKERS)
@require_POST
def tried(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the next edition with the items that are in trial today."""
    actions.try_items(course=slug, by=reader(request).uid, now=clock.now())
    messages.success(request, gettext("Edisi baru terbit. Angkatan yang dibuka mulai sekarang mencoba soal-soal ini."))
    return HttpResponseRedirect(reverse("bank-paket", args=[slug]), status=303)


def _page(
    request: HttpRequest, slug: str, uid: UUID | None = None, *, why: Reason | None = None, status: int = 200
) -> HttpResponse:
    page = queries.forms_page(slug, reader(request), clock.now(), uid)
    context = {"page": page, "set": page.shown, "is_one": uid is not None, "why": why}
    return render(request, "assessment/bank/forms.html", context, status=status)
