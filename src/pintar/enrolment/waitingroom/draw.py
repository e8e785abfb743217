"""The draw of a batch, for anyone to check: who came before the opening stands in the order of SHA-256("seed:ticket").

The hash of the seed is public from the moment the batch is; the seed itself from the opening on. It comes from the
secret key and the batch's key, so no process has to keep it, and nobody can choose it when it is known who came.
"""

from dataclasses import dataclass
from datetime import datetime

from pintar.enrolment import queries
from pintar.enrolment.queries import BatchFacts
from pintar.enrolment.waitingroom import rules, store, tickets
from pintar.enrolment.waitingroom.store import Unreachable


@dataclass(frozen=True, slots=True)
class Draw:
    """`seed` is "" before the opening. `order`: the public tickets, first to be called first; empty before the opening,
    and where nobody came early or the queue is closed."""

    batch: BatchFacts
    commitment: str
    seed: str
    order: tuple[str, ...]


def of(key: str, now: datetime) -> Draw:
    """Raises Refusal 404."""
    batch = queries.batch(key)
    seed = tickets.seed_of(batch.key)
    if now < batch.opens_at:
        return Draw(batch, rules.commitment(seed), "", ())
    try:
        early = store.of_this_house().early(batch.key)
    except Unreachable:
        early = []
    return Draw(batch, rules.commitment(seed), seed, tuple(rules.shuffled(seed, early)))
