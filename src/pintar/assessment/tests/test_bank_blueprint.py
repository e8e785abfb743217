"""The blueprint as a table: what the bank is enough for, what binds, what is missing where."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from pintar.assessment import models
from pintar.assessment.actions import bank as actions
from pintar.assessment.queries import bank as queries
from pintar.assessment.rules.blueprint import support
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
    with django_assert_max_num_queries(5):
        page = queries.blueprint_page(bank.SLUG)
    assert (page.number, page.forms, page.length) == (0, 6, 8)
    assert [line.there for line in page.lines] == [28, 28]
    assert page.is_enough


def test_only_what_was_reviewed_counts(author: Person, now: datetime) -> None:
    bank.write(author, now)
    row = models.Item.objects.get(key="a-1")
    bank.step(row, "rest", author, now, bank.WHY)
    assert [line.there for line in queries.blueprint_page(bank.SLUG).lines] == [27, 28]


def test_the_page_counts_what_was_typed_and_keeps_it_when_told(client: Client, author: Person) -> None:
    sign_in(client, author, confirmed=True)
    assert ADDRESS in client.get(f"/bank/{bank.SLUG}/").content.decode()
    typed = {"forms": "6", "base": "0", "n-1-single": "3", "n-2-any": "2"}
    seen = client.post(ADDRESS, {**typed, "do": "see"}).content.decode()
    assert "baru cukup untuk 2 paket" in seen
    assert "Yang membatasi: indikator 1." in seen
    assert not models.Blueprint.objects.exists()
    assert client.post(ADDRESS, {**typed, "do": "save"}).status_code == 303
    assert models.Blueprint.objects.get().cells == [["1", "single", 3], ["2", "", 2]]
    assert client.post(ADDRESS, {**typed, "n-1-single": "x", "n-2-any": "", "do": "save"}).status_code == 422
    assert 'value="3"' in client.get(ADDRESS).content.decode()


def test_an_assessor_sees_the_table_and_changes_nothing(client: Client, edition: Edition) -> None:
    sign_in(client, bank.make_worker("penguji"), confirmed=True)
    assert "Simpan kisi-kisi" not in client.get(ADDRESS).content.decode()
    assert client.post(ADDRESS, {"forms": "6", "n-1-any": "1", "base": "0", "do": "save"}).status_code == 403
