"""Periods, batches, allocations, seats; the constraints that hold the truth."""

from django.db import models
from django.db.models import F, Q

from pintar.enrolment import rules
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

WAITING, OFFERED = rules.LIVE
ENDED = rules.TicketState.ENDED.value


class Period(models.Model):
    """A registration window in which a person may hold one seat."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)

    PRIVACY = privacy(rest="id uid key title")

    def __str__(self) -> str:
        return self.key


class Batch(models.Model):
    """One run of an edition. `taken` counts all seats and those kept for offers, `set_aside_taken` those of the
    allocations among them."""

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
    set_aside_until = models.DateTimeField(null=True)
    offer_hours = models.PositiveSmallIntegerField(default=rules.OFFER_HOURS)
    line_joined = models.PositiveIntegerField(default=0)
    line_called = models.PositiveIntegerField(default=0)
    line_left = models.PositiveIntegerField(default=0)

    PRIVACY = privacy(
        rest="id uid key number title course_slug edition period opens_at closes_at starts_at until_at quota taken "
        "set_aside set_aside_taken filled_at withdrawn_at conditions set_aside_until offer_hours line_joined "
        "line_called line_left"
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
            models.CheckConstraint(
                condition=Q(line_joined__gte=F("line_called") + F("line_left")), name="batch_line_holds"
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
            set_aside_until=self.set_aside_until,
            offer_hours=self.offer_hours,
            line_joined=self.line_joined,
            line_called=self.line_called,
            line_left=self.line_left,
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


class Ticket(models.Model):
    """A place in the waiting list of a batch. `number` is the order of joining; `allocation` and `offer_until` say
    which seat is kept for its holder and until when. It ends in one of the states of `rules.NEXT` and stays."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    person = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=WAITING)
    joined_at = models.DateTimeField()
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, null=True, related_name="+")
    offered_at = models.DateTimeField(null=True)
    offer_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        person=Personal("who waits", until="the account is erased; then the row names an anonymous account"),
        rest="id uid batch number period state joined_at allocation offered_at offer_until ended_at told_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="ticket_number_once"),
            models.UniqueConstraint(
                fields=["batch", "person"], condition=Q(state__in=rules.LIVE), name="one_live_ticket_per_person"
            ),
            models.CheckConstraint(
                condition=~Q(state=OFFERED) | Q(offer_until__isnull=False),
                name="offer_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "number"], condition=Q(state=WAITING), name="ticket_line"),
            models.Index(fields=["person", "period"], condition=Q(state__in=rules.LIVE), name="ticket_of_person"),
            models.Index(fields=["offer_until"], condition=Q(state=OFFERED), name="ticket_offer_until"),
            models.Index(
                fields=["batch"],
                condition=Q(state=ENDED, told_at=None),
                name="ticket_to_be_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class TicketPool(models.Model):
    """A set-aside that a waiting ticket waits for besides the common pool; gone when it waits no longer."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    allocation = models.ForeignKey(Allocation, on_delete=models.CASCADE, related_name="+")

    PRIVACY = privacy(rest="id ticket allocation")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["allocation", "ticket"], name="ticket_pool_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.allocation_id}"


class LineGap(models.Model):
    """A node of a batch's binary indexed tree over the numbers of tickets that left the line from elsewhere than its
    front (`rules.nodes_counting`): a place in line is a sum of at most 24 of them."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    node = models.PositiveIntegerField()
    gone = models.PositiveIntegerField()

    PRIVACY = privacy(rest="id batch node gone")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "node"], name="line_gap_once")]

    def __str__(self) -> str:
        return f"{self.node} {self.gone}"


class Preparation(models.Model):
    """What a person did ahead of an opening: the pledge given in advance, a reminder wanted."""

    person = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    pledge = models.ForeignKey(Pledge, to_field="version", on_delete=models.PROTECT, null=True, related_name="+")
    pledged_at = models.DateTimeField(null=True)
    remind = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        person=Personal("who prepared", until="the account is erased"),
        rest="id batch pledge pledged_at remind reminded_at",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "batch"], name="preparation_once")]
        indexes = [
            models.Index(fields=["batch"], condition=Q(remind=True, reminded_at=None), name="preparation_to_remind")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.batch_id}"
