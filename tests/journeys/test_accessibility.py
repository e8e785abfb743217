"""Every page of every kind of visitor: axe in light, dark and Arabic, 320 px at 200 % text, keyboard only.

Each page is loaded once a language; theme, width and text size are switched in place.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from visitors import VISITORS, visits

AXE = Axe()
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}

pages = pytest.mark.parametrize("visitor", VISITORS, ids=lambda v: v.name)


def violations(page: Page, only: dict) -> list[str]:
    found = AXE.run(page, options={"runOnly": only, "resultTypes": ["violations"]}).response["violations"]
    return [f"{v['id']}: {n['target'][0]} {n['html'][:120]}" for v in found for n in v["nodes"][:3]]


def at_320_px_and_200_percent(page: Page) -> list[str]:
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    out = [f"sticks out at 320 px and 200 %: {name}" for name in page.evaluate("looking.sticksOut()")]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return out


def by_keyboard(page: Page) -> list[str]:
    """Tab through the page on a low phone: every stop is seen, and the primary action is among them."""
    page.set_viewport_size({"width": 360, "height": 640})
    wanted = page.evaluate("!!looking.primary()")
    wrong, reached = [], False
    for _ in range(min(page.evaluate("looking.stops()"), 90) + 2):
        page.keyboard.press("Tab")
        stop = page.evaluate("looking.focus()")
        reached = reached or stop.get("primary", False)
        if stop["wrong"]:
            wrong.append(f"{stop['wrong']}: {stop['at']}")
        if stop["at"] == "nothing":
            break
    return wrong[:5] + (["the primary action is not reached by Tab"] if wanted and not reached else [])


@pages
def test_pages_in_indonesian_hold_in_light_dark_small_and_by_keyboard(session, demonstration, visitor):
    wrong = {}
    for address, page in visits(session, demonstration, visitor, "id"):
        found = violations(page, WCAG) + by_keyboard(page) + at_320_px_and_200_percent(page)
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {one}" for one in violations(page, CONTRAST)]
        if found:
            wrong[address.path] = found
    assert wrong == {}


@pages
def test_pages_in_arabic_hold_and_run_from_right_to_left(session, demonstration, visitor):
    wrong = {}
    for address, page in visits(session, demonstration, visitor, "ar"):
        found = violations(page, WCAG)
        found += [f"sticks out: {name}" for name in page.evaluate("looking.sticksOut()")]
        found += at_320_px_and_200_percent(page)
        if page.evaluate("[document.documentElement.lang, document.documentElement.dir].join()") != "ar,rtl":
            found.append("is not marked as Arabic from right to left")
        if found:
            wrong[address.path] = found
    assert wrong == {}
