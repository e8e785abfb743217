"""The seat machine by thousands: `bench/seat_machine.py [--runs 10000] [--steps 40] [--database postgresql]`.

Each run is a whole life of three batches in any order of deeds, checked against the model after every step. Prints how
many runs held; the first that does not ends it with the shortest story that Hypothesis finds.
"""

import argparse
import os
import sys


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=10_000)
    arguments.add_argument("--steps", type=int, default=40)
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = arguments.parse_args()
    os.environ["PINTAR_TEST_DATABASE"] = asked.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "pintar.settings"
    import django

    from pintar.foundation.tests import plugin  # noqa: F401  a data folder and a database of the run's own

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    from pintar.courses.tests.builders import publish_small_course
    from pintar.enrolment.tests.seat_machine import NOW, Seats

    lived = 0

    class Counted(Seats):
        def teardown(self) -> None:
            nonlocal lived
            super().teardown()
            lived += 1
            if lived % 100 == 0 and sys.stderr.isatty():
                print(f"\r{lived}", end="", file=sys.stderr)

    Seats.edition = publish_small_course(NOW)
    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=asked.runs,
            stateful_step_count=asked.steps,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{lived} lives of up to {asked.steps} deeds on {connection.vendor}: all as the model said")


if __name__ == "__main__":
    main()
