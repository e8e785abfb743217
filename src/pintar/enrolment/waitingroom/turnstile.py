"""The turnstile before the door: in a rush the crowd passes one by one, and nobody else is kept waiting behind it."""

import asyncio
from collections import deque

from pintar.foundation.lanes import Crowded, Lane

# So many newcomers stand before it at most, and none who would stand there longer than so many seconds: who has to wait
# so long for the first word gives up, and their request was worked on for nobody.
MOST = 10_000
LONGEST = 4.0
# Newcomers who pass in a second, before it is known how many do; over how many seconds they are counted.
PER_SECOND = 300.0
COUNTED_OVER = 0.5
# While so many wait at the gate, no newcomer passes, nor while anybody waits in a lane that is dearer to us; it is
# looked again after so many seconds.
ENOUGH_AT_GATE = 8
MOMENT = 0.002


class Turnstile:
    """One passes each time the event loop goes round. Whatever else is ready has its turn in between: were all of the
    crowd let in at once, an answer to a test would wait until thousands had been dealt with. Those who hold a place in
    the queue already pass before newcomers, and each of both in the order in which they came.

    `dearer`: the lanes of those who are inside; while they are behind, newcomers stand."""

    def __init__(self, gate: Lane, *dearer: Lane) -> None:
        self._gate, self._dearer = gate, dearer
        self._known: deque[asyncio.Future[None]] = deque()
        self._new: deque[asyncio.Future[None]] = deque()
        # The loop that goes round with somebody in it; whoever comes in another one (as tests do) finds it free.
        self._turning: asyncio.AbstractEventLoop | None = None
        self._pace = _Pace()

    @property
    def is_full(self) -> bool:
        """Whether the next newcomer would have to stand here too long."""
        return len(self._new) >= min(MOST, LONGEST * self._pace.per_second)

    @property
    def seconds(self) -> float:
        """Until the newcomers who stand here are through."""
        return len(self._new) / self._pace.per_second

    async def turn(self, is_known: bool) -> None:
        """Wait for one's turn. Raises Crowded for a newcomer where too many stand here already."""
        loop = asyncio.get_running_loop()
        if self._turning is not loop:
            self._turning = loop
            self._pace.begin(loop.time())
            loop.call_soon(self._next, loop)
            return
        if not is_known and self.is_full:
            raise Crowded(self.seconds)
        mine = loop.create_future()
        (self._known if is_known else self._new).append(mine)
        await mine

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        while line := self._known or self._new:
            if line is self._new and self._must_stand():
                loop.call_later(MOMENT, self._next, loop)
                return
            mine = line.popleft()
            if not mine.done():  # who went away meanwhile is passed over
                if line is self._new:
                    self._pace.count(loop.time())
                mine.set_result(None)
                loop.call_soon(self._next, loop)
                return
        self._turning = None

    def _must_stand(self) -> bool:
        return self._gate.behind >= ENOUGH_AT_GATE or any(lane.behind for lane in self._dearer)


class _Pace:
    """How many newcomers pass in a second, while some stand here."""

    def __init__(self) -> None:
        self.per_second = PER_SECOND
        self._since, self._passed = 0.0, 0

    def begin(self, now: float) -> None:
        self._since, self._passed = now, 0

    def count(self, now: float) -> None:
        self._passed += 1
        if (seconds := now - self._since) >= COUNTED_OVER:
            self.per_second += 0.5 * (self._passed / seconds - self.per_second)
            self.begin(now)
