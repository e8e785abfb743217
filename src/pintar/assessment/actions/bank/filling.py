"""A training's folder in its bank: the same text is the same version, another text the next one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from pintar.assessment import models, searched
from pintar.assessment.actions.bank.writing import digest_of
from pintar.assessment.events import BankFilled
from pintar.assessment.rules import bank
from pintar.courses import queries as courses
from pintar.foundation import ledger
from pintar.sciences.formats import items_json
from pintar.sciences.items import Item

PUBLISHED = "publish"
"""The step by which an edition brings an item into use, whatever it was."""

MOVED = ("number", "type", "indicator", "stem", "state", "answers", "got", "of")


@dataclass(frozen=True, slots=True)
class Published:
    """An item of a folder: its text, the pictures that it names (as `ItemVersion.pictures`), the file it stands in."""

    text: Item
    pictures: Mapping[str, Any]
    file: str


def fill_bank(*, course: str, edition: UUID, items: Iterable[Published], now: datetime) -> dict[str, int]:
    """Bring an edition's items into the bank, in use; returns the id of the version of each item's key.

    Only within the transaction that publishes the edition. What stands in no folder stays as it is.
    """
    of = courses.course(course)
    given = {each.text.key: each for each in items}
    digests = {key: digest_of(each.text, each.pictures) for key, each in given.items()}
    there = {row.key: row for row in models.Item.objects.select_for_update().filter(course_id=of.id, key__in=given)}
    newest = {
        version.item_id: version
        for version in models.ItemVersion.objects.filter(
            item_id__in=[row.pk for row in there.values()], number=F("item__number")
        ).only("item_id", "digest")
    }
    revised = [key for key, row in there.items() if newest[row.pk].digest != digests[key]]
    for key in revised:
        there[key].number += 1
        there[key].answers = there[key].got = there[key].of = 0
        _describe(there[key], given[key])
    moved = {row.pk: row for row in there.values() if row.state != bank.IN_USE or row.key in revised}
    for row in moved.values():
        row.state = bank.IN_USE
    models.Item.objects.bulk_update(moved.values(), MOVED)
    made = models.Item.objects.bulk_create([_new(of.id, each, now) for key, each in given.items() if key not in there])
    rows = {**there, **{row.key: row for row in made}}
    written = models.ItemVersion.objects.bulk_create(
        [_version(rows[key], given[key], digests[key], now) for key in [*revised, *(row.key for row in made)]]
    )
    models.ItemStep.objects.bulk_create(
        [
            models.ItemStep(item_id=row.pk, number=row.number, step=PUBLISHED, state=bank.IN_USE, at=now)
            for row in [*moved.values(), *made]
        ]
    )
    happened = BankFilled(edition=edition, course=of.uid, made=len(made), revised=len(revised))
    ledger.record(happened, about=edition, by=None, now=now)
    ids_of = {item: version.pk for item, version in newest.items()} | {each.item_id: each.pk for each in written}
    return {key: ids_of[row.pk] for key, row in rows.items()}


def _new(course_id: int, each: Published, now: datetime) -> models.Item:
    row = models.Item(course_id=course_id, key=each.text.key, state=bank.IN_USE, number=1, made_at=now)
    _describe(row, each)
    return row


def _describe(row: models.Item, each: Published) -> None:
    row.type, row.indicator, row.stem = each.text.type, each.text.indicator, searched.plain(each.text.stem)


def _version(row: models.Item, each: Published, digest: str, now: datetime) -> models.ItemVersion:
    return models.ItemVersion(
        item_id=row.pk,
        number=row.number,
        content=items_json.write(each.text),
        pictures=dict(each.pictures),
        indicator=each.text.indicator,
        digest=digest,
        source=each.file[:200],
        at=now,
    )
