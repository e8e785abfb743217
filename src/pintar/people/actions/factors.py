"""Second factors: numbers of an authenticator, passkeys, recovery codes. For who holds a grant, and no one else."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class NewAuthenticator:
    """A secret to type, the address for the QR code, and what the form keeps until the first number comes."""

    secret: str
    address: str
    kept: str


def begin_authenticator(*, sign_in: SignIn, kept: str = "", now: datetime) -> NewAuthenticator:
    """A new secret, or the one that `kept` holds; nothing is stored before its first number was typed.

    Raises Refusal: 404 for whom no grant asks for it, 409 where one is there already.
    """
    person = _who_may(sign_in, now)
    if Authenticator.objects.filter(account_id=person.id).exists():
        raise Refusal(Reason("people", "authenticator_there"))
    secret = _kept_secret(kept, person.uid) or pyotp.random_base32()
    return NewAuthenticator(
        secret=secret,
        address=pyotp.TOTP(secret).provisioning_uri(name=person.name, issuer_name="Pintar"),
        kept=seals.seal(secret, _owner(person.uid)).hex(),
    )


def confirm_authenticator(*, sign_in: SignIn, kept: str, code: str, now: datetime) -> None:
    """Its first number was typed: from now on it counts. Raises Refusal (422) for a wrong number."""
    person = _who_may(sign_in, now)
    secret = _kept_secret(kept, person.uid)
    step = _step(secret, code, now) if secret else None
    if step is None:
        raise Refusal(Reason("people", "wrong_code", {"field": "code"}), status=422)
    try:
        with transaction.atomic():
            Authenticator.objects.create(
                account_id=person.id, sealed=seals.seal(secret, _owner(person.uid)), created_at=now, last_step=step
            )
            _note(person, "totp", added=True, now=now)
    except IntegrityError:
        raise Refusal(Reason("people", "authenticator_there"))


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
        _note(person, "codes", added=True, now=now)
    return codes


def check_factor(*, account_id: int, code: str, now: datetime) -> None:
    """A number of the authenticator, good once, or a recovery code. Raises Refusal: 401 wrong, 429 too often."""
    guess = count_try(login=_guess(account_id), now=now)
    account = Account.objects.get(id=account_id)
    if not _use_number(account, code, now) and not _use_recovery_code(account, code):
        raise guess.wrong("wrong_code", status=401, field="code")
    with transaction.atomic():
        forget_tries(login=_guess(account_id))


def begin_passkey(*, sign_in: SignIn, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked to make a passkey, and the state to bring back with its answer."""
    person = _who_may(sign_in, now)
    there = list(Passkey.objects.filter(account_id=person.id))
    if len(there) >= MOST_PASSKEYS:
        raise Refusal(Reason("people", "passkeys_full", {"most": MOST_PASSKEYS}))
    return passkeys.ask_to_register(person, there)


def add_passkey(
    *, sign_in: SignIn, state: Mapping[str, Any], answer: Mapping[str, Any], name: str, now: datetime
) -> None:
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
            _note(person, "passkey", added=True, now=now)
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
    row = Authenticator.objects.filter(account=account).first()
    step = _step(seals.open_seal(row.sealed, _owner(account.uid)), code, now) if row else None
    if row is None or step is None:
        return False
    with transaction.atomic():
        return bool(Authenticator.objects.filter(id=row.id, last_step__lt=step).update(last_step=step))


def _use_recovery_code(account: Account, code: str) -> bool:
    digest = _recovery_digest(account.uid, ids.read_key(code[:40]))
    with transaction.atomic():
        return RecoveryCode.objects.filter(account=account, digest=digest).delete()[0] > 0


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step whose number this is: now, or one before or after, for clocks of phones are not exact."""
    typed = "".join(c for c in code[:20] if c.isascii() and c.isdigit())
    totp = pyotp.TOTP(secret)
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
    _note(person, kind, added=False, now=now)


def _note(person: Person, kind: str, *, added: bool, now: datetime) -> None:
    what = SecondFactorChanged(account=person.uid, kind=kind, added=added)
    record(what, about=person.uid, by=person.uid, now=now)


def _kept_secret(kept: str, uid: UUID) -> str:
    try:
        return seals.open_seal(bytes.fromhex(kept[:400]), _owner(uid))
    except ValueError:
        return ""


def _owner(uid: UUID) -> str:
    return f"{uid} totp"


def _guess(account_id: int) -> str:
    return f"second factor of {account_id}"


def _recovery_digest(uid: UUID, code: str) -> str:
    return seals.digest(f"{uid} {code}")
