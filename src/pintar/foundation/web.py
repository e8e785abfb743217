"""What every request passes: headers, access, and the turning of refusals into answers."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pintar.foundation import access, way_in
from pintar.foundation.refusals import Reason, Refusal
from pintar.foundation.ui import errors
from pintar.foundation.ui.context import here

GetResponse = Callable[[HttpRequest], HttpResponse]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}


class HeadersMiddleware:
    """Security headers on every answer; nothing personal is kept by a cache unless the view says otherwise."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "private, no-store")
        if settings.SECURE:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response


class AccessMiddleware:
    """Holds every view to what it declared. Undeclared is refused; the start has already said so."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        policy = access.declared(view)
        if policy == access.EVERYONE:
            return None
        if policy is None:
            return errors.refused(request, Refusal(Reason("foundation", "forbidden"), status=403))
        decider = access.decider()
        if not decider.is_signed_in(request):
            return _sign_in_first(request)
        if policy.kind == "role" and (why := decider.obstacle(request, policy.roles)):
            return errors.refused(request, Refusal(why, status=403))
        return None


class RefusalMiddleware:
    """A refusal that an action raised becomes a page with its reasons and a next step; so does a method that an
    address does not know, which Django answers with nothing at all, and a request too large to be read."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if way_in.TOO_LARGE in request.META:
            return errors.bad_request(request, RequestDataTooBig())
        response = self.get_response(request)
        if response.status_code == 405 and (not response.content or request.path.startswith("/api/")):
            return errors.wrong_method(request, response.headers.get("Allow", ""))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.refused(request, exception) if isinstance(exception, Refusal) else None


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('masuk')}?{urlencode({'next': here(request)})}")
