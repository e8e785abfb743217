"""Links in letters: signed, for one account and one purpose, good once and for a while.

A link carries a digest of what it will change, so it ends when that changes: a link for a new password dies with the
old password. Nothing is stored.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

from pintar.people import seals
from pintar.people.models import Account

# Thirty minutes: letters are slow where signal is.
RESET, RESET_LASTS = "reset", timedelta(minutes=30)
CONFIRM, CONFIRM_LASTS = "confirm", timedelta(days=7)
_LASTS = {RESET: RESET_LASTS, CONFIRM: CONFIRM_LASTS}


@dataclass(frozen=True, slots=True)
class Link:
    account: UUID
    at: datetime
    state: str


def make(purpose: str, account: Account, now: datetime) -> str:
    """The secret part of the link's address."""
    said = {"u": account.uid.hex, "t": int(now.timestamp()), "h": _state(purpose, account)}
    return _signer(purpose).sign_object(said, compress=False).replace(":", "~")


def read(purpose: str, text: str, now: datetime) -> Link | None:
    """What a link says, or None where it is not ours or too old; see also `still_good`."""
    if len(text) > 500:
        return None
    try:
        said = _signer(purpose).unsign_object(text.replace("~", ":"))
        link = Link(UUID(said["u"]), datetime.fromtimestamp(said["t"], UTC), said["h"])
    except (BadSignature, ValueError, KeyError, TypeError, OverflowError, UnicodeError):
        return None
    return link if link.at <= now < link.at + _LASTS[purpose] else None


def still_good(purpose: str, link: Link, account: Account) -> bool:
    """Whether the account is still as it was when the link was made."""
    return account.erased_at is None and link.state == _state(purpose, account)


def _state(purpose: str, account: Account) -> str:
    of = account.password + account.email if purpose == RESET else awaited_email(account)
    return seals.digest(f"{purpose} {of}")[:16]


def awaited_email(account: Account) -> str:
    """The address that waits to be confirmed; "" for none."""
    return account.email_wanted or ("" if account.email_verified_at else account.email)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"pintar.people.{purpose}")
