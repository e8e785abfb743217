"""A test in a real browser: signal lost and found, reload without signal, another device, an ended session, time up."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from pintar.assessment import actions, kept
from pintar.assessment.models import HeldOperation, Operation, Sitting
from pintar.assessment.tests import builders
from pintar.assessment.tests.network import Network
from pintar.foundation import clock
from pintar.people.actions import end_other_sessions
from pintar.people.queries import Person
from pintar.people.tests.builders import PASSWORD, make_person, sign_in

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PHONE = {"viewport": {"width": 360, "height": 640}, "locale": "id-ID", "timezone_id": "Asia/Jakarta"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def network(transactional_db: None) -> Iterator[Network]:
    """The house behind a network that can be cut; static files as in production (Django's live server knows no hashed
    names)."""
    thread = LiveServerThread("localhost", static_handler=lambda house: house)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    network = Network(thread.port)
    yield network
    network.off()
    thread.terminate()


class Desk:
    """A person with an open sitting, and the devices they take it on."""

    def __init__(self, chromium: Browser, network: Network, client: Any) -> None:
        now = clock.now()
        self.chromium, self.url = chromium, network.url
        self.person: Person = make_person(email="siti@example.id")
        self.edition = builders.publish_all_types(now)
        self.sitting: UUID = builders.open_sitting(self.person, self.edition.uid, "tes-akhir", now)
        self.paper = kept.paper(self.sitting, self.person.id)
        self.client = client
        self.devices: list[BrowserContext] = []
        self.wrongs: list[str] = []

    def device(self, **options: Any) -> BrowserContext:
        """A browser that is signed in."""
        context = self.chromium.new_context(base_url=self.url, **{**PHONE, **options})
        sign_in(self.client, self.person)
        cookies = [
            {"name": name, "value": morsel.value, "url": self.url} for name, morsel in self.client.cookies.items()
        ]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        self.devices.append(context)
        return context

    def leave(self) -> None:
        for device in self.devices:
            device.close()

    def open(self, context: BrowserContext | None = None, with_clock: bool = False) -> Page:
        """The sitting on a device; `with_clock` lets time pass there by `pass_time`."""
        page = (context or self.device()).new_page()
        if with_clock:
            page.clock.install()
        page.set_default_timeout(10_000)
        # Kept, not raised: what is raised inside Playwright's own loop ends the browser for every test after it.
        page.on("pageerror", lambda error: self.wrongs.append(str(error)))
        page.goto(f"/tes/{self.sitting}/")
        return page

    def answer(self, page: Page, number: int) -> None:
        """Answer a question rightly, as a person would."""
        page.evaluate("n => { location.hash = 'soal-' + n }", number)
        box, item = page.locator(f"#soal-{number}"), self.paper.items[number - 1]
        expect(box).to_be_visible()
        value = builders.right_value(self.paper, item)
        match self.paper.question(item)["type"]:
            case "single" | "multiple":
                for id in value if isinstance(value, list) else [value]:
                    box.locator(f"label:has(input[value='{id}'])").click()
            case "truefalse":
                box.locator(f"label:has(input[value='{json.dumps(value)}'])").click()
            case "matching":
                for left, right in value.items():
                    box.locator(f"select[data-part='{left}']").select_option(right)
            case "ordering":
                for place, id in enumerate(value, start=1):
                    box.locator(f"select[data-part='{id}']").select_option(str(place))
            case "cloze":
                box.locator("select").select_option(value["a"])
                for name in ("b", "c"):
                    box.locator(f"input[data-part='{name}']").fill(value[name])
            case _:
                box.locator("input").fill(value)
        page.locator("body").press("Tab")

    @property
    def row(self) -> Sitting:
        return Sitting.objects.get(uid=self.sitting)


@pytest.fixture
def desk(chromium: Browser, network: Network, client: Any) -> Iterator[Desk]:
    desk = Desk(chromium, network, client)
    yield desk
    desk.leave()
    assert desk.wrongs == []


def saved(page: Page) -> None:
    expect(page.locator("#simpan")).to_have_text(re.compile(r"Tersimpan \d\d\.\d\d\.\d\d"))


def test_every_type_is_answered_reviewed_and_handed_in(desk: Desk) -> None:
    page = desk.open()
    expect(page.locator("#waktu")).to_contain_text("Sisa 19.")
    for number in range(1, 9):
        desk.answer(page, number)
        expect(page.locator(f"#peta [data-ke='{number}']")).to_have_class("answered")
    saved(page)
    page.locator("[data-maju]").click()
    expect(page.get_by_role("heading", name="Tinjau jawaban")).to_be_visible()
    page.get_by_role("button", name="Kumpulkan jawaban").click()
    page.wait_for_url("**/bukti/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anda lulus tes akhir")
    assert (desk.row.got, desk.row.of) == (15, 15)
    assert all(operation.ms is not None for operation in Operation.objects.all())


def test_flag_and_clear_without_leaving_the_page(desk: Desk) -> None:
    page = desk.open()
    desk.answer(page, 1)
    page.get_by_role("button", name="Ragu-ragu").click()
    expect(page.locator("#peta [data-ke='1']")).to_have_attribute("aria-label", "Soal 1, ragu")
    page.get_by_role("button", name="Kosongkan jawaban").click()
    expect(page.locator("#soal-1 input:checked")).to_have_count(0)
    saved(page)
    page.reload()
    expect(page.locator("#peta [data-ke='1']")).to_have_class("unsure")
    expect(page.locator("#soal-1 input:checked")).to_have_count(0)


def test_without_signal_one_goes_on_reloads_and_loses_nothing(desk: Desk, network: Network) -> None:
    device = desk.device()
    page = desk.open(device)
    desk.answer(page, 1)
    saved(page)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    saved_before = Operation.objects.count()
    network.off()
    for number in range(2, 6):
        desk.answer(page, number)
    expect(page.locator("#luring")).to_contain_text("Jawaban yang aman di ponsel ini: ")
    expect(page.locator("#simpan")).to_contain_text("Menunggu sinyal")
    page.reload()
    expect(page.locator("#peta [data-ke='5']")).to_have_class("answered")
    assert page.locator("#soal-1 input:checked").count() == 1
    page.close()
    page = desk.open(device)
    for number in range(6, 9):
        desk.answer(page, number)
    assert Operation.objects.count() == saved_before == 1
    network.on()
    saved(page)
    actions.hand_in(person=desk.person, sitting=desk.sitting, by=desk.person.uid, now=clock.now())
    assert (desk.row.got, desk.row.of) == (15, 15)


def test_another_device_takes_over_and_the_first_can_take_it_back(desk: Desk) -> None:
    first = desk.open()
    desk.answer(first, 1)
    saved(first)
    second = desk.open(desk.device())
    expect(second.locator("#peta [data-ke='1']")).to_have_class("answered")
    desk.answer(second, 2)
    saved(second)
    desk.answer(first, 3)
    expect(first.get_by_role("heading", name="Tes dibuka di perangkat lain")).to_be_visible()
    first.locator("#perangkat [data-take]").click()
    saved(first)
    expect(first.locator("#peta [data-ke='2']")).to_have_class("answered")
    actions.hand_in(person=desk.person, sitting=desk.sitting, by=desk.person.uid, now=clock.now())
    assert desk.row.answered == 3


def test_a_lease_whose_answer_was_lost_is_taken_again_without_a_question(desk: Desk) -> None:
    device = desk.device()
    lost = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route.abort())

    device.route("**/lease", lose, times=1)
    page = desk.open(device)
    desk.answer(page, 6)
    saved(page)
    assert len(lost) == 1
    expect(page.locator("#perangkat")).to_be_hidden()
    assert Operation.objects.count() == 1


def test_an_ended_session_is_renewed_on_top_of_the_test(desk: Desk) -> None:
    page = desk.open()
    desk.answer(page, 1)
    saved(page)
    end_other_sessions(account_id=desk.person.id, but=None, now=clock.now())
    desk.answer(page, 6)
    expect(page.get_by_role("heading", name="Masuk lagi")).to_be_visible()
    page.get_by_label("Nomor identitas atau e-mail").fill("siti@example.id")
    page.get_by_label("Kata sandi").fill("bukan itu")
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.locator("#masuk-lagi .wrong")).to_contain_text("belum cocok")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.locator("#masuk-lagi")).to_be_hidden()
    saved(page)
    assert Operation.objects.filter(item=desk.paper.items[5]).count() == 1


def pass_time(page: Page, minutes: int) -> None:
    """Time goes by on the device, so that no test waits for it or is overtaken by it."""
    page.clock.fast_forward(timedelta(minutes=minutes) // timedelta(milliseconds=1))


def test_time_up_with_signal_hands_in_by_itself(desk: Desk) -> None:
    page = desk.open(with_clock=True)
    desk.answer(page, 6)
    saved(page)
    Sitting.objects.update(deadline=clock.now() - timedelta(seconds=1))
    pass_time(page, minutes=20)
    page.wait_for_url("**/bukti/", timeout=20_000)
    assert desk.row.answered == 1
    assert desk.row.closed_at is not None


def test_more_time_given_meanwhile_is_used(desk: Desk) -> None:
    page = desk.open(with_clock=True)
    Sitting.objects.update(deadline=clock.now() + timedelta(minutes=5))
    pass_time(page, minutes=20)
    expect(page.locator("#waktu")).to_contain_text(re.compile(r"04\.\d\d"), timeout=15_000)
    assert desk.row.closed_at is None


def test_time_up_without_signal_locks_and_sends_itself_in_the_grace(desk: Desk, network: Network) -> None:
    page = desk.open(with_clock=True)
    expect(page.locator("#waktu")).to_be_visible()
    network.off()
    desk.answer(page, 6)
    Sitting.objects.update(deadline=clock.now() - timedelta(seconds=10))
    pass_time(page, minutes=20)
    expect(page.locator("#pesan")).to_contain_text("Cari sinyal sebelum", timeout=25_000)
    expect(page.locator("#soal-6 input")).to_be_disabled()
    with page.expect_download() as download:
        page.get_by_role("button", name="Simpan berkas darurat").click()
    log = json.loads(Path(download.value.path()).read_text())
    assert [op["item"] for op in log["ops"]] == [desk.paper.items[5]]
    network.on()
    page.wait_for_url("**/bukti/", timeout=30_000)
    assert desk.row.answered == 1


def test_a_log_that_comes_after_the_grace_is_held_and_said(desk: Desk, network: Network) -> None:
    device = desk.device()
    page = desk.open(device)
    network.off()
    desk.answer(page, 6)
    expect(page.locator("#simpan")).to_contain_text("Menunggu sinyal, 1")
    Sitting.objects.update(deadline=clock.now() - timedelta(minutes=10))
    actions.close_due(clock.now())
    network.on()
    expect(page.locator("#pesan")).to_contain_text("datang terlambat")
    assert HeldOperation.objects.count() == 1
    page.get_by_role("button", name="Lihat bukti").click()
    page.wait_for_url("**/bukti/")


def test_without_indexeddb_the_page_says_so_and_still_works(desk: Desk) -> None:
    device = desk.device()
    device.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    page = desk.open(device)
    expect(page.locator("#pesan")).to_contain_text("tidak bisa menyimpan luring")
    desk.answer(page, 6)
    saved(page)
    assert Operation.objects.count() == 1


def test_the_script_stays_light() -> None:
    """What a test loads, as it goes over the wire: at most 22 KB of the 45 that a learner's page may have."""
    import brotli

    folder = Path(__file__).parents[1]
    names = ("tes", "screen", "log", "sync", "clock", "values", "signin")
    scripts = [*(folder / "static" / "assessment" / f"{name}.js" for name in names), folder / "worker" / "sw.js"]
    assert sum(len(brotli.compress(script.read_bytes())) for script in scripts) <= 22_000
