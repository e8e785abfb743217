"""What a reader of items returns, and the limits that all readers share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pintar.sciences.items import Item

LARGEST_FILE = 1_000_000
"""In bytes of UTF-8."""

LONGEST_TEXT = 10_000
MOST_PARTS = 20
"""Options, pairs with distractors, places or gaps of one item."""

MOST_WORDINGS = 50

ITEM_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a file: `line` from 1, `code` stable, `detail` the values a sentence needs."""

    file: str
    line: int
    code: str
    detail: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """The items that could be read whole, and what is wrong with the file, both in the order of the lines."""

    items: tuple[Item, ...]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a file as it was found, for somebody to look at before it is taken in.

    `text` is its source, for where `item` is None: then nothing could be made of it. An item that is there may still be
    unsound; `mistakes` say all that is wrong with it or was left out. `line` is where it begins, from 1. `has_key` says
    that the file itself names the item's key; else it was made up while reading.
    """

    line: int
    text: str
    item: Item | None
    mistakes: tuple[Mistake, ...] = ()
    has_key: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """A file made of items, and the keys of those that its format cannot hold so that they come back the same."""

    text: str
    left_out: tuple[str, ...]


def is_too_large(text: str) -> bool:
    """Whether the text has more than `LARGEST_FILE` bytes; half characters are counted, not refused."""
    return len(text) > LARGEST_FILE or len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE


def has_bad_character(text: str) -> bool:
    """Whether the text holds what no database stores: NUL or half a character (a lone surrogate)."""
    return any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)
