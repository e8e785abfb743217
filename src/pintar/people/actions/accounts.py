"""Accounts are made: by oneself, by an office, and made active with a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from pintar.foundation import ids
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import passwords, seals
from pintar.people.actions.tries import count_try, forget_tries
from pintar.people.events import AccountActivated, AccountCreated, AccountRegistered, ClaimLost, EmailToConfirm
from pintar.people.models import Account, ActivationCode, Identifier, Session, Unit
from pintar.people.queries import Person, account_by_login, accounts, owner_of, people
from pintar.people.rules import numbers, profiles

CODE_LENGTH = 12
CODE_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Created:
    """A new account; `code` activates it where no password was given."""

    person: Person
    code: str | None


def register(
    *,
    name: str,
    number: str,
    email: str,
    password: str,
    consent: bool,
    language: str = "id",
    kind: str = "",
    now: datetime,
) -> Person:
    """Someone makes an account by themselves; the number is a claim until an office vouches for it.

    Raises Refusal (422) with every field that is wrong, 409 `already_registered` for a number that has an account.
    """
    name = profiles.name(name)
    email = numbers.email(email)
    kind, digits, wrong = _named_number(kind, number, now)
    reasons = [
        *([] if profiles.name_is_whole(name) else [_wrong("name_not_whole", "name", most=profiles.LONGEST_NAME)]),
        *([_wrong(wrong.code, "number", **wrong.data)] if wrong else []),
        *([] if numbers.is_email(email) else [_wrong("email_not_read", "email")]),
        *_weak_password(password, name, digits, email),
        *([] if consent else [_wrong("consent_missing", "consent")]),
    ]
    refuse(reasons)
    try:
        with transaction.atomic():
            account = Account.objects.create(
                name=name,
                email=email,
                password=passwords.seal(password),
                language=language,
                consented_at=now,
                consented_to=profiles.CONSENT,
            )
            give_number(account, kind, digits, vouched=False, now=now)
            record(AccountRegistered(account=account.uid), about=account.uid, by=account.uid, now=now)
            record(EmailToConfirm(account=account.uid), about=account.uid, by=account.uid, now=now)
    except IntegrityError:
        raise Refusal(Reason("people", "already_registered", {"field": "number"}), status=409)
    return people([account.id])[account.id]


def create_person(
    *,
    name: str,
    given: Mapping[str, str] | None = None,
    email: str = "",
    password: str = "",
    consented: bool = False,
    facts: Mapping[str, Any] | None = None,
    by: UUID | None,
    now: datetime,
) -> Created:
    """An office makes one account and vouches for it. `given` are numbers by kind; `facts` are profession, employment,
    gender, unit (a UnitFacts or None), regency (a code), language.

    A number that somebody claimed comes here and the claimant is told. Raises Refusal: 422 for what is wrong, 409
    `number_of_another` for a number or address that is another's.
    """
    name, email = profiles.name(name), numbers.email(email)
    digits = {kind: numbers.digits(number) for kind, number in (given or {}).items() if number}
    wrong = {kind: numbers.wrong(kind, number, now.date()) for kind, number in digits.items()}
    reasons = [
        *([] if profiles.name_is_whole(name) else [_wrong("name_not_whole", "name", most=profiles.LONGEST_NAME)]),
        *(_wrong(w.code, kind, **w.data) for kind, w in wrong.items() if w),
        *([_wrong("email_not_read", "email")] if email and not numbers.is_email(email) else []),
        *([] if digits or email else [_wrong("no_number", "nip")]),
        *(_weak_password(password, name, *digits.values(), email) if password else []),
    ]
    refuse(reasons)
    said = dict(facts or {})
    unit = said.pop("unit", None)
    regency = said.pop("regency", "") or (Unit.objects.get(id=unit.id).regency if unit else "")
    try:
        with transaction.atomic():
            account = Account.objects.create(
                name=name,
                email=email,
                email_verified_at=now if email else None,
                password=passwords.seal(password) if password else "",
                unit_id=unit.id if unit else None,
                regency=regency,
                province=regency[:2],
                vouched_at=now,
                consented_at=now if consented else None,
                consented_to=profiles.CONSENT if consented else "",
                **said,
            )
            for kind, number in digits.items():
                take_claim(number, now=now)
                give_number(account, kind, number, vouched=True, now=now)
            code = None if password else _new_code(account, now)
            record(AccountCreated(account=account.uid), about=account.uid, by=by, now=now)
    except IntegrityError:
        raise Refusal(Reason("people", "number_of_another"), status=409)
    return Created(people([account.id])[account.id], code)


def make_code(*, login: str, by: UUID | None, now: datetime) -> tuple[Person, str]:
    """A new activation code for someone who has no e-mail, or lost the first; the earlier one ends.

    Raises Refusal (404) for a login that nobody has.
    """
    account = account_by_login(login)
    if account is None:
        raise not_found("people", "login_unknown")
    with transaction.atomic():
        code = _new_code(account, now)
    return people([account.id])[account.id], code


def activate(*, login: str, code: str, password: str, consent: bool, now: datetime) -> Person:
    """Set the password with a code; all earlier sessions end.

    Raises Refusal: 422 `wrong_activation` for a code that is not this login's, whatever is wrong with it; 429.
    """
    read = numbers.read_login(login)
    account = account_by_login(login, accounts().defer("password"))
    found = None
    guess = count_try(login=f"activation of {read.value}", now=now)
    if account is not None:
        digest = seals.digest(ids.read_key(code[:40]))
        found = ActivationCode.objects.filter(account=account, digest=digest, expires_at__gt=now).first()
    if account is None or found is None:
        raise guess.wrong("wrong_activation", status=422, field="code")
    refuse(
        [
            *_weak_password(password, account.name, account.email, read.value),
            *([] if consent or account.consented_at else [_wrong("consent_missing", "consent")]),
        ]
    )
    sealed = passwords.seal(password)
    with transaction.atomic():
        if not ActivationCode.objects.filter(id=found.id).delete()[0]:
            raise Refusal(Reason("people", "wrong_activation", {"field": "code"}), status=422)
        changed: dict[str, Any] = {"password": sealed}
        if account.consented_at is None:
            changed |= {"consented_at": now, "consented_to": profiles.CONSENT}
        Account.objects.filter(id=account.id).update(**changed)
        Session.objects.filter(account_id=account.id).delete()
        forget_tries(login=f"activation of {read.value}")
        record(AccountActivated(account=account.uid), about=account.uid, by=account.uid, now=now)
    return people([account.id])[account.id]


def give_number(account: Account, kind: str, number: str, *, vouched: bool, now: datetime) -> Identifier:
    """Keep a checked number; IntegrityError where another account has it. Inside the caller's transaction."""
    return Identifier.objects.create(
        account=account,
        kind=kind,
        sealed=seals.seal(number, owner_of(account, kind)),
        blind=seals.blind_index(number),
        vouched_at=now if vouched else None,
    )


def take_claim(number: str, *, now: datetime) -> None:
    """A number that somebody only claimed is free for whom an office vouches for; the claimant is told."""
    claim = (
        Identifier.objects.select_related("account")
        .filter(blind=seals.blind_index(number), vouched_at__isnull=True)
        .first()
    )
    if claim is not None:
        lost = claim.account.uid
        claim.delete()
        record(ClaimLost(account=lost, kind=claim.kind), about=lost, by=None, now=now)


def show_code(code: str) -> str:
    """A code in groups, as it is written on paper: K7M2-9XQD-4R6T."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def refuse(reasons: list[Reason]) -> None:
    """Raises one Refusal (422) with all reasons, or none."""
    if reasons:
        raise Refusal(*reasons, status=422)


def _new_code(account: Account, now: datetime) -> str:
    code = ids.key(CODE_LENGTH)
    ActivationCode.objects.update_or_create(
        account=account,
        defaults={"digest": seals.digest(code), "created_at": now, "expires_at": now + CODE_LASTS},
    )
    return show_code(code)


def _named_number(kind: str, number: str, now: datetime) -> tuple[str, str, numbers.Wrong | None]:
    if kind not in numbers.KINDS:
        kind, digits, wrong = numbers.recognise(number)
        if wrong is not None or not kind:
            return kind, digits, wrong
    digits = numbers.digits(number)
    return kind, digits, numbers.wrong(kind, digits, now.date())


def _weak_password(password: str, *known: str) -> list[Reason]:
    try:
        passwords.refuse_weak(password, *known)
    except Refusal as weak:
        return list(weak.reasons)
    return []


def _wrong(code: str, field: str, **data: Any) -> Reason:
    return Reason("people", code, {"field": field, **data})
