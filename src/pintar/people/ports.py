"""What rooms above plug in here: their share of a person's data, and the names of their addresses."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from django.urls import Resolver404, resolve


class PersonalData(Protocol):
    """A room's personal data: handed out as JSON values, and erased on request.

    `erase` runs inside the transaction of the erasure; what the law needs (certificates) it keeps and says so in its
    PRIVACY declarations.
    """

    @property
    def name(self) -> str: ...

    def export(self, person_id: int) -> dict[str, Any]: ...

    def erase(self, person_id: int, now: datetime) -> None: ...


_parts: dict[str, PersonalData] = {}


def register(part: PersonalData) -> None:
    """Called in `AppConfig.ready()`. Two parts of one name are a mistake."""
    if _parts.setdefault(part.name, part) is not part:
        raise ValueError(f"personal data {part.name!r} is registered twice")


def parts() -> list[PersonalData]:
    return [_parts[name] for name in sorted(_parts)]


_destinations: dict[str, Callable[..., str | None]] = {}


def name_destination(url_name: str, name: Callable[..., str | None]) -> None:
    """Say what stands at an address, so that sign-in can tell where one returns to: "Asesmen formatif, Angkatan 5".

    `name` is called with what the address holds (`key="…"`) and gives plain text, or None where nothing is there.
    """
    if _destinations.setdefault(url_name, name) is not name:
        raise ValueError(f"the address {url_name!r} is named twice")


def destination(path: str) -> str:
    """What stands at a path of ours, or "" where no room has named it."""
    try:
        match = resolve(path.partition("?")[0].partition("#")[0])
    except Resolver404:
        return ""
    name = _destinations.get(match.url_name or "")
    return (name(**match.kwargs) or "") if name else ""
