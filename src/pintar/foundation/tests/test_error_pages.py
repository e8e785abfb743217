"""Every error is a page: what happened, what is safe, what to do next; and problem+json for the API."""

import json
import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("pintar.foundation.tests.breaking_urls")]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def heading(page: str) -> str:
    (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return " ".join(found.split())


@pytest.mark.parametrize(
    ("path", "status", "title", "safe", "next_step"),
    [
        ("/gagal/baca/", 400, "Permintaan ini tidak terbaca", "Tidak ada yang berubah", 'href="/"'),
        ("/gagal/izin/", 403, "Halaman ini bukan untuk akun Anda", "minta wewenang", 'href="/"'),
        ("/tidak-ada/", 404, "Halaman ini tidak ada", "salah ketik", 'href="/pelatihan/"'),
        ("/formulir/", 405, "Alamat ini hanya menerima formulir", "Tidak ada yang berubah", 'href="/"'),
        ("/gagal/bentrok/", 409, "Permintaan yang sama masih diproses", "Tunggu", 'href="/gagal/bentrok/"'),
        ("/gagal/dua/", 422, "Isian belum tepat", "Tidak ada yang berubah", 'href="/"'),
        ("/gagal/sering/", 429, "Terlalu sering dicoba", "tetap aman", 'href="/gagal/sering/"'),
        ("/gagal/rusak/", 500, "Ada yang rusak di sisi kami", "tetap aman", 'href="/gagal/rusak/"'),
        ("/gagal/padat/", 503, "Sistem sedang padat", "tetap aman", 'href="/gagal/padat/"'),
        ("/gagal/sibuk/", 503, "Sistem sedang padat", "tetap aman", 'href="/gagal/sibuk/"'),
        ("/gagal/penuh/", 503, "Penyimpanan kami sedang penuh", "tetap aman", 'href="/gagal/penuh/"'),
        ("/gagal/disk/", 503, "Penyimpanan kami sedang penuh", "tetap aman", 'href="/gagal/disk/"'),
    ],
)
def test_an_error_says_what_happened_what_is_safe_and_what_to_do(visitor, path, status, title, safe, next_step):
    answer = visitor.get(path)
    assert answer.status_code == status
    assert heading(answer.text) == title
    assert re.search(rf"<title>{title}\s* · Pintar</title>", answer.text)
    assert safe in answer.text
    assert re.search(rf'<a class="button" {next_step}', answer.text)
    assert "secret of the house" not in answer.text


@pytest.mark.parametrize(
    ("path", "seconds"), [("/gagal/sering/", "35"), ("/gagal/padat/", "20"), ("/gagal/penuh/", "300")]
)
def test_a_page_that_asks_for_patience_says_how_long_to_people_and_machines(visitor, path, seconds):
    answer = visitor.get(path)
    assert answer["Retry-After"] == seconds
    if seconds != "300":
        assert f"{seconds} detik" in answer.text


def test_a_page_without_room_tries_again_by_itself_but_a_form_never_does(visitor):
    assert visitor.get("/gagal/padat/")["Refresh"] == "20"
    sent = visitor.post("/gagal/padat/", headers={"Referer": "http://testserver/akun/"})
    assert "Refresh" not in sent
    assert "kirim lagi" in sent.text
    assert 'class="button" href="/akun/"' in sent.text


def test_several_reasons_are_all_named_under_one_heading(visitor):
    page = visitor.get("/gagal/dua/").text
    assert "Halaman ini bukan untuk akun Anda" in page
    assert page.count("<li class=") == 2


@pytest.mark.parametrize(
    "body",
    [
        {"data": b"x" * 1_000_001, "content_type": "application/x-www-form-urlencoded"},
        {"data": "&".join(f"a{n}=1" for n in range(501)), "content_type": "application/x-www-form-urlencoded"},
    ],
    ids=["a megabyte", "501 fields"],
)
def test_more_than_a_form_can_hold_is_too_large(body):
    for client in (Client(), Client(enforce_csrf_checks=True)):
        client.cookies["csrf"] = "a" * 32
        answer = client.post("/formulir/", **body)
        assert answer.status_code == 413
        assert heading(answer.text) == "Berkas atau isian ini terlalu besar"


def test_a_stale_form_leads_back_to_the_page_it_stood_on():
    answer = Client(enforce_csrf_checks=True).post("/formulir/", headers={"Referer": "http://testserver/akun/?x=1"})
    assert answer.status_code == 403
    assert heading(answer.text) == "Formulir ini sudah terlalu lama terbuka"
    assert 'href="/akun/?x=1"' in answer.text


@pytest.mark.parametrize(
    "referrer", ["https://evil.example/", "http://testserver//evil.example/", "javascript:alert(1)"]
)
def test_the_way_back_never_leads_to_another_site(referrer):
    answer = Client(enforce_csrf_checks=True).post("/formulir/", headers={"Referer": referrer})
    assert "evil" not in answer.text
    assert "alert" not in answer.text


def test_an_error_of_ours_has_a_code_that_stands_in_the_log_without_what_was_typed(visitor, caplog):
    page = visitor.get("/gagal/rusak/?nip=198503122010012008").text
    (incident,) = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "pintar.errors"]
    assert line == f"incident={incident} status=500 route=gagal/<str:how>/"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_error_speaks_the_readers_language(visitor, language):
    visitor.cookies["bahasa"] = language
    for path in ("/tidak-ada/", "/gagal/rusak/", "/gagal/padat/"):
        page = visitor.get(path).text
        assert f'<html lang="{language}"' in page
        assert not re.search(r"\b(Halaman|tetap|aman|Sistem|sisi)\b", page)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/api/v1/tidak-ada", 404, "not_found"), ("/api/v1/formulir", 405, "wrong_method")],
)
def test_the_api_answers_errors_as_problems(visitor, path, status, code):
    answer = visitor.delete(path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert (problem["status"], problem["code"]) == (status, code)
    assert "<" not in problem["detail"]
    assert "Lihat pelatihan" not in problem["detail"]
