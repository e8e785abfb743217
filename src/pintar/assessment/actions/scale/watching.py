"""Items are watched: doubts are raised as answers come, and settled by people."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import models, rules
from pintar.assessment.events import ItemKept
from pintar.assessment.rules import watch
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import queries as people


def watch_items(*, course: UUID, now: datetime) -> int:
    """Raise what speaks against the items of a training today, and let go of what no longer does; what somebody kept
    stays settled. Returns how many doubts are open. Safe to repeat."""
    course_id = models.Item.objects.filter(course__uid=course).values_list("course_id", flat=True).first()
    if course_id is None:
        return 0
    from pintar.assessment.queries.scale.doubts import doubts  # numpy, for the worker alone

    found = {(each.version, each.code, each.group): each for each in doubts(course_id)}
    with transaction.atomic():
        raised = models.ItemDoubt.objects.filter(version__item__course_id=course_id)
        settled = set(raised.exclude(kept_at=None).values_list("version_id", "code", "group"))
        open_ones = raised.filter(kept_at=None)
        gone = [row.pk for row in open_ones if (row.version_id, row.code, row.group) not in found]
        models.ItemDoubt.objects.filter(id__in=gone, kept_at=None).delete()
        models.ItemDoubt.objects.bulk_create(
            [
                models.ItemDoubt(
                    version_id=each.version,
                    code=each.code,
                    group=each.group,
                    evidence={"persons": each.persons, "n": each.number, "names": list(each.names)},
                    at=now,
                )
                for key, each in found.items()
                if key not in settled
            ],
            update_conflicts=True,
            unique_fields=["version", "code", "group"],
            update_fields=["evidence"],
        )
        return open_ones.all().count()


def keep_item(*, doubt: int, slug: str, reason: str, by: UUID, now: datetime) -> None:
    """Keep an item in spite of a doubt, with a reason. Safe to repeat.

    Raises Refusal: 404 `unknown_doubt`; 403 `bank_role_needed`; 409 `doubt_settled`; 422 `step_reason_needed`.
    """
    why_it = rules.readable_reason(reason)
    if why_it is None:
        told = {"least": rules.SHORTEST_REASON, "most": rules.LONGEST_REASON}
        raise Refusal(Reason("assessment", "step_reason_needed", told), status=422)
    roles = people.roles_of(by, now)
    with transaction.atomic():
        rows = models.ItemDoubt.objects.filter(pk=doubt, version__item__course__slug=slug)
        row = rows.select_related("version__item").first()
        if row is None:
            raise not_found("assessment", "unknown_doubt")
        if (row.kept_by, row.kept_because) == (by, why_it):
            return
        if why := watch.may_keep(row.kept_at is None, roles):
            raise Refusal(why, status=409 if why.code == "doubt_settled" else 403)
        claimed = models.ItemDoubt.objects.filter(pk=row.pk, kept_at=None)
        if not claimed.update(kept_by=by, kept_because=why_it, kept_at=now):
            raise Refusal(Reason("assessment", "doubt_settled"))
        kept = ItemKept(item=row.version.item.uid, number=row.version.number, code=row.code)
        ledger.record(kept, about=row.version.item.uid, by=by, now=now)
