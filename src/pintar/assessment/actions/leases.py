"""Which device may write: the newest that asked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import models
from pintar.assessment.events import LeaseTaken
from pintar.foundation import ids, ledger
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people.queries import Person


def take_lease(*, person: Person, sitting: UUID, by: UUID, now: datetime) -> str:
    """Go on with a sitting on this device; what another device sends next is refused. Returns the new lease.

    Raises Refusal: 404 for anyone else's sitting, 410 once it is closed.
    """
    lease = ids.key(16)
    mine = models.Sitting.objects.filter(uid=sitting, person_id=person.id)
    with transaction.atomic():
        if not mine.filter(closed_at__isnull=True).update(lease=lease):
            if mine.exists():
                raise Refusal(Reason("assessment", "closed"), status=410)
            raise not_found("assessment", "unknown_sitting")
        ledger.record(LeaseTaken(sitting=sitting), about=sitting, by=by, now=now)
    return lease
