"""`pintar start` from the outside: it serves, it ends cleanly, it says what is wrong."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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


def processes_of(leader: int) -> dict[int, str]:
    """Names by number, of the process and everything below it."""
    table = subprocess.run(["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True).stdout
    rows = [(int(pid), int(parent), name) for pid, parent, name in (row.split(None, 2) for row in table.splitlines())]
    family, grown = {leader}, True
    while grown:
        below = {pid for pid, parent, _ in rows if parent in family} - family
        grown = bool(below)
        family |= below
    return {pid: name for pid, _, name in rows if pid in family}


def wait_for_another(leader: int, name: str, than: int = 0) -> int:
    """The number of the process of that name, once there is one other than `than`."""
    for _ in range(200):
        found = [pid for pid, called in processes_of(leader).items() if called == name and pid != than]
        if found:
            return min(found)
        time.sleep(0.1)
    raise AssertionError(f"there is no {name}")


def wait_until_gone(pids: set[int]) -> None:
    for _ in range(200):
        if not any(lives(pid) for pid in pids):
            return
        time.sleep(0.1)
    raise AssertionError(f"still there: {pids}")


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def start(data: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process of `pintar start` on this folder, once it answers, and its port."""
    port = free_port()
    process = subprocess.Popen(
        [PINTAR, "start", "--empty", "--port", str(port)], env=environment(data), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_for(port)
        yield process, port
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which Pintar was started before."""
    data = tmp_path_factory.mktemp("used")
    with start(data):
        pass
    return data


@pytest.fixture
def started(used: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with start(shutil.copytree(used, tmp_path / "data")) as process_and_port:
        yield process_and_port


def test_it_serves_with_a_worker_and_ends_all_of_it_when_told(started):
    process, _ = started
    wait_for_another(process.pid, "pintar-worker")
    wait_for_another(process.pid, "pintar-server")
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert processes_of(process.pid) == {}
    assert "journal WAL" in said
    assert "http://localhost:" in said


def test_it_ends_at_once_when_told_before_the_first_answer(tmp_path):
    process = subprocess.Popen(
        [PINTAR, "start", "--empty", "--port", str(free_port())], env=environment(tmp_path), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    wait_for_another(process.pid, "pintar-server")
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=25)
    assert process.returncode == 0
    assert "http://localhost:" not in said


def test_a_new_data_folder_serves_its_pages_with_their_style(tmp_path):
    with start(tmp_path) as (_, port):
        page = urllib.request.urlopen(f"http://localhost:{port}/").read().decode()
        for file in re.findall(r'(?:href|src)="(/static/[^"#]+)', page):
            assert urllib.request.urlopen(f"http://localhost:{port}{file}").status == 200
    assert "/static/lembar." in page


@pytest.mark.parametrize("name", ["pintar-worker", "pintar-server"])
def test_a_process_that_dies_is_started_again_and_leaves_none_of_its_own_behind(started, name):
    process, port = started
    wait_for_another(process.pid, "pintar-worker")
    killed = wait_for_another(process.pid, name)
    its_own = set(processes_of(killed))
    os.kill(killed, signal.SIGKILL)
    wait_for_another(process.pid, name, than=killed)
    wait_for(port)
    wait_until_gone(its_own - {killed})


def test_nothing_outlives_a_start_that_is_killed(started):
    process, _ = started
    wait_for_another(process.pid, "pintar-worker")
    family = set(processes_of(process.pid))
    process.kill()
    process.wait()
    wait_until_gone(family)


def test_what_only_publishing_printing_or_signing_in_needs_is_not_loaded_to_serve(tmp_path):
    """The server is loaded once at the start; each of these libraries costs every start and every process."""
    script = "import sys, pintar.front, pintar.urls\nprint(*sorted({name.split('.')[0] for name in sys.modules}))"
    env = environment(tmp_path, DJANGO_SETTINGS_MODULE="pintar.settings")
    loaded = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    names = set(loaded.stdout.split())
    assert {"django", "ninja", "pintar"} <= names
    heavy = {
        "typst", "segno", "fido2", "markdown_it", "mdit_py_plugins", "latex2mathml", "nh3", "snowballstemmer", "babel",
        "PIL", "numpy", "scipy", "botocore", "boto3", "psycopg", "redis", "granian", "structlog",
    }  # fmt: skip
    assert names & heavy == set()


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
