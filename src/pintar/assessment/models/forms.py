"""Parallel forms that were assembled from a bank, and what became of them."""

from django.db import models
from django.db.models import F, Q

from pintar.assessment.rules import forms
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

KEPT = "the training is removed"


class FormSet(models.Model):
    """Parallel forms asked for together; from when they were approved on, nothing of them ever changes.

    `cells`, `terms` and `wanted` (forms) are those of the blueprint's version `blueprint` when they were asked for.
    Where there are none, `conflict` is the smallest set of rules that cannot hold together: [{"code", "name", "least",
    "most", "there", "barred", "reach"}], empty if none could be shown in time.
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    blueprint = models.PositiveIntegerField()
    wanted = models.PositiveSmallIntegerField()
    cells = models.JSONField()
    terms = models.JSONField()
    conflict = models.JSONField(default=list)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        asked_by=Personal("who asked for the forms, as an opaque uid", until=KEPT),
        decided_by=Personal("who decided about the forms, as an opaque uid", until=KEPT),
        rest="id uid course state blueprint wanted cells terms conflict asked_at finished_at decided_at",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=forms.STATES), name="form_set_state_known"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state=forms.ASKED), name="one_assembly_of_a_training"
            ),
            models.CheckConstraint(
                condition=~Q(state=forms.APPROVED) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="forms_approved_by_another",
            ),
        ]
        indexes = [models.Index(fields=["course", "-id"], name="form_set_course")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.state}"


class FormItem(models.Model):
    """An item's version on one form of a set, at its place from 1. `difficulty` in logits is what it was taken for."""

    form_set = models.ForeignKey(FormSet, on_delete=models.CASCADE, related_name="items")
    form = models.CharField(max_length=20)
    place = models.PositiveSmallIntegerField()
    version = models.ForeignKey("assessment.ItemVersion", on_delete=models.PROTECT, related_name="+")
    difficulty = models.FloatField()

    PRIVACY = privacy(rest="id form_set form place version difficulty")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form_set", "version"], name="form_item_on_one_form"),
            models.UniqueConstraint(fields=["form_set", "form", "place"], name="form_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.place}"
