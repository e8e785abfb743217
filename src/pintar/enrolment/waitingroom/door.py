"""The waiting room's door, before sessions and accounts.

Without a rush a request for a seat goes straight to the counter. When it finds no place there, a queue opens for its
batch, and from then on this door alone answers whoever stands in it. Once called, a request goes on to the counter as
it was sent; what the counter answered is the answer.
"""

import json
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from pintar.enrolment import queries
from pintar.enrolment.rules import ROOM
from pintar.enrolment.waitingroom import answers, faces, tickets
from pintar.enrolment.waitingroom import asked as requests
from pintar.enrolment.waitingroom.answers import HTML, JSON, StartResponse
from pintar.enrolment.waitingroom.asked import Asked, Wish
from pintar.enrolment.waitingroom.room import Awaited, WaitingRoom
from pintar.enrolment.waitingroom.rules import SOONEST, Spot, Stage
from pintar.enrolment.waitingroom.store import Unreachable
from pintar.enrolment.waitingroom.tickets import NotGenuine, QueueTicket
from pintar.enrolment.waitingroom.turnstile import Turnstile
from pintar.foundation import clock
from pintar.foundation.lanes import Crowded, Lane, Wsgi, answer_of
from pintar.foundation.refusals import Reason
from pintar.people import queries as people

Answer = Iterable[bytes]
# The way on to another lane, for whoever the room lets through.
Onward = Callable[[], Awaitable[Answer]]

# Answers of the counter after which nothing is decided: sign in first, a form too old, too often, an error.
UNDECIDED = frozenset({302, 401, 403, 429})
# Whose session a token is may be remembered so long here: it only lets them wait. Seconds.
HOLDER_KNOWN_FOR = 600.0
HOLDERS_KNOWN = 50_000
# So long does whoever only waits let those at the counter compute, each time they ask: seconds.
GIVES_WAY = 0.0003
# Whoever finds the gate's line full in a rush comes back so many seconds after it should be through.
RESTS = (3.0, 10.0)


class Door:
    """`application` is the house behind the door; batches are looked at in the lane `shop`, and the crowd stands while
    anybody waits in the lanes that are `dearer`.

    Whatever asks the database or the shared store runs in a thread of a lane; what the room answers itself is worked
    out in its gate, one at a time. The event loop only hands on.
    """

    def __init__(self, application: Wsgi, room: WaitingRoom, shop: Lane, *dearer: Lane):
        self.application, self.room, self.shop = application, room, shop
        self.seats, self.gate = room.counter, room.gate
        self._turnstile = Turnstile(self.gate, *dearer)
        self._holders: dict[tuple[str, str], tuple[UUID, float]] = {}

    async def __call__(self, asked: Asked, start: StartResponse) -> Answer:
        """The answer to a request that a queue may concern."""
        try:
            if self.room.awaited(asked.batch):
                await self._turnstile.turn(is_known=asked.has_ticket)
                self._give_way()
            match asked.wish:
                case Wish.TAKE:
                    return await self._take(asked, start)
                case Wish.QUEUE:
                    return await self._queue(asked, start)
                case Wish.LIST:
                    return self._list(asked, start)
                case Wish.LEAVE:
                    return await self._leave(asked, start)
                case Wish.LOOK:
                    return await self._look(asked, start)
        except Crowded as crowded:
            in_a_rush = self.room.awaited(asked.batch) is not None
            return busy(asked.environ, start, _later(crowded.retry_after) if in_a_rush else crowded)
        except Unreachable:
            return busy(asked.environ, start, Crowded(5.0))

    def at_once(self, method: str, path: str, headers: Any, start: StartResponse) -> Answer | None:
        """What a newcomer is told who finds no room even to stand, before anything but the head of the request was
        read: most of what comes in an overload. None for everyone else."""
        if not self._turnstile.is_full or not (found := requests.newcomer(method, path, headers)):
            return None
        batch, environ = found
        return busy(environ, start, _later(self._turnstile.seconds)) if self.room.awaited(batch) else None

    async def _take(self, asked: Asked, start: StartResponse) -> Answer:
        queue = self.room.awaited(asked.batch)
        if queue is None:
            try:
                return await self._directly(asked, start)
            except Crowded:
                queue = await self.gate.do(partial(self.room.begin, asked.batch))
                if queue is None:
                    raise
        return await self._at_the_gate(partial(self._arrive, asked, start, queue))

    async def _at_the_gate(self, step: Callable[[], Answer | Onward]) -> Answer:
        found = await self.gate.do(step)
        return await found() if callable(found) else found

    def _arrive(self, asked: Asked, start: StartResponse, queue: Awaited) -> Answer | Onward:
        self._give_way()
        now = clock.now().timestamp()
        person = self._holder(asked)
        if person is None or queue.over(now):
            return partial(self.seats.run, self.application, asked.environ, start)
        if asked.api and (wrong := _wrong_ticket(asked, person, now)):
            return answers.problem(asked.environ, start, *wrong)
        ticket = _ticket(queue, person, now, asked.own_ticket(), asked.form)
        spot = self.room.arrive(queue, ticket.id, now, ticket.place or None)
        is_new = spot.stage is Stage.WAITING and not ticket.place
        if is_new and spot.none_left and queries.stands_in(queue.key, person):
            return partial(self.seats.run, self.application, asked.environ, start)
        ticket = replace(ticket, place=spot.place, came_at=ticket.came_at or spot.ahead)
        return self._answer(asked, start, queue, ticket, spot, now, asked.environ)

    def _give_way(self) -> None:
        """Let those at the counter go first: Python works in one thread at a time, and a seat, which waits for the
        database again and again, would queue for its turn behind one of the crowd each time. When the seats are gone,
        the crowd is answered at once."""
        if self.seats.is_busy:
            time.sleep(GIVES_WAY)

    async def _directly(self, asked: Asked, start: StartResponse) -> Answer:
        passing, counter = self.room.directly(asked.batch), _Counter(start)

        def decide() -> Answer:
            try:
                body = answer_of(self.application, asked.environ, counter)
                passing.decided = counter.decided()
                return body
            finally:
                self.room.passed(passing)

        try:
            return await self.seats.do(decide)
        except Crowded:
            await self.gate.do(partial(self.room.passed, passing))
            raise

    async def _queue(self, asked: Asked, start: StartResponse) -> Answer:
        ticket = asked.own_ticket()
        if ticket is None or clock.now().timestamp() - ticket.given_at > tickets.GOOD_FOR:
            return await self.shop.run(self.application, asked.environ, start)
        # Where none is known the rush is over, or what was known of it is lost: a queue is where a ticket is good.
        queue = self.room.awaited(asked.batch) or await self.gate.do(partial(self.room.begin, asked.batch))
        if queue is None:
            return await self.shop.run(self.application, asked.environ, start)
        stand = partial(self._stand, asked, start, queue, ticket)
        if self.room.store.is_shared:
            return await self._at_the_gate(stand)
        # It asks nobody but this process's own memory: handing it over to a thread would cost more than it.
        found = stand()
        return await found() if callable(found) else found

    def _stand(self, asked: Asked, start: StartResponse, queue: Awaited, ticket: QueueTicket) -> Answer | Onward:
        now = clock.now().timestamp()
        spot = self.room.store.look(queue.key, ticket.id, now)
        if spot.stage in (Stage.SEATED, Stage.REFUSED):
            return answers.go(start, f"/angkatan/{queue.key}/", answers.ticket_cookie(queue.key, ""))
        if spot.stage is not Stage.CALLED:
            spot = self.room.arrive(queue, ticket.id, now, ticket.place)
        if spot.place != ticket.place:
            ticket = replace(ticket, place=spot.place, came_at=spot.ahead)
        return self._answer(asked, start, queue, ticket, spot, now, None)

    def _list(self, asked: Asked, start: StartResponse) -> Answer:
        """Keep on the ticket that its person wants to be on the waiting list should no seat be left."""
        ticket, token = asked.own_ticket(), tickets.form_token(asked.form)
        if ticket is None or not (ticket.held or token):
            return answers.go(start, f"/angkatan/{asked.batch}/")
        return self._give(asked, start, ticket.joining_list(token))

    async def _leave(self, asked: Asked, start: StartResponse) -> Answer:
        if (ticket := asked.own_ticket()) and self.room.awaited(asked.batch):
            await self.gate.do(partial(self.room.store.leave, asked.batch, ticket.id))
        return answers.go(start, f"/angkatan/{asked.batch}/", answers.ticket_cookie(asked.batch, ""))

    async def _look(self, asked: Asked, start: StartResponse) -> Answer:
        """The page of a batch is everyone's while there is room; where there is none, it gives a place in the queue."""
        try:
            return await self.shop.run(self.application, asked.environ, start)
        except Crowded:
            queue = self.room.awaited(asked.batch)
            found = await self.gate.do(partial(self._look_in, asked, start, queue)) if queue else None
            if found is None:
                raise
            return found

    def _look_in(self, asked: Asked, start: StartResponse, queue: Awaited) -> Answer | None:
        now = clock.now().timestamp()
        if queue.over(now) or (person := self._holder(asked)) is None:
            return None
        ticket = _ticket(queue, person, now, asked.own_ticket(), "")
        spot = self.room.arrive(queue, ticket.id, now, ticket.place or None)
        if spot.stage is not Stage.WAITING or (spot.none_left and queries.stands_in(queue.key, person)):
            return None
        return self._give(asked, start, replace(ticket, place=spot.place, came_at=ticket.came_at or spot.ahead))

    def _answer(
        self, asked: Asked, start: StartResponse, queue: Awaited, ticket: QueueTicket, spot: Spot, now: float,
        environ: dict[str, Any] | None,
    ) -> Answer | Onward:  # fmt: skip
        """Go on to the counter with `environ` (None: with the form that the ticket holds), or wait."""

        async def on(held: str) -> Answer:
            try:
                return await self._go_on(asked, start, queue, ticket, held, now, environ)
            except Crowded:
                return self._wait(asked, start, queue, ticket, spot, now, "called")

        if spot.stage in (Stage.CALLED, Stage.SEATED):
            return partial(on, "" if ticket.only_list else ticket.held)
        if over := queue.over(now):
            return self._end(asked, start, queue, ticket, spot, now, over)
        if queue.is_before_opening(now):
            return self._wait(asked, start, queue, ticket, spot, now, "early")
        if not spot.none_left:
            return self._wait(asked, start, queue, ticket, spot, now, "waiting")
        if asked.joins_list or ticket.joins_list:
            return partial(on, ticket.held)
        return self._end(asked, start, queue, ticket, spot, now, "full")

    async def _go_on(
        self, asked: Asked, start: StartResponse, queue: Awaited, ticket: QueueTicket, held: str, now: float,
        environ: dict[str, Any] | None,
    ) -> Answer:  # fmt: skip
        """To the counter, and note what was decided there. Raises Crowded."""
        if environ is None:
            if asked.wants_json:
                return self._poll(asked, start, "called", 1)
            person = await self.gate.do(partial(self._holder, asked))
            if person is None or tickets.id_of(asked.batch, person) != ticket.id:
                # Somebody else's ticket, or nobody is signed in: the page behind the door says what to do.
                return await self.shop.run(self.application, asked.environ, start)
            if not held:
                return answers.go(start, f"/angkatan/{asked.batch}/")
            environ = requests.sent_on(asked, held)
        counter = _Counter(start, answers.ticket_cookie(asked.batch, ""))

        def decide() -> Answer:
            body = answer_of(self.application, environ, counter)
            if stage := counter.decided():
                self.room.store.decide(queue.key, ticket.id, stage, now)
            return body

        return await self.seats.do(decide, called=True)

    def _wait(
        self, asked: Asked, start: StartResponse, queue: Awaited, ticket: QueueTicket, spot: Spot, now: float,
        face: str,
    ) -> Answer:  # fmt: skip
        again = self.room.look_again(queue, spot, now)
        if asked.api:
            ahead = None if face == "early" else spot.ahead
            told = {"state": "queued", "ticket": tickets.write(ticket), "ahead": ahead, "retry_after": again}
            return answers.send(asked.environ, start, 202, json.dumps(told), JSON, ("Retry-After", str(again)))
        if asked.wish is Wish.TAKE:
            return self._give(asked, start, ticket)
        look = requests.look(asked.environ)
        if asked.wants_json:
            text = faces.poll(spot, face, again, ticket.came_at, look.language, clock.now())
            return answers.send(asked.environ, start, 200, text, JSON)
        token = "" if ticket.held else requests.new_form_token(asked.environ)
        text = faces.page(queue, spot, face, again, ticket, token, look, clock.now())
        kept = answers.ticket_cookie(asked.batch, tickets.write(ticket))
        return answers.send(asked.environ, start, 200, text, HTML, kept)

    def _end(
        self, asked: Asked, start: StartResponse, queue: Awaited, ticket: QueueTicket, spot: Spot, now: float,
        face: str,
    ) -> Answer:  # fmt: skip
        """A definite answer from the queue itself: nobody here can get a seat any more."""
        if asked.wants_json and not asked.api:
            return self._poll(asked, start, face, 1)
        self.room.store.decide(queue.key, ticket.id, Stage.REFUSED, now)
        if asked.api:
            return answers.problem(asked.environ, start, 409, _why(queue, face))
        look = requests.look(asked.environ)
        token = ticket.form_token or requests.new_form_token(asked.environ)
        text = faces.page(queue, spot, face, 0, ticket, token, look, clock.now())
        gone = answers.ticket_cookie(asked.batch, "")
        return answers.send(asked.environ, start, 409 if asked.wish is Wish.TAKE else 200, text, HTML, gone)

    def _give(self, asked: Asked, start: StartResponse, ticket: QueueTicket) -> Answer:
        """The ticket, and the way to the page of the queue."""
        cookie = answers.ticket_cookie(asked.batch, tickets.write(ticket))
        return answers.go(start, f"/angkatan/{asked.batch}/antre/", cookie)

    def _poll(self, asked: Asked, start: StartResponse, face: str, again: int) -> Answer:
        text = json.dumps({"face": face, "again": again, "show": {}}, separators=(",", ":"))
        return answers.send(asked.environ, start, 200, text, JSON)

    def _holder(self, asked: Asked) -> UUID | None:
        """Whose session came with this request, asked at the gate. The counter asks again: it may be a little old."""
        token = requests.token(asked.environ)
        if not token[0]:
            return None
        at = time.monotonic()
        person, until = self._holders.get(token, (None, 0.0))
        if person is not None and at < until:
            return person
        found = people.holder_of(*token, clock.now())
        if found is not None:
            if len(self._holders) >= HOLDERS_KNOWN:
                self._holders.clear()
            self._holders[token] = (found, at + HOLDER_KNOWN_FOR)
        return found


class _Counter:
    """`start_response` that notes what the counter answered, and takes the ticket back once it is decided."""

    def __init__(self, start: StartResponse, *take_back: tuple[str, str]):
        self._start, self._take_back = start, take_back
        self._status, self._may_repeat, self._is_in_line = 0, False, False

    def __call__(self, status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        self._status = int(status[:3])
        told = {name.lower(): value for name, value in headers}
        self._may_repeat = "retry-after" in told
        self._is_in_line = told.get("location", "").endswith(requests.IN_LINE)
        if self.decided():
            headers = [*headers, *self._take_back]
        return self._start(status, headers, *more)

    def decided(self) -> Stage | None:
        """None where the same request may still be decided otherwise."""
        if self._status in UNDECIDED or self._status >= 500 or (self._status >= 400 and self._may_repeat):
            return None
        return Stage.SEATED if self._status in (200, 201, 303) and not self._is_in_line else Stage.REFUSED


def busy(environ: dict[str, Any], start: StartResponse, crowded: Crowded) -> Answer:
    """There is no room to serve this now: at once, with the time after which to come again."""
    again = round(crowded.retry_after + random.uniform(1, 5))
    retry = ("Retry-After", str(again))
    if environ.get("PATH_INFO", "").startswith("/api/"):
        return answers.problem(environ, start, 503, Reason("foundation", "busy"), again)
    sent = environ["REQUEST_METHOD"] not in ("GET", "HEAD")
    return answers.send(environ, start, 503, faces.busy(requests.look(environ), again, sent), HTML, retry)


def _later(seconds: float) -> Crowded:
    """In a rush, not all at once: hundreds who come back as soon as the line is through are a rush of their own."""
    return Crowded(min(seconds, SOONEST) + random.uniform(*RESTS))


def _ticket(queue: Awaited, person: UUID, now: float, carried: QueueTicket | None, form: str) -> QueueTicket:
    """The one carried, if it is this person's and still good; else a new one, whose place the queue decides."""
    own = tickets.id_of(queue.key, person)
    if carried is not None and carried.id == own and now - carried.given_at <= tickets.GOOD_FOR:
        return replace(carried, held=form, only_list=False) if form else carried
    return QueueTicket(queue.key, own, 0, int(now), 0, form)


def _wrong_ticket(asked: Asked, person: UUID, now: float) -> tuple[int, Reason] | None:
    """Why the ticket that a program brings gives no place here, as `pages.queue` says it to people."""
    try:
        carried = asked.ticket()
    except NotGenuine:
        return 403, Reason(ROOM, "ticket_forged", {"batch": asked.batch})
    if carried is None:
        return None
    if now - carried.given_at > tickets.GOOD_FOR:
        return 410, Reason(ROOM, "ticket_old", {"batch": asked.batch})
    if carried.id != tickets.id_of(asked.batch, person):
        return 403, Reason(ROOM, "ticket_foreign", {"batch": asked.batch})
    return None


def _why(queue: Awaited, face: str) -> Reason:
    data: dict[str, Any] = {"batch": queue.key}
    if face == "full":
        data |= {"quota": queue.batch.quota, "set_aside": False}
    if face == "closed":
        data |= {"closes_at": queue.batch.closes_at.isoformat()}
    return Reason(ROOM, f"batch_{face}", data)
