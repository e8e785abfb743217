"""The blueprint as a table: what the bank is enough for, what binds, what is missing where."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from pintar.assessment import models
from pintar.assessment.actions import bank as actions
from pintar.assessment.queries import bank as queries
from pintar.assessment.rules.blueprint import Stock, Terms, band_of, fault_of, pilots, support
from pintar.assessment.tests import bank
from pintar.courses.queries import Edition
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import sign_in

ADDRESS = f"/bank/{bank.SLUG}/kisi-kisi/"


@pytest.fixture
def author(edition: Edition) -> Person:
    return bank.make_worker("penulis")


def test_the_scarcest_indicator_binds_and_says_how_many_it_lacks() -> None:
    cells = {("1", ""): 2, ("2", "single"): 1, ("2", ""): 1}
    there = {("1", "single"): 13, ("2", "single"): 5, ("2", "short"): 3}
    found = support(cells, there, ("1", "2", "3"), forms=6)
    assert (found.forms, found.binding, found.missing) == (4, ("2",), 4)
    assert [(row.wanted, row.there, row.forms, dict(row.missing)) for row in found.rows] == [
        (2, 13, 6, {}), (2, 8, 4, {"single": 1, "": 3}), (0, 0, None, {}),
    ]  # fmt: skip


def test_what_is_missing_is_exactly_what_makes_it_enough() -> None:
    cells = {("1", "single"): 2, ("1", "short"): 1, ("1", ""): 3}
    there = {("1", "single"): 3, ("1", "number"): 4}
    short = support(cells, there, ("1",), forms=5).rows[0].missing
    filled = {("1", "single"): 3 + short["single"], ("1", "short"): short["short"], ("1", "number"): 4 + short[""]}
    assert support(cells, filled, ("1",), forms=5).missing == 0
    less = {**filled, ("1", "number"): 3 + short[""]}
    assert support(cells, less, ("1",), forms=5).missing == 1


def test_an_empty_bank_is_enough_for_nothing_and_an_empty_blueprint_asks_for_nothing() -> None:
    assert support({("1", ""): 1}, {}, ("1",), 6).forms == 0
    nothing = support({}, {("1", "single"): 9}, ("1",), 6)
    assert (nothing.forms, nothing.binding, nothing.missing) == (0, (), 0)


def test_a_blueprint_is_written_version_by_version(author: Person, now: datetime) -> None:
    given: dict[str, Any] = {"course": bank.SLUG, "by": author.uid, "now": now}
    assert actions.write_blueprint(cells={("1", ""): 2}, forms=6, base=0, **given) == 1
    assert actions.write_blueprint(cells={("1", ""): 2}, forms=6, base=0, **given) == 1
    assert actions.write_blueprint(cells={("1", ""): 3}, forms=6, base=1, **given) == 2
    wrongs = [
        ({("1", ""): 4}, 6, 1, "revised_meanwhile"),
        ({}, 6, 2, "bad_blueprint"),
        ({("9", ""): 1}, 6, 2, "bad_blueprint"),
        ({("1", ""): 1}, 0, 2, "bad_blueprint"),
        ({("1", "lagu"): 1}, 6, 2, "bad_blueprint"),
    ]
    for cells, forms, base, code in wrongs:
        with pytest.raises(Refusal, match=code):
            actions.write_blueprint(cells=cells, forms=forms, base=base, **given)
    other = bank.make_worker("penguji")
    with pytest.raises(Refusal, match="author_needed"):
        actions.write_blueprint(cells={("1", ""): 1}, forms=6, base=2, **{**given, "by": other.uid})
    assert models.Blueprint.objects.count() == 2


def test_without_a_blueprint_the_newest_editions_forms_stand_there(
    edition: Edition, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        page = queries.blueprint_page(bank.SLUG)
    assert (page.number, page.forms, page.length) == (0, 6, 8)
    # Five forms of four; the sixteen items of the two quizzes are for practice.
    assert [line.there for line in page.lines] == [20, 20]
    assert (page.support.forms, page.support.missing, page.is_enough) == (5, 8, False)


def test_only_what_was_reviewed_counts(author: Person, now: datetime) -> None:
    bank.write(author, now)
    row = models.Item.objects.get(key="a-1")
    bank.step(row, "rest", author, now, bank.WHY)
    assert [line.there for line in queries.blueprint_page(bank.SLUG).lines] == [19, 20]


def test_the_page_counts_what_was_typed_and_keeps_it_when_told(client: Client, author: Person) -> None:
    sign_in(client, author, confirmed=True)
    assert ADDRESS in client.get(f"/bank/{bank.SLUG}/").content.decode()
    typed = {"forms": "6", "base": "0", "n-1-single": "3", "n-2-any": "2"}
    seen = client.post(ADDRESS, {**typed, "do": "see"}).content.decode()
    assert "baru cukup untuk 1 paket" in seen
    assert "Yang membatasi: indikator 1." in seen
    assert not models.Blueprint.objects.exists()
    assert client.post(ADDRESS, {**typed, "do": "save"}).status_code == 303
    assert models.Blueprint.objects.get().cells == [["1", "single", 3], ["2", "", 2]]
    assert client.post(ADDRESS, {**typed, "n-1-single": "x", "n-2-any": "", "do": "save"}).status_code == 422
    assert 'value="3"' in client.get(ADDRESS).content.decode()


def test_difficulty_and_anchors_bind_as_indicators_do_and_are_known_only_after_enough_answers() -> None:
    assert [band_of(got, 40, answers) for got, answers in ((30, 29), (30, 30), (28, 40), (12, 40), (11, 40))] == [
        None, "easy", "medium", "medium", "hard",
    ]  # fmt: skip
    terms = Terms(easy=2, hard=1, anchors=3)
    there = Stock({"easy": 12, "hard": 5}, anchors=18)
    found = support({("1", ""): 4}, {("1", "single"): 40}, ("1",), 6, terms, there)
    assert (found.forms, found.binding, found.binding_terms) == (5, (), ("hard",))
    assert [(d.code, d.forms, d.missing) for d in found.demands] == [("easy", 6, 0), ("hard", 5, 1), ("anchors", 6, 0)]


def test_a_short_form_tries_one_item_too() -> None:
    assert [pilots(length, 10) for length in (0, 1, 10, 11, 40)] == [0, 1, 1, 2, 4]
    assert pilots(40, 0) == 0


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"minutes": 4}, "minutes"),
        ({"pilot_percent": 31}, "pilot_percent"),
        ({"anchors": 9}, "anchors"),
        ({"exposure_percent": 101}, "exposure_percent"),
        ({"easy": 4, "hard": 5}, "difficulty"),
        ({"medium": -1}, "difficulty"),
    ],
)
def test_what_no_form_can_be_asked_is_named(wrong: dict[str, int], name: str) -> None:
    assert fault_of(Terms(**wrong), length=8) == name
    assert fault_of(Terms(60, 10, 8, 25, 3, 3, 2), length=8) is None


def test_terms_are_kept_with_the_blueprint_and_what_is_typed_wrong_changes_nothing(
    client: Client, author: Person
) -> None:
    sign_in(client, author, confirmed=True)
    typed = {"forms": "5", "base": "0", "n-1-any": "4", "n-2-any": "4", "do": "save"}
    terms = {"minutes": "20", "pilot_percent": "10", "hard": "1", "exposure_percent": "40"}
    assert client.post(ADDRESS, {**typed, **terms}).status_code == 303
    kept = {"minutes": 20, "pilot_percent": 10, "hard": 1, "exposure_percent": 40}
    assert models.Blueprint.objects.get().terms == kept
    page = client.get(ADDRESS).content.decode()
    assert "belum cukup untuk satu paket pun" in page
    assert "Soal sulit: kurang 5." in page
    refused = client.post(ADDRESS, {**typed, **terms, "base": "1", "minutes": "sejam"})
    assert refused.status_code == 422
    assert models.Blueprint.objects.count() == 1


def test_items_that_too_many_sittings_showed_are_left_out(author: Person, edition: Edition, now: datetime) -> None:
    models.BankTally.objects.create(course_id=models.Item.objects.all()[0].course_id, sittings=100)
    models.Item.objects.filter(key__in=["a-1", "a-2"]).update(shown=26)
    page = queries.blueprint_page(bank.SLUG, terms=Terms(exposure_percent=25))
    assert ([line.there for line in page.lines], page.stock.barred) == ([19, 19], 2)
    assert queries.blueprint_page(bank.SLUG, terms=Terms(exposure_percent=26)).stock.barred == 0


def test_an_assessor_sees_the_table_and_changes_nothing(client: Client, edition: Edition) -> None:
    sign_in(client, bank.make_worker("penguji"), confirmed=True)
    assert "Simpan kisi-kisi" not in client.get(ADDRESS).content.decode()
    assert client.post(ADDRESS, {"forms": "6", "n-1-any": "1", "base": "0", "do": "save"}).status_code == 403
