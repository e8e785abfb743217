"""Sessions, and what may be done in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from pintar.foundation.prepared import Prepared
from pintar.people import seals
from pintar.people.models import Account, Authenticator, Grant, Identifier, Passkey, Session
from pintar.people.queries.people import Person, UnitFacts, person_of, unit_facts
from pintar.people.rules import roles


@dataclass(frozen=True, slots=True)
class SignIn:
    """The session of a request: who, since when, and whether a second factor was confirmed in it."""

    id: int
    uid: UUID
    kind: str
    person: Person
    seen_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One line of the list of sessions; `device` is "Chrome · Android" or ""."""

    uid: UUID
    kind: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """A role in a unit, until when (None = until it is ended)."""

    uid: UUID
    role: str
    unit: UnitFacts
    until_at: datetime | None

    def reaches(self, unit: UnitFacts) -> bool:
        return roles.holds_in(self.unit.path, unit.path)


@dataclass(frozen=True, slots=True)
class Factors:
    """What second factors an account has, and whether a grant makes one necessary."""

    needed: bool
    authenticator: bool
    passkeys: bool

    @property
    def any(self) -> bool:
        return self.authenticator or self.passkeys


_SESSION = Prepared(
    lambda digest, kind, now: (
        Session.objects.select_related("account__unit")
        .filter(digest=digest, kind=kind, expires_at__gt=now)
        .annotate(numbered=Exists(Identifier.objects.filter(account=OuterRef("account"))))[:1]
    ),
    digest=str,
    kind=str,
    now=datetime,
)


def sign_in_of(token: str, kind: str, now: datetime) -> SignIn | None:
    """The session of a token, with its person and unit, in one SELECT; None where it ended."""
    row = _SESSION.first(digest=seals.digest(token), kind=kind, now=now)
    if row is None:
        return None
    row.account.numbered = row.numbered  # type: ignore[attr-defined]
    return SignIn(row.id, row.uid, row.kind, person_of(row.account), row.seen_at, row.expires_at, row.confirmed_at)


_HOLDER = Prepared(
    lambda digest, kind, now: (
        Session.objects.filter(digest=digest, kind=kind, expires_at__gt=now)
        .annotate(holder=F("account__uid"))
        .only("id")[:1]
    ),
    digest=str,
    kind=str,
    now=datetime,
)


def holder_of(token: str, kind: str, now: datetime) -> UUID | None:
    """Only whose session a token is; for doors that must know no more and be quick."""
    row = _HOLDER.first(digest=seals.digest(token), kind=kind, now=now)
    return row.holder if row else None  # type: ignore[attr-defined]


def sessions_of(person: Person, now: datetime) -> list[SessionFacts]:
    """The person's open sessions, the last used first."""
    rows = Session.objects.filter(account_id=person.id, expires_at__gt=now).order_by("-seen_at", "-id")
    return [SessionFacts(r.uid, r.kind, r.device, r.created_at, r.seen_at, r.expires_at) for r in rows]


def grants_of(person: Person, now: datetime) -> list[GrantFacts]:
    """The person's current roles."""
    rows = current_grants(now).filter(account_id=person.id).select_related("unit").order_by("id")
    return [GrantFacts(r.uid, r.role, unit_facts(r.unit), r.until_at) for r in rows]


def holds_role(person_id: int, roles: Iterable[str], now: datetime) -> bool:
    """Whether the person holds one of these roles in at least one unit now."""
    return current_grants(now).filter(account_id=person_id, role__in=tuple(roles)).exists()


def roles_of(person: UUID, now: datetime) -> frozenset[str]:
    """The roles that the person of this uid holds in at least one unit now; none for a uid that is nobody's."""
    return frozenset(current_grants(now).filter(account__uid=person).values_list("role", flat=True))


def holds_role_in(person: Person, role: str, unit: UnitFacts, now: datetime) -> bool:
    """Whether the person holds this role in the unit or in one above it."""
    above = roles.path_ids(unit.path)
    return current_grants(now).filter(account_id=person.id, role=role, unit_id__in=above).exists()


def factors_of(person_id: int, now: datetime) -> Factors:
    """Second factors of one account, in one SELECT."""
    row = with_factors(Account.objects.filter(id=person_id), now).first()
    return read_factors(row) if row else Factors(False, False, False)


def with_factors(rows: QuerySet, now: datetime) -> QuerySet:
    """Accounts with what `read_factors` reads."""
    mine = {"account": OuterRef("pk")}
    return rows.annotate(
        granted=Exists(current_grants(now).filter(**mine)),
        has_authenticator=Exists(Authenticator.objects.filter(**mine)),
        has_passkey=Exists(Passkey.objects.filter(**mine)),
    )


def read_factors(row) -> Factors:
    return Factors(row.granted, row.has_authenticator, row.has_passkey)


def current_grants(now: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(Q(until_at__isnull=True) | Q(until_at__gt=now), ended_at__isnull=True)
