"""The bank of a training: items, their versions, what was done with them, what is being written."""

from django.db import models
from django.db.models import F, Q

from pintar.assessment import rules
from pintar.assessment.rules import bank
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

KEPT = "the item is removed"
LONGEST_SEARCHED = 300


class Item(models.Model):
    """A question through all its versions, named by `key` within its training.

    `number` is its newest version; `type`, `indicator` and `stem` (plain words, cut) are that version's, kept here for
    the list. `original` is the item that this one is a language version of. `state` is that of the newest version.
    `shown` counts the closed sittings that held it, in any version: its exposure. Of people's first pre-test and first
    post-test, `answers` counts those who came to it in its newest version, who reached `got` of `of` marks.
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    type = models.CharField(max_length=10)
    indicator = models.CharField(max_length=64)
    language = models.CharField(max_length=5, default="id")
    original = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="translations")
    state = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    stem = models.CharField(max_length=LONGEST_SEARCHED)
    shown = models.PositiveIntegerField(db_default=0)
    answers = models.PositiveIntegerField(db_default=0)
    got = models.PositiveIntegerField(db_default=0)
    of = models.PositiveIntegerField(db_default=0)
    made_at = models.DateTimeField()

    PRIVACY = privacy(
        rest="id uid course key type indicator language original state number stem shown answers got of made_at"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="bank_item_key_once"),
            models.UniqueConstraint(
                fields=["original", "language"], condition=Q(original__isnull=False), name="item_language_once"
            ),
            models.CheckConstraint(condition=Q(state__in=bank.STATES), name="item_state_known"),
            models.CheckConstraint(condition=Q(language__in=bank.LANGUAGES), name="item_language_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="item_has_a_version"),
        ]
        indexes = [
            models.Index(fields=["course", "state"], name="item_course_state"),
            models.Index(fields=["course", "indicator"], name="item_course_indicator"),
        ]

    def __str__(self) -> str:
        return self.key


class ItemVersion(models.Model):
    """One text of an item with its key; never changed. `content` is what `formats.items_json` reads.

    `pictures` holds, under the path that the text names, a drawing's source or {"width", "height", "addresses"}.
    `source` says where the text came from (a file, a book), `note` what was changed. `by` is None for what came with a
    training's folder.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    pictures = models.JSONField(default=dict)
    indicator = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=rules.LONGEST_REASON, blank=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    PRIVACY = privacy(
        by=Personal("who wrote this version, as an opaque uid", until=KEPT),
        rest="id item number content pictures indicator digest source note at",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="item_version_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.number}"


class ItemStep(models.Model):
    """A step that was taken with a version of an item, and why where that had to be said."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=rules.LONGEST_REASON, blank=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    PRIVACY = privacy(
        by=Personal("who decided about the item, as an opaque uid", until=KEPT),
        rest="id item number step state reason at",
    )

    class Meta:
        indexes = [models.Index(fields=["item", "id"], name="item_steps_in_order")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.step}"


class EnemyPair(models.Model):
    """Two items that never stand in one form, for one gives the other away. The smaller id comes first."""

    first = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")

    PRIVACY = privacy(rest="id first second")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="enemy_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="enemy_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class ItemImport(models.Model):
    """A file of questions on its way into a bank: read, looked at and mended, taken in, perhaps undone.

    `questions` are in the order of the file: {"line", "text", "type": None where nothing could be made of it, "key": ""
    where the file names none, "fields": of the form, "left_out": [[code, detail]], "mended", "skip"}. Taken in, each
    that went in has "item" and "number" (of the version that it became).
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    course = models.ForeignKey("courses.Course", on_delete=models.CASCADE, related_name="+")
    by = models.UUIDField()
    name = models.CharField(max_length=200)
    questions = models.JSONField()
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        by=Personal("who brought the file, as an opaque uid", until="the training is removed"),
        rest="id uid course name questions made_at taken_at undone_at",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(taken_at__isnull=False), name="undone_was_taken_in"
            )
        ]
        indexes = [models.Index(fields=["course", "-id"], name="import_course")]

    def __str__(self) -> str:
        return self.name


class Blueprint(models.Model):
    """What each form of a training's tests holds, version by version; the newest counts.

    `cells` are [[indicator, type, items of a form]], the type "" for any; `forms` is how many parallel ones are wanted;
    `terms` are the fields of `rules.blueprint.Terms` that ask something.
    """

    course = models.ForeignKey("courses.Course", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    forms = models.PositiveSmallIntegerField()
    cells = models.JSONField()
    terms = models.JSONField(default=dict)
    by = models.UUIDField()
    at = models.DateTimeField()

    PRIVACY = privacy(
        by=Personal("who wrote this version, as an opaque uid", until="the training is removed"),
        rest="id course number forms cells terms at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="blueprint_number_once"),
            models.CheckConstraint(condition=Q(forms__gte=1), name="blueprint_has_forms"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.number}"


class BankTally(models.Model):
    """How many closed sittings of pre-tests and post-tests a bank has seen: what exposure is a share of."""

    course = models.OneToOneField("courses.Course", on_delete=models.CASCADE, related_name="+")
    sittings = models.PositiveIntegerField(default=0)

    PRIVACY = privacy(rest="id course sittings")

    def __str__(self) -> str:
        return f"{self.course_id} {self.sittings}"


class ItemDraft(models.Model):
    """What somebody is writing, saved as they type: the fields of the form as they stand, whole or not.

    Saved as a version it is gone. `item` is None for a question that is not there yet; the item it becomes has its uid.
    `base` is the version that the writing began from.
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    course = models.ForeignKey("courses.Course", on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=10)
    fields = models.JSONField()
    base = models.PositiveIntegerField(null=True)
    saved_at = models.DateTimeField()

    PRIVACY = privacy(
        person=Personal("who is writing it", until="it is saved as a version, or the account is erased"),
        fields=Personal("what was typed so far", until="it is saved as a version, or the account is erased"),
        rest="id uid course item type base saved_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "person"], condition=Q(item__isnull=False), name="one_draft_of_an_item"
            )
        ]
        indexes = [models.Index(fields=["course", "person"], name="draft_course_person")]

    def __str__(self) -> str:
        return str(self.uid)
