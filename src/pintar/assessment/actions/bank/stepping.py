"""Steps of an item: submitted, approved or returned, tried out, used, rested, retired."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import models, rules
from pintar.assessment.actions.bank.locking import author_of_newest, locked
from pintar.assessment.events import ItemStepped
from pintar.assessment.rules import bank
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import queries as people


def take_step(*, item: UUID, step: str, number: int, reason: str = "", by: UUID, now: datetime) -> str:
    """Take a step of `rules.bank.STEPS` with version `number` of an item; returns the state it is in. Safe to repeat.

    Raises Refusal: 404 `unknown_bank_item`; 403 `author_needed`, `bank_role_needed`, `own_item`; 409 `wrong_state`,
    `revised_meanwhile`; 422 `unknown_step`, `step_reason_needed`.
    """
    wanted = bank.STEPS.get(step)
    if wanted is None:
        raise Refusal(Reason("assessment", "unknown_step", {"step": step[:20]}), status=422)
    why_it = rules.readable_reason(reason) if wanted.needs_reason else ""
    if why_it is None:
        told = {"least": rules.SHORTEST_REASON, "most": rules.LONGEST_REASON}
        raise Refusal(Reason("assessment", "step_reason_needed", told), status=422)
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = locked(item)
        if number != row.number:
            raise Refusal(Reason("assessment", "revised_meanwhile", {"number": row.number}))
        if _was_last(row, wanted, by):
            return row.state
        standing = bank.Standing(row.state, is_own=author_of_newest(row) == by)
        if refused := bank.may_step(wanted, standing, roles):
            raise Refusal(refused, status=409 if refused.code == "wrong_state" else 403)
        row.state = wanted.to
        row.save(update_fields=["state"])
        models.ItemStep.objects.create(
            item=row, number=row.number, step=wanted.code, state=wanted.to, reason=why_it, by=by, at=now
        )
        happened = ItemStepped(item=row.uid, number=row.number, step=wanted.code, state=wanted.to)
        ledger.record(happened, about=row.uid, by=by, now=now)
    return wanted.to


def _was_last(row: models.Item, step: bank.Step, by: UUID) -> bool:
    """Whether this is what the same person did last with this version: the same step sent twice is taken once."""
    last = models.ItemStep.objects.filter(item_id=row.pk, number=row.number).order_by("-id").first()
    return last is not None and (last.step, last.state, last.by) == (step.code, row.state, by)
