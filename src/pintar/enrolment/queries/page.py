"""`/angkatan/<key>/` as a value."""

from dataclasses import dataclass
from datetime import datetime

from pintar.courses import queries as courses
from pintar.courses.queries import Edition
from pintar.enrolment import rules
from pintar.enrolment.queries.batches import open_batches
from pintar.enrolment.queries.standing import admission, standing
from pintar.enrolment.rules import Admission, BatchFacts, SeatFacts
from pintar.foundation.refusals import Reason
from pintar.people.queries import Person

# A page shows at most so many other trainings that are open.
OTHERS = 3


@dataclass(frozen=True, slots=True)
class Other:
    """Another training that is open: its batch and what it teaches."""

    batch: BatchFacts
    edition: Edition


@dataclass(frozen=True, slots=True)
class BatchPage:
    """`/angkatan/<key>/`. `seat` is the one held here; `held` the edition of the batch of a seat held elsewhere.

    `pledged`: the present pledge was given already, in advance or for the seat elsewhere, which an exchange takes
    along; `prepared`: in advance. `reminds`: a reminder of the opening is wanted.
    """

    batch: BatchFacts
    edition: Edition
    admission: Admission
    asked: tuple[Reason, ...]
    seat: SeatFacts | None
    held: Edition | None
    pledged: bool
    prepared: bool
    reminds: bool
    can_give_back: bool
    others: tuple[Other, ...]

    @property
    def eligible(self) -> bool:
        return all(check.met for check in self.admission.checks)


def batch_page(key: str, person: Person | None, now: datetime) -> BatchPage:
    """The page of a batch for a person, or for a stranger. Refusal 404."""
    where = standing(key, person.id if person else None)
    decision = admission(where, person, now)
    facts = where.batch.as_released(now)
    seat = decision.seat if decision.verdict is rules.Verdict.SEATED else None
    elsewhere = decision.seat if decision.verdict is not rules.Verdict.SEATED else None
    return BatchPage(
        batch=facts,
        edition=courses.edition(facts.edition),
        admission=decision,
        asked=rules.asked(facts.conditions),
        seat=seat,
        held=courses.edition(elsewhere.batch.edition) if elsewhere else None,
        pledged=rules.PLEDGE.version in (where.pledged, elsewhere.pledge_version if elsewhere else ""),
        prepared=where.pledged == rules.PLEDGE.version,
        reminds=where.reminds,
        can_give_back=seat is not None and decision.changeable,
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
