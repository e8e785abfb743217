"""`/angkatan/<key>/antre/` and `…/undian/`: what the waiting room's door leaves to pages, and the draw.

Whoever stands in the queue is answered by the door, before any of this. Here come those without a ticket, and those
whose ticket is not theirs, not genuine, or too old.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pintar.enrolment import rules
from pintar.enrolment.waitingroom import asked, draw, tickets
from pintar.enrolment.waitingroom.tickets import NotGenuine, QueueTicket
from pintar.foundation import clock
from pintar.foundation.access import EVERYONE, access
from pintar.foundation.refusals import Reason, Refusal
from pintar.foundation.ui import errors


@access(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest, key: str) -> HttpResponse:
    """Why this ticket gives no place; without one, on to the batch."""
    batch = HttpResponseRedirect(reverse("angkatan", args=[key]), status=303)
    text = request.COOKIES.get(asked.COOKIE, "")
    if not text or request.method == "POST":
        return batch
    person = request.person  # type: ignore[attr-defined]
    try:
        ticket = tickets.read(text)
    except NotGenuine:
        return _refused(request, key, "ticket_forged", 403)
    if ticket.batch != key:
        return _refused(request, key, "ticket_forged", 403)
    if clock.now().timestamp() - ticket.given_at > tickets.GOOD_FOR:
        return _refused(request, key, "ticket_old", 410)
    if person is None:
        return HttpResponseRedirect(f"{reverse('masuk')}?{urlencode({'next': request.path})}", status=303)
    if not _is_of(ticket, person.uid):
        return _refused(request, key, "ticket_foreign", 403)
    return batch


@access(EVERYONE)
@require_safe
def drawn(request: HttpRequest, key: str) -> HttpResponse:
    """The draw of those who came before the opening: its commitment, and afterwards seed and tickets."""
    return render(request, "enrolment/draw.html", {"draw": draw.of(key, clock.now())})


def _is_of(ticket: QueueTicket, person) -> bool:
    return tickets.id_of(ticket.batch, person) == ticket.id


def _refused(request: HttpRequest, key: str, code: str, status: int) -> HttpResponse:
    """The reason in words; the ticket is taken away, so that the next step begins anew."""
    response = errors.refused(request, Refusal(Reason(rules.ROOM, code, {"batch": key}), status=status))
    response.delete_cookie(asked.COOKIE, path=f"/angkatan/{key}/", samesite="Lax")
    return response
