"""`/angkatan/<key>/persiapan/`: everything that can be done before an opening."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pintar.enrolment import queries
from pintar.enrolment.actions import prepare
from pintar.enrolment.rules import Verdict
from pintar.foundation import clock
from pintar.foundation.access import ACCOUNT, access
from pintar.foundation.refusals import Refusal
from pintar.people.queries import missing


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def preparation(request: HttpRequest, key: str) -> HttpResponse:
    """The list of what is ready and what is not; POST keeps `pakta` and `ingatkan` ("1", "0"; absent: as it was).

    Once registration has opened there is nothing left to prepare: the batch's own page.
    """
    person, now, wrong = request.person, clock.now(), ()  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            remind = request.POST.getlist("ingatkan")
            prepare(
                person=person,
                batch_key=key,
                pledge=request.POST.get("pakta") == "1",
                remind=remind[-1] == "1" if remind else None,
                by=person.uid,
                now=now,
            )
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            wrong = refusal.reasons
        else:
            messages.success(request, gettext("Persiapan Anda tersimpan."))
            return HttpResponseRedirect(reverse("persiapan", args=[key]), status=303)
    page = queries.batch_page(key, person, now)
    if page.batch.window(now) is not Verdict.SOON:
        return HttpResponseRedirect(reverse("angkatan", args=[key]))
    context = {"page": page, "now": now, "wrong": wrong, "lacking": missing(person)}
    return render(request, "enrolment/preparation.html", context, status=422 if wrong else 200)
