"""Items written, revised, reviewed, used, rested; what is being written; what a folder brings."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml
from django.db import IntegrityError, transaction

from pintar.assessment import models
from pintar.assessment.actions import bank as actions
from pintar.assessment.tests import bank, builders, items
from pintar.courses import actions as courses
from pintar.courses.queries import Edition
from pintar.foundation import ids
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.people.actions import erase_account
from pintar.people.queries import Person
from pintar.people.tests.builders import PASSWORD, make_person
from pintar.sciences.formats import items_json


@pytest.fixture
def author(edition: Edition) -> Person:
    return bank.make_worker("penulis")


@pytest.fixture
def second(edition: Edition) -> Person:
    return bank.make_worker("penulis", "penguji", name="Yohana Kabes")


def refused(call: Any, *args: Any, **given: Any) -> tuple[str, int]:
    with pytest.raises(Refusal) as caught:
        call(*args, **given)
    return caught.value.code, caught.value.status


@pytest.mark.parametrize("type_", items.TYPES)
def test_an_item_of_every_type_is_kept_exactly(author: Person, now: datetime, type_: str) -> None:
    row = bank.write(author, now, bank.text(type_))
    version = models.ItemVersion.objects.get(item=row)
    assert items_json.read(version.content, "", version.indicator) == bank.text(type_)
    assert (row.state, row.number, row.type, version.by) == ("draft", 1, type_, author.uid)


def test_a_new_text_is_a_new_version_and_a_draft_again_and_the_old_one_stays(
    author: Person, second: Person, now: datetime
) -> None:
    row = bank.write(author, now)
    bank.step(row, "submit", author, now)
    bank.step(row, "approve", second, now)
    bank.step(row, "use", second, now)
    other = bank.write(author, now, bank.text(stem="Bangun mana yang punya enam bidang?"), item=row.uid, base=1)
    assert (other.pk, other.state, other.number) == (row.pk, "draft", 2)
    stems = models.ItemVersion.objects.filter(item=row).order_by("number").values_list("content__stem", flat=True)
    assert list(stems) == ["Bangun mana yang punya enam sisi?", "Bangun mana yang punya enam bidang?"]


def test_the_same_text_again_is_the_same_version(author: Person, now: datetime) -> None:
    uid = ids.uid()
    first = bank.write(author, now, item=uid)
    again = bank.write(author, now, item=uid)
    assert (first.pk, first.number) == (again.pk, again.number) == (again.pk, 1)
    assert Event.objects.filter(name="assessment.item_written", about=uid).count() == 1


def test_what_somebody_else_saved_meanwhile_is_not_written_over(author: Person, second: Person, now: datetime) -> None:
    row = bank.write(author, now)
    bank.write(second, now, bank.text(stem="Yang kedua?"), item=row.uid, base=1)
    late = bank.text(stem="Yang ketiga?")
    assert refused(bank.write, author, now, late, item=row.uid, base=1) == ("revised_meanwhile", 409)
    assert models.ItemVersion.objects.filter(item=row).count() == 2


def test_an_earlier_text_comes_back_as_a_new_version(author: Person, now: datetime) -> None:
    row = bank.write(author, now)
    bank.write(author, now, bank.text(stem="Lain?"), item=row.uid, base=1)
    restore = {"item": row.uid, "number": 1, "base": 2, "by": author.uid, "now": now}
    assert actions.restore_version(**restore).number == 3
    assert not actions.restore_version(**restore).changed
    texts = models.ItemVersion.objects.filter(item=row).order_by("number")
    assert [each.digest == texts[0].digest for each in texts] == [True, False, True]
    assert refused(actions.restore_version, **{**restore, "number": 9}) == ("unknown_version", 404)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": bank.text(stem=" ")}, ("unsound_item", 422)),
        ({"text": bank.text(body=bank.Choice((bank.Option("a"), bank.Option("b"))))}, ("unsound_item", 422)),
        ({"text": bank.text(indicator="9.9")}, ("unknown_indicator_here", 422)),
        ({"text": bank.text(key="a-1")}, ("key_taken", 409)),
        ({"course": "tidak-ada"}, ("unknown_course", 404)),
        ({"original": "tidak-ada"}, ("unknown_bank_item", 404)),
    ],
)
def test_what_is_not_whole_or_not_of_this_training_does_not_enter_the_bank(
    author: Person, now: datetime, changes: dict[str, Any], code: tuple[str, int]
) -> None:
    before = models.Item.objects.count()
    assert refused(bank.write, author, now, **changes) == code
    assert models.Item.objects.count() == before


def test_only_authors_write_and_only_those_of_the_bank_take_steps(author: Person, now: datetime) -> None:
    assessor, learner = bank.make_worker("penguji"), make_person("Budi")
    assert refused(bank.write, assessor, now) == ("author_needed", 403)
    row = bank.write(author, now)
    assert refused(bank.step, row, "submit", assessor, now) == ("author_needed", 403)
    assert refused(bank.step, row, "retire", learner, now, bank.WHY) == ("bank_role_needed", 403)


def test_a_second_person_reviews_never_the_author(author: Person, second: Person, now: datetime) -> None:
    row = bank.write(author, now)
    bank.step(row, "submit", author, now)
    assert refused(bank.step, row, "approve", author, now) == ("own_item", 403)
    assert refused(bank.step, row, "return", second, now) == ("step_reason_needed", 422)
    assert bank.step(row, "return", second, now, bank.WHY) == "draft"
    told = models.ItemStep.objects.filter(item=row).order_by("id").values_list("step", "reason", "by")
    assert list(told) == [("submit", "", author.uid), ("return", bank.WHY, second.uid)]


def test_whoever_mends_a_text_is_its_author_then(author: Person, second: Person, now: datetime) -> None:
    row = bank.write(author, now)
    bank.write(second, now, bank.text(stem="Diperbaiki?"), item=row.uid, base=1)
    bank.step(row, "submit", second, now)
    assert refused(bank.step, row, "approve", second, now) == ("own_item", 403)
    assert bank.step(row, "approve", author, now) == "reviewed"


def test_a_step_sent_twice_is_taken_once_and_one_about_an_older_text_not_at_all(
    author: Person, second: Person, now: datetime
) -> None:
    row = bank.write(author, now)
    for _ in range(2):
        assert bank.step(row, "submit", author, now) == "submitted"
    bank.write(author, now, bank.text(stem="Lagi?"), item=row.uid, base=1)
    assert refused(bank.step, row, "approve", second, now, number=1) == ("revised_meanwhile", 409)
    assert refused(bank.step, row, "approve", second, now) == ("wrong_state", 409)
    assert refused(bank.step, row, "fly", second, now) == ("unknown_step", 422)
    assert models.ItemStep.objects.filter(item=row).count() == 1
    assert Event.objects.filter(name="assessment.item_stepped", about=row.uid).count() == 1


def test_a_language_version_is_an_item_of_its_own_beside_its_original(author: Person, now: datetime) -> None:
    row = bank.write(author, now)
    english = bank.text(stem="Which solid has six faces?")
    other = bank.write(author, now, english, language="en", original=row.key)
    assert (other.original_id, other.language, row.language) == (row.pk, "en", "id")
    for language in ("en", "id"):
        again = refused(bank.write, author, now, english, language=language, original=row.key)
        assert again == ("language_taken", 409)


def test_enemies_are_named_together_and_of_this_bank(author: Person, now: datetime) -> None:
    row, *_ = [bank.write(author, now, bank.text(key=f"soal-{n}")) for n in range(4)]
    given = {"item": row.uid, "by": author.uid, "now": now}
    actions.name_enemies(keys=["soal-1", "soal-2"], **given)
    actions.name_enemies(keys=["soal-2", "soal-3"], **given)
    actions.name_enemies(keys=["soal-3", "soal-2"], **given)
    pairs = models.EnemyPair.objects.values_list("first__key", "second__key")
    assert set(pairs) == {("soal-0", "soal-2"), ("soal-0", "soal-3")}
    assert Event.objects.filter(name="assessment.enemies_named").count() == 2
    assert refused(actions.name_enemies, keys=["soal-0"], **given) == ("unknown_enemies", 422)
    assert refused(actions.name_enemies, keys=["entah"], **given) == ("unknown_enemies", 422)


def test_the_tables_refuse_what_no_action_writes(author: Person, now: datetime) -> None:
    row, other = bank.write(author, now), bank.write(author, now)
    wrongs: list[Any] = [
        lambda: models.Item.objects.filter(pk=row.pk).update(state="hilang"),
        lambda: models.Item.objects.filter(pk=row.pk).update(key=other.key),
        lambda: models.Item.objects.filter(pk=row.pk).update(number=0),
        lambda: models.EnemyPair.objects.create(first=other, second=row),
        lambda: models.ItemVersion.objects.create(item=row, number=1, content={}, digest="", indicator="1", at=now),
    ]
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_what_is_typed_is_kept_until_it_is_a_version(author: Person, now: datetime) -> None:
    uid = actions.begin_draft(person=author, course=bank.SLUG, type="single", by=author.uid, now=now)
    keep = {"person": author, "item": uid, "base": None, "by": author.uid}
    for n, stem in enumerate(("Ban", "Bangun", "Bangun ma")):
        actions.keep_draft(fields={"stem": stem}, now=now + timedelta(seconds=n), **keep)
    draft = models.ItemDraft.objects.get()
    assert (draft.uid, draft.fields, draft.saved_at) == (uid, {"stem": "Bangun ma"}, now + timedelta(seconds=2))
    row = bank.write(author, now, item=uid)
    assert row.uid == uid
    assert not models.ItemDraft.objects.exists()


def test_a_draft_that_comes_late_does_not_bring_a_question_back_that_has_become_an_item(
    author: Person, now: datetime
) -> None:
    uid = actions.begin_draft(person=author, course=bank.SLUG, type="single", by=author.uid, now=now)
    bank.write(author, now, item=uid)
    given = {"person": author, "item": uid, "by": author.uid, "now": now}
    actions.keep_draft(fields={"stem": "Terlambat"}, base=None, **given)
    assert not models.ItemDraft.objects.exists()
    actions.keep_draft(fields={"stem": "Yang baru"}, base=1, **given)
    assert models.ItemDraft.objects.get().base == 1


def test_two_people_write_beside_each_other_without_seeing_each_others_draft(
    author: Person, second: Person, now: datetime
) -> None:
    row = bank.write(author, now)
    for person in (author, second):
        given = {"person": person, "item": row.uid, "base": 1, "by": person.uid, "now": now}
        actions.keep_draft(fields={"stem": person.name}, **given)
    bank.write(author, now, bank.text(stem="Punya saya"), item=row.uid, base=1)
    assert [(d.person_id, d.fields["stem"]) for d in models.ItemDraft.objects.all()] == [(second.id, second.name)]
    actions.drop_draft(person=second, item=row.uid)
    actions.drop_draft(person=second, item=row.uid)
    assert not models.ItemDraft.objects.exists()


def test_a_draft_is_nobody_elses_and_never_boundless(author: Person, second: Person, now: datetime) -> None:
    uid = actions.begin_draft(person=author, course=bank.SLUG, type="single", by=author.uid, now=now)
    keep = {"item": uid, "base": None, "now": now}
    assert refused(actions.keep_draft, person=second, fields={}, by=second.uid, **keep) == ("unknown_bank_item", 404)
    large = {"stem": "x" * 300_000}
    assert refused(actions.keep_draft, person=author, fields=large, by=author.uid, **keep) == ("draft_too_large", 413)
    begin = {"person": author, "course": bank.SLUG, "by": author.uid, "now": now}
    assert refused(actions.begin_draft, type="lagu", **begin) == ("unknown_item_type", 422)
    for _ in range(49):
        actions.begin_draft(type="short", **begin)
    assert refused(actions.begin_draft, type="short", **begin) == ("too_many_drafts", 409)


def test_with_the_account_what_was_being_written_goes_and_the_items_stay(author: Person, now: datetime) -> None:
    bank.write(author, now)
    actions.begin_draft(person=author, course=bank.SLUG, type="single", by=author.uid, now=now)
    erase_account(person=author, password=PASSWORD, now=now)
    assert not models.ItemDraft.objects.exists()
    assert models.ItemVersion.objects.filter(by=author.uid).count() == 1


def test_a_folder_fills_its_bank_in_use_and_every_key_names_its_version(edition: Edition) -> None:
    keys = models.ItemKey.objects.filter(edition=edition.uid).select_related("version__item")
    assert len(keys) == 7 * len(items.TYPES)
    assert {(k.item, k.version.number, k.version.item.state) for k in keys} == {(k.item, 1, "in_use") for k in keys}
    assert all(k.version.item.key == k.item and k.version.by is None for k in keys)


def test_the_same_item_in_the_next_edition_is_the_same_version_and_a_changed_one_the_next(
    edition: Edition, now: datetime
) -> None:
    changed = yaml.safe_load(items.make_file("a"))
    changed[0]["stem"] = "Soal a-1 dengan kata lain."
    later = builders.publish_all_types(now, files={"forms/A.yaml": yaml.safe_dump(changed)})
    versions = dict(models.ItemKey.objects.filter(edition=later.uid).values_list("item", "version__number"))
    assert {key for key, number in versions.items() if number == 2} == {"a-1"}
    earlier = models.ItemKey.objects.get(edition=edition.uid, item="a-1").version
    assert (earlier.number, earlier.content["stem"]) == (1, "Soal a-1 tentang *single*.")


def test_what_an_edition_shows_is_in_use_whatever_became_of_it_in_the_bank(
    edition: Edition, author: Person, now: datetime
) -> None:
    rested, revised = models.Item.objects.get(key="a-1"), models.Item.objects.get(key="a-2")
    bank.step(rested, "rest", author, now, bank.WHY)
    bank.write(author, now, bank.text("multiple", key="a-2"), item=revised.uid, base=1)
    builders.publish_all_types(now, title="Judul lain")
    rested.refresh_from_db()
    revised.refresh_from_db()
    assert (rested.state, rested.number) == ("in_use", 1)
    assert (revised.state, revised.number) == ("in_use", 3)
    assert models.ItemStep.objects.filter(item=rested).order_by("-id")[0].step == "publish"


def test_a_bank_takes_the_same_statements_for_many_items_as_for_few(
    db: None, now: datetime, django_assert_max_num_queries: Any
) -> None:
    folder = builders.all_types_folder(times=20)
    with django_assert_max_num_queries(40):
        courses.publish(folder, by=None, now=now)
    assert models.Item.objects.count() > 800


def test_the_pictures_of_a_folder_stay_with_the_version(edition: Edition, now: datetime) -> None:
    drawing = '<svg viewBox="0 0 320 90"><path d="M0 0h9" stroke="#0F6B47"/></svg>'
    given = yaml.safe_load(items.make_file("a"))
    given[0]["stem"] = "Apa ini?\n\n![Sebuah kubus](gambar/kubus.svg)"
    files = {"forms/A.yaml": yaml.safe_dump(given), "forms/gambar/kubus.svg": drawing}
    builders.publish_all_types(now, files=files)
    version = models.ItemVersion.objects.get(item__key="a-1", number=2)
    assert list(version.pictures) == ["gambar/kubus.svg"]
    assert version.pictures["gambar/kubus.svg"] == drawing


def test_what_a_closed_sitting_showed_is_counted_once_however_often_it_is_told(
    edition: Edition, person: Person, now: datetime, django_assert_max_num_queries: Any
) -> None:
    first = builders.sit(person, edition.uid, "tes-awal", now)
    second = builders.sit(make_person("Budi"), edition.uid, "tes-awal", now)
    for _ in range(2):
        actions.count_exposure(sittings=[first.uid])
    with django_assert_max_num_queries(8):
        actions.count_exposure(sittings=[first.uid, second.uid])
    shown = models.Item.objects.filter(shown__gt=0)
    assert sum(shown.values_list("shown", flat=True)) == 2 * len(items.TYPES)
    assert set(models.Sitting.objects.get(uid=first.uid).items) <= set(shown.values_list("key", flat=True))


def test_an_open_sitting_is_told_of_by_the_ledger_when_it_is_closed(
    edition: Edition, person: Person, now: datetime
) -> None:
    builders.sit(person, edition.uid, "tes-awal", now)
    deliver_all(lambda: now + timedelta(minutes=15))
    assert models.Item.objects.filter(shown=1).count() == len(items.TYPES)


def test_how_hard_an_item_is_shows_in_first_sittings_of_its_newest_text(
    edition: Edition, person: Person, author: Person, now: datetime
) -> None:
    """Right to the third item, and the rest not reached."""
    first = builders.sit(person, edition.uid, "tes-awal", now, right=3)
    shown = models.Sitting.objects.get(uid=first.uid).items
    revised = models.Item.objects.get(key=shown[0])
    bank.write(author, now, bank.text(revised.type), item=revised.uid, base=1)
    actions.count_exposure(sittings=[first.uid])
    counted = {row.key: row for row in models.Item.objects.filter(key__in=shown)}
    assert [counted[key].answers for key in shown[:4]] == [0, 1, 1, 0]
    assert [counted[key].got == counted[key].of for key in shown[1:3]] == [True, True]
    assert counted[shown[3]].shown == 1
    assert models.BankTally.objects.get().sittings == 1


def test_a_quiz_says_nothing_of_how_hard_items_are(edition: Edition, person: Person, now: datetime) -> None:
    sat = builders.sit(person, edition.uid, builders.QUIZZES[0], now)
    actions.count_exposure(sittings=[sat.uid])
    assert models.Item.objects.filter(shown=1).exists()
    assert not models.Item.objects.filter(answers__gt=0).exists()
    assert not models.BankTally.objects.exists()
