"""Every page of the house, found by following its links as each kind of visitor.

Two pages of one route that are built alike (the same classes and forms in their main part) count as one.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext

# Where nothing leads, but people arrive all the same.
ALWAYS = ("/", "/luring/", "/komponen/", "/tidak-ada/")
SIGNED_IN = ("/beranda/", "/belajar/", "/akun/", "/sertifikat/")
MOST_PAGES = 400
MOST_OF_A_KIND = 40


# A route, and the classes and forms of a page's main part.
type Built = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Address:
    """`path` with its query; `route` is the pattern that serves it ("" for the page of what is not there)."""

    path: str
    route: str

    @property
    def name(self) -> str:
        """For file names: pelatihan-asesmen-formatif, beranda."""
        return re.sub(r"[^a-z0-9]+", "-", self.path.lower()).strip("-") or "depan"


class Reader(HTMLParser):
    """Links of a page, and how its main part is built."""

    def __init__(self, html: str):
        super().__init__()
        self.links: list[str] = []
        self.built: set[str] = set()
        self.in_main = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "main":
            self.in_main = True
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if self.in_main:
            self.built |= {f"{tag}.{name}" for name in (given.get("class") or "").split()}
            self.built |= {f"{tag}[{given.get('type', '')}]"} if tag in ("form", "input", "video", "audio") else set()

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.in_main = False


def crawl(
    context: BrowserContext,
    base_url: str,
    met: set[Built],
    *,
    signed_in: bool,
    also: Sequence[str] = (),
    alike: int,
) -> list[Address]:
    """Every page that differs from those `met`, in the order in which it was found, and adds how it is built to them;
    at most `alike` of one route, save those of `also`: addresses that no link leads to, or one among many."""
    waiting: list[str] = []
    seen: set[str] = set()
    found: list[Address] = []
    of_route: Counter[str] = Counter()
    of_kind: Counter[tuple[str, ...]] = Counter()
    fetched = 0

    def meet(path: str) -> None:
        seen.add(path)
        of_kind[_kind(path)] += 1
        waiting.append(path)

    for path in [*ALWAYS, *(SIGNED_IN if signed_in else ()), *also]:
        meet(path)
    while waiting and fetched < MOST_PAGES:
        path = waiting.pop(0)
        fetched += 1
        answer = context.request.get(base_url + path, max_redirects=0)
        if answer.status in (301, 302, 303):
            elsewhere = _inside(base_url, path, answer.headers["location"])
            if elsewhere and elsewhere not in seen:
                meet(elsewhere)
            continue
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page = Reader(answer.text())
        address = Address(path, _route(path))
        built = (address.route, frozenset(page.built))
        if built not in met and (path in also or of_route[address.route] < alike):
            met.add(built)
            of_route[address.route] += 1
            found.append(address)
        for link in page.links:
            target = _inside(base_url, path, link)
            if target and target not in seen and of_kind[_kind(target)] < MOST_OF_A_KIND:
                meet(target)
    return found


def _inside(base_url: str, path: str, link: str) -> str:
    """The link as a path of this server, "" where it leads elsewhere or to a file."""
    parts = urlsplit(urljoin(base_url + path, link))
    if f"{parts.scheme}://{parts.netloc}" != base_url or parts.path.startswith(("/media/", "/static/", "/api/")):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _route(path: str) -> str:
    try:
        return str(resolve(urlsplit(path).path).route)
    except Resolver404:
        return ""


def _kind(path: str) -> tuple[str, ...]:
    return (_route(path), *sorted(parse_qs(urlsplit(path).query)))
