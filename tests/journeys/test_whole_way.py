"""The whole way: from the catalogue, through enrolment, study, tests and graduation, to a certificate that a stranger
checks."""

import re
import time

import pytest
from browser import DESKTOP, PHONE, watched_page
from learner import Learner
from playwright.sync_api import Browser, Page, expect
from right_answers import Knowledge
from server import Server

PASSWORD = "melati hujan sore"


@pytest.fixture(scope="module")
def batch(server: Server) -> str:
    """An open batch of the small training."""
    return open_batch(server)


def open_batch(server: Server) -> str:
    server.pintar("course", "import", "tests/trainings/latihan-kecil", "--publish")
    opened = server.pintar_json(
        "batch", "open", "latihan-kecil", "--period", f"p{time.time_ns()}", "--quota", "50",
        "--opens", "2026-01-01T08:00", "--closes", "2036-01-01T08:00", "--until", "2036-02-01T08:00",
    )  # fmt: skip
    return opened["key"]


@pytest.fixture(scope="module")
def knowledge(server: Server):
    known = Knowledge(server.environment)
    yield known
    known.close()


def nik(number: int) -> str:
    """A NIK of the right shape: Semarang, a woman born on 12 March 1985, and a running number."""
    return f"337401520385{number:04}"


def certificate_code(page: Page) -> str:
    """The code of the certificate that was issued unasked, within a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        page.goto("/sertifikat/")
        if found := re.search(r"/v/([0-9A-Za-z]{26})/", page.content()):
            return found.group(1)
        page.wait_for_timeout(500)
    raise AssertionError("no certificate within a minute")


def test_a_newcomer_walks_the_whole_way_on_a_phone(phone: Page, chromium: Browser, server, batch, knowledge):
    phone.goto("/")
    phone.click("a[href='/pelatihan/latihan-kecil/'] >> nth=0")
    expect(phone.locator("h1")).to_have_text("Menjaga data murid")
    learner = Learner(phone, knowledge, batch)
    learner.register("Siti Aminah", nik(1), "siti@contoh.example", PASSWORD)
    learner.take_seat()
    expect(phone.locator("main")).to_contain_text("DFT-")
    learner.walk()
    code = certificate_code(phone)
    phone.goto("/beranda/")
    expect(phone.locator("main")).to_contain_text("Sertifikat Anda terbit")
    stranger_checks(chromium, server, code, "Siti Aminah")


def stranger_checks(chromium: Browser, server: Server, code: str, name: str) -> None:
    for page in watched_page(chromium, server.url, **PHONE, java_script_enabled=False):
        page.goto(f"/v/{code}/")
        expect(page.locator("main")).to_contain_text("Sah")
        expect(page.locator("main")).to_contain_text(name)
        expect(page.locator("main")).to_contain_text("Menjaga data murid")
        page.goto(f"/v/{'0' * 26}/")
        expect(page.locator("main")).not_to_contain_text(name)


def test_the_whole_way_needs_no_script(chromium: Browser, server, batch, knowledge):
    for page in watched_page(chromium, server.url, **PHONE, java_script_enabled=False):
        learner = Learner(page, knowledge, batch, scripted=False)
        learner.register("Yohanes Bria", nik(2), "yohanes@contoh.example", PASSWORD)
        learner.take_seat()
        learner.walk()
        code = certificate_code(page)
    stranger_checks(chromium, server, code, "Yohanes Bria")


def test_the_whole_way_in_arabic_runs_from_right_to_left(chromium: Browser, server, batch, knowledge):
    for page in watched_page(chromium, server.url, **PHONE):
        page.goto("/bantuan/")
        page.click(".foot [name=language][value=ar]")
        learner = Learner(page, knowledge, batch)
        learner.register("عائشة بنت عبد الرحمن", nik(3), "aisyah@contoh.example", PASSWORD)
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        learner.take_seat()
        learner.walk()
        code = certificate_code(page)
        expect(page.locator("html")).to_have_attribute("lang", "ar")
    stranger_checks(chromium, server, code, "عائشة بنت عبد الرحمن")


def test_lost_signal_a_reload_and_a_killed_server_lose_no_answer(chromium: Browser, server, batch, knowledge):
    """In the middle of the post-test: offline, answers, reload without signal, the server killed and started again,
    the rest of the answers, and still every one of them counts."""
    for page in watched_page(chromium, server.url, **DESKTOP):
        learner = Learner(page, knowledge, batch)
        learner.register("Maria Goreti", nik(4), "maria@contoh.example", PASSWORD)
        learner.take_seat()
        learner.walk(until="tes-akhir")
        right = knowledge.of(learner.begin("tes-akhir"))
        items = list(right.items())
        page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready")
        page.wait_for_timeout(1000)
        learner.answer(*items[0])
        page.click("[data-maju]")
        expect(page.locator("#simpan")).to_have_attribute("data-state", "saved")

        page.context.set_offline(True)
        learner.answer(*items[1])
        page.click("[data-maju]")
        expect(page.locator("#simpan")).to_have_attribute("data-state", "waiting")
        page.reload()
        learner.answer(*items[2])
        page.click("[data-maju]")

        server.kill()
        page.context.set_offline(False)
        learner.answer(*items[3])
        page.click("[data-maju]")
        server.start()
        for item, value in items[4:]:
            learner.answer(item, value)
            page.click("[data-maju]")
        expect(page.locator("#simpan")).to_have_attribute("data-state", "saved", timeout=60_000)
        learner.hand_in()
        expect(page.locator("main")).to_contain_text("100")
        learner.take("survei")
        code = certificate_code(page)
    stranger_checks(chromium, server, code, "Maria Goreti")
