"""The JSON door of tests: the paper, the lease, the answers, the handing in. Opening a sitting belongs to a seat."""

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from ninja.responses import NinjaJSONEncoder
from pydantic import Field

from pintar.assessment import actions, queries
from pintar.assessment.actions import OpIn
from pintar.foundation import clock
from pintar.foundation.api import Input, Problem
from pintar.people.queries import Person

router = Router(tags=["sittings"])

Part = dict[str, Any]
JSON = "application/json; charset=utf-8"
REFUSED = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 410: Problem, 422: Problem}


class AnswerOut(Schema):
    value: Any = None
    flag: bool
    seq: int


class ItemOut(Schema):
    id: str
    type: str
    stem: str
    options: list[Part]
    left: list[Part] | None = None
    gaps: list[Part] | None = None


class PaperOut(Schema):
    """The whole paper. `lease` is null once the sitting is closed; `pilots` of the items are only tried, and not
    counted."""

    sitting: UUID
    test: str
    kind: str
    number: int
    deadline: datetime
    now: datetime
    closed_at: datetime | None
    lease: str | None
    pilots: int
    items: list[ItemOut]
    answers: dict[str, AnswerOut]


class LeaseOut(Schema):
    lease: str
    deadline: datetime
    now: datetime
    answers: dict[str, AnswerOut]


class OpBody(Input):
    """An operation: an answer (`value`, null clears), a flag ("ragu-ragu"), or both."""

    op_id: UUID
    seq: Annotated[int, Field(ge=0, le=2**31 - 1)]
    item: Annotated[str, Field(max_length=64)]
    value: Any = None
    flag: bool | None = None
    ms: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None

    def read(self) -> OpIn:
        return OpIn(
            op_id=self.op_id,
            seq=self.seq,
            item=self.item,
            answers="value" in self.model_fields_set,
            value=self.value,
            flag=self.flag,
            ms=self.ms,
        )


class AnswersBody(Input):
    lease: Annotated[str, Field(max_length=64)]
    ops: Annotated[list[OpBody], Field(max_length=200)]


class ReceiptOut(Schema):
    number: int
    op_id: UUID
    seq: int
    item: str
    at: datetime
    digest: str


class ReceiptsOut(Schema):
    """`held` of the operations came after the grace: kept for an organiser, not counted."""

    receipts: list[ReceiptOut]
    held: int
    now: datetime


class IndicatorOut(Schema):
    key: str
    got: int
    of: int
    items: int
    failed: bool
    uncertain: bool


class LateOut(Schema):
    """Answers that came too late. `state` is "held", "accepted" (the marks count them) or "refused"."""

    state: str
    answers: int
    reason: str


class ResultOut(Schema):
    """The receipt of a sitting, with its marks; `passed` is null where a test is never graded. Of the `items`
    shown, `pilots` were only tried and do not count."""

    sitting: UUID
    test: str
    kind: str
    number: int
    receipt: str
    closed_at: datetime
    answered: int
    items: int
    pilots: int
    got: int
    of: int
    percent: float
    passed: bool | None
    indicators: list[IndicatorOut]
    late: LateOut | None = None


@router.get("/sittings/{uuid:uid}", response={200: PaperOut, **REFUSED}, exclude_unset=True)
def paper(request: HttpRequest, uid: UUID) -> Any:
    """The whole paper of one's own sitting, with the answers so far."""
    return Status(200, queries.paper_document(uid, _person(request).id, clock.now()))


@router.put("/sittings/{uuid:uid}/lease", response={200: LeaseOut, **REFUSED})
def lease(request: HttpRequest, uid: UUID) -> Any:
    """Go on with a sitting on this device; what the other device sends next is refused (409 lease_taken)."""
    person, now = _person(request), clock.now()
    actions.take_lease(person=person, sitting=uid, by=person.uid, now=now)
    return Status(200, queries.lease_document(uid, person.id, now))


@router.put("/sittings/{uuid:uid}/answers", response={200: ReceiptsOut, 202: ReceiptsOut, **REFUSED})
def answers(request: HttpRequest, uid: UUID, body: AnswersBody) -> Any:
    """Record answers, at most 200 at a time; safe to repeat, safe out of order: the highest `seq` of an item counts."""
    person, now = _person(request), clock.now()
    recorded = actions.record_answers(
        person=person, sitting=uid, lease=body.lease, ops=[op.read() for op in body.ops], by=person.uid, now=now
    )
    document = {"receipts": [vars_of(receipt) for receipt in recorded.receipts], "held": recorded.held, "now": now}
    # Written as it is: to read it through its own schema once more costs as much as recording the answer.
    return HttpResponse(
        json.dumps(document, cls=NinjaJSONEncoder), status=202 if recorded.held else 200, content_type=JSON
    )


@router.post("/sittings/{uuid:uid}/submission", response={200: ResultOut, **REFUSED})
def submission(request: HttpRequest, uid: UUID) -> Any:
    """Hand the sitting in; again is the same as once."""
    person = _person(request)
    actions.hand_in(person=person, sitting=uid, by=person.uid, now=clock.now())
    return Status(200, queries.result_document(uid, person.id))


def vars_of(receipt: actions.Receipt) -> dict[str, Any]:
    return {name: getattr(receipt, name) for name in ReceiptOut.model_fields}


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]
