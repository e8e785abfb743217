"""Signing in on the way to a batch names it."""

from datetime import datetime

import pytest
from django.test import Client

from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment.tests.builders import make_batch

pytestmark = pytest.mark.django_db


def test_signing_in_says_to_which_batch_one_returns(client: Client, now: datetime) -> None:
    edition = publish_small_course(now)
    batch = make_batch(edition, now)
    page = client.get("/masuk/", {"next": f"/angkatan/{batch.key}/"}).content.decode()
    assert f"Setelah masuk Anda kembali ke <b>{edition.title}, {batch.title}</b>." in page


def test_a_batch_that_is_not_there_is_not_named(client: Client) -> None:
    page = client.get("/masuk/", {"next": "/angkatan/tidak-ada/"}).content.decode()
    assert "Setelah masuk Anda kembali ke halaman yang tadi Anda buka." in page
