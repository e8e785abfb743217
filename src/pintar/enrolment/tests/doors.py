"""Visitors at the front: requests as a browser or a program sends them."""

import asyncio
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from pintar.enrolment.waitingroom.room import WaitingRoom
from pintar.enrolment.waitingroom.store import Store
from pintar.foundation import clock
from pintar.foundation.lanes import Lane
from pintar.front import Front, Lanes, house
from pintar.people.actions import begin_session
from pintar.people.queries import Person

CSRF = "c" * 32
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Visitor:
    """Someone with a cookie jar. `token` is the secret of their session, "" for a stranger."""

    front: Front
    token: str = ""
    person: Person | None = None
    cookies: dict[str, str] = field(default_factory=lambda: {"csrf": CSRF})

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, **fields: str) -> Answer:
        return self.ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": CSRF}), FORM)

    def take(self, batch: str, **fields: str) -> Answer:
        return self.post(f"/angkatan/{batch}/kursi/", **({"pakta": "1"} | fields))

    def queue(self, batch: str, **headers: str) -> Answer:
        return self.get(f"/angkatan/{batch}/antre/", **headers)

    def poll(self, batch: str) -> Any:
        return self.queue(batch, HTTP_ACCEPT="application/json").json()

    def put(self, batch: str, ticket: str = "", **body: Any) -> Answer:
        bearer = Visitor(self.front, cookies={})
        more = {"HTTP_PINTAR_TICKET": ticket} if ticket else {}
        return bearer.ask(
            "PUT", f"/api/v1/batches/{batch}/seat", json.dumps(body), "application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.token}", **more,
        )  # fmt: skip

    def ask(self, method: str, path: str, body: str = "", kind: str = "", **headers: str) -> Answer:
        jar = self.cookies | ({settings.SESSION_COOKIE_NAME: self.token} if self.token else {})
        sent = body.encode()
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path.partition("?")[0], "QUERY_STRING": path.partition("?")[2],
            "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "HTTP_HOST": "localhost", "SCRIPT_NAME": "",
            "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": io.StringIO(), "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(sent)),
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in jar.items()), **headers,
        }  # fmt: skip
        told: list[Any] = []
        body_out = asyncio.run(self.front(environ, lambda status, given, *more: told.append((status, given))))
        whole = b"".join(body_out)
        if hasattr(body_out, "close"):
            body_out.close()
        status, given = told[-1]
        for name, value in given:
            if name == "Set-Cookie":
                self._keep(value)
        return Answer(int(status[:3]), list(given), whole)

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.partition(";")[0].partition("=")
        if "Max-Age=0" in cookie or not value:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


def visitor(front: Front, person: Person | None = None, kind: str = "web") -> Visitor:
    token = begin_session(account_id=person.id, remember=True, kind=kind, now=clock.now()) if person else ""
    return Visitor(front, token, person)


def front(store: Store) -> Front:
    """A server process of one's own, with lanes of one place in which nobody waits, so that one request fills them."""
    lanes = Lanes(**{name: Lane(name, at_once=1, waiting=0) for name in Lanes.__slots__})
    return Front(house, lanes, WaitingRoom(store, lanes.seats, lanes.gate))


def close(front: Front) -> None:
    for name in Lanes.__slots__:
        getattr(front.lanes, name).close()


@contextmanager
def crowded(lane: Lane) -> Iterator[None]:
    """Somebody stands in this lane's only place for as long as the block lasts."""
    is_in, may_go = threading.Event(), threading.Event()

    def stand() -> None:
        is_in.set()
        may_go.wait(60)

    standing = threading.Thread(target=lambda: asyncio.run(lane.do(stand)))
    standing.start()
    assert is_in.wait(20)
    try:
        yield
    finally:
        may_go.set()
        standing.join(20)
