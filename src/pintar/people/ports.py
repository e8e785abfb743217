"""What rooms above plug in here: their share of a person's data."""

from datetime import datetime
from typing import Any, Protocol


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
