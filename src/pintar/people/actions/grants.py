"""Roles are given and ended."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people.events import GrantEnded, GrantGiven
from pintar.people.models import Grant, Session
from pintar.people.queries import Person, UnitFacts
from pintar.people.rules import roles


def give_grant(
    *, person: Person, role: str, unit: UnitFacts, until: datetime | None = None, by: UUID | None, now: datetime
) -> UUID:
    """A role in a unit and everything below it; given again it gets the new end. Returns the grant's uid.

    Sessions without a second factor stay, and reach nothing that needs the role. Raises Refusal (422).
    """
    if role not in roles.ROLES:
        raise Refusal(Reason("people", "role_unknown", {"roles": ", ".join(roles.ROLES)}), status=422)
    if until is not None and until <= now:
        raise Refusal(Reason("people", "until_is_past"), status=422)
    with transaction.atomic():
        grant, made = Grant.objects.update_or_create(
            account_id=person.id,
            role=role,
            unit_id=unit.id,
            ended_at=None,
            defaults={"until_at": until},
            create_defaults={"until_at": until, "given_at": now, "given_by": by},
        )
        if made:
            record(GrantGiven(account=person.uid, role=role, unit=unit.uid), about=person.uid, by=by, now=now)
    return grant.uid


def end_grant(*, grant: UUID, by: UUID | None, now: datetime) -> None:
    """The role ends at once, and with it the sessions that a second factor confirmed."""
    with transaction.atomic():
        row = Grant.objects.select_related("account", "unit").filter(uid=grant).first()
        if row is None:
            raise not_found("people", "no_such_grant")
        if not Grant.objects.filter(id=row.id, ended_at__isnull=True).update(ended_at=now):
            return
        Session.objects.filter(account_id=row.account_id, confirmed_at__isnull=False).delete()
        record(
            GrantEnded(account=row.account.uid, role=row.role, unit=row.unit.uid),
            about=row.account.uid,
            by=by,
            now=now,
        )
