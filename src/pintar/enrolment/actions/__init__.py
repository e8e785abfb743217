"""What can be done to batches and seats."""

from pintar.enrolment.actions.batches import SetAside, change_batch, open_batch, withdraw_batch
from pintar.enrolment.actions.seats import forget_person, give_back_seat, note_completion, take_seat

__all__ = [
    "SetAside",
    "change_batch",
    "forget_person",
    "give_back_seat",
    "note_completion",
    "open_batch",
    "take_seat",
    "withdraw_batch",
]
