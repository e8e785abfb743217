"""The JSON door: one's own JP and certificates, and the public check of any."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema

from pintar.credentials import actions, paper, queries
from pintar.credentials.devices import device_of
from pintar.credentials.queries import CertificateFacts
from pintar.foundation import clock
from pintar.foundation.api import Problem
from pintar.people.queries import duty_jp

router = Router(tags=["Sertifikat dan JP"])


class NumberOut(Schema):
    """An identity number, masked."""

    kind: str
    number: str


class PublicCertificateOut(Schema):
    """What is on a certificate. `status`: issued (genuine), superseded (see `successor`), revoked (see `reason`).

    `signed` says whether it carries an electronic signature; none does yet.
    """

    status: Literal["issued", "superseded", "revoked"]
    kind: str
    number: str
    code: str
    name: str
    identifiers: list[NumberOut]
    training: str
    batch: str
    period: str
    jp: int
    starts_on: date
    ends_on: date
    issued_on: date
    organiser: str
    signed: bool = False
    changed_at: datetime | None = None
    reason: str | None = None
    successor: str | None = None
    url: str


class MyCertificateOut(PublicCertificateOut):
    uid: UUID
    course: str
    seat: UUID
    issued_at: datetime
    pdf: str | None = None


class MyCertificatesOut(Schema):
    items: list[MyCertificateOut]
    next: str | None = None


class CreditOut(Schema):
    course: str
    title: str
    jp: int
    year: int
    credited_at: datetime
    certificate: UUID


class MyJpOut(Schema):
    """`jp` counts in `year`; `duty` is what the employment asks of a year, null where it asks nothing."""

    year: int
    jp: int
    duty: int | None = None
    items: list[CreditOut]
    next: str | None = None


@router.get("/me/jp", response={200: MyJpOut, 401: Problem}, summary="JP saya")
def my_jp(request: HttpRequest) -> Any:
    """All JP of the person, newest first, and this year's sum beside the duty."""
    person = request.person  # type: ignore[attr-defined]
    credits = queries.credits_of(person.id)
    year = queries.year_of(person, clock.now())
    return MyJpOut(
        year=year,
        jp=sum(credit.jp for credit in credits if credit.year == year),
        duty=duty_jp(person),
        items=[
            CreditOut(
                course=c.course_slug,
                title=c.title,
                jp=c.jp,
                year=c.year,
                credited_at=c.credited_at,
                certificate=c.certificate,
            )
            for c in credits
        ],
    )


@router.get("/me/certificates", response={200: MyCertificatesOut, 401: Problem}, summary="Sertifikat saya")
def my_certificates(request: HttpRequest) -> Any:
    """The person's certificates, newest first."""
    owned = queries.certificates_of(request.person.id)  # type: ignore[attr-defined]
    return MyCertificatesOut(items=[MyCertificateOut(**_public(c), **_own(c)) for c in owned])


@router.get(
    "/certificates/{code}",
    response={200: PublicCertificateOut, 404: Problem, 429: Problem},
    auth=None,
    summary="Cek sertifikat",
)
def check(request: HttpRequest, code: str) -> Any:
    """Public, by either code. 404 `certificate_unknown` for a code that is not there, whatever it looks like; 429 with
    `Retry-After` when too many wrong short codes were tried."""
    found = actions.check_code(typed=code, device=device_of(request), now=clock.now())
    return PublicCertificateOut(**_public(found))


def _public(c: CertificateFacts) -> dict[str, Any]:
    s = c.snapshot
    return {
        "status": str(c.state),
        "kind": c.kind,
        "number": c.number,
        "code": c.printed_code,
        "name": s.name,
        "identifiers": [NumberOut(kind=kind, number=masked) for kind, masked in s.numbers],
        "training": s.training,
        "batch": s.batch,
        "period": s.period,
        "jp": s.jp,
        "starts_on": s.starts,
        "ends_on": s.ends,
        "issued_on": s.issued,
        "organiser": s.organiser,
        "changed_at": c.changed_at,
        "reason": c.reason or None,
        "successor": c.successor,
        "url": paper.address(c.code),
    }


def _own(c: CertificateFacts) -> dict[str, Any]:
    pdf = settings.PUBLIC_URL + reverse("sertifikat-pdf", args=[c.uid]) if c.is_issued else None
    return {"uid": c.uid, "course": c.course_slug, "seat": c.seat, "issued_at": c.issued_at, "pdf": pdf}
