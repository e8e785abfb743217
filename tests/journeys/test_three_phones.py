"""Three phones through an opening: one seated, one waiting and later offered a seat, one closed in the queue."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from browser import PHONE
from playwright.sync_api import Browser, BrowserContext, Page, expect
from server import Server

from pintar.foundation import clock

PASSWORD = "melati hujan sore"
NAMES = ("Siti Aminah", "Yusuf Rahman", "Maria Goreti Bria")
OPENS_IN = timedelta(seconds=45)


@dataclass
class Phone:
    """A phone in the queue of a batch; it may be closed and opened again."""

    browser: Browser
    url: str
    name: str
    batch: str
    context: BrowserContext
    page: Page

    def close(self) -> None:
        """Close the browser; what it keeps is its cookies."""
        self.kept = self.context.storage_state()
        self.context.close()

    def open(self) -> None:
        self.context = self.browser.new_context(base_url=self.url, storage_state=self.kept, **PHONE)
        self.page = self.context.new_page()

    def go(self, part: str = "") -> Page:
        self.page.goto(f"/angkatan/{self.batch}/{part}")
        return self.page

    @property
    def ticket(self) -> str:
        """The public number of this phone's ticket, which stands in the draw."""
        (cookie,) = [c for c in self.context.cookies() if c.get("name") == "antrean"]
        body = cookie["value"].partition(".")[0]
        return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))[1]

    @property
    def place(self) -> str:
        return self.page.locator(".place").inner_text()


@pytest.fixture
def opens_at() -> datetime:
    return (clock.now() + OPENS_IN).replace(microsecond=0)


@pytest.fixture
def batch(server: Server, opens_at: datetime) -> str:
    """A batch with one seat that opens in less than a minute."""
    server.pintar("course", "import", "tests/trainings/latihan-kecil", "--publish")
    opened = server.pintar_json(
        "batch", "open", "latihan-kecil", "--period", f"p{time.time_ns()}", "--quota", "1",
        "--opens", opens_at.isoformat(), "--closes", "2036-01-01T08:00", "--until", "2036-02-01T08:00",
    )  # fmt: skip
    return opened["key"]


@pytest.fixture
def phones(server: Server, chromium: Browser, batch: str) -> Iterator[list[Phone]]:
    found = []
    for n, name in enumerate(NAMES):
        context = chromium.new_context(base_url=server.url, **PHONE)
        page = context.new_page()
        page.goto("/daftar/")
        fields = {"name": name, "number": f"337401520386{time.time_ns() % 9000 + n:04}", "password": PASSWORD}
        for field, value in (fields | {"email": f"{time.time_ns()}@contoh.example"}).items():
            page.fill(f"main [name={field}]", value)
        page.check("main [name=consent]")
        page.click("main form button.full")
        page.wait_for_url(lambda url: "/daftar/" not in url)
        found.append(Phone(chromium, server.url, name, batch, context, page))
    yield found
    for phone in found:
        phone.context.close()


def test_three_phones_through_an_opening(phones: list[Phone], chromium: Browser, server: Server, opens_at: datetime):
    for phone in phones:
        gather(phone)
    by_ticket = {phone.ticket: phone for phone in phones}
    for phone in phones:
        phone.context.set_offline(True)  # so that each goes on only when it is looked at here
    first, second, third = (by_ticket[ticket] for ticket in drawn(chromium, server, phones[0].batch, opens_at))

    # The first is called; as long as they do not come, the others stand in the order of the draw.
    for n, phone in enumerate((second, third), start=2):
        phone.context.set_offline(False)
        page = phone.go("antre/")
        assert phone.place == str(n)
        expect(page.locator("main")).to_contain_text("Kemungkinannya kecil")
    second.page.click("text=Masuk daftar tunggu bila kursinya habis")
    expect(second.page.locator("main")).to_contain_text("langsung masuk daftar tunggu")

    # The third closes the browser in the queue and comes back to the same place.
    third.close()
    third.open()
    third.go("antre/")
    assert third.place == "3"

    # The first comes back, and the page goes on by itself to the seat.
    first.context.set_offline(False)
    expect(first.page.locator("main")).to_contain_text("DFT-", timeout=75_000)

    # For the others the pages go on by themselves too: to the waiting list, and to the end of the queue.
    second.page.wait_for_url(f"**/angkatan/{second.batch}/#urutan", timeout=75_000)
    expect(second.page.locator("#urutan")).to_contain_text("urutan Anda")
    expect(third.page.locator("h1")).to_have_text("Kuota penuh", timeout=75_000)

    # The first gives the seat back; it is offered to the second, who accepts.
    first.page.click("button:has-text('Lepas kursi')")
    expect(first.page.locator("body")).to_contain_text("Kursi Anda sudah dilepas")
    second.go()
    expect(second.page.locator("main")).to_contain_text("Ada kursi untuk Anda")
    second.page.check("[name=pakta]")
    second.page.click("button:has-text('Terima kursi')")
    expect(second.page.locator("main")).to_contain_text("DFT-")


def gather(phone: Phone) -> None:
    """Tick the pledge on the page of the batch and go to the waiting room, before the opening."""
    page = phone.go()
    until = time.monotonic() + 20
    page.check("[name=pakta]")
    while time.monotonic() < until:
        page.click("button:has-text('Masuk ruang tunggu')")
        if page.url.endswith("/antre/"):
            break
        # The server looks every quarter of a minute which registrations open soon.
        page.wait_for_timeout(1_000)
        phone.go()
        page.check("[name=pakta]")
    expect(page.locator("h1")).to_have_text("Anda sudah di ruang tunggu")


def drawn(chromium: Browser, server: Server, batch: str, opens_at: datetime) -> list[str]:
    """The order of calls that anyone sees once registration has opened."""
    stranger = chromium.new_page(base_url=server.url)
    stranger.goto(f"/angkatan/{batch}/undian/")
    assert stranger.locator("ol li").count() == 0
    stranger.wait_for_timeout(max(0.0, (opens_at - clock.now()).total_seconds() * 1_000 + 1_000))
    stranger.reload()
    order = stranger.locator("ol li code").all_inner_texts()
    stranger.close()
    assert len(order) == len(NAMES)
    return order
