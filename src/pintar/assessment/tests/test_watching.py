"""Items are watched: what speaks against one is raised with its evidence, and people settle it."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.assessment import models
from pintar.assessment.actions import scale as actions
from pintar.assessment.tests import bank
from pintar.assessment.tests.simulated import sit_many
from pintar.assessment.tests.test_measuring import approve_scale
from pintar.courses.queries import Edition
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.refusals import Refusal
from pintar.people.tests.builders import change_person, sign_in


def raised(code: str = "") -> dict[str, models.ItemDoubt]:
    rows = models.ItemDoubt.objects.select_related("version__item")
    return {row.version.item.key: row for row in (rows.filter(code=code) if code else rows)}


def watch(now: datetime) -> int:
    actions.tally_items(sittings=models.Sitting.objects.filter(tallied=False).values_list("uid", flat=True))
    return actions.watch_items(course=models.Item.objects.all()[0].course.uid, now=now)


def worsen(item: str) -> None:
    """Who met the item is right by turns, whatever else they know."""
    turn = 0
    for row in models.Sitting.objects.order_by("id"):
        score = row.score or {}
        for each in score["items"]:
            if each[0] == item:
                turn += 1
                each[1], each[3] = (1, "o2") if turn % 4 < 2 else (0, "o1")
        row.score = score
        row.save(update_fields=["score"])


def test_honest_items_raise_no_doubt(edition: Edition, now: datetime) -> None:
    sit_many(edition, now, persons=550)
    assert watch(now) == 0


def test_an_item_that_has_nothing_to_do_with_the_others_is_weak_and_is_let_go_once_it_has(
    edition: Edition, now: datetime
) -> None:
    sit_many(edition, now, persons=550)
    worsen("c-1")
    assert watch(now) >= 1
    assert raised("weak").keys() | raised("key").keys() == {"c-1"}
    evidence = next(iter(raised().values())).evidence
    assert evidence["persons"] >= 200
    assert abs(evidence["n"]) < 0.2
    models.ItemSums.objects.filter(version__item__key="c-1").delete()
    assert watch(now) == 0


def test_an_item_that_became_easier_between_two_calibrations_may_have_got_about(
    edition: Edition, now: datetime
) -> None:
    approve_scale(edition, now, persons=500)
    sit_many(edition, now, persons=500, seed=2, harder={"b-5": -1.5})
    actions.tally_items(sittings=models.Sitting.objects.filter(tallied=False).values_list("uid", flat=True))
    actions.ask_due(now=now)
    deliver_all(lambda: now)
    deliver_all()
    assert raised("easier").keys() == {"b-5"}
    assert raised("easier")["b-5"].evidence["n"] < -80


def test_an_item_that_is_harder_for_women_of_equal_ability_is_named_with_the_group(
    edition: Edition, now: datetime
) -> None:
    men = sit_many(edition, now, persons=600, gain=0)
    women = sit_many(edition, now, persons=600, gain=0, seed=2, harder={"d-1": 2.5})
    for people, gender in ((men, "L"), (women, "P")):
        change_all(people, gender)
    watch(now)
    unfair = raised("unfair")
    assert unfair.keys() == {"d-1"}
    assert (unfair["d-1"].group, unfair["d-1"].evidence["n"] < -1.5) == ("sex", True)


def change_all(people: list[Any], gender: str) -> None:
    for person in people:
        change_person(person, gender=gender)


def test_who_keeps_an_item_says_why_and_it_is_not_raised_again(edition: Edition, now: datetime) -> None:
    sit_many(edition, now, persons=550)
    worsen("c-1")
    watch(now)
    author = bank.make_worker("penulis")
    doubt = models.ItemDoubt.objects.all()[0]
    given = {"doubt": doubt.pk, "slug": bank.SLUG, "by": author.uid, "now": now}
    for changes, code in (
        ({"reason": "ya"}, "step_reason_needed"),
        ({"reason": "Soal ini memang sukar.", "slug": "lain"}, "unknown_doubt"),
        ({"reason": "Soal ini memang sukar.", "by": bank.make_worker().uid}, "bank_role_needed"),
    ):
        with pytest.raises(Refusal) as refused:
            actions.keep_item(**{**given, **changes})
        assert refused.value.code == code
    for _ in range(2):
        actions.keep_item(reason="Soal ini memang sukar.", **given)
    with pytest.raises(Refusal) as refused:
        actions.keep_item(reason="Alasan yang lain.", **given)
    assert refused.value.code == "doubt_settled"
    before = models.ItemDoubt.objects.filter(kept_at=None).count()
    assert watch(now) == before
    models.ItemSums.objects.filter(version=doubt.version).update(persons=1000 + doubt.evidence["persons"])
    decided_on = doubt.evidence
    assert watch(now) == before
    doubt.refresh_from_db()
    assert doubt.evidence == decided_on
    assert doubt.kept_because == "Soal ini memang sukar."


def test_the_page_says_each_doubt_with_its_evidence_and_three_things_to_do(
    edition: Edition, client: Client, now: datetime
) -> None:
    page, item = f"/bank/{bank.SLUG}/pantau/", models.Item.objects.get(key="c-1")
    version = models.ItemVersion.objects.get(item=item, number=item.number)
    for n, (code, group) in enumerate((("weak", ""), ("key", ""), ("easier", ""), ("unfair", "sex"))):
        evidence = {"persons": 220, "n": -0.2 - n, "names": ["A"] if code == "key" else []}
        models.ItemDoubt.objects.create(version=version, code=code, group=group, evidence=evidence, at=now)
    sign_in(client, bank.make_worker(), confirmed=True)
    assert client.get(page).status_code == 403
    author = bank.make_worker("penulis")
    sign_in(client, author, confirmed=True)
    told = client.get(page).content.decode()
    places = [
        told.index(words)
        for words in ("yang mampu memilih A", "Mungkin sudah beredar", "Lebih sukar bagi perempuan", "Lemah:")
    ]
    assert places == sorted(places)
    assert f"/bank/{bank.SLUG}/tulis/{item.uid}/" in told
    kept, rested = models.ItemDoubt.objects.get(code="key"), models.ItemDoubt.objects.get(code="weak")
    assert client.post(f"{page}{kept.pk}/", {"do": "keep", "reason": ""}).status_code == 422
    assert client.post(f"{page}{kept.pk}/", {"do": "keep", "reason": "Sudah diperiksa ahli."}).status_code == 303
    assert client.post(f"{page}{rested.pk}/", {"do": "rest", "reason": "Perlu ditulis ulang."}).status_code == 303
    item.refresh_from_db()
    assert item.state == "resting"
    assert client.post(f"{page}0/", {"do": "keep", "reason": "Sudah diperiksa ahli."}).status_code == 404
    assert "1 soal dipertahankan dengan alasan" in client.get(page).content.decode()
    assert client.get(f"/bank/{bank.SLUG}/").content.decode().count("/pantau/") == 1


def test_five_hundred_doubts_cost_no_more_statements_than_one(edition: Edition, client: Client, now: datetime) -> None:
    sign_in(client, bank.make_worker("penguji"), confirmed=True)
    version = models.ItemVersion.objects.filter(item__course__slug=bank.SLUG)[0]
    counted = []
    for doubts in (1, 500):
        made = models.ItemVersion.objects.bulk_create(
            models.ItemVersion(
                item_id=version.item_id, number=1000 * doubts + n, content={}, indicator="1", digest="", at=now
            )
            for n in range(doubts)
        )
        models.ItemDoubt.objects.bulk_create(
            models.ItemDoubt(version=each, code="weak", evidence={"persons": 300, "n": 0.1, "names": []}, at=now)
            for each in made
        )
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/bank/{bank.SLUG}/pantau/")
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert "501 hal perlu keputusan" in answer.content.decode()
    assert answer.content.count(b"<textarea") == 25
