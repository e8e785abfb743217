"""The scale's pages: for assessors alone, plain forms, the same statements for many items as for few."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.assessment import models
from pintar.assessment.actions import scale as actions
from pintar.assessment.tests import bank
from pintar.assessment.tests.simulated import sit_many
from pintar.courses.queries import Edition
from pintar.foundation.ledger.worker import deliver_all
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in

PAGE = f"/skala/{bank.SLUG}/"


@pytest.fixture
def assessor(edition: Edition, client: Client) -> Person:
    person = bank.make_worker("penguji")
    sign_in(client, person, confirmed=True)
    return person


def test_only_assessors_with_a_second_factor_come_in(edition: Edition, client: Client) -> None:
    for person, confirmed, status in (
        (make_person("Budi"), True, 403),
        (bank.make_worker("penulis"), True, 403),
        (bank.make_worker("penguji"), False, 403),
        (bank.make_worker("penguji"), True, 200),
    ):
        sign_in(client, person, confirmed=confirmed)
        assert [client.get(address).status_code for address in ("/skala/", PAGE)] == [status, status], person.name
    assert client.get("/skala/tidak-ada/").status_code == 404


def test_what_is_missing_is_said_then_what_changed_and_an_assessor_approves(
    edition: Edition, assessor: Person, client: Client, now: datetime, django_assert_max_num_queries: Any
) -> None:
    empty = client.get(PAGE).content.decode()
    assert "belum punya skala" in empty
    assert "Mulai sendiri sesudah 500 pengerjaan baru; sekarang 0." in empty
    sit_many(edition, now, persons=300)
    actions.tally_items(sittings=models.Sitting.objects.values_list("uid", flat=True))
    assert "Kalibrasi mulai sendiri dalam beberapa menit" in client.get(PAGE).content.decode()
    actions.ask_due(now=now)
    assert 'http-equiv="refresh"' in client.get(PAGE).content.decode()
    deliver_all(lambda: now)
    with django_assert_max_num_queries(16):
        ready = client.get(PAGE).content.decode()
    assert "Setujui sebagai versi 1" in ready
    assert "Soal baru di skala" in ready
    assert "Dari 300 orang dengan kedua tes; 0% tidak mengerjakan tes akhir." in ready
    uid = models.Calibration.objects.get().uid
    assert client.post(f"{PAGE}kalibrasi/{assessor.uid}/", {"do": "approve"}).status_code == 404
    assert client.post(f"{PAGE}kalibrasi/{uid}/", {"do": "approve"}).status_code == 303
    after = client.get(PAGE).content.decode()
    assert f"Versi 1 disetujui {assessor.name}" in after
    assert client.post(f"{PAGE}kalibrasi/{uid}/", {"do": "drop"}).status_code == 409
    assert "versi 1" in client.get("/skala/").content.decode()
    deliver_all()
    with django_assert_max_num_queries(19):
        stands = client.get(PAGE).content.decode()
    assert "70% nilai paket A edisi 1. Belum ada panel" in stands
    assert stands.count("Sama di paket lain") == 6


def test_five_hundred_items_cost_no_more_statements_than_one(
    edition: Edition, assessor: Person, client: Client, now: datetime
) -> None:
    version = models.ItemVersion.objects.filter(item__course__slug=bank.SLUG)[0]
    row = models.Calibration.objects.create(
        course_id=version.item.course_id, state="ready", base=0, seen=0, asked_at=now
    )
    counted = []
    for items in (1, 500):
        models.ItemVersion.objects.bulk_create(
            models.ItemVersion(
                item_id=version.item_id, number=1000 * items + n, content={}, indicator="1", digest="", at=now
            )
            for n in range(items)
        )
        models.ScaleItem.objects.bulk_create(
            models.ScaleItem(
                calibration=row, version=each, fate="new", a=1, b=0.2, se_a=0.1, se_b=0.1, persons=200, flags=["fit"]
            )
            for each in models.ItemVersion.objects.filter(number__gte=1000 * items, number__lt=1000 * items + items)
        )
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(PAGE)
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert "501 soal perlu dilihat" in answer.content.decode()
    assert answer.content.count(b"<tr>") < 30
    assert b"halaman=3" in client.get(f"{PAGE}?halaman=2").content
