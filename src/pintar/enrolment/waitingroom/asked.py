"""What is asked at the door, read from a WSGI request: enough to know whether a queue concerns it."""

import io
import json
import re
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token

from pintar.enrolment.waitingroom import tickets
from pintar.enrolment.waitingroom.tickets import NotGenuine, QueueTicket
from pintar.foundation.preferences import Preferences

ADDRESS = re.compile(
    r"/angkatan/(?P<page>[^/]{1,140})/(?P<part>kursi/|antre/)?|/api/v1/batches/(?P<api>[^/]{1,140})/seat"
)
COOKIE = "antrean"
# Where the page leads who got a place in the waiting list instead of a seat; both answers are a 303 to the batch.
IN_LINE = "#urutan"
TICKET_HEADER = "HTTP_PINTAR_TICKET"
LONGEST_BODY = 1_000
FORM = "application/x-www-form-urlencoded"
BEARER = "Bearer "
SECRET = re.compile(r"[A-Za-z0-9]{32}")  # as Django makes those of its CSRF cookie


class Wish(Enum):
    TAKE = auto()  # a seat
    QUEUE = auto()  # how do I stand
    LIST = auto()  # put me on the waiting list when no seat is left
    LEAVE = auto()  # the queue
    LOOK = auto()  # at the batch


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a queue may concern. `form` is the body of a page's form; `joins_list`: whoever finds no seat
    wants to be on the waiting list."""

    wish: Wish
    batch: str
    api: bool
    environ: dict[str, Any]
    form: str = ""
    joins_list: bool = False

    @property
    def wants_json(self) -> bool:
        return self.api or "application/json" in self.environ.get("HTTP_ACCEPT", "")

    @property
    def has_ticket(self) -> bool:
        """Whether a ticket came with it, genuine or not."""
        return TICKET_HEADER in self.environ if self.api else f"{COOKIE}=" in self.environ.get("HTTP_COOKIE", "")

    def ticket(self) -> QueueTicket | None:
        """The genuine ticket for this batch that came with it. Raises NotGenuine."""
        text = self.environ.get(TICKET_HEADER, "") if self.api else cookie(self.environ, COOKIE)
        if not text:
            return None
        found = tickets.read(text)
        if found.batch != self.batch:
            raise NotGenuine
        return found

    def own_ticket(self) -> QueueTicket | None:
        """The same, or None where it is not genuine: whoever brings such a one gets their own."""
        try:
            return self.ticket()
        except NotGenuine:
            return None


def newcomer(method: str, path: str, headers: Any) -> tuple[str, dict[str, Any]] | None:
    """The batch, and of the environ what the answer needs, of a request that stands before the door without a ticket;
    read from the head alone. None for any other, and for a form: only its body tells what it wants."""
    if method not in ("GET", "HEAD", "PUT") or not (found := ADDRESS.fullmatch(path)):
        return None
    if bool(found["api"]) != (method == "PUT"):
        return None
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_COOKIE": headers.get("cookie") or "",
        "HTTP_ACCEPT_ENCODING": headers.get("accept-encoding") or "",
        "HTTP_ACCEPT_LANGUAGE": headers.get("accept-language") or "",
    }  # fmt: skip
    if "pintar-ticket" in headers or f"{COOKIE}=" in environ["HTTP_COOKIE"]:
        return None
    return found["page"] or found["api"], environ


def read(environ: dict[str, Any]) -> Asked | None:
    """None for what no queue concerns, among it giving a seat back."""
    found = ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
    if found is None:
        return None
    method, batch, part = environ["REQUEST_METHOD"], found["page"] or found["api"], found["part"]
    if found["api"]:
        return Asked(Wish.TAKE, batch, True, environ, joins_list=_waits(environ)) if method == "PUT" else None
    if method in ("GET", "HEAD"):
        wish = {None: Wish.LOOK, "antre/": Wish.QUEUE}.get(part)
        return Asked(wish, batch, False, environ) if wish else None
    if method != "POST" or part is None:
        return None
    if part == "antre/":
        form = _body(environ, FORM)
        joins_list = parse_qs(form).get("tunggu") == ["1"]
        return Asked(Wish.LIST if joins_list else Wish.LEAVE, batch, False, environ, form)
    form = _body(environ, FORM)
    fields = parse_qs(form)
    if "_method" in fields:
        return None
    return Asked(Wish.TAKE, batch, False, environ, form, joins_list=fields.get("tunggu") == ["1"])


def _waits(environ: dict[str, Any]) -> bool:
    try:
        wanted = json.loads(_body(environ, "application/json") or "{}")
    except ValueError:
        return False
    return isinstance(wanted, dict) and wanted.get("wait") is True


def _body(environ: dict[str, Any], kind: str) -> str:
    """A small body of this kind, which stays in place to be read again; "" for any other."""
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip() != kind:
        return ""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return ""
    if not 0 < length <= LONGEST_BODY:
        return ""
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return body.decode("ascii", "replace")


def sent_on(asked: Asked, form: str) -> dict[str, Any]:
    """The request that brought a person here, as it is sent on when they are called. Its form holds the CSRF token that
    it came with; the origin is this site's, because only its own pages can have held the ticket."""
    body = form.encode("ascii")
    environ = {name: value for name, value in asked.environ.items() if name != "HTTP_ORIGIN"}
    host = environ.get("HTTP_HOST", "localhost")
    return environ | {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/angkatan/{asked.batch}/kursi/",
        "QUERY_STRING": "",
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_REFERER": f"{'https' if settings.SECURE else 'http'}://{host}/angkatan/{asked.batch}/",
        "HTTP_ACCEPT": "text/html",
        "wsgi.input": io.BytesIO(body),
    }


def token(environ: dict[str, Any]) -> tuple[str, str]:
    """The secret of the session that came with a request, and its kind: as `people` reads them."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    if header.startswith(BEARER):
        return header.removeprefix(BEARER).strip()[:200], "token"
    return cookie(environ, settings.SESSION_COOKIE_NAME)[:200], "web"


def new_form_token(environ: dict[str, Any]) -> str:
    """A CSRF token for a form in a page that the door writes, masked anew; "" for whoever brings no secret."""
    secret = cookie(environ, settings.CSRF_COOKIE_NAME)
    if not SECRET.fullmatch(secret):
        return ""
    request = HttpRequest()
    request.META["CSRF_COOKIE"] = secret
    return get_token(request)


def cookie(environ: dict[str, Any], name: str) -> str:
    sent = environ.get("HTTP_COOKIE", "")
    if name not in sent:
        return ""
    for part in sent.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value.strip('"')
    return ""


def look(environ: dict[str, Any]) -> Preferences:
    """Language, theme and text size from the cookies, or Arabic where the browser asks for it, as everywhere."""
    wish = environ.get("HTTP_ACCEPT_LANGUAGE", "").lower()
    chosen = Preferences(language="ar" if wish.startswith("ar") else settings.LANGUAGE_CODE)
    for name, kept in (("language", "bahasa"), ("theme", "tema"), ("text", "teks")):
        chosen = chosen.changed(name, cookie(environ, kept))
    return chosen


def status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"
