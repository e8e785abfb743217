"""The turnstile before the door: in a rush the crowd passes one by one, and nobody else is kept waiting behind it."""

import asyncio
from collections import deque

from pintar.foundation.lanes import Crowded, Lane

# So many newcomers stand before it at most, and so many of them pass in a second, about.
MOST = 10_000
PER_SECOND = 1_000.0
# While so many wait at the gate, no newcomer passes; it is looked again after so many seconds.
ENOUGH_AT_GATE = 8
MOMENT = 0.002


class Turnstile:
    """One passes each time the event loop goes round. Whatever else is ready has its turn in between: were all of the
    crowd let in at once, an answer to a test would wait until thousands had been dealt with. Those who hold a place in
    the queue already pass before newcomers, and each of both in the order in which they came."""

    def __init__(self, gate: Lane) -> None:
        self._gate = gate
        self._known: deque[asyncio.Future[None]] = deque()
        self._new: deque[asyncio.Future[None]] = deque()
        # The loop that goes round with somebody in it; whoever comes in another one (as tests do) finds it free.
        self._turning: asyncio.AbstractEventLoop | None = None

    async def turn(self, is_known: bool) -> None:
        """Wait for one's turn. Raises Crowded for a newcomer where too many stand here already."""
        loop = asyncio.get_running_loop()
        if self._turning is not loop:
            self._turning = loop
            loop.call_soon(self._next, loop)
            return
        if not is_known and len(self._new) >= MOST:
            raise Crowded(MOST / PER_SECOND)
        mine = loop.create_future()
        (self._known if is_known else self._new).append(mine)
        await mine

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        while line := self._known or self._new:
            if line is self._new and self._gate.behind >= ENOUGH_AT_GATE:
                loop.call_later(MOMENT, self._next, loop)
                return
            mine = line.popleft()
            if not mine.done():  # who went away meanwhile is passed over
                mine.set_result(None)
                loop.call_soon(self._next, loop)
                return
        self._turning = None
