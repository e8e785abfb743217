"""Debian's Chromium through Playwright: launched, signed in, watched for what a page must never do."""

import shutil
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "locale": "id-ID"}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "id-ID"}


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=EXECUTABLE, args=QUIET)


def watched_page(browser: Browser, base_url: str, **options: Any) -> Iterator[Page]:
    """A page of a fresh context, for `yield from`; afterwards no script of it may have failed, nothing may have been
    refused by its own content security policy, and nothing may have been asked of another site."""
    context = browser.new_context(base_url=base_url, **options)
    page = context.new_page()
    wrongs: list[str] = []
    watch(page, base_url, wrongs)
    yield page
    context.close()
    assert wrongs == []


def watch(page: Page, base_url: str, wrongs: list[str]) -> None:
    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrongs.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: wrongs.append(f"{page.url}: {error}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((base_url, "data:", "blob:"))
            else wrongs.append(f"{page.url} asks {request.url}")
        ),
    )


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in as people do; ends on the page after it."""
    page.goto("/masuk/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/masuk/" not in url)
