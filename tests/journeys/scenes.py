"""What no link leads to: places in line, the waiting room, refusals, forms that were filled in wrongly."""

import base64
import errno
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from browser import PHONE
from django.http import HttpRequest
from outcomes import on_paper, outcomes
from playwright.sync_api import Browser, BrowserContext, Page
from results import results
from server import Server
from stage import Act, Scene, Stage, act_out, go, press
from visitors import TESTED, Visitor

from pintar.cli.demonstration import cast
from pintar.foundation import clock


def scenes(browser: Browser, server: Server, wants: Callable[[str], bool]) -> Iterator[Scene]:
    """Each in turn; what is between two of them happens before the next is looked at."""
    stage = Stage(browser, server)
    acts = (the_line, the_batch, the_room, refusals, forms, of_people_without_script, on_paper, results, outcomes)
    for act in acts:
        name = f"adegan-{act.__name__}"
        if wants(name):
            for scene in act(stage):
                yield Scene(f"{name}-{scene.name}", scene.context, scene.act)


TAKE = "form[action$='/kursi/'] button.button:not(.plain)"
GIVE_BACK = "button[name=_method]"


def the_line(stage: Stage) -> Iterator[Scene]:
    """One has the seat, two wait; then it is given back and offered to the first of them."""
    batch = f"/angkatan/{stage.batch()}/"
    seated, first, second = (stage.person(name) for name in ("Siti Aminah", "Yusuf Rahman", "Maria Goreti Bria"))
    act_out(seated, batch, TAKE, pledges=True)
    yield Scene("penuh-tamu", stage.stranger(), go(batch))
    yield Scene("penuh", first, go(batch))
    act_out(first, batch, TAKE)
    act_out(second, batch, TAKE)
    yield Scene("menunggu", second, go(batch))
    yield Scene("menunggu-beranda", second, go("/beranda/"))
    yield Scene("terdaftar", seated, go(batch))
    act_out(seated, batch, GIVE_BACK)
    yield Scene("ditawari", first, go(batch))
    yield Scene("ditawari-beranda", first, go("/beranda/"))
    yield Scene("tanpa-pakta", first, lambda page: _without_pledge(page, batch, f"[form^=terima]{NOT_PLAIN}"))


NOT_PLAIN = ":not(.plain)"


def _without_pledge(page: Page, path: str, button: str) -> None:
    page.goto(path)
    page.evaluate("for (const box of document.querySelectorAll('[name=pakta]')) box.required = false")
    page.click(button)
    page.wait_for_load_state()


def the_batch(stage: Stage) -> Iterator[Scene]:
    """The other answers of the page of a batch."""
    person, stranger = stage.person("Nurhayati Daeng Ngasseng"), stage.stranger()
    opened, for_lecturers = stage.batch(quota=2000), stage.batch("--for", "profesi=dosen", "--for", "wilayah=53")
    withdrawn, soon = stage.batch(quota=30), stage.batch(quota=300, opens=_in(timedelta(days=3)))
    stage.server.pintar("batch", "withdraw", withdrawn)
    yield Scene("tanpa-pakta", person, lambda page: _without_pledge(page, f"/angkatan/{opened}/", TAKE))
    yield Scene("belum-memenuhi-syarat", person, go(f"/angkatan/{for_lecturers}/"))
    yield Scene("syarat-tamu", stranger, go(f"/angkatan/{for_lecturers}/"))
    yield Scene("ditarik", person, go(f"/angkatan/{withdrawn}/"))
    yield Scene("segera", person, go(f"/angkatan/{soon}/"))
    yield Scene("segera-tamu", stranger, go(f"/angkatan/{soon}/"))
    yield Scene("persiapan", person, go(f"/angkatan/{soon}/persiapan/"))
    act_out(person, f"/angkatan/{soon}/persiapan/", "main form button.button", pledges=True)
    yield Scene("persiapan-siap", person, go(f"/angkatan/{soon}/persiapan/"))
    yield Scene("undian-sebelum", stranger, go(f"/angkatan/{soon}/undian/"))
    middle = Visitor("", cast.MIDDLE.login).enter(stage.browser, stage.server, **PHONE)
    yield Scene("kursi-di-lain", middle, go("/angkatan/hak-cipta-di-ruang-kelas-2/"))
    yield Scene("ditutup", person, go("/angkatan/hak-cipta-di-ruang-kelas-1/"))


def _in(time_: timedelta) -> str:
    return (clock.now() + time_).replace(microsecond=0).isoformat()


def the_room(stage: Stage) -> Iterator[Scene]:
    """Three before the opening of a batch with one seat, then two in the queue behind the one who is called."""
    batch = stage.batch(opens=_in(timedelta(minutes=9)))
    queue = f"/angkatan/{batch}/antre/"
    names = ("Siti Aminah", "Yusuf Rahman", "Maria Goreti Bria")
    people = [stage.person(name, java_script_enabled=False) for name in names]
    for context in people:
        _gather(context, batch)
    yield Scene("menjelang-buka", people[0], go(queue))
    stage.server.pintar("batch", "change", batch, "--opens", _in(timedelta(seconds=5)))
    time.sleep(25)  # the server looks every quarter of a minute at the calendar
    draw = f"/angkatan/{batch}/undian/"
    yield Scene("undian", stage.stranger(), go(draw))
    called, *others = sorted(people, key=_drawn(stage, draw).index)
    for number, context in enumerate(others, start=2):
        yield Scene(f"antre-{number}", context, go(queue))
    act_out(others[0], queue, "button[name=tunggu]")
    yield Scene("antre-dengan-daftar-tunggu", others[0], go(queue))
    yield Scene("tiket-asing", _with_ticket(stage, others[0], batch), go(queue))
    yield Scene("dipanggil", called, go(queue))
    time.sleep(15)
    yield Scene("habis", others[1], go(queue))
    for name, sent in (("padat", False), ("padat-terkirim", True)):
        yield Scene(name, stage.stranger(), lambda page, sent=sent: shown(page, lambda request: _busy(request, sent)))


def _gather(context: BrowserContext, batch: str) -> None:
    page = context.new_page()
    for _ in range(20):
        press(page, f"/angkatan/{batch}/", TAKE, pledges=True)
        if page.url.endswith("/antre/"):
            return page.close()
        page.wait_for_timeout(1_000)
    raise AssertionError(f"no waiting room for {batch}: {page.url}")


def _drawn(stage: Stage, path: str) -> "Order":
    """As anyone sees it once registration has opened."""
    page = stage.stranger().new_page()
    page.goto(path)
    return Order(page.locator("ol li code").all_inner_texts())


@dataclass(frozen=True, slots=True)
class Order:
    """The order in which tickets are called."""

    tickets: list[str]

    def index(self, context: BrowserContext) -> int:
        (cookie,) = [c for c in context.cookies() if c.get("name") == "antrean"]
        body = cookie["value"].partition(".")[0]
        return self.tickets.index(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))[1])


def _with_ticket(stage: Stage, owner: BrowserContext, batch: str) -> BrowserContext:
    """Somebody else with the ticket of `owner`."""
    other = stage.person("Ahmad Fauzi")
    other.add_cookies([c for c in owner.cookies() if c["name"] == "antrean" and batch in c["path"]])  # type: ignore[misc]
    return other


def _busy(request: HttpRequest, sent: bool) -> str:
    from pintar.enrolment.waitingroom import faces

    return faces.busy(request.preferences, 20, sent)  # type: ignore[attr-defined]


def shown(page: Page, draw: Callable[[HttpRequest], str]) -> None:
    """A page that needs a server in trouble, drawn by the code that draws it there, with this server's style."""
    from django.test import RequestFactory
    from django.utils import translation

    from pintar.foundation.preferences import Preferences

    page.goto("/bantuan/")
    language = page.evaluate("document.documentElement.lang")
    request = RequestFactory().get("/beranda/")
    request.preferences = Preferences(language=language)  # type: ignore[attr-defined]
    with translation.override(language):
        body = draw(request)
    page.route("**/beranda/", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto("/beranda/")


def refusals(stage: Stage) -> Iterator[Scene]:
    """Pages of what went wrong, each with a next step."""
    person, stranger = stage.person("Siti Aminah"), stage.stranger()
    yield Scene("formulir-lama", person, _stale)
    yield Scene("alamat-formulir", person, go("/keluar/"))
    yield Scene("terlalu-besar", person, _too_large)
    for name, draw in _troubles():
        yield Scene(name, stranger, lambda page, draw=draw: shown(page, draw))
    for name, path in (
        ("kode-tidak-dikenal", "/v/AAAA-BBBB-CCCC/"), ("kode-tidak-terbaca", "/v/?kode=bukan%20kode"),
        ("tautan-kata-sandi-lama", "/akun/kata-sandi-baru/lama/"), ("tautan-surel-lama", "/akun/surel/lama/"),
        ("tidak-ada-angkatan", "/angkatan/tidak-ada/"),
    ):  # fmt: skip
        yield Scene(name, stranger, go(path))
    tested = TESTED.enter(stage.browser, stage.server, **PHONE)
    yield Scene("terkunci", tested, go("/belajar/asesmen-formatif-1/kartu-keluar/"))
    yield Scene("tes-terkunci", tested, go("/belajar/asesmen-formatif-1/tes-akhir/"))
    yield Scene("bukan-kursinya", person, go("/belajar/asesmen-formatif-1/"))


def _troubles() -> Iterator[tuple[str, Callable[[HttpRequest], str]]]:
    from django.db import OperationalError

    from pintar.foundation.refusals import Reason, Refusal
    from pintar.foundation.ui import errors

    def after(error: Exception) -> Callable[[HttpRequest], str]:
        def draw(request: HttpRequest) -> str:
            try:
                raise error
            except type(error):
                return errors.server_error(request).content.decode()

        return draw

    yield "400", lambda request: errors.bad_request(request).content.decode()
    yield "403", lambda request: errors.permission_denied(request).content.decode()
    often = Refusal(Reason("foundation", "too_often"), status=429)
    yield "429", lambda request: errors.refused(request, often).content.decode()
    yield "500", after(KeyError("x"))
    yield "503-padat", after(OperationalError("x"))
    yield "503-penuh", after(OSError(errno.ENOSPC, "x"))


def _stale(page: Page) -> None:
    page.goto("/akun/data-diri/")
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'x'")
    page.locator("main form button.button").last.click()
    page.wait_for_load_state()


def _too_large(page: Page) -> None:
    page.goto("/akun/data-diri/")
    page.evaluate("""() => {
        const form = document.querySelector('main form:has([name=name])') || document.querySelector('main form')
        const area = Object.assign(document.createElement('textarea'), {name: 'x', value: 'x'.repeat(4e6)})
        area.hidden = true
        form.append(area)
    }""")
    page.locator("main form button.button").last.click()
    page.wait_for_load_state()


def forms(stage: Stage) -> Iterator[Scene]:
    """Forms as they come back when something in them was not right, and what they say when it was."""
    stranger, person = stage.stranger(), stage.person("Siti Aminah")
    yield Scene("masuk-keliru", stranger, filled("/masuk/", login="198503122010012008", password="bukan ini"))
    yield Scene("masuk-tujuan", stranger, go("/masuk/?next=/angkatan/hak-cipta-di-ruang-kelas-2/"))
    yield Scene("daftar-keliru", stranger, filled("/daftar/", name="S", number="3374", email="siti@", password="12345"))
    yield Scene("aktivasi-keliru", stranger, filled("/akun/aktivasi/", number="3374015203850917", code="AAAA"))
    yield Scene(
        "lupa", stranger, filled("/akun/lupa-kata-sandi/", email="siti@contoh.example", login="siti@contoh.example")
    )
    yield Scene("kata-sandi-keliru", person, filled("/akun/kata-sandi/", old="x", password="y", new="y", current="x"))
    yield Scene("nomor-keliru", person, filled("/akun/nomor/", number="12345"))
    yield Scene("surel-keliru", person, filled("/akun/surel/", email="siti@", password="x"))
    yield Scene("hapus-keliru", person, filled("/akun/hapus/", password="x"))
    yield Scene("data-diri-satker", person, filled("/akun/data-diri/", unit="Kota Semarang", satker="Kota Semarang"))
    yield Scene("cari-kosong", stranger, go("/pelatihan/?q=astrofisika"))
    yield Scene("cari", stranger, go("/pelatihan/?q=asesmn"))


def filled(path: str, **values: str) -> Act:
    """The form of a page with what it has of these fields filled in, sent although the browser would complain."""

    def act(page: Page) -> None:
        page.goto(path)
        for name, value in values.items():
            field = page.locator(f"main form [name={name}]")
            if field.count():
                field.first.fill(value)
        page.evaluate("for (const form of document.querySelectorAll('main form')) form.noValidate = true")
        page.evaluate("for (const field of document.querySelectorAll('main [required]')) field.required = false")
        page.locator("main form:has(input:not([type=hidden])) button.button").last.click()
        page.wait_for_load_state()

    return act


def of_people_without_script(stage: Stage) -> Iterator[Scene]:
    """Pages that scripts make better, without them."""
    middle = Visitor("", cast.MIDDLE.login).enter(
        stage.browser, stage.server, **PHONE, java_script_enabled=False
    )  # fmt: skip
    contents = "/belajar/asesmen-formatif-1/"
    yield Scene("daftar-isi", middle, go(contents))
    yield Scene("materi", middle, go(f"{contents}kartu-keluar/"))
    tested = TESTED.enter(stage.browser, stage.server, **PHONE, java_script_enabled=False)
    sitting = stage.server.unlinked[TESTED.name][0]
    yield Scene("tes", tested, go(sitting))
    yield Scene("tes-tinjau", tested, go(f"{sitting}tinjau/"))
    yield Scene(
        "angkatan", stage.person("Yusuf", java_script_enabled=False), go("/angkatan/hak-cipta-di-ruang-kelas-2/")
    )
