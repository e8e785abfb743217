"""`/v/`: anyone checks a certificate, by the code in the QR or by the shorter one beside it.

One small page with nothing to fetch: no script, no font, its style inside it and allowed by its hash.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.utils.safestring import mark_safe
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from pintar.credentials import actions, devices
from pintar.credentials.queries import CertificateFacts
from pintar.foundation import clock
from pintar.foundation.access import EVERYONE, access
from pintar.foundation.refusals import Refusal

STYLE = (Path(__file__).parents[1] / "templates" / "credentials" / "verify.css").read_text()
POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"],
    "img-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}


@access(EVERYONE)
@require_safe
@csp_override(POLICY)
def typed(request: HttpRequest) -> HttpResponse:
    """The form to type a code, and its answer (`?kode=`)."""
    code = request.GET.get("kode", "").strip()
    return _answer(request, code) if code else _page(request, None, None)


@access(EVERYONE)
@require_safe
@csp_override(POLICY)
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(request, code)


def _answer(request: HttpRequest, code: str) -> HttpResponse:
    device = devices.device_of(request)
    try:
        found = actions.check_code(typed=code, device=device, now=clock.now())
    except Refusal as refusal:
        return _page(request, None, refusal)
    response = _page(request, found, None)
    if not device:
        devices.remember(response)
    return response


def _page(request: HttpRequest, certificate: CertificateFacts | None, refusal: Refusal | None) -> HttpResponse:
    context: dict[str, Any] = {
        "certificate": certificate,
        "verdict": str(certificate.state) if certificate else refusal.code if refusal else "",
        "why": refusal.reasons[0] if refusal else None,
        "now": clock.now(),
        "style": mark_safe(STYLE),  # noqa: S308  our own file
    }
    response = render(request, "credentials/verify.html", context, status=refusal.status if refusal else 200)
    if refusal and refusal.retry_after:
        response.headers["Retry-After"] = str(refusal.retry_after)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
