"""One row a seat; the state that is decided once."""

from django.db import models
from django.db.models import Q

from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy
from pintar.graduation.rules import FINAL, OPEN

KEPT = "as long as the certificate that rests on it"


class Graduation(models.Model):
    """Where a seat stands. `reasons` are those of the decision; `by` and `note` are set where a person decided."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    seat = models.OneToOneField("enrolment.Seat", to_field="uid", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="belum")
    reasons = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    achieved_at = models.DateTimeField(null=True)
    by = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)

    PRIVACY = privacy(
        seat=Personal("whose graduation it is, by the seat", until=KEPT),
        state=Personal("whether the person passed", until=KEPT),
        reasons=Personal("what was missing when it was decided", until="the account is erased"),
        achieved_at=Personal("when the last requirement was met; the year in which JP count", until=KEPT),
        by=Personal("who decided by hand, as an opaque uid", until=KEPT),
        note=Personal("why somebody decided by hand", until="the account is erased"),
        rest="id uid decided_at",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[*FINAL], decided_at__isnull=False)
                | Q(state__in=[*OPEN], decided_at__isnull=True),
                name="graduation_decided_has_a_time",
            )
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state__in=[*OPEN]), name="graduation_open")]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.state}"
