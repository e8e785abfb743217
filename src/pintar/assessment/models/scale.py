"""What answers add up to: the classical sums of every version of an item."""

from django.db import models

from pintar.foundation.privacy import privacy


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
