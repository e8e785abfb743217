"""What happened to sittings."""

from uuid import UUID

from pintar.foundation.ledger import event


@event("assessment.sitting_opened")
class SittingOpened:
    """`number` counts the sittings of this test in this context, from 1."""

    sitting: UUID
    context: UUID
    person: UUID
    edition: UUID
    test: str
    number: int


@event("assessment.sitting_scored")
class SittingScored:
    """A sitting was closed and scored in the same transaction. `passed` is None where the test is never graded."""

    sitting: UUID
    context: UUID
    person: UUID | None
    edition: UUID
    kind: str
    passed: bool | None


@event("assessment.held_answers_reviewed")
class HeldAnswersReviewed:
    """A person decided about `answers` that came too late. Where they were accepted, the sitting was scored anew."""

    sitting: UUID
    context: UUID
    accepted: bool
    answers: int


@event("assessment.extra_time_given")
class ExtraTimeGiven:
    """More time for a person, from now on and in sittings that are open; about the person."""

    person: UUID
    percent: int


@event("assessment.lease_taken")
class LeaseTaken:
    """Another device went on with a sitting."""

    sitting: UUID


@event("assessment.item_written")
class ItemWritten:
    """A version of an item of a bank was written; `number` counts its versions, from 1. About the item."""

    item: UUID
    number: int


@event("assessment.item_stepped")
class ItemStepped:
    """A step was taken with the newest version of an item; `state` is where it led. About the item."""

    item: UUID
    number: int
    step: str
    state: str


@event("assessment.bank_filled")
class BankFilled:
    """An edition's folder came into its training's bank: so many items anew, so many in a new version."""

    edition: UUID
    course: UUID
    made: int
    revised: int


@event("assessment.enemies_named")
class EnemiesNamed:
    """With how many items an item never stands in one form, from now on. About the item."""

    item: UUID
    enemies: int


@event("assessment.questions_taken_in")
class QuestionsTakenIn:
    """A file's questions came into a bank: so many items anew, so many in a new version. About the import."""

    file: UUID
    course: UUID
    made: int
    revised: int


@event("assessment.import_undone")
class ImportUndone:
    """What came from a file was taken out again, so many items; those that went on meanwhile stayed."""

    file: UUID
    removed: int
    stayed: int


@event("assessment.blueprint_written")
class BlueprintWritten:
    """A version of a training's blueprint was written; `number` counts them, from 1. About the training."""

    course: UUID
    number: int
    forms: int


@event("assessment.forms_asked")
class FormsAsked:
    """Parallel forms are to be assembled from a bank. About the set."""

    forms: UUID
    course: UUID


@event("assessment.forms_assembled")
class FormsAssembled:
    """A set has so many forms, or none where the rules cannot hold together. About the set."""

    forms: UUID
    course: UUID
    number: int


@event("assessment.forms_decided")
class FormsDecided:
    """A person approved a set, which the training's next edition uses, or dropped it. About the set."""

    forms: UUID
    course: UUID
    approved: bool


@event("assessment.calibration_asked")
class CalibrationAsked:
    """Enough answers have come for a training's items to be calibrated. About the calibration."""

    calibration: UUID
    course: UUID


@event("assessment.calibration_finished")
class CalibrationFinished:
    """So many items were estimated, or none where that could not be. About the calibration."""

    calibration: UUID
    course: UUID
    items: int


@event("assessment.calibration_decided")
class CalibrationDecided:
    """A person approved it as version `number` of the training's scale, or dropped it (0). About the calibration."""

    calibration: UUID
    course: UUID
    number: int


@event("assessment.panel_convened")
class PanelConvened:
    """So many judges are to set a training's standard. About the panel."""

    panel: UUID
    course: UUID
    judges: int


@event("assessment.round_closed")
class RoundClosed:
    """A round of a panel is over; so many judges were heard. About the panel."""

    panel: UUID
    round: int
    judges: int


@event("assessment.panel_decided")
class PanelDecided:
    """A person approved a panel's cut as standard `number` of the training, or dropped it (0). About the panel."""

    panel: UUID
    course: UUID
    number: int


@event("assessment.item_kept")
class ItemKept:
    """Somebody kept a version of an item in spite of a doubt (`code` of `rules.watch`). About the item."""

    item: UUID
    number: int
    code: str
