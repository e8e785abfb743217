"""What waits for a person, on their home page: offers above everything, places in line below."""

from typing import Any

from django.http import HttpRequest

from pintar.enrolment import queries
from pintar.enrolment.queries import HomePlace
from pintar.foundation import clock
from pintar.foundation.panels import Panel


def offers(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    now = clock.now()
    found = [place for place in _places(request) if place.ticket.is_offer(now)]
    return {"offers": found, "now": now} if found else None


def line(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    found = [place for place in _places(request) if place.ticket.position]
    return {"waiting": found} if found else None


def _places(request: HttpRequest) -> list[HomePlace]:
    """One query for both panels."""
    if not hasattr(request, "home_places"):
        request.home_places = queries.home_places(request.person.id, clock.now())  # type: ignore[attr-defined]
    return request.home_places  # type: ignore[attr-defined]


PANELS = (
    Panel("beranda", "tawaran", offers, "enrolment/parts/home_offers.html", order=5),
    Panel("beranda", "daftar-tunggu", line, "enrolment/parts/home_line.html"),
)
