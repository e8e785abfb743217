"""Integrity: how often honest people are suspected, how often a copied paper is overlooked."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import t as student

from bench.measure.study import Asked, Row
from pintar.sciences.psychometrics.integrity.dossiers import Evidence, Kind, Verdict, open_dossier
from pintar.sciences.psychometrics.integrity.options import OptionCurves, fit_options
from pintar.sciences.psychometrics.integrity.similarity import Cohort, Levels, SimilarPair, compare, find_similar
from pintar.sciences.psychometrics.integrity.times import fit_times, paired_times
from pintar.sciences.psychometrics.irt.abilities import measure
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import ResponseTable

ITEMS, OPTIONS, PEOPLE, UNIT = 40, 4, 10_000, 20


def bank(chance: np.random.Generator, items: int = ITEMS) -> OptionCurves:
    """Items with b ~ N(0, 1), and four options whose wrong ones are unequally liked."""
    parameters = ItemParameters.of(np.resize([0.7, 1.0, 1.3, 1.6, 1.9], items), chance.normal(size=items))
    intercepts = chance.normal(0, 0.5, (items, OPTIONS))
    intercepts[:, 0] = -np.inf
    return OptionCurves(parameters, np.zeros(items, np.int64), intercepts, chance.normal(0, 0.3, (items, OPTIONS)))


def answers(chance: np.random.Generator, curves: OptionCurves, theta: np.ndarray) -> np.ndarray:
    cumulated = np.cumsum(curves(theta), axis=2)[:, :, :-1]
    return (chance.random(cumulated.shape[:2])[:, :, None] > cumulated).sum(axis=2).astype(np.int16)


def as_seen(choices: np.ndarray, true: OptionCurves, units: np.ndarray | None) -> tuple[Cohort, OptionCurves]:
    """What the platform knows: measures and shares of options come from the answers, item parameters from before."""
    marks = ResponseTable.of((choices == 0).astype(np.int16), true.items.names)
    theta = measure(marks, true.items, "wle").theta
    curves = fit_options(choices, true.right, true.items, theta)
    return Cohort(choices, theta, true.right, units), curves


def honest(asked: Asked) -> Iterator[Row]:
    runs = asked.runs(brief=1, short=4, long=1000)
    people = PEOPLE if asked.form != "brief" else 2000
    cohorts = small = 0
    for chance in asked.chances(3, runs):
        true = bank(chance)
        cohort, curves = as_seen(answers(chance, true, chance.normal(size=people)), true, np.arange(people) // UNIT)
        result = find_similar(cohort, curves, keep=1e-6)
        cohorts += bool(result.flagged)
        small += sum(pair.p < 1e-6 for pair in result.pairs)
    allowed = 4 * runs // 1000
    goal = "≤ 4 of 1,000" if runs == 1000 else f"{allowed} (≤ 4 of 1,000)"
    what = f"honest cohorts of {people:,} × {ITEMS} with a flag, of {runs:,}"
    yield Row(what, str(cohorts), goal, cohorts <= allowed)
    ratio = small / (runs * people * (people - 1) / 2 * 1e-6)
    yield Row("honest pairs with p < 1e-6, × nominal", f"{ratio:.3f}", "≤ 1.5", ratio <= 1.5)


def planted(asked: Asked) -> Iterator[Row]:
    """In each bank a fifth of the people copied from another fifth; levels are those of 10,000 people."""
    levels = Levels(0.001, PEOPLE * (PEOPLE - 1) // 2, PEOPLE // UNIT * UNIT * (UNIT - 1) // 2)
    pairs, banks = asked.runs(brief=20, short=100, long=300), asked.runs(brief=5, short=20, long=20)
    for share, level, where, goal in (
        (1.0, levels.every, "whole paper, any pair", 0.75),
        (0.75, levels.near, "three quarters, within a unit", 0.35),
    ):
        found = []
        for chance in asked.chances(4, banks):
            true = bank(chance)
            choices = answers(chance, true, chance.normal(size=5 * pairs))
            for pair in range(pairs):
                copied = chance.permutation(ITEMS)[: round(share * ITEMS)]
                choices[2 * pair + 1, copied] = choices[2 * pair, copied]
            cohort, curves = as_seen(choices, true, None)
            p = [compare(cohort, curves, 2 * pair, 2 * pair + 1).p for pair in range(pairs)]
            found.append(np.mean(np.array(p) <= level))
        mean = float(np.mean(found))
        what = f"copied: {where}, p ≤ {level:.1e}: found by answers alone, mean of {banks} banks (of {pairs})"
        yield Row(what, f"{mean:.1%}", f"≥ {goal:.0%}", mean >= goal)


# Two kinds of evidence

REGION, LONG_PAPER, COPIED = 500, 60, 0.6
FEW_ANSWERS, FEW_TIMES = 1e-3, 1e-4
"""A pair above both has a joint p above 1e-6, which is over every level here: it needs no dossier."""


def region(asked: Asked) -> Iterator[Row]:
    """500 people in units of 20 sit 60 items: nobody copies; one in each unit copies 60% of a neighbour's answers.

    The copier is of middling ability, the neighbour of any. A copied item takes the copier about as long as the
    neighbour (between them ln seconds has an SD of .2); all other times are each one's own.
    """
    units = np.arange(REGION) // UNIT
    runs = asked.runs(brief=1, short=20, long=1000)
    alone = together = 0
    for chance in asked.chances(6, runs):
        true, choices, seconds = _sat(chance)
        cohort, curves = as_seen(choices, true, units)
        result, times = find_similar(cohort, curves, keep=FEW_ANSWERS), _standardised(seconds)
        alone += bool(result.flagged)
        known = {(pair.a, pair.b) for pair in result.pairs}
        others = [compare(cohort, curves, a, b) for a, b in _alike_in_times(times) if (a, b) not in known]
        dossiers = (
            open_dossier(pair, cohort, curves, result.levels, [_as_long(times, pair)])
            for pair in (*result.pairs, *others)
        )
        together += any(dossier.verdict == Verdict.FLAG for dossier in dossiers)
    allowed = 4 * runs // 1000
    goal = "≤ 4 of 1,000" if runs == 1000 else f"{allowed} (≤ 4 of 1,000)"
    what = f"honest cohorts of {REGION} × {LONG_PAPER} with a flag, of {runs:,}"
    yield Row(f"{what}: by answers alone", str(alone), goal, alone <= allowed)
    yield Row(f"{what}: by answers and times", str(together), goal, together <= allowed)
    yield from _copied_in_part(asked, units)


def _copied_in_part(asked: Asked, units: np.ndarray) -> Iterator[Row]:
    runs, of_units = asked.runs(brief=2, short=10, long=40), REGION // UNIT
    alone, together, level = 0, 0, 0.0
    for chance in asked.chances(7, runs):
        true, choices, seconds = _sat(chance, range(0, REGION, UNIT))
        cohort, curves = as_seen(choices, true, units)
        levels, times = Levels(0.001, REGION * (REGION - 1) // 2, cohort.near_pairs()), _standardised(seconds)
        level = levels.near
        for source in range(0, REGION, UNIT):
            pair = compare(cohort, curves, source, source + 1)
            alone += pair.p <= level
            dossier = open_dossier(pair, cohort, curves, levels, [_as_long(times, pair)])
            together += dossier.verdict == Verdict.FLAG
    pairs = runs * of_units
    what = f"copied: {COPIED:.0%} of {LONG_PAPER} items, within a unit, p ≤ {level:.1e}: of {pairs} pairs"
    yield Row(f"{what} found by answers alone", f"{alone / pairs:.1%}", "–", None)
    yield Row(f"{what} flagged by answers and times", f"{together / pairs:.1%}", "≥ 80%", together >= 0.8 * pairs)


def _sat(chance: np.random.Generator, sources: Sequence[int] = ()) -> tuple[OptionCurves, np.ndarray, np.ndarray]:
    """The curves, what each person chose (n, k), and the seconds it took (n, k); who follows a source copied."""
    true, theta = bank(chance, LONG_PAPER), chance.normal(size=REGION)
    theta[[source + 1 for source in sources]] = chance.uniform(-0.5, 0.5, len(sources))
    choices = answers(chance, true, theta)
    speed, intensity = chance.normal(0, 0.3, (REGION, 1)), chance.normal(3.8, 0.4, LONG_PAPER)
    logs = intensity - speed + chance.normal(0, 0.5, choices.shape)
    for source in sources:
        copied = chance.permutation(LONG_PAPER)[: round(COPIED * LONG_PAPER)]
        choices[source + 1, copied] = choices[source, copied]
        logs[source + 1, copied] = logs[source, copied] + chance.normal(0, 0.2, len(copied))
    return true, choices, np.exp(logs)


def _standardised(seconds: np.ndarray) -> np.ndarray:
    person, item = (grid.ravel() for grid in np.indices(seconds.shape))
    model = fit_times(person, item, seconds.ravel(), *seconds.shape)
    return model.standardised(person, item, seconds.ravel()).reshape(seconds.shape)


def _alike_in_times(times: np.ndarray) -> list[tuple[int, int]]:
    """Pairs whose times go together with p ≤ `FEW_TIMES`, by all correlations at once."""
    free = times.shape[1] - 2
    least = student.isf(FEW_TIMES, free)
    first, second = np.nonzero(np.triu(np.corrcoef(times) >= least / np.sqrt(free + least**2), 1))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def _as_long(times: np.ndarray, pair: SimilarPair) -> Evidence:
    return Evidence(Kind.TIMES, *paired_times(times[pair.a], times[pair.b]))


STUDIES = {"honest": honest, "planted": planted, "region": region}
