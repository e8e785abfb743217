"""Periods, batches, allocations, seats; the constraints that hold the truth."""

from django.db import models
from django.db.models import F, Q

from pintar.enrolment import rules
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy


class Period(models.Model):
    """A registration window in which a person may hold one seat."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)

    PRIVACY = privacy(rest="id uid key title")

    def __str__(self) -> str:
        return self.key


class Batch(models.Model):
    """One run of an edition. `taken` counts all seats, `set_aside_taken` those of the allocations among them."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    key = models.CharField(max_length=140, unique=True)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    course_slug = models.CharField(max_length=100)
    edition = models.ForeignKey("courses.Edition", to_field="uid", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    until_at = models.DateTimeField()
    quota = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    set_aside_taken = models.PositiveIntegerField(default=0)
    filled_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    conditions = models.JSONField(default=dict)

    PRIVACY = privacy(
        rest="id uid key number title course_slug edition period opens_at closes_at starts_at until_at quota taken "
        "set_aside set_aside_taken filled_at withdrawn_at conditions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_slug", "number"], name="batch_number_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("quota")), name="batch_never_oversold"),
            models.CheckConstraint(
                condition=Q(set_aside_taken__lte=F("set_aside"), set_aside__lte=F("quota")),
                name="batch_set_aside_holds",
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=F("set_aside_taken"))
                & Q(taken__lte=F("quota") - F("set_aside") + F("set_aside_taken")),
                name="batch_common_pool_holds",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at"), closes_at__lte=F("until_at"), starts_at__lt=F("until_at")),
                name="batch_windows_in_order",
            ),
        ]
        indexes = [models.Index(fields=["closes_at"], name="batch_closes_at")]

    def __str__(self) -> str:
        return self.key

    def facts(self, allocations: tuple[rules.AllocationFacts, ...] | None = None) -> rules.BatchFacts:
        """The row and its period (join it) as a value."""
        return rules.BatchFacts(
            id=self.pk,
            uid=self.uid,
            key=self.key,
            number=self.number,
            title=self.title,
            course_slug=self.course_slug,
            edition=self.edition_id,
            period_id=self.period_id,
            period_key=self.period.key,
            period_title=self.period.title,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            starts_at=self.starts_at,
            until_at=self.until_at,
            quota=self.quota,
            taken=self.taken,
            set_aside=self.set_aside,
            set_aside_taken=self.set_aside_taken,
            filled_at=self.filled_at,
            withdrawn_at=self.withdrawn_at,
            conditions=rules.Conditions.from_json(self.conditions),
            allocations=allocations,
        )


class Allocation(models.Model):
    """Seats of a batch set aside for a region or a group, counted apart."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    title = models.CharField(max_length=120)
    conditions = models.JSONField(default=dict)
    quota = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    PRIVACY = privacy(rest="id batch uid title conditions quota taken")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("quota")), name="allocation_never_oversold"),
            models.UniqueConstraint(fields=["batch", "title"], name="allocation_title_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.quota})"

    def facts(self) -> rules.AllocationFacts:
        return rules.AllocationFacts(
            self.pk, self.title, rules.Conditions.from_json(self.conditions), self.quota, self.taken
        )


class Pledge(models.Model):
    """A version of the pakta integritas with the text that people agreed to; never changed."""

    version = models.CharField(max_length=20, unique=True)
    text = models.TextField()

    PRIVACY = privacy(rest="id version text")

    def __str__(self) -> str:
        return self.version


class Seat(models.Model):
    """A person's place in a batch. Given back, it stays with `released_at`; taken again, it is a new row."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    number = models.CharField(max_length=24, unique=True)
    person = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, null=True, related_name="+")
    ordinal = models.PositiveIntegerField()
    pledge = models.ForeignKey(Pledge, to_field="version", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        person=Personal("whose seat it is", until="the account is erased; then the row names an anonymous account"),
        number=Personal("what stands on the person's receipt", until="as long as the row"),
        rest="id uid period batch allocation ordinal pledge taken_at released_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "period"], condition=Q(released_at=None), name="one_seat_per_person_and_period"
            )
        ]
        indexes = [models.Index(fields=["batch", "released_at"], name="seat_of_batch")]

    def __str__(self) -> str:
        return self.number

    def facts(self) -> rules.SeatFacts:
        """The row with its batch and period (join them) as a value."""
        return rules.SeatFacts(
            id=self.pk,
            uid=self.uid,
            number=self.number,
            person_id=self.person_id,
            batch=self.batch.facts(),
            taken_at=self.taken_at,
            released_at=self.released_at,
            ordinal=self.ordinal,
            pledge_version=self.pledge_id,
            allocation_id=self.allocation_id,
        )


class Completion(models.Model):
    """Who has completed which training, told from above; what prerequisites are decided from."""

    person = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    course_slug = models.CharField(max_length=100)
    at = models.DateTimeField()

    PRIVACY = privacy(
        person=Personal("who completed the training", until="the account is erased"),
        course_slug=Personal("which training", until="the account is erased"),
        at=Personal("when", until="the account is erased"),
        rest="id",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "course_slug"], name="completion_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.course_slug}"
