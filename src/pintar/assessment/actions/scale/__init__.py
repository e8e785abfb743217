"""What is done with answers once they are given: added up, calibrated onto the scale."""

from pintar.assessment.actions.scale.calibrating import approve_calibration, ask_due, calibrate, drop_calibration
from pintar.assessment.actions.scale.tallying import tally_items

__all__ = ["approve_calibration", "ask_due", "calibrate", "drop_calibration", "tally_items"]
