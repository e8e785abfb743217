"""Everything that a report tells, computed once, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pintar.cli.measure.progress import Progress
from pintar.sciences.psychometrics.choices import ChoiceTable
from pintar.sciences.psychometrics.classical import Classical, ItemStatistics, count, describe
from pintar.sciences.psychometrics.figures.forms import Information, PersonItemMap, information, person_item_map
from pintar.sciences.psychometrics.figures.items import ItemCurve, OptionBar, item_curve, option_bars
from pintar.sciences.psychometrics.irt.abilities import Abilities, matched, measure
from pintar.sciences.psychometrics.irt.calibration import Calibration, CalibrationFailed, Model, calibrate
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.quality.advice import FEWEST_WRONG, LONG_ENOUGH, UNCHOSEN, Advice, Evidence, advise
from pintar.sciences.psychometrics.quality.fit import local_dependence, mean_squares, sum_score_fit
from pintar.sciences.psychometrics.responses import MarkTable, ResponseTable
from pintar.sciences.psychometrics.standards.panels import share_of_reference


@dataclass(frozen=True, eq=False)
class ItemReport:
    """One item. slope, difficulty and their errors (1.96 SE): None where it was not calibrated."""

    name: str
    statistics: ItemStatistics
    advice: Advice
    slope: float | None
    slope_error: float | None
    curve: ItemCurve | None
    options: tuple[OptionBar, ...]


@dataclass(frozen=True, eq=False)
class Report:
    """What was found. failure: why there is no model of ability (a code of `CalibrationFailed`), or ""."""

    persons: int
    classical: Classical
    items: tuple[ItemReport, ...]
    calibration: Calibration | None
    failure: str
    people: PersonItemMap | None
    information: Information | None
    cut: float | None
    passing: float | None


def analyse(
    table: ResponseTable,
    choices: ChoiceTable | None,
    key: Mapping[str, str],
    model: str | None,
    passing: float | None,
    progress: Progress,
) -> Report:
    """`key`: empty without choices. `passing`: percent of the commonest form's marks, or None."""
    classical = describe(count(table, choices), table.items)
    calibration, failure = _calibrated(table, model)
    fitted = _Fitted.of(table, calibration) if calibration else None
    chosen = _Chosen.of(table, choices, key) if choices else None
    reports = []
    for done, statistics in enumerate(classical.items):
        progress.at(done, len(classical.items))
        bars = chosen.bars(statistics.item) if chosen else ()
        reports.append(_item(statistics, bars, calibration, fitted))
    cut = people = curve = None
    if calibration and fitted:
        form = calibration.items.named(_commonest(fitted.marks))
        cut = share_of_reference(form, passing / 100) if passing else None
        people = person_item_map(fitted.abilities.theta, calibration.items, cut)
        curve = information({"": form}, cut if cut is not None else 0.0)
    return Report(classical.persons, classical, tuple(reports), calibration, failure, people, curve, cut, passing)


@dataclass(frozen=True, eq=False)
class _Fitted:
    """Statistics by item name. is_short: people met too few items for their measures to judge a single one."""

    marks: MarkTable
    abilities: Abilities
    is_short: bool
    fit: Mapping[str, tuple[float, float]]
    misfit: Mapping[str, float]
    dependent: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, table: ResponseTable, calibration: Calibration) -> "_Fitted":
        items = calibration.items
        marks, items = matched(table.for_people(), items)
        abilities = measure(marks, items, "wle")
        squares = mean_squares(marks, items, abilities.theta)
        is_short = len(marks.marks) < LONG_ENOUGH * len(marks)
        sums = sum_score_fit(marks, items, 0.0, calibration.sd or 1.0)
        pairs = local_dependence(marks, items, abilities.theta).flagged if len(items) > 2 else []
        partners: dict[str, list[str]] = {}
        for i, j in pairs:
            partners.setdefault(items.names[i], []).append(items.names[j])
            partners.setdefault(items.names[j], []).append(items.names[i])
        return cls(
            marks,
            abilities,
            is_short,
            {items.names[i]: (squares.infit[i], squares.outfit[i]) for i in np.flatnonzero(squares.flagged)}
            if not is_short
            else {},
            {items.names[i]: float(sums.rmsd[i]) for i in np.flatnonzero(sums.flagged)},
            {name: tuple(others) for name, others in partners.items()},
        )


def _calibrated(table: ResponseTable, model: str | None) -> tuple[Calibration | None, str]:
    chosen: Model = model or ("2pl" if table.maxima.max(initial=1) == 1 else "gpcm")  # type: ignore[assignment]
    try:
        return calibrate(table, chosen), ""
    except CalibrationFailed as failed:
        return None, failed.reason


def _item(
    statistics: ItemStatistics, bars: tuple[OptionBar, ...], calibration: Calibration | None, fitted: _Fitted | None
) -> ItemReport:
    name = statistics.item
    left_out = {each.item: each.reason for each in calibration.left_out} if calibration else {}
    slope = error = curve = None
    if calibration and fitted and name in calibration.items.names:
        at = calibration.items.names.index(name)
        slope = float(calibration.items.a[at])
        error = 1.96 * float(calibration.items.se_a[at]) if calibration.items.se_a is not None else None
        curve = _curve(calibration.items, at, fitted)
    evidence = Evidence(
        facility=statistics.facility,
        item_rest=statistics.item_rest,
        presented=statistics.presented,
        left_out=left_out.get(name, "") or _constant(statistics),
        attracting=tuple(bar.option for bar in bars if bar.attracts_able),
        unchosen=_unchosen(bars, statistics.presented),
        slope=slope,
        se_slope=None if error is None else error / 1.96,
        fit=fitted.fit.get(name) if fitted else None,
        misfit=fitted.misfit.get(name) if fitted else None,
        dependent=fitted.dependent.get(name, ()) if fitted else (),
        blank=statistics.omitted + statistics.not_reached,
        is_short=fitted.is_short if fitted else False,
    )
    return ItemReport(name, statistics, advise(evidence), slope, error, curve, bars)


def _unchosen(bars: tuple[OptionBar, ...], presented: int) -> tuple[str, ...]:
    wrong = [bar for bar in bars if bar.option and not bar.is_key]
    percent = sum(bar.share for bar in wrong)
    if percent * presented / 100 < FEWEST_WRONG:
        return ()
    return tuple(bar.option for bar in wrong if bar.share < UNCHOSEN * percent)


def _constant(statistics: ItemStatistics) -> str:
    return "all_right" if statistics.facility == 1 else "all_wrong" if statistics.facility == 0 else ""


def _curve(items: ItemParameters, at: int, fitted: _Fitted) -> ItemCurve:
    if fitted.is_short:
        return item_curve(items, at, [], [])
    column = fitted.marks.items.index(items.names[at])
    cells = np.flatnonzero(fitted.marks.columns == column)
    return item_curve(items, at, fitted.abilities.theta[fitted.marks.row_of_cell[cells]], fitted.marks.marks[cells])


@dataclass(frozen=True, eq=False)
class _Chosen:
    """The options chosen, with what stands beside each: the sum of the person's other marks."""

    choices: ChoiceTable
    key: Mapping[str, str]
    rest: np.ndarray

    @classmethod
    def of(cls, table: ResponseTable, choices: ChoiceTable, key: Mapping[str, str]) -> "_Chosen":
        marks = np.maximum(table.codes, 0).astype(np.int64)
        totals = np.diff(np.concatenate([[0], np.cumsum(marks)])[table.starts])
        return cls(choices, key, np.repeat(totals, np.diff(table.starts)) - marks)

    def bars(self, item: str) -> tuple[OptionBar, ...]:
        column = self.choices.items.index(item)
        cells = np.flatnonzero(self.choices.columns == column)
        names = self.choices.options[column]
        taken = [names[c] if c >= 0 else None for c in self.choices.choices[cells].tolist()]
        return option_bars(taken, sorted({*names, self.key[item]}), self.key[item], self.rest[cells])


def _commonest(marks: MarkTable) -> list[str]:
    """The items of the form that most people met."""
    form, _ = max(marks.booklets(), key=lambda booklet: len(booklet[1]))
    return [marks.items[i] for i in form]
