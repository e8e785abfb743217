"""Decided once, from events and by the sweep; by hand with a name and a reason."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from pintar.assessment import actions as tests
from pintar.assessment.tests.builders import answer
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries as enrolment
from pintar.enrolment.actions import change_batch, give_back_seat, take_seat
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.graduation import actions, queries, tasks
from pintar.graduation.models import Graduation
from pintar.graduation.queries import State
from pintar.graduation.tests.builders import make_graduation
from pintar.learning.tests.builders import complete_everything, fill_survey, sit, sitting_of
from pintar.people.ports import parts
from pintar.people.tests.builders import make_person

DAY = timedelta(days=1)


@pytest.fixture
def edition(now):
    return publish_small_course(now)


@pytest.fixture
def person():
    return make_person()


@pytest.fixture
def seat(edition, person, now):
    return make_seat(person, make_batch(edition, now), now)


def decided(seat) -> list[str]:
    return list(
        Event.objects.filter(name="graduation.decided", about=seat.uid).values_list("payload__state", flat=True)
    )


def codes(seat, now) -> list[str]:
    return [reason.code for reason in queries.standings([seat.uid], now)[seat.uid].reasons]


@pytest.mark.django_db
def test_the_survey_handed_in_last_decides_lulus_without_anybody_asking(seat, person, now):
    before = complete_everything(seat, now, until="survei")
    deliver_all(lambda: now + 30 * DAY)
    assert decided(seat) == []
    assert codes(seat, before) == ["survey_missing"]
    at = fill_survey(seat, before)
    deliver_all(lambda: now + 30 * DAY)
    facts = queries.graduations([seat.uid])[seat.uid]
    assert (facts.state, facts.achieved_at, facts.reasons, facts.by) == (State.LULUS, at, (), None)
    assert decided(seat) == ["lulus"]
    assert enrolment.completed(person.id) == {"latihan-kecil": at}


@pytest.mark.django_db
def test_what_happens_after_lulus_changes_nothing_and_is_not_told_again(seat, now):
    done = complete_everything(seat, now)
    deliver_all(lambda: now + 30 * DAY)
    actions.decide(seats=[seat.uid], now=done + 400 * DAY)
    actions.close_windows(now=done + 400 * DAY)
    assert decided(seat) == ["lulus"]


@pytest.mark.django_db
def test_every_lack_is_named_and_remedial_is_a_state_of_its_own(seat, now):
    assert codes(seat, now) == ["lessons_missing", "post_test_not_taken", "survey_missing"]
    at = complete_everything(seat, now, until="tes-akhir")
    assert codes(seat, at) == ["post_test_not_taken", "survey_missing"]
    for left in (2, 1, None):
        at = sit(seat, "tes-akhir", at, right=1)
        first = queries.standings([seat.uid], at)[seat.uid].reasons[0]
        assert first.code == ("post_test_not_passed" if left else "remedial_open")
        assert first.data.get("left") == left
        assert first.data["percent"] < 70 == first.data["pass_mark"]
        at += DAY
    deliver_all(lambda: now + 30 * DAY)
    assert queries.standings([seat.uid], at)[seat.uid].state is State.REMEDIAL
    assert Graduation.objects.get(seat=seat.uid).state == State.REMEDIAL
    assert decided(seat) == []


@pytest.fixture
def answered_late(seat, person, now):
    """A learner who did everything but for the post-test, whose answers came after its time and the batch's end; the
    window closed meanwhile. Returns the sitting and when they came."""
    actions.begin(seats=[seat.uid])
    complete_everything(seat, now, until="tes-akhir")
    end = seat.batch.until_at
    sit(seat, "tes-akhir", end - 2 * DAY, right=1)
    fill_survey(seat, end - timedelta(hours=30))
    sitting = sitting_of(seat, "tes-akhir", end - timedelta(minutes=20))
    came = end + timedelta(hours=2)
    tests.close_due(came)
    answer(person, sitting, came)
    actions.close_windows(now=came)
    deliver_all(lambda: now + 30 * DAY)
    assert decided(seat) == ["gugur"]
    return sitting, came


@pytest.mark.django_db
def test_late_answers_that_are_accepted_turn_a_window_that_was_over_into_lulus(seat, answered_late, now):
    sitting, came = answered_late
    organiser = make_person("Ratna")
    tests.accept_held(sitting=sitting, by=organiser.uid, reason="Sinyal padam", now=came + DAY)
    deliver_all(lambda: now + 30 * DAY)
    deliver_all(lambda: now + 30 * DAY)
    facts = queries.graduations([seat.uid])[seat.uid]
    assert (facts.state, facts.achieved_at, facts.by) == (State.LULUS, seat.batch.until_at, None)
    assert decided(seat) == ["gugur", "lulus"]


@pytest.mark.django_db
def test_late_answers_that_are_refused_or_not_enough_leave_it_over(seat, answered_late, now):
    sitting, came = answered_late
    organiser = make_person("Ratna")
    tests.refuse_held(sitting=sitting, by=organiser.uid, reason="Dikirim ulang", now=came + DAY)
    deliver_all(lambda: now + 30 * DAY)
    actions.reconsider(seats=[seat.uid], now=came + DAY)
    assert decided(seat) == ["gugur"]


@pytest.mark.django_db
def test_late_answers_change_nothing_that_a_person_decided(seat, answered_late, now):
    sitting, came = answered_late
    organiser = make_person("Ratna")
    Graduation.objects.filter(seat=seat.uid).update(by=organiser.uid, note="Tidak hadir")
    tests.accept_held(sitting=sitting, by=organiser.uid, reason="Sinyal padam", now=came + DAY)
    deliver_all(lambda: now + 30 * DAY)
    assert Graduation.objects.get(seat=seat.uid).state == State.GUGUR


@pytest.mark.django_db
def test_the_sweep_marks_gugur_after_the_end_with_what_was_missing(seat, now):
    actions.begin(seats=[seat.uid])
    end = seat.batch.until_at
    tasks.close_windows(end - timedelta(seconds=1))
    assert decided(seat) == []
    tasks.close_windows(end)
    tasks.close_windows(end + DAY)
    facts = queries.graduations([seat.uid])[seat.uid]
    assert (facts.state, facts.achieved_at) == (State.GUGUR, None)
    assert [reason.code for reason in facts.reasons] == [
        "window_over",
        "lessons_missing",
        "post_test_not_taken",
        "survey_missing",
    ]
    assert decided(seat) == ["gugur"]


@pytest.mark.django_db
def test_a_sweep_that_comes_late_still_finds_who_was_done_in_time(seat, person, now):
    actions.begin(seats=[seat.uid])
    done = complete_everything(seat, now)
    assert actions.close_windows(now=seat.batch.until_at + 30 * DAY) == 1
    facts = queries.graduations([seat.uid])[seat.uid]
    assert facts.state is State.LULUS
    assert facts.achieved_at < done < seat.batch.until_at
    assert enrolment.completed(person.id) == {"latihan-kecil": facts.achieved_at}


@pytest.mark.django_db
def test_the_sweep_waits_for_a_sitting_that_is_not_scored_yet(edition, person, now):
    batch = make_batch(edition, now, until_at=now + 3 * DAY)
    seat = make_seat(person, batch, now)
    complete_everything(seat, now, until="tes-akhir")
    sitting_of(seat, "tes-akhir", batch.until_at - timedelta(minutes=1))
    actions.begin(seats=[seat.uid])
    assert actions.close_windows(now=batch.until_at + timedelta(minutes=1)) == 0
    assert decided(seat) == []


@pytest.mark.django_db
def test_every_seat_taken_is_found_by_the_sweep_and_a_given_back_one_is_not(edition, now):
    batch = make_batch(edition, now)
    person = make_person("Tetap", nik="3374014101850001")
    stays = take_seat(person=person, batch_key=batch.key, pledge=True, by=person.uid, now=now)
    other = make_person("Lain", nik="3374014101850002")
    goes = take_seat(person=other, batch_key=batch.key, pledge=True, by=other.uid, now=now)
    give_back_seat(person=other, batch_key=batch.key, by=other.uid, now=now)
    deliver_all(lambda: now + 30 * DAY)
    assert actions.close_windows(now=batch.until_at) == 1
    assert (decided(stays), decided(goes)) == (["gugur"], [])


@pytest.mark.django_db
def test_a_later_end_opens_what_the_rule_had_closed_but_not_what_a_person_decided(edition, now):
    batch = make_batch(edition, now)
    by_rule, by_person = (make_seat(make_person(f"Peserta {n}"), batch, now) for n in range(2))
    actions.begin(seats=[by_rule.uid])
    officer = make_person("Petugas")
    reason = "Mengundurkan diri lewat surat"
    actions.decide_by_hand(seat=by_person.uid, state=State.GUGUR, by=officer.uid, reason=reason, now=now)
    actions.close_windows(now=batch.until_at)
    assert decided(by_rule) == ["gugur"]
    change_batch(batch_key=batch.key, until_at=batch.until_at + 7 * DAY, by=None, now=batch.until_at)
    actions.reopen(batches=[batch.uid], now=batch.until_at)
    assert list(queries.graduations([by_rule.uid, by_person.uid])) == [by_person.uid]
    complete_everything(by_rule, now + DAY)
    actions.decide(seats=[by_rule.uid], now=batch.until_at + DAY)
    assert decided(by_rule) == ["gugur", "lulus"]


@pytest.mark.django_db
def test_a_hand_needs_a_name_and_a_reason_and_is_recorded_with_both(seat, person, now):
    officer = make_person("Petugas")

    def refused(**change):
        with pytest.raises(Refusal) as found:
            given = {"seat": seat.uid, "state": State.LULUS, "by": officer.uid, "reason": "Gangguan listrik tercatat"}
            actions.decide_by_hand(**{**given, "now": now, **change})
        return [reason.code for reason in found.value.reasons]

    assert refused(state=State.BELUM) == ["state_not_final"]
    assert refused(by=seat.uid) == ["person_unknown"]
    assert refused(reason="  ya  ") == ["note_needed"]
    assert refused(reason="x" * 501) == ["note_needed"]
    assert refused(seat=officer.uid) == ["seat_unknown"]
    assert decided(seat) == []
    for _ in range(2):
        actions.decide_by_hand(
            seat=seat.uid, state=State.LULUS, by=officer.uid, reason="Gangguan listrik tercatat", now=now
        )
    facts = queries.graduations([seat.uid])[seat.uid]
    assert (facts.state, facts.by, facts.note) == (State.LULUS, officer.uid, "Gangguan listrik tercatat")
    assert decided(seat) == ["lulus"]
    assert Event.objects.get(name="graduation.decided").by == officer.uid
    assert enrolment.completed(person.id) == {"latihan-kecil": now}
    assert refused(state=State.GUGUR) == ["already_lulus"]


@pytest.mark.django_db
def test_a_person_may_turn_gugur_into_lulus(seat, now):
    officer = make_person("Petugas")
    actions.begin(seats=[seat.uid])
    actions.close_windows(now=seat.batch.until_at)
    actions.decide_by_hand(
        seat=seat.uid, state=State.LULUS, by=officer.uid, reason="Pengerjaan diulang, hasil 90", now=seat.batch.until_at
    )
    assert decided(seat) == ["gugur", "lulus"]


@pytest.mark.django_db
def test_unknown_and_given_back_seats_are_passed_over(seat, person, now):
    give_back_seat(person=person, batch_key=seat.batch.key, by=person.uid, now=now)
    assert actions.decide(seats=[seat.uid, person.uid], now=seat.batch.until_at) == {}
    assert queries.standings([person.uid], now) == {}


@pytest.mark.django_db
def test_deciding_asks_the_same_number_of_questions_for_one_and_for_twenty(edition, now, django_assert_num_queries):
    batch = make_batch(edition, now)
    seats = [make_seat(make_person(f"Peserta {n}"), batch, now) for n in range(20)]
    actions.begin(seats=[seat.uid for seat in seats])
    for some in (seats[:1], seats):
        with django_assert_num_queries(4):
            assert len(queries.standings([seat.uid for seat in some], now)) == len(some)
        with django_assert_num_queries(1):
            queries.graduations([seat.uid for seat in some])


@pytest.mark.django_db
def test_what_is_kept_is_handed_out_and_what_somebody_wrote_is_erased(seat, person, now):
    make_graduation(seat, now)
    Graduation.objects.update(note="Sakit keras", reasons=[{"code": "survey_missing", "data": {}}])
    (part,) = [part for part in parts() if part.name == "graduation"]
    (told,) = part.export(person.id)["graduations"]
    assert (told["state"], told["course"], told["note"]) == ("lulus", "latihan-kecil", "Sakit keras")
    part.erase(person.id, now)
    row = Graduation.objects.get()
    assert (row.note, row.reasons, row.state) == ("", [], "lulus")


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_decide_at_once_one_does(seat, now):
    done = complete_everything(seat, now)
    ready = Barrier(10, timeout=30)

    def one(_):
        try:
            ready.wait()
            return len(actions.decide(seats=[seat.uid], now=done))
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(one, range(10))) == [0] * 9 + [1]
    assert decided(seat) == ["lulus"]
