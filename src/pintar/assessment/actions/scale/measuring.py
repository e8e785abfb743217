"""Sittings get their measure once their items are on the scale: when they close, or when a version is approved."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from pintar.assessment import models
from pintar.assessment.queries.scale.readiness import newest_standard, newest_version

PORTION = 500


def measure_sittings(*, sittings: Collection[UUID]) -> int:
    """Measure those of these closed tests that are not measured yet. Returns how many were. Safe to repeat: the same
    answers on the same version of the scale give the same measure, and one that stands is kept."""
    waiting = models.Sitting.objects.filter(uid__in=sittings, closed_at__isnull=False, measure__isnull=True).exclude(
        form=""
    )
    courses = dict(
        models.ItemKey.objects.filter(edition__in=waiting.values("edition"), version__isnull=False)
        .values_list("edition", "version__item__course_id")
        .distinct()
    )
    by_course: dict[int, list[models.Sitting]] = defaultdict(list)
    for row in waiting:
        if row.edition in courses:
            by_course[courses[row.edition]].append(row)
    return sum(_measure(course, rows) for course, rows in by_course.items())


def measure_course(*, course: UUID) -> int:
    """Measure all closed tests of a training that are not measured yet. Returns how many were."""
    course_id = models.Item.objects.filter(course__uid=course).values_list("course_id", flat=True)[:1].get()
    editions = models.ItemKey.objects.filter(version__item__course_id=course_id).values("edition").distinct()
    waiting = models.Sitting.objects.filter(edition__in=editions, closed_at__isnull=False, measure__isnull=True)
    waiting = waiting.exclude(form="").order_by("id")
    done, last = 0, 0
    while rows := list(waiting.filter(id__gt=last)[:PORTION]):
        done += _measure(course_id, rows)
        last = rows[-1].pk
    return done


def _measure(course_id: int, rows: Sequence[models.Sitting]) -> int:
    scale = newest_version(course_id)
    if scale is None:
        return 0
    from pintar.assessment import scale_kept  # numpy, for the worker alone
    from pintar.assessment.queries.scale.measures import measures

    keys = models.ItemKey.objects.filter(version__item__course_id=course_id, edition__in={row.edition for row in rows})
    facts = list(keys.values_list("edition", "item", "version_id", "version__indicator"))
    pretests = models.Sitting.objects.filter(
        context__in={row.context for row in rows if row.kind == "posttest"},
        kind="pretest",
        number=1,
        closed_at__isnull=False,
    )
    standard = newest_standard(course_id)
    shown = {(edition, item): version for edition, item, version, _ in facts}
    found = measures(
        rows,
        {row.context: row for row in pretests if row.edition in {edition for edition, _ in shown}},
        scale_kept.items_of(scale.uid),
        shown,
        {version: indicator for _, _, version, indicator in facts},
        standard.theta if standard else None,
    )
    with transaction.atomic():
        # One that was scored anew meanwhile is measured from its new marks: that was told of as well.
        standing = models.Sitting.objects.select_for_update().filter(pk__in=found, measure__isnull=True).order_by("id")
        scores = dict(standing.values_list("id", "score"))
        changed = [row for row in rows if row.pk in scores and scores[row.pk] == row.score]
        for row in changed:
            row.measure = {"scale": scale.number, **found[row.pk]}
        models.Sitting.objects.bulk_update(changed, ["measure"])
    return len(changed)
