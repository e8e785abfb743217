"""People for tests, made straight in the tables: quick, and without the doors' ceremony."""

from functools import cache
from typing import Any

from django.conf import settings

from pintar.foundation import clock
from pintar.people import passwords, queries, seals
from pintar.people.actions import begin_session
from pintar.people.models import Account, Identifier, Unit
from pintar.people.queries import Person
from pintar.people.rules import numbers

PASSWORD = "melati hujan sore"


@cache
def _sealed() -> str:
    return passwords.seal(PASSWORD)


def make_person(name: str = "Siti Aminah", **facts: Any) -> Person:
    """A person with the password `PASSWORD`. `facts` are an account's fields (profession, employment, unit, email,
    email_verified_at, regency, province …) and numbers by kind (nip="…", nik="…")."""
    kinds = {kind: facts.pop(kind) for kind in numbers.KINDS if kind in facts}
    if facts.get("email") and "email_verified_at" not in facts:
        facts["email_verified_at"] = clock.now()
    account = Account.objects.create(name=name, **{"password": _sealed(), **facts})
    for kind, number in kinds.items():
        give_number(account, kind, number)
    return queries.people([account.id])[account.id]


def make_people(number: int, name: str = "Orang") -> list[Person]:
    """Many people at once, in three statements, with names "Orang 1" …; nobody of them can sign in."""
    made = Account.objects.bulk_create(Account(name=f"{name} {n}") for n in range(1, number + 1))
    found = queries.people([account.id for account in made])
    return [found[account.id] for account in made]


def change_person(person: Person, **facts: Any) -> Person:
    """The person with other fields of the account, as they are seen from then on."""
    Account.objects.filter(id=person.id).update(**facts)
    return queries.people([person.id])[person.id]


def give_number(account: Account, kind: str, number: str) -> Identifier:
    return Identifier.objects.create(
        account=account,
        kind=kind,
        sealed=seals.seal(number, f"{account.uid} {kind}"),
        blind=seals.blind_index(number),
        vouched_at=clock.now(),
    )


def make_unit(name: str = "MAN 2 Kota Semarang", parent: Unit | None = None, **facts: Any) -> Unit:
    """A unit below `parent`, with its path."""
    key = facts.pop("key", "-".join(name.casefold().split()))
    unit = Unit.objects.create(name=name, key=key, parent=parent, **{"kind": "madrasah", **facts})
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    unit.save(update_fields=["path"])
    return unit


def sign_in(client: Any, person: Person, *, confirmed: bool = False) -> None:
    """Sign the person in on a test client; `confirmed` = with a second factor."""
    token = begin_session(account_id=person.id, remember=True, confirmed=confirmed, now=clock.now())
    client.cookies[settings.SESSION_COOKIE_NAME] = token
