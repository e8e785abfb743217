"""Answers that came too late and wait for somebody to look at them, and what became of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from pintar.assessment import models, rules, scoring
from pintar.courses import queries as courses
from pintar.people import queries as people


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """A sitting with `answers` held answers, received from `first_at` to `last_at`. Marks are None while it is open;
    `got_with` and `passed_with` say what it would come to with them. `person` is None once the account is erased."""

    sitting: UUID
    person: people.Person | None
    context_title: str
    test: str
    number: int
    deadline: datetime
    answers: int
    first_at: datetime
    last_at: datetime
    got: int | None
    of: int
    passed: bool | None
    got_with: int
    passed_with: bool | None


@dataclass(frozen=True, slots=True)
class Late:
    """What a learner is told of late answers. `state` is "held", "accepted" or "refused"; `reason` and `at` belong to
    the decision."""

    state: str
    answers: int
    reason: str = ""
    at: datetime | None = None


def held(limit: int = 200) -> list[HeldFacts]:
    """The sittings that wait, the longest waiting first; the same number of queries for one and for many."""
    late: dict[int, list[rules.Op]] = {}
    times: dict[int, list[datetime]] = defaultdict(list)
    for op in models.HeldOperation.objects.filter(review=None).order_by("id").iterator():
        if op.sitting_id in late or len(late) < limit:
            late.setdefault(op.sitting_id, []).append(op.read())
            times[op.sitting_id].append(op.at)
    given: dict[int, list[rules.Op]] = defaultdict(list)
    for op in models.Operation.objects.filter(sitting_id__in=late).iterator():
        given[op.sitting_id].append(op.read())
    rows = models.Sitting.objects.in_bulk(late)
    known = people.people([row.person_id for row in rows.values() if row.person_id])
    return [
        _facts(
            rows[id], times[id], scoring.score(rows[id], [*given[id], *late[id]]), known.get(rows[id].person_id or 0)
        )
        for id in late
    ]


def _facts(
    row: models.Sitting, times: Sequence[datetime], with_them: scoring.Score, person: people.Person | None
) -> HeldFacts:
    return HeldFacts(
        sitting=row.uid,
        person=person,
        context_title=row.context_title,
        test=courses.edition(row.edition).tests[row.test].title,
        number=row.number,
        deadline=row.deadline,
        answers=len(times),
        first_at=min(times),
        last_at=max(times),
        got=row.got,
        of=with_them.of,
        passed=row.passed,
        got_with=with_them.got,
        passed_with=with_them.passed,
    )


def with_late(rows: QuerySet[models.Sitting]) -> QuerySet[models.Sitting]:
    """Sittings with what `late_of` reads, in the same SELECT."""
    waiting = models.HeldOperation.objects.filter(sitting=OuterRef("pk"), review=None).order_by()
    last = models.HeldReview.objects.filter(sitting=OuterRef("pk")).order_by("-id")
    return rows.annotate(
        held_pending=Subquery(waiting.values("sitting").annotate(n=Count("pk")).values("n")),
        **{f"review_{name}": Subquery(last.values(name)[:1]) for name in ("accepted", "answers", "reason", "at")},
    )


def late_of(row: models.Sitting) -> Late | None:
    """What a row of `with_late` tells its learner; what still waits comes before what was decided."""
    told = vars(row)
    if told["held_pending"]:
        return Late("held", told["held_pending"])
    if told["review_accepted"] is None:
        return None
    state = "accepted" if told["review_accepted"] else "refused"
    return Late(state, told["review_answers"], told["review_reason"], told["review_at"])
