"""What the floor remembers: events and their deliveries, answers to repeated requests."""

from django.db import models

from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy


class Event(models.Model):
    """Something that happened. Written once, in the transaction of the action; never changed."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    name = models.CharField(max_length=80)
    about = models.UUIDField(db_index=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField(db_index=True)
    payload = models.JSONField()

    PRIVACY = privacy(
        about=Personal("what the event is about, often an account's uid", until="the retention of its room"),
        by=Personal("who did it, as an opaque uid", until="the retention of its room"),
        payload=Personal("opaque uids of what was touched", until="the retention of its room"),
        rest="id uid name at",
    )

    def __str__(self) -> str:
        return f"{self.name} {self.about}"


class Delivery(models.Model):
    """An event still owed to a handler. Gone when it was handed over."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    handler = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=100, blank=True)

    PRIVACY = privacy(rest="id event handler due_at attempts error")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once")]
        indexes = [models.Index(fields=["handler", "due_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id}"


class IdempotentAnswer(models.Model):
    """The answer to a write that carried an idempotency key, stored in the same transaction as its effect."""

    actor = models.UUIDField()
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()

    PRIVACY = privacy(
        actor=Personal("whose request it was, as an opaque uid", until="two days after the request"),
        body=Personal("the answer that was given", until="two days after the request"),
        rest="id route key digest at status",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "route", "key"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
