"""A seat in the small training, and the browser of the person who holds it."""

import pytest

from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.learning import actions
from pintar.learning.tests.builders import person_of
from pintar.people.tests.builders import make_person, sign_in


@pytest.fixture
def edition(now):
    return publish_small_course(now)


@pytest.fixture
def seat(edition, now, time_machine):
    """A seat at `now`, which is the present; its study is begun, as the worker leaves it."""
    time_machine.move_to(now, tick=False)
    seat = make_seat(make_person(nip="198503122010012008"), make_batch(edition, now), now)
    actions.begin_study(seat=seat, now=now)
    return seat


@pytest.fixture
def learner(client, seat):
    """The client of the seat's person."""
    sign_in(client, person_of(seat))
    return client
