"""`/beranda/`, where one goes on, and `/belajar/`, all trainings of a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from pintar.foundation import clock, panels
from pintar.foundation.access import ACCOUNT, access
from pintar.learning.queries.home import home_page

# The panels that stand beside the card and below everything; all others stand above the card.
BESIDE = "jp"
BELOW = "daftar-tunggu"
# The one that asks for something within a day: while it is there, its button is the page's one primary action.
URGENT = "tawaran"


@access(ACCOUNT)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lanjutkan, JP of the year (a panel), deadlines."""
    now = clock.now()
    page = home_page(request.person.id, now)  # type: ignore[attr-defined]
    filled = panels.collect("beranda", request)
    context = {
        "page": page,
        "now": now,
        "greeting": _greeting(timezone.localtime(now).hour),
        "beside": [panel for panel in filled if panel.name == BESIDE],
        "above": [panel for panel in filled if panel.name not in (BESIDE, BELOW)],
        "is_urgent": any(panel.name == URGENT for panel in filled),
        "below": [panel for panel in filled if panel.name == BELOW],
    }
    return render(request, "learning/home.html", context)


@access(ACCOUNT)
@require_GET
def trainings(request: HttpRequest) -> HttpResponse:
    """Every training one has a seat in: current ones, those that begin soon, earlier ones."""
    now = clock.now()
    page = home_page(request.person.id, now)  # type: ignore[attr-defined]
    return render(request, "learning/trainings.html", {"page": page, "now": now})


def _greeting(hour: int) -> str:
    return "morning" if hour < 11 else "noon" if hour < 15 else "afternoon" if hour < 18 else "evening"
