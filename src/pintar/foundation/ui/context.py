"""What every page knows: how its reader wants to see it, whether somebody is signed in, where one returns to."""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest

from pintar.foundation.preferences import Preferences


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "preferences": getattr(request, "preferences", Preferences()),
        "person": getattr(request, "person", None),
        "here": here(request),
        "messages": get_messages(request),
    }


def here(request: HttpRequest) -> str:
    """The address a reader comes back to: this page, or the page a form was sent from (its own may know no GET)."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else referring_page(request) or "/"


def referring_page(request: HttpRequest) -> str:
    """Path and query of the page that led here, or "" when it was another site's or is not told."""
    origin = f"{request.scheme}://{request.get_host()}"
    referrer = request.headers.get("Referer", "")
    path = referrer.removeprefix(origin) if referrer.startswith(f"{origin}/") else ""
    return "" if path.startswith("//") else path  # "//host/" would lead to another site
