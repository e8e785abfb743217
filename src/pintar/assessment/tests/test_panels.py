"""A panel sets the standard: judges say item by item, round by round, and someone else approves the cut."""

import copy
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pintar.assessment import models
from pintar.assessment.actions import scale as actions
from pintar.assessment.actions.scale import panels
from pintar.assessment.rules import panels as rules
from pintar.assessment.tests import bank
from pintar.assessment.tests.test_measuring import approve_scale
from pintar.courses.queries import Edition
from pintar.foundation import clock
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person


@pytest.fixture
def leader(edition: Edition, now: datetime) -> Person:
    approve_scale(edition, now)
    return bank.make_worker("penguji")


def make_judges(number: int = 5) -> list[Person]:
    from pintar.people.actions import give_grant
    from pintar.people.queries import unit_facts
    from pintar.people.tests.builders import make_unit

    unit = unit_facts(make_unit("Balai Panel", kind="balai"))
    people = [make_person(f"Juri {n}", email=f"juri{n}@contoh.example") for n in range(number)]
    for person in people:
        give_grant(person=person, role="penulis", unit=unit, by=None, now=clock.now())
    return people


def convene(leader: Person, judges: list[Person], now: datetime) -> UUID:
    logins = [f"juri{n}@contoh.example" for n in range(len(judges))]
    return actions.convene_panel(course=bank.SLUG, judges=logins, by=leader.uid, now=now)


def judge(panel: UUID, judges: list[Person], now: datetime, percent: int = 70, spread: int = 4) -> None:
    versions = models.Panel.objects.get(uid=panel).reference["versions"]
    for n, person in enumerate(judges):
        said = {f"p{version}": str(percent + spread * (n - 2)) for version in versions}
        actions.judge_items(panel=panel, sent=said, hand_in=True, by=person.uid, now=now)


def refusal(deed: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refused:
        deed(**given)
    return refused.value.code


def test_two_rounds_give_a_cut_with_its_error_that_another_approves_for_batches_to_come(
    leader: Person, now: datetime
) -> None:
    judges, second = make_judges(), bank.make_worker("penguji")
    panel = convene(leader, judges, now)
    assert convene(leader, judges, now) == panel
    close = {"panel": panel, "by": leader.uid, "now": now}
    assert refusal(actions.close_round, number=1, is_last=False, **close) == "too_few_judgements"
    judge(panel, judges, now, percent=60, spread=8)
    assert actions.close_round(number=1, is_last=True, **close) == 2
    assert actions.close_round(number=1, is_last=False, **close) == 2
    judge(panel, judges, now, percent=62, spread=2)
    assert actions.close_round(number=2, is_last=True, **close) is None
    first, last = models.Panel.objects.get(uid=panel).rounds
    assert last["se"] < first["se"]
    assert last["score"] / last["of"] == pytest.approx(0.62)
    assert last["low"] < last["theta"] < last["high"]
    assert refusal(actions.approve_panel, panel=panel, by=leader.uid, now=now) == "own_panel"
    assert actions.approve_panel(panel=panel, by=second.uid, now=now) == 2
    assert actions.approve_panel(panel=panel, by=second.uid, now=now) == 2
    standard = models.Standard.objects.get(number=2)
    assert (standard.method, standard.by) == ("angoff", second.uid)
    assert (standard.theta, standard.se, standard.share) == (last["theta"], last["se"], pytest.approx(62))
    deliver_all(lambda: now)
    kept = models.EditionCuts.objects.get(standard=standard)
    assert kept.cuts["A"]["mark"] == 62
    assert refusal(actions.drop_panel, panel=panel, by=leader.uid, now=now) == "panel_decided"


def test_a_panel_has_a_third_round_at_most_and_needs_two() -> None:
    assert [rules.next_round(n, is_last) for n in (1, 2, 3) for is_last in (False, True)] == [2, 2, 3, None, None, None]


def test_judges_are_those_who_may_see_items_and_say_whole_percentages(leader: Person, now: datetime) -> None:
    make_person("Tamu", email="tamu@contoh.example")
    judges = make_judges()
    logins = [f"juri{n}@contoh.example" for n in range(4)]
    convened = {"course": bank.SLUG, "by": leader.uid, "now": now}
    assert refusal(actions.convene_panel, judges=logins, **convened) == "panel_of_wrong_size"
    assert refusal(actions.convene_panel, judges=[*logins, "tamu@contoh.example"], **convened) == "unknown_judges"
    author = bank.make_worker("penulis")
    assert refusal(actions.convene_panel, **{**convened, "judges": logins, "by": author.uid}) == "assessor_needed"
    panel = convene(leader, judges, now)
    versions = models.Panel.objects.get(uid=panel).reference["versions"]
    said = {"panel": panel, "now": now, "hand_in": True}
    assert refusal(actions.judge_items, sent={}, by=leader.uid, **said) == "unknown_panel"
    typed = dict.fromkeys((f"p{version}" for version in versions), "101") | {f"p{versions[0]}": " 40 %"}
    assert refusal(actions.judge_items, sent=typed, by=judges[0].uid, **said) == "judgements_missing"
    row = models.Judging.objects.get(judge=judges[0].uid)
    assert (row.percents, row.handed_at) == ({str(versions[0]): 40}, None)


def test_without_a_scale_there_is_nothing_to_judge_on(edition: Edition, now: datetime) -> None:
    make_judges()
    leader = bank.make_worker("penguji")
    logins = [f"juri{n}@contoh.example" for n in range(5)]
    told = refusal(actions.convene_panel, course=bank.SLUG, judges=logins, by=leader.uid, now=now)
    assert told == "no_scale_for_panel"


def test_of_two_who_read_the_same_panel_both_approve_without_the_guard_and_one_with_it(
    leader: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control first: a claim that does not ask whether it was decided since it was read."""
    judges, others = make_judges(), [bank.make_worker("penguji") for _ in range(2)]
    panel = convene(leader, judges, now)
    for number in (1, 2):
        judge(panel, judges, now)
        actions.close_round(panel=panel, number=number, is_last=True, by=leader.uid, now=now)
    read = panels._found(panel)

    def approvals() -> list[Any]:
        told: list[Any] = []
        for by in others:
            try:
                told.append(actions.approve_panel(panel=panel, by=by.uid, now=now))
            except Refusal as refused:
                told.append(refused.code)
        return told

    def unguarded(row: models.Panel, state: str, by: UUID, now: datetime) -> None:
        models.Panel.objects.filter(pk=row.pk).update(state=state, decided_by=by, decided_at=now)

    monkeypatch.setattr(panels, "_found", lambda uid: copy.copy(read))
    with monkeypatch.context() as control:
        control.setattr(panels, "_claim", unguarded)
        assert approvals() == [2, 3]
    models.Standard.objects.filter(number__gt=1).delete()
    models.Panel.objects.update(state="judged", decided_by=None, decided_at=None)
    assert approvals() == [2, "panel_decided"]


def test_what_is_said_in_a_round_is_heard_or_refused_for_the_panel_is_locked_meanwhile(
    leader: Person, now: datetime
) -> None:
    judges = make_judges()
    panel = convene(leader, judges, now)
    with CaptureQueriesContext(connection) as asked:
        judge(panel, judges[:1], now)
    (read,) = [each["sql"] for each in asked if 'FROM "assessment_panel"' in each["sql"] and " JOIN " in each["sql"]]
    # SQLite has one writer at a time: a transaction takes the lock of the whole file when it begins.
    assert ("FOR UPDATE" in read) is (connection.vendor == "postgresql")


def test_a_judge_who_is_named_twice_is_one_judge(leader: Person, now: datetime) -> None:
    judges = make_judges(rules.FEWEST_JUDGES)
    logins = [f"juri{n}@contoh.example" for n in range(len(judges) - 1)]
    twice = [*logins, logins[0].upper()]
    assert refusal(actions.convene_panel, course=bank.SLUG, judges=twice, by=leader.uid, now=now) == (
        "panel_of_wrong_size"
    )
    assert not models.Panel.objects.exists()
