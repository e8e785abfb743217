"""All tests, as `make test` runs them.

    python tests/run.py                 everything
    python tests/run.py structure       one stage: structure, sqlite, postgresql, browser

Every test that writes runs on SQLite and on PostgreSQL; the browser walks through a real server. A browser's test
waits for the page half of its time, so that stage runs beside the others. Without Chromium it is left out, and the
last line says so. Exit status 0 only if nothing failed.

The seconds of a whole run without a failure are kept for `make report` (`LAST_RUN`).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
LAST_RUN = ROOT / ".last-run.json"
PYTEST = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-m"]
STAGES: dict[str, list[list[str]]] = {
    "structure": [[str(BIN / "ruff"), "check", "."], [str(BIN / "ruff"), "format", "--check", "."]],
    "sqlite": [[*PYTEST, "not browser and not long"]],
    "postgresql": [[*PYTEST, "writes and not browser and not long"]],
    "browser": [[*PYTEST, "browser and not long"]],
}
# Lanes run side by side, the stages of a lane one after the other.
LANES = (("structure", "sqlite", "postgresql"), ("browser",))
COUNTED = ("passed", "failed", "skipped")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a stage ended; `seconds` by the wall, `cpu` those of all its processes."""

    stage: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    cpu: float


def main(wanted: Sequence[str]) -> int:
    left_out = [] if any(map(shutil.which, BROWSERS)) else ["browser"]
    chosen = [stage for stage in STAGES if stage not in left_out and (stage in wanted or not wanted)]
    begun = time.monotonic()
    outcomes = _side_by_side(chosen)
    seconds = time.monotonic() - begun
    for each in outcomes:
        _say(f"— {each.stage}: {each.seconds:.0f} s, {each.cpu:.0f} s of CPU")
    passed, failed, skipped = (sum(getattr(each, word) for each in outcomes) for word in COUNTED)
    _say(f"{passed} passed, {failed} failed, {skipped} skipped in {seconds:.0f} s")
    if chosen == list(STAGES) and not failed:
        _keep(outcomes, seconds)
    if left_out and (not wanted or "browser" in wanted):
        _say("left out: the browser's tests, because Chromium is not installed (Debian: apt install chromium)")
        return 3 if os.environ.get("CI") else bool(failed)
    return 1 if failed else 0


def _side_by_side(chosen: Sequence[str]) -> list[Outcome]:
    outcomes: dict[str, Outcome] = {}

    def run(lane: Sequence[str]) -> None:
        for stage in lane:
            if stage in chosen:
                outcomes[stage] = _outcome(stage)

    lanes = [threading.Thread(target=run, args=[lane]) for lane in LANES]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    return [outcomes[stage] for stage in chosen]


def _outcome(stage: str) -> Outcome:
    begun = time.monotonic()
    ended = [_run(stage, command) for command in STAGES[stage]]
    counts = {word: sum(counted[word] for counted, _ in ended) for word in COUNTED}
    return Outcome(stage, **counts, seconds=time.monotonic() - begun, cpu=sum(cpu for _, cpu in ended))


def _run(stage: str, command: list[str]) -> tuple[dict[str, int], float]:
    """What was counted, and the seconds of CPU of the command and all that it started."""
    env = os.environ | {"PINTAR_TEST_DATABASE": "postgresql" if stage == "postgresql" else "sqlite"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout
    closing = ""
    for line in process.stdout:
        _say(f"{stage:<10}  {line.rstrip()}")
        closing = line if re.search(r"\d+ (passed|failed|error)", line) else closing
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    counts = dict.fromkeys(COUNTED, 0)
    for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", closing):
        counts["failed" if word.startswith("error") else word] += int(number)
    if process.returncode and not counts["failed"]:
        counts["failed"] = 1  # it broke before it could count, or found no test
    if not process.returncode and not sum(counts.values()):
        counts["passed"] = 1  # what counts nothing says by its status alone
    return counts, usage.ru_utime + usage.ru_stime


def _keep(outcomes: list[Outcome], seconds: float) -> None:
    stages = [asdict(each) for each in outcomes]
    LAST_RUN.write_text(json.dumps({"stages": stages, "seconds": seconds, "cores": os.cpu_count()}, indent=1))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
