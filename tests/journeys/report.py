"""What the pages weigh and cost, as a table: `python tests/journeys/report.py > docs/figures.md`.

Bytes are those of a cold first visit on a phone (brotli, as sent); queries those of a second visit, the session
included; lines those of the longest source files; seconds those of the last whole run of the tests here.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "src")]
LONGEST = 10
LAST_RUN = ROOT / ".last-run.json"  # kept by tests/run.py


def main() -> None:
    # The crawler asks the house which pattern serves an address.
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "pintar.settings",
        "PINTAR_DATA": tempfile.mkdtemp(prefix="pintar-report-"),
    }
    import django

    django.setup()
    from browser import PHONE, launch
    from playwright.sync_api import sync_playwright
    from server import Server
    from staff import begin_work
    from visitors import VISITORS, sit_down
    from weight import KB, Scales, budget

    server = Server(Path(tempfile.mkdtemp(prefix="pintar-report-")), "--host=127.0.0.1")
    server.start()
    try:
        print("# Figures\n\nMade by `.venv/bin/python tests/journeys/report.py`, not by hand.\n\n## Pages\n")
        print("| who | page | HTML | CSS | script | fonts | images | total | budget | queries |")
        print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
        with sync_playwright() as playwright:
            browser = launch(playwright)
            sit_down(browser, server)
            begin_work(browser, server)
            for visitor in VISITORS:
                session = visitor.enter(browser, server, **PHONE, service_workers="block")
                paths = [address.path for address in visitor.addresses(session, server)]
                counted = _queries(server.environment, visitor.login, paths)
                scales = Scales(session, server.url)
                for path in paths:
                    sizes = scales.weigh(path)
                    kinds = [sizes[kind] for kind in ("document", "stylesheet", "script", "font", "image")]
                    cells = " | ".join(f"{size / KB:.1f}" for size in [*kinds, sum(kinds)])
                    print(
                        f"| {visitor.name} | `{path}` | {cells} | {budget(path).total} | {counted[path]} |", flush=True
                    )
                session.close()
    finally:
        server.stop()
    print("\nKilobytes (1,000 bytes).\n\n## Longest files\n\n| file | lines |\n|---|--:|")
    for lines, name in _longest():
        print(f"| `{name}` | {lines} |")
    print(f"\n## Seconds of the tests\n\n{_last_run()}")


def _longest() -> list[tuple[int, str]]:
    files = [path for path in (ROOT / "src").rglob("*.py") if not {"migrations", "tests"} & set(path.parts)]
    counted = [(len(path.read_text().splitlines()), str(path.relative_to(ROOT))) for path in files]
    return sorted(counted, reverse=True)[:LONGEST]


def _last_run() -> str:
    if not LAST_RUN.exists():
        return "Not run here as a whole since the repository was cloned: `make test` keeps them."
    kept = json.loads(LAST_RUN.read_text())
    rows = [
        f"| {each['stage']} | {each['passed']} | {each['seconds']:.0f} | {each['cpu']:.0f} |" for each in kept["stages"]
    ]
    all_of = [sum(each[what] for each in kept["stages"]) for what in ("passed", "cpu")]
    rows.append(f"| **all** | {all_of[0]} | {kept['seconds']:.0f} | {all_of[1]:.0f} |")
    head = "| stage | tests | seconds | seconds of CPU |\n|---|--:|--:|--:|\n"
    return head + "\n".join(rows) + f"\n\nOn {kept['cores']} cores; the browser's stage runs beside the others."


def _queries(environment: dict[str, str], login: str, paths: list[str]) -> dict[str, int]:
    run = subprocess.run(
        [sys.executable, __file__, "queries", login], env=environment, input=json.dumps(paths), text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    return json.loads(run.stdout)


def count_queries(login: str) -> None:
    """In the server's environment: paths come as JSON, {path: statements of a second visit} goes."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pintar.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from pintar.foundation import clock
    from pintar.people.actions import begin_session
    from pintar.people.queries import person_by_login, roles_of

    now = clock.now()
    client = Client(headers={"host": "localhost"})
    if person := person_by_login(login) if login else None:
        client.cookies[settings.SESSION_COOKIE_NAME] = begin_session(
            account_id=person.id, confirmed=bool(roles_of(person.uid, now)), now=now
        )
    counted = {}
    for path in json.load(sys.stdin):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        counted[path] = len(captured)
    print(json.dumps(counted))


if __name__ == "__main__":
    count_queries(sys.argv[2]) if sys.argv[1:2] == ["queries"] else main()
