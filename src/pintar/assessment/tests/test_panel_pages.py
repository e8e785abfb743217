"""The workshop in the browser: plain forms, judges see only what is theirs, statements do not grow with the items."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.assessment import models
from pintar.assessment.tests import bank
from pintar.assessment.tests.test_measuring import approve_scale
from pintar.assessment.tests.test_panels import convene, judge, make_judges
from pintar.courses.queries import Edition
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in

PAGE = f"/skala/{bank.SLUG}/panel/"
JUDGE = f"{PAGE}nilai/"


@pytest.fixture
def leader(edition: Edition, now: datetime) -> Person:
    approve_scale(edition, now)
    return bank.make_worker("penguji")


def test_a_workshop_goes_from_invitation_to_a_standard_on_plain_pages(
    leader: Person, client: Client, now: datetime, django_assert_max_num_queries: Any
) -> None:
    judges, second = make_judges(), bank.make_worker("penguji", name="Penguji Kedua")
    sign_in(client, leader, confirmed=True)
    wrong = client.post(PAGE, {"do": "convene", "judges": "bukan-siapa"})
    assert wrong.status_code == 422
    assert "Panel beranggota 5 sampai 30 juri" in wrong.content.decode()
    logins = "\n".join(f"juri{n}@contoh.example" for n in range(5))
    assert client.post(PAGE, {"do": "convene", "judges": logins}).status_code == 303
    assert "Putaran 1: 0 dari 5 juri sudah menyerahkan" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"do": "close", "round": "1"}).status_code == 409

    sign_in(client, judges[0], confirmed=True)
    assert "Panel batas lulus menunggu penilaian Anda" in client.get("/beranda/").content.decode()
    versions = models.Panel.objects.get().reference["versions"]
    half = client.post(JUDGE, {"do": "hand", f"p{versions[0]}": "60"})
    assert half.status_code == 422
    assert f"Masih {len(versions) - 1} soal belum dinilai" in half.content.decode()
    assert 'value="60"' in half.content.decode()
    said = {f"p{version}": "60" for version in versions}
    assert client.post(JUDGE, {"do": "hand", **said}).status_code == 303
    assert "Anda menyerahkannya" in client.get(JUDGE).content.decode()
    assert "menunggu penilaian Anda" not in client.get("/beranda/").content.decode()

    panel = models.Panel.objects.get().uid
    judge(panel, judges, now)
    sign_in(client, leader, confirmed=True)
    assert client.post(PAGE, {"do": "close", "round": "1"}).status_code == 303
    sign_in(client, judges[1], confirmed=True)
    with django_assert_max_num_queries(9):
        second_round = client.get(JUDGE).content.decode()
    assert "Putaran lalu: rata-rata 70%, antara 62 dan 78." in second_round
    assert "Nyatanya semua peserta meraih" in second_round
    judge(panel, judges, now)
    sign_in(client, leader, confirmed=True)
    assert client.post(PAGE, {"do": "finish", "round": "2"}).status_code == 303
    assert "Setujui batas ini" not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"do": "approve"}).status_code == 403
    sign_in(client, second, confirmed=True)
    with django_assert_max_num_queries(11):
        assert "Setujui batas ini" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"do": "approve"}).status_code == 303
    assert "ditetapkan panel Angoff" in client.get(f"/skala/{bank.SLUG}/").content.decode()
    assert "Batasnya disetujui Penguji Kedua" in client.get(PAGE).content.decode()


def test_the_items_of_a_panel_are_for_its_judges_alone(leader: Person, client: Client, now: datetime) -> None:
    convene(leader, make_judges(), now)
    for person, addresses in (
        (make_person("Peserta"), {PAGE: 403, JUDGE: 403}),
        (bank.make_worker("penulis"), {PAGE: 403, JUDGE: 404}),
        (leader, {PAGE: 200, JUDGE: 404}),
    ):
        sign_in(client, person, confirmed=True)
        assert {address: client.get(address).status_code for address in addresses} == addresses


def test_eight_items_cost_a_judge_no_more_statements_than_two(leader: Person, client: Client, now: datetime) -> None:
    judges = make_judges()
    convene(leader, judges, now)
    sign_in(client, judges[0], confirmed=True)
    row, counted = models.Panel.objects.get(), []
    whole = row.reference
    client.get(JUDGE)
    for number in (2, 8):
        row.reference = {**whole, "versions": whole["versions"][:number]}
        row.save(update_fields=["reference"])
        with CaptureQueriesContext(connection) as captured:
            client.get(JUDGE)
        counted.append(len(captured))
    assert counted[0] == counted[1]
