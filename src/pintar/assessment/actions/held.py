"""Answers that came too late, looked at by a person: taken as if in time, or not.

What is accepted becomes an acknowledged operation like any other, received when it came, and the sitting is scored
anew; what is refused stays as it is. Each answer is decided once; the reason is kept and shown to the learner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from pintar.assessment import kept, models, receipts, rules, scoring
from pintar.assessment.actions import answering
from pintar.assessment.actions.answering import OpIn
from pintar.assessment.actions.closing import close_locked, tell_scored, write_score
from pintar.assessment.events import HeldAnswersReviewed
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import queries as people

MOST_IN_A_FILE = 5_000


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was decided about how many answers; the marks after it, and whether the sitting is passed with them."""

    sitting: UUID
    accepted: bool
    answers: int
    got: int
    of: int
    passed: bool | None


def accept_held(*, sitting: UUID, by: UUID, reason: str, now: datetime) -> Reviewed:
    """Take a sitting's held answers as if they had come in time, and score it anew. Safe to repeat.

    Raises Refusal: 404 `unknown_sitting`; 409 `nothing_held`, `still_open`, and `would_unpass`, for nobody loses a test
    by answers that came late; 422 `reviewer_unknown`, `review_reason_needed`.
    """
    return _review(sitting, accepted=True, by=by, reason=reason, now=now)


def refuse_held(*, sitting: UUID, by: UUID, reason: str, now: datetime) -> Reviewed:
    """Leave a sitting's held answers out for good; they stay to be seen. Safe to repeat. Raises as `accept_held`."""
    return _review(sitting, accepted=False, by=by, reason=reason, now=now)


def hold_file(*, document: Any, by: UUID, now: datetime) -> tuple[UUID, int]:
    """Keep what a learner's emergency file holds and the server never acknowledged, to be looked at, however late.

    `document` is the file's JSON: {"sitting": uid, "ops": [{"op_id", "seq", "item", "value"?, "flag"?, "ms"?}]}.
    Returns the sitting and how many answers were new. Raises Refusal: 404 `unknown_sitting`; 422 `bad_file`,
    `reviewer_unknown`, and as `record_answers`.
    """
    _known(by)
    uid, ops = _read(document)
    row = models.Sitting.objects.filter(uid=uid).first()
    if row is None:
        raise not_found("assessment", "unknown_sitting")
    paper = kept.paper_of(row)
    held = 0
    for at in range(0, len(ops), answering.MOST_OPS):
        held += answering.hold(paper, ops[at : at + answering.MOST_OPS], now)
    return uid, held


def _read(document: Any) -> tuple[UUID, list[OpIn]]:
    try:
        uid, sent = UUID(document["sitting"]), document["ops"]
        if not isinstance(sent, list) or len(sent) > MOST_IN_A_FILE:
            raise ValueError
        return uid, [_op(each) for each in sent]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refusal(Reason("assessment", "bad_file"), status=422) from None


def _op(sent: Mapping[str, Any]) -> OpIn:
    ms, flag = sent.get("ms"), sent.get("flag")
    if type(sent["seq"]) is not int or not isinstance(sent["item"], str):
        raise ValueError
    if not (ms is None or type(ms) is int) or not (flag is None or isinstance(flag, bool)):
        raise ValueError
    return OpIn(UUID(sent["op_id"]), sent["seq"], sent["item"], "value" in sent, sent.get("value"), flag, ms)


def _review(sitting: UUID, *, accepted: bool, by: UUID, reason: str, now: datetime) -> Reviewed:
    why = rules.readable_reason(reason)
    _known(by)
    if why is None:
        told = {"least": rules.SHORTEST_REASON, "most": rules.LONGEST_REASON}
        raise Refusal(Reason("assessment", "review_reason_needed", told), status=422)
    with transaction.atomic():
        row = _locked(sitting)
        pending = list(models.HeldOperation.objects.filter(sitting_id=row.pk, review=None).order_by("id"))
        if not pending:
            return _again(row, accepted)
        if row.closed_at is None:
            _close_if_over(row, now)
        if accepted:
            _count(row, pending, by=by, now=now)
        review = models.HeldReview.objects.create(
            sitting_id=row.pk, accepted=accepted, answers=len(pending), reason=why, by=by, at=now
        )
        models.HeldOperation.objects.filter(id__in=[each.pk for each in pending]).update(review=review)
        ledger.record(
            HeldAnswersReviewed(sitting=row.uid, context=row.context, accepted=accepted, answers=len(pending)),
            about=row.uid,
            by=by,
            now=now,
        )
        return _reviewed(row, review)


def _locked(sitting: UUID) -> models.Sitting:
    """Whoever decides at the same time waits here, and then finds it decided."""
    row = models.Sitting.objects.select_for_update().filter(uid=sitting).first()
    if row is None:
        raise not_found("assessment", "unknown_sitting")
    return row


def _known(by: UUID) -> None:
    if by not in people.people_by_uid([by]):
        raise Refusal(Reason("assessment", "reviewer_unknown"), status=422)


def _again(row: models.Sitting, accepted: bool) -> Reviewed:
    """The same decision as before, once more; another one finds nothing to decide."""
    last = models.HeldReview.objects.filter(sitting_id=row.pk).order_by("-id").first()
    if last is None or last.accepted != accepted:
        raise Refusal(Reason("assessment", "nothing_held"))
    return _reviewed(row, last)


def _close_if_over(row: models.Sitting, now: datetime) -> None:
    if now <= row.deadline + rules.GRACE:
        raise Refusal(Reason("assessment", "still_open", {"deadline": row.deadline}))
    close_locked(row, by=None, now=now, closed_by=rules.BY_TIME)


def _count(row: models.Sitting, pending: Sequence[models.HeldOperation], *, by: UUID, now: datetime) -> None:
    """The held answers become operations, received when they came, and the sitting is scored with them."""
    models.Operation.objects.bulk_create(
        [
            models.Operation(
                sitting_id=row.pk,
                digest=receipts.digest(row.uid, each.op_id, each.seq, each.item, each.value, each.flag, each.at),
                **{name: getattr(each, name) for name in ("op_id", "seq", "item", "value", "flag", "ms", "at")},
            )
            for each in pending
        ],
        ignore_conflicts=True,
    )
    scored = scoring.score(row, row.ops())
    if row.passed and not scored.passed:
        raise Refusal(Reason("assessment", "would_unpass", {"got": scored.got, "of": scored.of}))
    write_score(row, scored)
    tell_scored(row, by=by, now=now)


def _reviewed(row: models.Sitting, review: models.HeldReview) -> Reviewed:
    return Reviewed(row.uid, review.accepted, review.answers, row.got or 0, row.of or 0, row.passed)
