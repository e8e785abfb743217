"""The five sides of the segi lima, one for each fifth of the yearly duty."""

from dataclasses import dataclass

SIDES = ("M41 11.6 60.5 25.8", "M63.6 35.3 56.1 58.2", "M48 64.1H24", "M15.9 58.2 8.4 35.3", "M11.5 25.8 31 11.6")


@dataclass(frozen=True, slots=True)
class Ring:
    """Paths of the sides that are gained and of those still to gain."""

    gain: str
    track: str


def ring(sides: int) -> Ring:
    return Ring("".join(SIDES[:sides]), "".join(SIDES[sides:]))
