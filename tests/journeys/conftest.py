"""A real server and a real browser for the journeys."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest
from addresses import Address
from browser import DESKTOP, PHONE, launch, watched_page
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from server import Server
from staff import begin_work
from visitors import Visitor, sit_down, walk

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this worker's own: the small training, one open batch, people who have not begun."""
    running = Server(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Server]:
    """A server as `make run` starts it: three trainings, people in the middle of things, one of them in a test, two of
    them at work in a bank."""
    running = Server(tmp_path_factory.mktemp("demonstration"), "--host=127.0.0.1")
    made = _demonstration_data(chromium)
    shutil.copytree(made / "data", running.folder / "data")
    known = json.loads((made / "known.json").read_text())
    running.cookies = known["cookies"]
    running.walked = {who: [Address(*address) for address in found] for who, found in known["walked"].items()}
    running.start()
    yield running
    running.stop()


def _demonstration_data(chromium: Browser) -> Path:
    """The data folder of a first start and the addresses in it, made by whichever worker is first and copied by all."""
    folder = Path(os.environ["PINTAR_TEST_FOLDER"]) / "demonstration"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "known.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            first = Server(folder, "--host=127.0.0.1")
            first.start()
            sit_down(chromium, first)
            begin_work(chromium, first)
            walk(chromium, first)
            first.stop()
            walked = {who: [astuple(address) for address in found] for who, found in first.walked.items()}
            (folder / "known.json").write_text(json.dumps({"walked": walked, "cookies": first.cookies}))
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser, server: Server) -> Iterator[Page]:
    """A page on a small phone, 360 × 740, in Indonesian."""
    yield from watched_page(chromium, server.url, **PHONE)


@pytest.fixture
def desktop(chromium: Browser, server: Server) -> Iterator[Page]:
    yield from watched_page(chromium, server.url, **DESKTOP)


@pytest.fixture
def session(chromium: Browser, demonstration: Server, visitor: Visitor) -> Iterator[BrowserContext]:
    """A browser on a phone in which the visitor (a parameter of the test) is signed in to the demonstration. As on a
    first visit, no service worker stands between it and the server."""
    entered = visitor.enter(chromium, demonstration, **PHONE, service_workers="block")
    yield entered
    entered.close()
