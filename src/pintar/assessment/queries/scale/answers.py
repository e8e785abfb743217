"""What people made of a version of an item: classical figures, read off the sums, and what follows for its author."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from pintar.assessment import models
from pintar.assessment.rules.blueprint import FEWEST_ANSWERS

ITEM = "item"


@dataclass(frozen=True, slots=True)
class Answers:
    """`persons` met the item; the rest is empty before there are `FEWEST_ANSWERS` of them. `share` of marks reached and
    `blank` in percent. `decision` and `reasons` are those of `quality.advice`, `is_provisional` on few people.
    `options` are the bars of the figure, of items with one right option."""

    persons: int
    fewest: int = FEWEST_ANSWERS
    share: float = 0.0
    blank: float = 0.0
    item_rest: float | None = None
    decision: str = ""
    reasons: tuple[Any, ...] = ()
    is_provisional: bool = False
    options: tuple[Any, ...] = ()

    @property
    def are_enough(self) -> bool:
        return self.persons >= self.fewest


def answers(version: int, are_right: Sequence[bool]) -> Answers:
    """Of the version with this id, in one query. `are_right` says of each option, in its author's order, whether it is
    right; empty for items that have no one right option."""
    rows = list(models.ItemSums.objects.filter(version=version).order_by("id"))
    persons = sum(row.persons for row in rows)
    return described(rows, persons, are_right) if persons >= FEWEST_ANSWERS else Answers(persons)


def described(rows: Sequence[models.ItemSums], persons: int, are_right: Sequence[bool]) -> Answers:
    """From the sums of a version that so many people met."""
    from pintar.sciences.psychometrics import classical  # numpy, for the few who look at an item
    from pintar.sciences.psychometrics.quality import advice

    sums = classical.Sums(*_as_sums(rows))
    item = classical.describe(sums, (ITEM,)).items[0]
    bars = _bars(rows, are_right)
    found = advice.advise(
        advice.Evidence(
            facility=item.facility,
            item_rest=item.item_rest,
            presented=persons,
            left_out={0.0: "all_wrong", 1.0: "all_right"}.get(item.facility, ""),
            attracting=tuple(bar.option for bar in bars if bar.attracts_able),
            unchosen=_unchosen(bars, persons),
            blank=item.omitted + item.not_reached,
        )
    )
    return Answers(
        persons=persons,
        share=100 * item.facility,
        blank=100 * (item.omitted + item.not_reached),
        item_rest=item.item_rest,
        decision=str(found.decision),
        reasons=found.reasons,
        is_provisional=persons < advice.FEW_PEOPLE,
        options=bars,
    )


def _as_sums(rows: Sequence[models.ItemSums]) -> tuple[dict[tuple[str, ...], Any], dict[str, int]]:
    """Each row as a form of two: the item, and all the others together."""
    import numpy as np

    from pintar.sciences.psychometrics.classical import FormSums

    forms, greatest = {}, {ITEM: max(row.of for row in rows)}
    for row in rows:
        cells = [(int(mark), int(rest), n) for mark, by_rest in row.marks.items() for rest, n in by_rest.items()]
        by_total: dict[int, int] = {}
        marks: dict[int, Any] = {}
        for mark, rest, n in cells:
            by_total[mark + rest] = by_total.get(mark + rest, 0) + n
            marks[mark + rest] = marks.get(mark + rest, np.zeros(2, np.int64)) + np.array([mark, rest]) * n
        squares = np.array([[mark**2 * n, rest**2 * n] for mark, rest, n in cells], np.int64).sum(axis=0)
        others = f"others {row.pk}"
        forms[ITEM, others] = FormSums(
            by_total, marks, squares, np.array([row.omitted, 0]), np.array([row.not_reached, 0])
        )
        greatest[others] = max((rest for _, rest, _ in cells), default=1) or 1
    return forms, greatest


def _bars(rows: Sequence[models.ItemSums], are_right: Sequence[bool]) -> tuple[Any, ...]:
    """Options by their letters, in the author's order. The rest is taken in SDs of its form, so that forms compare."""
    import numpy as np

    from pintar.sciences.psychometrics.figures.items import option_bars

    if not are_right or not any(row.options for row in rows):
        return ()
    taken: list[str | None] = []
    rests, persons = [], []
    for row in rows:
        cells = [(name, int(rest), n) for name, by_rest in row.options.items() for rest, n in by_rest.items()]
        rest, n = np.array([cell[1] for cell in cells], float), np.array([cell[2] for cell in cells], float)
        away = rest - np.average(rest, weights=n)
        taken += [_letter(cell[0]) or None for cell in cells]
        rests.append(away / (np.sqrt(np.average(away**2, weights=n)) or 1.0))
        persons.append(n)
    letters = ascii_uppercase[: len(are_right)]
    key = letters[are_right.index(True)]
    return option_bars(taken, list(letters), key, np.concatenate(rests), np.concatenate(persons))


def _letter(option: str) -> str:
    """ "o2" → "B"; a blank is ""."""
    return ascii_uppercase[int(option[1:]) - 1] if option else ""


def _unchosen(bars: Sequence[Any], persons: int) -> tuple[str, ...]:
    """Wrong options that hardly anybody took of those who were wrong, where that many were."""
    from pintar.sciences.psychometrics.quality.advice import FEWEST_WRONG, UNCHOSEN

    wrong = persons * (1 - sum(bar.share for bar in bars if bar.is_key) / 100)
    if wrong < FEWEST_WRONG:
        return ()
    others = [bar for bar in bars if bar.option and not bar.is_key]
    return tuple(bar.option for bar in others if bar.share / 100 * persons < UNCHOSEN * wrong)
