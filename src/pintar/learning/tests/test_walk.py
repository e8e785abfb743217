"""A whole training through the real actions, and what the pages and the API say on the way."""

from datetime import timedelta

import pytest

from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.learning import queries
from pintar.learning.models import Study
from pintar.learning.tests.builders import complete_everything, view
from pintar.people.tests.builders import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(now):
    edition = publish_small_course(now)
    return make_seat(make_person(), make_batch(edition, now), now)


def test_a_seat_can_be_walked_to_its_end(seat, now):
    done = complete_everything(seat, now)
    facts = queries.study_facts([seat.uid])[seat.uid]
    assert facts.missing == ()
    assert facts.survey_at == facts.survey_at and facts.survey_at <= done
    assert set(facts.quiz_best) == {"mengenali-data-pribadi", "menyimpan-dengan-aman"}
    assert view(seat, done).is_finished
    assert done - now < timedelta(hours=1)


def test_the_pages_of_a_walk_open(seat, now, client):
    from pintar.learning.tests.builders import person_of

    sign_in(client, person_of(seat))
    key = seat.batch.key
    assert client.get("/beranda/").status_code == 200
    assert client.get("/belajar/").status_code == 200
    assert client.get(f"/belajar/{key}/").status_code == 200
    assert Study.objects.count() == 1
    for entry, status in (("tes-awal", 200), ("selamat-datang", 200), ("mengenali-data-pribadi", 409), ("kuis-mengenali-data-pribadi", 200), ("tes-akhir", 200), ("survei", 409), ("tidak-ada", 404)):
        assert client.get(f"/belajar/{key}/{entry}/").status_code == status, entry
