"""Where queues are kept: in this process, or (`shared`) in Redis or Valkey for many. Neither holds truth."""

import threading
from functools import cache
from typing import Protocol

from django.conf import settings

from pintar.enrolment.waitingroom.rules import Queue, Spot, Stage
from pintar.foundation import clock


class Store(Protocol):
    """Lines by the key of their batch. Instants are seconds since 1970, places and the rest as in `rules`.

    Everything may be repeated. A queue that was never opened, was closed or was lost is empty; entering opens it.
    Raises Unreachable.
    """

    is_shared: bool

    def open(self, batch: str) -> None: ...

    def close(self, batch: str) -> bool:
        """End the queue if nobody stands in it; whether it is ended."""
        ...

    def open_queues(self) -> frozenset[str]: ...

    def enter(self, batch: str, ticket: str, now: float, *, place: int | None = None, early: bool = False) -> Spot: ...

    def look(self, batch: str, ticket: str, now: float) -> Spot: ...

    def call(self, batch: str, most: int, now: float) -> int: ...

    def hold(self, batch: str, ticket: str, now: float) -> None:
        """Count someone as called who stood in no queue and is at the counter."""
        ...

    def decide(self, batch: str, ticket: str, stage: Stage, now: float) -> None: ...

    def leave(self, batch: str, ticket: str) -> None: ...

    def seated(self, batch: str) -> int:
        """How many were seated through the queue; read it before the database, hand it to `know` afterwards."""
        ...

    def know(self, batch: str, left: int, seated_before: int) -> None: ...

    def tend(self, batch: str, now: float) -> int:
        """Take out who was silent for too long; how many still stand in the queue, those called included."""
        ...

    def lost(self, now: float) -> None:
        """Forget everything, as an ended process or a flushed server does."""
        ...

    def early(self, batch: str) -> list[str]:
        """The tickets that came before the opening, sorted; kept when the queue closes."""
        ...


class Unreachable(Exception):
    """The shared store does not answer. Nobody's place is lost by it."""


class InProcess:
    """Lines of the only server process. One lock: every step takes microseconds."""

    is_shared = False

    def __init__(self, since: float):
        self._since = since
        self._lock = threading.Lock()
        self._queues: dict[str, Queue] = {}
        self._early: dict[str, set[str]] = {}
        self._open: frozenset[str] = frozenset()

    def open(self, batch: str) -> None:
        with self._lock:
            self._queues.setdefault(batch, Queue(self._since))
            self._open |= {batch}

    def close(self, batch: str) -> bool:
        with self._lock:
            if self._queue(batch).places:
                return False
            if ended := self._queues.pop(batch, None):
                self._early.setdefault(batch, set()).update(ended.early)
            self._open -= {batch}
            return True

    def open_queues(self) -> frozenset[str]:
        return self._open

    def enter(self, batch: str, ticket: str, now: float, *, place: int | None = None, early: bool = False) -> Spot:
        with self._lock:
            self._open |= {batch}
            return self._queues.setdefault(batch, Queue(self._since)).enter(ticket, now, place=place, early=early)

    def look(self, batch: str, ticket: str, now: float) -> Spot:
        with self._lock:
            return self._queue(batch).look(ticket, now)

    def call(self, batch: str, most: int, now: float) -> int:
        with self._lock:
            return self._queue(batch).call(most, now)

    def hold(self, batch: str, ticket: str, now: float) -> None:
        with self._lock:
            self._queue(batch).hold(ticket, now)

    def decide(self, batch: str, ticket: str, stage: Stage, now: float) -> None:
        with self._lock:
            self._queue(batch).decide(ticket, stage, now)

    def leave(self, batch: str, ticket: str) -> None:
        with self._lock:
            self._queue(batch).leave(ticket)

    def seated(self, batch: str) -> int:
        with self._lock:
            return self._queue(batch).seated

    def know(self, batch: str, left: int, seated_before: int) -> None:
        with self._lock:
            self._queue(batch).know(left, seated_before)

    def tend(self, batch: str, now: float) -> int:
        with self._lock:
            queue = self._queue(batch)
            queue.forget_silent(now)
            return len(queue.places)

    def lost(self, now: float) -> None:
        with self._lock:
            self._since = now
            self._queues, self._early, self._open = {}, {}, frozenset()

    def early(self, batch: str) -> list[str]:
        with self._lock:
            return sorted(self._queue(batch).early | self._early.get(batch, set()))

    def _queue(self, batch: str) -> Queue:
        return self._queues.get(batch) or Queue(self._since)


@cache
def of_this_house() -> Store:
    """In Redis or Valkey where PINTAR_REDIS_URL says so."""
    if settings.ENVIRONMENT.redis_url:
        from pintar.enrolment.waitingroom.shared import Shared

        return Shared(settings.ENVIRONMENT.redis_url)
    return InProcess(since=clock.now().timestamp())
