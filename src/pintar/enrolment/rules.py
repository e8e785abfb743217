"""What is allowed and why not: conditions of a batch, and the decision whether a person may take a seat in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pintar.foundation.refusals import Reason

ROOM = "enrolment"
PROFESSIONS = ("guru", "kepala-madrasah", "pengawas", "dosen", "penyuluh", "penghulu", "pelaksana", "lainnya")
EMPLOYMENTS = ("pns", "pppk", "non-asn")
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
class UnitAsked:
    """A unit whose people, and those of all units below it, are meant. `id` is the one that stands in paths."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class CourseAsked:
    """A training that must have been completed before."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """Whom a batch or a set-aside is for; an empty field asks nothing.

    Within a field one of the values is enough, between fields all must hold. `regions` are codes of regencies ("33.74")
    or provinces ("33"), `regions_title` what they are called together ("daerah 3T"). `full_identity` asks for an
    identity number and a verified e-mail address; without it a name and one identifier are enough.
    """

    professions: tuple[str, ...] = ()
    employments: tuple[str, ...] = ()
    units: tuple[UnitAsked, ...] = ()
    regions: tuple[str, ...] = ()
    regions_title: str = ""
    prerequisites: tuple[CourseAsked, ...] = ()
    full_identity: bool = False

    def to_json(self) -> dict[str, Any]:
        """Only what is asked, so that an open batch holds `{}`."""
        asked: dict[str, Any] = {
            "professions": list(self.professions),
            "employments": list(self.employments),
            "units": [{"id": u.id, "key": u.key, "name": u.name} for u in self.units],
            "regions": list(self.regions),
            "regions_title": self.regions_title,
            "prerequisites": [{"slug": c.slug, "title": c.title} for c in self.prerequisites],
            "full_identity": self.full_identity,
        }
        return {name: value for name, value in asked.items() if value}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Conditions":
        return cls(
            professions=tuple(value.get("professions", ())),
            employments=tuple(value.get("employments", ())),
            units=tuple(UnitAsked(**u) for u in value.get("units", ())),
            regions=tuple(value.get("regions", ())),
            regions_title=value.get("regions_title", ""),
            prerequisites=tuple(CourseAsked(**c) for c in value.get("prerequisites", ())),
            full_identity=value.get("full_identity", False),
        )


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What eligibility looks at. `unit_path` is "/1/5/33/" of unit ids; `completed` are slugs of trainings."""

    name: str = ""
    profession: str = ""
    employment: str = ""
    unit_name: str = ""
    unit_path: str = "/"
    regency: str = ""
    province: str = ""
    has_identifier: bool = False
    has_email: bool = False
    email_verified: bool = False
    completed: frozenset[str] = frozenset()


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
    SEATED = "seated"
    ELSEWHERE = "elsewhere"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition and whether the person meets it; `reason` words it either way."""

    met: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Admission:
    """May this person take a seat now? `reasons` say why not, `checks` show every condition with its answer.

    `seat` is the one held here (SEATED) or in another batch of the period (ELSEWHERE; `changeable` says whether it may
    be exchanged). `pools` are where a seat would come from, in order: an allocation's id, or None for the common pool.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    checks: tuple[Check, ...] = ()
    seat: SeatFacts | None = None
    changeable: bool = False
    pools: tuple[int | None, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.OPEN


def decide_admission(
    batch: BatchFacts, person: PersonFacts | None, seats: tuple[SeatFacts, ...], now: datetime
) -> Admission:
    """The one decision, for the button and for the deed. `seats` are the person's current ones; None is a stranger."""
    checks = check_all(batch.conditions, person) if person else ()
    here = next((s for s in seats if s.batch.id == batch.id), None)
    if here is not None:
        return Admission(Verdict.SEATED, checks=checks, seat=here)
    elsewhere = next((s for s in seats if s.batch.period_id == batch.period_id), None)
    pools = pools_for(batch, person)
    window = batch.window(now)
    if window in (Verdict.WITHDRAWN, Verdict.CLOSED, Verdict.SOON):
        return Admission(window, (why_not(batch, window),), checks, seat=elsewhere)
    if unmet := tuple(check.reason for check in checks if not check.met):
        return Admission(Verdict.INELIGIBLE, unmet, checks, seat=elsewhere)
    if not pools:
        return Admission(Verdict.FULL, (why_not(batch, Verdict.FULL),), checks, seat=elsewhere)
    if elsewhere is not None:
        reason = Reason(
            ROOM,
            "seat_elsewhere",
            {"seat": str(elsewhere.uid), "batch": elsewhere.batch.key, "title": elsewhere.batch.title},
        )
        changeable = why_kept(elsewhere, person, now) is None
        return Admission(Verdict.ELSEWHERE, (reason,), checks, elsewhere, changeable, pools)
    return Admission(Verdict.OPEN, checks=checks, pools=pools)


def why_not(batch: BatchFacts, window: Verdict) -> Reason:
    data: dict[Verdict, dict[str, Any]] = {
        Verdict.SOON: {"opens_at": batch.opens_at.isoformat()},
        Verdict.CLOSED: {"closes_at": batch.closes_at.isoformat()},
        Verdict.FULL: {"quota": batch.quota, "set_aside": batch.left > 0},
    }
    return Reason(ROOM, f"batch_{window}", {"batch": batch.key, **data.get(window, {})})


def why_kept(seat: SeatFacts, person: PersonFacts | None, now: datetime) -> Reason | None:
    """Why a seat can no longer be given back or exchanged; None when it can."""
    if person is not None and seat.batch.course_slug in person.completed:
        return Reason(ROOM, "seat_completed", {"batch": seat.batch.key, "title": seat.batch.title})
    if now >= seat.batch.until_at:
        return Reason(ROOM, "batch_over", {"batch": seat.batch.key, "title": seat.batch.title})
    return None


def pools_for(batch: BatchFacts, person: PersonFacts | None) -> tuple[int | None, ...]:
    """Where a seat could come from: what is set aside for this person first, so the common pool lasts longer."""
    mine = [
        a.id
        for a in batch.allocations or ()
        if person and a.taken < a.quota and all(check.met for check in check_all(a.conditions, person))
    ]
    return (*mine, None) if batch.left_for_anyone > 0 else tuple(mine)


def check_all(conditions: Conditions, person: PersonFacts) -> tuple[Check, ...]:
    """Every condition that is asked, with its answer, in the order in which the page lists them."""
    checks = [
        _profession(conditions, person),
        _employment(conditions, person),
        _unit(conditions, person),
        _region(conditions, person),
        *(_prerequisite(course, person) for course in conditions.prerequisites),
        _identity(conditions, person),
    ]
    return tuple(check for check in checks if check is not None)


def asked(conditions: Conditions) -> tuple[Reason, ...]:
    """The conditions as they are shown to someone whom we do not know."""
    nobody = PersonFacts()
    return tuple(_worded(check.reason.code, "asked", check.reason.data) for check in check_all(conditions, nobody))


def _profession(conditions: Conditions, person: PersonFacts) -> Check | None:
    if not conditions.professions:
        return None
    data = {"asked": list(conditions.professions), "yours": person.profession}
    return _check("profession", person.profession in conditions.professions, data)


def _employment(conditions: Conditions, person: PersonFacts) -> Check | None:
    if not conditions.employments:
        return None
    data = {"asked": list(conditions.employments), "yours": person.employment}
    return _check("employment", person.employment in conditions.employments, data)


def _unit(conditions: Conditions, person: PersonFacts) -> Check | None:
    if not conditions.units:
        return None
    data = {"asked": [unit.name for unit in conditions.units], "yours": person.unit_name}
    return _check("unit", any(f"/{unit.id}/" in person.unit_path for unit in conditions.units), data)


def _region(conditions: Conditions, person: PersonFacts) -> Check | None:
    if not conditions.regions:
        return None
    shown = [conditions.regions_title] if conditions.regions_title else list(conditions.regions)
    data = {"asked": shown, "yours": person.regency or person.province, "unit": person.unit_name}
    return _check("region", bool({person.regency, person.province} & set(conditions.regions)), data)


def _prerequisite(course: CourseAsked, person: PersonFacts) -> Check:
    return _check("prerequisite", course.slug in person.completed, {"slug": course.slug, "title": course.title})


def _identity(conditions: Conditions, person: PersonFacts) -> Check:
    if conditions.full_identity:
        needed = {"identifier": person.has_identifier, "email": person.email_verified}
    else:
        needed = {"identifier_or_email": person.has_identifier or person.has_email}
    missing = [name for name, there in {"name": bool(person.name.strip()), **needed}.items() if not there]
    return _check("identity", not missing, {"full": conditions.full_identity, "missing": missing})


def _check(code: str, met: bool, data: Mapping[str, Any]) -> Check:
    return Check(met, _worded(code, "met" if met else "", data))


def _worded(code: str, how: str, data: Mapping[str, Any]) -> Reason:
    return Reason(ROOM, f"{code.removesuffix('_met')}_{how}" if how else code, data)
