"""What is asked about batches and seats: plural reads for the rooms above, and the pages of this room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from pintar.courses import queries as courses
from pintar.courses.queries import Edition
from pintar.enrolment import rules
from pintar.enrolment.models import Allocation, Batch, Completion, Pledge, Seat
from pintar.enrolment.rules import Admission, BatchFacts, Conditions, SeatFacts
from pintar.foundation.refusals import Reason, not_found
from pintar.people.queries import Person

__all__ = ["Admission", "BatchFacts", "Conditions", "SeatFacts"]

# A page shows at most so many other trainings that are open.
OTHERS = 3


def batches(keys: Iterable[str]) -> dict[str, BatchFacts]:
    """By key, without their allocations."""
    return {b.key: b for b in _facts(Batch.objects.filter(key__in=_sane(keys)))}


def batches_by_uid(uids: Iterable[UUID]) -> dict[UUID, BatchFacts]:
    return {b.uid: b for b in _facts(Batch.objects.filter(uid__in=list(uids)))}


def batches_of_courses(slugs: Iterable[str], *, closing_after: datetime | None = None) -> dict[str, list[BatchFacts]]:
    """Every batch that is not withdrawn, newest number first, in one query; with `closing_after` only those whose
    registration ends later."""
    found: dict[str, list[BatchFacts]] = {slug: [] for slug in slugs}
    rows = Batch.objects.filter(course_slug__in=list(found), withdrawn_at=None)
    if closing_after is not None:
        rows = rows.filter(closes_at__gt=closing_after)
    for batch in _facts(rows.order_by("-number")):
        found[batch.course_slug].append(batch)
    return found


def open_batches(now: datetime) -> list[BatchFacts]:
    """Batches whose window is open, full ones among them, the one that closes first first."""
    return _facts(
        Batch.objects.filter(withdrawn_at=None, opens_at__lte=now, closes_at__gt=now).order_by("closes_at", "id")
    )


def batch_list(open_at: datetime | None, *, after: str = "", limit: int = 100) -> list[BatchFacts]:
    """Batches that are not withdrawn, oldest first, from behind the one with the key `after`; with `open_at` those
    whose window is open then."""
    rows = Batch.objects.filter(withdrawn_at=None)
    if open_at is not None:
        rows = rows.filter(opens_at__lte=open_at, closes_at__gt=open_at)
    if after:
        rows = rows.filter(id__gt=Batch.objects.filter(key__in=_sane([after])).values("id")[:1])
    return _facts(rows.order_by("id")[:limit])


def batch(key: str) -> BatchFacts:
    """One batch with its allocations. Refusal 404."""
    row = Batch.objects.select_related("period").filter(key__in=_sane([key])).first()
    if row is None:
        raise not_found(rules.ROOM)
    return with_allocations(row.facts())


def with_allocations(facts: BatchFacts) -> BatchFacts:
    """The same with its allocations; asks nothing where no seat is set aside."""
    if facts.allocations is not None:
        return facts
    rows = Allocation.objects.filter(batch=facts.id).order_by("id") if facts.set_aside else ()
    return replace(facts, allocations=tuple(row.facts() for row in rows))


def seats_of(person_id: int) -> list[SeatFacts]:
    """A person's current seats, newest first."""
    return [row.facts() for row in _seats().filter(person=person_id, released_at=None).order_by("-taken_at", "-id")]


def seat_of(person_id: int, batch_key: str) -> SeatFacts | None:
    """The person's current seat in this batch."""
    row = _seats().filter(person=person_id, batch__key__in=_sane([batch_key]), released_at=None).first()
    return row.facts() if row else None


def seats(uids: Iterable[UUID]) -> dict[UUID, SeatFacts]:
    """By uid, given-back ones too."""
    return {row.uid: row.facts() for row in _seats().filter(uid__in=list(uids))}


def seats_of_batch(batch_uid: UUID) -> list[SeatFacts]:
    """The current seats of a batch, oldest first."""
    return [row.facts() for row in _seats().filter(batch__uid=batch_uid, released_at=None).order_by("id")]


def pledge_text(version: str) -> str:
    """The text that was agreed to under a version."""
    return Pledge.objects.values_list("text", flat=True).filter(version=version).first() or ""


def completed(person_id: int) -> dict[str, datetime]:
    """Slugs of the trainings that the person completed, and when first."""
    return dict(Completion.objects.filter(person=person_id).values_list("course_slug", "at"))


def admission(batch: BatchFacts, person: Person | None, seats: Sequence[SeatFacts], now: datetime) -> Admission:
    """May this person take a seat, and why not. `seats` are the person's current ones."""
    batch = with_allocations(batch)
    facts = person_facts(person, completed_matters(batch, seats)) if person else None
    return rules.decide_admission(batch, facts, tuple(seats), now)


def asked(batch: BatchFacts) -> tuple[Reason, ...]:
    """The conditions of a batch as a stranger sees them."""
    return rules.asked(batch.conditions)


def completed_matters(batch: BatchFacts, seats: Sequence[SeatFacts]) -> bool:
    """Whether the decision looks at completed trainings: only then are they fetched."""
    return (
        bool(batch.conditions.prerequisites)
        or any(allocation.conditions.prerequisites for allocation in batch.allocations or ())
        or any(seat.batch.period_id == batch.period_id for seat in seats)
    )


def person_facts(person: Person, with_completed: bool = True) -> rules.PersonFacts:
    """What eligibility looks at, from the person's account and what they completed."""
    return rules.PersonFacts(
        name=person.name,
        profession=person.profession,
        employment=person.employment,
        unit_name=person.unit.name if person.unit else "",
        unit_path=person.unit.path if person.unit else "/",
        regency=person.regency,
        province=person.province,
        has_identifier=person.has_identifier,
        has_email=bool(person.email),
        email_verified=person.email_verified,
        completed=frozenset(completed(person.id)) if with_completed else frozenset(),
    )


@dataclass(frozen=True, slots=True)
class Other:
    """Another training that is open: its batch and what it teaches."""

    batch: BatchFacts
    edition: Edition


@dataclass(frozen=True, slots=True)
class BatchPage:
    """`/angkatan/<key>/`. `seat` is the one held here; `held` the other batch's edition when a seat is elsewhere.

    `pledged` says that the seat elsewhere carries the present pledge, which an exchange takes along.
    """

    batch: BatchFacts
    edition: Edition
    admission: Admission
    asked: tuple[Reason, ...]
    seat: SeatFacts | None
    held: Edition | None
    pledged: bool
    can_give_back: bool
    others: tuple[Other, ...]

    @property
    def eligible(self) -> bool:
        return all(check.met for check in self.admission.checks)


def batch_page(key: str, person: Person | None, now: datetime) -> BatchPage:
    """The page of a batch for a person, or for a stranger. Refusal 404."""
    facts = batch(key)
    held = tuple(seats_of(person.id)) if person else ()
    decision = admission(facts, person, held, now)
    seat = decision.seat if decision.verdict is rules.Verdict.SEATED else None
    elsewhere = decision.seat if decision.verdict is rules.Verdict.ELSEWHERE else None
    completed_here = seat is not None and person is not None and person_facts(person)
    return BatchPage(
        batch=facts,
        edition=courses.edition(facts.edition),
        admission=decision,
        asked=rules.asked(facts.conditions),
        seat=seat,
        held=courses.edition(elsewhere.batch.edition) if elsewhere else None,
        pledged=elsewhere is not None and elsewhere.pledge_version == rules.PLEDGE.version,
        can_give_back=seat is not None and rules.why_kept(seat, completed_here or None, now) is None,
        others=_others(facts, now) if decision.verdict in NEEDS_OTHERS else (),
    )


NEEDS_OTHERS = (rules.Verdict.FULL, rules.Verdict.CLOSED, rules.Verdict.WITHDRAWN, rules.Verdict.INELIGIBLE)


def _others(facts: BatchFacts, now: datetime) -> tuple[Other, ...]:
    free: dict[str, BatchFacts] = {}
    for other in open_batches(now):
        if other.left > 0 and other.course_slug != facts.course_slug:
            free.setdefault(other.course_slug, other)
    chosen = list(free.values())[:OTHERS]
    editions = courses.editions(other.edition for other in chosen)
    return tuple(Other(other, editions[other.edition]) for other in chosen)


def _facts(rows: QuerySet[Batch]) -> list[BatchFacts]:
    return [row.facts() for row in rows.select_related("period")]


def _seats() -> QuerySet[Seat]:
    return Seat.objects.select_related("batch__period")


def _sane(keys: Iterable[str]) -> list[str]:
    # A zero byte is no text to PostgreSQL, and no key is longer than its column.
    return [key for key in keys if "\0" not in key and len(key) <= 140]
