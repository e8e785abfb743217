"""What is asked about batches, seats and places in line: plural reads for the rooms above, and this room's pages."""

from pintar.enrolment.queries.batches import (
    asked,
    batch,
    batch_list,
    batches,
    batches_by_uid,
    batches_of_courses,
    open_batches,
    with_allocations,
)
from pintar.enrolment.queries.line import (
    batches_to_release,
    batches_with_lines,
    batches_with_offers_over,
    live_tickets,
    ticket_facts,
    tickets,
    tickets_of,
)
from pintar.enrolment.queries.page import NEEDS_OTHERS, BatchPage, Other, batch_page
from pintar.enrolment.queries.seats import (
    completed,
    person_facts,
    pledge_text,
    seat_of,
    seats,
    seats_by_id,
    seats_of,
    seats_of_batch,
)
from pintar.enrolment.queries.standing import Standing, admission, standing
from pintar.enrolment.rules import Admission, BatchFacts, Conditions, SeatFacts, TicketFacts

__all__ = [
    "NEEDS_OTHERS",
    "Admission",
    "BatchFacts",
    "BatchPage",
    "Conditions",
    "Other",
    "SeatFacts",
    "Standing",
    "TicketFacts",
    "admission",
    "asked",
    "batch",
    "batch_list",
    "batch_page",
    "batches",
    "batches_by_uid",
    "batches_of_courses",
    "batches_to_release",
    "batches_with_lines",
    "batches_with_offers_over",
    "completed",
    "live_tickets",
    "open_batches",
    "person_facts",
    "pledge_text",
    "seat_of",
    "seats",
    "seats_by_id",
    "seats_of",
    "seats_of_batch",
    "standing",
    "ticket_facts",
    "tickets",
    "tickets_of",
    "with_allocations",
]
