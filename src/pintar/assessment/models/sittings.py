"""Banks and their keys, sittings and their operations, what came too late, extra time."""

import json

from django.db import models
from django.db.models import Q

from pintar.assessment import rules
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

ANONYMOUS = "the account is erased; then the row belongs to nobody and serves statistics of items"


class Bank(models.Model):
    """The questions of an edition, without any key: one document, immutable, kept in each process.

    `document` is {"indicators": {item: indicator}, "questions": {item: question}, "banks": {test: [item]},
    "forms": {form: [item]}, "terms": {term: number}, "pilots": [item], "pilots_each": number}; a question has the shape
    that `sciences.scoring.items.split` gives.
    """

    edition = models.UUIDField(unique=True)
    document = models.JSONField()

    PRIVACY = privacy(rest="id edition document")

    def __str__(self) -> str:
        return str(self.edition)


class ItemKey(models.Model):
    """How an item is marked, and its feedback. Read when a sitting is closed, and after that for its feedback.

    `version` is the one of the bank that this edition, and so each of its sittings, shows; None in editions that were
    published before there was a bank.
    """

    edition = models.UUIDField()
    item = models.CharField(max_length=64)
    key = models.JSONField()
    version = models.ForeignKey("assessment.ItemVersion", on_delete=models.PROTECT, null=True, related_name="+")

    PRIVACY = privacy(rest="id edition item key version")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "item"], name="item_key_once")]

    def __str__(self) -> str:
        return f"{self.edition} {self.item}"


class Sitting(models.Model):
    """One person's attempt at a test.

    `items` (keys, in the order shown), `pilots` (those of them that are only tried) and `seed` (the person's disguise
    of options) never change. `deadline` is the server's: minutes with extra time, not after `latest_end`. `lease` names
    the device that may write. At closing,
    `got` of `of` marks, `answered`, `passed` and `score` are written in one transaction; `score` is
    {"indicators": [[indicator, got, of, items]], "items": [[item, got, of, value in its author's ids]], "pilots": the
    same of those that do not count}.
    `exposure_counted` once its items were counted in the bank, `tallied` once its answers were added to their sums, so
    that none is counted twice.
    `measure`, once the items are on the training's scale, is {"scale": its version, "theta", "se", "extreme",
    "indicators": [[indicator, theta, se]] as far as they may be shown, "before": [theta, se] of the pre-test, "gain",
    "gain_se", "cut"}, in logits. `cut` is what passes on this form, where its batch is decided by a standard: {"raw",
    "mark", "percents", "theta", "method", "standard": its number}.
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    person = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    context = models.UUIDField()
    context_title = models.CharField(max_length=300)
    return_to = models.CharField(max_length=300)
    latest_end = models.DateTimeField()
    edition = models.UUIDField()
    test = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    form = models.CharField(max_length=20, blank=True)
    items = models.JSONField()
    pilots = models.JSONField(default=list)
    seed = models.BinaryField(max_length=32)
    minutes = models.PositiveIntegerField(null=True)
    pass_mark = models.PositiveSmallIntegerField(null=True)
    extra_percent = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=10, blank=True)
    receipt = models.CharField(max_length=20, blank=True)
    answered = models.PositiveSmallIntegerField(null=True)
    got = models.PositiveIntegerField(null=True)
    of = models.PositiveIntegerField(null=True)
    passed = models.BooleanField(null=True)
    score = models.JSONField(null=True)
    exposure_counted = models.BooleanField(db_default=False)
    tallied = models.BooleanField(db_default=False)
    measure = models.JSONField(null=True)
    cut = models.JSONField(null=True)

    PRIVACY = privacy(
        person=Personal("whose sitting it is", until=ANONYMOUS),
        context=Personal("what it counts for, as an opaque uid", until=ANONYMOUS),
        receipt=Personal("names the sitting when its person asks about it", until=ANONYMOUS),
        extra_percent=Personal("more time that a person was granted", until=ANONYMOUS),
        got=Personal("marks reached", until=ANONYMOUS),
        passed=Personal("whether the pass mark was reached", until=ANONYMOUS),
        score=Personal("marks by item and indicator", until=ANONYMOUS),
        measure=Personal("ability with its error, by indicator where it is exact enough", until=ANONYMOUS),
        rest="id uid context_title return_to latest_end edition test kind number form items pilots seed minutes "
        "pass_mark lease opened_at deadline closed_at closed_by answered of exposure_counted tallied cut",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "context", "test"], condition=Q(closed_at__isnull=True), name="one_open_sitting"
            ),
            models.UniqueConstraint(fields=["person", "context", "test", "number"], name="sitting_number_once"),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(score__isnull=False), name="closed_is_scored"),
        ]
        indexes = [
            models.Index(fields=["context"], name="sitting_context"),
            models.Index(fields=["person", "edition"], name="sitting_person_edition"),
            models.Index(
                fields=["edition"],
                condition=Q(kind__in=rules.FIRST_KINDS, number=1, closed_at__isnull=False),
                name="sitting_first_encounter",
            ),
            models.Index(fields=["deadline"], condition=Q(closed_at__isnull=True), name="sitting_due"),
        ]

    def __str__(self) -> str:
        return f"{self.test} {self.number}"

    def ops(self) -> list[rules.Op]:
        """The acknowledged operations, in one query."""
        return [op.read() for op in Operation.objects.filter(sitting_id=self.pk)]


class OperationFields(models.Model):
    """What a device sent: an answer (`value` is its JSON text, NULL where it carries none), a flag, or both.

    `seq` counts the operations of a sitting on the device; `ms` is how long the item was in view.
    """

    op_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    item = models.CharField(max_length=64)
    value = models.TextField(null=True)
    flag = models.BooleanField(null=True)
    ms = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def read(self) -> rules.Op:
        """The row as a value."""
        answers = self.value is not None
        return rules.Op(
            self.op_id, self.seq, self.item, answers, json.loads(self.value) if answers else None, self.flag
        )


class Operation(OperationFields):
    """An answer that was acknowledged: its own event and idempotency record. Only ever added.

    `id` is the number on the receipt, `at` the server's time, `digest` its HMAC.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="operations")
    digest = models.CharField(max_length=32)

    PRIVACY = privacy(
        value=Personal("what a person answered", until=ANONYMOUS),
        flag=Personal("that a person was unsure", until=ANONYMOUS),
        ms=Personal("how long a person looked at an item", until=ANONYMOUS),
        rest="id sitting op_id seq item at digest",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "op_id"], name="operation_once")]

    def __str__(self) -> str:
        return f"{self.item} {self.seq}"


class HeldOperation(OperationFields):
    """An answer that came after the grace, or after its sitting was handed in: kept for an organiser, not scored.

    `review` is the decision about it, NULL while there is none.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="held")
    review = models.ForeignKey("HeldReview", on_delete=models.CASCADE, null=True, related_name="+")

    PRIVACY = privacy(
        value=Personal("what a person answered", until=ANONYMOUS),
        flag=Personal("that a person was unsure", until=ANONYMOUS),
        ms=Personal("how long a person looked at an item", until=ANONYMOUS),
        rest="id sitting review op_id seq item at",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "op_id"], name="held_operation_once")]
        indexes = [models.Index(fields=["sitting"], condition=Q(review__isnull=True), name="held_pending")]

    def __str__(self) -> str:
        return f"{self.item} {self.seq}"


class HeldReview(models.Model):
    """What a person decided about a sitting's held answers, and why."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="reviews")
    accepted = models.BooleanField()
    answers = models.PositiveIntegerField()
    reason = models.CharField(max_length=rules.LONGEST_REASON)
    by = models.UUIDField()
    at = models.DateTimeField()

    PRIVACY = privacy(
        reason=Personal("why a person's late answers count or not", until=ANONYMOUS),
        by=Personal("who decided, as an opaque uid", until="the sitting is deleted"),
        rest="id sitting accepted answers at",
    )

    def __str__(self) -> str:
        return f"{self.sitting_id} {'accepted' if self.accepted else 'refused'}"


class ExtraTime(models.Model):
    """More time in every test for a person, in per cent of its minutes."""

    person = models.OneToOneField("people.Account", on_delete=models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    PRIVACY = privacy(
        person=Personal("who has more time", until="it is taken back, or the account is erased"),
        percent=Personal("how much more", until="it is taken back, or the account is erased"),
        by=Personal("who granted it, as an opaque uid", until="it is taken back, or the account is erased"),
        rest="id at",
    )

    def __str__(self) -> str:
        return f"{self.percent} %"
