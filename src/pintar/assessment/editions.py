"""What an edition keeps of the bank: questions and keys of its quizzes and forms, and the items that are being tried.

An edition is a picture of the bank on the day that it is made. It comes from a folder, or from the edition before it
with what the bank holds now; either way it is written here, once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import F

from pintar.assessment import models, rendered
from pintar.assessment.rules import bank, blueprint
from pintar.assessment.rules.forms import APPROVED
from pintar.courses import queries as courses
from pintar.sciences.formats import items_json


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as an edition shows it: the two halves that `sciences.scoring.items.split` gives, its indicator, and the
    id of its version in the bank (None in editions from before there was a bank)."""

    question: Mapping[str, Any]
    key: Mapping[str, Any]
    indicator: str
    version: int | None


@dataclass(frozen=True, slots=True)
class Content:
    """What an edition is made of: `items` by key; the keys that each quiz draws from and each form holds, in order;
    what the folder asked of forms."""

    items: Mapping[str, Shown]
    banks: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, int]


def with_approved(course: str, content: Content, needed: int) -> Content:
    """The content with the forms that were approved last in place of its own; as it is where none were, or fewer than
    the tests of this edition need."""
    of = courses.course(course)
    newest = models.FormSet.objects.filter(course_id=of.id, state=APPROVED).order_by("-decided_at", "-id").first()
    if newest is None:
        return content
    held = models.FormItem.objects.filter(form_set=newest).select_related("version__item").order_by("form", "place")
    forms: dict[str, tuple[str, ...]] = {}
    for each in held:
        forms[each.form] = (*forms.get(each.form, ()), each.version.item.key)
    if len(forms) < needed:
        return content
    of_quizzes = {key for pool in content.banks.values() for key in pool}
    items = {key: item for key, item in content.items.items() if key in of_quizzes}
    return replace(content, items={**items, **shown(each.version for each in held)}, forms=forms)


def keep(course: str, edition: UUID, content: Content) -> dict[str, Any]:
    """Keep the content for an edition, with the pilot items of today. Returns what `Edition.parts` says of its tests.

    Only within the transaction that makes the edition.
    """
    pilots, each = _pilots(course, content)
    content = replace(content, items={**content.items, **pilots})
    models.Bank.objects.create(
        edition=edition,
        document={
            "questions": {key: item.question for key, item in content.items.items()},
            "indicators": {key: item.indicator for key, item in content.items.items()},
            "banks": content.banks,
            "forms": content.forms,
            "terms": content.terms,
            "pilots": list(pilots),
            "pilots_each": each,
        },
    )
    models.ItemKey.objects.bulk_create(
        models.ItemKey(edition=edition, item=key, key=item.key, version_id=item.version)
        for key, item in content.items.items()
    )
    return {"items": len(next(iter(content.forms.values()), ())), "forms": len(content.forms), "pilots": each}


def carried(edition: UUID) -> Content:
    """What an edition holds, without the items that it tries."""
    document = models.Bank.objects.values_list("document", flat=True).get(edition=edition)
    pilots = set(document.get("pilots", ()))
    keys = models.ItemKey.objects.filter(edition=edition).exclude(item__in=pilots)
    items = {
        item: Shown(document["questions"][item], key, document["indicators"][item], version)
        for item, key, version in keys.values_list("item", "key", "version_id")
    }
    banks = {name: tuple(held) for name, held in document["banks"].items()}
    forms = {name: tuple(held) for name, held in document["forms"].items()}
    return Content(items, banks, forms, document.get("terms", {}))


def shown(versions: Iterable[models.ItemVersion]) -> dict[str, Shown]:
    """Versions of the bank, with their `item` loaded, as an edition shows them."""
    found = {}
    for version in versions:
        text = items_json.read(version.content, version.item.key, version.indicator)
        question, key = rendered.halves(text, version.pictures)
        found[version.item.key] = Shown(question, key, version.indicator, version.pk)
    return found


def _pilots(course: str, content: Content) -> tuple[dict[str, Shown], int]:
    """The items that are being tried, and how many of them a sitting gets."""
    percent = _pilot_percent(course, content)
    length = len(next(iter(content.forms.values()), ()))
    wanted = blueprint.pilots(length, percent)
    if not wanted:
        return {}, 0
    newest = models.ItemVersion.objects.filter(
        number=F("item__number"), item__course__slug=course, item__state=bank.PILOT, item__original=None
    )
    pilots = shown(newest.exclude(item__key__in=content.items).select_related("item").order_by("item_id"))
    return pilots, min(wanted, len(pilots))


def _pilot_percent(course: str, content: Content) -> int:
    """As the newest blueprint says; where nobody wrote one, as the folder does."""
    newest = models.Blueprint.objects.filter(course_id=courses.course(course).id).order_by("-number").first()
    terms = newest.terms if newest else content.terms
    return terms.get("pilot_percent", 0)
