"""Bytes of each page on a cold first visit against its budget, counted as they came over the wire.

Bodies as they were sent (brotli), without recordings, which are asked for and priced apart. Images of a test are
counted apart too.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from browser import PHONE
from playwright.sync_api import BrowserContext
from visitors import VISITORS, choose_language

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
TEST = Budget(html=60, fonts=0, images=20, total=130)
VERIFICATION = Budget(html=10, fonts=0, images=6, total=20)

# The pattern of an address → its budget; the first that fits.
BUDGETS = (
    (r"/(masuk|daftar|akun/lupa-kata-sandi|akun/aktivasi)/", SIGN_IN),
    (r"/tes/[^/]+/bukti/", LESSON),
    (r"/tes/", TEST),
    (r"/belajar/[^/]+/[^/]+/", LESSON),
    (r"/v/", VERIFICATION),
    (r"/", SHOP),
)


def budget(path: str) -> Budget:
    return next(allowed for pattern, allowed in BUDGETS if re.match(pattern, path))


class Scales:
    """A page that weighs what it loads, always as on a first visit: nothing comes from a cache."""

    def __init__(self, session: BrowserContext, base_url: str, **headers: str):
        # A first visit meets no service worker, and the bytes that one passes on are not counted.
        assert session.browser
        fresh = session.browser.new_context(
            base_url=base_url, storage_state=session.storage_state(), service_workers="block",
            extra_http_headers=headers, **PHONE,
        )  # fmt: skip
        self.page = fresh.new_page()
        self.base_url = base_url
        self.received: dict[str, dict[str, Any]] = {}
        self.sizes: Counter[str] = Counter()
        network = fresh.new_cdp_session(self.page)
        network.on("Network.responseReceived", lambda event: self.received.update({event["requestId"]: event}))
        network.on("Network.loadingFinished", self._finished)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def close(self) -> None:
        self.page.context.close()

    def weigh(self, path: str) -> Counter[str]:
        """Bytes by kind of resource, the number of `requests`, and of those to other sites (`strangers`)."""
        self.sizes = Counter()
        self.page.goto(path, wait_until="load")
        self.page.wait_for_function("document.fonts.status === 'loaded'")
        self.page.wait_for_timeout(50)
        return self.sizes

    def _finished(self, event: dict[str, Any]) -> None:
        if (received := self.received.pop(event["requestId"], None)) is None:
            return
        response = received["response"]
        # The sheet of icons is an image that the browser calls "other".
        kind = "image" if response["url"].endswith(".svg") else received["type"].lower()
        self.sizes["requests"] += kind != "fetch"  # what a script says to the API is no part of the page
        self.sizes["strangers"] += not response["url"].startswith((self.base_url, "data:", "blob:"))
        # Both counts are of the wire; the first is of the head alone.
        self.sizes[kind] += int(event["encodedDataLength"] - response["encodedDataLength"])


def total(sizes: Counter[str]) -> int:
    """Without recordings: they are asked for, and priced beside the button that plays them."""
    return sum(size for kind, size in sizes.items() if kind not in ("requests", "strangers", "media"))


def over(sizes: Counter[str], allowed: Budget) -> list[str]:
    measured = {
        "html": (sizes["document"], allowed.html * KB),
        "style": (sizes["stylesheet"], STYLE),
        "script": (sizes["script"], SCRIPT),
        "fonts": (sizes["font"], allowed.fonts * KB),
        "images": (sizes["image"], allowed.images * KB),
        "total": (total(sizes), allowed.total * KB),
        "requests": (sizes["requests"], REQUESTS),
        "requests to other sites": (sizes["strangers"], 0),
    }
    return [f"{kind} {size:,} > {limit:,}" for kind, (size, limit) in measured.items() if size > limit]


everyone = pytest.mark.parametrize("visitor", VISITORS, ids=lambda v: v.name)


@everyone
@pytest.mark.parametrize("language", ["id", "ar"])
def test_a_first_visit_stays_within_the_budget_of_its_kind_of_page(session, demonstration, visitor, language):
    addresses = visitor.addresses(session, demonstration)
    choose_language(session, language)
    scales = Scales(session, demonstration.url)
    wrong = {a.path: found for a in addresses if (found := over(scales.weigh(a.path), budget(a.path)))}
    scales.close()
    assert wrong == {}


@everyone
def test_low_data_mode_fetches_no_font_and_no_recording_and_at_most_70_kb(session, demonstration, visitor):
    addresses = visitor.addresses(session, demonstration)
    choose_language(session, "id")
    scales = Scales(session, demonstration.url, **{"Save-Data": "on"})
    weighed = {address.path: scales.weigh(address.path) for address in addresses}
    scales.close()
    assert {path: s for path, s in weighed.items() if s["font"] or "media" in s or total(s) > 70 * KB} == {}
