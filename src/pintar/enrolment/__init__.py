"""Enrolment: who has a seat in which run of a training.

A `Period` is a registration window in which a person may hold one seat. A `Batch` is one run of an edition in a period,
with a quota; an `Allocation` sets some of its seats aside for a region or group. A `Seat` is a person's place.

The truth is held by the database: a seat is counted by a conditional update (`taken = taken + 1 where taken < quota`)
with a CHECK behind it, and a unique constraint lets nobody hold two seats in one period.

Owns: periods, batches, allocations, seats, pledges, and who has completed what (told from above, for prerequisites).
Asks of others: people (who somebody is) and courses (which edition a batch is pinned to).

Where the waiting list, offers and the waiting room belong: a full batch is the verdict `FULL` of
`rules.decide_admission`, and it is there that a line can be joined instead; a given-back seat goes back to its pool in
`actions._return_to_pool`, and it is there that it can be offered to the first in line; the waiting room stands before
`actions.take_seat`, at the doors in `pages/` and `api.py`.
"""
