"""Sessions: begun, seen, ended; and what a person chose about how to read."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pintar.foundation.preferences import Preferences
from pintar.foundation.refusals import not_found
from pintar.people import seals
from pintar.people.models import Account, Session
from pintar.people.queries import Person, SignIn

REMEMBERED = timedelta(days=30)
UNREMEMBERED = timedelta(hours=12)
TOKEN_LASTS = timedelta(days=90)
# More would be a program that signs in anew for every request; its oldest session makes room.
MOST_SESSIONS = 50


def begin_session(
    *,
    account_id: int,
    kind: str = "web",
    remember: bool = False,
    device: str = "",
    confirmed: bool = False,
    now: datetime,
) -> str:
    """Begin a session; returns its token, which is kept nowhere. `confirmed` = a second factor was shown."""
    token = secrets.token_urlsafe(32)
    lasts = TOKEN_LASTS if kind == "token" else REMEMBERED if remember else UNREMEMBERED
    with transaction.atomic():
        Session.objects.create(
            account_id=account_id,
            kind=kind,
            digest=seals.digest(token),
            device=device[:80],
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
            confirmed_at=now if confirmed else None,
        )
        newest = Session.objects.filter(account_id=account_id).order_by("-seen_at", "-id")
        if surplus := list(newest.values_list("id", flat=True)[MOST_SESSIONS:]):
            Session.objects.filter(id__in=surplus).delete()
    return token


def renew_session(*, sign_in: SignIn, confirmed: bool, now: datetime) -> str:
    """A new token for the same session, as whenever it comes to mean more; the old one ends at once."""
    token = secrets.token_urlsafe(32)
    changed = {"digest": seals.digest(token), "seen_at": now} | ({"confirmed_at": now} if confirmed else {})
    with transaction.atomic():
        if not Session.objects.filter(id=sign_in.id).update(**changed):
            raise not_found("people", "session_ended")
    return token


def end_session(*, person: Person, session: UUID, now: datetime) -> bool:
    """End one of the person's own sessions. Returns whether it was there."""
    with transaction.atomic():
        ended, _ = Session.objects.filter(account_id=person.id, uid=session).delete()
    return ended > 0


def end_other_sessions(*, account_id: int, but: int | None, now: datetime) -> int:
    """End all sessions and tokens but one. Returns how many ended."""
    with transaction.atomic():
        theirs = Session.objects.filter(account_id=account_id)
        return (theirs if but is None else theirs.exclude(id=but)).delete()[0]


def note_seen(*, session: int, now: datetime) -> None:
    """The session was used; asked at most hourly."""
    with transaction.atomic():
        Session.objects.filter(id=session, seen_at__lt=now).update(seen_at=now)


def keep_preferences(*, person: Person, chosen: Preferences, now: datetime) -> None:
    """Language, text size, theme and low-data mode, on the account."""
    with transaction.atomic():
        Account.objects.filter(id=person.id).update(
            language=chosen.language, text=chosen.text, theme=chosen.theme, saver=chosen.saver
        )
