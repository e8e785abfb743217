"""Questions from a file: brought, mended one by one, taken in together, taken out again within a day."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from pintar.assessment import models, searched
from pintar.assessment.actions.bank.locking import locked
from pintar.assessment.actions.bank.writing import KEY_LENGTH, digest_of, restore_version
from pintar.assessment.events import ImportUndone, ItemWritten, QuestionsTakenIn
from pintar.assessment.rules import bank
from pintar.courses import queries as courses
from pintar.foundation import ids, ledger
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import queries as people
from pintar.sciences.formats import items_form, items_json
from pintar.sciences.formats.reading import Asked
from pintar.sciences.items import ITEM_TYPES, Item

LEFT_OUT = ("partial_credit", "picture_left_out")
"""What a reader says of an item that it could not take over whole; everything else is found anew in its fields."""


def bring_file(*, course: str, name: str, asked: Iterable[Asked], by: UUID, now: datetime) -> UUID:
    """Keep a file's questions to be looked at; nothing is in the bank yet. Returns the import's uid.

    Raises Refusal: 404 `unknown_course`; 403 `author_needed`.
    """
    of = courses.course(course)
    if why := bank.may_write(None, people.roles_of(by, now)):
        raise Refusal(why, status=403)
    known = courses.latest_edition(course).indicators
    row = models.ItemImport.objects.create(
        course_id=of.id, by=by, name=name[:200], questions=[_kept(each, known) for each in asked], made_at=now
    )
    return row.uid


def mend_question(
    *,
    file: UUID,
    place: int,
    fields: Mapping[str, str] | None = None,
    skip: bool | None = None,
    by: UUID,
    now: datetime,
) -> None:
    """Change what the question at `place` (from 0) of an import says, or leave it out (or in again). Safe to repeat.

    Raises Refusal: 404 `unknown_import`; 403 `author_needed`; 409 `import_is_over`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _locked(file)
        if why := bank.may_write(None, roles):
            raise Refusal(why, status=403)
        if row.taken_at is not None:
            raise Refusal(Reason("assessment", "import_is_over"))
        if not 0 <= place < len(row.questions):
            raise not_found("assessment", "unknown_import")
        question = row.questions[place]
        if fields is not None and question["type"]:
            question |= {"fields": dict(fields), "mended": True}
        if skip is not None:
            question["skip"] = skip
        row.save(update_fields=["questions"])


def take_in(*, file: UUID, by: UUID, now: datetime) -> None:
    """Every question that is whole and not left out becomes a draft of the bank, all or none. Safe to repeat.

    One whose key the file names and the bank knows is its next version, or nothing where the text is the same. Raises
    Refusal: 404 `unknown_import`; 403 `author_needed`; 409 `import_is_undone`; 422 `nothing_to_take_in`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _locked(file)
        if why := bank.may_write(None, roles):
            raise Refusal(why, status=403)
        if row.undone_at is not None:
            raise Refusal(Reason("assessment", "import_is_undone"))
        if row.taken_at is not None:
            return
        course = models.ItemImport.objects.values_list("course__slug", "course__uid").get(pk=row.pk)
        known = courses.latest_edition(course[0]).indicators
        texts = {n: text for n, question in enumerate(row.questions) if (text := sound(question, known))}
        if not texts:
            raise Refusal(Reason("assessment", "nothing_to_take_in"), status=422)
        made, revised = _write(row, texts, by, now)
        row.taken_at = now
        row.save(update_fields=["questions", "taken_at"])
        happened = QuestionsTakenIn(file=row.uid, course=course[1], made=made, revised=revised)
        ledger.record(happened, about=row.uid, by=by, now=now)


def undo_import(*, file: UUID, by: UUID, now: datetime) -> None:
    """Take out again what came from the file, within a day; what somebody worked on since stays. Safe to repeat.

    An item that was revised gets its earlier text back, as a new version. Raises Refusal: 404 `unknown_import`; 403
    `author_needed`; 409 `too_late_to_undo`, `import_not_taken`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _locked(file)
        if why := bank.may_write(None, roles):
            raise Refusal(why, status=403)
        if row.undone_at is not None:
            return
        if row.taken_at is None:
            raise Refusal(Reason("assessment", "import_not_taken"))
        if now > row.taken_at + bank.UNDONE_WITHIN:
            raise Refusal(Reason("assessment", "too_late_to_undo"))
        removed = stayed = 0
        for question in row.questions:
            if "item" not in question or question.get("same"):
                continue
            gone = _take_out(UUID(question["item"]), question["number"], by, now)
            question["stayed"] = not gone
            removed, stayed = removed + gone, stayed + (not gone)
        row.undone_at = now
        row.save(update_fields=["questions", "undone_at"])
        ledger.record(ImportUndone(file=row.uid, removed=removed, stayed=stayed), about=row.uid, by=by, now=now)


def sound(question: Mapping[str, Any], indicators: Mapping[str, str]) -> Item | None:
    """The item that a question of an import says; None where it is left out or not whole."""
    if question["skip"] or question["type"] not in ITEM_TYPES:
        return None
    indicator = question["fields"].get("indicator", "")
    typed = items_form.read(question["type"], question["fields"], question["key"], indicator)
    return None if typed.faults or indicator not in indicators else typed.item


def _kept(asked: Asked, indicators: Mapping[str, str]) -> dict[str, Any]:
    item = asked.item
    fields = items_form.write(item) if item else {}
    if item:
        only = next(iter(indicators), "") if len(indicators) == 1 else ""
        fields["indicator"] = item.indicator if item.indicator in indicators else only
    return {
        "line": asked.line,
        "text": asked.text[:2000],
        "type": item.type if item else None,
        "key": item.key if item and asked.has_key else "",
        "fields": fields,
        "left_out": [[m.code, dict(m.detail)] for m in asked.mistakes if item is None or m.code in LEFT_OUT],
        "mended": False,
        "skip": item is None,
    }


def _locked(file: UUID) -> models.ItemImport:
    row = models.ItemImport.objects.select_for_update().filter(uid=file).first()
    if row is None:
        raise not_found("assessment", "unknown_import")
    return row


def _write(row: models.ItemImport, texts: Mapping[int, Item], by: UUID, now: datetime) -> tuple[int, int]:
    """Items and versions of all texts; returns how many were made and how many got a new version."""
    keys = [text.key for text in texts.values() if text.key]
    there = {
        item.key: item for item in models.Item.objects.select_for_update().filter(course_id=row.course_id, key__in=keys)
    }
    newest = {
        version.item_id: version
        for version in models.ItemVersion.objects.filter(item_id__in=[item.pk for item in there.values()]).order_by(
            "number"
        )
    }
    fresh, revised, versions = [], [], []
    taken = set(there)
    for n, text in texts.items():
        item, question = there.get(text.key) if text.key else None, row.questions[n]
        pictures = newest[item.pk].pictures if item else {}
        digest = digest_of(text, pictures)
        if item and newest[item.pk].digest == digest:
            question |= {"item": str(item.uid), "number": item.number, "same": True}
            continue
        if item is None or item.state == bank.RETIRED or item in revised:
            item, pictures = _item(row.course_id, text, taken, now), {}
            digest = digest_of(text, {})
            fresh.append(item)
        else:
            revised.append(item)
            item.number += 1
        item.state, item.type, item.indicator = bank.DRAFT, text.type, text.indicator
        item.stem = searched.plain(text.stem)
        question |= {"item": str(item.uid), "number": item.number}
        versions.append((item, text, pictures, digest))
    models.Item.objects.bulk_create(fresh)
    models.Item.objects.bulk_update(revised, ["number", "state", "type", "indicator", "stem"])
    models.ItemVersion.objects.bulk_create(
        [
            models.ItemVersion(
                item=item, number=item.number, content=items_json.write(text), pictures=pictures,
                indicator=text.indicator, digest=digest, source=row.name, by=by, at=now,
            )
            for item, text, pictures, digest in versions
        ]
    )  # fmt: skip
    written = [(ItemWritten(item=item.uid, number=item.number), item.uid) for item, *_ in versions]
    ledger.record_all(written, by=by, now=now)
    return len(fresh), len(revised)


def _item(course_id: int, text: Item, taken: set[str], now: datetime) -> models.Item:
    key = text.key if text.key and text.key not in taken else ids.key(KEY_LENGTH).lower()
    taken.add(key)
    return models.Item(course_id=course_id, key=key, number=1, made_at=now)


def _take_out(item: UUID, number: int, by: UUID, now: datetime) -> bool:
    """Whether the item is out again, or has its earlier text back."""
    try:
        row = locked(item)
    except Refusal:
        return True
    worked_on = models.ItemStep.objects.filter(item=row, number=number).exists()
    if worked_on or (row.number, row.state) != (number, bank.DRAFT):
        return False
    if number == 1:
        row.delete()
        return True
    restore_version(item=item, number=number - 1, base=number, by=by, now=now)
    return True
