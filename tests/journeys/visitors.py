"""The kinds of people whose pages are looked at: those of the demonstration."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from addresses import Address, crawl
from browser import sign_in
from playwright.sync_api import Browser, BrowserContext, Page
from server import Server

LOOKING = (Path(__file__).parent / "looking.js").read_text()


@dataclass(frozen=True, slots=True)
class Visitor:
    """`name` in file names; no `login` for somebody signed out."""

    name: str
    login: str = ""
    password: str = ""

    def enter(self, browser: Browser, base_url: str, **options: object) -> BrowserContext:
        """A fresh browser in which this person is signed in."""
        context = browser.new_context(base_url=base_url, **options)  # type: ignore[arg-type]
        if self.login:
            page = context.new_page()
            sign_in(page, self.login, self.password)
            page.close()
        return context


VISITORS = (Visitor("tamu"),)


def visits(context: BrowserContext, server: Server, visitor: Visitor, language: str) -> Iterator[tuple[Address, Page]]:
    """Each page that this person meets once, loaded in a language on a phone, with `looking.js` in it."""
    found = crawl(context, server.url, signed_in=bool(visitor.login))
    page = context.new_page()
    page.goto("/bantuan/")
    page.click(f".foot [name=language][value={language}]")
    for address in found:
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="light")
        page.goto(address.path)
        page.evaluate(LOOKING)
        yield address, page
