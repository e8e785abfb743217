"""The standard becomes cuts: worked out ahead for every edition, fixed for a batch when its first post-test opens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from pintar.assessment import models
from pintar.assessment.queries.scale.readiness import newest_standard, newest_version
from pintar.assessment.rules.standards import PROVISIONAL
from pintar.courses import queries as courses
from pintar.courses.queries import Edition


def prepare_cuts(*, course: UUID, now: datetime) -> int:
    """Work out the cuts of a training's editions by its newest standard and scale; where there is no standard yet, the
    pass mark's share of the newest edition's first form is one, provisionally. Returns how many editions have cuts that
    had none. Safe to repeat."""
    facts = models.Item.objects.filter(course__uid=course).values_list("course_id", "course__slug").first()
    scale = newest_version(facts[0]) if facts else None
    if facts is None or scale is None:
        return 0
    from pintar.assessment import scale_kept  # numpy, for the worker alone
    from pintar.assessment.queries.scale import cuts

    items, newest = scale_kept.items_of(scale.uid), courses.latest_edition(facts[1])
    standard = newest_standard(facts[0]) or _provisional(facts[0], newest, scale, items, now)
    if standard is None:
        return 0
    shown = models.ItemKey.objects.filter(version__item__course_id=facts[0]).values_list("edition", flat=True)
    have = models.EditionCuts.objects.filter(standard=standard, scale=scale.number).values_list("edition", flat=True)
    made = []
    for edition in set(shown.distinct()) - set(have):
        forms, reference = cuts.versions_of(edition), standard.reference["versions"]
        found = cuts.form_cuts(forms, reference, items, standard.theta, cuts.group_of(scale.found))
        if found:
            made.append(models.EditionCuts(edition=edition, standard=standard, scale=scale.number, cuts=found))
    models.EditionCuts.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _provisional(
    course_id: int, edition: Edition, scale: models.Calibration, items: Any, now: datetime
) -> models.Standard | None:
    from pintar.assessment.queries.scale import cuts

    marks = [test.pass_mark for test in edition.tests.values() if test.kind == "posttest" and test.pass_mark]
    reference = cuts.reference_of(edition)
    if not marks or reference is None:
        return None
    theta = cuts.provisional(reference, items, marks[0])
    if theta is None:
        return None
    try:
        with transaction.atomic():
            return models.Standard.objects.create(
                course_id=course_id,
                number=1,
                method=PROVISIONAL,
                theta=theta,
                share=marks[0],
                scale=scale.number,
                reference={
                    "edition": str(reference.edition),
                    "form": reference.form,
                    "versions": list(reference.versions),
                },
                at=now,
            )
    except IntegrityError:
        # Two workers at once: the same numbers either way.
        return newest_standard(course_id)


def fix_cuts(*, cohort: UUID, edition: UUID, now: datetime) -> models.EditionCuts | None:
    """The cuts that hold for a cohort: those of its first post-test, whatever is calibrated or set afterwards. None
    where there were none then. Only within a transaction; of two who open at once one fixes them."""
    held = models.CohortCuts.objects.filter(cohort=cohort, edition=edition).select_related("cuts__standard")
    row = held.first()
    if row is None:
        newest = models.EditionCuts.objects.filter(edition=edition).order_by("-standard__number", "-scale").first()
        given = {"cuts": newest, "at": now}
        models.CohortCuts.objects.get_or_create(cohort=cohort, edition=edition, defaults=given)
        row = held.get()
    return row.cuts
