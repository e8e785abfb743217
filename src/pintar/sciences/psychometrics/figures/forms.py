"""A whole form: people and items on one line, and how exactly it measures where."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pintar.sciences.psychometrics.figures.axes import Axis, Tick, around, path, reported
from pintar.sciences.psychometrics.irt.items import ItemParameters

STEP = 40.0
"""Width of a bar of people on the reported scale."""
COLUMN = 16.0
"""Width of a column of items."""
GROUND = 46.0
"""Height of the line between people and items, in percent."""


@dataclass(frozen=True, slots=True)
class Bar:
    """People between two values of the scale; `below` the cut. x, y, width, height: in percent."""

    low: float
    high: float
    persons: int
    items: int
    below: bool
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Dot:
    """An item of the map."""

    name: str
    difficulty: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PersonItemMap:
    """beyond: items too easy or too hard for the plot. cut, cut_x: on the scale and in percent, or None."""

    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    beyond: tuple[str, ...]
    ticks: tuple[Tick, ...]
    persons: int
    above: int
    cut: float | None
    cut_x: float | None


@dataclass(frozen=True, slots=True)
class InformationCurve:
    """One form. at_cut: information there; error: the standard error there, on the reported scale. y: of the dot."""

    name: str
    curve: str
    at_cut: float
    error: float
    y: float


@dataclass(frozen=True, slots=True)
class InformationRow:
    """For the table: at a value of the scale, each form's information, and the standard error of the first."""

    scale: float
    information: tuple[float, ...]
    error: float


@dataclass(frozen=True, slots=True)
class Information:
    """cut: where the forms are compared (the centre of the scale if there is no standard yet)."""

    curves: tuple[InformationCurve, ...]
    rows: tuple[InformationRow, ...]
    ticks: tuple[Tick, ...]
    heights: tuple[Tick, ...]
    cut: float
    cut_x: float


def person_item_map(theta: ArrayLike, items: ItemParameters, cut: float | None = None) -> PersonItemMap:
    """theta: (n,), measures. cut: θ_c in logits, or None. The plot goes from 200 to 800 at most; people beyond it stand
    at its ends."""
    people = np.clip(reported(theta), 200, 800)
    line = None if cut is None else float(reported(cut))
    b = reported(items.b)
    shown = np.isfinite(b) & (b >= 200) & (b <= 800)
    low, high = around(np.concatenate([people, b[shown]]), 6 * STEP, STEP)
    axis = Axis(low, high)
    edges = np.arange(low, high + STEP / 2, STEP)
    counts = np.histogram(people, edges)[0]
    of_items = np.histogram(b[shown], edges)[0]
    most = max(int(counts.max(initial=0)), 1)
    bars = []
    for i, persons in enumerate(counts.tolist()):
        left, right = float(edges[i]), float(edges[i + 1])
        height = (GROUND - 10) * persons / most
        below = line is not None and (left + right) / 2 < line
        x, width = axis.at(left), 100 * STEP / (high - low)
        bars.append(Bar(left, right, persons, int(of_items[i]), below, x + 0.15, GROUND - height, width - 0.3, height))
    rest = [items.names[i] for i in np.flatnonzero(~shown)]
    return PersonItemMap(
        tuple(bars),
        _stacked(items, b, shown, axis),
        tuple(rest),
        axis.ticks(5),
        len(people),
        0 if line is None else int((people >= line).sum()),
        line,
        None if line is None else axis.at(line),
    )


def _stacked(items: ItemParameters, b: np.ndarray, shown: np.ndarray, axis: Axis) -> tuple[Dot, ...]:
    """Dots in columns under the line, nearer together the higher the highest column."""
    rows = np.flatnonzero(shown)
    column = np.floor((b[rows] - axis.low) / COLUMN).astype(int)
    tallest = int(np.bincount(column - column.min()).max()) if len(rows) else 1
    gap = min(6.4, (98 - GROUND - 9) / max(tallest - 1, 1))
    height: dict[int, int] = {}
    dots = []
    for row, place in sorted(zip(rows.tolist(), column.tolist(), strict=True), key=lambda pair: b[pair[0]]):
        level = height[place] = height.get(place, -1) + 1
        x = axis.at(axis.low + COLUMN * (place + 0.5))
        dots.append(Dot(items.names[row], float(b[row]), min(x, 100.0), round(GROUND + 9 + gap * level, 2)))
    return tuple(dots)


def information(forms: Mapping[str, ItemParameters], cut: float = 0.0) -> Information:
    """Test information of one to six forms by name, from 200 to 800. cut: θ_c in logits."""
    if not 1 <= len(forms) <= 6:
        raise ValueError(f"one to six forms are drawn, not {len(forms)}")
    grid = np.linspace(-3, 3, 121)
    values = {name: items.information(grid).sum(axis=1) for name, items in forms.items()}
    top = max(float(v.max()) for v in values.values())
    axis = Axis(200, 800)
    rough = Axis(0, max(top, 0.5) * 1.02, upwards=True).ticks(4)
    step = abs(rough[1].value - rough[0].value)
    heights = Axis(0, step * np.ceil(max(top, 0.5) / step), upwards=True)
    curves = []
    for name, items in forms.items():
        at_cut = float(items.information([cut]).sum())
        y = 100 - 100 * values[name] / heights.high
        error = 100 / np.sqrt(at_cut) if at_cut > 0 else float("inf")
        curves.append(
            InformationCurve(name, path(np.linspace(0, 100, 121), y), at_cut, float(error), heights.at(at_cut))
        )
    rows = []
    for scale in range(200, 801, 50):
        theta = [(scale - 500) / 100]
        each = tuple(float(items.information(theta).sum()) for items in forms.values())
        rows.append(InformationRow(scale, each, 100 / np.sqrt(each[0]) if each[0] > 0 else float("inf")))
    line = float(reported(cut))
    return Information(tuple(curves), tuple(rows), axis.ticks(6), heights.ticks(4), line, axis.at(line))
