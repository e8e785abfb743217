"""What can be done ahead of an opening, so that the tap at the opening needs nothing more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from pintar.enrolment import queries, rules
from pintar.enrolment.events import Prepared
from pintar.enrolment.models import Pledge, Preparation
from pintar.enrolment.rules import Verdict
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal
from pintar.people.queries import Person


def prepare(
    *, person: Person, batch_key: str, pledge: bool, remind: bool | None = None, by: UUID, now: datetime
) -> None:
    """Keep the pakta integritas that was ticked in advance, with its version, and the wish for a reminder (None: as it
    was). The same again changes nothing. Raises Refusal: 404; 409 preparation_over once registration has opened; 422
    reminder_needs_email."""
    where = queries.standing(batch_key, person.id)
    if where.batch.window(now) is not Verdict.SOON:
        raise Refusal(Reason(rules.ROOM, "preparation_over", {"batch": where.batch.key}))
    if remind and not person.email:
        raise Refusal(Reason(rules.ROOM, "reminder_needs_email"), status=422)
    new: dict[str, Any] = {}
    if pledge and where.pledged != rules.PLEDGE.version:
        new |= {"pledge_id": rules.PLEDGE.version, "pledged_at": now}
    if remind is not None and remind != where.reminds:
        new["remind"] = remind
    if not new:
        return
    with transaction.atomic():
        Pledge.objects.get_or_create(version=rules.PLEDGE.version, defaults={"text": rules.PLEDGE.text})
        Preparation.objects.update_or_create(person_id=person.id, batch_id=where.batch.id, defaults=new)
        happened = Prepared(batch=where.batch.uid, person=person.uid, pledged="pledge_id" in new)
        record(happened, about=where.batch.uid, by=by, now=now)
