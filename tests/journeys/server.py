"""A real Pintar for the browser's tests: server, worker, database and letters in a folder of its own.

server = Server(folder)
server.start()                      # `pintar start --empty`, until /healthz answers
server.pintar("batch", "open", …)   # the command line on the same data
server.kill()                       # SIGKILL to every process of it, as a power cut would
server.restart()
server.stop()
"""

import contextlib
import email
import email.policy
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from addresses import Address, Built

PINTAR = Path(sys.executable).parent / "pintar"
PATIENCE = 180.0


class Server:
    """One server in `folder`. `environment` are more variables, such as PINTAR_DATABASE_URL."""

    def __init__(self, folder: Path, *options: str, **environment: str):
        self.folder = folder
        self.options = options or ("--empty",)
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        ours = {
            "PINTAR_DATA": str(folder / "data"),
            "PINTAR_PORT": str(self.port),
            "PINTAR_MAIL_URL": f"file:{folder / 'mail'}",
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PINTAR_")}
        self.environment = clean | ours | environment
        self.process: subprocess.Popen[bytes] | None = None
        self.unlinked: dict[str, list[str]] = {}  # visitor → addresses that no link leads to
        self.cookies: dict[str, list[Any]] = {}  # visitor → those of a session that a second factor confirmed
        self.walked: dict[str, list[Address]] = {}  # visitor → the addresses that nobody before them met
        self.met: set[Built] = set()  # how the pages of all of them are built
        (folder / "mail").mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start it and wait until it answers. Raises AssertionError with its last words when it does not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PINTAR, "start", "--port", str(self.port), "--data", str(self.folder / "data"), *self.options],
                env=self.environment, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise AssertionError(f"the server did not answer:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            return False
        return True

    def stop(self) -> None:
        """End it as an operator does, by SIGTERM."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """SIGKILL to all of its processes at once: nothing is flushed, nobody says goodbye."""
        if self.process is None:
            return
        while living := self.processes(self.process.pid):
            for pid in living:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)  # dying takes its time on a busy machine
        self.process.wait()
        self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def pintar(self, *arguments: str, given: str = "") -> str:
        """Run the command line on this server's data; returns what it printed. Raises AssertionError if it fails."""
        run = subprocess.run(
            [PINTAR, *arguments], env=self.environment, input=given, capture_output=True, text=True, timeout=120
        )
        assert run.returncode == 0, f"pintar {' '.join(arguments)}\n{run.stdout}\n{run.stderr}"
        return run.stdout

    def pintar_json(self, *arguments: str) -> Any:
        return json.loads(self.pintar(*arguments, "--json"))

    def letters(self, to: str) -> list[str]:
        """The texts of the letters sent to an address, oldest first."""
        files = sorted((self.folder / "mail").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        parts = [part for file in files for part in file.read_bytes().split(b"-" * 79 + b"\n") if part.strip()]
        messages = [email.message_from_bytes(part, policy=email.policy.default) for part in parts]
        bodies = [(message["To"], message.get_body()) for message in messages]
        return [body.get_content() for address, body in bodies if body is not None and to in str(address)]

    @staticmethod
    def processes(leader: int) -> list[int]:
        """The living processes that descend from the leader: they share its session, not its process group."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                state, _, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(session) == leader and state != "Z":
                found.append(int(entry.name))
        return found

    @property
    def log(self) -> Path:
        return self.folder / "server.log"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
