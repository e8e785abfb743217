"""Two people, or two devices, at one item in the same moment."""

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection

from pintar.assessment import models
from pintar.assessment.actions import bank as actions
from pintar.assessment.actions.bank import stepping
from pintar.assessment.tests import bank, builders
from pintar.foundation.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """All at the same moment, a connection each; what they gave back, or the refusals' codes, in order."""
    ready = Barrier(len(deeds), timeout=30)

    def one(deed: Callable[[], Any]) -> Any:
        try:
            ready.wait()
            return deed()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def test_two_approvals_of_one_item_are_two_without_the_lock_and_one_with_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control first: who read the item without holding it approves what was approved meanwhile."""
    builders.publish_all_types(now)
    author, reviewers = bank.make_worker("penulis"), [bank.make_worker("penguji") for _ in range(2)]
    row = bank.write(author, now)
    bank.step(row, "submit", author, now)
    read = models.Item.objects.get(uid=row.uid)
    with monkeypatch.context() as control:
        control.setattr(stepping, "locked", lambda item: copy.copy(read))
        for reviewer in reviewers:
            bank.step(row, "approve", reviewer, now)
    approvals = models.ItemStep.objects.filter(item_id=row.pk, step="approve")
    assert approvals.count() == 2

    approvals.delete()
    models.Item.objects.filter(pk=row.pk).update(state="submitted")
    told = at_once(*(lambda who=who: bank.step(row, "approve", who, now, number=1) for who in reviewers))
    assert sorted(told) == ["reviewed", "wrong_state"]
    assert approvals.count() == 1


def test_two_first_saves_of_one_draft_are_two_drafts_without_the_constraint_and_one_with_it(now: datetime) -> None:
    """The control first: two devices that both looked and found no draft."""
    builders.publish_all_types(now)
    author = bank.make_worker("penulis")
    row = bank.write(author, now)
    (constraint,) = [c for c in models.ItemDraft._meta.constraints if c.name == "one_draft_of_an_item"]
    given = {"course_id": row.course_id, "item": row, "person_id": author.id, "type": "single", "saved_at": now}

    def both_create() -> None:
        for device in ("ponsel", "laptop"):
            models.ItemDraft.objects.create(fields={"stem": device}, base=1, **given)

    with connection.schema_editor() as editor:
        editor.remove_constraint(models.ItemDraft, constraint)
    try:
        both_create()
        assert models.ItemDraft.objects.filter(item=row).count() == 2
    finally:
        models.ItemDraft.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(models.ItemDraft, constraint)
    with pytest.raises(IntegrityError):
        both_create()
    models.ItemDraft.objects.all().delete()

    keep = {"person": author, "item": row.uid, "base": 1, "by": author.uid, "now": now}
    stems = ("ponsel", "laptop", "tablet")
    at_once(*(lambda stem=stem: actions.keep_draft(fields={"stem": stem}, **keep) for stem in stems))
    assert models.ItemDraft.objects.get(item=row).fields["stem"] in stems
