"""One's own account, as its pages show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pintar.people import regions
from pintar.people.models import Account, Identifier, Passkey
from pintar.people.ports import parts
from pintar.people.queries.people import Person, number_of
from pintar.people.queries.sessions import Factors, grants_of, read_factors, sessions_of, with_factors
from pintar.people.rules import numbers


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """One's own number; one that no office vouched for is a claim and may be taken back."""

    kind: str
    masked: str
    is_claim: bool

    @property
    def name(self) -> str:
        return numbers.NAMES[self.kind]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`/akun/`. `missing` names what the profile still lacks: "profession", "employment", "unit", "regency"."""

    person: Person
    numbers: tuple[OwnNumber, ...]
    email_wanted: str
    regency_name: str
    province_name: str
    consented_at: datetime | None
    factors: Factors
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PasskeyFacts:
    uid: UUID
    name: str
    created_at: datetime
    used_at: datetime | None


def account_page(person: Person, now: datetime) -> AccountPage:
    """Two queries."""
    row = with_factors(Account.objects.filter(id=person.id), now).get()
    return AccountPage(
        person=person,
        numbers=own_numbers(person),
        email_wanted=row.email_wanted,
        regency_name=regions.name(person.regency),
        province_name=regions.name(person.province),
        consented_at=row.consented_at,
        factors=read_factors(row),
        missing=missing(person),
    )


def own_numbers(person: Person) -> tuple[OwnNumber, ...]:
    rows = Identifier.objects.filter(account_id=person.id).select_related("account")
    found = [OwnNumber(row.kind, numbers.masked(number_of(row)), row.vouched_at is None) for row in rows]
    return tuple(sorted(found, key=lambda n: numbers.KINDS.index(n.kind)))


def missing(person: Person) -> tuple[str, ...]:
    """What eligibility may ask and the person has not said yet."""
    said = {
        "profession": person.profession,
        "employment": person.employment,
        "unit": person.unit,
        "regency": person.regency,
    }
    return tuple(name for name, value in said.items() if not value)


def passkeys_of(person: Person) -> list[PasskeyFacts]:
    rows = Passkey.objects.filter(account_id=person.id).order_by("id")
    return [PasskeyFacts(r.uid, r.name, r.created_at, r.used_at) for r in rows]


def export_of(person: Person, now: datetime) -> dict[str, Any]:
    """All that is stored about the person, in every room, as JSON values; numbers in clear."""
    row = Account.objects.get(id=person.id)
    own = Identifier.objects.filter(account_id=person.id).select_related("account")
    return {
        "made_at": now.isoformat(),
        "account": {
            "uid": str(person.uid),
            "name": person.name,
            "email": row.email,
            "email_confirmed_at": _instant(row.email_verified_at),
            "email_waiting": row.email_wanted,
            "profession": person.profession,
            "employment": person.employment,
            "gender": person.gender,
            "unit": person.unit.name if person.unit else "",
            "regency": regions.name(person.regency),
            "province": regions.name(person.province),
            "language": person.language,
            "text": row.text,
            "theme": row.theme,
            "saver": row.saver,
            "created_at": _instant(row.created_at),
            "consented_at": _instant(row.consented_at),
            "consented_to": row.consented_to,
        },
        "numbers": [{"kind": n.kind, "number": number_of(n), "vouched_at": _instant(n.vouched_at)} for n in own],
        "sessions": [
            {"kind": s.kind, "device": s.device, "created_at": _instant(s.created_at), "seen_at": _instant(s.seen_at)}
            for s in sessions_of(person, now)
        ],
        "grants": [{"role": g.role, "unit": g.unit.name} for g in grants_of(person, now)],
        "passkeys": [{"name": p.name, "created_at": _instant(p.created_at)} for p in passkeys_of(person)],
        **{part.name: part.export(person.id) for part in parts()},
    }


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
