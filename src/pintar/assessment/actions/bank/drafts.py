"""What somebody is writing, kept as they type. Nothing of it is checked: it is checked when it becomes a version."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import models
from pintar.assessment.rules import bank
from pintar.courses import queries as courses
from pintar.foundation import ids
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import queries as people
from pintar.people.queries import Person
from pintar.sciences.items import ITEM_TYPES

MOST_DRAFTS = 50
"""Of one person in one bank."""

LARGEST_DRAFT = 200_000
"""Characters of all fields together."""


def begin_draft(
    *, person: Person, course: str, type: str, fields: Mapping[str, str] = {}, by: UUID, now: datetime
) -> UUID:
    """Begin a question that is not there yet. Returns the draft's uid, which the item will have.

    Raises Refusal: 404 `unknown_course`; 403 `author_needed`; 409 `too_many_drafts`; 422 `unknown_item_type`.
    """
    of = courses.course(course)
    if why := bank.may_write(None, people.roles_of(by, now)):
        raise Refusal(why, status=403)
    if type not in ITEM_TYPES:
        raise Refusal(Reason("assessment", "unknown_item_type"), status=422)
    if models.ItemDraft.objects.filter(course_id=of.id, person_id=person.id, item=None).count() >= MOST_DRAFTS:
        raise Refusal(Reason("assessment", "too_many_drafts", {"most": MOST_DRAFTS}))
    uid = ids.uid()
    models.ItemDraft.objects.create(
        uid=uid, course_id=of.id, person_id=person.id, type=type, fields=_bounded(fields), saved_at=now
    )
    return uid


def keep_draft(
    *, person: Person, item: UUID, fields: Mapping[str, str], base: int | None, by: UUID, now: datetime
) -> None:
    """Keep what the person has typed for the item or the question begun of this uid. The last that came counts.

    `base` is the version that the writing began from, None for a question that is no item yet.

    Raises Refusal: 404 `unknown_bank_item`; 403 `author_needed`; 409 `item_retired`; 413 `draft_too_large`.
    """
    kept, roles = _bounded(fields), people.roles_of(by, now)
    with transaction.atomic():
        begun = models.ItemDraft.objects.filter(uid=item, person_id=person.id, item=None)
        if begun.update(fields=kept, saved_at=now):
            return
        row = models.Item.objects.filter(uid=item).first()
        if row is None:
            raise not_found("assessment", "unknown_bank_item")
        if base is None:
            # Typed before the question became an item, and late on its way: the version has it all.
            return
        if why := bank.may_write(row.state, roles):
            raise Refusal(why, status=403 if why.code == "author_needed" else 409)
        models.ItemDraft.objects.update_or_create(
            item=row,
            person_id=person.id,
            defaults={"fields": kept, "base": base, "saved_at": now},
            create_defaults={
                "course_id": row.course_id, "type": row.type, "fields": kept, "base": base, "saved_at": now,
            },
        )  # fmt: skip


def drop_draft(*, person: Person, item: UUID) -> None:
    """Let go of what the person was writing; safe to repeat."""
    models.ItemDraft.objects.filter(person_id=person.id, uid=item, item=None).delete()
    models.ItemDraft.objects.filter(person_id=person.id, item__uid=item).delete()


def _bounded(fields: Mapping[str, str]) -> dict[str, str]:
    if sum(len(name) + len(text) for name, text in fields.items()) > LARGEST_DRAFT:
        raise Refusal(Reason("assessment", "draft_too_large", {"most": LARGEST_DRAFT}), status=413)
    return dict(fields)
