"""Addresses that fail in every way there is, beside the house's own."""

import errno
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from pintar import urls
from pintar.foundation.access import EVERYONE, access
from pintar.foundation.refusals import Reason, Refusal
from pintar.urls import handler400, handler403, handler404, handler500  # noqa: F401

RAISED: dict[str, Exception] = {
    "izin": PermissionDenied(),
    "baca": BadRequest(),
    "rusak": ZeroDivisionError("secret of the house"),
    "padat": OperationalError("database is locked"),
    "putus": OperationalError("connection refused"),
    "penuh": OSError(errno.ENOSPC, "No space left on device"),
    "disk": OperationalError("database or disk is full"),
    "bentrok": Refusal(Reason("foundation", "in_flight")),
    "sering": Refusal(Reason("foundation", "too_often"), status=429, retry_after=35),
    "dua": Refusal(Reason("foundation", "forbidden"), Reason("foundation", "invalid_input"), status=422),
    "sibuk": Refusal(Reason("foundation", "busy"), status=503),
}


@access(EVERYONE)
def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise RAISED[how]


@access(EVERYONE)
@require_POST
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(len(request.POST))


urlpatterns: list[Any] = [
    path("gagal/<str:how>/", fail),
    path("formulir/", form),
    path("api/v1/formulir", form),
    *urls.urlpatterns,
]
