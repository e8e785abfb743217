"""The life of an item as a table: which step leads where, who may take it, and why not.

A draft is submitted; a second person approves it or returns it; then it may be tried out unscored (pilot), put into
forms (in use), rested, retired. A change of its text makes it a draft again, whatever it was: what was reviewed is one
version and no other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from pintar.foundation.refusals import Reason

DRAFT, SUBMITTED, REVIEWED = "draft", "submitted", "reviewed"
PILOT, IN_USE, RESTING, RETIRED = "pilot", "in_use", "resting", "retired"
STATES = (DRAFT, SUBMITTED, REVIEWED, PILOT, IN_USE, RESTING, RETIRED)

AUTHOR, ASSESSOR = "penulis", "penguji"
ROLES = (AUTHOR, ASSESSOR)
"""Who works in a bank: authors write, and both review, use, rest and retire."""

LANGUAGES = ("id", "en", "ar")

UNDONE_WITHIN = timedelta(hours=24)
"""How long what came from a file can be taken out again."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an item: from any of the states `after` to `to`, by someone of `roles`.

    `needs_reason` for a step that has to be explained; `by_another` for one that whoever wrote the version may not
    take.
    """

    code: str
    after: tuple[str, ...]
    to: str
    roles: tuple[str, ...] = ROLES
    needs_reason: bool = False
    by_another: bool = False


STEPS = {
    step.code: step
    for step in (
        Step("submit", (DRAFT,), SUBMITTED, (AUTHOR,)),
        Step("approve", (SUBMITTED,), REVIEWED, by_another=True),
        Step("return", (SUBMITTED,), DRAFT, needs_reason=True, by_another=True),
        Step("pilot", (REVIEWED,), PILOT),
        Step("use", (REVIEWED, PILOT, RESTING), IN_USE),
        Step("rest", (PILOT, IN_USE), RESTING, needs_reason=True),
        Step("retire", (DRAFT, SUBMITTED, REVIEWED, PILOT, IN_USE, RESTING), RETIRED, needs_reason=True),
    )
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands for someone: its state, and whether they wrote its newest version."""

    state: str
    is_own: bool


def may_write(state: str | None, roles: Collection[str]) -> Reason | None:
    """Why someone may not write a version; None where they may. `state` is None for an item that is not there yet."""
    if AUTHOR not in roles:
        return Reason("assessment", "author_needed")
    if state == RETIRED:
        return Reason("assessment", "item_retired")
    return None


def may_step(step: Step, standing: Standing, roles: Collection[str]) -> Reason | None:
    """Why someone may not take the step; None where they may."""
    if not set(step.roles) & set(roles):
        return Reason("assessment", "author_needed" if step.roles == (AUTHOR,) else "bank_role_needed")
    if standing.state not in step.after:
        return Reason("assessment", "wrong_state", {"state": standing.state, "step": step.code})
    if step.by_another and standing.is_own:
        return Reason("assessment", "own_item")
    return None


def steps_for(standing: Standing, roles: Collection[str]) -> tuple[Step, ...]:
    """The steps that this person may take now, in the order of the table."""
    return tuple(step for step in STEPS.values() if may_step(step, standing, roles) is None)
