"""Opening a batch, changing it, withdrawing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q

from pintar.courses import queries as courses
from pintar.enrolment import queries, rules
from pintar.enrolment.actions.line import end_line
from pintar.enrolment.actions.pools import lock, settle
from pintar.enrolment.events import BatchChanged, BatchOpened, BatchWithdrawn
from pintar.enrolment.models import Allocation, Batch, Period
from pintar.enrolment.rules import BatchFacts, Conditions
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal

TRIES = 4


@dataclass(frozen=True, slots=True)
class SetAside:
    """Seats to set aside when a batch is opened: how many, for whom, and what they are called."""

    title: str
    quota: int
    conditions: Conditions


def open_batch(
    *,
    course_slug: str,
    period_key: str,
    period_title: str,
    title: str,
    quota: int,
    opens_at: datetime,
    closes_at: datetime,
    starts_at: datetime,
    until_at: datetime,
    conditions: Conditions | None = None,
    set_aside: Sequence[SetAside] = (),
    set_aside_until: datetime | None = None,
    offer_hours: int = rules.OFFER_HOURS,
    by: UUID | None,
    now: datetime,
) -> BatchFacts:
    """A new batch of the newest edition, in a period that is made if it is new.

    From `set_aside_until` on what is set aside and not taken is everyone's. A seat from the waiting list is kept for
    `offer_hours`. `title` "" becomes "Angkatan <number>". Raises Refusal: 404 unknown_course, 422 for values that make
    no batch.
    """
    edition = courses.latest_edition(course_slug)
    wrong = _wrong(quota, opens_at, closes_at, starts_at, until_at, offer_hours) + _wrong_words(
        period_key, period_title, title
    )
    if sum(part.quota for part in set_aside) > quota or any(part.quota < 1 for part in set_aside):
        wrong.append(Reason(rules.ROOM, "set_aside_too_large", {"quota": quota}))
    if wrong:
        raise Refusal(*wrong, status=422)
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                period, _made = Period.objects.get_or_create(key=period_key, defaults={"title": period_title})
                last = Batch.objects.filter(course_slug=course_slug).aggregate(last=Max("number"))["last"] or 0
                row = Batch.objects.create(
                    key=f"{course_slug}-{last + 1}",
                    number=last + 1,
                    title=title or f"Angkatan {last + 1}",
                    course_slug=course_slug,
                    edition_id=edition.uid,
                    period=period,
                    opens_at=opens_at,
                    closes_at=closes_at,
                    starts_at=starts_at,
                    until_at=until_at,
                    quota=quota,
                    set_aside=sum(part.quota for part in set_aside),
                    set_aside_until=set_aside_until,
                    offer_hours=offer_hours,
                    conditions=(conditions or Conditions()).to_json(),
                )
                Allocation.objects.bulk_create(
                    Allocation(batch=row, title=part.title, quota=part.quota, conditions=part.conditions.to_json())
                    for part in set_aside
                )
                record(BatchOpened(batch=row.uid, edition=edition.uid), about=row.uid, by=by, now=now)
                return queries.with_allocations(row.facts())
        except IntegrityError:
            # Someone opened another batch of the course at the same moment: take the next number.
            continue
    raise Refusal(Reason("foundation", "busy"), status=503, retry_after=2)


CHANGEABLE = ("quota", "opens_at", "closes_at", "until_at", "set_aside_until", "offer_hours")


def change_batch(
    *,
    batch_key: str,
    quota: int | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    until_at: datetime | None = None,
    set_aside_until: datetime | None = None,
    offer_hours: int | None = None,
    by: UUID | None,
    now: datetime,
) -> BatchFacts:
    """Another quota, other windows, another time of release or of offers; what is None stays. The same again changes
    nothing. Seats that are added are offered to those who wait, in the same step.

    Raises Refusal: 404; 409 quota_below_taken (seats kept for offers among them; or below what is set aside),
    study_shortened once seats are taken; 422 for values that make no batch.
    """
    given = dict(zip(CHANGEABLE, (quota, opens_at, closes_at, until_at, set_aside_until, offer_hours), strict=True))
    before = queries.batch(batch_key)
    with transaction.atomic():
        before = lock([before.id])[before.id]
        new = {name: value for name, value in given.items() if value not in (None, getattr(before, name))}
        if not new:
            return before
        after = {name: new.get(name, getattr(before, name)) for name in CHANGEABLE if name != "set_aside_until"}
        if wrong := _wrong(starts_at=before.starts_at, **after):
            raise Refusal(*wrong, status=422)
        if after["until_at"] < before.until_at and before.taken:
            raise Refusal(Reason(rules.ROOM, "study_shortened", {"until_at": before.until_at.isoformat()}))
        # The guard is in the update: seats taken meanwhile are counted there.
        if not Batch.objects.filter(_still_holds(after["quota"]), id=before.id).update(**new):
            taken = {"taken": before.taken, "set_aside": before.set_aside}
            raise Refusal(Reason(rules.ROOM, "quota_below_taken", taken))
        record(BatchChanged(batch=before.uid), about=before.uid, by=by, now=now)
        settle(before.id, by, now)
        return queries.batch(batch_key)


def withdraw_batch(*, batch_key: str, by: UUID | None, now: datetime) -> BatchFacts:
    """Take a batch out of the catalogue: nobody new gets a seat, and nobody who has one loses it. Its waiting list ends
    and whoever waits is told; a seat that was offered before stays kept until its time. Refusal 404."""
    batch = queries.batch(batch_key)
    with transaction.atomic():
        lock([batch.id])
        if Batch.objects.filter(id=batch.id, withdrawn_at=None).update(withdrawn_at=now):
            record(BatchWithdrawn(batch=batch.uid), about=batch.uid, by=by, now=now)
            end_line(batch.id, by, now)
        return queries.batch(batch_key)


def _still_holds(quota: int) -> Q:
    common = Q(taken__lte=quota - F("set_aside") + F("set_aside_taken"))
    return Q(taken__lte=quota, set_aside__lte=quota) & common


def _wrong(
    quota: int, opens_at: datetime, closes_at: datetime, starts_at: datetime, until_at: datetime, offer_hours: int
) -> list[Reason]:
    wrong = []
    if not 1 <= quota <= rules.LARGEST_QUOTA:
        wrong.append(Reason(rules.ROOM, "quota_out_of_range", {"largest": rules.LARGEST_QUOTA}))
    if not opens_at < closes_at <= until_at or not starts_at < until_at:
        wrong.append(Reason(rules.ROOM, "windows_out_of_order"))
    if not 1 <= offer_hours <= rules.LONGEST_OFFER_HOURS:
        wrong.append(Reason(rules.ROOM, "offer_hours_out_of_range", {"longest": rules.LONGEST_OFFER_HOURS}))
    return wrong


def _wrong_words(*words: str) -> list[Reason]:
    period_key, period_title, title = words
    fine = 0 < len(period_key) <= 60 and 0 < len(period_title) <= 120 and len(title) <= 120
    return [] if fine and all(w.isprintable() for w in words) else [Reason(rules.ROOM, "words_too_long")]
