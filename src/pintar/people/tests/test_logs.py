"""Logs never hold a number, an address or a password: plant them everywhere, then look."""

import logging
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

from pintar.foundation import clock
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.models import Delivery, Event
from pintar.people import actions
from pintar.people.models import Identifier
from pintar.people.tests.builders import make_person

NIP, NIK, NUPTK = "198503122010012008", "3374011203850001", "4437768669230123"
ADDRESS, SECRET = "tertanam@example.go.id", "sandi yang tertanam"
PLANTED = (NIP, NIK, NUPTK, "19850312 201001 2 008", ADDRESS, SECRET)


@pytest.mark.django_db
def test_nothing_planted_is_found_in_the_logs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # statements are never logged by the server
    client = Client(raise_request_exception=False)
    register = {"name": "Siti", "number": NIK, "email": ADDRESS, "password": SECRET, "consent": "1"}
    client.post("/daftar/", register)
    Client().post("/daftar/", register)
    for login in PLANTED:
        for _ in range(6):
            Client().post("/masuk/", {"login": login, "password": SECRET + "x"})
        Client().post("/api/v1/token", {"login": login, "password": SECRET}, content_type="application/json")
        Client().post("/akun/aktivasi/", {"login": login, "code": login, "password": SECRET})
        Client().post("/akun/lupa-kata-sandi/", {"email": login})
    client.post("/akun/nomor/", {"kind": "nip", "number": NIP})
    client.post("/akun/nomor/", {"kind": "nip", "number": "19850312 201001 2 008"})
    client.post("/akun/surel/", {"email": ADDRESS, "password": SECRET})
    client.post("/akun/data/", {"password": SECRET})
    rows = f"Siti,{NIP},{NUPTK},x{ADDRESS},{SECRET}\nBudi,1{NIP},,,\n"
    (tmp_path / "daftar.csv").write_text("nama,nip,nuptk,email,kata_sandi\n" + rows)
    actions.import_list(file=tmp_path / "daftar.csv", by=None, now=clock.now())
    deliver_all()
    client.post("/akun/hapus/", {"sure": "1", "password": SECRET})
    logging.getLogger("pintar").warning("a log that is looked at")
    out, err = capfd.readouterr()
    logged = "\n".join([caplog.text, *(str(vars(r)) for r in caplog.records if r.name != "asyncio"), out, err])
    assert "a log that is looked at" in logged and mail.outbox
    found = [planted for planted in PLANTED if planted in logged]
    assert found == []


@pytest.mark.django_db
def test_a_letter_that_cannot_be_sent_is_logged_without_its_address(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pintar.people import tasks

    def fail(to: str, *_: object) -> None:
        raise OSError(f"mailbox of {to} is full")

    monkeypatch.setattr(tasks.mail, "send", fail)
    make_person(email=ADDRESS)
    actions.ask_reset(email=ADDRESS, now=clock.now())
    deliver_all()
    assert Delivery.objects.get().attempts == 1 and ADDRESS not in Delivery.objects.get().error
    out, err = capfd.readouterr()
    assert ADDRESS not in caplog.text + out + err


@pytest.mark.django_db
def test_the_ledger_holds_uids_and_short_codes_alone() -> None:
    actions.register(name="Siti", number=NIK, email=ADDRESS, password=SECRET, consent=True, now=clock.now())
    actions.create_person(name="Siti Aminah", given={"nik": NIK}, by=None, now=clock.now())
    assert Event.objects.count() >= 4 and Identifier.objects.count() == 1
    for payload in Event.objects.values_list("payload", flat=True):
        text = str(payload)
        assert "Siti" not in text and not any(planted in text for planted in PLANTED)
