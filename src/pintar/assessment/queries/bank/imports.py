"""A file of questions on its way into a bank, and what can be taken along from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from pintar.assessment import models
from pintar.assessment.queries.bank.listing import Filters, found_items
from pintar.assessment.queries.bank.previews import Preview, preview
from pintar.assessment.rules import bank
from pintar.courses import queries as courses
from pintar.foundation.refusals import not_found
from pintar.sciences.formats import items_form, items_json
from pintar.sciences.formats.items_form import FieldFault
from pintar.sciences.formats.reading import MOST_PARTS
from pintar.sciences.items import ITEM_TYPES, Item

PAGE = 20


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of the file. `preview` is None where nothing could be made of it; `left_out` are (code, detail) of
    what the file says and this house cannot hold; `faults` what still has to be mended before it can come in; `options`
    the rows of the form that hold an option."""

    number: int
    line: int
    text: str
    type: str
    key: str
    preview: Preview | None
    options: tuple[int, ...]
    faults: tuple[FieldFault, ...]
    left_out: tuple[tuple[str, Mapping[str, Any]], ...]
    skip: bool
    item: str
    outcome: str

    @property
    def lacks_key(self) -> bool:
        """Whether all that is missing is which option is right."""
        return {fault.code for fault in self.faults} == {"no_correct_option"}


@dataclass(frozen=True, slots=True)
class ImportPage:
    """An import as its author looks through it. `ready`, `broken` and `skipped` count its questions before they are
    taken in; `kept`, `changed`, `same` and `dropped` say afterwards what became of them."""

    uid: UUID
    slug: str
    title: str
    name: str
    indicators: Mapping[str, str]
    questions: tuple[QuestionLine, ...]
    page: int
    pages: int
    ready: int
    broken: int
    skipped: int
    kept: int
    changed: int
    same: int
    dropped: int
    made_at: datetime
    taken_at: datetime | None
    undone_at: datetime | None
    may_undo: bool

    @property
    def left(self) -> int:
        """How many of the questions stay out if they are taken in as they are."""
        return self.broken + self.skipped

    @property
    def numbers(self) -> range:
        return range(1, self.pages + 1)

    @property
    def undo_until(self) -> datetime | None:
        return self.taken_at + bank.UNDONE_WITHIN if self.taken_at else None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question of an import with the fields of its form."""

    uid: UUID
    slug: str
    name: str
    number: int
    line: int
    text: str
    type: str
    fields: Mapping[str, str]
    indicators: Mapping[str, str]
    back: str


def import_page(slug: str, uid: UUID, page: int, now: datetime) -> ImportPage:
    """An import of this bank; three queries at most. Raises Refusal (404)."""
    row, edition = _row(slug, uid), courses.latest_edition(slug)
    counts = _counts(row, edition.indicators)
    pages = max(1, -(-len(row.questions) // PAGE))
    page = max(1, min(page, pages))
    keys = _keys(row)
    shown = list(enumerate(row.questions, start=1))[(page - 1) * PAGE : page * PAGE]
    return ImportPage(
        uid=row.uid,
        slug=slug,
        title=edition.title,
        name=row.name,
        indicators=edition.indicators,
        questions=tuple(_line(n, question, edition.indicators, keys) for n, question in shown),
        page=page,
        pages=pages,
        **counts,
        made_at=row.made_at,
        taken_at=row.taken_at,
        undone_at=row.undone_at,
        may_undo=bool(row.taken_at and not row.undone_at and now <= row.taken_at + bank.UNDONE_WITHIN),
    )


def question_page(slug: str, uid: UUID, number: int) -> QuestionPage:
    """One question of an import, by its number from 1. Raises Refusal (404)."""
    row, edition = _row(slug, uid), courses.latest_edition(slug)
    if not 1 <= number <= len(row.questions) or row.questions[number - 1]["type"] not in ITEM_TYPES:
        raise not_found("assessment", "unknown_import")
    question = row.questions[number - 1]
    page = (number - 1) // PAGE + 1
    return QuestionPage(
        uid=row.uid,
        slug=slug,
        name=row.name,
        number=number,
        line=question["line"],
        text=question["text"],
        type=question["type"],
        fields=question["fields"],
        indicators=edition.indicators,
        back=f"?hal={page}#butir-{number}" if page > 1 else f"#butir-{number}",
    )


def exported(slug: str, given: Mapping[str, str]) -> tuple[Item, ...]:
    """The newest texts of the items that the filters of the bank's page find, in their order; three queries. Raises
    Refusal (404)."""
    of, edition = courses.course(slug), courses.latest_edition(slug)
    items = found_items(of.id, Filters.read(given, edition.indicators))
    versions = (
        models.ItemVersion.objects.filter(item__in=items, number=F("item__number"))
        .select_related("item")
        .order_by("item_id")
    )
    return tuple(items_json.read(each.content, each.item.key, each.indicator) for each in versions)


def faults_of(type_: str, fields: Mapping[str, str], indicators: Mapping[str, str]) -> tuple[FieldFault, ...]:
    """What has to be mended before the fields can become an item of this bank."""
    typed = items_form.read(type_, fields)
    known = fields.get("indicator", "") in indicators
    return typed.faults if known else (*typed.faults, FieldFault("indicator", "no_indicator"))


def _row(slug: str, uid: UUID) -> models.ItemImport:
    row = models.ItemImport.objects.filter(course__slug=slug, uid=uid).first()
    if row is None:
        raise not_found("assessment", "unknown_import")
    return row


def _counts(row: models.ItemImport, indicators: Mapping[str, str]) -> dict[str, int]:
    count = dict.fromkeys(("ready", "broken", "skipped", "kept", "changed", "same", "dropped"), 0)
    for question in row.questions:
        count[_outcome(question) if row.taken_at else _standing(question, indicators)] += 1
    return count


def _standing(question: Mapping[str, Any], indicators: Mapping[str, str]) -> str:
    if question["skip"] or question["type"] not in ITEM_TYPES:
        return "skipped"
    return "broken" if faults_of(question["type"], question["fields"], indicators) else "ready"


def _outcome(question: Mapping[str, Any]) -> str:
    if "item" not in question:
        return "dropped"
    if question.get("same"):
        return "same"
    return "changed" if question["mended"] or question["left_out"] else "kept"


def _keys(row: models.ItemImport) -> dict[str, str]:
    """The keys of the items that came from the file."""
    uids = [question["item"] for question in row.questions if "item" in question]
    found = models.Item.objects.filter(uid__in=uids).values_list("uid", "key") if uids else ()
    return {str(uid): key for uid, key in found}


def _line(
    number: int, question: Mapping[str, Any], indicators: Mapping[str, str], keys: Mapping[str, str]
) -> QuestionLine:
    type_, fields = question["type"], question["fields"]
    readable = type_ in ITEM_TYPES
    item = items_form.read(type_, fields).item if readable else None
    rows = range(1, MOST_PARTS + 1) if type_ == "single" else ()
    return QuestionLine(
        number=number,
        line=question["line"],
        text=question["text"],
        type=type_ or "",
        key=question["key"],
        preview=preview(item, {}, number) if item else None,
        options=tuple(n for n in rows if fields.get(f"option-{n}", "").strip()),
        faults=faults_of(type_, fields, indicators) if readable else (),
        left_out=tuple((code, detail) for code, detail in question["left_out"]),
        skip=question["skip"],
        item=keys.get(question.get("item", ""), ""),
        outcome=_outcome(question),
    )
