"""Items come onto a scale as answers come: by a rule, estimated in the background, approved by an assessor."""

import copy
import os
import signal
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from django.db import connection, connections

from pintar.assessment import models, scale_kept
from pintar.assessment.actions import scale as actions
from pintar.assessment.actions.scale import calibrating
from pintar.assessment.queries.scale import calibrations, snapshots
from pintar.assessment.rules import scale as rules
from pintar.assessment.tests import bank, builders
from pintar.assessment.tests.simulated import sit_many
from pintar.courses.queries import Edition
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person


@pytest.fixture
def assessor(edition: Edition) -> Person:
    return bank.make_worker("penguji")


def gather(edition: Edition, now: datetime, persons: int = 300, **more: Any) -> None:
    sit_many(edition, now, persons=persons, **more)
    actions.tally_items(sittings=models.Sitting.objects.filter(tallied=False).values_list("uid", flat=True))


def calibrated(now: datetime) -> models.Calibration:
    assert actions.ask_due(now=now) == 1
    deliver_all(lambda: now)
    return models.Calibration.objects.order_by("-id")[0]


def refusal(deed: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refused:
        deed(**given)
    return refused.value.code


def test_the_rule_waits_for_sittings_and_for_items_that_enough_people_met() -> None:
    answers = {1: 120, 2: 130, 3: 99}
    few = rules.readiness(rules.Gathered(499, 0, answers))
    assert (few.is_ready, few.sittings, few.enough, few.waiting) == (False, 499, 2, 1)
    assert rules.readiness(rules.Gathered(500, 0, answers)).is_ready
    assert not rules.readiness(rules.Gathered(500, 0, {1: 500})).is_ready
    assert not rules.readiness(rules.Gathered(900, 500, {1: 300, 2: 300}, {1, 2})).is_ready
    assert rules.readiness(rules.Gathered(1000, 500, {1: 300, 2: 300}, {1, 2})).is_ready
    assert rules.readiness(rules.Gathered(600, 500, answers, {1})).is_ready


def test_twenty_people_are_not_enough_and_nothing_is_asked_for(edition: Edition, now: datetime) -> None:
    gather(edition, now, persons=20)
    assert actions.ask_due(now=now) == 0
    assert not models.Calibration.objects.exists()


def test_the_first_calibration_finds_what_is_true_and_becomes_version_1(
    edition: Edition, assessor: Person, now: datetime
) -> None:
    gather(edition, now, persons=500, gain=0.5)
    row = calibrated(now)
    assert (row.state, row.base, row.number, row.failure) == ("ready", 0, None, "")
    assert actions.ask_due(now=now) == 0
    lines = {line.version.item.key: line for line in row.items.select_related("version__item")}
    assert len(lines) == 40
    assert {line.fate for line in lines.values()} == {"new"}
    true = {f"{form}-{n + 1}": -1.5 + 3 * n / 7 for form in "abcde" for n in range(8)}
    far = [(lines[key].b - b) / lines[key].se_b for key, b in true.items()]
    assert np.mean(np.abs(far) < 2.5) > 0.9
    kinds = {group[0]: group for group in row.found["groups"]}
    assert (kinds["pretest"][2], kinds["pretest"][4]) == (0, 1)
    assert abs(kinds["posttest"][2] - 0.5) < 3 * kinds["posttest"][3]
    gain = row.found["gain"]
    assert (gain["edition"], gain["persons"], gain["of"]) == (str(edition.uid), 500, 500)
    assert 0.02 < gain["se"] < 0.1
    assert abs(gain["gain"] - 0.5) < 3 * gain["se"]
    assert actions.approve_calibration(calibration=row.uid, by=assessor.uid, now=now) == 1
    assert actions.approve_calibration(calibration=row.uid, by=assessor.uid, now=now) == 1
    author = bank.make_worker("penulis")
    assert refusal(actions.approve_calibration, calibration=row.uid, by=author.uid, now=now) == "assessor_needed"
    assert refusal(actions.drop_calibration, calibration=row.uid, by=assessor.uid, now=now) == "calibration_decided"


def test_a_later_version_holds_the_items_fixed_and_names_the_one_that_drifted(
    edition: Edition, assessor: Person, now: datetime
) -> None:
    gather(edition, now, persons=500)
    first = calibrated(now)
    actions.approve_calibration(calibration=first.uid, by=assessor.uid, now=now)
    gather(edition, now, persons=500, seed=2, harder={"b-5": -1.5})
    second = calibrated(now)
    assert (second.state, second.base) == ("ready", 1)
    before = {line.version_id: (line.a, line.b) for line in first.items.all()}
    lines = {line.version.item.key: line for line in second.items.select_related("version__item")}
    moved = lines["b-5"]
    assert moved.fate == "moved"
    assert moved.drift is not None and moved.drift < -0.8
    kept = [line for line in lines.values() if line.fate == "kept"]
    assert len(kept) >= 32
    assert all((line.a, line.b) == pytest.approx(before[line.version_id]) for line in kept)
    link = second.found["link"]
    assert abs(link["b"]) < 4 * link["se_b"] + 0.1
    assert abs(link["a"] - 1) < 4 * link["se_a"] + 0.1
    assert actions.approve_calibration(calibration=second.uid, by=assessor.uid, now=now) == 2


def test_the_same_sittings_give_the_same_digest_and_the_same_numbers(edition: Edition, now: datetime) -> None:
    gather(edition, now)
    row = calibrated(now)
    gather(edition, now, persons=50, seed=3)
    again = snapshots.snapshot_of(row.course_id, scale_kept.read_sittings(bytes(row.sittings)))
    assert again.digest == row.digest
    assert (row.code, row.seed) != ("", None)
    found, kept = calibrations.estimate(again, None, []).items, scale_kept.read_items(bytes(row.result))
    assert found.names == kept.names
    np.testing.assert_allclose(found.b, kept.b, atol=1e-9)
    assert kept.covariance is not None and found.covariance is not None
    np.testing.assert_allclose(found.covariance, kept.covariance, atol=1e-9)
    assert snapshots.snapshot(row.course_id).digest != row.digest


def test_what_cannot_be_estimated_says_why_and_keeps_nothing(edition: Edition, assessor: Person, now: datetime) -> None:
    gather(edition, now)
    for row in models.Sitting.objects.all():
        row.score = {**(row.score or {}), "items": [[i, of, of, v] for i, _, of, v in (row.score or {})["items"]]}
        row.save(update_fields=["score"])
    row = calibrated(now)
    assert (row.state, row.failure, row.items.count()) == ("impossible", "too_few_people", 0)
    assert refusal(actions.approve_calibration, calibration=row.uid, by=assessor.uid, now=now) == "calibration_decided"
    actions.drop_calibration(calibration=row.uid, by=assessor.uid, now=now)
    assert actions.ask_due(now=now) == 0


def test_who_read_at_the_same_moment_approves_twice_without_the_guard_and_once_with_it(
    edition: Edition, assessor: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control first: a claim that does not ask whether it was decided since it was read."""
    course = bank.bank_course_id()
    row = models.Calibration.objects.create(course_id=course, state="ready", base=0, seen=500, asked_at=now)
    read, assessors = calibrating._found(row.uid), (assessor, bank.make_worker("penguji"))

    def approvals() -> list[Any]:
        told: list[Any] = []
        for by in assessors:
            try:
                told.append(actions.approve_calibration(calibration=row.uid, by=by.uid, now=now))
            except Refusal as refused:
                told.append(refused.code)
        return told

    def unguarded(row: models.Calibration, *, by: Any, now: datetime, **changes: Any) -> None:
        models.Calibration.objects.filter(pk=row.pk).update(decided_by=by, decided_at=now, **changes)

    monkeypatch.setattr(calibrating, "_found", lambda uid: copy.copy(read))
    monkeypatch.setattr(calibrating, "newest_version", lambda course: None)
    with monkeypatch.context() as control:
        control.setattr(calibrating, "_claim", unguarded)
        assert approvals() == [1, 1]
    models.Calibration.objects.update(state="ready", number=None, decided_by=None, decided_at=None)
    assert approvals() == [1, "calibration_decided"]
    assert models.Calibration.objects.get().decided_by == assessor.uid


@pytest.mark.django_db(transaction=True)
def test_a_calibration_that_is_killed_leaves_nothing_and_the_next_finishes_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies by SIGKILL inside the transaction that writes the items, after the first of its statements."""
    edition = builders.publish_all_types(now)
    gather(edition, now)
    assert actions.ask_due(now=now) == 1
    uid = models.Calibration.objects.get().uid
    connections.close_all()
    if (child := os.fork()) == 0:
        monkeypatch.setattr(
            type(models.ScaleItem.objects), "bulk_create", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        )
        try:
            actions.calibrate(calibration=uid, now=now)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    row = models.Calibration.objects.get(uid=uid)
    assert (row.state, row.digest, row.items.count()) == ("asked", "", 0)
    deliver_all(lambda: now)
    row.refresh_from_db()
    assert (row.state, row.items.count()) == ("ready", 40)
    connection.close()
