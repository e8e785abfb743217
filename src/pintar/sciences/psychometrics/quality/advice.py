"""What to do with an item: keep, mend, drop, and why. Reasons are codes with numbers; reports word them.

Limits are those of the books (Ebel & Frisbie 1991, Essentials of Educational Measurement, ch. 13: an item–rest
correlation under .2 is weak, under .1 or negative unusable) and of `quality.fit`. The advice is for an author who will
look at the item, not a rule that removes anything by itself.
"""

from dataclasses import dataclass
from enum import StrEnum

WEAK, USELESS = 0.20, 0.10
WEAK_SLOPE, USELESS_SLOPE = 0.45, 0.22
"""The slopes, in logits, that give these correlations among 40 items; they take their place on a short form, where the
others' sum is too uncertain for a good item to go with it."""
TOO_EASY, TOO_HARD = 0.95, 0.20
UNCHOSEN, FEWEST_WRONG = 0.05, 30
OFTEN_BLANK = 0.10
LONG_ENOUGH = 15
"""Items of a form. On shorter ones a person's measure follows each single answer: infit and outfit come out low for
good items."""
FEW_PEOPLE = 200
"""With fewer people every advice is provisional."""


class Decision(StrEnum):
    KEEP = "keep"
    MEND = "mend"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one item; None (or empty) where it is not.

    presented: people who met it. left_out: why it has no parameters. attracting: options other than the key that
    attract the able more than the weak. unchosen: options taken by fewer than 5% of those who were wrong, where at
    least 30 were. slope, se_slope: a. fit: infit and outfit, where flagged. misfit: S-X² flagged, with this RMSD.
    dependent: items with which it shares more than ability. blank: share of blanks. is_short: of the form, under
    `LONG_ENOUGH` items.
    """

    facility: float
    item_rest: float | None
    presented: int
    left_out: str = ""
    attracting: tuple[str, ...] = ()
    unchosen: tuple[str, ...] = ()
    slope: float | None = None
    se_slope: float | None = None
    fit: tuple[float, float] | None = None
    misfit: float | None = None
    dependent: tuple[str, ...] = ()
    blank: float = 0.0
    is_short: bool = False

    @property
    def relation(self) -> tuple[float | None, float, float]:
        """What it has to do with the other items, and the limits under which that is weak and useless."""
        return (self.slope, WEAK_SLOPE, USELESS_SLOPE) if self.is_by_slope else (self.item_rest, WEAK, USELESS)

    @property
    def is_by_slope(self) -> bool:
        return self.is_short and self.slope is not None

    @property
    def is_useless(self) -> bool:
        found, _, least = self.relation
        return found is not None and found < least


@dataclass(frozen=True, slots=True)
class Reason:
    """code: "all_right" · "all_wrong" · "all_same" · "few_answers" · "wrong_key" · "negative" · "useless" · "weak" ·
    "useless_slope" · "weak_slope" · "attracting" · "too_easy" · "too_hard" · "misfit" · "fit" · "dependent" ·
    "unchosen" · "blank". number, names: what it is about."""

    code: str
    number: float = 0.0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """reasons: the gravest first; none where the item is kept."""

    decision: Decision
    reasons: tuple[Reason, ...]


def advise(item: Evidence) -> Advice:
    """The gravest reason comes first and decides."""
    graves = _graves(item)
    mends = _mends(item)
    if any(reason.code != "wrong_key" for reason in graves):
        return Advice(Decision.DROP, (*graves, *mends))
    if graves or mends:
        return Advice(Decision.MEND, (*graves, *mends))
    return Advice(Decision.KEEP, ())


def _graves(item: Evidence) -> list[Reason]:
    if item.left_out in ("all_right", "all_wrong", "all_same"):
        return [Reason(item.left_out)]
    rest = item.item_rest
    # beyond what chance gives with so many people
    negative = rest is not None and rest + 1.96 / max(item.presented - 3, 1) ** 0.5 < 0
    if item.slope is not None and item.se_slope is not None:
        negative |= item.slope + 1.96 * item.se_slope < 0
    if not (negative or item.is_useless):
        return []
    if item.attracting:
        return [Reason("wrong_key", rest or 0.0, item.attracting)]
    if negative:
        return [Reason("negative", rest or 0.0)]
    return [Reason("useless_slope" if item.is_by_slope else "useless", item.relation[0] or 0.0)]


def _mends(item: Evidence) -> list[Reason]:
    found = []
    if item.left_out == "few_answers":
        found.append(Reason("few_answers"))
    relation, weak, useless = item.relation
    if relation is not None and useless <= relation < weak:
        found.append(Reason("weak_slope" if item.is_by_slope else "weak", relation))
    if item.attracting and not item.is_useless:
        found.append(Reason("attracting", names=item.attracting))
    if not item.left_out and item.facility > TOO_EASY:
        found.append(Reason("too_easy", item.facility))
    if not item.left_out and item.facility < TOO_HARD:
        found.append(Reason("too_hard", item.facility))
    if item.misfit is not None:
        found.append(Reason("misfit", item.misfit))
    if item.fit is not None:
        found.append(Reason("fit", item.fit[1]))
    if item.dependent:
        found.append(Reason("dependent", names=item.dependent))
    if item.unchosen:
        found.append(Reason("unchosen", names=item.unchosen))
    if item.blank > OFTEN_BLANK:
        found.append(Reason("blank", item.blank))
    return found
