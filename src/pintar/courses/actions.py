"""What may be done with trainings: check a folder, publish it."""

from datetime import datetime
from pathlib import Path, PurePosixPath
from uuid import UUID

from django.db import transaction

from pintar.courses import models, queries
from pintar.courses.events import EditionPublished
from pintar.courses.folder import document
from pintar.courses.ports import CourseFolder, Mistake, parts
from pintar.courses.rules import Edition
from pintar.foundation import storage
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal, not_found

MOST_REASONS = 100


def check_folder(path: Path | CourseFolder) -> list[Mistake]:
    """Every mistake and warning in a folder, by file and line; writes nothing."""
    return document.prepare(path).mistakes


def publish(folder: Path | CourseFolder | document.Prepared, *, by: UUID | None, now: datetime) -> Edition:
    """Publish a folder as the next edition of its course; one that has not changed is the edition that is there.

    Raises Refusal (422) with a reason for each mistake; their data has `file` and `line`.
    """
    prepared = folder if isinstance(folder, document.Prepared) else document.prepare(folder)
    if not prepared.is_sound:
        raise _refused(prepared.mistakes)
    for name, content in prepared.media.items():
        storage.put(content, PurePosixPath(name).suffix)
    return queries.edition(_published(prepared, by, now))


def _published(prepared: document.Prepared, by: UUID | None, now: datetime) -> UUID:
    with transaction.atomic():
        course, _ = models.Course.objects.get_or_create(
            slug=prepared.folder.outline["slug"], defaults={"created_at": now}
        )
        # Two who publish at once take turns; the second finds the first one's edition.
        course = models.Course.objects.select_for_update().get(pk=course.pk)
        newest = models.Edition.objects.filter(course=course).order_by("-number").defer("document", "parts").first()
        if newest is not None and newest.digest == prepared.digest:
            return newest.uid
        edition = models.Edition.objects.create(
            course=course,
            number=newest.number + 1 if newest else 1,
            published_at=now,
            published_by=by,
            digest=prepared.digest,
            document=prepared.document,
        )
        edition.parts = {part.name: part.publish(prepared.folder, edition.uid, now) for part in parts()}
        edition.save(update_fields=["parts"])
        happened = EditionPublished(edition=edition.uid, course=course.uid, number=edition.number)
        record(happened, about=edition.uid, by=by, now=now)
    return edition.uid


def renew(*, course: str, by: UUID | None, now: datetime) -> Edition:
    """Publish a course's newest edition once more, its texts the same, with what other rooms now keep for it.

    It has the folder's digest, so that the folder, unchanged, is this edition. Raises Refusal (404).
    """
    with transaction.atomic():
        row = models.Course.objects.select_for_update().filter(slug=course).first()
        newest = models.Edition.objects.filter(course=row).order_by("-number").first() if row else None
        if row is None or newest is None:
            raise not_found("courses", "unknown_course")
        edition = models.Edition.objects.create(
            course=row,
            number=newest.number + 1,
            published_at=now,
            published_by=by,
            digest=newest.digest,
            document=newest.document,
        )
        previous = queries.edition(newest.uid)
        edition.parts = {part.name: part.renew(previous, edition.uid, now) for part in parts()}
        edition.save(update_fields=["parts"])
        happened = EditionPublished(edition=edition.uid, course=row.uid, number=edition.number)
        record(happened, about=edition.uid, by=by, now=now)
    return queries.edition(edition.uid)


def _refused(mistakes: list[Mistake]) -> Refusal:
    reasons = [
        Reason(mistake.room, mistake.code, {**mistake.data, "file": mistake.file, "line": mistake.line})
        for mistake in mistakes
        if not document.is_warning(mistake)
    ]
    return Refusal(*reasons[:MOST_REASONS], status=422)
