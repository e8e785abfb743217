"""The floor's own pages: the choice of look, errors, headers, compression."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import resolve
from django.utils import timezone, translation

from pintar.foundation import panels, preferences
from pintar.foundation.ui import tags
from pintar.foundation.web import HEADERS

pytestmark = pytest.mark.django_db


def test_a_page_that_is_not_there_says_what_to_do_next(client):
    answer = client.get("/tidak-ada/")
    assert answer.status_code == 404
    assert "Halaman ini tidak ada" in answer.text
    assert "/pelatihan/" in answer.text


def test_every_answer_carries_the_security_headers(client):
    answer = client.get("/luring/")
    assert all(answer[name] == value for name, value in HEADERS.items())
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "private, no-store"


def test_a_choice_of_language_is_kept_and_mirrors_the_page(client):
    answer = client.post("/tampilan/", {"language": "ar", "next": "/luring/"})
    assert answer.status_code == 302
    assert answer.url == "/luring/"
    page = client.get("/luring/")
    assert '<html lang="ar" dir="rtl"' in page.text


@pytest.mark.parametrize("name", ["text", "theme", "language"])
def test_a_choice_that_does_not_exist_changes_nothing(client, name):
    client.post("/tampilan/", {name: "😀" * 500})
    assert '<html lang="id" dir="ltr">' in client.get("/luring/").text


def test_a_page_fetches_the_one_font_of_its_script_and_none_in_low_data_mode(client):
    def fonts() -> list[str]:
        return re.findall(r'as="font"[^>]*fonts/([a-z-]+)', client.get("/komponen/").text)

    assert [name.split("-latin")[0] for name in fonts()] == ["plus-jakarta-sans"]
    client.post("/tampilan/", {"language": "ar"})
    assert [name.split("-arabic")[0] for name in fonts()] == ["readex-pro"]
    client.post("/tampilan/", {"saver": "1"})
    assert fonts() == []


def test_the_page_kept_for_times_without_signal_is_the_same_for_everyone(client):
    page = client.get("/luring/").text
    assert "csrf" not in page
    assert "<form" not in page


@pytest.mark.parametrize("path", ["/luring/", "/komponen/", "/tidak-ada/"])
def test_links_of_the_frame_lead_to_addresses_that_exist(client, path):
    for link in set(re.findall(r'(?:href|action)="(/[a-z/]*)"', client.get(path).text)):
        assert resolve(link), link


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"])
def test_a_choice_never_leads_to_another_site(client, elsewhere):
    assert client.post("/tampilan/", {"text": "2", "next": elsewhere}).url == "/"


def test_saved_data_is_a_wish_for_low_data_mode(client):
    assert "data-hemat" in client.get("/luring/", headers={"Save-Data": "on"}).text


def test_low_data_mode_turned_off_by_hand_stays_off_and_other_choices_do_not_touch_it(client):
    saving = {"Save-Data": "on"}
    client.post("/tampilan/", {"language": "en"}, headers=saving)
    assert "data-hemat" in client.get("/luring/", headers=saving).text
    client.post("/tampilan/", {"saver": "0"}, headers=saving)
    assert "data-hemat" not in client.get("/luring/", headers=saving).text


def test_a_browser_that_saves_data_does_so_for_an_account_and_leaves_the_account_as_it_is(client, monkeypatch):
    account = [preferences.Preferences()]
    keeper = (lambda request: account[0], lambda request, chosen: account.__setitem__(0, chosen))
    monkeypatch.setattr(preferences, "_keepers", [keeper])
    saving = {"Save-Data": "on"}
    assert "data-hemat" in client.get("/bantuan/", headers=saving).text
    client.post("/tampilan/", {"text": "2"}, headers=saving)
    assert account == [preferences.Preferences(text="2")]
    assert "data-hemat" not in client.get("/bantuan/").text
    client.post("/tampilan/", {"saver": "0"}, headers=saving)
    assert "data-hemat" not in client.get("/bantuan/", headers=saving).text
    client.post("/tampilan/", {"saver": "1"})
    assert "data-hemat" in client.get("/bantuan/").text


def test_pages_are_compressed_as_the_browser_wishes(client):
    plain = client.get("/komponen/")
    for encoding in ("br", "gzip"):
        answer = client.get("/komponen/", headers={"Accept-Encoding": encoding})
        assert answer["Content-Encoding"] == encoding
        assert len(answer.content) < len(plain.content) / 2


def test_a_form_without_its_token_is_refused_with_a_next_step():
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/tampilan/", {"text": "2"})
    assert answer.status_code == 403
    assert "muat ulang" in answer.text


def test_health_says_which_database_answers(client):
    assert client.get("/healthz").json()["status"] == "ok"


def test_a_panel_with_nothing_to_show_is_not_there(rf):
    seen = panels.collect("nowhere", rf.get("/"))
    assert seen == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ["hari ini", "besok", "2 hari lagi", "7 hari lagi", "24 hari lagi"]),
        ("en", ["today", "tomorrow", "in 2 days", "in 7 days", "in 24 days"]),
        ("ar", ["اليوم", "غدًا", "خلال يومين", "خلال 7 أيام", "خلال 24 يومًا"]),
    ],
)
def test_counted_words_follow_the_plurals_of_the_language(language, words, now):
    with translation.override(language):
        assert [tags.days_left(now + timedelta(days=n), now) for n in (0, 1, 2, 7, 24)] == words


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("id", "Selasa, 24 November 2026, 10.32 WIB"),
        ("en", "Tuesday, 24 November 2026, 10:32 WIB"),
        ("ar", "الثلاثاء، 24 نوفمبر 2026، 10:32 WIB"),
    ],
)
def test_a_moment_names_weekday_and_zone_in_the_readers_language(language, written, now):
    with translation.override(language), timezone.override(ZoneInfo("Asia/Jakarta")):
        assert tags.moment(now) == written
