"""One item: its newest text, all its versions, what was done with it; and the page on which it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from pintar.assessment import models
from pintar.assessment.queries.bank.previews import Preview, preview
from pintar.assessment.queries.scale import Answers, answers
from pintar.assessment.rules import bank
from pintar.courses import queries as courses
from pintar.foundation.refusals import not_found
from pintar.people import queries as people
from pintar.people.queries import Person
from pintar.sciences.formats import items_form, items_json
from pintar.sciences.items import Choice, Item

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the history; `author` is "" for one that came with the training's folder."""

    number: int
    author: str
    at: datetime
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in the history."""

    number: int
    step: str
    state: str
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item as those who work in its bank see it. `steps` are what the reader may do now, `why_not_own` that only a
    second person may review it. `reviewed` is the newest version that was ever approved or published before this one.
    """

    uid: UUID
    slug: str
    title: str
    key: str
    type: str
    indicator: str
    indicator_text: str
    language: str
    original: str
    state: str
    number: int
    preview: Preview
    versions: tuple[VersionLine, ...]
    history: tuple[StepLine, ...]
    steps: tuple[bank.Step, ...]
    is_own: bool
    may_write: bool
    reviewed: int | None
    enemies: tuple[str, ...]
    translations: tuple[tuple[str, str], ...]
    editions: int
    shown: int
    answers: Answers

    @property
    def to_review(self) -> bool:
        return self.state == bank.SUBMITTED

    @property
    def missing_languages(self) -> tuple[str, ...]:
        """The languages in which this item could still be written by the reader; a language version has none."""
        if self.original or not self.may_write:
            return ()
        there = {self.language, *(language for language, _ in self.translations)}
        return tuple(language for language in bank.LANGUAGES if language not in there)

    @property
    def newest(self) -> VersionLine:
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class VersionPage:
    """An earlier version beside the newest. `earlier` and `newest` are their texts as fields of the form."""

    slug: str
    key: str
    uid: UUID
    number: int
    newest: int
    line: VersionLine
    preview: Preview
    preview_of_newest: Preview
    may_write: bool


@dataclass(frozen=True, slots=True)
class EditorPage:
    """The page on which an item is written. `uid` names the item, or the question begun that is not one yet.

    `fields` are what was typed last, else the newest version; `saved_at` is when that was kept, None for a version.
    """

    uid: UUID
    slug: str
    title: str
    key: str
    type: str
    state: str
    indicators: Mapping[str, str]
    fields: Mapping[str, str]
    base: int | None
    newest: int | None
    saved_at: datetime | None
    pictures: Mapping[str, Any]
    is_new: bool

    @property
    def behind(self) -> bool:
        """Whether somebody saved a newer version since this writing began."""
        return self.base is not None and self.newest is not None and self.base < self.newest


def item_page(slug: str, key: str, reader: Person, now: datetime) -> ItemPage:
    """An item by its key; eleven queries, however long its history is. Raises Refusal (404)."""
    row = _item(slug, key)
    versions = list(
        models.ItemVersion.objects.filter(item_id=row.pk).order_by("-number").defer("content", "pictures")[:MOST_SHOWN]
    )
    newest = models.ItemVersion.objects.only("content", "pictures", "indicator").get(item_id=row.pk, number=row.number)
    text = _text(row, newest)
    steps = list(models.ItemStep.objects.filter(item_id=row.pk).order_by("-id")[:MOST_SHOWN])
    names = _names([*(each.by for each in versions), *(each.by for each in steps)])
    edition = courses.latest_edition(slug)
    is_own = versions[0].by == reader.uid
    roles = people.roles_of(reader.uid, now)
    return ItemPage(
        uid=row.uid,
        slug=slug,
        title=edition.title,
        key=row.key,
        type=row.type,
        indicator=row.indicator,
        indicator_text=edition.indicators.get(row.indicator, ""),
        language=row.language,
        original=row.original.key if row.original else "",
        state=row.state,
        number=row.number,
        preview=preview(text, newest.pictures, language=row.language),
        versions=tuple(_version(each, names) for each in versions),
        history=tuple(_step(each, names) for each in steps),
        steps=bank.steps_for(bank.Standing(row.state, is_own), roles),
        is_own=is_own,
        may_write=bank.may_write(row.state, roles) is None,
        reviewed=_reviewed(row, steps),
        enemies=_enemies(row),
        translations=tuple(row.translations.order_by("language").values_list("language", "key")),
        editions=models.ItemKey.objects.filter(version__item_id=row.pk).count(),
        shown=row.shown,
        answers=answers(newest.pk, _are_right(text)),
    )


def version_page(slug: str, key: str, number: int, reader: Person, now: datetime) -> VersionPage:
    """An earlier version beside the newest; five queries. Raises Refusal (404)."""
    row = _item(slug, key)
    found = {v.number: v for v in models.ItemVersion.objects.filter(item_id=row.pk, number__in=(number, row.number))}
    if number not in found:
        raise not_found("assessment", "unknown_version")
    earlier, newest = found[number], found[row.number]
    return VersionPage(
        slug=slug,
        key=row.key,
        uid=row.uid,
        number=number,
        newest=row.number,
        line=_version(earlier, _names([earlier.by])),
        preview=preview(_text(row, earlier), earlier.pictures, 1, row.language),
        preview_of_newest=preview(_text(row, newest), newest.pictures, 2, row.language),
        may_write=bank.may_write(row.state, people.roles_of(reader.uid, now)) is None,
    )


def editor_page(slug: str, uid: UUID, reader: Person) -> EditorPage:
    """What the reader is writing; six queries at most. Raises Refusal (404)."""
    edition = courses.latest_edition(slug)
    drafts = models.ItemDraft.objects.filter(course__slug=slug, person_id=reader.id)
    draft = drafts.filter(Q(uid=uid, item=None) | Q(item__uid=uid)).select_related("item").first()
    row = draft.item if draft else models.Item.objects.filter(course__slug=slug, uid=uid).first()
    if row is None and draft is None:
        raise not_found("assessment", "unknown_bank_item")
    newest = models.ItemVersion.objects.get(item_id=row.pk, number=row.number) if row else None
    written = _fields_of(row, newest) if row and newest else {}
    return EditorPage(
        uid=uid,
        slug=slug,
        title=edition.title,
        key=row.key if row else "",
        type=row.type if row else draft.type,  # type: ignore[union-attr]
        state=row.state if row else bank.DRAFT,
        indicators=edition.indicators,
        fields=draft.fields if draft else written,
        base=draft.base if draft else row.number if row else None,
        newest=row.number if row else None,
        saved_at=draft.saved_at if draft else None,
        pictures=newest.pictures if newest else {},
        is_new=row is None,
    )


def fields_to_translate(slug: str, key: str, language: str) -> tuple[str, dict[str, str]]:
    """The type of an item and its fields, to begin its version in another language from; three queries. Raises Refusal
    (404)."""
    row = _item(slug, key)
    newest = models.ItemVersion.objects.get(item_id=row.pk, number=row.number)
    return row.type, {**_fields_of(row, newest), "language": language, "original": row.key}


def _item(slug: str, key: str) -> models.Item:
    rows = models.Item.objects.filter(course__slug=slug, key=key[:65].replace("\0", "?")).select_related("original")
    row = rows.first()
    if row is None:
        raise not_found("assessment", "unknown_bank_item")
    return row


def _text(row: models.Item, version: models.ItemVersion) -> Item:
    return items_json.read(version.content, row.key, version.indicator)


def _are_right(text: Item) -> tuple[bool, ...]:
    """Of each option, where one is right."""
    is_single = text.type == "single" and isinstance(text.body, Choice)
    return tuple(option.correct for option in text.body.options) if is_single else ()


def _fields_of(row: models.Item, version: models.ItemVersion) -> dict[str, str]:
    written = items_form.write(_text(row, version))
    return {**written, "indicator": version.indicator, "language": row.language, "source": version.source}


def _names(uids: list[UUID | None]) -> dict[UUID, str]:
    found = people.people_by_uid([uid for uid in uids if uid])
    return {uid: person.name for uid, person in found.items()}


def _version(row: models.ItemVersion, names: Mapping[UUID, str]) -> VersionLine:
    return VersionLine(row.number, names.get(row.by, "") if row.by else "", row.at, row.source, row.note)


def _step(row: models.ItemStep, names: Mapping[UUID, str]) -> StepLine:
    author = names.get(row.by, "") if row.by else ""
    return StepLine(row.number, row.step, row.state, row.reason, author, row.at)


def _reviewed(row: models.Item, steps: list[models.ItemStep]) -> int | None:
    """The newest version before this one that was approved or came with an edition."""
    before = [each.number for each in steps if each.step in ("approve", "publish") and each.number < row.number]
    return max(before, default=None)


def _enemies(row: models.Item) -> tuple[str, ...]:
    pairs = models.EnemyPair.objects.filter(Q(first_id=row.pk) | Q(second_id=row.pk))
    keys = {key for pair in pairs.values_list("first__key", "second__key") for key in pair}
    return tuple(sorted(keys - {row.key}))
