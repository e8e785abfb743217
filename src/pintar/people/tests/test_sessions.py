"""Sessions: one SELECT a request; listed, ended, told apart from tokens."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pintar.foundation import clock
from pintar.people import queries
from pintar.people.actions import begin_session
from pintar.people.models import Account, Session
from pintar.people.pages.sessions import SessionMiddleware
from pintar.people.tests.builders import make_person, make_unit, sign_in

pytestmark = pytest.mark.django_db


def test_who_asks_and_their_unit_come_in_one_query(client: Client, django_assert_num_queries) -> None:
    unit = make_unit()
    person = make_person(nip="198503122010012008", unit=unit, profession="guru", regency="33.74", province="33")
    sign_in(client, person)
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    with django_assert_num_queries(1):
        SessionMiddleware(lambda r: None)(request)  # type: ignore[arg-type,return-value]
    assert request.person == person and request.person.unit.key == unit.key
    assert request.person.has_identifier and request.person.preferences.zone == "Asia/Jakarta"


def test_a_signed_in_page_without_data_of_its_own_runs_one_query(client: Client, django_assert_num_queries) -> None:
    sign_in(client, make_person())
    with django_assert_num_queries(1):
        assert client.get(reverse("bantuan")).status_code == 200


def test_signed_out_pages_run_none(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        for name in ("masuk", "daftar", "aktivasi", "lupa-kata-sandi", "bantuan", "privasi"):
            assert client.get(reverse(name)).status_code == 200


def test_the_database_keeps_no_token_that_could_be_used(client: Client) -> None:
    sign_in(client, make_person())
    token = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert len(token) >= 43
    assert token not in str(Session.objects.values_list())
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().digest
    assert thief.get("/akun/").status_code == 302


def test_last_seen_is_written_at_most_hourly(client: Client) -> None:
    sign_in(client, make_person())
    began = Session.objects.get().seen_at
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("bantuan"))
    assert not any("UPDATE" in q["sql"] for q in seen)
    with time_machine.travel(began + timedelta(minutes=61), tick=False):
        client.get(reverse("bantuan"))
    assert Session.objects.get().seen_at - began >= timedelta(minutes=61)


def test_an_ended_session_signs_nobody_in(client: Client) -> None:
    person = make_person()
    sign_in(client, person)
    with time_machine.travel(clock.now() + timedelta(days=30, seconds=1), tick=False):
        assert client.get("/akun/").status_code == 302


def test_a_cookie_is_no_bearer_token_and_a_token_no_cookie(client: Client) -> None:
    person = make_person()
    web = begin_session(account_id=person.id, now=clock.now())
    token = begin_session(account_id=person.id, kind="token", now=clock.now())
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {web}"}).status_code == 401
    client.cookies[settings.SESSION_COOKIE_NAME] = token
    assert client.get("/akun/").status_code == 302
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_wrong_bearer_token_does_not_fall_back_to_the_cookie(client: Client) -> None:
    # Else a foreign page could send a made-up header and be spared the CSRF check.
    sign_in(client, make_person())
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a" * 5000, "\x00", "\xff\xfe"])
def test_junk_in_the_cookie_signs_nobody_in(client: Client, token: str) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = token
    assert client.get("/akun/").status_code == 302


def test_sessions_are_listed_and_ended(client: Client) -> None:
    person = make_person()
    sign_in(client, person)
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36"})
    Session.objects.filter(account_id=person.id).update(device="Firefox · Windows")
    token = begin_session(account_id=person.id, device="Chrome · Android", now=clock.now())
    phone.cookies[settings.SESSION_COOKIE_NAME] = token
    page = client.get(reverse("perangkat")).content.decode()
    assert "Chrome · Android" in page and "Firefox · Windows" in page and "perangkat ini" in page
    other = Session.objects.get(device="Chrome · Android")
    client.post(reverse("perangkat"), {"session": other.uid})
    assert phone.get("/akun/").status_code == 302
    assert client.get("/akun/").status_code == 200


def test_all_others_end_at_once(client: Client) -> None:
    person = make_person()
    for _ in range(3):
        begin_session(account_id=person.id, now=clock.now())
    sign_in(client, person)
    client.post(reverse("perangkat"), {"others": "1"})
    assert Session.objects.filter(account_id=person.id).count() == 1
    assert client.get("/akun/").status_code == 200


@pytest.mark.parametrize("uid", ["x", "00000000-0000-7000-8000-000000000000", "\x00"])
def test_nobody_ends_what_is_not_theirs(client: Client, uid: str) -> None:
    victim = make_person("Budi")
    begin_session(account_id=victim.id, now=clock.now())
    sign_in(client, make_person())
    client.post(reverse("perangkat"), {"session": Session.objects.get(account_id=victim.id).uid})
    client.post(reverse("perangkat"), {"session": uid})
    assert Session.objects.filter(account_id=victim.id).exists()


def test_a_program_that_signs_in_for_ever_keeps_its_last_fifty_sessions() -> None:
    person = make_person()
    for minute in range(55):
        begin_session(account_id=person.id, now=clock.now() + timedelta(minutes=minute))
    assert Session.objects.filter(account_id=person.id).count() == 50


def test_the_list_of_sessions_runs_as_many_queries_with_one_as_with_twenty(client: Client) -> None:
    person = make_person()
    sign_in(client, person)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("perangkat"))
        counts.append(len(seen))
        for _ in range(20):
            begin_session(account_id=person.id, now=clock.now())
    assert counts[0] == counts[1] == 2


def test_choices_of_look_live_on_the_account(client: Client) -> None:
    person = make_person()
    sign_in(client, person)
    client.post(reverse("tampilan"), {"language": "ar", "text": "2", "theme": "dark", "saver": "1", "next": "/akun/"})
    kept = queries.people([person.id])[person.id].preferences
    assert (kept.language, kept.text, kept.theme, kept.saver) == ("ar", "2", "dark", True)
    elsewhere = Client()
    sign_in(elsewhere, person)
    assert 'lang="ar" dir="rtl"' in elsewhere.get(reverse("bantuan")).content.decode()


def test_times_are_shown_in_the_zone_of_the_place_of_service(client: Client) -> None:
    person = make_person(regency="91.71", province="91")
    sign_in(client, person)
    assert person.zone == "Asia/Jayapura"
    assert " WIT" in client.get(reverse("perangkat")).content.decode()


def test_an_erased_account_holds_no_session(client: Client) -> None:
    person = make_person()
    sign_in(client, person)
    Account.objects.filter(id=person.id).delete()
    assert client.get("/akun/").status_code == 302
