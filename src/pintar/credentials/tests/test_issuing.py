"""A certificate is issued once, unasked; corrected, taken back; JP are credited once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from pintar.courses.tests.builders import publish_small_course
from pintar.credentials import actions, queries
from pintar.credentials.models import Certificate, JPCredit
from pintar.credentials.queries import State
from pintar.credentials.tests.builders import make_certificate, make_passed_seat
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.graduation.queries import State as Graduated
from pintar.graduation.tests.builders import make_graduation
from pintar.learning.tests.builders import complete_everything
from pintar.people.actions import change_profile, erase_account
from pintar.people.ports import parts
from pintar.people.tests.builders import PASSWORD, make_person, make_unit

NIP = "198503122011012008"


@pytest.mark.django_db
def test_a_graduation_becomes_one_certificate_and_one_credit_however_often_it_is_delivered(now):
    person = make_person(nip=NIP, unit=make_unit())
    seat = make_passed_seat(person, now)
    deliver_all(lambda: now + timedelta(days=30))
    make_graduation(seat, now)  # the same event once more
    deliver_all(lambda: now + timedelta(days=30))
    (made,) = queries.certificates_of(person.id)
    assert (made.seat, made.state) == (seat.uid, State.ISSUED)
    assert len(made.code) == 26 and len(made.short_code) == 12
    assert [(c.jp, c.course_slug) for c in queries.credits_of(person.id)] == [(2, "latihan-kecil")]
    assert Event.objects.filter(name="credentials.certificate_issued").count() == 1


@pytest.mark.django_db
def test_what_stands_on_it_is_a_snapshot_with_masked_numbers(now):
    person = make_person("Siti Nurhaliza, S.Pd.", nip=NIP, unit=make_unit())
    made = make_certificate(person, now).snapshot
    assert made.name == "Siti Nurhaliza, S.Pd."
    assert made.numbers == (("NIP", "1985****** ****08"),)
    assert (made.training, made.jp, made.unit) == ("Menjaga data murid", 2, "MAN 2 Kota Semarang")
    assert (made.starts_on, made.ends_on, made.issued_on) == ("2026-11-24", "2026-12-08", "2026-11-24")
    assert [title for _, title, _ in made.materials] == [e.title for e in publish_small_course(now).lessons]
    assert sum(jp for _, _, jp in made.materials) == 2
    assert NIP not in str(Certificate.objects.values().get(person=person.id))


@pytest.mark.django_db
@pytest.mark.parametrize("state", [None, Graduated.GUGUR])
def test_who_did_not_pass_gets_none(now, state):
    person = make_person()
    seat = make_seat(person, make_batch(publish_small_course(now), now), now)
    if state:
        make_graduation(seat, now, state)
    deliver_all(lambda: now + timedelta(days=30))
    assert actions.issue(seat=seat.uid, now=now) is None
    assert queries.certificates_of(person.id) == ()


@pytest.mark.django_db
def test_the_same_training_passed_in_another_period_gives_no_second_certificate_and_no_second_jp(now):
    person, edition = make_person(), publish_small_course(now)
    make_certificate(person, now, edition)
    later = now + timedelta(days=100)
    again = make_passed_seat(person, later, edition, period_key="2027-i")
    assert actions.issue(seat=again.uid, now=later) is None
    assert len(queries.certificates_of(person.id)) == 1
    assert queries.jp_of(person.id, 2026) == 2
    assert queries.jp_of(person.id, 2027) == 0


@pytest.mark.django_db
def test_numbers_count_up_in_a_year_and_begin_anew_in_the_next(now):
    edition = publish_small_course(now)
    first = make_certificate(make_person("Satu"), now, edition)
    second = make_certificate(make_person("Dua"), now, edition)
    third = make_certificate(make_person("Tiga"), now + timedelta(days=60), edition)
    assert [c.number for c in (first, second, third)] == [
        "000001/PINTAR-S/XI/2026",
        "000002/PINTAR-S/XI/2026",
        "000001/PINTAR-S/I/2027",
    ]


@pytest.mark.django_db
def test_jp_count_in_the_year_in_which_the_person_saw_the_last_requirement_met(now):
    eve = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # 23.00 in Semarang, 1 a.m. in Jayapura
    edition = publish_small_course(eve)
    west, east = make_person("Barat", province="33"), make_person("Timur", province="94")
    for person in (west, east):
        seat = make_passed_seat(person, eve, edition)
        actions.issue(seat=seat.uid, now=eve + timedelta(hours=5))
    assert (queries.jp_of(west.id, 2026), queries.jp_of(west.id, 2027)) == (2, 0)
    assert (queries.jp_of(east.id, 2026), queries.jp_of(east.id, 2027)) == (0, 2)


@pytest.mark.django_db
def test_a_correction_issues_a_new_one_from_fresh_data_and_the_old_one_points_to_it(now):
    person, officer = make_person("Siti Amina"), make_person("Petugas")
    old = make_certificate(person, now)
    profile = {"profession": "", "employment": "", "gender": "", "unit": None, "regency": ""}
    change_profile(person=person, name="Siti Aminah, S.Pd.", **profile, now=now)
    later = now + timedelta(days=3)
    new = actions.supersede(code=old.printed_code, by=officer.uid, reason="Perbaikan nama peserta", now=later)
    before = queries.certificate_of(person.id, old.uid)
    assert (before.state, before.successor, before.reason) == (State.SUPERSEDED, new.code, "Perbaikan nama peserta")
    assert (before.snapshot.name, new.snapshot.name) == ("Siti Amina", "Siti Aminah, S.Pd.")
    assert new.number != old.number and new.code != old.code and new.short_code != old.short_code
    assert new.snapshot.graduated_at == old.snapshot.graduated_at
    (credit,) = queries.credits_of(person.id)
    assert (credit.certificate, credit.year, credit.jp) == (new.uid, 2026, 2)
    deliver_all(lambda: now + timedelta(days=30))
    assert len(queries.certificates_of(person.id)) == 2


@pytest.mark.django_db
def test_a_revoked_one_takes_its_jp_along_and_does_not_come_back_by_a_repeated_event(now):
    person, officer = make_person(), make_person("Petugas")
    seat = make_passed_seat(person, now)
    deliver_all(lambda: now + timedelta(days=30))
    (old,) = queries.certificates_of(person.id)
    gone = actions.revoke(code=old.code, by=officer.uid, reason="Tes dikerjakan orang lain", now=now)
    assert (gone.state, gone.changed_at) == (State.REVOKED, now)
    assert queries.jp_of(person.id, 2026) == 0
    make_graduation(seat, now)
    deliver_all(lambda: now + timedelta(days=30))
    assert [c.state for c in queries.certificates_of(person.id)] == [State.REVOKED]


@pytest.mark.django_db
def test_who_passes_again_after_a_revocation_is_certified_and_credited_again_once(now):
    person, officer, edition = make_person(), make_person("Petugas"), publish_small_course(now)
    old = make_certificate(person, now, edition)
    actions.revoke(code=old.code, by=officer.uid, reason="Tes dikerjakan orang lain", now=now)
    later = now + timedelta(days=100)
    new = make_certificate(person, later, edition, period_key="2027-i")
    assert new.is_issued
    assert (queries.jp_of(person.id, 2026), queries.jp_of(person.id, 2027)) == (0, 2)
    assert JPCredit.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("deed", [actions.revoke, actions.supersede])
def test_a_deed_needs_a_real_code_a_named_person_and_a_reason(now, deed):
    officer = make_person("Petugas")
    made = make_certificate(make_person(), now)

    def codes(**change):
        with pytest.raises(Refusal) as refused:
            deed(**{"code": made.code, "by": officer.uid, "reason": "Perbaikan nama peserta", "now": now, **change})
        return [reason.code for reason in refused.value.reasons]

    assert codes(code="K7M2-9XQD-4R6T") == ["certificate_unknown"]
    assert codes(code="x\0" * 300) == ["certificate_unknown"]
    assert codes(by=made.uid) == ["person_unknown"]
    for reason in ("", "   ", "pendek", "x" * 301, "tidak terbaca \u202e di sini"):
        assert codes(reason=reason) == ["reason_needed"]
    deed(code=made.code, by=officer.uid, reason="Perbaikan nama peserta", now=now)
    assert codes() == ["not_issued"]


@pytest.mark.django_db
def test_an_erased_account_keeps_what_the_law_needs_and_gets_nothing_new(now):
    person, officer = make_person(nip=NIP), make_person("Petugas")
    made = make_certificate(person, now)
    erase_account(person=person, password=PASSWORD, now=now)
    assert queries.certificate_by_code(made.code).snapshot.name == "Siti Aminah"
    with pytest.raises(Refusal, match="name_missing"):
        actions.supersede(code=made.code, by=officer.uid, reason="Perbaikan nama peserta", now=now)
    assert queries.certificate_by_code(made.code).is_issued


@pytest.mark.django_db
def test_the_export_holds_the_certificates_and_the_jp(now):
    person = make_person(nip=NIP)
    made = make_certificate(person, now)
    (part,) = [part for part in parts() if part.name == "credentials"]
    told = part.export(person.id)
    assert told["certificates"][0]["number"] == made.number
    assert told["certificates"][0]["name"] == "Siti Aminah"
    assert told["jp"] == [{"course": "latihan-kecil", "jp": 2, "year": 2026, "credited_at": now.isoformat()}]


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_issue_one_certificate(now):
    person = make_person()
    seat = make_passed_seat(person, now)
    ready = Barrier(10, timeout=30)

    def one(_):
        try:
            ready.wait()
            return actions.issue(seat=seat.uid, now=now).uid
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        told = set(pool.map(one, range(10)))
    assert told == {made.uid for made in queries.certificates_of(person.id)}
    assert len(told) == 1
    assert queries.jp_of(person.id, 2026) == 2


@pytest.mark.django_db(transaction=True)
def test_many_people_at_once_get_numbers_without_gap_or_double(now):
    edition = publish_small_course(now)
    batch = make_batch(edition, now)
    seats = []
    for n in range(8):
        seats.append(make_seat(make_person(f"Peserta {n}"), batch, now))
        make_graduation(seats[-1], now)
    ready = Barrier(len(seats), timeout=30)

    def one(seat):
        try:
            ready.wait()
            return int(actions.issue(seat=seat.uid, now=now).number[:6])
        finally:
            connection.close()

    with ThreadPoolExecutor(len(seats)) as pool:
        assert sorted(pool.map(one, seats)) == list(range(1, len(seats) + 1))


@pytest.mark.django_db(transaction=True)
def test_of_two_deeds_at_once_on_one_certificate_one_is_done(now):
    officer = make_person("Petugas")
    made = make_certificate(make_person(), now)
    ready = Barrier(6, timeout=30)

    def one(n):
        try:
            ready.wait()
            deed = actions.revoke if n % 2 else actions.supersede
            deed(code=made.code, by=officer.uid, reason="Perbaikan nama peserta", now=now)
            return "done"
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(one, range(6)))
    assert answers == ["done", *["not_issued"] * 5]


@pytest.mark.django_db(transaction=True)
def test_workers_that_deliver_at_once_after_the_survey_issue_one_certificate(now):
    person = make_person()
    seat = make_seat(person, make_batch(publish_small_course(now), now), now)
    done = complete_everything(seat, now)
    ready = Barrier(4, timeout=30)

    def worker(_):
        try:
            ready.wait()
            return deliver_all(lambda: done)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(worker, range(4))) > 0
    deliver_all(lambda: done + timedelta(minutes=1))
    assert [c.state for c in queries.certificates_of(person.id)] == [State.ISSUED]
    assert queries.jp_of(person.id, 2026) == 2
    assert Event.objects.filter(name="graduation.decided").count() == 1
    assert Event.objects.filter(name="credentials.certificate_issued").count() == 1
