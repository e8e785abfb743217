"""What comes round, and what is counted a moment later."""

from collections.abc import Sequence
from datetime import datetime

from pintar.assessment import actions
from pintar.assessment.actions import bank, scale
from pintar.assessment.events import (
    CalibrationAsked,
    CalibrationDecided,
    CalibrationFinished,
    FormsAsked,
    PanelDecided,
    SittingScored,
)
from pintar.courses.events import EditionPublished
from pintar.foundation import clock
from pintar.foundation.ledger import Recorded, handles
from pintar.foundation.schedule import every


@every(seconds=5)
def close_what_is_due(now: datetime) -> None:
    """Close and score the sittings whose time and grace are over."""
    actions.close_due(now)


@handles(SittingScored)
def count_exposure(events: Sequence[Recorded[SittingScored]]) -> None:
    """What closed sittings showed is counted in the banks."""
    bank.count_exposure(sittings=[each.what.sitting for each in events])


@handles(SittingScored)
def tally_items(events: Sequence[Recorded[SittingScored]]) -> None:
    """What closed sittings answered is added to the sums of the items."""
    scale.tally_items(sittings=[each.what.sitting for each in events])


@handles(FormsAsked)
def assemble_forms(events: Sequence[Recorded[FormsAsked]]) -> None:
    """Forms that were asked for are put together."""
    for each in events:
        bank.assemble_forms(forms_uid=each.what.forms, now=clock.now())


@every(seconds=600)
def ask_due_calibrations(now: datetime) -> None:
    """Items of which enough answers have come are to be calibrated."""
    scale.ask_due(now=now)


@handles(CalibrationAsked)
def calibrate(events: Sequence[Recorded[CalibrationAsked]]) -> None:
    """Items whose calibration was asked for are estimated."""
    for each in events:
        scale.calibrate(calibration=each.what.calibration, now=clock.now())


@handles(SittingScored)
def measure_sittings(events: Sequence[Recorded[SittingScored]]) -> None:
    """Closed tests are measured where their items are on a scale."""
    scale.measure_sittings(sittings=[each.what.sitting for each in events])


@handles(CalibrationDecided)
def use_scale(events: Sequence[Recorded[CalibrationDecided]]) -> None:
    """With a new version of a scale, cuts are worked out, and tests that could not be measured yet are."""
    for each in events:
        if each.what.number:
            scale.prepare_cuts(course=each.what.course, now=clock.now())
            scale.measure_course(course=each.what.course)


@handles(EditionPublished, PanelDecided)
def prepare_cuts(events: Sequence[Recorded[EditionPublished | PanelDecided]]) -> None:
    """What passes on each form is worked out before anyone sits it: in a new edition, by a new standard."""
    for course in {each.what.course for each in events}:
        scale.prepare_cuts(course=course, now=clock.now())


@handles(CalibrationFinished)
def watch_items(events: Sequence[Recorded[CalibrationFinished]]) -> None:
    """With every calibration the items are looked at anew."""
    for course in {each.what.course for each in events}:
        scale.watch_items(course=course, now=clock.now())
