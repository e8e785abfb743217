"""Fixtures of this room: an edition with every type of item, a person, an open sitting."""

from datetime import datetime

import pytest

from pintar.assessment.tests import builders
from pintar.courses.queries import Edition
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person


@pytest.fixture
def edition(db: None, now: datetime) -> Edition:
    return builders.publish_all_types(now)


@pytest.fixture
def person(db: None) -> Person:
    return make_person()
