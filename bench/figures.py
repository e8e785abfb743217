"""What a run found, as frozen values: percentiles, ratios, and the tables they are printed in. Pure."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing. `bare` is the bare page's figure of the same run, `ratio` measured / bare; None where there
    is nothing to compare. `goal` in words; `reached` None where nothing was promised."""

    row: str
    what: str
    value: float
    unit: str = ""
    bare: float | None = None
    ratio: float | None = None
    goal: str = ""
    reached: bool | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Spread:
    """Latencies in milliseconds."""

    p50: float
    p95: float
    p99: float
    most: float


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of the values do not exceed (nearest rank).

    Raises ValueError where there are none.
    """
    if not values:
        raise ValueError("no values")
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def spread(seconds: Sequence[float]) -> Spread:
    """Percentiles of latencies given in seconds; of none, all NaN."""
    if not seconds:
        return Spread(*[math.nan] * 4)
    return Spread(*(1000 * percentile(seconds, share) for share in (0.5, 0.95, 0.99, 1.0)))


def beside(row: str, what: str, pairs: Sequence[tuple[float, float]], unit: str, most: float | None = None) -> Figure:
    """A figure with the bare page's, from interleaved rounds given as (ours, bare).

    Each is the median of its rounds; the ratio is the median of the rounds' ratios, so that a round in which the
    machine was busy with other things counts once, on both sides. `most` is the highest ratio that is promised.
    """
    ours, bare = median(a for a, _ in pairs), median(b for _, b in pairs)
    ratios = [a / b for a, b in pairs if b > 0]
    ratio = median(ratios) if ratios else None
    goal = f"≤ {_number(most)} × bare" if most is not None else ""
    return Figure(row, what, ours, unit, bare, ratio, goal, None if most is None or ratio is None else ratio <= most)


def at_most(row: str, what: str, value: float, limit: float, unit: str = "") -> Figure:
    goal = f"≤ {_number(limit)} {unit}".strip() if limit else "0"
    return Figure(row, what, value, unit, goal=goal, reached=value <= limit)


def at_least(row: str, what: str, value: float, limit: float, unit: str = "") -> Figure:
    return Figure(row, what, value, unit, goal=f"≥ {_number(limit)} {unit}".strip(), reached=value >= limit)


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table, one line a figure."""
    lines = [
        "| row | what | figure | bare page | ratio | goal | |",
        "|---|---|--:|--:|--:|---|---|",
    ]
    for each in figures:
        cells = [
            each.row,
            each.what,
            f"{_number(each.value)} {each.unit}".strip(),
            "" if each.bare is None else _number(each.bare),
            "" if each.ratio is None else f"{each.ratio:.2f}",
            each.goal,
            {True: "reached", False: "**short**", None: ""}[each.reached],
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    """Three figures that count; whole numbers whole."""
    if value != value:
        return "–"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{2 if abs(value) < 10 else 1}f}"
