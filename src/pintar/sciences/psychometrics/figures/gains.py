"""Before and after, one row an indicator (or a batch, a region), on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from pintar.sciences.psychometrics.figures.axes import Axis, Tick, around, reported

CONFIDENCE = 1.96
MARGIN = 8.0
"""On the reported scale, so that the outer numbers do not stand out."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is drawn in a row, in logits: the latent means before and after with their standard errors, and the gain
    with its own, which is not that of their difference (`scale.gain`)."""

    label: str
    before: float
    se_before: float
    after: float
    se_after: float
    gain: float
    se_gain: float


@dataclass(frozen=True, slots=True)
class GainRow:
    """On the reported scale; `reach` is 1.96 standard errors of the gain, and a gain is proven beyond it. low, x, high:
    in percent, of either occasion."""

    label: str
    before: float
    after: float
    gain: float
    reach: float
    is_proven: bool
    low_before: float
    x_before: float
    high_before: float
    low_after: float
    x_after: float
    high_after: float


@dataclass(frozen=True, slots=True)
class Gains:
    rows: tuple[GainRow, ...]
    ticks: tuple[Tick, ...]

    @property
    def proven(self) -> int:
        """How many rows rose beyond their error."""
        return sum(row.is_proven and row.gain > 0 for row in self.rows)


def gains(measured: Sequence[Measured]) -> Gains:
    """Rows in the order given. ValueError: none."""
    if not measured:
        raise ValueError("there is nothing to draw")
    ends = [
        float(reported(mean + sign * CONFIDENCE * se))
        for row in measured
        for mean, se in ((row.before, row.se_before), (row.after, row.se_after))
        for sign in (-1, 1)
    ]
    low, high = around(ends, 50, 25)
    axis = Axis(low - MARGIN, high + MARGIN)
    rows = []
    for row in measured:
        places = [
            axis.at(float(reported(mean + sign * CONFIDENCE * se)))
            for mean, se in ((row.before, row.se_before), (row.after, row.se_after))
            for sign in (-1, 0, 1)
        ]
        reach = CONFIDENCE * 100 * row.se_gain
        rows.append(
            GainRow(
                row.label,
                float(reported(row.before)),
                float(reported(row.after)),
                100 * row.gain,
                reach,
                abs(100 * row.gain) > reach,
                *places,
            )
        )
    return Gains(tuple(rows), axis.ticks(5))
