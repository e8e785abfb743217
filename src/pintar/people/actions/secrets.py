"""Passwords and addresses change: by a letter, or by who knows the present password."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import links, passwords
from pintar.people.actions.accounts import refuse
from pintar.people.actions.sessions import end_other_sessions
from pintar.people.actions.tries import count_try, forget_tries
from pintar.people.events import EmailConfirmed, EmailToConfirm, PasswordChanged, ResetAsked
from pintar.people.models import Account, ActivationCode
from pintar.people.queries import Person, SignIn, people
from pintar.people.rules import numbers, profiles


def ask_reset(*, email: str, now: datetime) -> None:
    """Ask for a letter with a link to a new password. Says nothing of whether somebody has the address.

    The letter goes to confirmed addresses only: a mistyped one is a stranger's.
    """
    address = numbers.email(email)
    if not numbers.is_email(address):
        raise Refusal(Reason("people", "email_not_read", {"field": "email"}), status=422)
    try:
        count_try(login=f"reset of {address}", now=now)
    except Refusal:
        return  # five letters went out; more would only flood the mailbox
    account = Account.objects.filter(email=address, email_verified_at__isnull=False).first()
    with transaction.atomic():
        # The same event is written for nobody, so that both take as long.
        uid = account.uid if account else None
        record(ResetAsked(account=uid), about=uid or UUID(int=0), by=None, now=now)


def read_reset(link: str, now: datetime) -> Account | None:
    """The account of a link to a new password, while the link is good."""
    return _account_of(links.RESET, link, now)


def reset_password(*, link: str, password: str, consent: bool, now: datetime) -> Person:
    """A new password by a letter's link; all sessions end. Raises Refusal: 410 for a link that is over, 422."""
    account = read_reset(link, now)
    if account is None:
        raise Refusal(Reason("people", "link_over"), status=410)
    passwords.refuse_weak(password, account.name, account.email)
    if not consent and account.consented_at is None:
        refuse([Reason("people", "consent_missing", {"field": "consent"})])
    sealed = passwords.seal(password)
    changed: dict[str, Any] = {"password": sealed}
    if account.consented_at is None:
        changed |= {"consented_at": now, "consented_to": profiles.CONSENT}
    with transaction.atomic():
        # The old hash in the condition: of two uses of one link at once, one wins.
        if not Account.objects.filter(id=account.id, password=account.password).update(**changed):
            raise Refusal(Reason("people", "link_over"), status=410)
        _end_what_the_old_password_opened(account.id, but=None, now=now)
        forget_tries(login=f"reset of {account.email}")
        forget_tries(login=account.email)
        record(PasswordChanged(account=account.uid), about=account.uid, by=account.uid, now=now)
    return people([account.id])[account.id]


def change_password(*, sign_in: SignIn, old: str, new: str, now: datetime) -> None:
    """Who knows the present password sets another; all other sessions end. Raises Refusal (422, 429)."""
    account = check_password(person=sign_in.person, password=old, field="old", now=now)
    passwords.refuse_weak(new, account.name, account.email)
    sealed = passwords.seal(new)
    with transaction.atomic():
        Account.objects.filter(id=account.id).update(password=sealed)
        _end_what_the_old_password_opened(account.id, but=sign_in.id, now=now)
        record(PasswordChanged(account=account.uid), about=account.uid, by=account.uid, now=now)


def check_password(*, person: Person, password: str, field: str = "password", now: datetime) -> Account:
    """Ask again who it is, before something that matters. Raises Refusal (422, 429)."""
    guessed = f"password of {person.id}"
    guess = count_try(login=guessed, now=now)
    account = Account.objects.get(id=person.id)
    if not passwords.matches(password, account.password):
        raise guess.wrong("wrong_password", status=422, field=field)
    with transaction.atomic():
        forget_tries(login=guessed)
    return account


def change_email(*, person: Person, email: str, password: str, now: datetime) -> None:
    """Another address, once a letter to it is answered; a confirmed one stays in use until then and is told."""
    address = numbers.email(email)
    if not numbers.is_email(address):
        refuse([Reason("people", "email_not_read", {"field": "email"})])
    account = check_password(person=person, password=password, now=now)
    changed = {"email_wanted": address} if account.email_verified_at else {"email": address, "email_wanted": ""}
    with transaction.atomic():
        Account.objects.filter(id=account.id).update(**changed)
        record(EmailToConfirm(account=account.uid), about=account.uid, by=account.uid, now=now)


def ask_confirmation(*, person: Person, now: datetime) -> None:
    """Send the letter that confirms an address once more; at most five a day."""
    try:
        count_try(login=f"confirmation of {person.id}", now=now)
    except Refusal:
        return
    with transaction.atomic():
        record(EmailToConfirm(account=person.uid), about=person.uid, by=person.uid, now=now)


def read_confirmation(link: str, now: datetime) -> Account | None:
    return _account_of(links.CONFIRM, link, now)


def confirm_email(*, link: str, now: datetime) -> Person:
    """The address is this person's: whoever else only typed it loses it.

    Raises Refusal: 410 for a link that is over, 409 `email_of_another` where someone confirmed it before.
    """
    account = read_confirmation(link, now)
    address = links.awaited_email(account) if account else ""
    if account is None or not address:
        raise Refusal(Reason("people", "link_over"), status=410)
    try:
        with transaction.atomic():
            # All who typed this address are locked in one order, or two who confirm it at once would block each other.
            rivals = Q(email=address) | Q(id=account.id)
            list(Account.objects.select_for_update().filter(rivals).order_by("id").values_list("id"))
            Account.objects.filter(email=address, email_verified_at__isnull=True).exclude(id=account.id).update(
                email=""
            )
            Account.objects.filter(id=account.id).update(email=address, email_verified_at=now, email_wanted="")
            record(EmailConfirmed(account=account.uid), about=account.uid, by=account.uid, now=now)
    except IntegrityError:
        raise Refusal(Reason("people", "email_of_another"), status=409)
    return people([account.id])[account.id]


def _account_of(purpose: str, text: str, now: datetime) -> Account | None:
    link = links.read(purpose, text, now)
    account = Account.objects.filter(uid=link.account).first() if link else None
    return account if link and account and links.still_good(purpose, link, account) else None


def _end_what_the_old_password_opened(account_id: int, *, but: int | None, now: datetime) -> None:
    end_other_sessions(account_id=account_id, but=but, now=now)
    ActivationCode.objects.filter(account_id=account_id).delete()
