"""Photographs of every page, to be looked at: `make shots` fills shots/ (not committed).

Every page of every kind of visitor, on a phone and a desktop, light and dark, in Indonesian and Arabic.
"""

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUT = ROOT / "shots"
sys.path[:0] = [str(HERE), str(ROOT / "src")]
WIDTHS = {"360": {"width": 360, "height": 740}, "1280": {"width": 1280, "height": 800}}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pintar.settings"
    os.environ["PINTAR_DATA"] = tempfile.mkdtemp(prefix="pintar-shots-")
    import django

    django.setup()
    from browser import PHONE, launch
    from playwright.sync_api import sync_playwright
    from server import Server
    from visitors import VISITORS, choose_language, sit_down

    OUT.mkdir(exist_ok=True)
    server = Server(Path(tempfile.mkdtemp(prefix="pintar-shots-")), "--host=127.0.0.1")
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            sit_down(browser, server)
            for visitor in VISITORS:
                session = visitor.enter(browser, server.url, **PHONE)
                addresses = visitor.addresses(session, server)
                page = session.new_page()
                for language in ("id", "ar"):
                    choose_language(session, language)
                    for address in addresses:
                        page.goto(address.path)
                        for width, size in WIDTHS.items():
                            page.set_viewport_size(size)
                            for theme in ("light", "dark"):
                                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                                name = f"{visitor.name}-{address.name}-{width}-{theme}-{language}.png"
                                page.screenshot(path=OUT / name[-150:], full_page=True)
                print(f"{visitor.name}: {len(addresses)} pages", flush=True)
                session.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
