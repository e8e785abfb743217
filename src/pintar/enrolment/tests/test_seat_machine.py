"""The seat machine in its short form: a few hundred steps on both databases."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment.tests.seat_machine import NOW, Seats


@pytest.mark.django_db
def test_seats_and_lines_follow_the_model_whatever_is_done_to_them() -> None:
    Seats.edition = publish_small_course(NOW)
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
