"""`pintar start`: everything that one machine needs, in one command.

Migrates, lays out the static files, loads the demonstration on a new data folder, then runs the server and the worker
until it is told to stop.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import click

THREADS = 4
PR_SET_PDEATHSIG = 1


@click.command(epilog="Example: pintar start --port 8080 --data /srv/pintar")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", default=None, help="Folder of database, media and keys.  [default: $PINTAR_DATA or var]")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@click.option("--empty", is_flag=True, help="Do not load the demonstration on a new data folder.")
def start(host: str, port: int, data: str | None, workers: int, empty: bool) -> None:
    """Migrate, load the demonstration on a new data folder, run server and worker.

    Ctrl-C or SIGTERM ends all of it.
    """
    os.environ.update({"PINTAR_HOST": host, "PINTAR_PORT": str(port)})
    if data:
        os.environ["PINTAR_DATA"] = data
    _refuse_a_taken_port(host, port)
    _prepare(empty)
    _run(host, port, _processes(workers))


def _prepare(empty: bool) -> None:
    from pintar.cli.words import load

    load()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from pintar.cli import demonstration
    from pintar.foundation import sqlite

    call_command("check")
    if connection.vendor == "sqlite":
        version = sqlite.linked_version()
        click.echo(f"SQLite {'.'.join(map(str, version))}, journal {sqlite.journal_mode(version)}")
    call_command("migrate", verbosity=0)
    _lay_out_static_files(Path(settings.STATIC_ROOT))
    if not empty and demonstration.is_wanted():
        demonstration.load_with_progress()


def _lay_out_static_files(root: Path) -> None:
    """Hash and compress the static files, unless they already lie there as they are."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    files = sorted(
        f"{path} {Path(storage.path(path)).stat().st_mtime_ns}" for f in get_finders() for path, storage in f.list([])
    )
    stamp, state = root / ".stamp", "\n".join(files)
    if stamp.exists() and stamp.read_text() == state:
        return
    call_command("collectstatic", interactive=False, clear=root.exists(), verbosity=0)
    stamp.write_text(state)


def _processes(workers: int) -> int:
    """How many server processes: one on SQLite; more need the shared cache."""
    from django.conf import settings
    from django.db import connection

    from pintar.foundation.environment import UnsafeSetting

    if connection.vendor == "sqlite":
        return 1
    if workers > 1 and not settings.ENVIRONMENT.redis_url:
        raise UnsafeSetting("PINTAR_REDIS_URL is empty; more than one server process needs it, or use --workers 1")
    return workers


def _run(host: str, port: int, processes: int) -> None:
    server = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(processes), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning",
        "--respawn-failed-workers", "pintar.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "pintar.cli.work"]
    children = {"server": (server, _spawn(server)), "worker": (worker, _spawn(worker))}
    stopping = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for _, child in children.values():
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _say_where(host, port)
    while not stopping:
        time.sleep(0.2)
        for name, (command, child) in children.items():
            if not stopping and child.poll() is not None:
                click.echo(f"the {name} ended with status {child.returncode}; starting it again", err=True)
                time.sleep(1)
                children[name] = (command, _spawn(command))
    for _, child in children.values():
        _wait(child)


def _spawn(command: list[str]) -> subprocess.Popen[bytes]:
    # Of its own process group, so that Ctrl-C reaches it once, through us, and it can finish what it is doing.
    return subprocess.Popen(command, process_group=0, preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    """Ask Linux to end the child when this process is killed, so that no server keeps the port without its worker."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _say_where(host: str, port: int) -> None:
    from django.conf import settings

    from pintar.cli import demonstration

    _until_it_answers(host, port)
    click.echo(f"Pintar: {settings.PUBLIC_URL}")
    for line in demonstration.accounts():
        click.echo(f"  {line}")
    click.echo("Ctrl-C ends it.")


def _until_it_answers(host: str, port: int) -> None:
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/healthz"  # noqa: S104
    request = urllib.request.Request(address, headers={"Host": f"localhost:{port}"})
    for _ in range(300):
        try:
            urllib.request.urlopen(request, timeout=2).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"port {port} cannot be used ({error.strerror}); choose another with --port")
