"""Classes of work: what may be crowded out when more is asked than the machine can do, and what never is.

The server has many threads, most of them asleep. A request runs in the lane of its class: at most `at_once` of a class
run at a time, a bounded number wait behind them, and whoever finds no place to wait is told so at once (`Crowded`). The
floor's own lane, for people who study or sit a test, has no bound but the threads themselves, and the bounds of the
others add up to fewer than those; so a stampede at one door leaves the others open.

Each place in a lane has a database connection of its own, which goes with the place and not with the thread: there are
as many connections as places, however many threads sleep.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

# Threads of one server process; nearly all of them sleep.
THREADS = 512
# How long somebody waits in a lane before they are told that it is crowded: seconds.
PATIENCE = 15.0
# The weight of the newest in the running mean of how long one of a lane takes.
NEWEST = 0.05


class Crowded(Exception):
    """There is no place in this lane. `retry_after`: seconds until those who are in it now are through, at least 1."""

    def __init__(self, retry_after: float):
        super().__init__(f"{retry_after:.1f}")
        self.retry_after = max(1.0, retry_after)


class Lane:
    """`at_once` requests run, `waiting` more wait in the order in which they came."""

    def __init__(self, name: str, at_once: int, waiting: int):
        self.name, self.at_once, self.room_to_wait = name, at_once, waiting
        self.takes = 0.005  # seconds one takes, a running mean
        self._lock = threading.Lock()
        self._free = deque(_Place() for _ in range(at_once))
        self._line: deque[_Waiter] = deque()

    @property
    def behind(self) -> int:
        """How many wait."""
        return len(self._line)

    @property
    def per_second(self) -> float:
        """What this lane gets done when it is never idle, by how long the last ones took."""
        return self.at_once / self.takes

    @contextmanager
    def place(self) -> Iterator[None]:
        """Run in this lane, on its connection. Raises Crowded."""
        place = self._take()
        began = time.monotonic()
        place.enter()
        try:
            yield
        finally:
            place.leave()
            self.takes += NEWEST * (time.monotonic() - began - self.takes)
            self._give(place)

    def run(self, application: Wsgi, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The application's answer, made in this lane. Raises Crowded before anything was begun."""
        with self.place():
            return application(environ, start_response)

    def close(self) -> None:
        """Close the connections of the places that are free; they open anew when they are needed."""
        with self._lock:
            for place in self._free:
                place.close()

    def _take(self) -> "_Place":
        with self._lock:
            if self._free:
                # The place used last: its connection is open and its pages are warm.
                return self._free.pop()
            if len(self._line) >= self.room_to_wait:
                raise Crowded(len(self._line) / self.per_second)
            mine = _Waiter()
            self._line.append(mine)
        if mine.called.acquire(timeout=PATIENCE):
            return mine.taken()
        with self._lock:
            if mine.place is None:
                self._line.remove(mine)
                raise Crowded(len(self._line) / self.per_second)
        return mine.taken()

    def _give(self, place: "_Place") -> None:
        with self._lock:
            if not self._line:
                self._free.append(place)
                return
            first = self._line.popleft()
            first.place = place
        first.called.release()


class _Waiter:
    """Someone in line: a lock that opens when a place is theirs."""

    __slots__ = ("called", "place")

    def __init__(self) -> None:
        self.called = threading.Lock()
        self.called.acquire()
        self.place: _Place | None = None

    def taken(self) -> "_Place":
        assert self.place is not None
        return self.place


class _Place:
    """A place in a lane, with its connection; only one thread is in it at a time."""

    __slots__ = ("_before", "_connection")

    def __init__(self) -> None:
        self._connection: BaseDatabaseWrapper | None = None
        self._before: list[BaseDatabaseWrapper] = []

    def enter(self) -> None:
        if self._connection is None:
            self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
            self._connection.inc_thread_sharing()
        self._before = connections.all(initialized_only=True)
        connections[DEFAULT_DB_ALIAS] = self._connection

    def leave(self) -> None:
        del connections[DEFAULT_DB_ALIAS]
        for connection in self._before:
            connections[DEFAULT_DB_ALIAS] = connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
