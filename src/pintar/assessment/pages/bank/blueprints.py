"""`/bank/<slug>/kisi-kisi/`: the blueprint as a table, with what the bank is enough for and what is missing where."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pintar.assessment.actions import bank as actions
from pintar.assessment.pages.bank.visits import WORKERS, number_of, reader
from pintar.assessment.queries import bank as queries
from pintar.assessment.rules import bank as rules
from pintar.assessment.rules.blueprint import FEWEST_ANSWERS, MOST_FORMS, TERMS, Cells, Terms
from pintar.courses import queries as courses
from pintar.foundation import clock
from pintar.foundation.access import access
from pintar.foundation.refusals import Refusal
from pintar.people import queries as people
from pintar.sciences.items import ITEM_TYPES


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def blueprint(request: HttpRequest, slug: str) -> HttpResponse:
    """POST with `do` = "see" counts with what was typed, "save" keeps it as the next version."""
    person, now, why = reader(request), clock.now(), None
    cells, forms, terms = None, None, None
    if request.method == "POST":
        cells, forms = _cells(request, slug), number_of(request.POST.get("forms", "")) or 0
        terms = _terms(request)
        if request.POST.get("do") == "save":
            try:
                base = number_of(request.POST.get("base", "")) or 0
                number = actions.write_blueprint(
                    course=slug, cells=cells, forms=forms, terms=terms, base=base, by=person.uid, now=now
                )
                messages.success(request, gettext("Kisi-kisi tersimpan sebagai versi %(n)s.") % {"n": number})
                return HttpResponseRedirect(reverse("bank-kisi", args=[slug]), status=303)
            except Refusal as refusal:
                if refusal.code not in ("bad_blueprint", "bad_term", "revised_meanwhile"):
                    raise
                why = refusal
    page = queries.blueprint_page(slug, cells, min(forms, MOST_FORMS) if forms else None, terms)
    may_write = rules.AUTHOR in people.roles_of(person.uid, now)
    context = {
        "page": page,
        "may_write": may_write,
        "why": why.reasons[0] if why else None,
        "fewest": FEWEST_ANSWERS,
    }
    return render(request, "assessment/bank/blueprint.html", context, status=why.status if why else 200)


def _cells(request: HttpRequest, slug: str) -> Cells:
    """The cells as typed; what is no number counts as none."""
    indicators = courses.latest_edition(slug).indicators
    return {
        (indicator, type_): n
        for place, indicator in enumerate(indicators, start=1)
        for type_ in ("", *ITEM_TYPES)
        if (n := number_of(request.POST.get(queries.field_of(place, type_), "")))
    }


def _terms(request: HttpRequest) -> Terms:
    """The terms as typed; an empty field asks nothing, and what is no number is one that no rule lets in."""
    typed = {name: request.POST.get(name, "").strip() for name in TERMS}
    return Terms(
        **{name: number if (number := number_of(text)) is not None else -1 for name, text in typed.items() if text}
    )
