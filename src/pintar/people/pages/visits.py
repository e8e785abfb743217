"""What a visit carries: who asks, from which device, where to go back to; and the cookies that say so."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from pintar.foundation.preferences import Preferences
from pintar.people import actions, seals
from pintar.people.queries import Person, SignIn
from pintar.people.rules.devices import device_name

YEAR = 365 * 24 * 3600
MOST_ACCOUNTS = 8
HALFWAY_LASTS = timedelta(minutes=10)
LONGEST_COOKIE = 2000


class Visit(HttpRequest):
    """A request as the session's middleware leaves it; views of signed-in people are written for it."""

    person: Person
    sign_in: SignIn
    preferences: Preferences


def sign_in_with(
    request: HttpRequest, response: HttpResponse, token: str, account: UUID, *, remember: bool
) -> HttpResponse:
    """Give the browser its session, and remember that this account signed in on this device."""
    if earlier := getattr(request, "sign_in", None):
        actions.end_session(person=earlier.person, session=earlier.uid, now=earlier.seen_at)
    _set(response, settings.SESSION_COOKIE_NAME, token, actions.REMEMBERED if remember else None)
    name, accounts = _device(request)
    known = [account.hex, *(uid for uid in accounts if uid != account.hex)][:MOST_ACCOUNTS]
    _set(response, _named("perangkat"), _signed("device", {"d": name, "a": known}), timedelta(seconds=YEAR))
    rotate_token(request)
    response.delete_cookie(_named("langkah"))
    return response


def renew(response: HttpResponse, token: str, sign_in: SignIn, now: datetime) -> HttpResponse:
    """The same session under a new token, for as long as it has left."""
    left = sign_in.expires_at - now
    _set(response, settings.SESSION_COOKIE_NAME, token, left if left > actions.UNREMEMBERED else None)
    return response


def device_of(request: HttpRequest) -> actions.Device:
    """The device that asks: known by its signed cookie, a stranger without it."""
    name, accounts = _device(request)
    known = frozenset(UUID(uid) for uid in accounts)
    return actions.Device(seals.digest(name), known, device_name(request.headers.get("User-Agent", "")))


def to_second_factor(request: HttpRequest, account: UUID, *, remember: bool, back: str, now: datetime) -> HttpResponse:
    """The password was right, the second factor is left. The step is kept in a signed cookie for ten minutes."""
    response = HttpResponseRedirect(with_next(reverse("faktor-kedua-masuk"), back))
    step = {"u": account.hex, "t": int(now.timestamp()), "r": remember}
    _set(response, _named("langkah"), _signed("halfway", step), HALFWAY_LASTS)
    return response


def halfway(request: HttpRequest, now: datetime) -> tuple[UUID, bool] | None:
    """Whose password was right a moment ago, and whether to remember them."""
    said = _unsigned("halfway", request.COOKIES.get(_named("langkah"), ""))
    try:
        account, at, remember = UUID(said["u"]), datetime.fromtimestamp(said["t"], UTC), bool(said["r"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return (account, remember) if at <= now < at + HALFWAY_LASTS else None


def keep_state(purpose: str, state: dict[str, Any], now: datetime) -> str:
    """The state of a ceremony with a passkey, to lie in the form that brings it back."""
    return _signed(purpose, {"s": state, "t": int(now.timestamp())})


def read_state(purpose: str, text: str, now: datetime) -> dict[str, Any]:
    """The state, or an empty one where it is not ours or older than ten minutes; no answer is true to that."""
    said = _unsigned(purpose, text)
    try:
        at = datetime.fromtimestamp(said["t"], UTC)
        return dict(said["s"]) if at <= now < at + HALFWAY_LASTS else {}
    except (KeyError, TypeError, ValueError, OverflowError):
        return {}


def read_answer(text: str) -> dict[str, Any]:
    """What a browser said as JSON; an empty answer for anything else."""
    try:
        answer = json.loads(text[:20_000])
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def back_of(request: HttpRequest) -> str:
    """Where the person was, by the field or parameter `next`; "" for nowhere or elsewhere."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if ours and back.startswith("/") and len(back) < 2000 else ""


def with_next(address: str, back: str) -> str:
    """The address, and where one goes from there, if anywhere."""
    return f"{address}?{urlencode({'next': back})}" if back else address


def home() -> str:
    try:
        return reverse("beranda")
    except NoReverseMatch:
        return "/"


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def session_cookie() -> str:
    return settings.SESSION_COOKIE_NAME


def _device(request: HttpRequest) -> tuple[str, list[str]]:
    said = _unsigned("device", request.COOKIES.get(_named("perangkat"), ""))
    try:
        return str(said["d"]), [UUID(uid).hex for uid in said["a"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        return secrets.token_urlsafe(16), []


def _named(name: str) -> str:
    return f"__Host-{name}" if settings.SECURE else name


def _set(response: HttpResponse, name: str, value: str, lasts: timedelta | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()) if lasts else None,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _signed(purpose: str, said: dict[str, Any]) -> str:
    return Signer(salt=f"pintar.people.{purpose}").sign_object(said)


def _unsigned(purpose: str, text: str) -> dict[str, Any]:
    if not text or len(text) > LONGEST_COOKIE:
        return {}
    try:
        said = Signer(salt=f"pintar.people.{purpose}").unsign_object(text)
    except (BadSignature, ValueError, UnicodeError):
        return {}
    return said if isinstance(said, dict) else {}
