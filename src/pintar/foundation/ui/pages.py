"""Pages of the floor itself: the choice of look, the components, health."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from pintar.foundation import preferences
from pintar.foundation.access import EVERYONE, access
from pintar.foundation.ui import charts


@access(EVERYONE)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep a choice of language, text size, theme or low-data mode, and go back to where it was made."""
    chosen = preferences.of(request)
    for name in preferences.COOKIES:
        if name in request.POST:
            chosen = chosen.changed(name, request.POST[name])
    response = HttpResponseRedirect(_back(request))
    preferences.keep(request, response, chosen)
    return response


@access(EVERYONE)
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component and state of the look, for those who build pages."""
    return render(request, "foundation/components.html")


@access(EVERYONE)
@require_safe
def chart_components(request: HttpRequest) -> HttpResponse:
    """Every chart of measurement, for those who build pages with them."""
    return render(request, "foundation/chart_components.html", charts.examples())


@access(EVERYONE)
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; for load balancers and supervisors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "database": connection.vendor})


@access(EVERYONE)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows when a page is asked for without signal."""
    return render(request, "foundation/offline.html")


def _back(request: HttpRequest) -> str:
    back = request.POST.get("next", "/")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()) else "/"
