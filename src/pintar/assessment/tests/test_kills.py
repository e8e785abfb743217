"""The short form of `bench/kill_answers.py`: the server is killed while people answer, nothing acknowledged is lost.

The long form: `python bench/kill_answers.py --kills 200 --database sqlite`, and `--database postgresql`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

STORM = Path(__file__).parents[4] / "bench" / "kill_answers.py"


@pytest.mark.writes
def test_no_receipt_is_lost_when_the_server_is_killed_while_people_answer() -> None:
    database = os.environ.get("PINTAR_TEST_DATABASE", "sqlite")
    command = [sys.executable, STORM, "--kills", "3", "--clients", "4", "--database", database]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = re.search(r"kills 3, receipts (\d+), lost 0, duplicated 0", done.stdout)
    assert counts
    assert int(counts[1]) > 20
