"""Second factors: numbers of an authenticator, passkeys, recovery codes. For those who hold a grant, and no one else."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
from django.db import IntegrityError, transaction

from pintar.foundation import ids
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import passkeys, seals
from pintar.people.actions.tries import count_try, forget_tries
from pintar.people.events import SecondFactorChanged
from pintar.people.models import Account, Authenticator, Passkey, RecoveryCode, Session
from pintar.people.queries import Person, SignIn, factors_of
from pintar.people.rules import profiles

STEP = 30
RECOVERY_CODES = 10
MOST_PASSKEYS = 10


def begin_authenticator(*, sign_in: SignIn, now: datetime) -> tuple[str, str]:
    """The secret to type and the address for the QR code; the same until its first number is confirmed.

    Raises Refusal: 404 for whom no grant asks for it, 409 where one is there already.
    """
    person = _who_may(sign_in, now)
    with transaction.atomic():
        Account.objects.select_for_update().get(id=person.id)
        row = Authenticator.objects.filter(account_id=person.id).first()
        if row is None:
            sealed = seals.seal(pyotp.random_base32(), _owner(person.uid))
            row = Authenticator.objects.create(account_id=person.id, sealed=sealed, created_at=now)
    if row.confirmed_at is not None:
        raise Refusal(Reason("people", "authenticator_there"))
    secret = seals.open_seal(row.sealed, _owner(person.uid))
    return secret, pyotp.TOTP(secret).provisioning_uri(name=person.name, issuer_name="Pintar")


def confirm_authenticator(*, sign_in: SignIn, code: str, now: datetime) -> None:
    """Its first number was typed: from now on it counts. Raises Refusal (422) for a wrong number."""
    person = _who_may(sign_in, now)
    count_try(login=_guess(person.id), now=now)
    row = Authenticator.objects.filter(account_id=person.id, confirmed_at__isnull=True).first()
    if row is None:
        raise not_found("people", "no_authenticator")
    step = _step(row, person.uid, code, now)
    if step is None:
        raise Refusal(Reason("people", "wrong_code", {"field": "code"}), status=422)
    with transaction.atomic():
        fresh = Authenticator.objects.filter(id=row.id, confirmed_at__isnull=True)
        if fresh.update(confirmed_at=now, last_step=step):
            record(SecondFactorChanged(account=person.uid, kind="totp", added=True), about=person.uid, by=person.uid, now=now)
        forget_tries(login=_guess(person.id))


def remove_authenticator(*, sign_in: SignIn, now: datetime) -> None:
    person = _who_may(sign_in, now)
    with transaction.atomic():
        if Authenticator.objects.filter(account_id=person.id).delete()[0]:
            _note_removed(person, "totp", now)


def new_recovery_codes(*, sign_in: SignIn, now: datetime) -> list[str]:
    """Ten new codes, shown once; the old ones end."""
    person = _who_may(sign_in, now)
    codes = [ids.key(10) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        Account.objects.select_for_update().get(id=person.id)
        RecoveryCode.objects.filter(account_id=person.id).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(account_id=person.id, digest=_recovery_digest(person.uid, code)) for code in codes
        )
        record(SecondFactorChanged(account=person.uid, kind="codes", added=True), about=person.uid, by=person.uid, now=now)
    return codes


def check_factor(*, account_id: int, code: str, now: datetime) -> None:
    """A number of the authenticator, good once, or a recovery code. Raises Refusal: 401 wrong, 429 too often."""
    left = count_try(login=_guess(account_id), now=now)
    account = Account.objects.get(id=account_id)
    if not _use_number(account, code, now) and not _use_recovery_code(account, code):
        raise Refusal(Reason("people", "wrong_code", {"field": "code", "left": left}), status=401)
    with transaction.atomic():
        forget_tries(login=_guess(account_id))


def begin_passkey(*, sign_in: SignIn, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked to make a passkey, and the state to bring back with its answer."""
    person = _who_may(sign_in, now)
    there = list(Passkey.objects.filter(account_id=person.id))
    if len(there) >= MOST_PASSKEYS:
        raise Refusal(Reason("people", "passkeys_full", {"most": MOST_PASSKEYS}))
    return passkeys.ask_to_register(person, there)


def add_passkey(*, sign_in: SignIn, state: Mapping[str, Any], answer: Mapping[str, Any], name: str, now: datetime) -> None:
    """Keep a new passkey. Raises Refusal: 422 for an answer that is not true, 409 for one that is there already."""
    person = _who_may(sign_in, now)
    try:
        credential_id, credential, counter = passkeys.registered(state, answer)
    except ValueError:
        raise Refusal(Reason("people", "passkey_not_read"), status=422)
    try:
        with transaction.atomic():
            Passkey.objects.create(
                account_id=person.id,
                name=(profiles.name(name) or "Kunci sandi")[:80],
                credential_id=credential_id,
                credential_digest=seals.digest(credential_id.hex()),
                credential=credential,
                counter=counter,
                created_at=now,
            )
            record(SecondFactorChanged(account=person.uid, kind="passkey", added=True), about=person.uid, by=person.uid, now=now)
    except IntegrityError:
        raise Refusal(Reason("people", "passkey_there"))


def remove_passkey(*, sign_in: SignIn, passkey: UUID, now: datetime) -> None:
    person = _who_may(sign_in, now)
    with transaction.atomic():
        if Passkey.objects.filter(account_id=person.id, uid=passkey).delete()[0]:
            _note_removed(person, "passkey", now)


def ask_for_passkey(*, account_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked to show a passkey. Raises Refusal (404) where the account has none."""
    there = list(Passkey.objects.filter(account_id=account_id))
    if not there:
        raise not_found("people", "no_passkey")
    return passkeys.ask_to_show(there)


def check_passkey(*, account_id: int, state: Mapping[str, Any], answer: Mapping[str, Any], now: datetime) -> None:
    """Raises Refusal (401) for an answer that is not true."""
    try:
        row, counter = passkeys.shown(state, answer, list(Passkey.objects.filter(account_id=account_id)))
    except ValueError:
        raise Refusal(Reason("people", "passkey_not_read"), status=401)
    with transaction.atomic():
        Passkey.objects.filter(id=row.id, counter__lte=counter).update(counter=counter, used_at=now)


def _use_number(account: Account, code: str, now: datetime) -> bool:
    row = Authenticator.objects.filter(account=account, confirmed_at__isnull=False).first()
    step = _step(row, account.uid, code, now) if row else None
    if row is None or step is None:
        return False
    with transaction.atomic():
        return bool(Authenticator.objects.filter(id=row.id, last_step__lt=step).update(last_step=step))


def _use_recovery_code(account: Account, code: str) -> bool:
    digest = _recovery_digest(account.uid, ids.read_key(code[:40]))
    with transaction.atomic():
        return RecoveryCode.objects.filter(account=account, digest=digest).delete()[0] > 0


def _step(row: Authenticator, uid: UUID, code: str, now: datetime) -> int | None:
    """The 30-second step whose number this is: now, or one before or after, for clocks of phones are not exact."""
    typed = "".join(c for c in code[:20] if c.isascii() and c.isdigit())
    totp = pyotp.TOTP(seals.open_seal(row.sealed, _owner(uid)))
    current = int(now.timestamp()) // STEP
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate_otp(step), typed):
            return step
    return None


def _who_may(sign_in: SignIn, now: datetime) -> Person:
    """Whoever holds a grant; who has a second factor already must have shown it in this session."""
    factors = factors_of(sign_in.person.id, now)
    if not factors.needed:
        raise not_found("people", "second_factor_not_needed")
    if factors.any and sign_in.confirmed_at is None:
        raise Refusal(Reason("people", "second_factor_first"), status=403)
    return sign_in.person


def _note_removed(person: Person, kind: str, now: datetime) -> None:
    if not factors_of(person.id, now).any:
        # With the last one gone nothing stands behind the sessions that it confirmed.
        Session.objects.filter(account_id=person.id).update(confirmed_at=None)
        RecoveryCode.objects.filter(account_id=person.id).delete()
    record(SecondFactorChanged(account=person.uid, kind=kind, added=False), about=person.uid, by=person.uid, now=now)


def _owner(uid: UUID) -> str:
    return f"{uid} totp"


def _guess(account_id: int) -> str:
    return f"second factor of {account_id}"


def _recovery_digest(uid: UUID, code: str) -> str:
    return seals.digest(f"{uid} {code}")
