"""What can be done with tests: open, answer, hand in; close what is over; look at what came late; give more time."""

from pintar.assessment.actions.answering import OpIn, Receipt, Recorded, record_answers
from pintar.assessment.actions.closing import close_due, hand_in
from pintar.assessment.actions.held import Reviewed, accept_held, hold_file, refuse_held
from pintar.assessment.actions.leases import take_lease
from pintar.assessment.actions.opening import open_sitting
from pintar.assessment.actions.times import extend, give_extra_time
from pintar.assessment.rules import Context

__all__ = [
    "Context",
    "OpIn",
    "Receipt",
    "Recorded",
    "Reviewed",
    "accept_held",
    "close_due",
    "extend",
    "give_extra_time",
    "hand_in",
    "hold_file",
    "open_sitting",
    "record_answers",
    "refuse_held",
    "take_lease",
]
