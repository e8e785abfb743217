"""Classical sums grow as sittings close, each once, and say on the item's page what people made of it."""

from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.assessment import models
from pintar.assessment.actions import scale
from pintar.assessment.queries.scale import answers
from pintar.assessment.tests import bank, builders
from pintar.assessment.tests.simulated import sit_many
from pintar.courses.queries import Edition
from pintar.foundation.ledger.worker import deliver_all
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in
from pintar.sciences.psychometrics.classical import count, describe
from pintar.sciences.psychometrics.responses import ResponseTable


def sums_of(key: str) -> models.ItemSums:
    return models.ItemSums.objects.get(version__item__key=key)


def version_of(key: str) -> int:
    return models.ItemVersion.objects.get(item__key=key).pk


def tally_all() -> None:
    scale.tally_items(sittings=models.Sitting.objects.values_list("uid", flat=True))


def test_a_closed_sitting_is_added_up_once_with_blanks_told_apart(
    edition: Edition, person: Person, now: datetime
) -> None:
    facts = builders.sit(person, edition.uid, "tes-akhir", now, right=6)
    for _ in range(2):
        deliver_all(lambda: now + timedelta(minutes=15))
    tally_all()
    row = models.Sitting.objects.get(uid=facts.uid)
    assert row.score is not None and row.got is not None
    for place, (item, got, of, value) in enumerate(row.score["items"]):
        sums = sums_of(item)
        assert (sums.persons, sums.of, sums.form) == (1, of, row.form)
        assert sums.marks == {str(got): {str(row.got - got): 1}}
        assert (sums.omitted, sums.not_reached) == (0, int(place >= 6))
        assert sums.options == ({value or "": {str(row.got - got): 1}} if item.endswith("-1") else {})


def test_a_second_attempt_and_an_empty_paper_tell_nothing(edition: Edition, person: Person, now: datetime) -> None:
    context = builders.make_context(now)
    builders.sit(person, edition.uid, "tes-akhir", now, context=context, right=0)
    builders.sit(person, edition.uid, "tes-akhir", now + timedelta(days=2), context=context)
    builders.sit(make_person("Budi"), edition.uid, builders.QUIZZES[0], now)
    deliver_all(lambda: now + timedelta(days=3))
    assert not models.ItemSums.objects.exists()
    assert not models.Sitting.objects.filter(tallied=False).exists()


def test_a_pilot_is_added_up_against_what_counts(edition: Edition, person: Person, now: datetime) -> None:
    trying = builders.publish_with_pilots(edition, now)
    facts = builders.sit(person, trying.uid, "tes-awal", now)
    tally_all()
    row = models.Sitting.objects.get(uid=facts.uid)
    assert [sums_of(item).marks for item in row.pilots] == [{"1": {str(row.got): 1}}] * 2


def test_the_sums_are_what_one_pass_over_all_sittings_gives(edition: Edition, now: datetime) -> None:
    """Added up in four parts, and described by the science from the whole table at once."""
    sit_many(edition, now, persons=150)
    uids = list(models.Sitting.objects.order_by("id").values_list("uid", flat=True))
    for part in np.array_split(np.arange(len(uids)), 4):
        scale.tally_items(sittings=[uids[at] for at in part])
    sittings = [row.score["items"] for row in models.Sitting.objects.order_by("id") if row.score]
    items = sorted({item for score in sittings for item, *_ in score})
    table = ResponseTable.of_sittings(
        items, [(str(n), [(item, got) for item, got, _, _ in score]) for n, score in enumerate(sittings)]
    )
    for item in describe(count(table)).items:
        found = answers(version_of(item.item), [])
        assert found.persons == item.presented
        assert found.share == pytest.approx(100 * item.facility)
        assert found.item_rest == pytest.approx(item.item_rest)


def test_a_wrong_key_is_suspected_with_the_option_that_attracts(edition: Edition, now: datetime) -> None:
    sit_many(edition, now, persons=400)
    tally_all()
    right = [name == "o2" for name in ("o1", "o2", "o3", "o4")]
    fine = answers(version_of("a-1"), right)
    assert [bar.option for bar in fine.options if bar.is_key] == ["B"]
    assert fine.options[1].highest > fine.options[1].lowest
    keyed = answers(version_of("a-1"), [True, False, False, False])
    assert "B" in next(why for why in keyed.reasons if why.code in ("attracting", "wrong_key")).names


def test_the_items_page_says_what_was_seen_with_as_many_statements_for_1_as_for_500(
    edition: Edition, client: Client, now: datetime
) -> None:
    sign_in(client, bank.make_worker("penulis"), confirmed=True)
    page = f"/bank/{bank.SLUG}/soal/a-1/"
    assert "Yang terlihat dari jawaban" not in client.get(page).content.decode()
    counted = []
    for seed, persons in ((1, 5), (2, 500)):
        sit_many(edition, now, persons=persons, seed=seed)
        tally_all()
        with CaptureQueriesContext(connection) as captured:
            told = client.get(page).content.decode()
        counted.append(len(captured))
    assert "Korelasi dengan soal lain 0," in told
    assert "Yang dipilih" in told
    assert counted[0] == counted[1]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_lose_sums_without_the_lock_and_none_with_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control first: who read the sums before the other wrote them writes over what the other added."""
    edition = builders.publish_all_types(now)
    sit_many(edition, now, persons=10, kinds=("pretest",))
    uids = list(models.Sitting.objects.order_by("id").values_list("uid", flat=True))
    halves = (uids[:5], uids[5:])
    scale.tally_items(sittings=halves[0])
    stale = {row.pk: dict(row.marks) for row in models.ItemSums.objects.all()}
    scale.tally_items(sittings=halves[1])
    for row in models.ItemSums.objects.all():
        models.ItemSums.objects.filter(pk=row.pk).update(marks=stale.get(row.pk, {}))
    assert persons_in_marks() < 10 * len(builders.items.TYPES)

    models.ItemSums.objects.all().delete()
    models.Sitting.objects.update(tallied=False)
    begun: list[Any] = []
    ready = Event()

    def tally(half: list[Any]) -> None:
        ready.wait(30)
        for uid in half:
            scale.tally_items(sittings=[uid, *uids])
        connection.close()

    for half in halves:
        begun.append(Thread(target=tally, args=(half,)))
        begun[-1].start()
    ready.set()
    for thread in begun:
        thread.join()
    assert persons_in_marks() == 10 * len(builders.items.TYPES)


def persons_in_marks() -> int:
    return sum(
        persons
        for row in models.ItemSums.objects.all()
        for by_rest in row.marks.values()
        for persons in by_rest.values()
    )
