"""Where a person stands, competence by competence: sums of marks, compared exactly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from pintar.sciences.scoring.marking import Marks

FEWEST_ITEMS = 5
"""Under this many items an indicator's share says little (product: "Belum pasti")."""


@dataclass(frozen=True, slots=True)
class Tally:
    """`got` of `of` marks in `items` items."""

    got: int
    of: int
    items: int


@dataclass(frozen=True, slots=True)
class FailedIndicator:
    """An indicator under the mark; `uncertain` if it rests on fewer than `FEWEST_ITEMS` items."""

    indicator: str
    tally: Tally
    uncertain: bool


def tally(marks: Iterable[tuple[str, Marks]]) -> dict[str, Tally]:
    """Marks summed by indicator, in the order in which the indicators first come."""
    tallies: dict[str, Tally] = {}
    for indicator, each in marks:
        so_far = tallies.get(indicator, Tally(0, 0, 0))
        tallies[indicator] = Tally(so_far.got + each.got, so_far.of + each.of, so_far.items + 1)
    return tallies


def percent(got: int, of: int) -> Decimal:
    """100 · got / of, rounded down at the sixth decimal; 0 where there was nothing to get.

    Rounding down keeps comparisons true: the result reaches a pass mark of up to six decimals if and only if
    the exact share does.
    """
    if of == 0:
        return Decimal(0)
    millionths = 100_000_000 * got // of
    return Decimal(millionths).scaleb(-6, Context(prec=60, rounding=ROUND_FLOOR))


def failed_indicators(tallies: Mapping[str, Tally], mark_percent: int | Decimal) -> list[FailedIndicator]:
    """The indicators whose share lies under `mark_percent` (0–100), in the order of the tallies."""
    needed = Fraction(mark_percent) / 100
    return [
        FailedIndicator(indicator, each, uncertain=each.items < FEWEST_ITEMS)
        for indicator, each in tallies.items()
        if _share(each) < needed
    ]


def weakest(tallies: Mapping[str, Tally]) -> str | None:
    """The indicator with the smallest share, the first of them at a tie; None where there is none."""
    return min(tallies, key=lambda indicator: _share(tallies[indicator]), default=None)


def _share(each: Tally) -> Fraction:
    return Fraction(each.got, each.of) if each.of else Fraction(0)
