"""Those who hold a role: with a second factor, and with work of theirs lying in a bank, so that its pages are seen."""

from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, Page
from server import Server
from visitors import ASSESSOR, AUTHOR, Visitor

from pintar.foundation import clock

BANK = "/bank/asesmen-formatif/"
# Type → what its editor is filled in with, beside the question.
QUESTIONS = {
    "single": {"option-1": "Sebelum semester dimulai", "option-2": "Selama murid belajar", "option-3": "Sesudah ujian"},
    "multiple": {"option-1": "Kartu keluar", "option-2": "Tanya jawab", "option-3": "Ujian akhir"},
    "truefalse": {"if_true": "Ya, karena muridlah yang memakainya."},
    "matching": {"left-1": "Kartu keluar", "pair-1": "akhir pelajaran", "left-2": "Tanya pembuka", "pair-2": "awal"},
    "ordering": {"step-1": "Tetapkan tujuan", "step-2": "Kumpulkan bukti", "step-3": "Beri umpan balik"},
    "short": {"accept": "umpan balik\numpanbalik"},
    "number": {"answer": "12,5", "tolerance": "0,5", "unit": "menit"},
    "cloze": {"gap-1": "a", "fill-1": "bukti"},
}
STEM = "Kapan asesmen formatif paling berguna bagi murid, dan apa yang dilakukan guru sesudahnya?"
CLOZE = "Guru mengumpulkan {{a}} sebelum memberi umpan balik."

FILE = """1. Apa yang ditulis murid di kartu keluar?
A. Jawaban ujian
*B. Yang dipahami dan yang belum
C. Nama orang tua
Pembahasan: Kartu keluar menanyakan pemahaman.
Indikator: 1

2. Mana yang termasuk bukti belajar?
A. Catatan pengamatan
B. Daftar hadir
C. Jadwal pelajaran

3. Umpan balik diberikan sesudah rapor dibagikan.
A. Benar
B. Salah
Kunci: B

4. Berapa menit sebaiknya kartu keluar dikerjakan?
"""


def begin_work(browser: Browser, server: Server) -> None:
    """An author writes a question of every type, submits one, brings a file and has forms assembled; an assessor comes
    to review."""
    context = ASSESSOR.enter(browser, server)
    install_second_factor(context.new_page(), server, ASSESSOR)
    context.close()
    context = AUTHOR.enter(browser, server)
    page = context.new_page()
    install_second_factor(page, server, AUTHOR)
    drafts = [write(page, type_) for type_ in QUESTIONS]
    page.goto(drafts[0])
    page.click("[name=do][value=submit]")
    submitted = _path(page, "/soal/")
    taken, looked_at = bring(page), bring(page)
    page.goto(taken)
    page.click("[value=take]")
    page.wait_for_load_state()
    forms = assemble(page)
    server.unlinked[AUTHOR.name] = [submitted, *drafts[1:], looked_at, f"{looked_at}2/", taken, forms]
    server.unlinked[ASSESSOR.name] = [submitted, forms]
    context.close()


def install_second_factor(page: Page, server: Server, visitor: Visitor) -> None:
    """As at a first sign-in; the browsers of this person that follow go on with its session."""
    page.goto("/akun/faktor-kedua/autentikator/")
    secret = page.locator(".meta .code").inner_text().replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(secret).at(clock.now()))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/akun/faktor-kedua/")
    server.cookies[visitor.name] = page.context.cookies()


def write(page: Page, type_: str) -> str:
    """A question with a key, kept as a draft; the address of its editor."""
    page.goto(f"{BANK}baru/")
    page.click(f"[name=type][value={type_}]")
    path = _path(page, "/tulis/")
    page.fill("[name=stem]", CLOZE if type_ == "cloze" else STEM)
    for name, text in QUESTIONS[type_].items():
        page.fill(f"[name={name}]", text)
    for key in page.locator("[name=right][value='2'], [name=right-1], [name=right-2], [name=answer][value=true]").all():
        key.check()
    page.select_option("[name=indicator]", index=1)
    page.click(".actions [name=do][value=see]")
    page.wait_for_load_state()
    return path


def bring(page: Page) -> str:
    """A file in which one key is missing and one question is no question; the address at which it is looked at."""
    page.goto(f"{BANK}impor/")
    page.set_input_files("[name=file]", {"name": "soal-asesmen.txt", "mimeType": "text/plain", "buffer": FILE.encode()})
    page.click("main form button.button")
    return _path(page, "/impor/*-*/")


def assemble(page: Page) -> str:
    """A blueprint, and parallel forms after it; the address at which they wait for a second person."""
    page.goto(f"{BANK}kisi-kisi/")
    page.fill("[name=forms]", "5")
    page.click("main form [name=do][value=save]")
    page.wait_for_load_state()
    page.goto(f"{BANK}paket/")
    page.click("main form button.button")
    path = _path(page, "/paket/*-*/")
    page.wait_for_selector("#informasi", timeout=60_000)  # the page asks again every five seconds
    return path


def _path(page: Page, pattern: str) -> str:
    page.wait_for_url(f"**{pattern}**")
    return urlsplit(page.url).path
