"""Who may use an address: declared on the view, denied by default.

    @access(ACCOUNT)
    def home(request): …

An address whose view declares nothing stops the start (`checks.py`), and is refused if it is reached all the same.
What a role means is decided above: a room registers a `Decider`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest

from pintar.foundation.refusals import Reason

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """A declared policy. `kind` is "everyone", "account" or "role"; any of `roles`, set for the last, will do."""

    kind: str
    roles: tuple[str, ...] = ()


EVERYONE = Access("everyone")
ACCOUNT = Access("account")


def role(*names: str) -> Access:
    """Someone who holds one of these roles in at least one unit, with a second factor; the action checks which unit."""
    return Access("role", names)


def access(policy: Access) -> Callable[[View], View]:
    """Declare who may use the view."""

    def declare(view: View) -> View:
        view.access = policy  # type: ignore[attr-defined]
        return view

    return declare


def declared(view: Any) -> Access | None:
    """The policy of a view, or None where nobody said."""
    return getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)


class Decider(Protocol):
    """The room that knows people answers for signed-in and role."""

    def is_signed_in(self, request: HttpRequest) -> bool: ...

    def obstacle(self, request: HttpRequest, roles: tuple[str, ...]) -> Reason | None:
        """Why none of the roles is held in this session; None where one is."""
        ...


_decider: Decider | None = None


def register(decider: Decider) -> None:
    global _decider
    _decider = decider


def decider() -> Decider:
    if _decider is None:
        raise RuntimeError("no room has registered a Decider for access")
    return _decider
