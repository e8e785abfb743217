"""Parallel forms from the bank: asked for, assembled in the background, approved by another, in the next edition."""

import copy
import os
import signal
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pintar.assessment import kept, models
from pintar.assessment.actions import bank as actions
from pintar.assessment.actions.bank import assembling
from pintar.assessment.queries import bank as queries
from pintar.assessment.rules.blueprint import Terms
from pintar.assessment.tests import bank, builders
from pintar.courses.queries import Edition, latest_edition
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import sign_in

PAGE = f"/bank/{bank.SLUG}/paket/"
EVENLY = {("1", ""): 4, ("2", ""): 4}


@pytest.fixture
def author(edition: Edition) -> Person:
    return bank.make_worker("penulis")


@pytest.fixture
def second(edition: Edition) -> Person:
    return bank.make_worker("penguji")


def ask(author: Person, now: datetime, forms: int = 5, terms: Terms = Terms(), cells: Any = EVENLY) -> UUID:  # noqa: B008
    base = models.Blueprint.objects.count()
    actions.write_blueprint(course=bank.SLUG, cells=cells, forms=forms, terms=terms, base=base, by=author.uid, now=now)
    return actions.ask_forms(course=bank.SLUG, by=author.uid, now=now)


def assembled(uid: UUID, now: datetime) -> models.FormSet:
    actions.assemble_forms(forms_uid=uid, now=now)
    return models.FormSet.objects.get(uid=uid)


def held(row: models.FormSet) -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for item in row.items.select_related("version__item").order_by("form", "place"):
        forms.setdefault(item.form, []).append(item.version.item.key)
    return forms


def refusal(deed: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refused:
        deed(**given)
    return refused.value.code


def test_the_worker_assembles_what_was_asked_and_asking_twice_asks_once(
    author: Person, second: Person, now: datetime
) -> None:
    uid = ask(author, now)
    assert actions.ask_forms(course=bank.SLUG, by=author.uid, now=now) == uid
    deliver_all(lambda: now)
    row = models.FormSet.objects.get(uid=uid)
    forms = held(row)
    assert (row.state, sorted(forms)) == ("ready", list("ABCDE"))
    keys = [key for form in forms.values() for key in form]
    assert len(keys) == len(set(keys)) == 40
    indicator = dict(models.Item.objects.values_list("key", "indicator"))
    assert {tuple(indicator[key] for key in form) for form in forms.values()} == {("1",) * 4 + ("2",) * 4}
    assert not set(keys) & {key for pool in kept.bank(latest_edition(bank.SLUG).uid).banks.values() for key in pool}
    again = held(row)
    actions.assemble_forms(forms_uid=uid, now=now)
    assert held(row) == again


def test_difficulty_types_and_enemies_hold_on_every_form(author: Person, now: datetime) -> None:
    models.Item.objects.filter(key__endswith="-1").update(answers=40, got=36, of=40)
    models.Item.objects.filter(key__endswith="-2").update(answers=40, got=4, of=40)
    enemies = [row.uid for row in models.Item.objects.filter(key__in=["a-3", "b-3"]).order_by("key")]
    actions.name_enemies(item=enemies[0], keys=["b-3"], by=author.uid, now=now)
    cells = {("1", "single"): 1, ("1", ""): 1, ("2", ""): 2}
    row = assembled(ask(author, now, terms=Terms(easy=1, hard=1, anchors=2), cells=cells), now)
    forms = held(row)
    assert row.state == "ready"
    assert all(sum(key.endswith("-1") for key in form) == 1 for form in forms.values())
    assert all(sum(key.endswith("-2") for key in form) == 1 for form in forms.values())
    assert not any({"a-3", "b-3"} <= set(form) for form in forms.values())


def test_what_cannot_hold_together_is_told_as_the_smallest_set_of_rules(author: Person, now: datetime) -> None:
    row = assembled(ask(author, now, forms=6), now)
    assert row.state == "impossible"
    assert {rule["code"] for rule in row.conflict} == {"indicator", "overlap"}
    assert not row.items.exists()
    models.Item.objects.update(state="resting")
    empty = assembled(ask(author, now, forms=2), now)
    assert [(rule["code"], rule["there"]) for rule in empty.conflict] == [("length", 0)]


def test_an_approved_set_is_what_the_next_edition_shows_and_running_ones_stay(
    edition: Edition, author: Person, second: Person, person: Person, now: datetime
) -> None:
    new = bank.write(author, now, bank.text(key="baru", indicator="1"))
    for step, by in (("submit", author), ("approve", second)):
        bank.step(new, step, by, now)
    bank.step(models.Item.objects.get(key="a-1"), "rest", author, now, bank.WHY)
    row = assembled(ask(author, now), now)
    assert refusal(actions.approve_forms, forms_uid=row.uid, by=author.uid, now=now) == "own_forms"
    for _ in range(2):
        actions.approve_forms(forms_uid=row.uid, by=second.uid, now=now)
    after = latest_edition(bank.SLUG)
    assert (after.number, edition.number) == (2, 1)
    forms = {name: list(form) for name, form in kept.bank(after.uid).forms.items()}
    assert forms == held(row)
    assert models.Item.objects.get(key="baru").state == "in_use"
    sitting = models.Sitting.objects.get(uid=builders.sit(person, after.uid, "tes-akhir", now).uid)
    assert sitting.items == forms[sitting.form]
    assert sitting.passed
    assert "a-1" in kept.bank(edition.uid).forms["A"]
    assert refusal(actions.drop_forms, forms_uid=row.uid, by=second.uid, now=now) == "forms_decided"


def test_a_folder_published_later_shows_the_approved_forms_too(
    edition: Edition, author: Person, second: Person, now: datetime
) -> None:
    row = assembled(ask(author, now), now)
    actions.approve_forms(forms_uid=row.uid, by=second.uid, now=now)
    assert builders.publish_all_types(now).number == 2
    later = builders.publish_all_types(now, title="Judul lain")
    assert later.number == 3
    assert {name: list(form) for name, form in kept.bank(later.uid).forms.items()} == held(row)


def test_what_changed_since_the_assembly_is_not_approved_and_nothing_is_half_done(
    author: Person, second: Person, now: datetime
) -> None:
    row = assembled(ask(author, now), now)
    bank.step(models.Item.objects.get(key="a-1"), "rest", author, now, bank.WHY)
    assert refusal(actions.approve_forms, forms_uid=row.uid, by=second.uid, now=now) == "forms_outdated"
    row.refresh_from_db()
    assert (row.state, latest_edition(bank.SLUG).number) == ("ready", 1)
    actions.drop_forms(forms_uid=row.uid, by=second.uid, now=now)
    assert refusal(actions.approve_forms, forms_uid=row.uid, by=second.uid, now=now) == "forms_decided"


def test_too_few_forms_for_the_tests_are_not_approved(author: Person, second: Person, now: datetime) -> None:
    row = assembled(ask(author, now, forms=4), now)
    assert refusal(actions.approve_forms, forms_uid=row.uid, by=second.uid, now=now) == "too_few_forms_for_tests"


def test_forms_are_asked_by_authors_and_not_without_a_blueprint(author: Person, second: Person, now: datetime) -> None:
    given = {"course": bank.SLUG, "now": now}
    assert refusal(actions.ask_forms, by=author.uid, **given) == "blueprint_needed"
    assert refusal(actions.ask_forms, by=second.uid, **given) == "author_needed"


def test_forms_are_asked_for_looked_at_and_approved_on_plain_pages(
    client: Client, author: Person, second: Person, now: datetime, django_assert_max_num_queries: Any
) -> None:
    sign_in(client, author, confirmed=True)
    assert "Belum ada." in client.get(PAGE).content.decode()
    ask(author, now, terms=Terms(minutes=60))
    asked = client.get(PAGE).content.decode()
    assert "sedang disusun" in asked
    assert 'http-equiv="refresh"' in asked
    deliver_all(lambda: now)
    row = models.FormSet.objects.get()
    one = f"{PAGE}{row.uid}/"
    with django_assert_max_num_queries(12):
        ready = client.get(one).content.decode()
    assert all(f"Paket {name}" in ready for name in "ABCDE")
    assert "Setujui paket" not in ready
    assert client.post(f"{one}keputusan/", {"do": "approve"}).status_code == 403
    sign_in(client, second, confirmed=True)
    assert "Setujui paket" in client.get(one).content.decode()
    assert client.post(f"{one}keputusan/", {"do": "approve"}).status_code == 303
    assert f"Disetujui {second.name}" in client.get(one).content.decode()
    assert client.post(PAGE).status_code == 403
    assert client.get(f"{PAGE}{author.uid}/").status_code == 404


def test_eight_forms_cost_no_more_statements_than_two_and_each_says_what_it_tells(
    author: Person, now: datetime
) -> None:
    one_each = dict.fromkeys(EVENLY, 1)
    counted = []
    for forms in (2, 8):
        row = assembled(ask(author, now, forms=forms, cells=one_each), now)
        with CaptureQueriesContext(connection) as captured:
            shown = queries.forms_page(bank.SLUG, author, now, row.uid).shown
        counted.append(len(captured))
        assert shown is not None and len(shown.forms) == forms
        assert all(form.information > 0 for form in shown.forms)
        actions.drop_forms(forms_uid=row.uid, by=author.uid, now=now)
    assert counted[0] == counted[1]


def test_the_page_says_in_words_what_cannot_hold_together_and_what_to_do(
    client: Client, author: Person, now: datetime
) -> None:
    sign_in(client, author, confirmed=True)
    assembled(ask(author, now, forms=6), now)
    told = client.get(PAGE).content.decode()
    assert "6 paket dengan 4 soal perlu 24; yang dapat dipakai 20." in told
    assert "Tidak ada soal yang sama di dua paket." in told
    assembled(ask(author, now, terms=Terms(hard=2)), now)
    assert "Soal sulit: paling sedikit 2 di tiap paket; yang dapat dipakai 0." in client.get(PAGE).content.decode()
    assembled(ask(author, now, cells={("1", "matching"): 1, ("1", ""): 3, ("2", ""): 4}), now)
    assert "Menjodohkan: paling sedikit 1 di tiap paket; yang dapat dipakai 0." in client.get(PAGE).content.decode()


def test_who_read_at_the_same_moment_approves_twice_without_the_guard_and_once_with_it(
    author: Person, second: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control first: a claim that does not ask whether the set was decided since it was read."""
    people = (second, bank.make_worker("penguji"))
    row = assembled(ask(author, now), now)
    read = assembling._found(row.uid)

    def approvals() -> list[str]:
        told = []
        for by in people:
            try:
                actions.approve_forms(forms_uid=row.uid, by=by.uid, now=now)
                told.append("approved")
            except Refusal as refused:
                told.append(refused.code)
        return told

    def unguarded(row: models.FormSet, state: str, by: UUID, now: datetime) -> None:
        models.FormSet.objects.filter(pk=row.pk).update(state=state, decided_by=by, decided_at=now)

    monkeypatch.setattr(assembling, "_found", lambda uid: copy.copy(read))
    with monkeypatch.context() as control:
        control.setattr(assembling, "_claim", unguarded)
        assert approvals() == ["approved", "approved"]
        assert latest_edition(bank.SLUG).number == 3
    models.FormSet.objects.filter(pk=row.pk).update(state="ready", decided_by=None, decided_at=None)
    assert approvals() == ["approved", "forms_decided"]
    assert latest_edition(bank.SLUG).number == 4
    assert models.FormSet.objects.get().decided_by == second.uid


@pytest.mark.django_db(transaction=True)
def test_an_assembly_that_is_killed_leaves_nothing_and_the_next_finishes_it(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies by SIGKILL inside the transaction that writes the forms, after the first of its statements."""
    author = bank.make_worker("penulis")
    uid = ask(author, now)
    connections.close_all()
    if (child := os.fork()) == 0:
        monkeypatch.setattr(
            type(models.FormItem.objects), "bulk_create", lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        )
        try:
            actions.assemble_forms(forms_uid=uid, now=now)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    row = models.FormSet.objects.get(uid=uid)
    assert (row.state, row.items.count()) == ("asked", 0)
    deliver_all(lambda: now)
    assert len(held(row)) == 5
    connection.close()
