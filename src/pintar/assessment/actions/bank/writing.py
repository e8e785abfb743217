"""Versions of items: a new question, another text of one, an earlier text again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from pintar.assessment import models, searched
from pintar.assessment.actions.bank.locking import locked
from pintar.assessment.events import ItemWritten
from pintar.assessment.rules import bank
from pintar.courses import queries as courses
from pintar.foundation import ids, ledger
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import queries as people
from pintar.sciences.formats import items_json
from pintar.sciences.formats.soundness import faults_of_item
from pintar.sciences.items import Item

LONGEST_SOURCE = 200
KEY_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Written:
    """The item as it stands after a writing; `changed` is False where the text was there already."""

    uid: UUID
    key: str
    number: int
    changed: bool


def write_item(
    *,
    course: str,
    item: UUID,
    text: Item,
    base: int | None,
    language: str = "id",
    original: str | None = None,
    source: str = "",
    note: str = "",
    by: UUID,
    now: datetime,
) -> Written:
    """Write a version of the item of this uid, which is made where it is not there yet. Safe to repeat.

    `text` is the whole item; its `key` counts for a new one only, and "" draws one. `base` is the version that the
    writing began from (None for a new item), `original` the key of the item that a new one is in another `language`. A
    text that is there already makes no version. What is being written by
    the same person is gone with it. Raises Refusal: 404 `unknown_course`; 403 `author_needed`; 409 `item_retired`,
    `revised_meanwhile`, `key_taken`, `language_taken`; 422 `unsound_item`, `unknown_indicator_here`.
    """
    of = courses.course(course)
    roles = people.roles_of(by, now)
    if why := bank.may_write(None, roles):
        raise Refusal(why, status=403)
    _check(course, text)
    with transaction.atomic():
        # Whoever sends a new question twice at once waits here, and then finds the item.
        list(models.ItemDraft.objects.select_for_update().filter(uid=item).values_list("id"))
        row = models.Item.objects.select_for_update().filter(uid=item).first()
        if row is None:
            row = _new(of, item, text, language, original, now)
            written = _append(row, text, {}, source=source, note=note, by=by, now=now)
        else:
            written = _revise(row, of, text, base, source=source, note=note, by=by, now=now)
        models.ItemDraft.objects.filter(Q(uid=item) | Q(item__uid=item), person__uid=by).delete()
    return written


def restore_version(*, item: UUID, number: int, base: int, by: UUID, now: datetime) -> Written:
    """An earlier text once more, as a new version. Safe to repeat.

    Raises Refusal as `write_item`, and 404 `unknown_version`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = locked(item)
        if why := bank.may_write(row.state, roles):
            raise Refusal(why, status=403 if why.code == "author_needed" else 409)
        earlier = models.ItemVersion.objects.filter(item_id=row.pk, number=number).first()
        if earlier is None:
            raise not_found("assessment", "unknown_version")
        newest = _newest(row)
        if newest.digest == earlier.digest:
            return Written(row.uid, row.key, row.number, changed=False)
        if base != row.number:
            raise Refusal(Reason("assessment", "revised_meanwhile", {"number": row.number}))
        text = items_json.read(earlier.content, row.key, earlier.indicator)
        return _append(row, text, earlier.pictures, source=earlier.source, note=f"= {number}", by=by, now=now)


def _check(course: str, text: Item) -> None:
    if faults_of_item(text):
        raise Refusal(Reason("assessment", "unsound_item"), status=422)
    if text.indicator not in courses.latest_edition(course).indicators:
        raise Refusal(Reason("assessment", "unknown_indicator_here", {"indicator": text.indicator[:80]}), status=422)


def _new(
    of: courses.CourseFacts, uid: UUID, text: Item, language: str, original: str | None, now: datetime
) -> models.Item:
    """The row of a new item, one version short; its version is added in the same transaction."""
    key = text.key or ids.key(KEY_LENGTH).lower()
    if models.Item.objects.filter(course_id=of.id, key=key).exists():
        raise Refusal(Reason("assessment", "key_taken", {"key": key}))
    first = models.Item.objects.filter(key=original, course_id=of.id).first() if original else None
    if language not in bank.LANGUAGES or (original and first is None):
        raise not_found("assessment", "unknown_bank_item")
    if first and language in {first.language, *first.translations.values_list("language", flat=True)}:
        raise Refusal(Reason("assessment", "language_taken", {"language": language}))
    return models.Item(
        uid=uid, course_id=of.id, key=key, language=language, original=first, state=bank.DRAFT, number=0, made_at=now
    )


def _revise(
    row: models.Item,
    of: courses.CourseFacts,
    text: Item,
    base: int | None,
    *,
    source: str,
    note: str,
    by: UUID,
    now: datetime,
) -> Written:
    if row.course_id != of.id:
        raise not_found("assessment", "unknown_bank_item")
    newest = _newest(row)
    if newest.digest == digest_of(text, newest.pictures) and (not source or source == newest.source):
        return Written(row.uid, row.key, row.number, changed=False)
    if why := bank.may_write(row.state, bank.ROLES):
        raise Refusal(why)
    if base != row.number:
        raise Refusal(Reason("assessment", "revised_meanwhile", {"number": row.number}))
    return _append(row, text, newest.pictures, source=source, note=note, by=by, now=now)


def _append(
    row: models.Item, text: Item, pictures: Mapping[str, Any], *, source: str, note: str, by: UUID, now: datetime
) -> Written:
    """The next version of a locked item, which is a draft with it."""
    row.number += 1
    row.state, row.type, row.indicator = bank.DRAFT, text.type, text.indicator
    row.stem = searched.plain(text.stem)
    row.answers = row.got = row.of = 0
    row.save()
    models.ItemVersion.objects.create(
        item=row,
        number=row.number,
        content=items_json.write(text),
        pictures=dict(pictures),
        indicator=text.indicator,
        digest=digest_of(text, pictures),
        source=source[:LONGEST_SOURCE],
        note=note[: models.ItemVersion._meta.get_field("note").max_length],
        by=by,
        at=now,
    )
    ledger.record(ItemWritten(item=row.uid, number=row.number), about=row.uid, by=by, now=now)
    return Written(row.uid, row.key, row.number, changed=True)


def digest_of(text: Item, pictures: Mapping[str, Any]) -> str:
    """Names a version: its text, its indicator, its pictures."""
    return items_json.digest({**items_json.write(text), "pictures": dict(pictures)}, text.indicator)


def _newest(row: models.Item) -> models.ItemVersion:
    return models.ItemVersion.objects.get(item_id=row.pk, number=row.number)
