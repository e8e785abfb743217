"""What credentials puts on the home page: the news of a certificate, and this year's JP; one query for both."""

from typing import Any

from django.http import HttpRequest

from pintar.credentials import queries
from pintar.credentials.pages.ring import ring
from pintar.credentials.queries import Home
from pintar.foundation import clock


def news(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    found = _home(request)
    return {"home": found, "newest": found.fresh[0]} if found.fresh else None


def jp(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    year = _home(request).jp
    return {"jp": year, "ring": ring(year.sides)}


def _home(request: HttpRequest) -> Home:
    if not hasattr(request, "_credentials_home"):
        request._credentials_home = queries.home(request.person, clock.now())  # type: ignore[attr-defined]
    return request._credentials_home  # type: ignore[attr-defined]
