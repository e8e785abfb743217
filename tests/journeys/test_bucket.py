"""Media in a bucket, in a real browser: a recording plays from it, and a lesson is read without it."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from browser import PHONE
from learner import Learner
from playwright.sync_api import Browser, Page, expect
from right_answers import Knowledge
from server import Server
from test_whole_way import PASSWORD, nik, open_batch

from pintar.foundation.tests import buckets

PLAY = """async () => {
  const media = document.querySelector("[data-media]")
  media.muted = true
  await media.play()
  await new Promise((heard) => media.addEventListener("timeupdate", () => media.currentTime > 0.2 && heard()))
  return media.currentSrc
}"""


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[tuple[Server, int, ExitStack]]:
    """A server with its media in a bucket, the bucket's port, and what closes the bucket before its time."""
    with ExitStack() as open_bucket:
        port = open_bucket.enter_context(buckets.running(tmp_path / "store"))
        server = Server(tmp_path, PINTAR_MEDIA_URL=buckets.url(port))
        try:
            server.start()
            yield server, port, open_bucket
        finally:
            server.stop()


def test_a_recording_plays_from_the_bucket_and_a_lesson_is_read_while_the_bucket_is_away(chromium: Browser, bucket):
    server, port, open_bucket = bucket
    batch = open_batch(server)
    refused: list[str] = []
    fetched: list[str] = []

    def phone(**options: Any) -> Page:
        page = chromium.new_context(base_url=server.url, **PHONE, **options).new_page()
        page.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
        page.on("response", lambda answer: fetched.append(f"{answer.status} {answer.url}"))
        return page

    page = phone()
    with closing(Knowledge(server.environment)) as knowledge:
        learner = Learner(page, knowledge, batch)
        learner.register("Siti Aminah", nik(7), "siti7@contoh.example", PASSWORD)
        learner.take_seat()
        learner.walk(until="selamat-datang")
    page.goto(f"/belajar/{batch}/selamat-datang/?bentuk=audio")
    assert "/media/" in page.evaluate(PLAY)
    assert any(answer.startswith("206") and f":{port}/media/pintar/" in answer for answer in fetched)

    open_bucket.close()
    # Another phone of hers: this one may have kept the whole recording, and plays on.
    page = phone(storage_state=page.context.storage_state())
    page.goto(f"/belajar/{batch}/selamat-datang/?bentuk=audio&putar=1")
    page.locator("[data-play]").click()
    # The store is given four seconds, and the browser asks more than once.
    expect(page.locator("[data-broken]")).to_be_visible(timeout=30_000)
    page.goto(f"/belajar/{batch}/selamat-datang/?bentuk=bacaan")
    expect(page.locator("h1")).to_be_visible()
    assert not any(answer.startswith("5") and "/belajar/" in answer for answer in fetched)
    assert refused == []
    for context in chromium.contexts:
        context.close()
