"""What comes after a sitting: which lessons to study again, or what opens now. Shown on the receipt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pintar.assessment.queries import SittingFacts
from pintar.courses import queries as courses
from pintar.courses.queries import Entry
from pintar.foundation.prepared import Prepared
from pintar.learning.queries.studies import plan_of, sat_of, studies
from pintar.learning.rules import gate


@dataclass(frozen=True)
class AfterSitting:
    """`kind`: passed, failed, pretest. `lessons` to study again, `indicators` of them in words; `next` the line that
    follows; `opens_at` when the next sitting opens, None where it may at once or never; `left` sittings remain, None
    where there is no limit; `remedial`: the next one asks for the lessons first; `used_up`: there is none any more."""

    batch_key: str
    test: Entry
    kind: str
    lessons: tuple[Entry, ...]
    next: Entry | None
    opens_at: datetime | None
    left: int | None
    remedial: bool
    used_up: bool
    is_over: bool


_IN_SEAT = Prepared(lambda seat, person: studies().filter(seat__uid=seat, person_id=person)[:1], seat=UUID, person=int)


def after_sitting(facts: SittingFacts, person_id: int, now: datetime) -> AfterSitting | None:
    """One query; None where the sitting is of no seat of this person, or not closed yet."""
    if facts.closed_at is None:
        return None
    row = _IN_SEAT.first(seat=facts.context, person=person_id)
    if row is None:
        return None
    seat = row.seat.facts()
    edition = courses.edition(seat.batch.edition)
    plan, test = plan_of(edition), edition.entry(facts.test)
    line = plan.line(facts.test)
    if test is None or line is None:
        return None
    rule = edition.tests[facts.test]
    failed = facts.passed is False
    used_up = failed and rule.kind == "posttest" and 0 < rule.sittings < facts.number
    weak = gate.lessons_to_study(plan, line, sat_of(facts, now)) if failed and not used_up else ()
    left = max(0, rule.sittings - facts.number) if rule.kind == "posttest" and rule.sittings else None
    keys = [each.key for each in plan.lines]
    following = keys[keys.index(facts.test) + 1 :]
    waits = failed and rule.kind == "posttest" and bool(left)
    return AfterSitting(
        batch_key=seat.batch.key,
        test=test,
        kind="pretest" if rule.kind == "pretest" else "failed" if failed else "passed",
        lessons=tuple(found for key in weak if (found := edition.entry(key))),
        next=edition.entry(following[0]) if following and not failed else None,
        opens_at=facts.closed_at + timedelta(hours=rule.hours_between) if waits else None,
        left=left,
        remedial=failed and left == 0 and facts.number <= rule.sittings,
        used_up=used_up,
        is_over=now >= seat.batch.until_at,
    )
