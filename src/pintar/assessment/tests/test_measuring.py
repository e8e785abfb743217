"""People on the scale: a measure with its error for each test, the gain with its own, and the page that says it."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client

from pintar.assessment import models, queries
from pintar.assessment.actions import scale as actions
from pintar.assessment.tests import bank, builders
from pintar.assessment.tests.simulated import sit_many
from pintar.courses.queries import Edition
from pintar.foundation.ledger.worker import deliver_all
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in


def approve_scale(edition: Edition, now: datetime, persons: int = 300, **more: Any) -> list[Person]:
    """A scale from so many people, approved; they and all who sat are measured."""
    people = sit_many(edition, now, persons=persons, **more)
    actions.tally_items(sittings=models.Sitting.objects.filter(tallied=False).values_list("uid", flat=True))
    actions.ask_due(now=now)
    deliver_all(lambda: now)
    uid = models.Calibration.objects.order_by("-id")[0].uid
    actions.approve_calibration(calibration=uid, by=bank.make_worker("penguji").uid, now=now)
    deliver_all(lambda: now)
    return people


def test_with_a_scale_everyone_is_measured_without_bias_and_the_gain_is_found(edition: Edition, now: datetime) -> None:
    approve_scale(edition, now, gain=0.6)
    rows = list(models.Sitting.objects.order_by("id"))
    assert all(row.measure and row.measure["scale"] == 1 for row in rows)
    found = [row.measure for row in rows if row.measure]
    assert abs(np.mean([each["theta"] for each in found[::2]])) < 0.2
    assert all(0.2 < each["se"] < 3 or each["extreme"] for each in found)
    gains = [each["gain"] for each in found[1::2]]
    assert abs(np.mean(gains) - 0.6) < 0.2
    assert not any("gain" in each for each in found[::2])
    starts = [each["before"] for each in found[1::2]]
    np.testing.assert_allclose(starts, [[each["theta"], each["se"]] for each in found[::2]], atol=1e-6)


def test_an_indicator_is_measured_only_where_the_items_carry_it(edition: Edition, now: datetime) -> None:
    approve_scale(edition, now)
    errors = [se for row in models.Sitting.objects.all() if row.measure for _, _, se in row.measure["indicators"]]
    assert all(se <= 0.5 for se in errors)
    assert len(errors) < models.Sitting.objects.count()


def test_who_sits_later_is_measured_when_the_test_closes_and_anew_when_it_is_scored_anew(
    edition: Edition, now: datetime
) -> None:
    approve_scale(edition, now)
    person = make_person("Budi")
    facts = builders.sit(person, edition.uid, "tes-akhir", now, right=4)
    row = models.Sitting.objects.get(uid=facts.uid)
    assert row.measure is None
    deliver_all(lambda: now + timedelta(hours=1))
    row.refresh_from_db()
    assert row.measure is not None
    assert "gain" not in row.measure
    assert actions.measure_sittings(sittings=[row.uid]) == 0
    quiz = builders.sit(person, edition.uid, builders.QUIZZES[0], now)
    deliver_all(lambda: now + timedelta(hours=1))
    assert models.Sitting.objects.get(uid=quiz.uid).measure is None


def test_nobody_is_measured_before_a_scale_is_approved(edition: Edition, now: datetime) -> None:
    sit_many(edition, now, persons=5)
    assert actions.measure_sittings(sittings=models.Sitting.objects.values_list("uid", flat=True)) == 0
    assert not models.Sitting.objects.filter(measure__isnull=False).exists()


def test_the_result_page_says_a_band_and_the_gain_with_its_error_in_as_many_statements(
    edition: Edition, client: Client, now: datetime, django_assert_max_num_queries: Any
) -> None:
    people = approve_scale(edition, now, gain=2.0)
    row = models.Sitting.objects.get(person_id=people[0].id, kind="posttest")
    sign_in(client, people[0])
    page = f"/tes/{row.uid}/bukti/"
    client.get(page)
    with django_assert_max_num_queries(3):
        told = client.get(page).content.decode()
    on_scale = queries.result_page(row.uid, people[0].id).measured  # type: ignore[union-attr]
    assert on_scale is not None
    assert on_scale.gain is not None
    assert f"{on_scale.band.value} ± {on_scale.band.reach}" in told
    assert f"{on_scale.gain.points} poin ± {on_scale.gain.reach}" in told
    assert on_scale.band.low <= on_scale.band.value <= on_scale.band.high
    sign_in(client, people[1])
    assert client.get(page).status_code == 404


def test_without_a_scale_the_page_shows_no_measure(
    edition: Edition, person: Person, client: Client, now: datetime
) -> None:
    facts = builders.sit(person, edition.uid, "tes-akhir", now)
    sign_in(client, person)
    assert "Kemampuan terukur" not in client.get(f"/tes/{facts.uid}/bukti/").content.decode()


@pytest.mark.parametrize(
    ("theta", "cut", "side"), [(1.0, 0.0, "above"), (-1.0, 0.0, "below"), (0.5, 0.0, "near"), (1.0, None, "")]
)
def test_the_word_and_the_drawn_band_agree(theta: float, cut: float | None, side: str) -> None:
    from pintar.assessment.queries.measured import measured

    shown = measured({"theta": theta, "se": 0.3, "extreme": False, "indicators": [], "cut": cut})
    assert shown is not None
    assert shown.band.side == side
    if side:
        assert (shown.band.left > shown.cut_x) == (side == "above")
        assert (shown.band.left + shown.band.width < shown.cut_x) == (side == "below")


def test_one_that_is_scored_anew_while_it_is_measured_is_measured_from_its_new_marks(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pintar.assessment.queries.scale import measures

    approve_scale(edition, now)
    facts = builders.sit(make_person("Budi"), edition.uid, "tes-akhir", now, right=4)
    row, estimate = models.Sitting.objects.get(uid=facts.uid), measures.measures
    assert row.score is not None
    anew = {**row.score, "items": [[item, 0, of, value] for item, _, of, value in row.score["items"]]}

    def scored_meanwhile(*given: Any) -> Any:
        models.Sitting.objects.filter(pk=row.pk).update(score=anew, measure=None)
        return estimate(*given)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(measures, "measures", scored_meanwhile)
        assert actions.measure_sittings(sittings=[row.uid]) == 0
    assert actions.measure_sittings(sittings=[row.uid]) == 1
    row.refresh_from_db()
    assert row.measure is not None
    assert row.measure["extreme"]
