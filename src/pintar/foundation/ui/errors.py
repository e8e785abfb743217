"""Pages of refusals and errors: what happened, what is safe, what to do next. None runs a query.

The API's addresses get the same reasons as problem+json.
"""

import errno
import logging
import sys
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from pintar.foundation import ids
from pintar.foundation.preferences import Preferences
from pintar.foundation.refusals import Reason, Refusal
from pintar.foundation.storage import StoreAway
from pintar.foundation.ui.context import here
from pintar.foundation.ui.tags import HEADING, in_words

log = logging.getLogger("pintar.errors")

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# Seconds after which a try has a chance again, where the refusal itself does not say.
RETRY_AFTER = {429: 60, 503: 20}
# The drawing inside the segi lima.
PICTURES = {403: "lock", 404: "search", 405: "file", 413: "file", 429: "clock", 500: "broken", 503: "clock"}


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal: its reasons in words, a next step, its stable code small below."""
    return _answer(request, refusal, render_with=request)


def _answer(request: HttpRequest, refusal: Refusal, render_with: HttpRequest | None, **context: Any) -> HttpResponse:
    """`render_with` is the request for the context processors, None for a page that must not depend on them."""
    retry_after = refusal.retry_after or RETRY_AFTER.get(refusal.status)
    if request.path.startswith("/api/"):
        from pintar.foundation import api

        return api.problem(request, refusal.status, list(refusal.reasons), retry_after)
    context |= _context(request, refusal, retry_after)
    page = render_to_string("foundation/refused.html", context, request=render_with)
    response = HttpResponse(page, status=refusal.status)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if context["retries"]:
        response.headers["Refresh"] = str(retry_after)
    return response


def _context(request: HttpRequest, refusal: Refusal, retry_after: int | None) -> dict[str, Any]:
    retries = refusal.status == 503 and request.method == "GET"
    title, bodies = _worded(refusal.reasons, {"seconds": retry_after, "retries": retries, "here": here(request)})
    return {
        "title": title,
        "bodies": bodies,
        "has_next_step": any("<a " in body or "<form" in body for body in bodies),
        "status": refusal.status,
        "picture": PICTURES.get(refusal.status, "info"),
        "code": refusal.code,
        "here": here(request),
        "method": request.method,
        "retries": retries,
    }


def _worded(reasons: Sequence[Reason], more: dict[str, Any]) -> tuple[str, list[str]]:
    """The heading of the page (of the first reason that has one, else "") and the sentences of each reason."""
    texts = [in_words(why, **more) for why in reasons]
    headings = [found.group(1) for text in texts if (found := HEADING.search(text))]
    if len(texts) == 1:
        return "".join(headings), [HEADING.sub("", texts[0])]
    return "", [HEADING.sub(r"<p><b>\1</b></p>", text) for text in texts]


def _page(request: HttpRequest, code: str, status: int, **data: Any) -> HttpResponse:
    return refused(request, Refusal(Reason("foundation", code, data), status=status))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 where the request holds more than is read."""
    if isinstance(exception, TOO_LARGE):
        return _page(request, "too_large", 413)
    return _page(request, "bad_request", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "forbidden", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "not_found", 404)


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """An address that only takes a form was opened like a page."""
    response = _page(request, "wrong_method", 405)
    response.headers["Allow"] = allowed
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, "stale_form", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database or the store is away or the disk is full, else 500 with a code that stands in the log too.

    Rendered without context processors: whatever broke must not break this page.
    """
    error = sys.exc_info()[1]
    if (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "disk is full" in str(error):
        refusal = Refusal(Reason("foundation", "no_space"), status=503, retry_after=300)
    elif isinstance(error, OperationalError | InterfaceError | StoreAway):
        refusal = Refusal(Reason("foundation", "busy"), status=503)
    else:
        refusal = Refusal(Reason("foundation", "server_error"), status=500)
    incident = f"{ids.key(4)}-{ids.key(4)}"
    # The route and not the address: addresses may hold what people typed.
    log.error("incident=%s status=%s route=%s", incident, refusal.status, getattr(request.resolver_match, "route", ""))
    preferences = getattr(request, "preferences", None) or Preferences()
    return _answer(request, refusal, render_with=None, preferences=preferences, incident=incident, bare=True)
