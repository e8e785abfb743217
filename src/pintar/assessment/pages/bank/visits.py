"""Who is asking in a bank, and what a form of it carries."""

from django.http import HttpRequest

from pintar.assessment.rules import bank
from pintar.foundation.access import role
from pintar.people.queries import Person

WORKERS = role(*bank.ROLES)
"""Who may open a bank; the action asks what they may do in it."""

FIELDS = 200
LONGEST_FIELD = 20_000
NOT_FIELDS = ("csrfmiddlewaretoken", "do", "base")


def reader(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]


def typed(request: HttpRequest) -> dict[str, str]:
    """The fields of the editor as they were sent, bounded, without what no database stores."""
    sent = [(name, text) for name, text in request.POST.items() if name not in NOT_FIELDS and len(name) < 40]
    return {name: storable(str(text))[:LONGEST_FIELD] for name, text in sent[:FIELDS]}


def number_of(text: str) -> int | None:
    """A version's number as an address or a field says it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def storable(text: str) -> str:
    """The text without what no database keeps: NUL and half characters."""
    return "".join(sign for sign in text if sign != "\0" and not "\ud800" <= sign <= "\udfff")
