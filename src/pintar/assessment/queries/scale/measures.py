"""People on a training's scale: each sitting's measure with its error, and what was gained since the pre-test. Writes
nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from pintar.assessment import models
from pintar.assessment.queries.scale.snapshots import VersionOf, coded
from pintar.sciences.psychometrics.irt.abilities import Abilities, measure
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import ResponseTable
from pintar.sciences.psychometrics.scale.persons import LARGEST_SE_SHOWN, person_gains

FEWEST_ITEMS = 5
"""On the scale, before a sitting is measured."""


@dataclass(frozen=True, eq=False)
class _Sat:
    """Closed sittings as a table of the items that count and are on the scale; row i is sitting i."""

    rows: tuple[models.Sitting, ...]
    table: ResponseTable
    indicators: dict[str, set[str]]


def measures(
    sittings: Sequence[models.Sitting],
    before: dict[UUID, models.Sitting],
    items: ItemParameters,
    shown: VersionOf,
    indicator_of: dict[int, str],
    cut: float | None = None,
) -> dict[int, dict[str, Any]]:
    """`models.Sitting.measure` by the sitting's id, without the version of the scale; a sitting with too few items on
    it, or without an answer, is left out. `before` are the first pre-tests by context. `cut` is the training's, for
    sittings whose batch has none of its own."""
    sat = _sat(sittings, items, shown, indicator_of)
    if not len(sat.table):
        return {}
    found: dict[int, dict[str, Any]] = {}
    for row, theta, se, extreme in _measured(measure(sat.table, items)):
        own = sat.rows[row]
        told = {"theta": theta, "se": se, "extreme": extreme, "cut": own.cut["theta"] if own.cut else cut}
        found[own.pk] = {**told, "indicators": []}
    for indicator, names in sorted(sat.indicators.items()):
        part = _only(sat.table, names)
        for row, theta, se, extreme in _measured(measure(part, items)):
            if se <= LARGEST_SE_SHOWN and not extreme and (line := found.get(sat.rows[row].pk)):
                line["indicators"].append([indicator, theta, se])
    _add_gains(found, sat, before, items, shown, indicator_of)
    return found


def _add_gains(
    found: dict[int, dict[str, Any]],
    sat: _Sat,
    before: dict[UUID, models.Sitting],
    items: ItemParameters,
    shown: VersionOf,
    indicator_of: dict[int, str],
) -> None:
    """Only a first post-test is compared with the first pre-test; whatever passed later is scored only."""
    after = [row for row in sat.rows if row.kind == "posttest" and row.number == 1 and row.context in before]
    earlier = _sat([before[row.context] for row in after], items, shown, indicator_of)
    both = {row.context: row for row in earlier.rows}
    after = [row for row in after if row.context in both]
    if not after:
        return
    first = _sat([both[row.context] for row in after], items, shown, indicator_of)
    second = _sat(after, items, shown, indicator_of)
    gains, starts = person_gains(first.table, second.table, items), measure(first.table, items)
    of_row = {row: (theta, se) for row, theta, se, _ in _measured(starts)}
    for row, gain, se in zip(gains.rows.tolist(), gains.gain.tolist(), gains.se.tolist(), strict=True):
        if line := found.get(after[row].pk):
            line |= {"before": list(of_row[row]), "gain": gain, "gain_se": se}


def _sat(
    sittings: Sequence[models.Sitting], items: ItemParameters, shown: VersionOf, indicator_of: dict[int, str]
) -> _Sat:
    known = set(items.names)
    place = {name: at for at, name in enumerate(items.names)}
    rows, columns, codes, starts = [], list[int](), list[int](), [0]
    for row in sittings:
        cells = [
            (place[str(version)], code)
            for version, code, _ in coded(row.items, row.score or {}, row.edition, shown, with_pilots=False)
            if str(version) in known
        ]
        if len(cells) >= FEWEST_ITEMS:
            rows.append(row)
            columns += [at for at, _ in cells]
            codes += [code for _, code in cells]
            starts.append(len(columns))
    table = ResponseTable.from_cells(items.names, starts, columns, codes, maxima=items.maxima)
    indicators: dict[str, set[str]] = {}
    for at in set(columns):
        indicators.setdefault(indicator_of[int(items.names[at])], set()).add(items.names[at])
    return _Sat(tuple(rows), table, indicators)


def _only(table: ResponseTable, names: set[str]) -> ResponseTable:
    """The same rows with the cells of some items."""
    chosen = np.array([name in names for name in table.items])
    kept = chosen[table.columns]
    starts = np.concatenate([[0], np.cumsum(kept)])[table.starts]
    return ResponseTable.from_cells(table.items, starts, table.columns[kept], table.codes[kept], maxima=table.maxima)


def _measured(found: Abilities) -> list[tuple[int, float, float, bool]]:
    """(row, theta, se, extreme)."""
    return list(zip(found.rows.tolist(), found.theta.tolist(), found.se.tolist(), found.extreme.tolist(), strict=True))
