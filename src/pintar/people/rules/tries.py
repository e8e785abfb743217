"""How often a password may be guessed.

Five wrong in a row lock for 15 minutes; each further lock lasts twice as long, at most a day. That leaves strangers
some 35 guesses a day for one login, and a person who mistyped waits a quarter of an hour at most.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FREE = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
FORGOTTEN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Standing:
    """Wrong tries in a row, locks so far, and the instants that count."""

    wrong: int = 0
    locks: int = 0
    last_at: datetime | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`allowed` now? `left` tries before a lock, this one counted in; `until` when a lock ends."""

    allowed: bool
    left: int
    until: datetime | None = None


def decide(standing: Standing, now: datetime) -> Verdict:
    if standing.locked_until is not None and now < standing.locked_until:
        return Verdict(False, 0, standing.locked_until)
    return Verdict(True, FREE - _remembered(standing, now).wrong)


def after_try(standing: Standing, now: datetime) -> Standing:
    """How it stands once one more try was wrong; the fifth locks."""
    kept = _remembered(standing, now)
    wrong = kept.wrong + 1
    if wrong < FREE:
        return replace(kept, wrong=wrong, last_at=now, locked_until=None)
    lock = min(FIRST_LOCK * 2 ** min(kept.locks, 10), LONGEST_LOCK)
    return Standing(0, kept.locks + 1, now, now + lock)


def _remembered(standing: Standing, now: datetime) -> Standing:
    # Forgotten a day after the lock's end or the last try, so that a long lock is not forgotten by its own length.
    last = max(filter(None, (standing.last_at, standing.locked_until)), default=None)
    return Standing() if last is None or now - last >= FORGOTTEN else standing
