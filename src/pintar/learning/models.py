"""Studies, one row a seat; operations of progress; notes; answers to the survey."""

from django.db import models

from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

ERASED = "the account is erased"
MOST_NOTES = 50
LONGEST_NOTE = 4000


class Study(models.Model):
    """All progress in a seat. `lessons` is {lesson key: `rules.progress.to_json`}; `form` the one chosen last."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    seat = models.OneToOneField("enrolment.Seat", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    form = models.CharField(max_length=10, blank=True)
    lessons = models.JSONField(default=dict)
    survey_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        person=Personal("whose study it is", until="the account is erased; then it names an anonymous account"),
        seen_at=Personal("when the person last studied, to go on where they stopped", until=ERASED),
        form=Personal("the form of lessons chosen last", until=ERASED),
        lessons=Personal(
            "what was read and heard, which opens what follows", until=f"{ERASED}; then only what was finished"
        ),
        survey_at=Personal("that the survey was handed in", until="the account is erased; then it names nobody"),
        rest="id uid seat begun_at",
    )

    class Meta:
        indexes = [models.Index(fields=["person"], name="study_of_person")]

    def __str__(self) -> str:
        return str(self.uid)


class ProgressOp(models.Model):
    """An operation of progress that has been counted; sent again it changes nothing."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="ops")
    op_id = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    PRIVACY = privacy(at=Personal("when it came", until="60 days later"), rest="id study op_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "op_id"], name="progress_op_once")]

    def __str__(self) -> str:
        return self.op_id


class Note(models.Model):
    """A person's own note on a lesson. `position` is where in the form, in its unit; None for the lesson as a whole."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="notes")
    lesson = models.CharField(max_length=100)
    form = models.CharField(max_length=10, blank=True)
    position = models.FloatField(null=True)
    text = models.TextField(max_length=LONGEST_NOTE)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    PRIVACY = privacy(
        text=Personal("the person's own note, for themselves alone", until=ERASED),
        position=Personal("where in the lesson it was written", until=ERASED),
        created_at=Personal("when it was written", until=ERASED),
        changed_at=Personal("when it was changed", until=ERASED),
        rest="id uid study lesson form",
    )

    class Meta:
        indexes = [models.Index(fields=["study", "lesson"], name="notes_of_lesson")]

    def __str__(self) -> str:
        return str(self.uid)


class SurveyAnswer(models.Model):
    """What somebody answered in the survey: no person, no seat, no time of day stands beside it."""

    batch = models.UUIDField(db_index=True)
    edition = models.UUIDField(db_index=True)
    answers = models.JSONField()
    handed_in_on = models.DateField()

    PRIVACY = privacy(rest="id batch edition answers handed_in_on")

    def __str__(self) -> str:
        return f"{self.batch} {self.handed_in_on}"
