"""Passing on what the clock has ended."""

from datetime import datetime

from pintar.enrolment import actions
from pintar.foundation.schedule import every


@every(seconds=5)
def pass_on(now: datetime) -> None:
    """Offers that are over go to the next; what is set aside no longer goes to everyone; lines that are over end."""
    actions.expire_offers(now=now)
    actions.release_set_asides(now=now)
    actions.end_lines(now=now)
