"""`pintar start`: everything that one machine needs, in one command.

This process loads the house once and opens nothing: no connection, no thread. What migrates, lays out the static files
and loads the demonstration is forked from it, then the server, and the worker once the server answers; each finds the
house already loaded. Where a system cannot fork cleanly (macOS), each loads it anew.
"""

import ctypes
import multiprocessing
import os
import resource
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

import click

from pintar.cli import in_a_sentence

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
# Connections of one server process; most of them wait for their person to tap again.
MOST_CONNECTIONS = 32_768
PROCESSES = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


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
    _load()
    processes = _processes(workers)
    if (status := _wait(_fork("pintar-prepare", _prepare, empty))) != 0:
        sys.exit(status)
    _run(host, port, processes)


def _load() -> None:
    """The modules that the server needs, in the process that the others are forked from: the checks walk every address.
    No more than modules: the application looks at the static files when it is made, which are not laid out yet."""
    from pintar.cli.words import load

    load()
    import django.core.wsgi  # noqa: F401
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.utils.module_loading import import_string

    for middleware in settings.MIDDLEWARE:
        import_string(middleware)
    call_command("check")
    connections.close_all()  # a check asks the database what it can; a connection must not cross a fork


def _prepare(empty: bool) -> None:
    from pintar.cli.words import load

    load()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from pintar.cli import demonstration
    from pintar.foundation import sqlite

    if connection.vendor == "sqlite":
        version = sqlite.linked_version()
        click.echo(f"SQLite {'.'.join(map(str, version))}, journal {sqlite.journal_mode(version)}")
    click.echo(
        f"waiting room: queues kept in {'Redis or Valkey' if settings.ENVIRONMENT.redis_url else 'this process'}"
    )
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
    children: dict[str, BaseProcess] = {}
    stopping = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for child in children.values():
            child.terminate()

    def begin(name: str) -> None:
        if not stopping:
            work = {"pintar-server": (_serve, host, port, processes), "pintar-worker": (_work,)}[name]
            children[name] = _fork(name, *work)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    begin("pintar-server")
    if _until_it_answers(host, port, lambda: stopping):
        _say_where()
    begin("pintar-worker")
    while not stopping:
        time.sleep(0.2)
        for name, child in list(children.items()):
            if not stopping and child.exitcode is not None:
                click.echo(f"{name} ended with status {child.exitcode}; starting it again", err=True)
                time.sleep(1)
                begin(name)
    for child in children.values():
        _wait(child, seconds=15)


def _serve(host: str, port: int, processes: int, application: str = "pintar.front:application") -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    _allow_connections()
    os.register_at_fork(after_in_child=_end_with_parent)  # those that granian forks to serve
    Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=processes,
        backlog=MOST_CONNECTIONS,
        backpressure=MOST_CONNECTIONS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    ).serve()


def _allow_connections() -> None:
    """Ask for as many open files as the system lets us have: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _work() -> None:
    from pintar.cli.words import load
    from pintar.cli.work import Worker

    load()
    Worker().run()


def _fork(name: str, work: Callable[..., None], *arguments: Any) -> BaseProcess:
    child = PROCESSES.Process(name=name, target=_live, args=(name, work, *arguments))
    child.start()
    return child


def _live(name: str, work: Callable[..., None], *arguments: Any) -> None:
    """The life of a child. It has a process group of its own, so that Ctrl-C reaches it once, through us, and it can
    finish what it is doing; and a name that `ps` and `pgrep` show."""
    os.setpgid(0, 0)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.SIG_DFL)
    _end_with_parent()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode())
    with in_a_sentence():
        work(*arguments)


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed, so that no server keeps the port without its worker."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(child: BaseProcess, seconds: float | None = None) -> int:
    """Its exit status, once it has ended; it is killed where that takes too long."""
    child.join(seconds)
    if child.exitcode is None:
        child.kill()
        child.join()
    assert child.exitcode is not None
    return child.exitcode


def _say_where() -> None:
    from django.conf import settings

    from pintar.cli import demonstration

    click.echo(f"Pintar: {settings.PUBLIC_URL}")
    for line in demonstration.accounts():
        click.echo(f"  {line}")
    click.echo("Ctrl-C ends it.")


def _until_it_answers(host: str, port: int, is_stopping: Callable[[], bool]) -> bool:
    """Wait for the first answer, half a minute at most. False where we were told to stop meanwhile."""
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/healthz"  # noqa: S104
    request = urllib.request.Request(address, headers={"Host": f"localhost:{port}"})
    for _ in range(300):
        if is_stopping():
            return False
        try:
            urllib.request.urlopen(request, timeout=2).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            break
    return True


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"port {port} cannot be used ({error.strerror}); choose another with --port")
