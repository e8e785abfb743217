"""`pintar start` from the outside: it serves, it ends cleanly, it says what is wrong."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

PINTAR = Path(sys.executable).parent / "pintar"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(data: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PINTAR_")}
    return clean | {"PINTAR_DATA": str(data), **more}


def wait_for(port: int, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer")


def processes_of(group_leader: int) -> list[str]:
    """Command lines of the process and everything below it."""
    table = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True).stdout
    rows = [line.split(None, 2) for line in table.splitlines()]
    family, grown = {group_leader}, True
    while grown:
        below = {int(pid) for pid, parent, _ in rows if int(parent) in family} - family
        grown = bool(below)
        family |= below
    return [args for pid, _, args in rows if int(pid) in family]


@pytest.fixture
def started(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [PINTAR, "start", "--empty", "--port", str(port)], env=environment(tmp_path), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_for(port)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_it_serves_with_a_worker_and_ends_all_of_it_when_told(started):
    process, _ = started
    running = processes_of(process.pid)
    assert any("granian" in line for line in running)
    assert any("pintar.cli.work" in line for line in running)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert processes_of(process.pid) == []
    assert "journal WAL" in said
    assert "http://localhost:" in said


def test_a_worker_that_dies_is_started_again(started):
    process, port = started
    worker = subprocess.run(
        ["pgrep", "-P", str(process.pid), "-f", "pintar.cli.work"], capture_output=True, text=True
    ).stdout.split()
    os.kill(int(worker[0]), signal.SIGKILL)
    for _ in range(100):
        time.sleep(0.1)
        again = subprocess.run(
            ["pgrep", "-P", str(process.pid), "-f", "pintar.cli.work"], capture_output=True, text=True
        ).stdout.split()
        if again and again != worker:
            break
    assert again and again != worker
    wait_for(port)


@pytest.mark.parametrize(
    ("arguments", "variables", "says"),
    [
        (["--host", "0.0.0.0"], {}, "PINTAR_PUBLIC_URL"),
        ([], {"PINTAR_SECRET_KEY": "kunci"}, "PINTAR_SECRET_KEY"),
        ([], {"PINTAR_DATABASE_URL": "oracle://x/y"}, "PINTAR_DATABASE_URL"),
    ],
)
def test_an_unsafe_setting_stops_the_start_with_a_sentence_that_names_it(tmp_path, arguments, variables, says):
    run = subprocess.run(
        [PINTAR, "start", "--empty", "--port", str(free_port()), *arguments],
        env=environment(tmp_path, **variables), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.returncode == 1
    assert says in run.stderr
    assert "Traceback" not in run.stderr


def test_a_taken_port_is_said_in_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = subprocess.run(
            [PINTAR, "start", "--empty", "--port", str(taken.getsockname()[1])],
            env=environment(tmp_path), capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert run.returncode == 1
    assert "--port" in run.stderr


def test_check_finds_nothing_wrong_on_a_fresh_machine_and_names_what_is(tmp_path):
    env = environment(tmp_path)
    unmigrated = subprocess.run([PINTAR, "check"], env=env, capture_output=True, text=True)
    assert unmigrated.returncode == 1
    assert "pintar manage migrate" in unmigrated.stderr
    subprocess.run([PINTAR, "manage", "migrate", "-v", "0"], env=env, check=True)
    fine = subprocess.run([PINTAR, "check"], env=env, capture_output=True, text=True)
    assert (fine.returncode, fine.stdout.strip()) == (0, "Nothing is wrong.")


def test_usage_errors_end_with_status_2(tmp_path):
    run = subprocess.run([PINTAR, "start", "--port", "0"], env=environment(tmp_path), capture_output=True, text=True)
    assert run.returncode == 2
