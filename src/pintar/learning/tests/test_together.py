"""Several devices at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation.models import Event
from pintar.learning import actions
from pintar.learning.models import ProgressOp, Study, SurveyAnswer
from pintar.learning.tests.builders import complete_everything, fill_survey, record, view
from pintar.people.tests.builders import make_person

pytestmark = pytest.mark.django_db(transaction=True)
DEVICES = 6


def at_once(work, times=DEVICES):
    def alone(n):
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(alone, range(times)))


@pytest.fixture
def seat(now):
    seat = make_seat(make_person(), make_batch(publish_small_course(now), now), now)
    actions.begin_study(seat=seat, now=now)
    return seat


def pieces(seat, now):
    length = view(seat, now).edition.entry("selamat-datang").lesson.form("audio").length
    return [[[n * length / DEVICES, (n + 1) * length / DEVICES]] for n in range(DEVICES)]


def test_without_the_lock_progress_would_be_lost(seat, now):
    """The control: rows read without a lock, all before the first is written."""
    parts = pieces(seat, now)
    rows = [Study.objects.get() for _ in parts]
    for row, ranges in zip(rows, parts, strict=True):
        row.lessons = {**row.lessons, "selamat-datang": {"ranges": ranges}}
        row.save()
    assert Study.objects.get().lessons["selamat-datang"]["ranges"] != parts


def test_what_devices_send_at_once_adds_up(seat, now):
    parts = pieces(seat, now)
    record(seat, "selamat-datang", "audio", [], now)
    late = now + timedelta(hours=1)
    at_once(lambda n: record(seat, "selamat-datang", "audio", parts[n], late))
    progress = view(seat, late).lessons["selamat-datang"]
    assert progress.completed_at == late
    assert ProgressOp.objects.count() == DEVICES + 1
    assert Event.objects.filter(name="learning.lesson_completed").count() == 1


def test_a_double_tap_hands_the_survey_in_once(seat, now):
    done = complete_everything(seat, now, until="survei")
    at_once(lambda n: fill_survey(seat, done))
    assert SurveyAnswer.objects.count() == 1
    assert Event.objects.filter(name="learning.survey_handed_in").count() == 1


def test_first_visits_at_once_make_one_study(now):
    seat = make_seat(make_person(), make_batch(publish_small_course(now), now), now)
    at_once(lambda n: actions.begin_study(seat=seat, now=now))
    assert Study.objects.count() == 1
    with transaction.atomic():
        actions.begin_study(seat=seat, now=now)
    assert Study.objects.count() == 1
