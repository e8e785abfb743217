"""The waiting list, offers and preparation on their pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from pintar.courses.queries import Edition
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries, rules, tasks
from pintar.enrolment.actions import (
    SetAside,
    end_lines,
    expire_offers,
    give_back_seat,
    prepare,
    take_seat,
    withdraw_batch,
)
from pintar.enrolment.models import Preparation, Seat, Ticket
from pintar.enrolment.queries import BatchFacts
from pintar.enrolment.rules import Conditions
from pintar.enrolment.tests.builders import make_batch
from pintar.foundation.ledger import worker
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import change_person, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_half_past_ten(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def edition(now: datetime) -> Edition:
    return publish_small_course(now)


@pytest.fixture
def person(client: Client) -> Person:
    person = make_person("Siti Aminah", email="siti@contoh.id", profession="guru")
    sign_in(client, person)
    return person


def other(name: str) -> Person:
    return make_person(name, email=f"{name.casefold()}@contoh.id")


def tap(person: Person, batch: BatchFacts, now: datetime, **more: Any) -> Any:
    asked = {"person": person, "batch_key": batch.key, "pledge": True, "wait": True, "by": person.uid, "now": now}
    return take_seat(**{**asked, **more})


def give_back(person: Person, batch: BatchFacts, now: datetime) -> None:
    give_back_seat(person=person, batch_key=batch.key, by=person.uid, now=now)


def page_of(client: Client, batch: BatchFacts) -> Any:
    response = client.get(f"/angkatan/{batch.key}/")
    assert response.status_code == 200
    return response


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def offered(edition: Edition, person: Person, now: datetime, **more: Any) -> BatchFacts:
    """A batch whose only seat is kept for the person."""
    batch, holder = make_batch(edition, now, quota=1, **more), other("Budi")
    tap(holder, batch, now)
    tap(person, batch, now)
    give_back(holder, batch, now)
    return batch


def test_a_full_batch_says_which_place_one_would_have_and_takes_one_in(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = make_batch(edition, now, quota=1)
    for name in ("Budi", "Citra", "Dewi"):
        tap(other(name), batch, now)
    assert "Urutan Anda nanti <b>3</b>" in words(page_of(client, batch))
    response = client.post(f"/angkatan/{batch.key}/kursi/", {"tunggu": "1"}, follow=True)
    assert response.context["verdict"] == "waiting"
    assert '<span class="num">3</span>' in words(response) and "dari 3 orang" in words(response)
    left = client.post(f"/angkatan/{batch.key}/kursi/", {"_method": "DELETE", "apa": "urutan"}, follow=True)
    assert left.context["verdict"] == "full" and "keluar dari daftar tunggu" in words(left)


def test_a_stranger_is_shown_the_way_to_the_line(client: Client, edition: Edition, now: datetime) -> None:
    batch = make_batch(edition, now, quota=1)
    tap(other("Budi"), batch, now)
    assert "Masuk untuk ikut daftar tunggu" in words(page_of(client, batch))


def test_looking_at_an_offer_accepts_nothing_and_a_form_does(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = offered(edition, person, now)
    for look in (client.get, client.head):
        assert look(f"/angkatan/{batch.key}/").status_code == 200
    assert not Seat.objects.filter(person=person.id).exists()
    assert client.get(f"/angkatan/{batch.key}/kursi/").status_code == 405
    shown = words(page_of(client, batch))
    assert "Rabu, 25 November 2026" in shown and "10.32 WIB" in shown and "sisa 24 jam" in shown
    refused = client.post(f"/angkatan/{batch.key}/kursi/")
    assert refused.status_code == 422 and refused.context["verdict"] == "offered"
    accepted = client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"}, follow=True)
    assert accepted.context["verdict"] == "seated"


def test_an_offer_says_which_seat_it_costs_and_then_costs_it(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    held = make_batch(publish_small_course(now, slug="lain", title="Pelatihan lama"), now)
    seat = tap(person, held, now)
    batch = offered(edition, person, now)
    for address in (f"/angkatan/{batch.key}/", "/beranda/"):
        shown = words(client.get(address))
        assert "kursi Anda di <b>Pelatihan lama</b> dilepas pada saat yang sama" in shown
        assert f'name="ganti" value="{seat.uid}"' in shown and 'name="pakta"' not in shown
    client.post(f"/angkatan/{batch.key}/kursi/", {"ganti": str(seat.uid)})
    assert [s.batch.key for s in queries.seats_of(person.id)] == [batch.key]


def test_an_offer_is_accepted_and_declined_on_the_home_page(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = offered(edition, person, now)
    shown = words(client.get("/beranda/"))
    assert "Ada kursi untuk Anda" in shown and "Terima kursi" in shown and "csrfmiddlewaretoken" in shown
    assert '<a class="button quiet" href="/pelatihan/">' in shown  # the offer has the one filled button
    declined = client.post(f"/angkatan/{batch.key}/kursi/", {"_method": "DELETE", "apa": "tawaran"}, follow=True)
    assert "Tawaran dilewati" in words(declined)
    assert "Ada kursi untuk Anda" not in words(client.get("/beranda/"))


def test_an_offer_that_ran_out_is_refused_with_the_next_step(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = offered(edition, person, now)
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        sign_in(client, person)
        assert "Ada kursi untuk Anda" not in words(client.get("/beranda/"))
        late = client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"})
        assert late.status_code == 409 and "Waktu tawaran sudah berakhir" in words(late)


def test_an_offer_whose_conditions_are_no_longer_met_says_what_to_mend(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    asked, holder = Conditions(professions=("guru",)), make_person("Budi", email="b@contoh.id", profession="guru")
    batch = make_batch(edition, now, quota=1, conditions=asked)
    tap(holder, batch, now), tap(person, batch, now)
    change_person(person, profession="dosen")
    assert "Perbaiki sebelum kursi ditawarkan" in words(page_of(client, batch))
    give_back(holder, batch, now)
    assert "belum memenuhi syaratnya" in words(page_of(client, batch))
    refused = client.post(f"/angkatan/{batch.key}/kursi/", {"pakta": "1"})
    assert refused.status_code == 422 and "Hanya untuk guru" in words(refused)


@pytest.mark.parametrize("state", ["waiting", "offered", "full", "soon", "elsewhere"])
def test_every_state_of_the_page_asks_at_most_six(
    client: Client, edition: Edition, person: Person, now: datetime, state: str,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    course = rules.CourseAsked(edition.slug, "x")
    aside = [SetAside("Papua", 1, Conditions(regions=("94",), prerequisites=(course,)))]
    held = make_batch(publish_small_course(now, slug="lain", title="Lain"), now)
    tap(person, held, now)
    opens = now + timedelta(days=1) if state == "soon" else now - timedelta(days=1)
    batch = make_batch(edition, now, quota=2, set_aside=aside, opens_at=opens)
    holder = other("Budi")
    if state in ("waiting", "offered", "full"):
        tap(holder, batch, now)
    if state in ("waiting", "offered"):
        tap(person, batch, now)
    if state == "offered":
        give_back(holder, batch, now)
    page_of(client, batch)
    with django_assert_max_num_queries(6):
        assert page_of(client, batch).context["verdict"] == state


def test_the_home_page_asks_the_same_for_one_place_and_for_ten(
    client: Client, edition: Edition, person: Person, now: datetime,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    for n in range(10):
        batch = make_batch(edition, now, quota=1)
        tap(other(f"Orang{n}"), batch, now)
        tap(person, batch, now)
        if n in (0, 9):
            client.get("/beranda/")
            with django_assert_max_num_queries(6):
                assert words(client.get("/beranda/")).count("urutan Anda") == n + 1


def deliver(now: datetime) -> list[str]:
    """What the worker sends; as subjects."""
    mail.outbox.clear()
    worker.deliver_all(lambda: now)
    tasks.write_of_ended_lines(now)
    tasks.remind_of_openings(now)
    return [f"{letter.to[0]}: {letter.subject}" for letter in mail.outbox]


def test_an_offer_is_written_of_once_with_a_link_that_only_shows_it(
    client: Client, edition: Edition, person: Person, now: datetime
) -> None:
    batch = offered(edition, person, now)
    assert deliver(now) == [f"siti@contoh.id: Ada kursi untuk Anda: {edition.title}"]
    assert f"/angkatan/{batch.key}/" in mail.outbox[0].body and "10.32 WIB" in mail.outbox[0].body
    event = Ticket.objects.get(person=person.id)
    tasks.write_of_offers([type("R", (), {"what": type("W", (), {"ticket": event.uid})()})()])
    assert len(mail.outbox) == 1  # the same event again


def test_a_letter_that_could_not_be_sent_is_sent_later(
    edition: Edition, person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered(edition, person, now)

    def away(*_: Any) -> None:
        raise OSError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr(tasks.mail, "send", away)
        assert deliver(now) == []
    assert len(deliver(now + timedelta(minutes=1))) == 1


def test_an_offer_that_is_gone_is_not_written_of(edition: Edition, person: Person, now: datetime) -> None:
    batch = offered(edition, person, now)
    expire_offers(now=now + timedelta(hours=24))
    assert batch and deliver(now) == []


@pytest.mark.parametrize("how", ["withdrawn", "closed"])
def test_whoever_waited_to_the_end_is_told_once(edition: Edition, person: Person, now: datetime, how: str) -> None:
    batch = make_batch(edition, now, quota=1)
    tap(other("Budi"), batch, now)
    tap(person, batch, now)
    if how == "withdrawn":
        withdraw_batch(batch_key=batch.key, by=None, now=now)
    else:
        end_lines(now=batch.closes_at)
    assert deliver(now) == [f"siti@contoh.id: Daftar tunggu berakhir: {edition.title}"]
    assert ("menarik" in mail.outbox[0].body) == (how == "withdrawn")
    assert deliver(now) == []


@pytest.fixture
def soon(edition: Edition, now: datetime) -> BatchFacts:
    return make_batch(edition, now, opens_at=now + timedelta(days=1))


def test_preparing_leaves_one_tap_for_the_opening(
    client: Client, soon: BatchFacts, person: Person, now: datetime
) -> None:
    assert f"/angkatan/{soon.key}/persiapan/" in words(page_of(client, soon))
    before = client.get(f"/angkatan/{soon.key}/persiapan/")
    assert "Belum diisi di profil" in words(before) and "Semua siap" not in words(before)
    change_person(person, employment="pns", regency="33.74", unit=None)
    saved = client.post(f"/angkatan/{soon.key}/persiapan/", {"pakta": "1", "ingatkan": ["0", "1"]}, follow=True)
    assert "Persiapan Anda tersimpan" in words(saved) and "Pakta integritas sudah Anda setujui" in words(saved)
    kept = Preparation.objects.get()
    assert (kept.pledge_id, kept.pledged_at, kept.remind) == (rules.PLEDGE.version, now, True)
    with time_machine.travel(soon.opens_at, tick=False):
        sign_in(client, person)
        assert 'name="pakta"' not in words(page_of(client, soon))
        assert client.post(f"/angkatan/{soon.key}/kursi/", follow=True).context["verdict"] == "seated"
        assert client.get(f"/angkatan/{soon.key}/persiapan/").status_code == 302


def test_the_pledge_of_a_seat_elsewhere_is_no_preparation(
    client: Client, soon: BatchFacts, edition: Edition, person: Person, now: datetime
) -> None:
    tap(person, make_batch(edition, now), now)
    assert "Siapkan akun" in words(page_of(client, soon))
    assert 'name="pakta"' in words(client.get(f"/angkatan/{soon.key}/persiapan/"))


def test_a_pledge_given_for_an_older_text_is_asked_again(soon: BatchFacts, person: Person, now: datetime) -> None:
    prepare(person=person, batch_key=soon.key, pledge=True, by=person.uid, now=now)
    from pintar.enrolment.models import Pledge

    Pledge.objects.create(version="2025-9", text="Teks lama.")
    Preparation.objects.update(pledge="2025-9")
    with pytest.raises(Refusal) as caught:
        tap(person, soon, soon.opens_at, pledge=False)
    assert caught.value.code == "pledge_needed"


def test_a_reminder_is_sent_once_an_hour_before_even_late_and_never_after_the_closing(
    soon: BatchFacts, person: Person, now: datetime
) -> None:
    prepare(person=person, batch_key=soon.key, pledge=False, remind=True, by=person.uid, now=now)
    hour = timedelta(hours=1)
    assert deliver(soon.opens_at - hour - timedelta(seconds=1)) == []
    assert [line.split(": ")[1] for line in deliver(soon.opens_at - hour)] == ["Pendaftaran segera dibuka"]
    assert deliver(soon.opens_at) == []
    Preparation.objects.update(reminded_at=None)
    assert [line.split(": ")[1] for line in deliver(soon.opens_at + hour)] == ["Pendaftaran sudah dibuka"]
    Preparation.objects.update(reminded_at=None)
    assert deliver(soon.closes_at) == []


def test_a_reminder_can_be_taken_back_and_needs_an_address(
    client: Client, soon: BatchFacts, person: Person, now: datetime
) -> None:
    address = f"/angkatan/{soon.key}/persiapan/"
    assert "Ingatkan saya" in words(page_of(client, soon))
    client.post(address, {"ingatkan": "1"})
    assert "Tidak perlu diingatkan" in words(page_of(client, soon))
    client.post(address, {"ingatkan": "0"})
    assert deliver(soon.opens_at) == []
    change_person(person, email="", email_verified_at=None)
    refused = client.post(address, {"ingatkan": "1"})
    assert refused.status_code == 422 and "belum memiliki surel" in words(refused)


@pytest.mark.parametrize("state", ["open", "closed", "withdrawn"])
def test_what_is_open_or_over_cannot_be_prepared(
    client: Client, edition: Edition, person: Person, now: datetime, state: str
) -> None:
    batch = make_batch(edition, now, **({"closes_at": now} if state == "closed" else {}))
    if state == "withdrawn":
        withdraw_batch(batch_key=batch.key, by=None, now=now)
    refused = client.post(f"/angkatan/{batch.key}/persiapan/", {"pakta": "1"})
    assert refused.status_code == 409 and not Preparation.objects.exists()
