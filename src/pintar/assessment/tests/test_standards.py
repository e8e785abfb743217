"""The standard: provisional until a panel sat, equated form by form, fixed for a batch by its first post-test."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.test import Client

from pintar.assessment import models, queries, scale_kept
from pintar.assessment.actions import hand_in
from pintar.assessment.actions import scale as actions
from pintar.assessment.queries.scale import cuts
from pintar.assessment.tests import bank, builders
from pintar.assessment.tests.test_bank_together import at_once
from pintar.assessment.tests.test_measuring import approve_scale
from pintar.courses import actions as courses
from pintar.courses.queries import Edition
from pintar.foundation import ids
from pintar.foundation.ledger.worker import deliver_all
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in
from pintar.sciences.psychometrics.irt.sum_scores import expected_score


def in_cohort(now: datetime, cohort: UUID) -> Any:
    return builders.make_context(now, cohort=cohort)


def open_post_test(edition: Edition, now: datetime, cohort: UUID, person: Person | None = None) -> models.Sitting:
    person = person or make_person("Budi")
    uid = builders.open_sitting(person, edition.uid, "tes-akhir", now, in_cohort(now, cohort))
    return models.Sitting.objects.get(uid=uid)


def test_with_the_scale_the_pass_mark_becomes_a_provisional_cut_and_every_form_its_own(
    edition: Edition, now: datetime
) -> None:
    approve_scale(edition, now, harder={f"c-{n}": 0.7 for n in range(1, 9)})
    standard = models.Standard.objects.get()
    assert (standard.method, standard.share, standard.se, standard.reference["form"]) == ("provisional", 70, None, "A")
    kept = models.EditionCuts.objects.get()
    items = scale_kept.items_of(models.Calibration.objects.get().uid)
    for name, versions in cuts.versions_of(edition.uid).items():
        form = items.named([str(version) for version in versions])
        expected = float(expected_score(form, [standard.theta])[0])
        assert abs(kept.cuts[name]["raw"] - expected) <= 0.5 + 1e-6
        assert len(kept.cuts[name]["percents"]) == int(form.maxima.sum()) + 1
        passing = np.array(kept.cuts[name]["percents"]) >= kept.cuts[name]["mark"]
        assert np.flatnonzero(passing)[0] == kept.cuts[name]["raw"]
    assert kept.cuts["C"]["raw"] < kept.cuts["A"]["raw"]
    assert kept.cuts["A"]["mark"] == 70
    assert actions.prepare_cuts(course=standard.course.uid, now=now) == 0


def test_passing_is_by_the_forms_raw_cut_and_the_percentage_never_contradicts_it(
    edition: Edition, now: datetime, client: Client
) -> None:
    approve_scale(edition, now, harder={f"c-{n}": 0.7 for n in range(1, 9)})
    row = open_post_test(edition, now, ids.uid())
    assert row.cut is not None
    person = make_person("Citra")
    models.Sitting.objects.filter(pk=row.pk).update(person_id=person.id, form="C", cut=cut_of("C"))
    row.refresh_from_db()
    assert row.cut is not None
    got = row.cut["raw"]
    for marks, passed in ((got, True), (got - 1, False)):
        score(row, marks)
        facts = queries.sittings_of(row.context)[0]
        assert facts.passed is passed
        assert facts.percent is not None
        assert facts.pass_mark == row.cut["mark"]
        assert (facts.percent >= row.cut["mark"]) is passed
    page = queries.result_page(row.uid, person.id)
    assert page is not None
    assert (page.needed, page.is_provisional) == (got, True)
    sign_in(client, person)
    told = client.get(f"/tes/{row.uid}/bukti/").content.decode()
    assert f"batas paket ini {got}" in told
    assert "batas masih sementara" in told


def cut_of(form: str) -> dict[str, Any]:
    kept = models.EditionCuts.objects.select_related("standard").get()
    told = {"theta": kept.standard.theta, "method": kept.standard.method, "standard": kept.standard.number}
    return {**{name: kept.cuts[form][name] for name in ("raw", "mark", "percents")}, **told}


def score(row: models.Sitting, marks: int) -> None:
    """As closing does, with a score of so many marks."""
    from unittest.mock import patch  # only the marks are given; the verdict is the room's own

    from pintar.assessment import scoring
    from pintar.assessment.actions.closing import write_score
    from pintar.sciences.scoring import marking

    left = [marks]

    def given(key: Any, value: Any) -> marking.Marks:
        got = min(left[0], key["marks"])
        left[0] -= got
        return marking.Marks(got, key["marks"])

    row.closed_at, row.closed_by = row.opened_at, "person"
    with patch.object(scoring.marking, "mark", given):
        write_score(row, scoring.score(row, []), "closed_at", "closed_by")
    assert row.got == marks


def test_a_batchs_cuts_are_fixed_by_its_first_post_test_and_later_ones_serve_later_batches(
    edition: Edition, now: datetime
) -> None:
    early, late = ids.uid(), ids.uid()
    assert open_post_test(edition, now, early).cut is None
    approve_scale(edition, now)
    assert open_post_test(edition, now, early).cut is None
    first = open_post_test(edition, now, late).cut
    assert first is not None
    standard = models.Standard.objects.get()
    newer = models.Standard.objects.create(
        course=standard.course, number=2, method="angoff", theta=standard.theta + 0.8, se=0.1, share=80, scale=1,
        reference=standard.reference, by=bank.make_worker("penguji").uid, at=now,
    )  # fmt: skip
    assert actions.prepare_cuts(course=standard.course.uid, now=now) == 1
    again = open_post_test(edition, now, late).cut
    assert again is not None
    assert again["standard"] == first["standard"] == 1
    after = open_post_test(edition, now, ids.uid()).cut
    assert after is not None
    assert (after["standard"], after["theta"]) == (2, newer.theta)
    assert models.CohortCuts.objects.count() == 3


def test_a_pre_test_and_who_is_of_no_batch_have_no_cut(edition: Edition, now: datetime) -> None:
    approve_scale(edition, now)
    person = make_person("Budi")
    pre = builders.open_sitting(person, edition.uid, "tes-awal", now, in_cohort(now, ids.uid()))
    alone = builders.open_sitting(person, edition.uid, "tes-akhir", now)
    assert not models.Sitting.objects.filter(uid__in=[pre, alone]).exclude(cut=None).exclude(cut__isnull=True).exists()
    assert not models.CohortCuts.objects.exists()


def test_an_edition_with_an_item_that_is_not_on_the_scale_has_no_cuts_and_a_later_one_has(
    edition: Edition, now: datetime
) -> None:
    approve_scale(edition, now)
    models.ItemKey.objects.filter(edition=edition.uid, item="b-2").update(version=None)
    again = courses.renew(course=bank.SLUG, by=None, now=now)
    deliver_all(lambda: now)
    assert not models.EditionCuts.objects.filter(edition=again.uid).exists()
    version = models.ItemVersion.objects.get(item__key="b-2", number=1)
    models.ItemKey.objects.filter(edition=again.uid, item="b-2").update(version=version)
    assert actions.prepare_cuts(course=version.item.course.uid, now=now) == 1


def test_the_measure_says_how_sure_the_decision_is(edition: Edition, now: datetime) -> None:
    approve_scale(edition, now)
    person, cohort = make_person("Budi"), ids.uid()
    row = open_post_test(edition, now, cohort, person)
    done = now + timedelta(minutes=10)
    builders.answer(person, row.uid, done, right=2)
    hand_in(person=person, sitting=row.uid, by=person.uid, now=done)
    deliver_all(lambda: done)
    page = queries.result_page(row.uid, person.id)
    assert page is not None
    assert page.measured is not None
    assert row.cut is not None
    assert page.measured.cut == round(500 + 100 * row.cut["theta"])
    assert page.measured.chance < 50
    assert page.measured.band.side in ("below", "near")


@pytest.mark.django_db(transaction=True)
def test_a_standard_between_two_openings_parts_a_batch_without_the_guard_and_not_with_it(now: datetime) -> None:
    """The control first: who fixes the newest cuts at every opening has two people of one batch under two cuts."""
    edition = builders.publish_all_types(now)
    course = models.Item.objects.filter(course__slug=bank.SLUG)[0].course

    def set_standard(number: int) -> models.EditionCuts:
        standard = models.Standard.objects.create(
            course=course, number=number, method="provisional", theta=0.1 * number, share=70, scale=1,
            reference={}, at=now,
        )  # fmt: skip
        cut = {"raw": number, "mark": 70, "percents": []}
        return models.EditionCuts.objects.create(
            edition=edition.uid, standard=standard, scale=1, cuts=dict.fromkeys("ABCDE", cut)
        )

    def unguarded(cohort: UUID) -> int:
        newest = models.EditionCuts.objects.order_by("-standard__number")[0]
        row, _ = models.CohortCuts.objects.update_or_create(
            cohort=cohort, edition=edition.uid, defaults={"cuts": newest, "at": now}
        )
        return row.cuts.standard.number if row.cuts else 0

    def guarded(cohort: UUID) -> int:
        fixed = actions.fix_cuts(cohort=cohort, edition=edition.uid, now=now)
        return fixed.standard.number if fixed else 0

    set_standard(1)
    one, other = ids.uid(), ids.uid()
    first, second = unguarded(one), guarded(other)
    set_standard(2)
    assert (first, unguarded(one)) == (1, 2)
    assert (second, guarded(other)) == (1, 1)

    people, cohort = [make_person(f"Orang {n}") for n in range(3)], ids.uid()
    told = at_once(*(lambda who=who: open_post_test(edition, now, cohort, who).cut for who in people))
    assert [cut["standard"] for cut in told] == [2, 2, 2]
    assert models.CohortCuts.objects.filter(cohort=cohort).count() == 1
