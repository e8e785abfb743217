"""The PDF: what it says, what it weighs, what it claims to be; and the same again."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from pintar.courses.tests.builders import publish_small_course
from pintar.credentials import actions, paper, queries, rules
from pintar.credentials.models import Certificate
from pintar.credentials.tests.builders import make_certificate
from pintar.foundation import storage
from pintar.foundation.refusals import Refusal
from pintar.people.tests.builders import make_person, make_unit

NIP = "198503122011012008"
LONGEST = (
    "Prof. Dr. K.H. Muhammad Habiburrahman Al-Faruqi bin Abdul Qadir Jaelani Nasution Daulay Siregar Harahap, "
    "Lc., M.A., M.Pd.I., Ph.D., Raden Mas Panji Adiningrat Kusumodiningrat Wirawan dari Padangsidimpuan"
)[:180]
ARABIC = "محمد حبيب الرحمن الفاروقي"

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(now):
    person = make_person("Siti Nurhaliza Rahmawati, S.Pd.", nip=NIP, unit=make_unit())
    return make_certificate(person, now)


def renamed(certificate, name, **changes):
    return replace(certificate, snapshot=replace(certificate.snapshot, name=name, **changes))


def text_of(pdf: bytes, page: int = 0) -> str:
    return " ".join(PdfReader(BytesIO(pdf)).pages[page].extract_text().split())


def test_it_says_what_the_certificate_says(certificate, settings):
    first, second = (text_of(paper.render(certificate), page) for page in (0, 1))
    for said in (
        "Siti Nurhaliza Rahmawati, S.Pd.",
        "NIP 1985****** ****08",
        "MAN 2 Kota Semarang",
        "Menjaga data murid",
        "24 November–8 Desember 2026",
        "Balai Diklat Keagamaan Semarang",
        "Diterbitkan 24 November 2026",
        "Belum ditandatangani elektronik. Keaslian data diperiksa lewat kode ini.",
        certificate.number,
        certificate.printed_code,
        "tercatat 24 November 2026 pukul 10.32 WIB",
    ):
        assert said in first
    for lesson in certificate.snapshot.materials:
        assert lesson[1] in second
    assert "Jumlah 2" in second
    assert NIP not in first.replace(" ", "")
    assert "Contoh" not in first


def test_it_is_small_landscape_a4_tagged_and_conforms(certificate):
    pdf = paper.render(certificate)
    reader = PdfReader(BytesIO(pdf))
    assert len(pdf) <= 150_000
    assert len(reader.pages) == 2
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [842, 595]
    metadata = reader.xmp_metadata.stream.get_data().decode()
    assert re.search(r"pdfaid:part>2<", metadata) and re.search(r"pdfaid:conformance>A<", metadata)
    assert re.search(r"pdfuaid:part>1<", metadata)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "id"
    assert "Siti Nurhaliza" in reader.metadata.title


def test_the_same_certificate_gives_the_same_bytes_in_any_language(certificate):
    from django.utils import translation

    first = paper.render(certificate)
    with translation.override("ar"):
        assert paper.render(certificate) == first


@pytest.mark.parametrize("name", [LONGEST, "A B", "Wolfeschlegelsteinhausenbergerdorff" * 4])
def test_names_of_any_length_stand_on_it_whole(certificate, name):
    pdf = paper.render(renamed(certificate, name))
    assert len(pdf) <= 150_000
    assert name.replace(" ", "") in text_of(pdf).replace(" ", "")
    assert len(PdfReader(BytesIO(pdf)).pages) == 2


def test_an_arabic_name_is_written_from_right_to_left_and_whole(certificate):
    from django.utils.encoding import force_str

    pdf = paper.render(renamed(certificate, ARABIC))
    assert len(pdf) <= 150_000
    title = force_str(PdfReader(BytesIO(pdf)).metadata.title)
    assert ARABIC in title
    said = text_of(pdf)
    words = ARABIC.split()
    assert all(word in said for word in words) or all(word[::-1] in said for word in words)


@pytest.mark.parametrize(
    "name", ["Siti 😀 Aminah", "王小明", "ꦱꦶꦠꦶ ꦄꦩꦶꦤꦃ", "Ḥasan \u0300\u0301 al-Bannā", "Сергей \u200f\u202e"]
)
def test_letters_that_no_font_has_do_not_stop_the_paper(certificate, name):
    pdf = paper.render(renamed(certificate, name))
    assert len(PdfReader(BytesIO(pdf)).pages) == 2


def test_forty_lessons_take_as_many_pages_as_they_need(certificate):
    materials = tuple(("Kelompok inti", f"Materi nomor {n} dengan judul agak panjang", 0.25) for n in range(40))
    pdf = paper.render(renamed(certificate, LONGEST, materials=materials, training="Pelatihan " * 15))
    reader = PdfReader(BytesIO(pdf))
    assert len(pdf) <= 150_000
    assert len(reader.pages) >= 3
    assert "Materi nomor 39" in " ".join(page.extract_text() for page in reader.pages)


def test_the_qr_leads_to_the_public_page_and_keeps_its_quiet_zone(certificate, settings):
    settings.PUBLIC_URL = "https://pintar.example.go.id"
    assert paper.address(certificate.code) == f"https://pintar.example.go.id/v/{certificate.code}/"
    drawn = paper.qr(certificate.code)
    size = int(re.search(r'viewBox="0 0 (\d+)', drawn).group(1))
    assert (size - 8 - 17) % 4 == 0, "modules and four of quiet on each side"
    assert re.search(r"[mM]4 4\.5h7", drawn), "the first dark module lies behind the quiet zone"
    assert "pintar.example.go.id/v" in text_of(paper.render(certificate))


def test_it_is_rendered_once_and_read_from_the_store_after(certificate, monkeypatch):
    first, size = actions.pdf_of(certificate)
    kept = queries.certificate_of(certificate.person_id, certificate.uid)
    assert (kept.pdf_size, size) == (len(first), len(first))
    assert storage.get(kept.pdf) == first
    monkeypatch.setattr(paper, "render", lambda c: pytest.fail("rendered again"))
    assert actions.pdf_of(kept)[0] == first


def test_a_store_that_was_emptied_is_filled_again_with_the_same(certificate):
    first, _ = actions.pdf_of(certificate)
    Certificate.objects.update(pdf="0" * 64 + ".pdf")
    gone = queries.certificate_of(certificate.person_id, certificate.uid)
    assert actions.pdf_of(gone)[0] == first


def test_one_that_was_taken_back_has_no_paper_any_more(certificate, now):
    officer = make_person("Petugas")
    gone = actions.revoke(code=certificate.code, by=officer.uid, reason="Tes dikerjakan orang lain", now=now)
    with pytest.raises(Refusal) as refused:
        actions.pdf_of(gone)
    assert (refused.value.code, refused.value.status) == ("certificate_not_valid", 410)


def test_a_person_without_number_unit_and_score_leaves_no_empty_places(now):
    made = make_certificate(make_person("Budi"), now, publish_small_course(now))
    said = text_of(paper.render(made))
    assert " · ·" not in said and "None" not in said
    assert rules.ISSUER in said
