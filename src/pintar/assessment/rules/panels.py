"""A panel that sets a standard (modified Angoff): who may convene it, when a round ends, when its cut may be approved.

Each judge says of each item of the reference form which share of its marks a just competent person earns. After a round
they see what the others said and how people really fared, and judge again; the last round counts.
"""

from collections.abc import Collection, Mapping

from pintar.assessment.rules.bank import ASSESSOR
from pintar.foundation.refusals import Reason

OPEN, JUDGED, APPROVED, DROPPED = "open", "judged", "approved", "dropped"
STATES = (OPEN, JUDGED, APPROVED, DROPPED)
UNDECIDED = (OPEN, JUDGED)

FEWEST_JUDGES, MOST_JUDGES = 5, 30
FEWEST_ROUNDS, MOST_ROUNDS = 2, 3


def may_convene(roles: Collection[str], judges: int) -> Reason | None:
    """Why someone may not convene a panel of so many judges; None where they may."""
    if ASSESSOR not in roles:
        return Reason("assessment", "assessor_needed")
    if not FEWEST_JUDGES <= judges <= MOST_JUDGES:
        told = {"judges": judges, "least": FEWEST_JUDGES, "most": MOST_JUDGES}
        return Reason("assessment", "panel_of_wrong_size", told)
    return None


def may_close(state: str, handed_in: int, roles: Collection[str]) -> Reason | None:
    """Why a round in which so many judges handed in may not be closed; None where it may."""
    if ASSESSOR not in roles:
        return Reason("assessment", "assessor_needed")
    if state != OPEN:
        return Reason("assessment", "panel_decided")
    if handed_in < FEWEST_JUDGES:
        return Reason("assessment", "too_few_judgements", {"handed_in": handed_in, "least": FEWEST_JUDGES})
    return None


def may_approve(state: str, is_own: bool, roles: Collection[str]) -> Reason | None:
    """Why someone may not approve the cut of a panel; `is_own` says that they convened it."""
    if ASSESSOR not in roles:
        return Reason("assessment", "assessor_needed")
    if state != JUDGED:
        return Reason("assessment", "panel_decided")
    return Reason("assessment", "own_panel") if is_own else None


def may_drop(state: str, roles: Collection[str]) -> Reason | None:
    if ASSESSOR not in roles:
        return Reason("assessment", "assessor_needed")
    return None if state in UNDECIDED else Reason("assessment", "panel_decided")


def next_round(number: int, is_last: bool) -> int | None:
    """The round that follows; None where the panel is done: asked to be from the second on, and after the third."""
    return None if number >= MOST_ROUNDS or (is_last and number >= FEWEST_ROUNDS) else number + 1


def percents_of(sent: Mapping[str, str], versions: Collection[int]) -> dict[str, int]:
    """What a judge typed, by version: whole percentages from 0 to 100; others are left out."""
    found = {}
    for version in versions:
        text = sent.get(f"p{version}", "").strip().removesuffix("%").strip()
        if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100:
            found[str(version)] = int(text)
    return found
