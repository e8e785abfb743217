"""Tickets: a place in the queue of a batch, signed, carried by the person whose it is."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import parse_qs, quote
from uuid import UUID

from django.conf import settings

# A ticket names its place this long after it was given; after that nobody can stand in the queue with it. Seconds.
GOOD_FOR = 6 * 3600
LONGEST = 2_000
JOINS_LIST = "&tunggu=1"
FORM_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  the name of a field


@dataclass(frozen=True, slots=True)
class QueueTicket:
    """`id`: 20 hex digits, public, the same for a person and a batch whenever it is made. `place`: see `rules`.
    `given_at`: seconds since 1970. `came_at`: how many were ahead when it was given (0 = not known). `held`: the form
    that brought the person here, as it was sent; it is sent on when they are called. `only_list`: that form asks for
    the waiting list and not for a seat, for its person came by looking at the batch."""

    batch: str
    id: str
    place: int
    given_at: int
    came_at: int = 0
    held: str = ""
    only_list: bool = False

    @property
    def joins_list(self) -> bool:
        """Whether its person goes to the waiting list should no seat be left."""
        return self.held.endswith(JOINS_LIST)

    def joining_list(self, form_token: str) -> "QueueTicket":
        """The same ticket of someone who does; where it holds no form, one that asks for the list alone, under this
        CSRF token of its person."""
        if not self.held:
            return replace(self, held=f"{FORM_TOKEN}={quote(form_token)}{JOINS_LIST}", only_list=True)
        return self if self.joins_list else replace(self, held=self.held + JOINS_LIST)

    @property
    def form_token(self) -> str:
        """The CSRF token that the held form came with; "" without one."""
        return form_token(self.held)


class NotGenuine(ValueError):
    """This was not made here, or was changed."""


def id_of(batch: str, person: UUID) -> str:
    """The public number of this person's ticket for this batch; tells nothing about the person without the key."""
    return hmac.new(_key("id"), f"{batch}:{person}".encode(), hashlib.sha256).hexdigest()[:20]


def seed_of(batch: str) -> str:
    """The seed of the draw of a batch, 64 hex digits; the same in every process, secret until the opening."""
    return hmac.new(_key("seed"), batch.encode(), hashlib.sha256).hexdigest()


def form_token(form: str) -> str:
    """The CSRF token in the body of a form, ASCII letters and digits; "" without one."""
    found = parse_qs(form).get(FORM_TOKEN, [""])[0]
    return found if found.isascii() and found.isalnum() else ""


def write(ticket: QueueTicket) -> str:
    """Letters, digits, - _ and one dot: good in a cookie, a header and JSON."""
    fields = [ticket.batch, ticket.id, ticket.place, ticket.given_at, ticket.came_at, ticket.held]
    fields += [ticket.only_list] if ticket.only_list else []
    body = base64.urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode()).rstrip(b"=")
    return f"{body.decode()}.{_signature(body)}"


def read(text: str) -> QueueTicket:
    """Raises NotGenuine."""
    body, _, signature = text.partition(".")
    if len(text) > LONGEST or not body.isascii() or not signature.isascii():
        raise NotGenuine
    if not hmac.compare_digest(_signature(body.encode()), signature):
        raise NotGenuine
    return QueueTicket(*json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def _signature(body: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.digest(_key("ticket"), body, "sha256")).rstrip(b"=").decode()


@cache
def _key(use: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"pintar waiting room {use} 1".encode(), "sha256")
