"""What may be asked about trainings. Editions never change, so each process keeps those it has built."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from pintar.courses import models
from pintar.courses.rules import (
    Attribution,
    Cue,
    Edition,
    Entry,
    Form,
    Group,
    Lesson,
    TestRule,
    Variant,
)
from pintar.foundation.refusals import not_found

__all__ = [
    "Attribution",
    "CourseFacts",
    "Cue",
    "Edition",
    "Entry",
    "Form",
    "Group",
    "Lesson",
    "TestRule",
    "Variant",
    "course",
    "edition",
    "editions",
    "latest_edition",
    "latest_editions",
]

# An edition with ten lessons takes about half a megabyte.
MOST_KEPT = 256


class _Kept:
    """The editions built in this process, the least used forgotten first. Safe between threads."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._editions: dict[UUID, Edition] = {}

    def get(self, uid: UUID) -> Edition | None:
        with self._lock:
            found = self._editions.pop(uid, None)
            if found is not None:
                self._editions[uid] = found
            return found

    def put(self, edition: Edition) -> None:
        with self._lock:
            self._editions[edition.uid] = edition
            while len(self._editions) > self._most:
                del self._editions[next(iter(self._editions))]

    def clear(self) -> None:
        with self._lock:
            self._editions.clear()


kept = _Kept(MOST_KEPT)


def edition(uid: UUID) -> Edition:
    """An edition; no query once it is kept. Raises Refusal (404)."""
    found = editions([uid])
    if uid not in found:
        raise not_found("courses", "unknown_edition")
    return found[uid]


def editions(uids: Iterable[UUID]) -> dict[UUID, Edition]:
    """Editions by uid, those that are not kept in one query; unknown ones are left out."""
    wanted = list(dict.fromkeys(uids))
    found = {uid: known for uid in wanted if (known := kept.get(uid))}
    missing = [uid for uid in wanted if uid not in found]
    if missing:
        found |= _built(models.Edition.objects.filter(uid__in=missing))
    return {uid: found[uid] for uid in wanted if uid in found}


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A training through all its editions."""

    id: int
    uid: UUID
    slug: str


def course(slug: str) -> CourseFacts:
    """A training by its slug, also within the transaction that makes it. Raises Refusal (404)."""
    # PostgreSQL refuses to look for a NUL.
    found = models.Course.objects.filter(slug=slug[:81].replace("\0", "?")).values_list("id", "uid", "slug").first()
    if found is None:
        raise not_found("courses", "unknown_course")
    return CourseFacts(*found)


def latest_editions() -> tuple[Edition, ...]:
    """The newest edition of every course, by title; at most two queries, the documents only of those not kept."""
    newest = models.Edition.objects.annotate(
        place=Window(RowNumber(), partition_by=F("course_id"), order_by=F("number").desc())
    )
    found = editions(newest.filter(place=1).values_list("uid", flat=True))
    return tuple(sorted(found.values(), key=lambda edition: (edition.title.casefold(), edition.slug)))


def latest_edition(slug: str) -> Edition:
    """The newest edition of a course; at most two queries. Raises Refusal (404)."""
    # PostgreSQL refuses to look for a NUL.
    newest = models.Edition.objects.filter(course__slug=slug[:81].replace("\0", "?")).order_by("-number")
    uid = newest.values_list("uid", flat=True).first()
    if uid is None:
        raise not_found("courses", "unknown_course")
    return edition(uid)


def _built(rows: QuerySet[models.Edition, Any]) -> dict[UUID, Edition]:
    built = {row.uid: row.facts() for row in rows.select_related("course")}
    for edition in built.values():
        kept.put(edition)
    return built
