"""An item as its author wrote it: frozen values, no behaviour.

All texts are Markdown source. Readers in `formats` make these values, `scoring` splits them into what a
learner may see and what is needed to mark. They lie beside both because the sciences are independent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

ITEM_TYPES = ("single", "multiple", "truefalse", "matching", "ordering", "short", "number", "cloze")
GAP_TYPES = ("choice", "short", "number")

# The longest answer a learner may type. Readers hold accepted wordings to the same limit, else nobody could
# give them.
LONGEST_WORDING = 500
LONGEST_NUMBER = 64

GAP_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,19}")
GAP_MARK = re.compile(r"\{\{ ?([A-Za-z][A-Za-z0-9_-]{0,19}) ?\}\}")
"""A gap in a cloze stem: `{{a}}`."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice; `feedback` is for those who took it."""

    text: str
    correct: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Options in the author's order. Of `single` and of a gap one is correct, of `multiple` several."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether the stem is true; `if_true` and `if_false` are feedback for those who said so."""

    answer: bool
    if_true: str = ""
    if_false: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands on the left, and what on the right belongs to it."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs, and extra texts for the right-hand column that belong to nothing.

    Two pairs may share one right-hand text; it is then offered once and belongs to both.
    """

    pairs: tuple[Pair, ...]
    distractors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordering:
    """Texts in the right order."""

    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShortText:
    """Wordings that count as right."""

    accept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """Right is every number x with |x − answer| ≤ tolerance."""

    answer: Decimal
    tolerance: Decimal = Decimal(0)
    unit: str | None = None


type Gap = Choice | ShortText | Number


@dataclass(frozen=True, slots=True)
class Cloze:
    """The gaps that the stem marks as `{{name}}`, by name, in the author's order."""

    gaps: Mapping[str, Gap]


type Body = Choice | Truth | Matching | Ordering | ShortText | Number | Cloze


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its key.

    `key` is unique in a training, `indicator` names the competence it shows (empty where a foreign format
    names none), `type` is one of `ITEM_TYPES` and agrees with the body, `feedback` explains the right answer
    after closing, `line` is where the item begins in the file it came from (from 1).
    """

    key: str
    indicator: str
    type: str
    stem: str
    feedback: str
    body: Body
    line: int
