"""Items that are only tried: they ride along in sittings, count nowhere, and are counted as shown."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pintar.assessment import kept, models, queries
from pintar.assessment.actions import hand_in
from pintar.assessment.model_answers import right_value
from pintar.assessment.tests import bank, builders, items
from pintar.courses import actions as courses
from pintar.courses.queries import Edition, latest_edition
from pintar.foundation.ledger.worker import deliver_all
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in


@pytest.fixture
def trying(edition: Edition, now: datetime) -> Edition:
    """The next edition, which tries six items by two."""
    return builders.publish_with_pilots(edition, now)


def test_a_share_of_pilots_rides_along_and_counts_nowhere(trying: Edition, person: Person, now: datetime) -> None:
    facts = builders.sit(person, trying.uid, "tes-akhir", now)
    row = models.Sitting.objects.get(uid=facts.uid)
    assert len(row.items) == 10
    assert set(row.pilots) == {item for item in row.items if item.startswith("coba-")}
    assert len(row.pilots) == 2
    assert row.score is not None
    assert [item for item, *_ in row.score["items"]] == [item for item in row.items if item not in row.pilots]
    assert facts.passed and (facts.got, facts.of) == (row.got, row.got)
    assert sum(line.items for line in facts.indicators) == len(items.TYPES)
    assert [(item, got, of) for item, got, of, _ in row.score["pilots"]] == [(item, 1, 1) for item in row.pilots]


def test_whoever_answers_only_pilots_has_no_mark(trying: Edition, person: Person, now: datetime) -> None:
    context = builders.make_context(now)
    sitting = builders.open_sitting(person, trying.uid, "tes-akhir", now, context)
    paper, row = kept.paper(sitting, person.id), models.Sitting.objects.get(uid=sitting)
    builders.record(
        person, sitting, now, [builders.op(item, right_value(paper, item), n) for n, item in enumerate(row.pilots, 1)]
    )
    hand_in(person=person, sitting=sitting, by=person.uid, now=now)
    (facts,) = queries.sittings([context.uid])[context.uid]
    assert (facts.got, facts.passed) == (0, False)


def test_what_was_tried_is_counted_with_the_version_that_was_shown(
    trying: Edition, person: Person, now: datetime
) -> None:
    facts = builders.sit(person, trying.uid, "tes-awal", now)
    deliver_all(lambda: now + timedelta(minutes=15))
    row = models.Sitting.objects.get(uid=facts.uid)
    counted = models.Item.objects.filter(key__in=row.pilots)
    assert [(item.shown, item.answers, item.got, item.of) for item in counted] == [(1, 1, 1, 1)] * 2
    versions = models.ItemKey.objects.filter(edition=trying.uid, item__in=row.pilots)
    assert {key.version.number for key in versions.select_related("version") if key.version} == {1}


def test_nobody_meets_a_pilot_twice_and_rested_ones_are_met_by_nobody(
    trying: Edition, person: Person, now: datetime
) -> None:
    rested = models.Item.objects.get(key="coba-0")
    bank.step(rested, "rest", bank.make_worker("penguji"), now, bank.WHY)
    context, met = builders.make_context(now), []
    for sitting in range(3):
        at = now + timedelta(days=2 * sitting)
        facts = builders.sit(person, trying.uid, "tes-akhir", at, context=context, right=0)
        met.append(models.Sitting.objects.get(uid=facts.uid).pilots)
    assert [len(pilots) for pilots in met] == [2, 2, 1]
    assert sorted(item for pilots in met for item in pilots) == [f"coba-{n}" for n in range(1, 6)]


def test_running_batches_stay_as_they_were(
    edition: Edition, trying: Edition, person: Person, now: datetime, django_assert_max_num_queries: Any
) -> None:
    facts = builders.sit(person, edition.uid, "tes-awal", now)
    assert models.Sitting.objects.get(uid=facts.uid).pilots == []
    assert len(models.Sitting.objects.get(uid=facts.uid).items) == len(items.TYPES)
    kept.bank(trying.uid)
    with django_assert_max_num_queries(12):
        builders.open_sitting(make_person("Budi"), trying.uid, "tes-awal", now)


def test_without_a_share_or_without_pilots_nothing_rides_along(edition: Edition, now: datetime) -> None:
    again = courses.renew(course=bank.SLUG, by=None, now=now)
    assert kept.bank(again.uid).pilots == ()
    assert again.parts["assessment"] == edition.parts["assessment"]
    assert kept.bank(again.uid).forms == kept.bank(edition.uid).forms


def test_the_api_says_how_many_are_tried_and_never_which(
    trying: Edition, person: Person, client: Client, now: datetime
) -> None:
    sitting = builders.open_sitting(person, trying.uid, "tes-awal", now)
    sign_in(client, person)
    paper = client.get(f"/api/v1/sittings/{sitting}").json()
    assert (paper["pilots"], len(paper["items"])) == (2, 10)
    assert {key for item in paper["items"] for key in item} <= {"id", "type", "stem", "options", "left", "gaps"}
    builders.answer(person, sitting, now)
    hand_in(person=person, sitting=sitting, by=person.uid, now=now)
    result = queries.result_document(sitting, person.id)
    assert (result["items"], result["pilots"], result["answered"]) == (10, 2, 10)
    assert "Soal percobaan" in client.get(f"/tes/{sitting}/bukti/").content.decode()


def test_an_author_makes_the_next_edition_with_what_is_in_trial_today(
    trying: Edition, client: Client, now: datetime
) -> None:
    author, reviewer = bank.make_worker("penulis"), bank.make_worker("penguji")
    sign_in(client, author, confirmed=True)
    page, address = f"/bank/{bank.SLUG}/paket/", f"/bank/{bank.SLUG}/paket/percobaan/"
    assert "belum ikut di edisi terbaru" not in client.get(page).content.decode()
    row = bank.write(author, now, bank.text(key="coba-baru", indicator="2"))
    for step, by in (("submit", author), ("approve", reviewer), ("pilot", reviewer)):
        bank.step(row, step, by, now)
    assert "1 soal dalam uji coba belum ikut di edisi terbaru" in client.get(page).content.decode()
    for _ in range(2):
        assert client.post(address).status_code == 303
    after = latest_edition(bank.SLUG)
    assert (after.number, "coba-baru" in kept.bank(after.uid).pilots) == (trying.number + 1, True)
    sign_in(client, reviewer, confirmed=True)
    assert client.post(address).status_code == 403
