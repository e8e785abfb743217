"""`/bank/`: all banks, one bank as a table, and where a new question begins."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from pintar.assessment.actions import bank as actions
from pintar.assessment.pages.bank.visits import WORKERS, reader
from pintar.assessment.queries import bank as queries
from pintar.assessment.rules import bank as rules
from pintar.courses import queries as courses
from pintar.foundation import clock
from pintar.foundation.access import access
from pintar.sciences.items import ITEM_TYPES

EXPORTS = (("gift", "GIFT"), ("moodle", "Moodle XML"), ("csv", "CSV"))


@access(WORKERS)
@require_GET
def banks(request: HttpRequest) -> HttpResponse:
    return render(request, "assessment/bank/banks.html", {"banks": queries.banks()})


@access(WORKERS)
@require_GET
def bank(request: HttpRequest, slug: str) -> HttpResponse:
    page = queries.bank_page(slug, request.GET.dict(), reader(request), clock.now())
    context = {"page": page, "types": ITEM_TYPES, "states": rules.STATES, "exports": EXPORTS}
    return render(request, "assessment/bank/bank.html", context)


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a type (`type`); POST begins the question, or the version of `original` in another `language`."""
    person, now = reader(request), clock.now()
    if request.method == "POST":
        type_, fields = request.POST.get("type", ""), dict[str, str]()
        if original := request.POST.get("original", ""):
            type_, fields = queries.fields_to_translate(slug, original, request.POST.get("language", ""))
        uid = actions.begin_draft(person=person, course=slug, type=type_, fields=fields, by=person.uid, now=now)
        return HttpResponseRedirect(reverse("bank-tulis", args=[slug, uid]), status=303)
    edition = courses.latest_edition(slug)
    return render(request, "assessment/bank/new.html", {"edition": edition, "types": ITEM_TYPES})
