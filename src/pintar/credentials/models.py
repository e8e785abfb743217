"""Certificates, JP credits, and two counters."""

from django.db import models
from django.db.models import Q

from pintar.credentials import rules
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

LAW = "the archive period of training records; an erased account does not shorten it"


def _long_code() -> str:
    return ids.key(rules.LONG)


def _short_code() -> str:
    return ids.key(rules.SHORT)


class Certificate(models.Model):
    """A certificate; only its state changes. `pdf` names the stored file once it was rendered."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    code = models.CharField(max_length=26, unique=True, default=_long_code)
    short_code = models.CharField(max_length=12, unique=True, default=_short_code)
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, default=rules.KIND)
    person = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    seat = models.UUIDField(db_index=True)
    course_slug = models.CharField(max_length=100)
    snapshot = models.JSONField()
    issued_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=rules.State.ISSUED)
    reason = models.CharField(max_length=300, blank=True)
    changed_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(null=True)
    superseded_by = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    pdf = models.CharField(max_length=80, blank=True)
    pdf_size = models.PositiveIntegerField(null=True)

    PRIVACY = privacy(
        person=Personal("whose certificate it is", until=LAW),
        number=Personal("the number it is filed under", until=LAW),
        seat=Personal("the seat it was earned on", until=LAW),
        code=Personal("leads to the public page that shows whether it is genuine", until=LAW),
        short_code=Personal("the same, to type", until=LAW),
        snapshot=Personal("what stands on it: name, masked numbers, unit, training, dates, result", until=LAW),
        reason=Personal("why it was taken back or corrected", until=LAW),
        changed_by=Personal("who did so, as an opaque uid", until=LAW),
        pdf=Personal("the stored paper, named by its content", until=LAW),
        rest="id uid kind course_slug issued_at state changed_at superseded_by pdf_size",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course_slug", "kind"], condition=Q(state="issued"), name="certificate_once"
            ),
            models.CheckConstraint(
                condition=Q(state="issued", changed_at__isnull=True) | ~Q(state="issued") & Q(changed_at__isnull=False),
                name="certificate_change_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class JPCredit(models.Model):
    """JP of a training, credited once to a person. `revoked_at`: its certificate was revoked, so it does not count."""

    person = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    course_slug = models.CharField(max_length=100)
    jp = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField()
    credited_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")

    PRIVACY = privacy(
        person=Personal("whose lesson hours they are", until=LAW),
        course_slug=Personal("for which training", until=LAW),
        jp=Personal("how many; the yearly duty is counted from them", until=LAW),
        year=Personal("in which year they count", until=LAW),
        rest="id credited_at revoked_at certificate",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "course_slug"], name="jp_credited_once")]

    def __str__(self) -> str:
        return f"{self.jp} JP {self.course_slug} {self.year}"


class Numbering(models.Model):
    """The last ordinal given in a year; counted up by a conditional update, so no number is given twice."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    PRIVACY = privacy(rest="id year last")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class WrongCodes(models.Model):
    """Wrong short codes in a window, of one device or of all that share a budget. Gone a day later."""

    bucket = models.CharField(max_length=100)
    window_at = models.DateTimeField(db_index=True)
    wrong = models.PositiveIntegerField(default=0)

    PRIVACY = privacy(
        bucket=Personal("a digest of the device's random name, to limit guessing", until="a day after the window"),
        rest="id window_at wrong",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "window_at"], name="wrong_codes_once")]

    def __str__(self) -> str:
        return f"{self.wrong} wrong"
