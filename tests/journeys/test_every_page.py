"""Every page that every kind of visitor meets: its weight, axe, 320 px at 200 % text, dark, keyboard only, words,
headings.

Each page is loaded once a language; theme, width and text size are switched in place. Whoever reads English is in
low-data mode.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page
from server import Server
from visitors import VISITORS, Visitor, visits
from weight import over, over_in_low_data_mode

AXE = Axe().axe_script
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_STOPS = 70

# Words that English cannot do without and Indonesian does not have.
ENGLISH = frozenset(
    re.findall(
        r"\S+",
        """
    the and of is are was were be been being has have had does did will would should can't cannot could with without
    from into your you yours our we they them their this that these those there here not yes or but because if then
    when while where which who what why how please click press enter submit save saved cancel delete remove edit update
    back next previous continue start begin finish done ready loading load search find found sign login logout password
    username account home page pages course courses lesson lessons quiz question questions answer answers score
    certificate download upload file files error errors warning success failed invalid required missing unknown
    allowed first last name email today tomorrow yesterday day days hour hours minute minutes second seconds
    monday tuesday wednesday thursday friday saturday sunday january february march may june july august october
    december open opened closed full seat seats batch learner organiser help language text size theme dark light
    """,
    )
)


# What a page is looked at for: its findings, a line each.
type Look = Callable[[Page], list[str]]


def every_page(
    session: BrowserContext,
    server: Server,
    visitor: Visitor,
    language: str,
    look: Look,
    weigh: Callable[[Counter[str], str], list[str]] = over,
) -> str:
    """What is wrong on which page, a line each; "" when nothing is."""
    wrong, titles = [], {}
    for address, page, weighed in visits(session, server, visitor, language):
        title = page.title()
        found = weigh(weighed, address.path) + head(page, title, language) + look(page)
        if titles.setdefault(title, address.route) != address.route:
            found.append(f"has the title of {titles[title]}: {title}")
        wrong += [f"{address.path} {one}" for one in found]
    return "\n".join(wrong)


def head(page: Page, title: str, language: str) -> list[str]:
    """One h1, a title, the language and its direction declared."""
    wanted = {"language": language, "direction": "rtl" if language == "ar" else "ltr", "headings": 1}
    says = page.evaluate("looking.head()")
    wrong = [f"has {name} {says[name]} instead of {value}" for name, value in wanted.items() if says[name] != value]
    return wrong + ([] if re.fullmatch(r".+ · Pintar", title) else [f"has the title {title!r}"])


def violations(page: Page, *, rules: list[str] | None = None, contrast: bool = True) -> list[str]:
    """What axe finds. The window is as tall as the page, so that no bar lies over anything."""
    page.set_viewport_size(
        {"width": 360, "height": min(page.evaluate("document.documentElement.scrollHeight"), 20_000)}
    )
    if page.evaluate("!window.axe"):
        page.evaluate(AXE)
    only: dict[str, Any] = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG}
    options = {"runOnly": only, "rules": {} if rules or contrast else {"color-contrast": {"enabled": False}}}
    return page.evaluate("looking.violations", options | {"resultTypes": ["violations"]})


def at_320_px_and_200_percent(page: Page) -> list[str]:
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wrong = [f"sticks out at 320 px and 200 %: {name}" for name in page.evaluate("looking.sticksOut()")]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return wrong


def in_the_dark(page: Page) -> list[str]:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return [f"dark: {one}" for one in violations(page, rules=["color-contrast"])]


def by_keyboard(page: Page) -> list[str]:
    """Tab through the page on a low phone: every stop is seen, and the primary action is among them."""
    page.set_viewport_size({"width": 360, "height": 640})
    wanted = page.evaluate("!!looking.primary()")
    wrong, reached = [], False
    for _ in range(min(page.evaluate("looking.stops()") + 2, MOST_STOPS)):
        page.keyboard.press("Tab")
        stop = page.evaluate("looking.focus()")
        reached = reached or stop.get("primary", False)
        if stop["wrong"]:
            wrong.append(f"{stop['wrong']}: {stop['at']}")
        if stop["at"] == "nothing":
            break
    return wrong[:5] + (["the primary action is not reached by Tab"] if wanted and not reached else [])


def english_words(page: Page) -> list[str]:
    words = set(re.findall(r"\b[a-z']+\b", page.evaluate("looking.words()").lower()))
    return [f"English: {', '.join(sorted(words & ENGLISH))}"] if words & ENGLISH else []


everyone = pytest.mark.parametrize("visitor", VISITORS, ids=lambda v: v.name)


@everyone
def test_pages_in_indonesian_hold_in_light_dark_small_and_by_keyboard(session, demonstration, visitor):
    def look(page: Page) -> list[str]:
        wrong = english_words(page) + by_keyboard(page) + at_320_px_and_200_percent(page) + violations(page)
        return wrong + in_the_dark(page)

    assert every_page(session, demonstration, visitor, "id", look) == ""


@everyone
def test_pages_in_arabic_hold_and_run_from_right_to_left(session, demonstration, visitor):
    def look(page: Page) -> list[str]:
        wrong = [f"sticks out: {name}" for name in page.evaluate("looking.sticksOut()")]
        return wrong + at_320_px_and_200_percent(page) + violations(page, contrast=False)

    assert every_page(session, demonstration, visitor, "ar", look) == ""


@everyone
def test_pages_in_english_and_low_data_mode_hold_at_320_px_and_200_percent(session, demonstration, visitor):
    session.set_extra_http_headers({"Save-Data": "on"})
    look = at_320_px_and_200_percent
    assert every_page(session, demonstration, visitor, "en", look, weigh=over_in_low_data_mode) == ""
