"""What a person says about themselves, and may take back."""

from datetime import datetime

from django.db import IntegrityError, transaction

from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import regions
from pintar.people.actions.accounts import give_number, refuse
from pintar.people.actions.secrets import check_password
from pintar.people.events import AccountErased
from pintar.people.models import (
    Account,
    ActivationCode,
    Authenticator,
    Grant,
    Identifier,
    Passkey,
    RecoveryCode,
    Session,
    Unit,
)
from pintar.people.ports import parts
from pintar.people.queries import Person, UnitFacts, people
from pintar.people.rules import numbers, profiles


def change_profile(
    *,
    person: Person,
    name: str,
    profession: str,
    employment: str,
    gender: str,
    unit: UnitFacts | None,
    regency: str,
    now: datetime,
) -> Person:
    """What eligibility needs, asked once. `regency` is a code or "" (then the unit's). Raises Refusal (422)."""
    name = profiles.name(name)
    reasons = []
    if not profiles.name_is_whole(name):
        reasons.append(Reason("people", "name_not_whole", {"field": "name", "most": profiles.LONGEST_NAME}))
    for field, value, allowed in (
        ("profession", profession, profiles.PROFESSIONS),
        ("employment", employment, profiles.EMPLOYMENTS),
        ("gender", gender, profiles.GENDERS),
    ):
        if value and value not in allowed:
            reasons.append(Reason("people", "choice_unknown", {"field": field}))
    if regency and regency not in regions.regencies():
        reasons.append(Reason("people", "regency_unknown", {"field": "regency"}))
    refuse(reasons)
    where = regency or (Unit.objects.filter(id=unit.id).values_list("regency", flat=True).first() or "" if unit else "")
    with transaction.atomic():
        Account.objects.filter(id=person.id).update(
            name=name,
            profession=profession,
            employment=employment,
            gender=gender,
            unit_id=unit.id if unit else None,
            regency=where,
            province=where[:2],
        )
    return people([person.id])[person.id]


def add_number(*, person: Person, kind: str, number: str, now: datetime) -> None:
    """A number of one's own, as a claim. Raises Refusal: 422 for what is wrong with it, 409 where it has an account."""
    if kind not in numbers.KINDS:
        refuse([Reason("people", "choice_unknown", {"field": "kind"})])
    digits = numbers.digits(number)
    if wrong := numbers.wrong(kind, digits, now.date()):
        refuse([Reason("people", wrong.code, {"field": "number", **wrong.data})])
    try:
        with transaction.atomic():
            give_number(Account.objects.get(id=person.id), kind, digits, vouched=False, now=now)
    except IntegrityError:
        raise Refusal(Reason("people", "already_registered", {"field": "number"}), status=409)


def remove_claim(*, person: Person, kind: str, now: datetime) -> None:
    """Take back a number that no office vouched for; the last thing to sign in with stays. Raises Refusal (409)."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(id=person.id)
        mine = Identifier.objects.filter(account=account)
        claim = mine.filter(kind=kind, vouched_at__isnull=True).first()
        if claim is None:
            raise not_found("people", "no_such_claim")
        if account.email_verified_at is None and mine.count() == 1:
            raise Refusal(Reason("people", "last_login", {"field": "number"}))
        claim.delete()


def consent(*, person: Person, now: datetime) -> None:
    """Consent to what /privasi/ says, in its present version."""
    with transaction.atomic():
        Account.objects.filter(id=person.id).exclude(consented_to=profiles.CONSENT).update(
            consented_at=now, consented_to=profiles.CONSENT
        )


def erase_account(*, person: Person, password: str, now: datetime) -> None:
    """Erase the person's data in every room; what the law needs of certificates stays, without a way to sign in.

    Raises Refusal (422, 429) for a wrong password.
    """
    check_password(person=person, password=password, now=now)
    with transaction.atomic():
        for part in parts():
            part.erase(person.id, now)
        mine = {"account_id": person.id}
        for table in (Identifier, Session, ActivationCode, Authenticator, RecoveryCode, Passkey, Grant):
            table._default_manager.filter(**mine).delete()
        Account.objects.filter(id=person.id).update(
            name="",
            email="",
            email_verified_at=None,
            email_wanted="",
            password="",
            profession="",
            employment="",
            gender="",
            unit=None,
            province="",
            regency="",
            language="id",
            text="1",
            theme="auto",
            saver=False,
            consented_at=None,
            consented_to="",
            erased_at=now,
        )
        record(AccountErased(account=person.uid), about=person.uid, by=person.uid, now=now)
