"""Photographs of every page and of every state of it, to be looked at: `make shots` fills shots/ (not committed).

Every page of every kind of visitor, and the scenes that no link leads to, on a phone and a desktop, light and dark, in
Indonesian, Arabic and English. A part of them:

    .venv/bin/python tests/journeys/shots.py --only 'belajar-|antrean' --widths 360 --themes light --languages id ar
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "src")]
WIDTHS = {"360": {"width": 360, "height": 740}, "1280": {"width": 1280, "height": 800}}
PARTS = ("pages", "scenes")
THEMES = ("light", "dark")
LANGUAGES = ("id", "ar", "en")


@dataclass(frozen=True, slots=True)
class Studio:
    """What is photographed, and into which folder. `only` is searched for in the names."""

    into: Path
    only: re.Pattern[str]
    parts: list[str]
    widths: list[str]
    themes: list[str]
    languages: list[str]

    def wants(self, name: str) -> bool:
        return bool(self.only.search(name))

    def photograph(self, context: BrowserContext, language: str, name: str, act: Callable[[Page], object]) -> None:
        """`act` brings a fresh page to what is to be seen; it is done once for all widths and themes."""
        page = context.new_page()
        page.set_viewport_size(WIDTHS[self.widths[0]])
        act(page)
        for width in self.widths:
            page.set_viewport_size(WIDTHS[width])
            # As high as the page: what sticks to the edge of a screen would else lie in the middle of the picture.
            height = max(WIDTHS[width]["height"], page.evaluate("document.documentElement.scrollHeight"))
            page.set_viewport_size(WIDTHS[width] | {"height": height})
            for theme in self.themes:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                file = f"{name[-120:]}-{width}-{theme}-{language}.png"
                page.screenshot(path=self.into / file, full_page=True)
        page.close()


def main() -> None:
    studio = _asked()
    os.environ["DJANGO_SETTINGS_MODULE"] = "pintar.settings"
    folder = Path(tempfile.mkdtemp(prefix="pintar-shots-"))
    os.environ["PINTAR_DATA"] = str(folder / "data")  # the server's, for scenes that are drawn here with its style
    import django

    django.setup()
    from browser import launch
    from playwright.sync_api import sync_playwright
    from scenes import scenes
    from server import Server
    from staff import begin_work
    from visitors import VISITORS, choose_language, sit_down

    studio.into.mkdir(exist_ok=True)
    server = Server(folder, "--host=127.0.0.1")
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            sit_down(browser, server)
            begin_work(browser, server)
            for visitor in VISITORS if "pages" in studio.parts else ():
                _visit(studio, visitor, browser, server)
            for scene in scenes(browser, server, studio.wants) if "scenes" in studio.parts else ():
                for language in studio.languages:
                    choose_language(scene.context, language)
                    studio.photograph(scene.context, language, scene.name, scene.act)
                print(scene.name, flush=True)
    finally:
        server.stop()


def _visit(studio: Studio, visitor, browser, server) -> None:
    from browser import PHONE
    from visitors import choose_language

    session = visitor.enter(browser, server, **PHONE)
    names = {f"{visitor.name}-{address.name}": address.path for address in visitor.addresses(session, server)}
    wanted = {name: path for name, path in names.items() if studio.wants(name)}
    for language in studio.languages if wanted else ():
        choose_language(session, language)
        for name, path in wanted.items():
            studio.photograph(session, language, name, lambda page, path=path: page.goto(path))
    print(f"{visitor.name}: {len(wanted)} of {len(names)} pages", flush=True)
    session.close()


def _asked() -> Studio:
    parser = argparse.ArgumentParser(description="Photograph the pages.")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="names, as a regular expression")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--widths", nargs="+", choices=WIDTHS, default=list(WIDTHS))
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--into", type=Path, default=ROOT / "shots")
    return Studio(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
