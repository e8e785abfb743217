"""Every model field says what personal data it is; a test fails on silence.

class Seat(models.Model):
    PRIVACY = privacy(
        person=Personal("whose seat it is", until="the account is erased; then the row is anonymous"),
        rest="uid batch period taken_at",
    )
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Personal:
    """Data about a person: why it is kept, and until when."""

    why: str
    until: str


@dataclass(frozen=True, slots=True)
class Impersonal:
    """Data about no person."""


type Declaration = Personal | Impersonal


def privacy(*, rest: str = "", **personal: Personal) -> Mapping[str, Declaration]:
    """The declaration of a model: personal fields by name, the others in one string of names."""
    return {**{name: Impersonal() for name in rest.split()}, **personal}
