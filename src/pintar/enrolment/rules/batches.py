"""Batches, set-asides and seats as values, and where a batch stands for anyone."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pintar.enrolment.rules.conditions import Conditions

LARGEST_QUOTA = 5_000_000
# A seat is scarce when one in twenty or fewer is left.
SCARCE = 20


@dataclass(frozen=True, slots=True)
class Pledge:
    """The pakta integritas: the Indonesian text is the binding one; a change of text is a new version."""

    version: str
    text: str


PLEDGE = Pledge(
    "2026-1",
    "Semua tes dan tugas saya kerjakan sendiri. Soal dan jawaban tidak saya bagikan. Data saya di akun ini benar. "
    "Bila ternyata tidak demikian, hasil saya dapat dibatalkan setelah saya diberi kesempatan menjelaskan.",
)


@dataclass(frozen=True, slots=True)
class AllocationFacts:
    """Seats of a batch set aside for some; `conditions` says for whom."""

    id: int
    title: str
    conditions: Conditions
    quota: int
    taken: int


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A run of an edition. `quota` and `taken` count all seats, `set_aside…` those of the allocations among them.

    A seat that is kept for an offer counts as taken. `line_…` count the tickets of the waiting list: those given out,
    those called from the front, those gone from elsewhere. From `set_aside_until` on, set-asides are for everyone.
    `allocations` is None where they were not asked for. All instants are aware.
    """

    id: int
    uid: UUID
    key: str
    number: int
    title: str
    course_slug: str
    edition: UUID
    period_id: int
    period_key: str
    period_title: str
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    until_at: datetime
    quota: int
    taken: int
    set_aside: int
    set_aside_taken: int
    filled_at: datetime | None
    withdrawn_at: datetime | None
    conditions: Conditions
    allocations: tuple[AllocationFacts, ...] | None = None
    set_aside_until: datetime | None = None
    offer_hours: int = 24
    line_joined: int = 0
    line_called: int = 0
    line_left: int = 0

    @property
    def waiting(self) -> int:
        """How many wait for a seat, without those to whom one is offered."""
        return self.line_joined - self.line_called - self.line_left

    @property
    def line_until(self) -> datetime:
        """The end of the waiting list."""
        return max(self.closes_at, self.starts_at)

    def is_release_due(self, now: datetime) -> bool:
        """Whether set-asides have seats that are everyone's by now."""
        due = self.set_aside_until is not None and now >= self.set_aside_until
        return due and self.set_aside > self.set_aside_taken

    def as_released(self, now: datetime) -> "BatchFacts":
        """The batch as it is once a due release is written down: who waits is offered what came free, and the rest is
        left for anyone."""
        if not self.is_release_due(now):
            return self
        mine = tuple(replace(a, quota=a.taken) for a in self.allocations) if self.allocations is not None else None
        taken = min(self.quota, self.taken + self.waiting)
        return replace(self, set_aside=self.set_aside_taken, taken=taken, allocations=mine)

    @property
    def left(self) -> int:
        return self.quota - self.taken

    @property
    def left_for_anyone(self) -> int:
        """What is left outside the set-asides."""
        return (self.quota - self.set_aside) - (self.taken - self.set_aside_taken)

    @property
    def is_scarce(self) -> bool:
        return 0 < self.left * SCARCE <= self.quota

    def window(self, now: datetime) -> "Verdict":
        """Where the batch stands for anyone: withdrawn, soon, closed, full or open."""
        if self.withdrawn_at is not None:
            return Verdict.WITHDRAWN
        if now < self.opens_at:
            return Verdict.SOON
        if now >= self.closes_at:
            return Verdict.CLOSED
        return Verdict.OPEN if self.left > 0 else Verdict.FULL


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A person's seat. `number` is what stands on the receipt, `ordinal` which of the quota it was when taken."""

    id: int
    uid: UUID
    number: str
    person_id: int
    batch: BatchFacts
    taken_at: datetime
    released_at: datetime | None
    ordinal: int
    pledge_version: str
    allocation_id: int | None = None


class Verdict(StrEnum):
    OPEN = "open"
    SOON = "soon"
    CLOSED = "closed"
    FULL = "full"
    WAITING = "waiting"
    OFFERED = "offered"
    SEATED = "seated"
    ELSEWHERE = "elsewhere"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"
