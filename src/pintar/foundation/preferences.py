"""How a person wants to see Pintar: language, text size, theme, low-data mode, zone.

Signed out, they live in cookies; signed in, on the account (a room above registers itself as the keeper).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

TEXT_SIZES = ("1", "2", "3")
THEMES = ("auto", "light", "dark")
# The zones of Indonesia and the names people know them by; no daylight saving in any.
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
COOKIES = {"language": "bahasa", "text": "teks", "theme": "tema", "saver": "hemat"}
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """`text` is "1", "2", "3" for 100, 115, 130 %; `saver` is low-data mode; `zone` an IANA name of Indonesia."""

    language: str = "id"
    text: str = "1"
    theme: str = "auto"
    saver: bool = False
    zone: str = "Asia/Jakarta"

    @property
    def rtl(self) -> bool:
        return self.language == "ar"

    def changed(self, name: str, value: str) -> "Preferences":
        """With one choice changed; an unknown name or value changes nothing."""
        allowed = {"language": [code for code, _ in settings.LANGUAGES], "text": TEXT_SIZES, "theme": THEMES}
        if name == "saver":
            return replace(self, saver=value == "1")
        if value not in allowed.get(name, ()):
            return self
        return replace(self, **{name: value})


# (read, write) of the room that keeps preferences on an account; read returns None for someone signed out.
Keeper = tuple[Callable[[HttpRequest], Preferences | None], Callable[[HttpRequest, Preferences], None]]
_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    _keepers.append(keeper)


def of(request: HttpRequest) -> Preferences:
    """The account's, else the cookies', else the browser's wish for language and saved data.

    A browser that saves data turns low-data mode on for an account too, unless it was turned off on this device.
    """
    for read, _ in _keepers:
        if (kept := read(request)) is not None:
            return replace(kept, saver=kept.saver or (_saves_data(request) and request.COOKIES.get("hemat") != "0"))
    chosen = Preferences(language=_wished_language(request), saver=_saves_data(request))
    for name, cookie in COOKIES.items():
        if cookie in request.COOKIES:
            chosen = chosen.changed(name, request.COOKIES[cookie])
    return chosen


def keep(request: HttpRequest, response: HttpResponse, chosen: Preferences) -> None:
    """Keep what was changed in cookies (so that it outlives signing out) and on the account, if there is one."""
    before = of(request)
    for name, cookie in COOKIES.items():
        value: Any = getattr(chosen, name)
        if value == getattr(before, name):
            continue  # what was not chosen stays the wish of the browser
        response.set_cookie(
            cookie,
            {True: "1", False: "0"}.get(value, value),
            max_age=YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    for read, write in _keepers:
        kept = read(request)
        write(request, replace(chosen, saver=kept.saver) if kept and chosen.saver == before.saver else chosen)


def _saves_data(request: HttpRequest) -> bool:
    return request.headers.get("Save-Data", "").lower() == "on"


def _wished_language(request: HttpRequest) -> str:
    # Indonesian first: a browser set to English by its seller says nothing about its owner, so only Arabic,
    # which nobody gets by accident, is followed unasked.
    wish = request.headers.get("Accept-Language", "").lower()
    return "ar" if wish.startswith("ar") else settings.LANGUAGE_CODE


class PreferencesMiddleware:
    """Sets `request.preferences` and speaks the person's language and zone while the page is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.preferences = preferences = of(request)  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = preferences.language  # type: ignore[attr-defined]
        with translation.override(preferences.language), timezone.override(ZoneInfo(preferences.zone)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", preferences.language)
        return response
