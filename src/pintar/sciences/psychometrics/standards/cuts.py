"""Each form's own raw cut, and the percentage that a person reads: IRT true-score equating (Kolen & Brennan 2014,
Test Equating, Scaling, and Linking, ch. 6.5)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.irt.sum_scores import ability_at_score, expected_score


@dataclass(frozen=True, slots=True)
class FormCut:
    """raw: the least whole marks that pass. expected: T(θ_c), before rounding. marks: all that the form gives."""

    raw: int
    expected: float
    marks: int


def raw_cut(form: ItemParameters, theta: float) -> FormCut:
    """The expected score at the cut, rounded to the nearest whole mark, half down: in the learner's favour."""
    expected = float(expected_score(form, [theta])[0])
    return FormCut(int(np.ceil(expected - 0.5 - 1e-9)), expected, int(form.maxima.sum()))


def equated(form: ItemParameters, reference: ItemParameters, scores: ArrayLike) -> NDArray[np.float64]:
    """T_ref(T⁻¹(x)) for raw scores x (n,) of a form, in marks of the reference form.

    Nothing is nothing and everything is everything. Below what guessing alone gives, scores go on a straight line
    (Kolen & Brennan, p. 197).
    """
    x = np.atleast_1d(np.asarray(scores, float))
    marks, reference_marks = int(form.maxima.sum()), int(reference.maxima.sum())
    if x.size and (x.min() < 0 or x.max() > marks):
        raise ValueError(f"a score lies between 0 and {marks}")
    out = expected_score(reference, ability_at_score(form, x))
    guessed, reference_guessed = form.guesses.sum(), reference.guesses.sum()
    low = x <= guessed
    out[low] = x[low] * (reference_guessed / guessed) if guessed > 0 else 0.0
    out[x == marks] = reference_marks
    return out


def percentages(form: ItemParameters, reference: ItemParameters, theta: float) -> NDArray[np.int64]:
    """The whole percentage shown for each raw score 0 … marks of a form, never below the pass mark for a pass nor at it
    for a fail; it never falls from one score to the next. The pass mark is T_ref(θ_c) in percent."""
    cut = raw_cut(form, theta)
    scores = np.arange(cut.marks + 1)
    percent = 100 * equated(form, reference, scores) / reference.maxima.sum()
    mark = pass_mark(reference, theta)
    shown = np.rint(percent).astype(np.int64)
    return np.where(scores >= cut.raw, np.maximum(shown, mark), np.minimum(shown, mark - 1))


def pass_mark(reference: ItemParameters, theta: float) -> int:
    """The cut as a whole percentage of the reference form."""
    return round(100 * float(expected_score(reference, [theta])[0]) / int(reference.maxima.sum()))
