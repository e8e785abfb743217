"""When a page was opened: told to the page under a signature, and told back by it, so that opening writes nothing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

SALT = "pintar.learning.opened"
LONGEST = 200
OLDEST = timedelta(days=30)


def told(seat: UUID, lesson: str, at: datetime) -> str:
    """The mark of a page of this lesson in this seat, opened `at`."""
    return Signer(salt=SALT).sign(f"{seat}/{lesson}/{int(at.timestamp())}")


def read(mark: str | None, seat: UUID, lesson: str, now: datetime) -> datetime | None:
    """When the page was opened; None for a mark that is not ours, not this lesson's, or too old."""
    if not mark or len(mark) > LONGEST:
        return None
    try:
        text = Signer(salt=SALT).unsign(mark)
    except BadSignature:
        return None
    about, _, seconds = text.rpartition("/")
    if about != f"{seat}/{lesson}":
        return None
    at = datetime.fromtimestamp(int(seconds), UTC)
    return at if now - OLDEST <= at <= now else None
