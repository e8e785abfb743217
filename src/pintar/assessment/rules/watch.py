"""Doubts about items in use: what they are about, and what may be done. A machine finds them; people decide."""

from collections.abc import Collection
from typing import Any

from pintar.assessment.rules import bank
from pintar.foundation.refusals import Reason

WEAK, KEY, DRIFTED, EASIER, UNFAIR = "weak", "key", "drifted", "easier", "unfair"
CODES = (KEY, EASIER, UNFAIR, DRIFTED, WEAK)
"""The gravest first: a key that the able do not choose; easier than it was, as what has got about becomes; harder or
easier for one group than for its equals; harder than it was; telling hardly anybody apart."""

SEX, EMPLOYMENT, LANGUAGE = "sex", "employment", "language"
GROUPS = (SEX, EMPLOYMENT, LANGUAGE)
"""For whom an item may be unfair: women, who serve without being civil servants, who read in another language."""

WATCHED = (bank.IN_USE, bank.PILOT, bank.REVIEWED)


def focal(group: str, person: Any) -> bool | None:
    """Whether a person (gender, employment, language) is of the focal group; None where that is not known."""
    match group:
        case "sex":
            return person.gender == "P" if person.gender else None
        case "employment":
            return person.employment == "non-asn" if person.employment else None
        case _:
            return person.language != "id"


def may_keep(is_open: bool, roles: Collection[str]) -> Reason | None:
    """Why someone may not keep an item in spite of a doubt; None where they may."""
    if not set(bank.ROLES) & set(roles):
        return Reason("assessment", "bank_role_needed")
    return None if is_open else Reason("assessment", "doubt_settled")
