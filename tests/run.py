"""All tests, as `make test` runs them.

    python tests/run.py                 everything
    python tests/run.py structure       one stage: structure, sqlite, postgresql, browser

Every test that writes runs on SQLite and on PostgreSQL; the browser walks through a real server. Without Chromium the
browser's stage is left out, and the last line says so. Exit status 0 only if nothing failed.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal"]
# A browser's test waits for the page half of its time: a third one fills the gaps.
BROWSER = [sys.executable, "-m", "pytest", "-n", "3", "--dist", "worksteal"]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def main(wanted: list[str]) -> int:
    stages = {
        "structure": lambda: _plain([BIN / "ruff", "check", "."], [BIN / "ruff", "format", "--check", "."]),
        "sqlite": lambda: _pytest("sqlite", [*PYTEST, "-m", "not browser and not long"]),
        "postgresql": lambda: _pytest("postgresql", [*PYTEST, "-m", "writes and not browser and not long"]),
        "browser": lambda: _pytest("browser", [*BROWSER, "-m", "browser and not long"]),
    }
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    left_out = []
    for name, run in stages.items():
        if wanted and name not in wanted:
            continue
        if name == "browser" and CHROMIUM is None:
            left_out.append(name)
            continue
        begun = time.monotonic()
        for word, number in run().items():
            counts[word] = counts.get(word, 0) + number
        print(f"— {name}: {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    if left_out:
        print("left out: the browser's tests, because Chromium is not installed (Debian: apt install chromium)")
        return 3 if os.environ.get("CI") else bool(counts["failed"])
    return 1 if counts["failed"] else 0


def _plain(*commands: list[object]) -> dict[str, int]:
    failed = sum(subprocess.run([str(part) for part in c], cwd=ROOT).returncode != 0 for c in commands)
    return {"passed": len(commands) - failed, "failed": failed}


def _pytest(name: str, command: list[str]) -> dict[str, int]:
    env = os.environ | {"PINTAR_TEST_DATABASE": "postgresql" if name == "postgresql" else "sqlite"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    closing = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        closing = line if re.search(r"\d+ (passed|failed|error)", line) else closing
    code = process.wait()
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", closing):
        counts["failed" if word.startswith("error") else word] += int(number)
    if code and not counts["failed"]:
        counts["failed"] = 1  # it broke before it could count, or found no test
    return counts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
