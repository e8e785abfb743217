"""The standard of a training, the panel that set it, the raw cuts that follow, and those that hold for a batch."""

from django.db import models
from django.db.models import F, Q

from pintar.assessment.rules import panels, standards
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

KEPT = "the training is removed"


class Standard(models.Model):
    """The cut of a training on its scale, version by version; the newest counts for batches to come.

    `theta` in logits with its standard error (None without a panel). `reference` is the form on which it was set:
    {"edition", "form", "versions": [ids]}; `share` the percentage of its marks that the cut expects. `scale` is the
    version of the scale on which it was set.
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    method = models.CharField(max_length=12)
    theta = models.FloatField()
    se = models.FloatField(null=True)
    share = models.FloatField()
    scale = models.PositiveIntegerField()
    reference = models.JSONField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    PRIVACY = privacy(
        by=Personal("who approved the standard, as an opaque uid", until=KEPT),
        rest="id uid course number method theta se share scale reference at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="standard_number_once"),
            models.CheckConstraint(condition=Q(method__in=standards.METHODS), name="standard_method_known"),
            models.CheckConstraint(
                condition=Q(method=standards.PROVISIONAL) | (Q(by__isnull=False) & Q(se__isnull=False)),
                name="standard_of_a_panel_is_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.number}"


class EditionCuts(models.Model):
    """What passes on each form of an edition, by a standard and a version of the scale: {form: {"raw", "mark",
    "percents": one a score, from 0, "accuracy", "consistency"}}, the last two of verdicts on the newest post-test's
    group (Lee 2010). Worked out ahead, so that opening a test computes nothing."""

    edition = models.UUIDField()
    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="+")
    scale = models.PositiveIntegerField()
    cuts = models.JSONField()

    PRIVACY = privacy(rest="id edition standard scale cuts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "standard", "scale"], name="edition_cuts_once")]

    def __str__(self) -> str:
        return f"{self.edition} {self.scale}"


class CohortCuts(models.Model):
    """The cuts of an edition that hold for those who are decided together, from their first post-test on: a later
    calibration or standard serves later ones. `cuts` is None where there were none: then the pass mark is a plain share
    of the marks, for all of them."""

    cohort = models.UUIDField()
    edition = models.UUIDField()
    cuts = models.ForeignKey(EditionCuts, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    PRIVACY = privacy(rest="id cohort edition cuts at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "edition"], name="cohort_cuts_once")]

    def __str__(self) -> str:
        return f"{self.cohort} {self.cuts_id}"


class Panel(models.Model):
    """Judges who set a standard on the reference form, round by round. `reference` and `scale` as in `Standard`.

    `rounds` says of each closed round {"theta", "se", "score", "of", "judges", "low", "high"}: the cut in logits with
    its error, as marks of the form, how many judged, and the lowest and the highest judge's own cut.
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=panels.OPEN)
    round = models.PositiveSmallIntegerField(default=1)
    rounds = models.JSONField(default=list)
    reference = models.JSONField()
    scale = models.PositiveIntegerField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        made_by=Personal("who convened the panel, as an opaque uid", until=KEPT),
        decided_by=Personal("who decided about its cut, as an opaque uid", until=KEPT),
        rest="id uid course state round rounds reference scale made_at decided_at",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=panels.STATES), name="panel_state_known"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state__in=panels.UNDECIDED), name="one_panel_of_a_training"
            ),
            models.CheckConstraint(
                condition=~Q(state=panels.APPROVED) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="panel_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.round}"


class Judging(models.Model):
    """What a judge says in one round: {version: percent of its marks that a just competent person earns}."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="judgings")
    judge = models.UUIDField()
    round = models.PositiveSmallIntegerField()
    percents = models.JSONField(default=dict)
    handed_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        judge=Personal("who judged, as an opaque uid", until=KEPT),
        percents=Personal("what a judge said", until=KEPT),
        rest="id panel round handed_at",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["panel", "judge", "round"], name="judging_once")]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.round}"
