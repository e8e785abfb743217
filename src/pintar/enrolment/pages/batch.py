"""`/angkatan/<key>/`: a batch, who may join it, and the seat in it."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from pintar.courses import queries as courses
from pintar.enrolment import queries, rules
from pintar.enrolment.actions import leave_batch, take_seat
from pintar.enrolment.pages.calendar import calendar
from pintar.enrolment.queries import BatchPage, TicketFacts
from pintar.enrolment.waitingroom.asked import IN_LINE
from pintar.enrolment.waitingroom.rules import LOBBY
from pintar.foundation import clock
from pintar.foundation.access import ACCOUNT, EVERYONE, access
from pintar.foundation.refusals import Refusal, not_found
from pintar.foundation.ui.tags import through


@access(EVERYONE)
@require_safe
def batch(request: HttpRequest, key: str) -> HttpResponse:
    """A batch: its conditions to a stranger, the verdict to a person, the receipt to who has a seat."""
    return _show(request, key)


@access(ACCOUNT)
@require_http_methods(["POST", "DELETE"])
def seat(request: HttpRequest, key: str) -> HttpResponse:
    """Take a seat or accept the one that is offered (fields `pakta`, `ganti` = the uid of the seat that is given for
    it), with `tunggu=1` join the line where there is none; or give up whatever one has here.

    A plain form gives up with `_method=DELETE` and says in `apa` what it showed: "kursi", "urutan" or "tawaran".
    """
    person, now = request.person, clock.now()  # type: ignore[attr-defined]
    where = reverse("angkatan", args=[key])
    try:
        if request.method == "DELETE" or request.POST.get("_method") == "DELETE":
            leave_batch(person=person, batch_key=key, by=person.uid, now=now)
            messages.success(request, _given_up(request.POST.get("apa", "")))
        else:
            found = take_seat(
                person=person,
                batch_key=key,
                pledge=request.POST.get("pakta") == "1",
                instead_of=_uid(request.POST.get("ganti", "")),
                wait=request.POST.get("tunggu") == "1",
                by=person.uid,
                now=now,
            )
            where += IN_LINE if isinstance(found, TicketFacts) else ""
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _show(request, key, refusal)
    # 303: what follows is a page to look at, whatever the method was.
    return HttpResponseRedirect(where, status=303)


@access(EVERYONE)
@require_safe
def calendar_file(request: HttpRequest, key: str) -> HttpResponse:
    """The batch's dates for a calendar (RFC 5545)."""
    facts = queries.batch(key)
    edition = courses.edition(facts.edition)
    text = calendar(facts, edition.title, settings.PUBLIC_URL, clock.now())
    return HttpResponse(
        text.encode(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{facts.key}.ics"'},
    )


def _show(request: HttpRequest, key: str, refusal: Refusal | None = None) -> HttpResponse:
    now = clock.now()
    page = queries.batch_page(key, request.person, now)  # type: ignore[attr-defined]
    shown = {why.code for why in page.admission.reasons}
    wrong = [why for why in refusal.reasons if why.code not in shown] if refusal else []
    context: dict[str, Any] = {
        "page": page,
        "verdict": page.admission.verdict,
        "now": now,
        "gathers": page.batch.opens_at.timestamp() - now.timestamp() <= LOBBY,
        "wrong": wrong,
        "pledge_wrong": any(why.code == "pledge_needed" for why in wrong),
        "whatsapp": share_address(page) if page.seat else "",
    }
    return render(request, "enrolment/batch.html", context, status=refusal.status if refusal else 200)


def share_address(page: BatchPage) -> str:
    """A wa.me address with a text that tells no number and no name."""
    text = gettext("Saya terdaftar di pelatihan %(training)s (%(jp)s JP), %(batch)s, %(days)s. Ikut juga: %(link)s") % {
        "training": page.edition.title,
        "jp": page.edition.jp,
        "batch": page.batch.title,
        "days": through(page.batch.starts_at, page.batch.until_at),
        "link": settings.PUBLIC_URL + reverse("angkatan", args=[page.batch.key]),
    }
    return f"https://wa.me/?text={quote(text)}"


def _given_up(what: str) -> str:
    words = {
        "urutan": gettext("Anda sudah keluar dari daftar tunggu."),
        "tawaran": gettext("Tawaran dilewati. Kursinya ditawarkan kepada urutan berikutnya."),
    }
    return words.get(what, gettext("Kursi Anda sudah dilepas."))


def _uid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise not_found(rules.ROOM, "seat_not_found") from None
