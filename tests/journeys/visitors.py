"""The kinds of people whose pages are looked at: those of the demonstration."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from addresses import Address, crawl
from browser import sign_in
from playwright.sync_api import Browser, BrowserContext, Page
from server import Server
from weight import Scales

from pintar.cli.demonstration import cast

LOOKING = (Path(__file__).parent / "looking.js").read_text()


@dataclass(frozen=True, slots=True)
class Visitor:
    """`name` in file names; no `login` for somebody signed out; `alike` is how many pages of one route they look at."""

    name: str
    login: str = ""
    password: str = cast.PASSWORD
    alike: int = 6

    def enter(self, browser: Browser, server: Server, **options: Any) -> BrowserContext:
        """A fresh browser in which this person is signed in."""
        context = browser.new_context(base_url=server.url, **options)
        if self.name in server.cookies:
            context.add_cookies(server.cookies[self.name])
        elif self.login:
            page = context.new_page()
            sign_in(page, self.login, self.password)
            page.close()
        return context

    def addresses(self, context: BrowserContext, server: Server) -> list[Address]:
        """What this visitor is shown and none of those walked before; each walks once, whatever the language."""
        if self.name not in server.walked:
            server.walked[self.name] = crawl(
                context, server.url, server.met, signed_in=bool(self.login),
                also=server.unlinked.get(self.name, []), alike=self.alike,
            )  # fmt: skip
        return server.walked[self.name]


TESTED = Visitor("tes", "3374015203850917")
AUTHOR = Visitor("penulis", cast.AUTHOR.login, alike=2)
ASSESSOR = Visitor("penguji", cast.ASSESSOR.login, alike=1)
VISITORS = (
    Visitor("tamu"),
    Visitor("pendatang", cast.NEWCOMER.login),
    Visitor("belajar", cast.MIDDLE.login),
    TESTED,
    Visitor("lulus", cast.GRADUATED.login),
    AUTHOR,
    ASSESSOR,
)
TRAINING, PRETEST = "asesmen-formatif", "tes-awal"


def sit_down(browser: Browser, server: Server) -> None:
    """Let somebody new take a seat and begin a test, so that its pages can be looked at."""
    server.pintar(
        "people", "create", "--name", "Ratna Dewi", "--nik", TESTED.login, "--password-stdin", given=cast.PASSWORD
    )
    context = TESTED.enter(browser, server)
    page = context.new_page()
    page.goto(f"/pelatihan/{TRAINING}/")
    page.goto(page.locator("a[href^='/angkatan/']").first.get_attribute("href") or "")
    page.check("[name=pakta]")
    page.click("form[action$='/kursi/'] .button:not(.quiet)")
    page.goto(page.url.replace("/angkatan/", "/belajar/") + f"{PRETEST}/")
    page.click("main form button.button")
    page.wait_for_url("**/tes/**")
    sitting = urlsplit(page.url).path
    server.unlinked[TESTED.name] = [sitting, f"{sitting}tinjau/"]
    context.close()


def walk(browser: Browser, server: Server) -> None:
    """All visitors through the house, one after the other."""
    for visitor in VISITORS:
        context = visitor.enter(browser, server)
        visitor.addresses(context, server)
        context.close()


def choose_language(context: BrowserContext, language: str) -> None:
    """In the foot of a page, as people do; it is kept on the account of who has one."""
    page = context.new_page()
    page.goto("/bantuan/")
    page.click(f".foot [name=language][value={language}]")
    # Left open until its context closes: Chromium may never finish closing a page that has just been sent elsewhere.
    page.wait_for_load_state()


def visits(
    session: BrowserContext, server: Server, visitor: Visitor, language: str
) -> Iterator[tuple[Address, Page, Counter[str]]]:
    """Each page that this person meets, loaded once in a language on a phone, with `looking.js` in it, and what it
    weighed."""
    found = visitor.addresses(session, server)
    choose_language(session, language)
    scales = Scales(session, server.url)
    for address in found:
        scales.page.set_viewport_size({"width": 360, "height": 740})
        scales.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        weighed = scales.weigh(address.path)
        scales.page.evaluate(LOOKING)
        yield address, scales.page, weighed
