"""Scenes of what did not go well, and of what people print."""

import re
from collections.abc import Iterator

from browser import PHONE
from playwright.sync_api import BrowserContext, Page
from stage import Scene, Stage, go
from visitors import TESTED, Visitor

from pintar.cli.demonstration import cast


def outcomes(stage: Stage) -> Iterator[Scene]:
    """What did not go well: a test that another device took over, certificates that hold no more."""
    here, there = (TESTED.enter(stage.browser, stage.server, **PHONE) for _ in range(2))
    sitting = stage.server.unlinked[TESTED.name][0]
    yield Scene("tes-diambil-alih", here, lambda page: _taken_over(page, there, sitting))
    stranger, code = stage.stranger(), _code(stage)
    correct = ("--by", cast.MIDDLE.login, "--reason")
    corrected = stage.server.pintar_json("certificate", "supersede", code, *correct, "Perbaikan penulisan nama")
    yield Scene("sertifikat-digantikan", stranger, go(f"/v/{code}/"))
    stage.server.pintar("certificate", "revoke", corrected["code"], *correct, "Tes dikerjakan orang lain")
    yield Scene("sertifikat-dicabut", stranger, go(f"/v/{corrected['code']}/"))
    graduated = Visitor("", cast.GRADUATED.login).enter(stage.browser, stage.server, **PHONE)
    yield Scene("sertifikat-dicabut-pemilik", graduated, go("/sertifikat/"))


def _taken_over(page: Page, elsewhere: BrowserContext, sitting: str) -> None:
    """Begun here, then opened on another device, then touched here again."""
    page.goto(sitting)
    other = elsewhere.new_page()
    other.goto(sitting)
    take = other.locator("[data-take], main form button.button").locator("visible=true")
    if take.count():
        take.first.click()
    other.locator("fieldset:visible .choice, fieldset:visible select").first.click()
    other.wait_for_timeout(2_000)
    page.locator("fieldset:visible .choice").last.click()
    page.wait_for_timeout(2_000)
    other.close()


def _code(stage: Stage) -> str:
    """The graduate's certificate."""
    page = Visitor("", cast.GRADUATED.login).enter(stage.browser, stage.server).new_page()
    page.goto("/sertifikat/")
    found = re.search(r"/v/([0-9A-Za-z]{26})/", page.content())
    assert found
    page.context.close()
    return found.group(1)


def on_paper(stage: Stage) -> Iterator[Scene]:
    """What people print, as the printer gets it."""
    graduated = Visitor("", cast.GRADUATED.login).enter(stage.browser, stage.server, **PHONE)
    training = "hak-cipta-di-ruang-kelas-1"
    for name, path in (
        ("bukti-pendaftaran", f"/angkatan/{training}/"), ("sertifikat", "/sertifikat/"),
        ("daftar-isi", f"/belajar/{training}/"), ("materi", f"/belajar/{training}/selamat-datang/"),
        ("verifikasi", f"/v/{_code(stage)}/"),
    ):  # fmt: skip
        yield Scene(name, graduated, lambda page, path=path: _printed(page, path))


def _printed(page: Page, path: str) -> None:
    page.goto(path)
    page.emulate_media(media="print")
