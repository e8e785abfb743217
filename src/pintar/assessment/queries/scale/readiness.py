"""What has come since a training's items were last calibrated, counted without looking at any sitting."""

from pintar.assessment import models
from pintar.assessment.rules import scale
from pintar.assessment.rules.scale import Gathered


def newest_version(course_id: int) -> models.Calibration | None:
    """The scale as it stands, without its items; None before the first version."""
    approved = models.Calibration.objects.filter(course_id=course_id, state=scale.APPROVED)
    return approved.defer("result").order_by("-number").first()


def newest_standard(course_id: int) -> models.Standard | None:
    """The standard that counts for batches to come; None before the first."""
    return models.Standard.objects.filter(course_id=course_id).order_by("-number").first()


def gathered(course_id: int) -> Gathered:
    """Four queries at most, however many people sat: everyone on a form met all its items."""
    sums = models.ItemSums.objects.filter(version__item__course_id=course_id)
    of_form: dict[tuple[object, str], int] = {}
    answers: dict[int, int] = {}
    for version, edition, form, persons in sums.values_list("version_id", "edition", "form", "persons"):
        answers[version] = answers.get(version, 0) + persons
        of_form[edition, form] = max(of_form.get((edition, form), 0), persons)
    last = models.Calibration.objects.filter(course_id=course_id).order_by("-id").values_list("seen", flat=True).first()
    newest = newest_version(course_id)
    known = models.ScaleItem.objects.filter(calibration=newest).values_list("version_id", flat=True) if newest else ()
    return Gathered(sum(of_form.values()), last or 0, answers, frozenset(known))
