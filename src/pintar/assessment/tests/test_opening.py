"""Which sitting may begin, and which form or items it has."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from pintar.assessment import actions, kept, queries
from pintar.assessment.actions.opening import form_for
from pintar.assessment.models import Sitting
from pintar.assessment.rules import forms_needed, met_forms, occasion
from pintar.assessment.tests import builders, items
from pintar.courses.queries import Edition
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person

DAY = timedelta(hours=24)


def test_opening_again_gives_the_open_sitting(edition: Edition, person: Person, now: datetime) -> None:
    context = builders.make_context(now)
    first = builders.open_sitting(person, edition.uid, "tes-akhir", now, context)
    assert builders.open_sitting(person, edition.uid, "tes-akhir", now, context) == first
    assert Sitting.objects.count() == 1


def test_a_test_that_is_not_in_the_edition_is_not_there(edition: Edition, person: Person, now: datetime) -> None:
    for test in ("tes-lain", "survei", "", "x" * 500, "\0"):
        with pytest.raises(Refusal) as refused:
            builders.open_sitting(person, edition.uid, test, now)
        assert refused.value.status == 404


def test_a_failed_sitting_is_followed_by_another_after_24_hours_on_other_items(
    edition: Edition, person: Person, now: datetime
) -> None:
    context = builders.make_context(now)
    first = builders.sit(person, edition.uid, "tes-akhir", now, context=context, right=1)
    assert first.passed is False
    facts = queries.sittings([context.uid])[context.uid]
    soon = queries.may_open(edition, "tes-akhir", facts, False, first.closed_at + DAY - timedelta(seconds=1))
    assert not soon.allowed
    assert soon.opens_at == first.closed_at + DAY
    with pytest.raises(Refusal) as refused:
        builders.open_sitting(person, edition.uid, "tes-akhir", first.closed_at + DAY / 2, context)
    assert refused.value.code == "too_soon"
    second = builders.sit(person, edition.uid, "tes-akhir", first.closed_at + DAY, context=context, right=1)
    assert second.number == 2
    assert not set(kept.paper(first.uid, person.id).items) & set(kept.paper(second.uid, person.id).items)


def test_three_failures_lead_to_one_remedial_sitting_and_no_more(
    edition: Edition, person: Person, now: datetime
) -> None:
    context = builders.make_context(now)
    builders.sit(person, edition.uid, "tes-awal", now, context=context)
    for day in range(3):
        builders.sit(person, edition.uid, "tes-akhir", now + day * 2 * DAY, context=context, right=0)
    later = now + 10 * DAY
    with pytest.raises(Refusal) as refused:
        builders.open_sitting(person, edition.uid, "tes-akhir", later, context)
    assert refused.value.code == "remedial_first"
    remedial = builders.sit(person, edition.uid, "tes-akhir", later, context=context, right=0, remedial=True)
    assert remedial.number == 4
    forms = list(Sitting.objects.filter(context=context.uid).values_list("form", flat=True))
    assert sorted(forms) == ["A", "B", "C", "D", "E"]
    with pytest.raises(Refusal) as refused:
        builders.open_sitting(person, edition.uid, "tes-akhir", later + DAY, context, remedial=True)
    assert refused.value.code == "no_sittings_left"


def test_whoever_has_passed_does_not_sit_again(edition: Edition, person: Person, now: datetime) -> None:
    context = builders.make_context(now)
    assert builders.sit(person, edition.uid, "tes-akhir", now, context=context).passed is True
    with pytest.raises(Refusal) as refused:
        builders.open_sitting(person, edition.uid, "tes-akhir", now + 2 * DAY, context)
    assert refused.value.code == "already_passed"


def test_a_pretest_is_taken_once_and_never_graded(edition: Edition, person: Person, now: datetime) -> None:
    context = builders.make_context(now)
    facts = builders.sit(person, edition.uid, "tes-awal", now, context=context)
    assert (facts.passed, facts.percent) == (None, 100)
    with pytest.raises(Refusal) as refused:
        builders.open_sitting(person, edition.uid, "tes-awal", now + DAY, context)
    assert refused.value.code == "already_taken"


def test_a_quiz_is_retaken_at_once_on_items_seen_least(edition: Edition, person: Person, now: datetime) -> None:
    context = builders.make_context(now)
    quiz = builders.QUIZZES[0]
    first = builders.sit(person, edition.uid, quiz, now, context=context, right=0, minutes=1)
    second = builders.sit(person, edition.uid, quiz, now + timedelta(minutes=2), context=context, right=0, minutes=1)
    third = builders.sit(person, edition.uid, quiz, now + timedelta(minutes=4), context=context, right=0, minutes=1)
    drawn = [kept.paper(each.uid, person.id).items for each in (first, second, third)]
    assert [len(items) for items in drawn] == [3, 3, 3]
    assert not set(drawn[0]) & set(drawn[1])
    # Eight in the bank, six seen once: the two unseen come first.
    assert len(set(drawn[2]) - set(drawn[0]) - set(drawn[1])) == 2
    assert not set(drawn[2]) & set(drawn[1])


def test_five_neighbours_share_the_forms_as_in_a_latin_square(edition: Edition) -> None:
    forms = ["A", "B", "C", "D", "E"]
    start = -(edition.uid.int % 1_000_003) % 5
    rows = [[form_for(forms, [], start + who, edition.uid, turn) for turn in range(5)] for who in range(5)]
    assert all(sorted(row) == forms for row in rows)
    assert all(sorted(column) == forms for column in zip(*rows, strict=True))


def test_with_six_forms_each_serves_each_role_equally_and_nobody_meets_one_twice(edition: Edition) -> None:
    """Pre-test, three sittings, remedial, retest, over sixty people whose numbers follow each other."""
    forms = list("ABCDEF")
    roles = [
        occasion("pretest", 1),
        *(occasion("posttest", n) for n in (1, 2, 3, 4)),
        occasion("retest", 1, sittings=3),
    ]
    assert roles == list(range(forms_needed(pretest=True, sittings=3, retest=True)))
    start = 600 - edition.uid.int % 1_000_003 % 6
    rows = [[form_for(forms, [], start + who, edition.uid, role) for role in roles] for who in range(60)]
    assert all(sorted(row) == forms for row in rows)
    assert all(Counter(column) == dict.fromkeys(forms, 10) for column in zip(*rows, strict=True))


def test_a_form_counts_as_met_when_one_of_its_items_was_met_in_whatever_edition() -> None:
    forms = {"A": ["1", "2"], "B": ["3", "4"], "C": ["5", "6"]}
    assert met_forms(forms, [["6", "x"], ["1", "3"]]) == ["C", "A", "B"]
    assert met_forms(forms, [["x", "y"]]) == []


def test_in_a_later_edition_a_person_gets_forms_without_what_they_met_before(
    edition: Edition, person: Person, now: datetime
) -> None:
    """The later edition has the same items under other names of forms."""
    first = builders.sit(person, edition.uid, "tes-akhir", now, right=0)
    files = {f"forms/{new}.yaml": items.make_file(old.lower()) for new, old in zip("ABCDE", "EABCD", strict=True)}
    later = builders.publish_all_types(now, files=files)
    second = builders.sit(person, later.uid, "tes-akhir", now + 2 * DAY, right=0)
    shown = [set(Sitting.objects.get(uid=each.uid).items) for each in (first, second)]
    assert shown[0].isdisjoint(shown[1])


def test_another_seat_in_the_same_edition_brings_unseen_forms_first(
    edition: Edition, person: Person, now: datetime
) -> None:
    one, other = builders.make_context(now), builders.make_context(now)
    builders.sit(person, edition.uid, "tes-awal", now, context=one)
    builders.sit(person, edition.uid, "tes-akhir", now, context=one, right=0)
    builders.sit(person, edition.uid, "tes-awal", now + DAY, context=other)
    builders.sit(person, edition.uid, "tes-akhir", now + DAY, context=other, right=0)
    assert Sitting.objects.values("form").distinct().count() == 4


def test_the_end_of_the_context_cuts_the_time_short(edition: Edition, person: Person, now: datetime) -> None:
    context = builders.make_context(now, latest_end=now + timedelta(minutes=5))
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", now, context)
    assert Sitting.objects.get(uid=sitting).deadline == now + timedelta(minutes=5)
    with pytest.raises(Refusal) as refused:
        builders.open_sitting(make_person("Budi"), edition.uid, "tes-akhir", context.latest_end, context)
    assert refused.value.status == 410


def test_extra_time_lengthens_open_and_later_sittings(edition: Edition, person: Person, now: datetime) -> None:
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", now)
    assert actions.give_extra_time(person=person, percent=50, by=None, now=now) == 1
    assert Sitting.objects.get(uid=sitting).deadline == now + timedelta(minutes=30)
    other = builders.open_sitting(person, edition.uid, "tes-awal", now)
    assert Sitting.objects.get(uid=other).deadline == now + timedelta(minutes=22, seconds=30)
    assert actions.give_extra_time(person=person, percent=50, by=None, now=now) == 0
    with pytest.raises(Refusal):
        actions.give_extra_time(person=person, percent=33, by=None, now=now)


def test_a_context_that_ends_later_gives_time_back(edition: Edition, person: Person, now: datetime) -> None:
    context = builders.make_context(now, latest_end=now + timedelta(minutes=5))
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", now, context)
    assert actions.extend([context.uid], now + DAY, None, now) == 1
    assert Sitting.objects.get(uid=sitting).deadline == now + timedelta(minutes=20)


def test_a_sitting_left_open_past_its_end_does_not_block_the_next(
    edition: Edition, person: Person, now: datetime
) -> None:
    context = builders.make_context(now)
    first = builders.open_sitting(person, edition.uid, "tes-akhir", now, context)
    later = now + timedelta(days=3)
    second = builders.open_sitting(person, edition.uid, "tes-akhir", later, context)
    assert second != first
    row = Sitting.objects.get(uid=first)
    assert (row.closed_by, row.closed_at, row.passed) == ("time", now + timedelta(minutes=20), False)
