"""A whole training through the real actions, and what is known of it afterwards."""

from datetime import timedelta

import pytest

from pintar.assessment import queries as tests
from pintar.enrolment.actions import change_batch, take_seat
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation.ledger import worker
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.learning import actions, queries
from pintar.learning.models import ProgressOp, Study, SurveyAnswer
from pintar.learning.tasks import forget
from pintar.learning.tests.builders import (
    complete_everything,
    fill_survey,
    person_of,
    read_lesson,
    record,
    sit,
    sitting_of,
    view,
)
from pintar.people.ports import parts
from pintar.people.tests.builders import make_person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def codes(refused) -> list[str]:
    return [why.code for why in refused.value.reasons]


def test_a_seat_can_be_walked_to_its_end(seat, now):
    done = complete_everything(seat, now)
    facts = queries.study_facts([seat.uid])[seat.uid]
    assert facts.missing == ()
    assert list(facts.lessons_done) == list(facts.lessons)
    assert facts.quiz_best == {"mengenali-data-pribadi": 100, "menyimpan-dengan-aman": 100}
    assert facts.survey_at is not None and facts.survey_at <= done
    assert view(seat, done).is_finished
    assert done - now < timedelta(hours=1)


def test_each_lesson_and_the_survey_are_told_once(seat, now):
    complete_everything(seat, now)
    fill_survey(seat, now + DAY)
    record(seat, "selamat-datang", "reading", [[0, 3]], now + DAY)
    names = list(Event.objects.filter(about=seat.uid, name__startswith="learning.").values_list("name", flat=True))
    assert names.count("learning.lesson_completed") == 3
    assert names.count("learning.survey_handed_in") == 1
    assert SurveyAnswer.objects.count() == 1


def test_a_seat_without_a_row_has_a_study_in_which_nothing_is_done(edition, now):
    seat = make_seat(make_person(), make_batch(edition, now), now)
    facts = queries.study_facts([seat.uid])[seat.uid]
    assert facts.lessons == ("selamat-datang", "mengenali-data-pribadi", "menyimpan-dengan-aman")
    assert (dict(facts.lessons_done), facts.survey_at, facts.missing) == ({}, None, facts.lessons)


def test_facts_take_two_queries_for_one_seat_and_for_twenty(edition, now, django_assert_num_queries):
    batch = make_batch(edition, now)
    seats = [make_seat(make_person(f"Peserta {n}"), batch, now) for n in range(20)]
    actions.begin_studies(seats, now)
    for some in (seats[:1], seats):
        with django_assert_num_queries(2):
            assert len(queries.study_facts([seat.uid for seat in some])) == len(some)


def test_the_worker_begins_a_study_for_each_seat_taken(edition, now):
    person = make_person(nip="198503122010012008", profession="guru")
    seat = take_seat(person=person, batch_key=make_batch(edition, now).key, pledge=True, by=person.uid, now=now)
    worker.deliver_all(lambda: now)
    worker.deliver_all(lambda: now)
    assert Study.objects.get().seat_id == seat.id


def test_a_batch_that_ends_later_lets_its_sittings_end_later(seat, now):
    then = seat.batch.until_at - timedelta(minutes=5)
    sitting_of(seat, "tes-awal", then)
    (facts,) = tests.sittings([seat.uid])[seat.uid]
    assert facts.deadline == seat.batch.until_at
    change_batch(batch_key=seat.batch.key, until_at=seat.batch.until_at + DAY, by=None, now=then)
    worker.deliver_all(lambda: then)
    (facts,) = tests.sittings([seat.uid])[seat.uid]
    assert facts.deadline == then + timedelta(minutes=15)
    assert actions.batch_changed(batch=seat.batch.uid, by=None, now=then) == 0


def test_a_failed_quiz_is_retaken_after_its_lesson_was_read_again(seat, now):
    now = complete_everything(seat, now, until="kuis-mengenali-data-pribadi")
    failed = sit(seat, "kuis-mengenali-data-pribadi", now, right=0)
    with pytest.raises(Refusal) as refused:
        sit(seat, "kuis-mengenali-data-pribadi", failed)
    assert codes(refused) == ["reread_first"]
    with pytest.raises(Refusal) as refused:
        read_lesson(seat, "menyimpan-dengan-aman", failed)
    assert codes(refused) == ["quiz_first"]
    again = read_lesson(seat, "mengenali-data-pribadi", failed + timedelta(minutes=1))
    passed = sit(seat, "kuis-mengenali-data-pribadi", again)
    assert view(seat, passed).states["kuis-mengenali-data-pribadi"].is_done


def test_three_failed_post_tests_lead_to_the_lessons_and_one_more_sitting(seat, now):
    now = complete_everything(seat, now, until="tes-akhir")
    for day in range(3):
        sit(seat, "tes-akhir", now + day * DAY + timedelta(hours=day), right=0)
        with pytest.raises(Refusal) as refused:
            sit(seat, "tes-akhir", now + day * DAY + timedelta(hours=day + 1))
        assert codes(refused) == (["remedial_first"] if day == 2 else ["too_soon"])
    later = now + 4 * DAY
    state = view(seat, later).states["tes-akhir"]
    assert "mengenali-data-pribadi" in state.reread
    for lesson in state.reread:
        later = read_lesson(seat, lesson, later)
    passed = sit(seat, "tes-akhir", later)
    assert view(seat, passed).states["tes-akhir"].is_done


def test_after_the_remedial_sitting_there_is_none(seat, now):
    now = complete_everything(seat, now, until="tes-akhir")
    for day in range(3):
        sit(seat, "tes-akhir", now + day * DAY + timedelta(hours=day), right=0)
    later = now + 4 * DAY
    for lesson in view(seat, later).states["tes-akhir"].reread:
        later = read_lesson(seat, lesson, later)
    failed = sit(seat, "tes-akhir", later, right=0)
    for lesson in ("selamat-datang", "mengenali-data-pribadi", "menyimpan-dengan-aman"):
        read_lesson(seat, lesson, failed)
    with pytest.raises(Refusal) as refused:
        sit(seat, "tes-akhir", failed + DAY)
    assert codes(refused) == ["no_sittings_left"]


def test_a_sitting_left_alone_is_closed_before_the_next_is_asked_for(seat, now):
    now = complete_everything(seat, now, until="tes-akhir")
    sitting_of(seat, "tes-akhir", now)
    with pytest.raises(Refusal) as refused:
        sitting_of(seat, "tes-akhir", now + timedelta(hours=2))
    assert codes(refused) == ["too_soon"]
    assert view(seat, now + timedelta(hours=2)).standing.of("tes-akhir")[0].passed is False


@pytest.mark.parametrize("days", [-1, 15])
def test_outside_its_window_nothing_counts(seat, now, days):
    then = now + days * DAY
    with pytest.raises(Refusal) as refused:
        record(seat, "selamat-datang", "reading", [[0, 3]], then)
    assert codes(refused) == [{-1: "not_started", 15: "ended"}[days]]
    with pytest.raises(Refusal):
        sit(seat, "tes-awal", then)
    with pytest.raises(Refusal):
        fill_survey(seat, then)


def test_two_devices_add_up(seat, now):
    length = view(seat, now).edition.entry("selamat-datang").lesson.form("audio").length
    record(seat, "selamat-datang", "audio", [], now)
    late = now + timedelta(minutes=5)
    record(seat, "selamat-datang", "audio", [[length / 2, length]], late, position=length, op_id="laptop-1")
    ours = record(seat, "selamat-datang", "audio", [[0, length / 2]], late, position=3.0, op_id="ponsel-1")
    assert ours.finished
    assert ours.progress.of("audio").last == 3.0


def test_an_operation_sent_again_changes_nothing(seat, now):
    for position in (2.0, 9.0):
        again = record(seat, "selamat-datang", "audio", [[0, 2]], now, position=position, op_id="satu")
    assert again.progress.of("audio").last == 2.0
    assert ProgressOp.objects.count() == 1


def test_what_was_answered_in_the_survey_names_nobody(seat, now):
    complete_everything(seat, now)
    row = SurveyAnswer.objects.get()
    told = {field.name: getattr(row, field.name) for field in SurveyAnswer._meta.fields}
    assert set(told) == {"id", "batch", "edition", "answers", "handed_in_on"}
    assert set(row.answers) == {"manfaat", "jelas", "saran"}


def test_a_person_takes_their_studies_along_and_leaves_no_trace_of_when(seat, now):
    complete_everything(seat, now)
    person = person_of(seat)
    actions.add_note(
        person=person, seat=seat.uid, lesson="selamat-datang", form="audio", position=4.0, text="Coba besok.",
        by=person.uid, now=now,
    )  # fmt: skip
    (part,) = [part for part in parts() if part.name == "learning"]
    told = part.export(person.id)
    assert told["notes"][0]["text"] == "Coba besok."
    assert set(told["studies"][0]["lessons"]) == {"selamat-datang", "mengenali-data-pribadi", "menyimpan-dengan-aman"}
    part.erase(person.id, now)
    left = part.export(person.id)
    assert left["notes"] == []
    assert left["studies"][0]["last_studied_at"] is None
    assert queries.study_facts([seat.uid])[seat.uid].missing == ()
    assert ProgressOp.objects.count() == 0


def test_operations_are_forgotten_after_two_months(seat, now):
    record(seat, "selamat-datang", "reading", [[0, 1]], now)
    forget(now + timedelta(days=59))
    assert ProgressOp.objects.count() == 1
    forget(now + timedelta(days=61))
    assert ProgressOp.objects.count() == 0
