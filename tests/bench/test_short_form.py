"""The whole bench in its shortest form, against real servers: counts, never times."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHORTEST = ["--json", "--rounds", "1", "--requests", "4", "--contenders", "12", "--quota", "3", "--within", "0.2"]


def test_rows_measure_a_real_server_beside_the_bare_page():
    command = [sys.executable, "-m", "bench", "lesson", "answer", "rush", *SHORTEST]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    figures = {
        (each["row"].split(",")[0], each["what"].split(",")[0]): each for each in json.loads(run.stdout)["figures"]
    }
    assert figures["lesson", "statements"]["reached"]
    assert figures["lesson", "CPU a request"]["bare"] is not None
    assert figures["lesson", "bytes on the wire"]["value"] < 20_000
    assert figures["answer", "statements"]["reached"]
    for fault in ("oversold", "miscounted", "lost", "double", "undecided", "untold"):
        assert figures["rush", fault]["value"] == 0
    assert figures["rush", "seats taken in a rush"]["value"] == 3
