"""All banks: a training each."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from pintar.assessment import models
from pintar.assessment.rules import bank
from pintar.courses import queries as courses


@dataclass(frozen=True, slots=True)
class BankLine:
    """A training and how many items its bank has, in all and waiting for a reviewer."""

    slug: str
    title: str
    items: int
    waiting: int
    in_use: int


def banks() -> tuple[BankLine, ...]:
    """The bank of every training, by title; three queries at most, the documents of editions only if not kept."""
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for slug, state, number in (
        models.Item.objects.exclude(state=bank.RETIRED)
        .values_list("course__slug", "state")
        .annotate(number=Count("id"))
        .order_by()
    ):
        counted[slug][state] = number
    return tuple(
        BankLine(
            edition.slug,
            edition.title,
            sum(counted[edition.slug].values()),
            counted[edition.slug].get(bank.SUBMITTED, 0),
            counted[edition.slug].get(bank.IN_USE, 0),
        )
        for edition in courses.latest_editions()
    )
