"""Who asks for a code: the signed-in person, else a device by its signed cookie, else a stranger."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

# A device gets its random name with its first right answer; see `rules.DEVICE`.
COOKIE, SALT, LASTS = "cek", "credentials.device", timedelta(days=30)


def device_of(request: HttpRequest) -> str:
    """A name that is the same the next time, or "" for a stranger."""
    if person := getattr(request, "person", None):
        return f"account {person.uid}"
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS))
    except signing.BadSignature:
        return ""


def remember(response: HttpResponse) -> None:
    """Give the device a name."""
    response.set_cookie(
        COOKIE,
        signing.dumps(secrets.token_hex(16), salt=SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
