"""What is done with answers once they are given: added up, calibrated onto the scale, made a measure and a decision."""

from pintar.assessment.actions.scale.calibrating import approve_calibration, ask_due, calibrate, drop_calibration
from pintar.assessment.actions.scale.measuring import measure_course, measure_sittings
from pintar.assessment.actions.scale.panels import (
    approve_panel,
    close_round,
    convene_panel,
    drop_panel,
    judge_items,
)
from pintar.assessment.actions.scale.standards import fix_cuts, prepare_cuts
from pintar.assessment.actions.scale.tallying import tally_items
from pintar.assessment.actions.scale.watching import keep_item, watch_items

__all__ = [
    "approve_calibration",
    "approve_panel",
    "ask_due",
    "calibrate",
    "close_round",
    "convene_panel",
    "drop_calibration",
    "drop_panel",
    "fix_cuts",
    "judge_items",
    "keep_item",
    "measure_course",
    "measure_sittings",
    "prepare_cuts",
    "tally_items",
    "watch_items",
]
