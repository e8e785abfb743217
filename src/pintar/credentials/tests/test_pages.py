"""`/sertifikat/`, `/v/`, the panels of the home page, the API, the command line, and the whole way unasked."""

import base64
import hashlib
import json
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pintar.cli.certificate import certificate as command
from pintar.courses.tests.builders import publish_small_course
from pintar.credentials import actions, queries, rules
from pintar.credentials.models import WrongCodes
from pintar.credentials.pages import home
from pintar.credentials.tests.builders import make_certificate
from pintar.credentials.tests.test_paper import ARABIC, LONGEST
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation.ledger.worker import deliver_all
from pintar.learning.tests.builders import complete_everything
from pintar.people.tests.builders import make_person, sign_in

NIP = "198503122011012008"
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_person("Siti Nurhaliza Rahmawati, S.Pd.", nip=NIP, employment="pns")


@pytest.fixture
def certificate(person, now):
    return make_certificate(person, now)


@pytest.fixture
def officer():
    return make_person("Petugas", email="petugas@contoh.id")


def body(response) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


# One's own ---------------------------------------------------------------------------------


def test_a_walked_training_becomes_a_certificate_on_the_page_within_one_delivery(client, person, now, time_machine):
    seat = make_seat(person, make_batch(publish_small_course(now), now), now)
    done = complete_everything(seat, now)
    time_machine.move_to(done + timedelta(seconds=2), tick=False)
    deliver_all()
    deliver_all()
    (made,) = queries.certificates_of(person.id)
    assert made.issued_at - done <= timedelta(minutes=1)
    assert made.snapshot.score == 100 and made.snapshot.pass_mark == 70
    sign_in(client, person)
    page = client.get("/sertifikat/").content.decode()
    assert made.printed_code in page
    assert "Sertifikat Anda terbit." in page
    assert "2 JP ditambahkan, total 2026 menjadi 2 dari 20 JP." in page
    page = client.get("/beranda/").content.decode()
    assert "Menjaga data murid: 2 JP ditambahkan." in page
    assert "Kurang 18 JP sampai 31 Desember 2026." in page


def test_the_page_offers_download_share_copy_and_print(client, person, certificate):
    sign_in(client, person)
    page = client.get("/sertifikat/").content.decode()
    size = round(queries.certificate_of(person.id, certificate.uid).pdf_size / 1000)
    assert f"Unduh PDF, {size} KB" in page
    assert f'href="/sertifikat/{certificate.uid}.pdf"' in page
    assert f'href="/sertifikat/{certificate.uid}.pdf?cetak"' in page
    assert f'data-copy="http://localhost:8000/v/{certificate.code}/"' in page
    shared = unquote(re.search(r'href="(https://wa\.me/[^"]*)"', page).group(1))
    link = f"http://localhost:8000/v/{certificate.code}/"
    assert shared.endswith(f"Saya telah menyelesaikan *Menjaga data murid* (2 JP). Cek keaslian: {link}")
    assert NIP not in page
    assert " style=" not in page


def test_the_file_is_its_owners_alone(client, person, certificate):
    address = f"/sertifikat/{certificate.uid}.pdf"
    assert client.get(address).status_code == 302
    sign_in(client, make_person("Orang lain"))
    assert client.get(address).status_code == 404
    sign_in(client, person)
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF") and len(response.content) <= 150_000
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert client.get(address + "?cetak").headers["Content-Disposition"].startswith("inline")
    assert client.get("/sertifikat/bukan-uid.pdf").status_code == 404
    assert client.post(address).status_code == 405


def test_another_ones_certificate_is_not_shown(client, certificate):
    sign_in(client, make_person("Orang lain"))
    assert client.get(f"/sertifikat/?s={certificate.uid}").status_code == 404
    assert client.get("/sertifikat/?s=1%00'").status_code == 404
    assert "Belum ada sertifikat" in client.get("/sertifikat/").content.decode()
    assert client.get("/sertifikat/").status_code == 200


def test_who_has_not_passed_reads_why_and_who_dropped_out_too(client, person, now, time_machine):
    edition = publish_small_course(now)
    seat = make_seat(person, make_batch(edition, now), now)
    sign_in(client, person)
    page = client.get("/sertifikat/").content.decode()
    for said in (
        "Belum lulus",
        "Kurang 3 materi:",
        "Kurang 1 tes: Tes akhir belum selesai dikerjakan.",
        "Kurang 1 survei",
    ):
        assert said in page
    time_machine.move_to(seat.batch.until_at + DAY, tick=False)
    page = client.get("/sertifikat/").content.decode()
    assert "Gugur" in page and "Masa belajar berakhir" in page


def test_superseded_and_revoked_ones_are_listed_with_their_reason(client, person, certificate, officer, now):
    new = actions.supersede(code=certificate.code, by=officer.uid, reason="Perbaikan nama <b>", now=now)
    actions.revoke(code=new.code, by=officer.uid, reason="Tes dikerjakan orang lain", now=now)
    sign_in(client, person)
    page = client.get("/sertifikat/").content.decode()
    assert "Perbaikan nama &lt;b&gt;" in page and "Digantikan" in page
    assert "Tes dikerjakan orang lain" in page and "Dicabut" in page
    assert "Tidak ada sertifikat yang berlaku" in page and "Belum ada sertifikat" not in page
    for uid in (certificate.uid, new.uid):
        one = client.get(f"/sertifikat/?s={uid}").content.decode()
        assert "Unduh PDF" not in one
        assert client.get(f"/sertifikat/{uid}.pdf").status_code == 410


@pytest.mark.parametrize("name", [LONGEST[:150], ARABIC, "N" * 150])
def test_long_and_arabic_names_are_drawn_inside_the_paper(client, now, name):
    person = make_person(name)
    make_certificate(person, now)
    sign_in(client, person)
    page = client.get("/sertifikat/").content.decode()
    lines = re.findall(r'<text x="24" y="([\d.]+)" font-size="([\d.]+)" font-weight="750">([^<]*)<', page)
    assert " ".join(text for _, _, text in lines) == name
    assert all(float(y) < 110 for y, _, _ in lines)
    assert all(float(size) * len(text) * 0.58 <= 250 for _, size, text in lines)


def test_the_page_asks_the_same_number_of_questions_for_one_and_for_many(client, now):
    def count(trainings: int) -> int:
        person = make_person(f"Peserta {trainings}", employment="pns")
        for n in range(trainings):
            edition = publish_small_course(now, slug=f"latihan-{n}", title=f"Latihan {n}")
            make_certificate(person, now, edition, period_key=f"p-{trainings}-{n}")
            other = publish_small_course(now, slug=f"lain-{n}", title=f"Lain {n}")
            make_seat(person, make_batch(other, now, period_key=f"q-{trainings}-{n}"), now)
        sign_in(client, person)
        client.get("/sertifikat/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/sertifikat/").status_code == 200
        return len(captured)

    one, many = count(1), count(6)
    assert one == many <= 8


# The home page ------------------------------------------------------------------------------


@pytest.mark.parametrize(("employment", "said"), [("pns", "2<small>/20</small>"), ("pppk", "2<small>/24</small>")])
def test_the_home_page_shows_jp_against_the_duty(client, now, employment, said):
    person = make_person(employment=employment)
    make_certificate(person, now)
    sign_in(client, person)
    page = client.get("/beranda/").content.decode()
    assert said in page
    assert 'class="track"' in page


def test_who_owes_no_jp_sees_the_sum_without_a_ring(client, now):
    person = make_person(employment="non-asn")
    make_certificate(person, now)
    sign_in(client, person)
    page = client.get("/beranda/").content.decode()
    assert "2 <small>JP</small>" in page
    assert "/20" not in page and 'class="track" d="M41' not in page


def test_both_panels_take_one_query_for_one_credit_and_for_ten(now, rf, django_assert_num_queries):
    for trainings in (0, 1, 10):
        person = make_person(f"Peserta {trainings}", employment="pns")
        for n in range(trainings):
            edition = publish_small_course(now, slug=f"latihan-{n}", title=f"Latihan {n}")
            make_certificate(person, now, edition, period_key=f"p-{n}")
        request = rf.get("/beranda/")
        request.person = person
        with django_assert_num_queries(1):
            news, jp = home.news(request, None), home.jp(request, None)
        assert (news is not None, jp["jp"].jp) == (trainings > 0, 2 * trainings)


def test_the_whole_home_page_keeps_its_budget_with_a_certificate_and_two_seats(client, person, certificate, now):
    other = publish_small_course(now, slug="lain", title="Lain")
    make_seat(person, make_batch(other, now, period_key="2027-i"), now)
    sign_in(client, person)
    client.get("/beranda/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/beranda/").status_code == 200
    assert len(captured) <= 6


def test_the_news_ends_after_two_weeks_and_outlives_the_year(now):
    person = make_person(employment="pns")
    eve = now.replace(month=12, day=28)
    made = make_certificate(person, eve)
    found = queries.home(person, eve + 10 * DAY)
    assert ([f.uid for f in found.fresh], found.jp.year, found.jp.jp) == ([made.uid], 2027, 0)
    assert queries.home(person, eve + 15 * DAY).fresh == ()


# The public page ----------------------------------------------------------------------------


def test_a_stranger_sees_a_genuine_certificate_by_both_codes_with_masked_numbers(client, certificate):
    printed, short = certificate.printed_code, certificate.short_code
    for address in (f"/v/{certificate.code}/", f"/v/?kode={printed}", f"/v/{short.lower()}/"):
        response = client.get(address)
        page = body(response)
        assert response.status_code == 200
        assert "<title>Sah, kode " + certificate.printed_code in page
        assert "Siti Nurhaliza Rahmawati, S.Pd." in page
        assert "NIP 1985****** ****08" in page and NIP not in page
        assert "Belum ditandatangani elektronik." in page and "Keaslian data diperiksa lewat kode ini." in page
        assert "Kode cocok dengan data Kementerian." in page
        assert ".pdf" not in page


def test_it_is_one_small_page_without_script_font_or_anything_to_fetch(client, certificate, officer, now):
    addresses = ["/v/", f"/v/{certificate.code}/", "/v/tidak-ada/"]
    for address in addresses:
        response = client.get(address)
        page = response.content.decode()
        assert len(response.content) <= 20_000
        assert "<script" not in page and "@font-face" not in page and "<link" not in page
        assert not re.search(r'(src|use href)="', page)
        policy = response.headers["Content-Security-Policy"]
        style = re.search(r"<style data-inline-hashed>(.*?)</style>", page, re.DOTALL).group(1)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy
        assert "unsafe" not in policy and "script-src" not in policy and "default-src 'none'" in policy


@pytest.mark.parametrize("language", ["id", "en", "ar"])
def test_the_heaviest_certificate_stays_small_in_every_language(client, now, officer, language):
    person = make_person(LONGEST[:150], nip=NIP, nik="3374014101850001")
    made = make_certificate(person, now, publish_small_course(now, title="Pelatihan yang panjang " * 5))
    actions.supersede(code=made.code, by=officer.uid, reason="Perbaikan nama " * 19, now=now)
    client.cookies["bahasa"] = language
    response = client.get(f"/v/{made.code}/")
    assert len(response.content) <= 20_000
    assert (f'lang="{language}"' in response.content.decode()) and ('dir="rtl"' in body(response)) is (language == "ar")


def test_revoked_says_why_and_when(client, certificate, officer, now):
    actions.revoke(code=certificate.code, by=officer.uid, reason="Tes dikerjakan orang lain", now=now)
    page = body(client.get(f"/v/{certificate.printed_code}/"))
    assert '<h1 id="status">Dicabut</h1>' in page
    assert "Dicabut Selasa, 24 November 2026: <bdi>Tes dikerjakan orang lain</bdi>" in page
    assert "masih berlaku" not in page


def test_superseded_leads_to_the_new_one(client, certificate, officer, now):
    new = actions.supersede(code=certificate.code, by=officer.uid, reason="Perbaikan nama peserta", now=now)
    page = body(client.get(f"/v/{certificate.code}/"))
    assert '<h1 id="status">Digantikan</h1>' in page
    assert f'href="/v/{new.code}/"' in page
    assert "masih berlaku" not in page
    assert '<h1 id="status">Sah</h1>' in body(client.get(f"/v/{new.code}/"))


def test_unknown_and_malformed_look_just_the_same(client, certificate):
    answers = {
        (response.status_code, body(response))
        for typed in ("K7M29XQD4R6T", "A" * 26, "x", "😀", "%3Cscript%3E", "A" * 500, "%00")
        for response in (client.get(f"/v/{typed}/"), client.get(f"/v/?kode={typed}"))
    }
    assert len(answers) == 1
    ((status, page),) = answers
    assert status == 404 and '<h1 id="status">Tidak ditemukan</h1>' in page


def test_too_many_wrong_codes_from_a_device_are_told_when_to_come_again(client, certificate, now):
    assert client.get(f"/v/{certificate.code}/").cookies["cek"]["httponly"]
    for _ in range(rules.DEVICE.wrong):
        assert client.get("/v/K7M29XQD4R6T/").status_code == 404
    response = client.get(f"/v/?kode={certificate.short_code}")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) <= 600
    assert "Terlalu banyak kode pendek yang salah." in body(response)
    assert client.get(f"/v/{certificate.code}/").status_code == 200
    client.cookies.clear()
    assert client.get(f"/v/?kode={certificate.short_code}").status_code == 200


def test_a_forged_device_name_is_a_strangers(client, certificate):
    client.cookies["cek"] = "palsu:1abc:xyz"
    client.get("/v/K7M29XQD4R6T/")
    assert list(WrongCodes.objects.values_list("bucket", flat=True)) == ["strangers"]


def test_the_form_alone_is_a_page(client):
    response = client.get("/v/")
    assert response.status_code == 200
    assert 'name="kode"' in body(response) and "verdict" not in body(response).split("</style>")[1]
    assert client.get("/v/?kode=%20").status_code == 200
    assert client.post("/v/").status_code == 405
    assert client.head("/v/").status_code == 200


def test_a_check_takes_few_questions(client, certificate):
    with CaptureQueriesContext(connection) as long:
        client.get(f"/v/{certificate.code}/")
    with CaptureQueriesContext(connection) as short:
        client.get(f"/v/{certificate.short_code}/")
    assert len(long) == 1
    assert len(short) == 2


# The API ------------------------------------------------------------------------------------


def test_the_api_tells_ones_own_jp_and_certificates(client, person, certificate):
    assert client.get("/api/v1/me/jp").status_code == 401
    sign_in(client, person)
    jp = client.get("/api/v1/me/jp").json()
    assert (jp["year"], jp["jp"], jp["duty"], jp["next"]) == (2026, 2, 20, None)
    assert jp["items"][0]["certificate"] == str(certificate.uid)
    (mine,) = client.get("/api/v1/me/certificates").json()["items"]
    assert (mine["uid"], mine["status"], mine["number"]) == (str(certificate.uid), "issued", certificate.number)
    assert mine["pdf"].endswith(f"/sertifikat/{certificate.uid}.pdf")


def test_the_api_checks_a_code_for_anyone(client, certificate, officer, now):
    found = client.get(f"/api/v1/certificates/{certificate.printed_code}").json()
    assert (found["status"], found["name"], found["jp"]) == ("issued", "Siti Nurhaliza Rahmawati, S.Pd.", 2)
    assert found["identifiers"] == [{"kind": "NIP", "number": "1985****** ****08"}]
    assert found["signed"] is False and "pdf" not in found and "uid" not in found
    actions.revoke(code=certificate.code, by=officer.uid, reason="Tes dikerjakan orang lain", now=now)
    found = client.get(f"/api/v1/certificates/{certificate.code}").json()
    assert (found["status"], found["reason"]) == ("revoked", "Tes dikerjakan orang lain")


def test_the_api_says_unknown_and_too_often_as_problems(client, person, certificate):
    problems = [client.get(f"/api/v1/certificates/{code}") for code in ("K7M29XQD4R6T", "x", "A" * 26)]
    assert {(p.status_code, p.json()["code"], p.headers["Content-Type"]) for p in problems} == {
        (404, "certificate_unknown", "application/problem+json")
    }
    sign_in(client, person)
    for _ in range(rules.DEVICE.wrong):
        client.get("/api/v1/certificates/K7M29XQD4R6T")
    spent = client.get(f"/api/v1/certificates/{certificate.short_code}")
    assert (spent.status_code, spent.json()["code"]) == (429, "too_many_codes")
    assert int(spent.headers["Retry-After"]) > 0
    assert client.get(f"/api/v1/certificates/{certificate.code}").status_code == 200


# The command line ---------------------------------------------------------------------------


def run(*words: str):
    result = CliRunner().invoke(command, [*words, "--json"])
    return result.exit_code, json.loads(result.stdout) if result.stdout.startswith("{") else result.output


def test_the_command_verifies_supersedes_and_revokes(certificate, officer):
    assert run("verify", certificate.printed_code)[1]["genuine"] is True
    assert run("verify", certificate.code)[0] == 0
    code, new = run("supersede", certificate.code, "--by", "petugas@contoh.id", "--reason", "Perbaikan nama peserta")
    assert code == 0 and new["genuine"] and new["code"] != certificate.printed_code
    code, old = run("verify", certificate.code)
    assert (code, old["status"], old["successor"]) == (1, "superseded", new["url"])
    code, gone = run("revoke", new["code"], "--by", "petugas@contoh.id", "--reason", "Tes dikerjakan orang lain")
    assert (code, gone["status"], gone["reason"]) == (0, "revoked", "Tes dikerjakan orang lain")
    assert run("verify", new["code"])[0] == 1


def test_the_command_says_what_is_wrong(certificate):
    assert run("verify", "K7M2-9XQD-4R6T") == (1, {"genuine": False, "status": "unknown", "checked": []})
    assert run("revoke", certificate.code, "--by", "siapa", "--reason", "Tes dikerjakan orang lain")[0] == 2
    assert run("revoke", certificate.code, "--by", NIP, "--reason", "ya")[0] == 1
    assert run("revoke", certificate.code, "--by", NIP)[0] == 2
    assert run("verify", certificate.code)[1]["genuine"] is True
    plain = CliRunner().invoke(command, ["verify", certificate.code])
    assert plain.exit_code == 0 and plain.output.startswith(f"genuine: {certificate.number}")
