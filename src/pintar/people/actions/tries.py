"""Guesses are counted before they are looked at, so many at once are no more than one after the other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from pintar.foundation.refusals import Reason, Refusal
from pintar.people import seals
from pintar.people.models import Tries
from pintar.people.rules import tries


@dataclass(frozen=True, slots=True)
class Guess:
    """One counted try: how many are left should it be wrong, and until when it then locks."""

    left: int
    until: datetime | None
    at: datetime

    def wrong(self, code: str, *, status: int, **data: Any) -> Refusal:
        """The answer to a wrong one: its own words, or with the last one those of the lock."""
        if self.until is not None:
            return locked(self.until, self.at)
        return Refusal(Reason("people", code, {"left": self.left, **data}), status=status)


def count_try(*, login: str, device: str = "", now: datetime) -> Guess:
    """Count one try for a login. Raises Refusal (429) when locked.

    `login` names what is guessed, in clear; only its keyed digest is kept. `device` is the digest of a known device.
    """
    with transaction.atomic():
        row, _ = Tries.objects.select_for_update().get_or_create(
            login=seals.blind_index(login), device=device, defaults={"last_at": now}
        )
        verdict, after = _try(row, now)
        if after is not None:
            row.wrong, row.locks, row.last_at, row.locked_until = (
                after.wrong,
                after.locks,
                after.last_at or now,
                after.locked_until,
            )
            row.save(update_fields=["wrong", "locks", "last_at", "locked_until"])
    if not verdict.allowed and verdict.until is not None:
        raise locked(verdict.until, now)
    return Guess(verdict.left - 1, after.locked_until if after else None, now)


def forget_tries(*, login: str, device: str = "") -> None:
    """The secret was right: what went wrong before counts no more."""
    Tries.objects.filter(login=seals.blind_index(login), device=device).delete()


def locked(until: datetime, now: datetime) -> Refusal:
    seconds = max(int((until - now).total_seconds()), 1)
    reason = Reason("people", "too_many_tries", {"minutes": -(-seconds // 60), "field": "password"})
    return Refusal(reason, status=429, retry_after=seconds)


def _try(row: Tries, now: datetime) -> tuple[tries.Verdict, tries.Standing | None]:
    standing = tries.Standing(row.wrong, row.locks, row.last_at, row.locked_until)
    verdict = tries.decide(standing, now)
    return verdict, tries.after_try(standing, now) if verdict.allowed else None
