"""`/` and `/pelatihan/…`: the same for everybody, whoever looks."""

from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from pintar.catalogue import queries, rules
from pintar.catalogue.queries import Wish
from pintar.courses.queries import Edition
from pintar.foundation import clock
from pintar.foundation.access import EVERYONE, access

LONGEST_CODE = 40


@access(EVERYONE)
@require_safe
def window(request: HttpRequest) -> HttpResponse:
    """The shop window: what Pintar is, what is open now."""
    now = clock.now()
    return render(request, "catalogue/window.html", {"page": queries.window(now), "now": now})


@access(EVERYONE)
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All trainings; `q` words, `status` dibuka or segera, `untuk` an audience. What is not understood is left out."""
    now = clock.now()
    page = queries.catalogue(_wish(request), now)
    chips = [(chip, address(chip.wish)) for chip in page.chips]
    meant = address(Wish(page.found.meant)) if page.found and page.found.meant else ""
    context = {"page": page, "now": now, "chips": chips, "meant": meant}
    return render(request, "catalogue/catalogue.html", context)


@access(EVERYONE)
@require_safe
def training(request: HttpRequest, slug: str) -> HttpResponse:
    """One training: what it gives, what it costs in time and data, its batches with their conditions."""
    now = clock.now()
    page = queries.training(slug, now)
    return render(
        request, "catalogue/training.html", {"page": page, "now": now, "whatsapp": share_address(page.edition)}
    )


def address(wish: Wish) -> str:
    """The shareable address of a wish."""
    asked = {"q": wish.q, "status": wish.state, "untuk": wish.audience}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("katalog") + (f"?{query}" if query else "")


def share_address(edition: Edition) -> str:
    text = gettext("Pelatihan gratis di Pintar: %(training)s (%(jp)s JP). %(link)s") % {
        "training": edition.title,
        "jp": edition.jp,
        "link": settings.PUBLIC_URL + reverse("pelatihan", args=[edition.slug]),
    }
    return f"https://wa.me/?text={quote(text)}"


def _wish(request: HttpRequest) -> Wish:
    state = request.GET.get("status", "")
    audience = request.GET.get("untuk", "")
    return Wish(
        q=" ".join(request.GET.get("q", "").split())[: rules.LONGEST_QUERY],
        state=state if state in queries.STATES else "",
        audience=audience if len(audience) <= LONGEST_CODE and audience.isprintable() else "",
    )
