"""Which option each person chose, before a key turns it into marks.

A `ChoiceTable` holds compressed rows as a `ResponseTable` does, with the number of an option in place of a mark.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.responses import ResponseTable


@dataclass(frozen=True, eq=False, slots=True)
class ChoiceTable:
    """items: k. options: for each item its options in the order of their first appearance. starts: (n + 1).
    columns, choices: (m,), the item and the number of the option chosen, or `OMITTED`, `NOT_REACHED`.
    persons: n names, or None.
    """

    items: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    choices: NDArray[np.int16]
    persons: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1

    def marked(self, key: Mapping[str, str]) -> ResponseTable:
        """1 where the option is the key's, else 0; blanks stay what they are. KeyError: an item without a key."""
        right = np.array([_place(options, key[item]) for item, options in zip(self.items, self.options, strict=True)])
        codes = np.where(self.choices < 0, self.choices, (self.choices == right[self.columns]).astype(np.int16)).astype(
            np.int16
        )
        return ResponseTable.from_cells(self.items, self.starts, self.columns, codes, persons=self.persons)


def _place(options: tuple[str, ...], key: str) -> int:
    return options.index(key) if key in options else len(options)
