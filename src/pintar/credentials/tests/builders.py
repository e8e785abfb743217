"""Certificates for tests, and for rooms above."""

from datetime import datetime
from typing import Any

from pintar.courses.queries import Edition
from pintar.courses.tests.builders import publish_small_course
from pintar.credentials import actions
from pintar.credentials.queries import CertificateFacts
from pintar.enrolment.queries import SeatFacts
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.graduation.tests.builders import make_graduation
from pintar.people.queries import Person


def make_passed_seat(person: Person, now: datetime, edition: Edition | None = None, **batch: Any) -> SeatFacts:
    """A seat whose training was passed just now; `batch` are arguments of `make_batch`."""
    seat = make_seat(person, make_batch(edition or publish_small_course(now), now, **batch), now)
    make_graduation(seat, now)
    return seat


def make_certificate(person: Person, now: datetime, edition: Edition | None = None, **batch: Any) -> CertificateFacts:
    """A certificate of `edition` (the small training, if None)."""
    made = actions.issue(seat=make_passed_seat(person, now, edition, **batch).uid, now=now)
    assert made is not None
    return made
