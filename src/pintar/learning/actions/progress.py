"""Progress: a study begun, ranges recorded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from pintar.assessment import queries as tests
from pintar.courses.queries import Entry
from pintar.enrolment import queries as enrolment
from pintar.enrolment.queries import SeatFacts
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.learning import opened as marks
from pintar.learning.events import LessonCompleted
from pintar.learning.models import ProgressOp, Study
from pintar.learning.queries.studies import StudyView, measures_of, studies, view_of
from pintar.learning.rules import gate, progress
from pintar.learning.rules.progress import Claim, Left, LessonProgress, Measure
from pintar.people.queries import Person

OP_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
OPS_KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A lesson's progress after an operation.

    `left` is what is missing before it is finished, or, while `rereading`, before it counts as gone through again;
    `finished` says that this operation finished it.
    """

    progress: LessonProgress
    measure: Measure
    left: Left
    rereading: bool
    finished: bool

    @property
    def furthest(self) -> float:
        """What counts, in the form's unit."""
        return self.progress.share * self.measure.length

    @property
    def open_until(self) -> float:
        return progress.open_until(self.progress, self.measure)


def begin_study(*, seat: SeatFacts, now: datetime) -> None:
    """Make the study of a seat, if it is not there. Safe to repeat."""
    begin_studies([seat], now)


def begin_studies(seats: Iterable[SeatFacts], now: datetime) -> None:
    """The same for many, in one statement."""
    rows = [Study(seat_id=seat.id, person_id=seat.person_id, begun_at=now) for seat in seats]
    Study.objects.bulk_create(rows, ignore_conflicts=True)


def record_progress(
    *,
    person: Person,
    seat: UUID,
    lesson: str,
    form: str,
    ranges: Any,
    position: float | None,
    op_id: str,
    opened: str | None = None,
    by: UUID,
    now: datetime,
) -> Recorded:
    """Count what was played or read. Safe to repeat, safe out of order: ranges add up, an `op_id` counts once.

    `ranges` as the device sent them, in the form's unit; `opened` is the mark of the page they come from. Raises
    Refusal: 404 no such seat of this person, or lesson; 409 locked, with why; 410 past the end of the batch; 422
    unknown_form, bad_ranges.
    """
    with transaction.atomic():
        row = locked(person, seat, now)
        view = view_of(row, tests.sittings([seat]).get(seat, ()), now)
        entry = lesson_entry(view, lesson)
        measures = measures_of(entry)
        measure = measures.get(form)
        if measure is None:
            raise Refusal(Reason("learning", "unknown_form", {"forms": sorted(measures)}), status=422)
        claimed = progress.read_ranges(ranges, measure)
        if claimed is None or not OP_ID.fullmatch(op_id) or not _is_position(position):
            raise Refusal(Reason("learning", "bad_ranges"), status=422)
        refuse_closed(view, lesson)
        return _recorded(
            row, view, lesson, measures, Claim(form, claimed, position, _opened(opened, view, lesson)), op_id
        )


def _recorded(
    row: Study, view: StudyView, lesson: str, measures: dict[str, Measure], claim: Claim, op_id: str
) -> Recorded:
    before = view.standing.progress(lesson)
    now, since = view.now, gate.reread_since(view.states.values(), lesson)
    after = before
    if _counts(row, op_id, now):
        after = progress.advance(before, measures, claim, now, since)
        row.lessons = {**row.lessons, lesson: progress.to_json(after)}
        row.seen_at, row.form = now, claim.form
        row.save(update_fields=["lessons", "seen_at", "form"])
    finished = after.completed_at is not None and before.completed_at is None
    if finished:
        happened = LessonCompleted(seat=view.seat.uid, person=_uid(row), lesson=lesson)
        record(happened, about=view.seat.uid, by=_uid(row), now=now)
    if since:
        lacks = progress.left_again(after, measures, claim.form, since, now)
    else:
        lacks = progress.left(after, measures, claim.form, now)
    return Recorded(after, measures[claim.form], lacks, since is not None, finished)


def _counts(row: Study, op_id: str, now: datetime) -> bool:
    """Whether the operation is new. The study's row is locked, so nobody else asks meanwhile."""
    if ProgressOp.objects.filter(study=row, op_id=op_id).exists():
        return False
    ProgressOp.objects.create(study=row, op_id=op_id, at=now)
    return True


def forget_old_ops(now: datetime) -> int:
    """Operations are repeated within days, not months."""
    return ProgressOp.objects.filter(at__lt=now - OPS_KEPT).delete()[0]


def locked(person: Person, seat: UUID, now: datetime) -> Study:
    """The study of one's own seat, its row locked until the transaction ends; made if it is not there.

    Raises Refusal (404).
    """
    rows = studies().select_related("seat__batch__period", "person").select_for_update(of=("self",))
    mine = rows.filter(seat__uid=seat, person_id=person.id, seat__released_at=None)
    row = mine.first()
    if row is None:
        facts = enrolment.seats([seat]).get(seat)
        if facts is None or facts.person_id != person.id or facts.released_at is not None:
            raise not_found("learning", "unknown_seat")
        begin_study(seat=facts, now=now)
        row = mine.first()
    if row is None:
        raise IntegrityError("a study that was just begun is not there")
    return row


def lesson_entry(view: StudyView, lesson: str) -> Entry:
    entry = view.edition.entry(lesson)
    if entry is None or entry.lesson is None:
        raise not_found("learning", "unknown_lesson")
    return entry


def refuse_closed(view: StudyView, key: str) -> None:
    """Raises Refusal where the line is locked (409), or the batch's time is over (410)."""
    if view.is_over:
        raise Refusal(Reason("learning", "ended", {"until_at": view.seat.batch.until_at}), status=410)
    state = view.states[key]
    if state.is_locked:
        raise Refusal(*state.reasons)


def _opened(mark: str | None, view: StudyView, lesson: str) -> datetime | None:
    return marks.read(mark, view.seat.uid, lesson, view.now)


def _uid(row: Study) -> UUID:
    return row.person.uid


def _is_position(position: float | None) -> bool:
    return position is None or (position == position and 0 <= position < 1e9)
