"""Where scenes are played: a browser, a server, people who have just come."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from browser import PHONE
from playwright.sync_api import Browser, BrowserContext, Page
from server import Server
from visitors import Visitor

from pintar.cli.demonstration import cast

Act = Callable[[Page], object]
TRAINING = "sumber-belajar-terbuka"
FAR = ("--closes", "2036-01-01T08:00", "--until", "2036-02-01T08:00")


@dataclass(frozen=True, slots=True)
class Scene:
    """`act` brings a page of `context` to what is to be seen; it may be done again, in another language."""

    name: str
    context: BrowserContext
    act: Act


class Stage:
    """A browser, a server, and people who have just come."""

    def __init__(self, browser: Browser, server: Server):
        self.browser, self.server = browser, server
        self.people = 0

    def person(self, name: str, **options: object) -> BrowserContext:
        """A new person, signed in on a phone."""
        return Visitor("", self.new_person(name)).enter(self.browser, self.server, **PHONE, **options)

    def new_person(self, name: str) -> str:
        """The number of a new person."""
        self.people += 1
        number = f"337401520385{self.people:04}"
        self.server.pintar(
            "people", "create", "--name", name, "--nik", number, "--email", f"p{number}@contoh.example",
            "--profession", "guru", "--employment", "pns", "--regency", "33.74", "--password-stdin",
            given=cast.PASSWORD,
        )  # fmt: skip
        return number

    def stranger(self, **options: object) -> BrowserContext:
        return self.browser.new_context(base_url=self.server.url, **PHONE, **options)

    def batch(self, *options: str, quota: int = 1, opens: str = "2026-01-01T08:00") -> str:
        """The key of a new batch in a period of its own."""
        made = self.server.pintar_json(
            "batch", "open", TRAINING, "--period", f"p{time.time_ns()}", "--period-title", "Periode V 2026",
            "--quota", str(quota), "--opens", opens, *FAR, *options,
        )  # fmt: skip
        return made["key"]


def go(path: str) -> Act:
    return lambda page: page.goto(path)


def press(page: Page, path: str, button: str, *, pledges: bool = False) -> None:
    page.goto(path)
    if pledges and page.locator("[name=pakta]").count():
        page.check("[name=pakta]")
    page.click(button)
    page.wait_for_load_state()


def act_out(context: BrowserContext, path: str, button: str, **options: bool) -> None:
    page = context.new_page()
    press(page, path, button, **options)
    page.close()
