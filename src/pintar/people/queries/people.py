"""Who people are, as frozen values: ids in, a dict of values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from pintar.foundation.preferences import Preferences
from pintar.people import seals
from pintar.people.models import Account, Identifier, Unit
from pintar.people.rules import numbers, profiles


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit; `path` is the ids from the root down to it, "/1/5/33/"."""

    id: int
    uid: UUID
    key: str
    name: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person as every room sees them. `regency` and `province` are codes ("33.74", "33"), "" where not said.

    `has_identifier`: somebody can be named by it, that is a number or a confirmed address.
    """

    id: int
    uid: UUID
    name: str
    language: str
    zone: str
    profession: str
    employment: str
    gender: str
    unit: UnitFacts | None
    regency: str
    province: str
    email: str | None
    email_verified: bool
    has_identifier: bool
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class MaskedNumber:
    """A number that may be shown to others: kind ("nip"), masked ("1985****** ****08")."""

    kind: str
    masked: str

    @property
    def name(self) -> str:
        return numbers.NAMES[self.kind]


def people(ids: Iterable[int]) -> dict[int, Person]:
    """People by id; who is not there is left out."""
    return {row.id: person_of(row) for row in accounts().filter(id__in=set(ids))}


def people_by_uid(uids: Iterable[UUID]) -> dict[UUID, Person]:
    return {row.uid: person_of(row) for row in accounts().filter(uid__in=set(uids))}


def person_by_login(login: str) -> Person | None:
    """The person whom a number or an address names; for commands and desks, never for sign-in."""
    row = account_by_login(login)
    return person_of(row) if row else None


def masked_numbers(ids: Iterable[int]) -> dict[int, tuple[MaskedNumber, ...]]:
    """Each person's numbers, masked, in the order of `numbers.KINDS`; everyone asked for has an entry."""
    found: dict[int, list[MaskedNumber]] = {id: [] for id in ids}
    for row in Identifier.objects.filter(account_id__in=list(found)).select_related("account"):
        found[row.account_id].append(MaskedNumber(row.kind, numbers.masked(number_of(row))))
    return {id: tuple(sorted(of, key=lambda n: numbers.KINDS.index(n.kind))) for id, of in found.items()}


def duty_jp(person: Person) -> int | None:
    """JP a year that this person owes: a PNS 20, a PPPK 24, others none."""
    return profiles.duty_jp(person.employment)


def unit_facts(row: Unit) -> UnitFacts:
    return UnitFacts(row.id, row.uid, row.key, row.name, row.kind, row.path)


def person_of(row: Account) -> Person:
    """A row of `accounts()` as a value."""
    zone = profiles.zone(row.province)
    verified = row.email_verified_at is not None
    return Person(
        id=row.id,
        uid=row.uid,
        name=row.name,
        language=row.language,
        zone=zone,
        profession=row.profession,
        employment=row.employment,
        gender=row.gender,
        unit=unit_facts(row.unit) if row.unit else None,
        regency=row.regency,
        province=row.province,
        email=row.email or None,
        email_verified=verified,
        has_identifier=bool(getattr(row, "numbered", False)) or verified,
        preferences=Preferences(row.language, row.text, row.theme, row.saver, zone),
    )


def number_of(row: Identifier) -> str:
    """The number in clear; `row.account` must be loaded."""
    return seals.open_seal(row.sealed, owner_of(row.account, row.kind))


def owner_of(account: Account, kind: str) -> str:
    """For whom a number's ciphertext opens; see `seals.seal`."""
    return f"{account.uid} {kind}"


def accounts() -> QuerySet[Account]:
    """Accounts with all that `person_of` reads."""
    numbered = Exists(Identifier.objects.filter(account=OuterRef("pk")))
    return Account.objects.select_related("unit").annotate(numbered=numbered)


def account_by_login(login: str, among: QuerySet[Account] | None = None) -> Account | None:
    """The account that a typed login names: the owner of the number; the address's confirmed owner, else the first
    who typed it. One SELECT for every login, whatever it looks like."""
    read = numbers.read_login(login)
    rows = accounts() if among is None else among
    if read.is_email:
        address = read.value if numbers.is_email(read.value) else "@"
        return rows.filter(email=address).order_by(F("email_verified_at").asc(nulls_last=True), "id").first()
    return rows.filter(identifiers__blind=seals.blind_index(read.value)).first()
