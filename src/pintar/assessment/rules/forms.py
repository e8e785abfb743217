"""The life of a set of parallel forms: asked for, assembled or found impossible, approved by another, or dropped."""

from collections.abc import Collection
from string import ascii_uppercase

from pintar.assessment.rules import bank
from pintar.foundation.refusals import Reason

ASKED, READY, IMPOSSIBLE, APPROVED, DROPPED = "asked", "ready", "impossible", "approved", "dropped"
STATES = (ASKED, READY, IMPOSSIBLE, APPROVED, DROPPED)

NAMES = tuple(ascii_uppercase)
"""Names of forms, as those of a folder are: A, B, C …"""


def may_ask(roles: Collection[str]) -> Reason | None:
    """Why someone may not have forms assembled; None where they may."""
    return None if bank.AUTHOR in roles else Reason("assessment", "author_needed")


def may_approve(state: str, is_own: bool, has: int, needed: int, roles: Collection[str]) -> Reason | None:
    """Why someone may not approve a set of `has` forms, of which the training's tests need `needed`; None if they may.

    `is_own` says that they asked for it themselves.
    """
    if not set(bank.ROLES) & set(roles):
        return Reason("assessment", "bank_role_needed")
    if state != READY:
        return Reason("assessment", "forms_decided", {"state": state})
    if is_own:
        return Reason("assessment", "own_forms")
    if has < needed:
        return Reason("assessment", "too_few_forms_for_tests", {"forms": has, "least": needed})
    return None


def may_drop(state: str, roles: Collection[str]) -> Reason | None:
    """Why someone may not drop a set; None where they may."""
    if not set(bank.ROLES) & set(roles):
        return Reason("assessment", "bank_role_needed")
    return None if state in (READY, IMPOSSIBLE) else Reason("assessment", "forms_decided", {"state": state})
