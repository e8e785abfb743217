"""Events as frozen values, their registry, and the writing of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, dataclass_transform, get_type_hints
from uuid import UUID

from pintar.foundation import ids


@dataclass(frozen=True, slots=True)
class Recorded[E]:
    """An event as it was recorded: `what` happened, `about` whom or what (a uid), `by` whom (None = the system)."""

    uid: UUID
    what: E
    about: UUID
    by: UUID | None
    at: datetime


Handler = Callable[[Sequence[Recorded[Any]]], None]

_names: dict[type, str] = {}
_types: dict[str, type] = {}
_handlers: dict[str, tuple[Handler, frozenset[str]]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(name: str) -> Callable[[type], type]:
    """Make a class an event. `name` is "<room>.<what_happened>"; its fields are uids, numbers and short codes only.

    A change of an event's fields is a new name ("….2"): what was recorded stays readable for ever.
    """

    def make(cls: type) -> type:
        made = dataclass(frozen=True, kw_only=True)(cls)
        if name in _types:
            raise ValueError(f"event {name!r} is declared twice")
        _names[made], _types[name] = name, made
        return made

    return make


def handles(*events: type) -> Callable[[Handler], Handler]:
    """Register a handler; its name is where it lives, so moving one leaves its open deliveries to the sweep."""

    def register(handler: Handler) -> Handler:
        name = f"{handler.__module__.removeprefix('pintar.').removesuffix('.tasks')}.{handler.__name__}"
        _handlers[name] = (handler, frozenset(_names[e] for e in events))
        return handler

    return register


def handler_names() -> list[str]:
    return sorted(_handlers)


def handler(name: str) -> Handler | None:
    return _handlers[name][0] if name in _handlers else None


def name_of(what: Any) -> str:
    """The name under which an event is recorded."""
    return _names[type(what)]


def handlers_of(what: Any) -> list[str]:
    """The handlers that are owed this event."""
    name = name_of(what)
    return [handler for handler, (_, wanted) in _handlers.items() if name in wanted]


def record(what: Any, *, about: UUID, by: UUID | None, now: datetime) -> UUID:
    """Record an event with a delivery for each of its handlers, in the caller's transaction. Returns its uid."""
    return record_all([(what, about)], by=by, now=now)[0]


def record_all(happened: Sequence[tuple[Any, UUID]], *, by: UUID | None, now: datetime) -> list[UUID]:
    """Record many events, as (event, about), in two statements."""
    from pintar.foundation.models import Delivery, Event

    rows = [
        Event(uid=ids.uid(), name=name_of(what), about=about, by=by, at=now, payload=payload_of(what))
        for what, about in happened
    ]
    Event.objects.bulk_create(rows)
    Delivery.objects.bulk_create(
        Delivery(event=row, handler=name, due_at=now)
        for row, (what, _) in zip(rows, happened, strict=True)
        for name in handlers_of(what)
    )
    return [row.uid for row in rows]


def read(name: str, payload: dict[str, Any]) -> Any:
    """The event value that a row holds."""
    cls = _types[name]
    hints = get_type_hints(cls)
    return cls(**{field: _from_json(hints[field], value) for field, value in payload.items()})


def payload_of(what: Any) -> dict[str, Any]:
    """An event's fields as JSON values."""
    return {
        name: str(v) if isinstance(v, UUID) else v.isoformat() if isinstance(v, datetime) else v
        for name, v in vars(what).items()
    }


def _from_json(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if hint is UUID or hint == UUID | None:
        return UUID(value)
    if hint is datetime or hint == datetime | None:
        return datetime.fromisoformat(value)
    return value
