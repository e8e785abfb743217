"""The waiting room of one server process: which queues are open, how fast they move, what is known of their batches.

A thread of its own (`watch`) looks at the batches once a second, calls as many as the counter can take four times a
second, and looks every quarter of a minute which registrations open soon. So nobody in the queue asks the database.
"""

import logging
import random
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db import close_old_connections, connections

from pintar.courses import queries as courses
from pintar.enrolment import queries
from pintar.enrolment.queries import BatchFacts
from pintar.enrolment.waitingroom import rules, tickets
from pintar.enrolment.waitingroom.rules import Spot, Stage
from pintar.enrolment.waitingroom.store import Store, Unreachable
from pintar.foundation import clock
from pintar.foundation.lanes import Lane

log = logging.getLogger("pintar.waitingroom")

TICK = 0.25
LOOK_EVERY = 1.0
CALENDAR_EVERY = 15.0
TEND_EVERY = 10.0
# A queue in which nobody stands stays open so long, in case the rush comes in waves.
OPEN_FOR = 10.0
# With many processes others may let people through until they have heard of a queue: nobody is called so long.
SETTLES = 2.0
# Of what the counter could do: a little is left for those who come without having stood in the queue.
SHARE = 0.9
SLOWEST = 20.0
# Nobody is called while so many seconds of work wait at the counter itself.
AHEAD = 2.0


@dataclass(slots=True)
class Passing:
    """Someone at the counter who stood in no queue, under an id of the moment; what was decided of them."""

    batch: str
    id: str
    decided: Stage | None = None


@dataclass(frozen=True)
class Awaited:
    """A batch for which a queue is open, as it was at the last look."""

    batch: BatchFacts
    training: str

    @property
    def key(self) -> str:
        return self.batch.key

    def is_before_opening(self, now: float) -> bool:
        return now < self.batch.opens_at.timestamp()

    def opens_in(self, now: float) -> float:
        return self.batch.opens_at.timestamp() - now

    def over(self, now: float) -> str:
        """Why nobody can get a seat here any more: "withdrawn", "closed", or ""."""
        if self.batch.withdrawn_at is not None:
            return "withdrawn"
        return "closed" if now >= self.batch.closes_at.timestamp() else ""

    @cached_property
    def seed(self) -> str:
        return tickets.seed_of(self.batch.key)


class WaitingRoom:
    """`counter` is the lane in which seats are decided: its pace is the pace of the queues. `gate` is the one in which
    the room asks the database."""

    def __init__(self, store: Store, counter: Lane, gate: Lane):
        self.store, self.counter, self.gate = store, counter, gate
        self._queues: dict[str, Awaited] = {}
        self._opening = threading.Lock()
        self._begun: set[str] = set()
        self._directly: dict[str, set[str]] = defaultdict(set)
        self._settled: dict[str, float] = {}
        self._allowance = _Allowance(counter)
        self._empty_since: dict[str, float] = {}
        self._next: dict[Callable[[datetime], None], float] = {}
        self._thread: threading.Thread | None = None

    def awaited(self, batch: str) -> Awaited | None:
        """The batch, if a queue is open for it. Costs nothing."""
        return self._queues.get(batch)

    def begin(self, batch: str) -> Awaited | None:
        """Open a queue; None for a batch that is not there. Asks the database where it is new to this process; whoever
        comes meanwhile waits for that."""
        with self._opening:
            return self._queues.get(batch) or self._begin(batch)

    def _begin(self, batch: str) -> Awaited | None:
        self.store.open(batch)
        self._begun.add(batch)
        self._count_those_at_the_counter(batch)
        seated = self.store.seated(batch)
        if facts := queries.batches([batch]).get(batch):
            self._settled[batch] = clock.now().timestamp() + (SETTLES if self.store.is_shared else 0.0)
            found = self._learn(facts, seated)
            self._count_those_at_the_counter(batch)
            return found
        self._begun.discard(batch)
        self.store.close(batch)
        return None

    def directly(self, batch: str) -> Passing:
        """Somebody goes to the counter without having stood in a queue. Should one open meanwhile, they count as
        called: the seat that they may take is not promised to another. Tell `passed` when they are through."""
        passing = Passing(batch, f"-{secrets.token_hex(8)}")
        self._directly[batch].add(passing.id)
        return passing

    def passed(self, passing: Passing) -> None:
        """They are through; `passing.decided` says how."""
        self._directly[passing.batch].discard(passing.id)
        if passing.batch in self._begun:
            stage = passing.decided or Stage.REFUSED
            self.store.decide(passing.batch, passing.id, stage, clock.now().timestamp())

    def _count_those_at_the_counter(self, batch: str) -> None:
        for passing in list(self._directly[batch]):
            self.store.hold(batch, passing, clock.now().timestamp())
            if passing not in self._directly[batch]:  # gone meanwhile
                self.store.leave(batch, passing)

    def arrive(self, queue: Awaited, ticket: str, now: float, place: int | None = None) -> Spot:
        """Stand in the queue, and be called at once where nobody is ahead and the counter is free."""
        early = queue.is_before_opening(now)
        if early:
            place = rules.drawn(queue.seed, ticket)
        spot = self.store.enter(queue.key, ticket, now, place=place, early=early)
        if spot.stage is not Stage.WAITING or early:
            return spot
        if self._call(queue, now) == 0:
            return spot
        return self.store.look(queue.key, ticket, now)

    def look_again(self, queue: Awaited, spot: Spot, now: float) -> int:
        """Seconds after which this person should ask again."""
        if spot.stage is Stage.CALLED:
            return random.randint(2, 4)
        return round(rules.look_again(spot, queue.opens_in(now), random.random(), self.gate.per_second))

    def watch(self) -> None:
        """See to it that the queues are kept; begins the thread in the process that serves."""
        if self._thread is None:
            with self._opening:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._keep, name="waiting room", daemon=True)
                    self._thread.start()

    def tick(self, now: datetime) -> None:
        """What is due now: call, look, tidy, and see what opens soon."""
        self._every(CALENDAR_EVERY, self._see_what_opens_soon, now)
        self._every(LOOK_EVERY, self._share_queues, now)
        if not self._queues:
            return
        self._every(LOOK_EVERY, self._look_at_batches, now)
        for queue in list(self._queues.values()):
            if not queue.is_before_opening(now.timestamp()):
                self._call(queue, now.timestamp())
        self._every(TEND_EVERY, self._tend, now)

    def _call(self, queue: Awaited, now: float) -> int:
        if now < self._settled[queue.key] or (most := self._allowance.now()) < 1:
            return 0
        called = self.store.call(queue.key, most, now)
        self._allowance.spend(called)
        return called

    def _keep(self) -> None:
        while True:
            try:
                close_old_connections()
                self.tick(clock.now())
            except Unreachable as error:
                log.warning("the shared store does not answer: %s", error)
                time.sleep(1)
            except Exception:
                log.exception("the waiting room stumbled")
                connections.close_all()
                time.sleep(1)
            time.sleep(TICK if self._queues else LOOK_EVERY)

    def _every(self, seconds: float, step: Callable[[datetime], None], now: datetime) -> None:
        if now.timestamp() >= self._next.get(step, 0.0):
            self._next[step] = now.timestamp() + seconds
            step(now)

    def _see_what_opens_soon(self, now: datetime) -> None:
        until = now + timedelta(seconds=rules.LOBBY + CALENDAR_EVERY)
        for facts in queries.batches_opening(now, until):
            if facts.opens_at - now <= timedelta(seconds=rules.LOBBY):
                self.begin(facts.key)

    def _share_queues(self, now: datetime) -> None:
        """Lines that another process opened or closed."""
        with self._opening:
            are_open = self.store.open_queues()
            for gone in self._queues.keys() - are_open:
                self._forget(gone)
        for new in are_open - self._queues.keys():
            self.begin(new)

    def _look_at_batches(self, now: datetime) -> None:
        keys = list(self._queues)
        seated = {key: self.store.seated(key) for key in keys}
        for key, facts in queries.batches(keys).items():
            self._learn(facts, seated[key])

    def _learn(self, facts: BatchFacts, seated_before: int) -> Awaited:
        self.store.know(facts.key, facts.left, seated_before)
        queue = Awaited(facts, courses.edition(facts.edition).title)
        self._queues[facts.key] = queue
        return queue

    def _tend(self, now: datetime) -> None:
        for key, queue in list(self._queues.items()):
            standing_in_line = self.store.tend(key, now.timestamp())
            over = bool(queue.over(now.timestamp()))
            if (standing_in_line and not over) or queue.is_before_opening(now.timestamp()):
                self._empty_since.pop(key, None)
            elif now.timestamp() - self._empty_since.setdefault(key, now.timestamp()) >= OPEN_FOR and (
                self.store.close(key)
            ):
                self._forget(key)

    def _forget(self, batch: str) -> None:
        self._queues.pop(batch, None)
        self._empty_since.pop(batch, None)
        self._begun.discard(batch)


class _Allowance:
    """How many may be called: as many as the counter gets done, ahead of time by what the called need to come, and none
    while people wait at the counter itself."""

    def __init__(self, counter: Lane):
        self._counter = counter
        self._lock = threading.Lock()
        self._saved = rules.SOONEST * SLOWEST
        self._at = time.monotonic()

    def now(self) -> int:
        with self._lock:
            at = time.monotonic()
            pace = max(SLOWEST, SHARE * self._counter.per_second)
            self._saved = min(rules.SOONEST * pace, self._saved + pace * (at - self._at))
            self._at = at
            return int(self._saved) if self._counter.behind <= AHEAD * self._counter.per_second else 0

    def spend(self, called: int) -> None:
        with self._lock:
            self._saved -= called
