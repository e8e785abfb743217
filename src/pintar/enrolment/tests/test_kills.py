"""The short form of `bench/kill_seats.py`: servers and databases are killed while people take seats and wait.

The long form: `python bench/kill_seats.py --kills 50 --victim database --database postgresql`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

STORM = Path(__file__).parents[4] / "bench" / "kill_seats.py"
DATABASE = os.environ.get("PINTAR_TEST_DATABASE", "sqlite")


@pytest.mark.writes
@pytest.mark.parametrize("victim", ["server", "database"] if DATABASE == "postgresql" else ["server"])
def test_nobody_who_was_told_of_a_seat_or_a_place_loses_it_to_a_kill(victim: str) -> None:
    command = [sys.executable, STORM, "--kills", "2", "--people", "9", "--victim", victim, "--database", DATABASE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    said = re.search(r"answers (\d+), seats (\d+), tickets (\d+), (.*)", done.stdout)
    assert said and int(said[1]) >= 9 and int(said[2]) >= 3 and int(said[3]) >= 6
    assert said[4] == "lost 0, oversold 0, double 0, misplaced 0, inversions 0, unrecorded 0"


def test_control_the_storm_notices_what_is_lost_sold_twice_or_out_of_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(STORM.parent))
    import kill_seats

    told = {"people": [1, 2, 3], "tokens": ["a", "b", "c"]}
    people = [kill_seats.Contender(0, token, "x") for token in told["tokens"]]
    people[0].told, people[0].last, people[1].last = ["s1"], "seated", "waiting"
    right = {
        "quota": 1, "taken": 1, "events": 1, "tickets": 1, "largest_called": 0,
        "seats": {"s1": [1, False]}, "live": [[2, "waiting", 1, 1]],
    }  # fmt: skip
    asked = type("Asked", (), {"database": "none", "victim": "nobody", "kills": 0})
    assert kill_seats.judge(right, people, told, asked) == 0
    wrong = [
        {"seats": {}, "taken": 0},
        {"seats": {"s1": [1, True]}, "taken": 0},
        {"live": []},
        {"live": [[2, "waiting", 1, 2]]},
        {"largest_called": 5},
        {"events": 0},
        {"taken": 0},
        {"seats": {"s1": [1, False], "s2": [3, False]}, "taken": 2, "events": 2},
        {"seats": {"s1": [1, False], "s2": [1, False]}, "taken": 2, "quota": 2, "events": 2},
    ]
    for change in wrong:
        assert kill_seats.judge({**right, **change}, people, told, asked) == 1, change
    capsys.readouterr()
