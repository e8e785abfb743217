"""Bytes of each page on a cold first visit against its budget, counted as they came over the wire.

Bodies as they were sent (brotli), without recordings, which are asked for and priced apart. Images of a test are
counted apart too.
"""

from collections import Counter
from dataclasses import dataclass

import pytest
from addresses import Address, crawl
from browser import PHONE
from playwright.sync_api import Browser, Request
from server import Server
from visitors import VISITORS, Visitor

KB = 1000
SCRIPT, STYLE, REQUESTS = 45 * KB, 22 * KB, 12


@dataclass(frozen=True, slots=True)
class Budget:
    """Kilobytes of a kind of page; `fonts` is one file or none."""

    html: int
    fonts: int
    images: int
    total: int


SHOP = Budget(html=18, fonts=28, images=54, total=150)
SIGN_IN = Budget(html=8, fonts=0, images=4, total=62)
LESSON = Budget(html=20, fonts=28, images=20, total=135)
TEST = Budget(html=60, fonts=28, images=20, total=130)
VERIFICATION = Budget(html=10, fonts=0, images=6, total=20)

# The beginning of an address → its budget; the longest that fits.
BUDGETS = {
    "/": SHOP,
    "/masuk/": SIGN_IN,
    "/daftar/": SIGN_IN,
    "/belajar/": LESSON,
    "/tes/": TEST,
    "/v/": VERIFICATION,
    "/komponen/": Budget(html=18, fonts=28, images=54, total=150),
}


def budget(path: str) -> Budget:
    return BUDGETS[max((start for start in BUDGETS if path.startswith(start)), key=len)]


def load(browser: Browser, server: Server, visitor: Visitor, address: Address, **options: object) -> Counter[str]:
    """Bytes by kind of a first visit: nothing is in the cache but the session."""
    signed_in = visitor.enter(browser, server.url, **PHONE)
    fresh = browser.new_context(base_url=server.url, storage_state=signed_in.storage_state(), **PHONE, **options)
    signed_in.close()
    page = fresh.new_page()
    sizes: Counter[str] = Counter()
    strangers: list[str] = []

    def finished(request: Request) -> None:
        if not request.url.startswith(server.url):
            strangers.append(request.url)
        # The sheet of icons is an image that the browser calls "other".
        kind = "image" if request.url.endswith(".svg") else request.resource_type
        sizes["requests"] += 1
        sizes[kind] += 0 if kind == "media" else request.sizes()["responseBodySize"]

    page.on("requestfinished", finished)
    page.goto(address.path, wait_until="networkidle")
    fresh.close()
    assert strangers == []
    return sizes


def over(sizes: Counter[str], allowed: Budget) -> list[str]:
    total = sum(size for kind, size in sizes.items() if kind != "requests")
    measured = {
        "html": (sizes["document"], allowed.html * KB),
        "style": (sizes["stylesheet"], STYLE),
        "script": (sizes["script"], SCRIPT),
        "fonts": (sizes["font"], allowed.fonts * KB),
        "images": (sizes["image"], allowed.images * KB),
        "total": (total, allowed.total * KB),
        "requests": (sizes["requests"], REQUESTS),
    }
    return [f"{kind} {size:,} > {limit:,}" for kind, (size, limit) in measured.items() if size > limit]


@pytest.mark.parametrize("visitor", VISITORS, ids=lambda v: v.name)
def test_a_first_visit_stays_within_the_budget_of_its_kind_of_page(chromium, demonstration, session, visitor):
    wrong = {}
    for address in crawl(session, demonstration.url, signed_in=bool(visitor.login)):
        if found := over(load(chromium, demonstration, visitor, address), budget(address.path)):
            wrong[address.path] = found
    assert wrong == {}


@pytest.mark.parametrize("visitor", VISITORS, ids=lambda v: v.name)
def test_low_data_mode_fetches_no_font_and_no_recording_and_at_most_70_kb(chromium, demonstration, session, visitor):
    wrong = {}
    for address in crawl(session, demonstration.url, signed_in=bool(visitor.login)):
        sizes = load(chromium, demonstration, visitor, address, extra_http_headers={"Save-Data": "on"})
        total = sum(size for kind, size in sizes.items() if kind != "requests")
        if sizes["font"] or "media" in sizes or total > 70 * KB:
            wrong[address.path] = dict(sizes)
    assert wrong == {}
