"""Marks laid out for fast sums: blocks of rows of one group that share their items, or carry a mask.

Where many persons met the same items (a booklet), a block holds those items only. Where everyone met their own, it
holds all items and a mask. Within a group rows are sorted by their share of marks, so that the posteriors of a block
lie on a few neighbouring nodes.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pintar.sciences.psychometrics.responses import MarkTable

Array = NDArray[np.float64]

ROWS = 2048
"""Rows of a block: its posteriors on 61 nodes stay in the processor's second cache."""

SMALL = 4_000_000
"""Cells up to which the marks are kept as the sums need them; more are kept in an eighth of the space."""

PEOPLE_PER_BOOKLET = 200
FEW_BOOKLETS = 8


@dataclass(frozen=True, eq=False)
class Shape:
    """Which categories belong to which item: category f is mark `mark_of[f]` of item `item_of[f]`; 0 is not listed.

    maxima: (k,). C = Σ maxima categories, item by item.
    """

    maxima: NDArray[np.int64]

    @cached_property
    def item_of(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.maxima)), self.maxima)

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """(k,), the category of mark 1 of each item."""
        return np.concatenate([[0], np.cumsum(self.maxima)[:-1]]).astype(np.int64)

    @cached_property
    def mark_of(self) -> Array:
        return (np.arange(len(self.item_of)) - self.first[self.item_of] + 1).astype(float)

    @cached_property
    def is_dichotomous(self) -> bool:
        return bool((self.maxima == 1).all())

    def by_item(self, values: Array) -> Array:
        """Sums over the categories of each item, along the first axis: (C, …) → (k, …)."""
        return values if self.is_dichotomous else np.add.reduceat(values, self.first, axis=0)


@dataclass(frozen=True, eq=False)
class Block:
    """Up to `ROWS` rows of one group.

    items: (kb,), categories: (Cb,), indices into the shape. chosen: (n, Cb), 1 where the row earned that mark, else 0.
    presented: (n, kb), 1 or 0, or None where every row met every item of the block. Both are
    float64, or int8 in large tables. weights: (n,). rows: (n,).
    """

    items: NDArray[np.int64]
    categories: NDArray[np.int64]
    chosen: NDArray[Any]
    presented: NDArray[Any] | None
    weights: Array
    group: int
    rows: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Design:
    """A table laid out: blocks that cover its rows once, of the groups 0 … groups − 1."""

    shape: Shape
    blocks: tuple[Block, ...]
    groups: int
    rows: int
    shares: Array
    """(rows,), of the marks that each row could earn."""

    @property
    def is_masked(self) -> bool:
        return any(block.presented is not None for block in self.blocks)


def lay_out(marks: MarkTable, maxima: NDArray[np.int64], groups: NDArray[np.int64] | None = None) -> Design:
    """Blocks of a mark table. groups: (n,), 0 … G − 1, or None for one group."""
    shape = Shape(np.asarray(maxima, np.int64))
    of = np.zeros(len(marks), np.int64) if groups is None else groups
    count = int(of.max(initial=0)) + 1
    booklets = marks.booklets(most=max(FEW_BOOKLETS, len(marks) // PEOPLE_PER_BOOKLET))
    parts: list[tuple[NDArray[np.int64] | None, NDArray[np.int64], int]] = []
    if booklets:
        for met, rows in booklets:
            parts += [(met.astype(np.int64), rows[of[rows] == g], g) for g in range(count)]
    else:
        parts = [(None, np.flatnonzero(of == g), g) for g in range(count)]
    share = _shares(marks)
    blocks = []
    for items, rows, group in parts:
        ordered = rows[np.argsort(share[rows], kind="stable")]
        blocks += [
            _block(marks, shape, items, ordered[start : start + ROWS], group) for start in range(0, len(rows), ROWS)
        ]
    return Design(shape, tuple(blocks), count, len(marks), share)


def _shares(marks: MarkTable) -> Array:
    if (marks.maxima == 1).all():
        return marks.totals() / np.diff(marks.starts)
    greatest = np.concatenate([[0], np.cumsum(marks.maxima[marks.columns], dtype=np.int64)])[marks.starts]
    return marks.totals() / np.diff(greatest)


def _block(
    marks: MarkTable, shape: Shape, items: NDArray[np.int64] | None, rows: NDArray[np.int64], group: int
) -> Block:
    masked = items is None
    kind = np.float64 if len(marks) * len(shape.item_of) <= SMALL else np.int8
    items = np.arange(len(shape.maxima)) if items is None else items
    dense = marks.take_rows(rows).dense()[:, items] if marks.complete is None else marks.complete[rows]
    if shape.is_dichotomous:
        categories, chosen = items, (dense > 0).astype(kind)
    else:
        categories = np.flatnonzero(np.isin(shape.item_of, items))
        place = np.searchsorted(items, shape.item_of[categories])
        chosen = (dense[:, place] == shape.mark_of[categories]).astype(kind)
    presented = (dense >= 0).astype(kind) if masked else None
    return Block(items, categories, chosen, presented, marks.weights[rows], group, rows)
