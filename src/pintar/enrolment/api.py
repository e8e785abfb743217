"""The JSON door: batches, and the seat that a person has in one."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Body, Query, Router, Schema, Status

from pintar.courses import queries as courses
from pintar.courses.queries import Edition
from pintar.enrolment import queries, rules
from pintar.enrolment.actions import leave_batch, take_seat
from pintar.enrolment.queries import BatchFacts, SeatFacts, TicketFacts
from pintar.foundation import clock
from pintar.foundation.api import Input, Problem, idempotent
from pintar.foundation.refusals import not_found

router = Router(tags=["Angkatan dan kursi"])
PAGE = 100


class PeriodOut(Schema):
    key: str
    title: str


class PledgeOut(Schema):
    """The pakta integritas. Taking a seat agrees to it; version and text are kept with the seat."""

    version: str
    text: str


class BatchOut(Schema):
    """A batch. `state`: open, soon, closed, full or withdrawn. `taken` counts seats kept for offers too; `waiting`: how
    many are in the waiting list. `conditions`: an absent name asks nothing."""

    key: str
    uid: UUID
    title: str
    course: str
    course_title: str
    jp: int
    edition: UUID
    period: PeriodOut
    state: Literal["open", "soon", "closed", "full", "withdrawn"]
    quota: int
    taken: int
    waiting: int
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    until_at: datetime
    conditions: dict[str, Any]
    url: str


class OneBatchOut(BatchOut):
    pledge: PledgeOut


class BatchesOut(Schema):
    items: list[BatchOut]
    next: str | None = None


class SeatIn(Input):
    """`wait`: join the waiting list where the batch is full. `instead_of`: the uid of the seat in another batch of the
    period, given back in the same step. `pledge`: agreement to the pakta integritas."""

    wait: bool = False
    instead_of: UUID | None = None
    pledge: bool = True


class SeatOut(Schema):
    state: Literal["seated"] = "seated"
    seat: UUID
    number: str
    batch: str
    taken_at: datetime


class WaitingOut(Schema):
    """A place in the line, counted from 1 among the `length` who wait."""

    state: Literal["waiting"] = "waiting"
    batch: str
    position: int
    length: int
    joined_at: datetime


class QueuedOut(Schema):
    """Under a rush: people who are `ahead` come first (null before the opening, when places are not yet drawn). Repeat
    the same PUT after `retry_after` seconds, with `ticket` in the header `Pintar-Ticket`: it keeps the place whatever
    happens."""

    state: Literal["queued"] = "queued"
    ticket: str
    ahead: int | None
    retry_after: int


class OfferedOut(Schema):
    """A seat is kept for the person until then; the same PUT as for a seat accepts it, DELETE declines it."""

    state: Literal["offered"] = "offered"
    batch: str
    until: datetime


class MySeatOut(SeatOut):
    course: str
    course_title: str
    batch_title: str
    starts_at: datetime
    until_at: datetime


class MySeatsOut(Schema):
    items: list[MySeatOut]
    next: str | None = None


@router.get("/batches", response={200: BatchesOut, 422: Problem}, auth=None, summary="Angkatan")
def list_batches(request: HttpRequest, open: bool = False, after: str = Query("", max_length=140)) -> Any:
    """Batches that are not withdrawn; `open=true`: whose registration is open now. `after`: the key to go on behind."""
    now = clock.now()
    found = queries.batch_list(now if open else None, after=after, limit=PAGE + 1)
    editions = courses.editions(b.edition for b in found)
    following = None
    if len(found) > PAGE:
        found = found[:PAGE]
        following = f"{request.path}?after={found[-1].key}" + ("&open=true" if open else "")
    return BatchesOut(items=[BatchOut(**_batch(b, editions[b.edition], now)) for b in found], next=following)


@router.get("/batches/{key}", response={200: OneBatchOut, 404: Problem}, auth=None, summary="Satu angkatan")
def one_batch(request: HttpRequest, key: str) -> Any:
    facts = queries.batch(key)
    pledge = PledgeOut(version=rules.PLEDGE.version, text=rules.PLEDGE.text)
    return OneBatchOut(**_batch(facts, courses.edition(facts.edition), clock.now()), pledge=pledge)


@router.put(
    "/batches/{key}/seat",
    response={
        200: SeatOut,
        201: SeatOut,
        202: WaitingOut | QueuedOut,
        **dict.fromkeys((401, 403, 404, 409, 410, 422, 503), Problem),
    },
    summary="Ambil kursi",
)
def put_seat(request: HttpRequest, key: str, wanted: SeatIn | None = Body(None)) -> Any:  # noqa: B008
    """Take a seat, agreeing to the pakta integritas; accept the one that is offered; safe to repeat. 201: new; 200: the
    seat that is held here already; 202: a place in the waiting list, or under a rush in the queue.

    409 `batch_full` (unless `wait`), `batch_soon`, `batch_closed`, `batch_withdrawn`, `offer_over`, `seat_elsewhere`
    (its data names the seat; with `instead_of` it is exchanged in one step); 422 with every condition that is not met.
    Under a rush 403 `ticket_forged` or `ticket_foreign` and 410 `ticket_old`: repeat without the ticket.
    """
    person, now = request.person, clock.now()  # type: ignore[attr-defined]
    wanted = wanted or SeatIn()

    def work() -> tuple[int, Any]:
        found = take_seat(
            person=person,
            batch_key=key,
            pledge=wanted.pledge,
            instead_of=wanted.instead_of,
            wait=wanted.wait,
            by=person.uid,
            now=now,
        )
        if isinstance(found, TicketFacts):
            return 202, _place(found).model_dump(mode="json")
        return (201 if found.taken_at == now else 200), SeatOut(**_seat(found)).model_dump(mode="json")

    status, body = idempotent(request, work)
    return Status(status, body)


@router.get(
    "/batches/{key}/seat",
    response={200: SeatOut | WaitingOut | OfferedOut, **dict.fromkeys((401, 404), Problem)},
    summary="Kursi saya di sini",
)
def get_seat(request: HttpRequest, key: str) -> Any:
    """The seat held in this batch, or the place in its line, or the offer. 404 `no_seat` where there is none."""
    where = queries.standing(key, request.person.id)  # type: ignore[attr-defined]
    if where.seat is not None and where.seat.batch.id == where.batch.id:
        return SeatOut(**_seat(where.seat))
    if where.ticket is not None and where.ticket.state is rules.TicketState.WAITING:
        return _place(where.ticket)
    if where.ticket is not None and where.ticket.is_offer(clock.now()):
        return OfferedOut(batch=key, until=where.ticket.offer_until)
    raise not_found(rules.ROOM, "no_seat", batch=key)


@router.delete(
    "/batches/{key}/seat",
    response={204: None, **dict.fromkeys((401, 403, 404, 409), Problem)},
    summary="Lepas kursi",
)
def delete_seat(request: HttpRequest, key: str) -> Any:
    """Give the seat back, leave the line, decline the offer: whichever there is; safe to repeat. 409 `seat_completed`,
    `batch_over` when a seat can no longer be given back."""
    person = request.person  # type: ignore[attr-defined]
    leave_batch(person=person, batch_key=key, by=person.uid, now=clock.now())
    return Status(204, None)


@router.get("/me/seats", response={200: MySeatsOut, 401: Problem}, summary="Kursi saya")
def my_seats(request: HttpRequest) -> Any:
    """The person's current seats, newest first."""
    held = queries.seats_of(request.person.id)  # type: ignore[attr-defined]
    editions = courses.editions(seat.batch.edition for seat in held)
    return MySeatsOut(
        items=[
            MySeatOut(
                **_seat(seat),
                course=seat.batch.course_slug,
                course_title=editions[seat.batch.edition].title,
                batch_title=seat.batch.title,
                starts_at=seat.batch.starts_at,
                until_at=seat.batch.until_at,
            )
            for seat in held
        ]
    )


def _batch(facts: BatchFacts, edition: Edition, now: datetime) -> dict[str, Any]:
    return {
        "key": facts.key,
        "uid": facts.uid,
        "title": facts.title,
        "course": facts.course_slug,
        "course_title": edition.title,
        "jp": edition.jp,
        "edition": facts.edition,
        "period": PeriodOut(key=facts.period_key, title=facts.period_title),
        "state": facts.window(now).value,
        "quota": facts.quota,
        "taken": facts.taken,
        "waiting": facts.waiting,
        "opens_at": facts.opens_at,
        "closes_at": facts.closes_at,
        "starts_at": facts.starts_at,
        "until_at": facts.until_at,
        "conditions": _conditions(facts),
        "url": settings.PUBLIC_URL + reverse("angkatan", args=[facts.key]),
    }


def _conditions(facts: BatchFacts) -> dict[str, Any]:
    asked = facts.conditions.to_json()
    if "units" in asked:  # row ids stay inside
        asked["units"] = [{"key": unit["key"], "name": unit["name"]} for unit in asked["units"]]
    return asked


def _seat(seat: SeatFacts) -> dict[str, Any]:
    return {"seat": seat.uid, "number": seat.number, "batch": seat.batch.key, "taken_at": seat.taken_at}


def _place(ticket: TicketFacts) -> WaitingOut:
    return WaitingOut(
        batch=ticket.batch.key, position=ticket.position, length=ticket.length, joined_at=ticket.joined_at
    )
