"""Certificates and JP as facts, and the pages that show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from pintar.courses import queries as courses
from pintar.credentials import rules
from pintar.credentials.models import Certificate, JPCredit
from pintar.credentials.rules import Snapshot, State
from pintar.enrolment import queries as enrolment
from pintar.enrolment.queries import SeatFacts
from pintar.foundation.prepared import Prepared
from pintar.foundation.refusals import not_found
from pintar.graduation import queries as graduation
from pintar.graduation.queries import Decision
from pintar.people.queries import Person, duty_jp

__all__ = [
    "CertificateFacts",
    "CertificatesPage",
    "CreditFacts",
    "Home",
    "Snapshot",
    "State",
    "certificate_by_code",
    "certificate_of",
    "certificates_of",
    "certificates_page",
    "credits_of",
    "home",
    "jp_of",
    "year_of",
]


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate. `code` leads to its public page, `short_code` is printed beside it. `successor` is the code of the
    certificate that took its place; `reason` and `changed_at` are set once it is not `issued` any more."""

    id: int
    uid: UUID
    code: str
    short_code: str
    number: str
    kind: str
    person_id: int
    seat: UUID
    course_slug: str
    snapshot: Snapshot
    issued_at: datetime
    state: State
    reason: str
    changed_at: datetime | None
    successor: str | None
    pdf: str
    pdf_size: int | None

    @property
    def printed_code(self) -> str:
        return rules.grouped(self.short_code)

    @property
    def is_issued(self) -> bool:
        return self.state is State.ISSUED


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """JP of one training in one year; `certificate` is the uid of the certificate that carries them."""

    course_slug: str
    title: str
    jp: int
    year: int
    credited_at: datetime
    certificate: UUID


@dataclass(frozen=True, slots=True)
class Year:
    """One line of the transcript."""

    year: int
    jp: int
    trainings: int


@dataclass(frozen=True, slots=True)
class Jp:
    """JP of a year beside the yearly duty (None where there is none); `sides` of the ring's five are gained."""

    year: int
    jp: int
    duty: int | None

    @property
    def sides(self) -> int:
        return rules.sides(self.jp, self.duty) if self.duty else 0

    @property
    def left(self) -> int:
        return max((self.duty or 0) - self.jp, 0)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A certificate that was just issued: what the home page announces."""

    uid: UUID
    title: str
    jp: int
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """The share of the home page: this year's JP, and certificates of the last two weeks, newest first."""

    jp: Jp
    fresh: tuple[Fresh, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """A seat whose training is not passed: what is missing, or why it ended."""

    seat: SeatFacts
    title: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    """`/sertifikat/`. `shown` is the certificate that is drawn, None where there is none; `fresh`: it is new."""

    shown: CertificateFacts | None
    fresh: bool
    others: tuple[CertificateFacts, ...]
    pending: tuple[Pending, ...]
    jp: Jp
    years: tuple[Year, ...]


def certificates_of(person_id: int) -> tuple[CertificateFacts, ...]:
    """A person's certificates, superseded and revoked ones too, newest first; one query."""
    return tuple(facts_of(row) for row in _rows().filter(person=person_id).order_by("-issued_at", "-id"))


def certificate_of(person_id: int, uid: UUID) -> CertificateFacts:
    """One's own certificate. Refusal 404 for no such one and for another's."""
    row = _rows().filter(person=person_id, uid=uid).first()
    if row is None:
        raise not_found("credentials", "certificate_not_found")
    return facts_of(row)


def certificate_by_code(code: str) -> CertificateFacts | None:
    """By either code, as `ids.read_key` gives it; for whoever may look without a limit."""
    if not rules.can_exist(code):
        return None
    field = "code" if rules.kind_of(code) is rules.Code.LONG else "short_code"
    row = _rows().filter(**{field: code}).first()
    return facts_of(row) if row else None


def credits_of(person_id: int) -> tuple[CreditFacts, ...]:
    """All JP that count, newest first; one query."""
    rows = _credits(person_id).order_by("-year", "-credited_at", "-id")
    return tuple(
        CreditFacts(r.course_slug, r.certificate.snapshot["training"], r.jp, r.year, r.credited_at, r.certificate.uid)
        for r in rows
    )


def jp_of(person_id: int, year: int) -> int:
    """JP that count in a year."""
    return sum(_credits(person_id).filter(year=year).values_list("jp", flat=True))


def year_of(person: Person, now: datetime) -> int:
    """The year it is where the person is."""
    return now.astimezone(ZoneInfo(person.zone)).year


_OF_YEAR_OR_NEW = Prepared(
    lambda person, year, since: (
        _credits(person).filter(Q(year=year) | Q(credited_at__gte=since)).order_by("-credited_at", "-id")
    ),
    person=int,
    year=int,
    since=datetime,
)


def home(person: Person, now: datetime) -> Home:
    """One query."""
    year, since = year_of(person, now), now - rules.NEWS
    rows = _OF_YEAR_OR_NEW(person=person.id, year=year, since=since)
    fresh = [row for row in rows if row.credited_at >= since and row.certificate.state == State.ISSUED]
    return Home(
        jp=Jp(year, sum(row.jp for row in rows if row.year == year), duty_jp(person)),
        fresh=tuple(
            Fresh(row.certificate.uid, row.certificate.snapshot["training"], row.jp, row.credited_at) for row in fresh
        ),
    )


def certificates_page(person: Person, shown: UUID | None, now: datetime) -> CertificatesPage:
    """The page, with the certificate `shown` drawn, else the newest that holds; the same queries for one and for many.

    Refusal 404 where `shown` is not one's own.
    """
    owned = certificates_of(person.id)
    chosen = (
        next((c for c in owned if c.uid == shown), None) if shown else next((c for c in owned if c.is_issued), None)
    )
    if shown and chosen is None:
        raise not_found("credentials", "certificate_not_found")
    credits = credits_of(person.id)
    year = year_of(person, now)
    return CertificatesPage(
        shown=chosen,
        fresh=bool(chosen and chosen.is_issued and chosen.issued_at >= now - rules.NEWS),
        others=tuple(c for c in owned if c is not chosen),
        pending=_pending(person.id, {c.seat for c in owned}, now),
        jp=Jp(year, sum(c.jp for c in credits if c.year == year), duty_jp(person)),
        years=_years(credits),
    )


def facts_of(row: Certificate) -> CertificateFacts:
    """A row of `_rows()` as a value."""
    return CertificateFacts(
        id=row.pk,
        uid=row.uid,
        code=row.code,
        short_code=row.short_code,
        number=row.number,
        kind=row.kind,
        person_id=row.person_id,
        seat=row.seat,
        course_slug=row.course_slug,
        snapshot=Snapshot.from_json(row.snapshot),
        issued_at=row.issued_at,
        state=State(row.state),
        reason=row.reason,
        changed_at=row.changed_at,
        successor=row.superseded_by.code if row.superseded_by else None,
        pdf=row.pdf,
        pdf_size=row.pdf_size,
    )


def _rows() -> QuerySet[Certificate]:
    return Certificate.objects.select_related("superseded_by")


def _credits(person_id: int) -> QuerySet[JPCredit]:
    return JPCredit.objects.select_related("certificate").filter(person=person_id, revoked_at=None)


def _pending(person_id: int, certified: set[UUID], now: datetime) -> tuple[Pending, ...]:
    seats = [seat for seat in enrolment.seats_of(person_id) if seat.uid not in certified]
    standings = graduation.standings([seat.uid for seat in seats], now)
    editions: Mapping[UUID, courses.Edition] = courses.editions(seat.batch.edition for seat in seats)
    return tuple(Pending(seat, editions[seat.batch.edition].title, standings[seat.uid]) for seat in seats)


def _years(credits: tuple[CreditFacts, ...]) -> tuple[Year, ...]:
    years = dict.fromkeys(credit.year for credit in credits)
    return tuple(
        Year(year, sum(c.jp for c in credits if c.year == year), sum(c.year == year for c in credits)) for year in years
    )
