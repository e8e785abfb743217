"""One item: its curve beside what people did, and what they chose."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.figures.axes import CENTRE, UNIT, Axis, Tick, path, reported
from pintar.sciences.psychometrics.irt.items import ItemParameters

Array = NDArray[np.float64]

GROUPS = 9
FEWEST = 10
"""People in a group that is drawn."""
CONFIDENCE = 1.96
EXTREME = 0.27


@dataclass(frozen=True, slots=True)
class Seen:
    """What a group of like ability did: its middle on the scale, how many, share of marks seen and expected (percent).
    x, y, low, high: in percent of the plot, the range being that of 95%."""

    middle: float
    persons: int
    share: float
    expected: float
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ItemCurve:
    """The expected share of an item's marks over the scale. expected: (value of the scale, that share in percent), for
    the table where nobody's answers are drawn. difficulty, error: b and 1.96 of its standard error, on the reported
    scale; None where b lies outside the plot, or so uncertain that its range is wider than half of it.
    difficulty_x: in percent."""

    curve: str
    expected: tuple[tuple[float, float], ...]
    seen: tuple[Seen, ...]
    ticks: tuple[Tick, ...]
    heights: tuple[Tick, ...]
    difficulty: float | None
    error: float | None
    difficulty_x: float | None


@dataclass(frozen=True, slots=True)
class OptionBar:
    """An option: percent among the lowest and the highest 27% by the other marks, and among all; the mean of the other
    marks of those who took it, in SDs (None if nobody did); whether it is the key; whether it attracts the able (taken
    by more of the highest than of the lowest, beyond chance, without being the key). low_x, high_x: widths."""

    option: str
    lowest: float
    highest: float
    share: float
    mean_rest: float | None
    is_key: bool
    attracts_able: bool
    low_x: float
    high_x: float


def item_curve(items: ItemParameters, item: int, theta: ArrayLike, marks: ArrayLike) -> ItemCurve:
    """theta, marks: (n,), measures and marks of those who met the item. Groups are ninths of them, drawn from 10
    persons on; their range is Wilson's (1927) for the share of marks."""
    theta, marks = np.asarray(theta, float), np.asarray(marks, float)
    one = items.take([item])
    most = int(one.maxima[0])
    x_axis, y_axis = Axis(200, 800), Axis(0, 100, upwards=True)
    grid = np.linspace(-3, 3, 61)
    expected = one.expected(grid)[:, 0] / most
    curve = path(np.linspace(0, 100, 61), 100 - 100 * expected)
    ticks = x_axis.ticks(6)
    values = np.array([tick.value for tick in ticks])
    told = zip(values.tolist(), (100 * one.expected((values - CENTRE) / UNIT)[:, 0] / most).tolist(), strict=True)
    seen = []
    for rows in np.array_split(np.argsort(theta, kind="stable"), min(GROUPS, max(len(theta) // FEWEST, 1))):
        if len(rows) < FEWEST:
            continue
        middle = float(reported(theta[rows].mean()))
        share = float(marks[rows].mean()) / most
        low, high = _wilson(share, len(rows))
        seen.append(
            Seen(
                middle,
                len(rows),
                100 * share,
                100 * float(one.expected(theta[rows]).mean()) / most,
                min(max(x_axis.at(middle), 0.0), 100.0),
                y_axis.at(100 * share),
                y_axis.at(100 * low),
                y_axis.at(100 * high),
            )
        )
    b, error = float(reported(one.b[0])), None if one.se_b is None else CONFIDENCE * 100 * float(one.se_b[0])
    if not (x_axis.low <= b <= x_axis.high) or (error is not None and not error <= (x_axis.high - x_axis.low) / 4):
        return ItemCurve(curve, tuple(told), tuple(seen), ticks, y_axis.ticks(4), None, None, None)
    return ItemCurve(curve, tuple(told), tuple(seen), ticks, y_axis.ticks(4), b, error, x_axis.at(b))


def option_bars(
    taken: Sequence[str | None], options: Sequence[str], key: str, rest: ArrayLike, persons: ArrayLike = 1.0
) -> tuple[OptionBar, ...]:
    """taken: n, what each chose, None for a blank, which comes last as "". rest: (n,), the sum of their other marks.
    persons: (n,), how many each row stands for. The lowest and highest 27% are exact: people tied at the edge count in
    part (as in `classical`)."""
    rest = np.asarray(rest, float)
    persons = np.broadcast_to(np.asarray(persons, float), rest.shape)
    everyone = persons.sum()
    chosen = np.array([option or "" for option in taken], object)
    names = [*options, *([""] if (chosen == "").any() else [])]
    low, high = _extremes(rest, persons)
    away = rest - np.average(rest, weights=persons)
    spread = np.sqrt(np.average(away**2, weights=persons))
    z = away / (spread if spread > 0 else 1.0)
    shares = [(low[chosen == name].sum(), high[chosen == name].sum()) for name in names]
    widest = max(max(pair) for pair in shares) or 1.0
    bars = []
    for name, (lowest, highest) in zip(names, shares, strict=True):
        who = chosen == name
        middle = (lowest + highest) / 2
        error = np.sqrt(2 * middle * (1 - middle) / max(EXTREME * everyone, 1))
        bars.append(
            OptionBar(
                name,
                100 * float(lowest),
                100 * float(highest),
                100 * float(persons[who].sum() / everyone),
                float(np.average(z[who], weights=persons[who])) if who.any() else None,
                name == key,
                bool(name not in (key, "") and highest - lowest > CONFIDENCE * error),
                round(85 * lowest / widest, 2),
                round(85 * highest / widest, 2),
            )
        )
    return tuple(bars)


def _extremes(rest: Array, persons: Array) -> tuple[Array, Array]:
    """(n,), each row's part in the lowest and in the highest 27%; either adds up to 1."""
    wanted = EXTREME * persons.sum()
    _, place = np.unique(rest, return_inverse=True)
    counts = np.bincount(place, persons)

    def parts(counts: Array) -> Array:
        before = np.concatenate([[0], np.cumsum(counts)[:-1]])
        return np.clip(wanted - before, 0, counts) / counts / wanted

    return parts(counts)[place] * persons, parts(counts[::-1])[::-1][place] * persons


def _wilson(share: float, n: int) -> tuple[float, float]:
    z2 = CONFIDENCE**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = CONFIDENCE * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(float(middle - reach), 0.0), min(float(middle + reach), 1.0)
