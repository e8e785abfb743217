"""Letters to people, and the sweeping of what ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from pintar.foundation import clock, mail
from pintar.foundation.ledger import Recorded, handles
from pintar.foundation.schedule import every
from pintar.people import events, links
from pintar.people.models import Account, ActivationCode, Session, Tries
from pintar.people.rules import numbers, tries


@handles(events.EmailToConfirm)
def send_confirmations(happened: Sequence[Recorded[events.EmailToConfirm]]) -> None:
    """A link to the address that waits. Whoever confirmed it elsewhere is told so, and no link is sent."""
    accounts = _accounts(e.what.account for e in happened)
    for event in happened:
        account = accounts.get(event.what.account)
        address = links.awaited_email(account) if account else ""
        if account is None or not address:
            continue
        owner = Account.objects.filter(email=address, email_verified_at__isnull=False).first()
        if owner is not None:
            mail.send(address, "people/mail/address_taken.txt", {}, owner.language)
            continue
        link = links.make(links.CONFIRM, account, clock.now())
        mail.send(address, "people/mail/confirm.txt", {"link": link}, account.language)
        if account.email_verified_at and account.email:
            _write(account, "people/mail/address_changing.txt", {})


@handles(events.ResetAsked)
def send_resets(happened: Sequence[Recorded[events.ResetAsked]]) -> None:
    accounts = _accounts(e.what.account for e in happened if e.what.account)
    for event in happened:
        account = accounts.get(event.what.account) if event.what.account else None
        if account is not None and account.email_verified_at:
            link = links.make(links.RESET, account, clock.now())
            minutes = int(links.RESET_LASTS.total_seconds() // 60)
            _write(account, "people/mail/reset.txt", {"link": link, "minutes": minutes})


@handles(events.PasswordChanged)
def tell_of_changed_passwords(happened: Sequence[Recorded[events.PasswordChanged]]) -> None:
    accounts = _accounts(e.what.account for e in happened)
    for event in happened:
        if account := accounts.get(event.what.account):
            _write(account, "people/mail/password_changed.txt", {})


@handles(events.ClaimLost)
def tell_of_lost_claims(happened: Sequence[Recorded[events.ClaimLost]]) -> None:
    accounts = _accounts(e.what.account for e in happened)
    for event in happened:
        if account := accounts.get(event.what.account):
            _write(account, "people/mail/claim_lost.txt", {"kind": numbers.NAMES[event.what.kind]})


@handles(events.SecondFactorChanged)
def tell_of_second_factors(happened: Sequence[Recorded[events.SecondFactorChanged]]) -> None:
    accounts = _accounts(e.what.account for e in happened)
    for event in happened:
        if account := accounts.get(event.what.account):
            told = {"kind": event.what.kind, "added": event.what.added}
            _write(account, "people/mail/second_factor.txt", told)


@handles(events.GrantGiven)
def tell_of_grants(happened: Sequence[Recorded[events.GrantGiven]]) -> None:
    accounts = _accounts(e.what.account for e in happened)
    for event in happened:
        if account := accounts.get(event.what.account):
            _write(account, "people/mail/grant.txt", {"role": event.what.role})


@every(seconds=3600)
def sweep(now: datetime) -> None:
    """What ended is not kept: sessions, codes, and tries that are forgotten anyway."""
    with transaction.atomic():
        Session.objects.filter(expires_at__lte=now).delete()
        ActivationCode.objects.filter(expires_at__lte=now).delete()
        Tries.objects.filter(last_at__lte=now - tries.FORGOTTEN - timedelta(hours=24)).delete()


def _accounts(uids: Any) -> dict[UUID, Account]:
    return {row.uid: row for row in Account.objects.filter(uid__in=set(uids), erased_at__isnull=True)}


def _write(account: Account, template: str, context: dict[str, Any]) -> None:
    """A letter to the account's address, if it has one; the name is greeted only where the address is confirmed."""
    if account.email:
        name = account.name if account.email_verified_at else ""
        mail.send(account.email, template, {**context, "name": name}, account.language)
