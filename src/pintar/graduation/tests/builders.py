"""Graduations for tests, and for rooms above."""

from datetime import datetime

from pintar.enrolment.queries import SeatFacts
from pintar.foundation.ledger import record
from pintar.graduation.events import GraduationDecided
from pintar.graduation.models import Graduation
from pintar.graduation.rules import State
from pintar.people import queries as people


def make_graduation(seat: SeatFacts, now: datetime, state: State = State.LULUS) -> None:
    """Decided, straight in the table and with its event recorded, whatever was studied."""
    person = people.people([seat.person_id])[seat.person_id]
    Graduation.objects.update_or_create(
        seat_id=seat.uid,
        defaults={"state": state, "decided_at": now, "achieved_at": now if state is State.LULUS else None},
    )
    happened = GraduationDecided(seat=seat.uid, person=person.uid, state=str(state))
    record(happened, about=seat.uid, by=None, now=now)
