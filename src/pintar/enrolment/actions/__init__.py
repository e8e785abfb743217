"""What can be done to batches, seats and places in line."""

from pintar.enrolment.actions.batches import SetAside, change_batch, open_batch, withdraw_batch
from pintar.enrolment.actions.line import end_lines, expire_offers, leave_line, release_set_asides
from pintar.enrolment.actions.preparing import prepare
from pintar.enrolment.actions.seats import forget_person, give_back_seat, leave_batch, note_completion, take_seat

__all__ = [
    "SetAside",
    "change_batch",
    "end_lines",
    "expire_offers",
    "forget_person",
    "give_back_seat",
    "leave_batch",
    "leave_line",
    "note_completion",
    "open_batch",
    "prepare",
    "release_set_asides",
    "take_seat",
    "withdraw_batch",
]
