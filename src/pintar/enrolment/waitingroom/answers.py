"""What the door says itself: pages, JSON and redirects, with the headers that the floor gives to every answer."""

import json
import zlib
from collections.abc import Callable
from typing import Any

import brotli
from django.conf import settings
from django.utils import translation

from pintar.enrolment.waitingroom import asked as requests
from pintar.enrolment.waitingroom.faces import POLICY, made_once
from pintar.foundation import api
from pintar.foundation.compression import SMALLEST
from pintar.foundation.refusals import Reason
from pintar.foundation.web import HEADERS

StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json"


def send(
    environ: dict[str, Any], start: StartResponse, status: int, text: str, kind: str, *more: tuple[str, str]
) -> list[bytes]:
    body = text.encode()
    headers: Headers = [
        ("Content-Type", kind), *HEADERS.items(), ("Cache-Control", "private, no-store"),
        ("Content-Security-Policy", POLICY), *more,
    ]  # fmt: skip
    if settings.SECURE:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    if len(body) >= SMALLEST:
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        headers.append(("Vary", "Accept-Encoding"))
        if "br" in accepted:
            body = brotli.compress(body, quality=1)
            headers.append(("Content-Encoding", "br"))
        elif "gzip" in accepted:
            squeeze = zlib.compressobj(level=1, wbits=31)
            body = squeeze.compress(body) + squeeze.flush()
            headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start(requests.status_line(status), headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def go(start: StartResponse, where: str, *more: tuple[str, str]) -> list[bytes]:
    """A redirect to a page to look at."""
    start(
        "303 See Other", [("Location", where), ("Cache-Control", "private, no-store"), ("Content-Length", "0"), *more]
    )
    return []


def problem(
    environ: dict[str, Any], start: StartResponse, status: int, why: Reason, retry_after: int | None = None
) -> list[bytes]:
    """A refusal, as the API words it."""
    language = requests.look(environ).language
    more = [("Retry-After", str(retry_after))] if retry_after is not None else []
    text = _worded(status, why.room, why.code, json.dumps(why.data), language)
    return send(environ, start, status, text, PROBLEM, *more)


@made_once
def _worded(status: int, room: str, code: str, data: str, language: str) -> str:
    with translation.override(language):
        return api.problem_text(status, [Reason(room, code, json.loads(data))])


def ticket_cookie(batch: str, ticket: str) -> tuple[str, str]:
    """Max-Age and no date: the clock of a phone may be a day off. Sent to this batch's addresses only."""
    secure = "; Secure" if settings.SESSION_COOKIE_SECURE else ""
    age = 0 if not ticket else 6 * 3600
    value = f"{requests.COOKIE}={ticket}; Max-Age={age}; Path=/angkatan/{batch}/; HttpOnly; SameSite=Lax{secure}"
    return ("Set-Cookie", value)
