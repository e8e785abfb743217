"""The kinds of people whose pages are looked at: those of the demonstration."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from addresses import Address, crawl
from browser import sign_in
from playwright.sync_api import Browser, BrowserContext, Page
from server import Server

from pintar.cli.demonstration import cast

LOOKING = (Path(__file__).parent / "looking.js").read_text()


@dataclass(frozen=True, slots=True)
class Visitor:
    """`name` in file names; no `login` for somebody signed out; `own` begins the addresses that are looked at for this
    visitor (those of everyone are looked at once)."""

    name: str
    login: str = ""
    password: str = cast.PASSWORD
    own: tuple[str, ...] = ("/",)

    def enter(self, browser: Browser, base_url: str, **options: Any) -> BrowserContext:
        """A fresh browser in which this person is signed in."""
        context = browser.new_context(base_url=base_url, **options)
        if self.login:
            page = context.new_page()
            sign_in(page, self.login, self.password)
            page.close()
        return context

    def addresses(self, context: BrowserContext, server: Server) -> list[Address]:
        """What this visitor is shown; the server is walked once for each, whatever the language."""
        if self.name not in server.walked:
            also = server.unlinked.get(self.name, [])
            server.walked[self.name] = crawl(context, server.url, signed_in=bool(self.login), also=also)
        return [address for address in server.walked[self.name] if address.path.startswith(self.own)]


OWN = ("/beranda/", "/belajar/", "/tes/", "/angkatan/", "/sertifikat/", "/v/")
TESTED = Visitor("tes", "3374015203850917", own=OWN)
VISITORS = (
    Visitor("tamu"),
    Visitor("pendatang", cast.NEWCOMER.login, own=("/akun/", "/bantuan/", "/privasi/", "/pelatihan/", *OWN)),
    Visitor("belajar", cast.MIDDLE.login, own=OWN),
    TESTED,
    Visitor("lulus", cast.GRADUATED.login, own=OWN),
)
TRAINING, PRETEST = "asesmen-formatif", "tes-awal"


def sit_down(browser: Browser, server: Server) -> None:
    """Let somebody new take a seat and begin a test, so that its pages can be looked at."""
    server.pintar(
        "people", "create", "--name", "Ratna Dewi", "--nik", TESTED.login, "--password-stdin", given=cast.PASSWORD
    )
    context = TESTED.enter(browser, server.url)
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


def choose_language(context: BrowserContext, language: str) -> None:
    """In the foot of a page, as people do; it is kept on the account of who has one."""
    page = context.new_page()
    page.goto("/bantuan/")
    page.click(f".foot [name=language][value={language}]")
    # Left open until its context closes: Chromium may never finish closing a page that has just been sent elsewhere.
    page.wait_for_load_state()


def visits(context: BrowserContext, server: Server, visitor: Visitor, language: str) -> Iterator[tuple[Address, Page]]:
    """Each page that this person meets once, loaded in a language on a phone, with `looking.js` in it."""
    found = visitor.addresses(context, server)
    choose_language(context, language)
    page = context.new_page()
    for address in found:
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(address.path)
        page.evaluate(LOOKING)
        yield address, page
