"""`/belajar/<batch>/`: the contents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pintar.foundation import clock
from pintar.foundation.access import ACCOUNT, access
from pintar.learning.pages.study import own_study
from pintar.learning.queries.contents import contents_page


@access(ACCOUNT)
@require_GET
def contents(request: HttpRequest, batch_key: str) -> HttpResponse:
    """All lines with their states and why something is locked."""
    now = clock.now()
    view = own_study(request, batch_key, now)
    return render(request, "learning/contents.html", {"page": contents_page(view), "view": view, "now": now})
