"""Enrolment: who has a seat in which run of a training, and who waits for one.

A `Period` is a registration window in which a person may hold one seat. A `Batch` is one run of an edition in a period,
with a quota; an `Allocation` sets some of its seats aside for a region or group, until a time. A `Seat` is a person's
place, a `Ticket` their place in the line of a full batch, an offer a seat that is kept for a ticket until a time.

The truth is held by the database. A seat is counted by a conditional update (`taken = taken + 1 where taken < quota`)
with a CHECK behind it, and a unique constraint lets nobody hold two seats in one period. A seat that comes free is
offered in the same transaction (`actions/pools.settle`), and an offered seat counts as taken: no seat is free while
somebody waits who may use it, so nobody is overtaken. Whoever changes more than one row of a batch locks the batch
first, the smaller id first.

Owns: periods, batches, allocations, seats, tickets, preparations, pledges, and who has completed what (told from above,
for prerequisites). Asks of others: people (who somebody is) and courses (which edition a batch is pinned to).

The waiting room stands before `actions.take_seat`, at the doors in `pages/` and `api.py`.
"""
