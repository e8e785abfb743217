"""The present of these tests is `now`."""

import pytest


@pytest.fixture(autouse=True)
def the_present(time_machine, now):
    time_machine.move_to(now, tick=False)
