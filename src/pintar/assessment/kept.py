"""What never changes, remembered by each process: the questions of an edition, the paper of a sitting."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from pintar.assessment import models
from pintar.foundation.refusals import not_found
from pintar.sciences.scoring.paper import disguise

# A bank of 130 questions takes about 200 kB, a paper about 2 kB.
MOST_BANKS = 64
MOST_PAPERS = 4096


GAP = re.compile(r'<span data-gap="([A-Za-z0-9_-]+)"></span>')
"""Where a gap stands in the stem of a cloze."""


@dataclass(frozen=True, slots=True)
class Bank:
    """The questions of an edition by item, which indicator each shows, how they are grouped, what its folder asked of a
    form (fields of `rules.blueprint.Terms`), and the items that are being tried, so many in each sitting."""

    questions: Mapping[str, dict[str, Any]]
    indicators: Mapping[str, str]
    banks: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, int]
    pilots: tuple[str, ...] = ()
    pilots_each: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """What of a sitting never changes: whose it is, its items in order, the seed of its disguise."""

    id: int
    uid: UUID
    person_id: int | None
    edition: UUID
    items: tuple[str, ...]
    seed: bytes

    def question(self, item: str) -> dict[str, Any]:
        """The question as its author wrote it. Raises KeyError."""
        return bank(self.edition).questions[item]

    def disguised(self, item: str) -> dict[str, Any]:
        """The question as this person sees it. Raises KeyError."""
        return disguise(self.question(item), self.seed)


@lru_cache(maxsize=MOST_BANKS)
def bank(edition: UUID) -> Bank:
    """The questions of an edition; one query the first time. Raises Refusal (404)."""
    row = models.Bank.objects.filter(edition=edition).first()
    if row is None:
        raise not_found("assessment", "unknown_test")
    document = row.document
    return Bank(
        questions=document["questions"],
        indicators=document["indicators"],
        banks={test: tuple(items) for test, items in document["banks"].items()},
        forms={form: tuple(items) for form, items in document["forms"].items()},
        terms=document.get("terms", {}),
        pilots=tuple(document.get("pilots", ())),
        pilots_each=document.get("pilots_each", 0),
    )


@lru_cache(maxsize=MOST_PAPERS)
def _paper(sitting: UUID) -> Paper:
    row = models.Sitting.objects.only("uid", "person_id", "edition", "items", "seed").get(uid=sitting)
    return paper_of(row)


def paper_of(row: models.Sitting) -> Paper:
    return Paper(row.pk, row.uid, row.person_id, row.edition, tuple(row.items), bytes(row.seed))


def paper(sitting: UUID, person_id: int) -> Paper:
    """The paper of one's own sitting; one query the first time. Raises Refusal (404) for anyone else's."""
    try:
        found = _paper(sitting)
    except models.Sitting.DoesNotExist:
        raise not_found("assessment", "unknown_sitting") from None
    if found.person_id != person_id:
        raise not_found("assessment", "unknown_sitting")
    return found


def without_gaps(stem: str) -> str:
    """A stem to be read, not filled in."""
    return GAP.sub("…", stem)
