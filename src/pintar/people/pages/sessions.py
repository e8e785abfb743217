"""Who is asking: `request.person` and `request.sign_in`, from the cookie or the bearer token, in one SELECT."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pintar.foundation import clock
from pintar.foundation.preferences import Preferences
from pintar.foundation.refusals import Reason
from pintar.people import actions, queries

SEEN_EVERY = timedelta(hours=1)
BEARER = "Bearer "
LONGEST_TOKEN = 200


class SessionMiddleware:
    """A request with a bearer token is its token's alone: a cookie beside it counts for nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        sign_in = _sign_in(request, now)
        request.sign_in = sign_in  # type: ignore[attr-defined]
        request.person = sign_in.person if sign_in else None  # type: ignore[attr-defined]
        if sign_in and now - sign_in.seen_at >= SEEN_EVERY:
            actions.note_seen(session=sign_in.id, now=now)
        return self.get_response(request)


def _sign_in(request: HttpRequest, now) -> queries.SignIn | None:
    header = request.headers.get("Authorization", "")
    if header.startswith(BEARER):
        token, kind = header.removeprefix(BEARER).strip(), "token"
    else:
        token, kind = request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), "web"
    if not token or len(token) > LONGEST_TOKEN:
        return None
    return queries.sign_in_of(token, kind, now)


class Decider:
    """Answers the floor's questions about access."""

    def is_signed_in(self, request: HttpRequest) -> bool:
        return getattr(request, "person", None) is not None

    def obstacle(self, request: HttpRequest, roles: tuple[str, ...]) -> Reason | None:
        """None for who holds one of the roles somewhere and confirmed a second factor in this session."""
        sign_in = getattr(request, "sign_in", None)
        now = clock.now()
        if sign_in is None or not queries.holds_role(sign_in.person.id, roles, now):
            return Reason("foundation", "forbidden")
        if sign_in.confirmed_at is not None:
            return None
        there = queries.factors_of(sign_in.person.id, now).any
        return Reason("people", "second_factor_first" if there else "second_factor_missing")


def read_preferences(request: HttpRequest) -> Preferences | None:
    person = getattr(request, "person", None)
    return person.preferences if person else None


def write_preferences(request: HttpRequest, chosen: Preferences) -> None:
    person = getattr(request, "person", None)
    if person is not None:
        actions.keep_preferences(person=person, chosen=chosen, now=clock.now())
