"""The editor in a real browser: kept and drawn while one types, held without signal, rows moved by keys."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pintar.assessment import models
from pintar.assessment.actions import bank as actions
from pintar.assessment.tests import bank, builders
from pintar.assessment.tests.network import Network
from pintar.assessment.tests.test_browser import CHROMIUM, PHONE, chromium, network
from pintar.foundation import clock
from pintar.people.tests.builders import sign_in

__all__ = ["chromium", "network"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
]


@pytest.fixture
def editor(chromium: Browser, network: Network, client: Any) -> Iterator[Page]:
    """The editor of a new question with one right option, on a phone; no script of it may fail."""
    now = clock.now()
    builders.publish_all_types(now)
    author = bank.make_worker("penulis")
    uid = actions.begin_draft(person=author, course=bank.SLUG, type="single", by=author.uid, now=now)
    sign_in(client, author, confirmed=True)
    context = chromium.new_context(base_url=network.url, **PHONE)
    context.add_cookies([{"name": n, "value": c.value, "url": network.url} for n, c in client.cookies.items()])
    page = context.new_page()
    wrongs: list[str] = []
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    page.goto(f"/bank/{bank.SLUG}/tulis/{uid}/")
    yield page
    context.close()
    assert wrongs == []


def test_what_is_typed_is_kept_and_drawn_without_a_button(editor: Page) -> None:
    editor.fill("#stem", "Bangun mana yang punya $6$ sisi?")
    editor.fill("#option-1", "Kubus")
    preview = editor.locator("[data-preview]")
    expect(preview).to_contain_text("Bangun mana")
    expect(preview).to_contain_text("Kubus")
    expect(editor.locator(".save")).to_contain_text("Draf tersimpan")
    editor.reload()
    expect(editor.locator("#option-1")).to_have_value("Kubus")
    assert models.ItemDraft.objects.get().fields["stem"] == "Bangun mana yang punya $6$ sisi?"


def test_without_signal_it_stays_on_the_device_and_is_sent_when_the_signal_is_back(
    editor: Page, network: Network
) -> None:
    editor.fill("#stem", "Yang pertama")
    expect(editor.locator(".save")).to_contain_text("Draf tersimpan")
    network.off()
    editor.fill("#stem", "Yang kedua, tanpa sinyal")
    expect(editor.locator(".save")).to_have_attribute("data-state", "waiting")
    network.on()
    expect(editor.locator(".save")).to_have_attribute("data-state", "saved", timeout=20_000)
    assert models.ItemDraft.objects.get().fields["stem"] == "Yang kedua, tanpa sinyal"


def test_a_row_moves_with_its_key_by_alt_and_an_arrow_and_control_enter_saves(editor: Page) -> None:
    for n, text in enumerate(("Bola", "Kubus", "Kerucut"), start=1):
        editor.fill(f"#option-{n}", text)
    editor.fill("#stem", "Bangun mana yang punya enam sisi?")
    editor.check("[name=right][value='2']")
    editor.select_option("#indicator", "1")
    editor.focus("#option-2")
    editor.keyboard.press("Alt+ArrowUp")
    expect(editor.locator("#option-1")).to_have_value("Kubus")
    expect(editor.locator("#option-1")).to_be_focused()
    expect(editor.locator("[name=right][value='1']")).to_be_checked()
    editor.keyboard.press("Control+Enter")
    editor.wait_for_url("**/soal/**")
    content = models.ItemVersion.objects.get(by__isnull=False).content
    assert [(o["text"], o["correct"]) for o in content["options"]] == [
        ("Kubus", True), ("Bola", False), ("Kerucut", False),
    ]  # fmt: skip
