"""Classes of work: what may be crowded out when more is asked than the machine can do, and what never is.

One event loop takes every request in, whole, before anybody works on it (`way_in`). The work itself is done in the lane
of its class: at most `at_once` of a class run at a time, each in a thread of the lane's own with its own database
connection; a bounded number wait behind them in the order in which they came, and whoever finds no place to wait is
told so at once (`Crowded`). So a stampede at one door leaves the others open.

Whoever waits is an entry in a list and no thread. Threads that wait for Python's own lock each wake every so often to
ask for it: with hundreds of them the machine did little else, and those at the counter got no turn. Python computes in
one thread at a time, so a lane of short work runs one: each more would only make the loop, which hands out all answers,
wait for that lock. Where one takes long, because it computes outside of the lock or waits for the database, others do
not wait behind it: a spare thread goes on.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from django.db import connections

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

# How long somebody waits in a lane before they are told that it is crowded: seconds.
PATIENCE = 15.0
# Whoever works longer than that keeps nobody waiting, where the lane has a spare thread: seconds.
LONG = 0.25
# So often it is looked whether somebody has waited or worked that long: seconds.
LOOK_EVERY = 0.25
# The weight of the newest in the running mean of how long one of a lane takes.
NEWEST = 0.05


class Crowded(Exception):
    """There is no place in this lane. `retry_after`: seconds until those who are in it now are through, at least 1."""

    def __init__(self, retry_after: float):
        super().__init__(f"{retry_after:.1f}")
        self.retry_after = max(1.0, retry_after)


class Lane:
    """`at_once` threads work, `waiting` more wait in the order in which they came (None: as many as come), and beyond
    them `called` of those who come because they were called. Up to `spare` more threads work while as many take long.
    """

    def __init__(self, name: str, at_once: int, waiting: int | None, called: int = 0, spare: int = 0):
        self.name, self.at_once, self.room_to_wait, self.room_for_called = name, at_once, waiting, called
        self.spare = spare
        self.takes = 0.005  # seconds one takes, a running mean
        self._lock = threading.Lock()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._at_work: dict[_Job, float] = {}  # since when
        self._line: deque[_Job] = deque()
        self._inside = 0

    @property
    def behind(self) -> int:
        """How many wait."""
        return max(0, self._inside - self.at_once)

    @property
    def is_busy(self) -> bool:
        """Whether anybody is in it."""
        return self._inside > 0

    @property
    def per_second(self) -> float:
        """What this lane gets done when it is never idle, by how long the last ones took."""
        return self.at_once / self.takes

    async def do[T](self, step: Callable[[], T], *, called: bool = False) -> T:
        """What the step returns, or raises, when it has run in a thread of this lane. Raises Crowded before anything
        was begun. A step that runs is never broken off, whoever waited for it. `called`: they were called."""
        job = _Job(step, asyncio.get_running_loop())
        self._enter(job, called)
        try:
            return await job.told
        finally:
            self._leave()

    async def run(self, application: Wsgi, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The application's answer, made in this lane. Raises Crowded before anything was begun."""
        return await self.do(partial(answer_of, application, environ, start_response))

    def close(self) -> None:
        """Close the connections and end the threads, once what was begun is done."""
        threads = list(self._threads)
        for _ in threads:
            self._jobs.put(None)
        for thread in threads:
            thread.join()
        self._threads.clear()

    def _enter(self, job: "_Job", called: bool) -> None:
        with self._lock:
            if self._is_full(called):
                raise Crowded(self.behind / self.per_second)
            self._inside += 1
            if len(self._threads) < min(self.at_once, self._inside):
                self._start(self._work)
            if self._inside > self.at_once:
                if not self._line:
                    job.loop.call_later(LOOK_EVERY, self._look_after_the_line, job.loop)
                self._line.append(job)
        self._jobs.put(job)

    def _start(self, work: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=work, name=self.name, daemon=True))
        self._threads[-1].start()

    def _is_full(self, called: bool) -> bool:
        if self.room_to_wait is None:
            return False
        return self._inside >= self.at_once + self.room_to_wait + (self.room_for_called if called else 0)

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1

    def _work(self) -> None:
        while job := self._jobs.get():
            self._do(job)
        connections.close_all()

    def _work_as_spare(self) -> None:
        """Until nobody waits."""
        with suppress(Empty):
            while job := self._jobs.get_nowait():
                self._do(job)
        with self._lock:
            self._threads.remove(threading.current_thread())
        connections.close_all()

    def _do(self, job: "_Job") -> None:
        began = time.monotonic()
        with self._lock:
            if not job.waits:
                return  # they wait no more
            job.waits = False
            self._at_work[job] = began
        job.do()
        with self._lock:
            del self._at_work[job]
        self.takes += NEWEST * (time.monotonic() - began - self.takes)

    def _look_after_the_line(self, loop: asyncio.AbstractEventLoop) -> None:
        """Runs every so often while somebody waits."""
        now, tired = time.monotonic(), []
        with self._lock:
            while self._line and (not self._line[0].waits or self._line[0].came < now - PATIENCE):
                job = self._line.popleft()
                if job.waits:
                    job.waits = False
                    tired.append(job)
            if self._line:
                long = sum(1 for began in self._at_work.values() if began < now - LONG)
                if len(self._threads) < self.at_once + min(long, self.spare):
                    self._start(self._work_as_spare)
                loop.call_later(LOOK_EVERY, self._look_after_the_line, loop)
        for job in tired:
            job.tell(None, Crowded(self.behind / self.per_second))


class _Job:
    """A step to be run, and where to tell what came of it."""

    __slots__ = ("came", "loop", "step", "told", "waits")

    def __init__(self, step: Callable[[], Any], loop: asyncio.AbstractEventLoop):
        self.step, self.loop, self.came, self.waits = step, loop, time.monotonic(), True
        self.told: asyncio.Future[Any] = loop.create_future()

    def do(self) -> None:
        try:
            found, error = self.step(), None
        except BaseException as raised:  # noqa: BLE001  it is raised where the step was asked for
            found, error = None, raised
        try:
            self.loop.call_soon_threadsafe(self.tell, found, error)
        except RuntimeError:
            return  # the loop is closed: nobody is left who could be told

    def tell(self, found: Any, error: BaseException | None) -> None:
        if self.told.done():
            return  # they went away
        if error is None:
            self.told.set_result(found)
        else:
            self.told.set_exception(error)


def answer_of(application: Wsgi, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """What a WSGI application answers, whole and closed; a stream stays one, for whoever sends it to read and close."""
    body = application(environ, start_response)
    if getattr(body, "streaming", False):
        return body
    try:
        return [b"".join(body)]
    finally:
        if close := getattr(body, "close", None):
            close()
