"""What answers add up to: the classical sums of every version of an item, and the versions of a training's scale."""

from django.db import models
from django.db.models import Q

from pintar.assessment.rules import scale, watch
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

KEPT = "the training is removed"


class ItemSums(models.Model):
    """The answers of people's first pre-tests and post-tests to one version of an item, on one form of an edition.

    `marks` is {mark: {rest: persons}}, where rest is the sum of the other marks that count on the form; `options`, of
    items of type single, is {option in its author's id: {rest: persons}}, "" for a blank. Omitted and not
    reached count 0. Everything classical follows from these whole numbers, exactly, in whatever order they came.
    """

    version = models.ForeignKey("assessment.ItemVersion", on_delete=models.CASCADE, related_name="sums")
    edition = models.UUIDField()
    form = models.CharField(max_length=20)
    of = models.PositiveIntegerField()
    persons = models.PositiveIntegerField(default=0)
    omitted = models.PositiveIntegerField(default=0)
    not_reached = models.PositiveIntegerField(default=0)
    marks = models.JSONField(default=dict)
    options = models.JSONField(default=dict)

    PRIVACY = privacy(rest="id version edition form of persons omitted not_reached marks options")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "edition", "form"], name="item_sums_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.form}"


class Calibration(models.Model):
    """An estimate of items from a snapshot of answers; once approved it is version `number` of the training's scale,
    from 1, and never changes.

    `base` is the version whose items were held fixed, 0 for the first, whose reference group defines the scale. What
    makes it repeatable: `sittings` (their ids, `scale_kept` reads them), `digest` of all that went in, `code` (the
    version of Pintar), `seed`. `result` holds the items with their covariance (`scale_kept`). `found` is {"model",
    "persons", "loglik", "groups": [[kind, edition, mean, se, sd, people]], "left_out": [[version, reason]], "link":
    {"a", "b", "se_a", "se_b", "anchors"} or null, "gain": {"edition", "gain", "se", "persons" with both tests, "of"
    with the first} or null}; where nothing could be estimated, `failure` is the reason's code and `failed_at` what it
    is about. `seen` counts the sittings that had been added up when it was asked for.
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    base = models.PositiveIntegerField()
    number = models.PositiveIntegerField(null=True)
    seen = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=20, blank=True)
    seed = models.BigIntegerField(null=True)
    sittings = models.BinaryField(default=b"")
    result = models.BinaryField(default=b"")
    found = models.JSONField(default=dict)
    failure = models.CharField(max_length=40, blank=True)
    failed_at = models.CharField(max_length=80, blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        decided_by=Personal("who decided about the calibration, as an opaque uid", until=KEPT),
        rest="id uid course state base number seen asked_at finished_at digest code seed sittings result found failure "
        "failed_at decided_at",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=scale.STATES), name="calibration_state_known"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state__in=scale.OPEN), name="one_calibration_of_a_training"
            ),
            models.UniqueConstraint(fields=["course", "number"], name="scale_version_once"),
            models.CheckConstraint(
                condition=Q(state=scale.APPROVED, number__isnull=False, decided_by__isnull=False)
                | (~Q(state=scale.APPROVED) & Q(number__isnull=True)),
                name="scale_version_is_approved",
            ),
        ]
        indexes = [models.Index(fields=["course", "-id"], name="calibration_course")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.state}"


class ScaleItem(models.Model):
    """What a calibration says of a version of an item, in logits. `fate` as in `rules.scale`; `drift` is how far its
    difficulty had moved in the new answers, None where that could not be seen. `flags`: "negative", "misfit", "fit"."""

    calibration = models.ForeignKey(Calibration, on_delete=models.CASCADE, related_name="items")
    version = models.ForeignKey("assessment.ItemVersion", on_delete=models.PROTECT, related_name="+")
    fate = models.CharField(max_length=6)
    a = models.FloatField()
    b = models.FloatField(null=True)
    se_a = models.FloatField()
    se_b = models.FloatField(null=True)
    persons = models.PositiveIntegerField()
    drift = models.FloatField(null=True)
    flags = models.JSONField(default=list)

    PRIVACY = privacy(rest="id calibration version fate a b se_a se_b persons drift flags")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calibration", "version"], name="scale_item_once"),
            models.CheckConstraint(condition=Q(fate__in=scale.FATES), name="scale_item_fate_known"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.fate}"


class ItemDoubt(models.Model):
    """What speaks against a version of an item that is in use (`code` as in `rules.watch`, `group` for whom), with the
    evidence: {"persons", "n", "names"}. Somebody who keeps the item in spite of it says why; it is not raised again."""

    version = models.ForeignKey("assessment.ItemVersion", on_delete=models.CASCADE, related_name="doubts")
    code = models.CharField(max_length=10)
    group = models.CharField(max_length=12, blank=True)
    evidence = models.JSONField()
    at = models.DateTimeField()
    kept_by = models.UUIDField(null=True)
    kept_because = models.CharField(max_length=300, blank=True)
    kept_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        kept_by=Personal("who kept the item, as an opaque uid", until=KEPT),
        rest="id version code group evidence at kept_because kept_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "code", "group"], name="item_doubt_once"),
            models.CheckConstraint(condition=Q(code__in=watch.CODES), name="item_doubt_known"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.code}"
