"""A queue before the counter of one batch: places, the draw, whose turn it is, and what may honestly be said meanwhile.

Instants are seconds since 1970 as floats, places whole microseconds since 1970; places of the drawn are negative, so
they stand before everyone who came later.
"""

import hashlib
import math
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from enum import StrEnum

# People may gather so long before the opening; their places are drawn.
LOBBY = 600.0
# A place outlives its person's last sign of life by this.
KEPT = 600.0
# The shortest and the longest time after which someone in the queue is asked to look again, and the spread around the
# shortest.
SOONEST, LATEST, SPREAD = 10.0, 60.0, 0.25
# Only whoever's turn comes sooner than that looks again sooner, when it comes.
NEXT = 2.0
# So many are answered in a second without anybody else noticing, where the machine is quick; where it is not, as many
# as the gate gets done.
LOOKS_PER_SECOND = 1_000.0
# After a loss whoever stood in the queue before comes back within this time; nobody is called until then.
RETURN = LATEST + 15.0
# Calls of the last seconds from which the pace of the queue is told.
PACE_WINDOW = 5.0
DRAW_BITS = 52


class Stage(StrEnum):
    """Where someone stands. LAPSED: not heard of for so long that the place went to the next."""

    WAITING = "waiting"
    CALLED = "called"
    SEATED = "seated"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Chance(StrEnum):
    GOOD = "good"
    SMALL = "small"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Spot:
    """What is told to someone in the queue. `ahead`: people who come to the counter before them, `called` those of them
    who were called already. `left`: free seats as far as known (None = not yet known). `pace`: calls per second."""

    stage: Stage
    place: int
    ahead: int = 0
    left: int | None = None
    pace: float = 0.0
    called: int = 0

    @property
    def none_left(self) -> bool:
        return self.left is not None and self.left <= 0


def commitment(seed: str) -> str:
    """What is published before the draw: SHA-256 of the seed (hex), 64 hex digits."""
    return hashlib.sha256(seed.encode()).hexdigest()


def drawn(seed: str, ticket: str) -> int:
    """The place of a ticket that came before the opening: the first 52 bits of SHA-256("seed:ticket"), less 2**52.

    Sorting the public ticket ids by it is the shuffle; whoever knows the seed can do it again.
    """
    digest = hashlib.sha256(f"{seed}:{ticket}".encode()).digest()
    return (int.from_bytes(digest[:8]) >> (64 - DRAW_BITS)) - (1 << DRAW_BITS)


def shuffled(seed: str, tickets: list[str]) -> list[str]:
    """The order in which the tickets that came before the opening are called."""
    return sorted(tickets, key=lambda ticket: (drawn(seed, ticket), ticket))


def micros(instant: float) -> int:
    return round(instant * 1_000_000)


def chance(ahead: int, left: int | None) -> Chance:
    """Whether a seat will be left when everybody ahead took one."""
    if left is None:
        return Chance.UNKNOWN
    return Chance.GOOD if ahead < left else Chance.SMALL


def seconds_to_wait(spot: Spot) -> float | None:
    """Until it is their turn, at the present pace; None while nothing is known."""
    return (spot.ahead - spot.called) / spot.pace if spot.pace > 0 else None


def look_again(spot: Spot, opens_in: float, luck: float, gate: float = math.inf) -> float:
    """After how many seconds to ask again: when something new can be known, within 10 to 60 s, and spread a little by
    `luck` (0 to 1). Each later by those ahead, so that all of them together are never more than can be answered beside
    the counter. Whose turn comes sooner looks then, so that no seat waits for somebody who sleeps. Before the opening
    nobody comes back before it, or only in order to be seen. `gate`: how many looks a second the gate gets done when
    it does nothing else."""
    if opens_in > LATEST:
        return LATEST - SOONEST * luck
    if opens_in > 0:
        return opens_in + SOONEST * luck
    rate = min(LOOKS_PER_SECOND, gate)
    due = SOONEST + spot.ahead / rate
    turn = seconds_to_wait(spot)
    if spot.left is not None and spot.ahead < 2 * spot.left:
        # The pace changes, and some ahead give up: halfway to one's turn more is known. Before there is a pace, soon.
        due = min(due, NEXT + spot.ahead / rate if turn is None else max(turn / 2, NEXT))
    elif turn is not None and spot.left is not None:
        # What is to be known is that the last seat is taken: when as many were called, and those have come. From then
        # on nobody is at the counter, and those who wait are all that there is to answer.
        taken = (spot.left - spot.called) / spot.pace + NEXT
        due = max(taken, SOONEST) + (spot.ahead - spot.left) / rate
    return min(due, LATEST - SPREAD * SOONEST) + SPREAD * luck * min(due, SOONEST)


@dataclass
class Queue:
    """The queue of one batch, as it stands in one process. Nothing here is locked; the store does that.

    `early`: tickets that were drawn, for the list that is published; a place below zero is a drawn one, so after a loss
    whoever comes back stands in the list again. `since`: when the memory of queues was begun: a genuine ticket that it
    does not know keeps its place for the first ten minutes, because its person may have been seen by a memory that was
    lost. `lost`: one such has come.
    """

    since: float
    left: int | None = None
    seated: int = 0
    lost: bool = False
    last: int = 0
    waiting: list[tuple[int, str]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    called: dict[str, int] = field(default_factory=dict)
    done: dict[str, Stage] = field(default_factory=dict)
    early: set[str] = field(default_factory=set)
    window: float = 0.0
    calls: int = 0
    window_before: float = 0.0
    calls_before: int = 0

    def enter(self, ticket: str, now: float, *, place: int | None = None, early: bool = False) -> Spot:
        """Stand in the queue, or stay in it: whoever is in it already keeps the place they have, whatever they bring.

        `place`: the one drawn, or the one on a genuine ticket. `early`: before the opening.
        """
        if self.done.get(ticket) is Stage.SEATED:
            return self.spot(ticket, now)
        if ticket in self.places:
            if not self._lapse_if_silent(ticket, now):
                self.seen[ticket] = now
                return self.spot(ticket, now)
            place = place if early else None
        elif place is not None and not early and now - self.since > KEPT:
            place = None  # whoever held it was silent so long that it went to the next
        elif place is not None and not early and place < micros(self.since):
            self.lost = True
        self.done.pop(ticket, None)
        if place is None:
            place = max(self.last + 1, micros(now))
            self.last = place
        if place < 0:
            self.early.add(ticket)
        self.places[ticket] = place
        self.seen[ticket] = now
        insort(self.waiting, (place, ticket))
        return self.spot(ticket, now)

    def look(self, ticket: str, now: float) -> Spot:
        """A sign of life, and where they stand."""
        if ticket in self.places and not self._lapse_if_silent(ticket, now):
            self.seen[ticket] = now
        return self.spot(ticket, now)

    def spot(self, ticket: str, now: float) -> Spot:
        place = self.places.get(ticket)
        if place is None:
            return Spot(self.done.get(ticket, Stage.LAPSED), 0, 0, self.left, self.pace(now))
        if ticket in self.called:
            return Spot(Stage.CALLED, place, 0, self.left, self.pace(now))
        called = len(self.called)
        ahead = bisect_left(self.waiting, (place, ticket)) + called
        return Spot(Stage.WAITING, place, ahead, self.left, self.pace(now), called)

    def call(self, most: int, now: float) -> int:
        """Call up to `most` of the first in the queue to the counter, never more than seats are left: whoever is called
        finds a seat, so nobody is turned away whose ticket is smaller than that of someone seated."""
        room = most if self.left is None else min(most, self.left - len(self.called))
        if self.lost and now - self.since < RETURN:
            room = 0
        count = 0
        while count < room and count < len(self.waiting):
            place, ticket = self.waiting[count]
            if now - self.seen[ticket] > KEPT:
                self._remove(ticket)
                continue
            self.called[ticket] = place
            count += 1
        del self.waiting[:count]
        self._turn_window(now)
        self.calls += count
        return count

    def hold(self, ticket: str, now: float) -> None:
        """Count someone as called who is at the counter without having stood here."""
        if ticket not in self.places:
            self.places[ticket] = self.called[ticket] = micros(now)
        self.seen[ticket] = now

    def decide(self, ticket: str, stage: Stage, now: float) -> None:
        """The counter has decided: SEATED or REFUSED."""
        if stage is Stage.SEATED and self.done.get(ticket) is not Stage.SEATED:
            self.seated += 1
            self.left = None if self.left is None else self.left - 1
        self._remove(ticket)
        self.done[ticket] = stage

    def leave(self, ticket: str) -> None:
        self._remove(ticket)

    def know(self, left: int, seated_before: int) -> None:
        """Free seats, as read from the database at an instant when `seated` was `seated_before`: those seated since may
        or may not be in it, so they are taken off: rather one call too few for a second than one too many."""
        self.left = left - (self.seated - seated_before)

    def forget_silent(self, now: float) -> int:
        """Take out those not heard of; how many."""
        silent = [ticket for ticket, seen in self.seen.items() if now - seen > KEPT]
        for ticket in silent:
            self._remove(ticket)
        return len(silent)

    def pace(self, now: float) -> float:
        """Calls per second over the last five to ten seconds, or since there have been calls."""
        self._turn_window(now)
        return (self.calls + self.calls_before) / max(1.0, self.window_before + now - self.window)

    @property
    def is_empty(self) -> bool:
        return not self.places

    def _turn_window(self, now: float) -> None:
        passed = now - self.window
        if passed >= PACE_WINDOW:
            is_recent = passed < 2 * PACE_WINDOW
            self.calls_before, self.window_before = (self.calls, passed) if is_recent else (0, 0.0)
            self.calls, self.window = 0, now

    def _lapse_if_silent(self, ticket: str, now: float) -> bool:
        if now - self.seen[ticket] <= KEPT:
            return False
        self._remove(ticket)
        return True

    def _remove(self, ticket: str) -> None:
        place = self.places.pop(ticket, None)
        self.seen.pop(ticket, None)
        if place is None or self.called.pop(ticket, None) is not None:
            return
        at = bisect_left(self.waiting, (place, ticket))
        del self.waiting[at]
