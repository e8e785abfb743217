"""The service worker: keeps the assets that were used, the offline page, and the one open sitting."""

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from pintar.foundation.access import EVERYONE, access

SCRIPT = Path(__file__).parents[1] / "worker" / "sw.js"


@lru_cache(maxsize=1)
def _script() -> str:
    return SCRIPT.read_text()


@access(EVERYONE)
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, so that it may look after `/tes/…` and `/static/…` alike. Asked for anew at most once an hour."""
    return HttpResponse(
        _script(),
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": "/", "Cache-Control": "max-age=3600"},
    )
