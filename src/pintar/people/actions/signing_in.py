"""Sign-in by any number or address and one password; the same answer, in the same time, where nobody has them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.foundation.refusals import Reason, Refusal
from pintar.people import passwords
from pintar.people.actions.factors import check_factor
from pintar.people.actions.sessions import begin_session
from pintar.people.actions.tries import count_try, forget_tries
from pintar.people.models import Account
from pintar.people.queries import Factors, account_by_login, accounts, read_factors, with_factors
from pintar.people.rules import numbers


@dataclass(frozen=True, slots=True)
class Device:
    """Where a request comes from: the digest of the device's random name, whose device it is known to be, and what
    its browser calls itself."""

    digest: str = ""
    accounts: frozenset[UUID] = frozenset()
    name: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in. `token` is None where a second factor must be shown first."""

    account: UUID
    token: str | None
    factors: Factors


def sign_in(*, login: str, password: str, device: Device, remember: bool, now: datetime) -> SignedIn:
    """Raises Refusal: 401 `wrong_credentials` with the tries left, 429 `too_many_tries`."""
    account = _right_one(login, password, device, now)
    factors = read_factors(account)
    if factors.needed and factors.any:
        return SignedIn(account.uid, None, factors)
    token = begin_session(account_id=account.id, remember=remember, device=device.name, now=now)
    return SignedIn(account.uid, token, factors)


def sign_in_for_token(*, login: str, password: str, code: str | None, device: Device, now: datetime) -> str:
    """A token of the API. Raises Refusal as `sign_in`, and 401 `second_factor_required` for a grant's holder whose
    `code` is missing, wrong, or who has no second factor yet."""
    account = _right_one(login, password, device, now)
    factors = read_factors(account)
    if factors.needed:
        if not code or not factors.any:
            raise Refusal(Reason("people", "second_factor_required"), status=401)
        check_factor(account_id=account.id, code=code, now=now)
    return begin_session(account_id=account.id, kind="token", device=device.name, confirmed=factors.needed, now=now)


def _right_one(login: str, password: str, device: Device, now: datetime) -> Account:
    read = numbers.read_login(login)
    account = account_by_login(login, with_factors(accounts(), now))
    known = device.digest if account is not None and account.uid in device.accounts else ""
    guess = count_try(login=read.value, device=known, now=now)
    if not passwords.matches(password, account.password if account else ""):
        # One sentence for a wrong password, a login that nobody has, and an account that is not active yet.
        kind = read.kinds[0] if read.kinds else ""
        name = numbers.NAMES.get(kind, "")
        raise guess.wrong("wrong_credentials", status=401, kind=kind, name=name, field="password")
    assert account is not None
    with transaction.atomic():
        forget_tries(login=read.value, device=known)
        if passwords.is_outdated(account.password):
            Account.objects.filter(id=account.id, password=account.password).update(password=passwords.seal(password))
    return account
