"""Bytes of each page on a cold first visit against its budget, counted as they came over the wire.

Bodies as they were sent (brotli), without recordings, which are asked for and priced apart. Images of a test are
counted apart too.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext

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
TABLES = Budget(html=40, fonts=28, images=10, total=170)
EDITOR = Budget(html=25, fonts=28, images=10, total=280)
VERIFICATION = Budget(html=10, fonts=0, images=6, total=20)

# The pattern of an address → its budget; the first that fits.
BUDGETS = (
    (r"/(masuk|daftar|akun/lupa-kata-sandi|akun/aktivasi)/", SIGN_IN),
    (r"/tes/[^/]+/bukti/", LESSON),
    (r"/tes/", TEST),
    (r"/belajar/[^/]+/[^/]+/", LESSON),
    (r"/v/", VERIFICATION),
    (r"/bank/[^/]+/tulis/", EDITOR),
    (r"/bank/", TABLES),
    (r"/", SHOP),
)


def budget(path: str) -> Budget:
    return next(allowed for pattern, allowed in BUDGETS if re.match(pattern, path))


class Scales:
    """A page that weighs what it loads, always as on a first visit: nothing comes from a cache.

    The context has to block service workers: the bytes that one passes on are not counted.
    """

    def __init__(self, session: BrowserContext, base_url: str):
        self.page = session.new_page()
        self.base_url = base_url
        self.received: dict[str, dict[str, Any]] = {}
        self.sizes: Counter[str] = Counter()
        network = session.new_cdp_session(self.page)
        network.on("Network.responseReceived", lambda event: self.received.update({event["requestId"]: event}))
        network.on("Network.loadingFinished", self._finished)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})

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


def over(sizes: Counter[str], path: str) -> list[str]:
    """What of a page is heavier than the budget of its kind."""
    allowed = budget(path)
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


def over_in_low_data_mode(sizes: Counter[str], path: str) -> list[str]:
    """Neither a font nor a recording, and at most 70 KB."""
    measured = {"fonts": (sizes["font"], 0), "recordings": (sizes["media"], 0), "total": (total(sizes), 70 * KB)}
    return [f"{kind} {size:,} > {limit:,} in low-data mode" for kind, (size, limit) in measured.items() if size > limit]
