"""Who was shown which item, and what they made of it.

Four things are kept apart, because they mean different things (TIMSS and PISA to 2012 treat them so):

===============  ======================================  =====================  =====================
state            meaning                                 items are calibrated   people are estimated
===============  ======================================  =====================  =====================
a mark 0, 1, …   answered                                the mark               the mark
omitted          shown, blank, a later one answered      0                      0
not reached      shown, blank, nothing later answered    absent                 0
not presented    on another form                         absent                 absent
===============  ======================================  =====================  =====================

A `ResponseTable` records all four. Estimators never see it: they take a `MarkTable`, in which every presented item
has a mark, made by `for_calibration()` or `for_people()`.

Both hold compressed rows: row i is `columns[starts[i]:starts[i + 1]]` with its codes, in the order shown. Memory grows
with the answers given, not with persons × items: 236,000 persons with 40 of 200 items take 57 MB.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

OMITTED = -1
NOT_REACHED = -2
NOT_PRESENTED = -3

GREATEST_MARK = 1000
"""A mark above this is taken for a mistake (a person's number in the wrong column)."""

FINGERPRINT_SEED = 20_261_124
"""All chance there is in an estimate: that of the words by which equal rows are found."""


@dataclass(frozen=True, eq=False, slots=True)
class ResponseTable:
    """What n persons made of k items.

    items: k distinct names. persons: n names, or None if rows are known by their number.
    starts: int64 (n + 1). columns: int32 (m,), the item of each cell, in the order shown within a row.
    codes: int16 (m,), a mark ≥ 0, `OMITTED` or `NOT_REACHED`. Cells that are not there were not presented.
    maxima: int16 (k,), the greatest mark that each item can give; 1 at least.
    """

    items: tuple[str, ...]
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    codes: NDArray[np.int16]
    maxima: NDArray[np.int16]
    persons: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls,
        codes: ArrayLike,
        items: Sequence[str] | None = None,
        persons: Sequence[str] | None = None,
        maxima: ArrayLike | None = None,
    ) -> "ResponseTable":
        """From an array (n, k) of codes; NaN in a float array and `NOT_PRESENTED` both mean not presented.

        Items are named "1", "2", … unless named; `maxima` are the greatest marks seen unless given.
        ValueError: not two-dimensional, not whole, below `NOT_PRESENTED`, above `GREATEST_MARK`, a name twice.
        """
        given = np.asarray(codes)
        if given.ndim != 2:
            raise ValueError(f"an array of persons × items is needed, not one of {given.ndim} dimensions")
        if given.dtype.kind == "f":
            whole = np.where(np.isnan(given), NOT_PRESENTED, given)
            if not np.array_equal(whole, np.rint(whole)):
                raise ValueError("marks are whole numbers")
            given = whole
        elif given.dtype.kind not in "iub":
            raise ValueError(f"marks are whole numbers, not {given.dtype}")
        if given.size and (given.min() < NOT_PRESENTED or given.max() > GREATEST_MARK):
            raise ValueError(f"a code lies between {NOT_PRESENTED} and {GREATEST_MARK}")
        rows, columns = np.nonzero(given != NOT_PRESENTED)
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(given)))]).astype(np.int64)
        return cls.from_cells(
            tuple(items) if items is not None else tuple(str(i + 1) for i in range(given.shape[1])),
            starts,
            columns,
            given[rows, columns],
            persons=persons,
            maxima=maxima,
        )

    @classmethod
    def of_sittings(
        cls, items: Sequence[str], sittings: Iterable[tuple[str, Sequence[tuple[str, int | None]]]]
    ) -> "ResponseTable":
        """From (person, [(item, mark or None for a blank), …] in the order shown).

        A blank before the last answer was omitted, one after it not reached. KeyError: an item that is not in `items`.
        """
        place = {name: i for i, name in enumerate(items)}
        persons: list[str] = []
        columns: list[int] = []
        codes: list[int] = []
        starts = [0]
        for person, shown in sittings:
            answered = max((i for i, (_, mark) in enumerate(shown) if mark is not None), default=-1)
            blank = (OMITTED, NOT_REACHED)
            columns += [place[item] for item, _ in shown]
            codes += [blank[i > answered] if mark is None else mark for i, (_, mark) in enumerate(shown)]
            persons.append(person)
            starts.append(len(columns))
        return cls.from_cells(tuple(items), starts, columns, codes, persons=persons)

    @classmethod
    def from_cells(
        cls,
        items: tuple[str, ...],
        starts: ArrayLike,
        columns: ArrayLike,
        codes: ArrayLike,
        *,
        persons: Sequence[str] | None = None,
        maxima: ArrayLike | None = None,
    ) -> "ResponseTable":
        """From compressed rows, checked. ValueError says what does not fit together."""
        starts, columns, codes = (
            np.asarray(starts, np.int64),
            np.asarray(columns, np.int32),
            np.asarray(codes, np.int16),
        )
        if len(set(items)) != len(items):
            raise ValueError("an item has its name twice")
        if persons is not None and len(persons) != len(starts) - 1:
            raise ValueError(f"{len(persons)} names for {len(starts) - 1} rows")
        if len(starts) < 1 or starts[0] != 0 or starts[-1] != len(columns) or np.any(np.diff(starts) < 0):
            raise ValueError("the rows do not cover the cells")
        if len(columns) != len(codes) or (len(columns) and (columns.min() < 0 or columns.max() >= len(items))):
            raise ValueError("a cell lies outside the table")
        greatest = np.ones(len(items), np.int16)
        np.maximum.at(greatest, columns, codes)
        if maxima is not None:
            given = np.asarray(maxima, np.int16)
            if given.shape != greatest.shape or np.any(given < greatest):
                raise ValueError("a mark lies above its item's greatest")
            greatest = given
        return cls(items, starts, columns, codes, greatest, tuple(persons) if persons is not None else None)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def shape(self) -> tuple[int, int]:
        """(persons, items)."""
        return len(self), len(self.items)

    def for_calibration(self) -> "MarkTable":
        """Omitted is 0, not reached is absent; persons without an answer are left out."""
        return self._marked(self.codes != NOT_REACHED)

    def for_people(self) -> "MarkTable":
        """Omitted and not reached are 0; persons without an answer are left out."""
        return self._marked(np.ones(len(self.codes), bool))

    def _marked(self, kept: NDArray[np.bool_]) -> "MarkTable":
        lengths = np.diff(self.starts)
        if self.codes.min(initial=0) >= 0 and lengths.min(initial=1) > 0:
            rows = np.arange(len(self))
            return MarkTable(self.items, self.starts, self.columns, self.codes, self.maxima, np.ones(len(self)), rows)
        answered = np.diff(np.concatenate([[0], np.cumsum(self.codes >= 0)])[self.starts]) > 0
        rows = np.flatnonzero(answered)
        kept = kept & np.repeat(answered, lengths)
        lengths = np.diff(np.concatenate([[0], np.cumsum(kept)])[self.starts])[rows]
        return MarkTable(
            self.items,
            np.concatenate([[0], np.cumsum(lengths)]),
            self.columns[kept],
            np.maximum(self.codes[kept], 0),
            self.maxima,
            np.ones(len(rows)),
            rows,
        )

    def dense(self) -> NDArray[np.int16]:
        """Codes as an array (n, k), for small tables."""
        out = np.full(self.shape, NOT_PRESENTED, np.int16)
        out[np.repeat(np.arange(len(self)), np.diff(self.starts)), self.columns] = self.codes
        return out


@dataclass(frozen=True, eq=False)
class MarkTable:
    """Marks of n rows on k items, as estimators take them: what is there has a mark, what is not is absent.

    starts, columns as in `ResponseTable`. marks: int16 (m,), 0 … maxima. maxima: int16 (k,).
    weights: float64 (n,), how many persons a row stands for. rows: int64 (n,), the row of the response table that it
    came from (of the first such person, if it stands for several).
    """

    items: tuple[str, ...]
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    marks: NDArray[np.int16]
    maxima: NDArray[np.int16]
    weights: NDArray[np.float64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def shape(self) -> tuple[int, int]:
        return len(self), len(self.items)

    @property
    def persons(self) -> float:
        """The sum of the weights."""
        return float(self.weights.sum())

    @cached_property
    def row_of_cell(self) -> NDArray[np.int32]:
        """(m,), the row of each cell."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    @cached_property
    def complete(self) -> NDArray[np.int16] | None:
        """Marks as an array (n, k) if everyone met every item, in the order of the items; else None."""
        n, k = self.shape
        if len(self.marks) != n * k or not (self.columns.reshape(n, k) == np.arange(k, dtype=np.int32)).all():
            return None
        return self.marks.reshape(n, k)

    def dense(self, start: int = 0, stop: int | None = None, absent: int = -1) -> NDArray[np.int16]:
        """Marks of rows start … stop as an array (stop − start, k), `absent` where there is none."""
        stop = len(self) if stop is None else min(stop, len(self))
        start = min(start, stop)
        if self.complete is not None:
            return self.complete[start:stop].copy()
        out = np.full((stop - start, len(self.items)), absent, np.int16)
        cells = slice(self.starts[start], self.starts[stop])
        rows = np.repeat(np.arange(stop - start), np.diff(self.starts[start : stop + 1]))
        out[rows, self.columns[cells]] = self.marks[cells]
        return out

    def take_rows(self, rows: ArrayLike) -> "MarkTable":
        """Some rows (indices, or a mask), in the order given."""
        chosen = np.asarray(rows)
        chosen = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64)
        lengths = np.diff(self.starts)[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        cells = np.arange(starts[-1]) + np.repeat(self.starts[chosen] - starts[:-1], lengths)
        return MarkTable(
            self.items,
            starts,
            self.columns[cells],
            self.marks[cells],
            self.maxima,
            self.weights[chosen],
            self.rows[chosen],
        )

    def take_items(self, kept: ArrayLike) -> "MarkTable":
        """Some items (indices, or a mask), in the order given; rows without any of them are left out."""
        chosen = np.asarray(kept)
        chosen = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64)
        if np.array_equal(chosen, np.arange(len(self.items))) and np.diff(self.starts).min(initial=1) > 0:
            return self
        new = np.full(len(self.items), -1, np.int32)
        new[chosen] = np.arange(len(chosen))
        columns = new[self.columns]
        there = columns >= 0
        lengths = np.diff(np.concatenate([[0], np.cumsum(there)])[self.starts])
        rows = lengths > 0
        return MarkTable(
            tuple(self.items[i] for i in chosen),
            np.concatenate([[0], np.cumsum(lengths[rows])]).astype(np.int64),
            columns[there],
            self.marks[there],
            self.maxima[chosen],
            self.weights[rows],
            self.rows[rows],
        )

    def collapsed(self, labels: ArrayLike | None = None) -> tuple["MarkTable", NDArray[np.int64]]:
        """Equal rows as one with the sum of their weights, and for each row here the row there, (n,).

        Rows are equal if they hold the same marks on the same items, whatever the order shown, and the same label
        (a group, say) where labels (n,) are given. Rows come in the order of their first appearance.
        """
        prints = self._fingerprints(self.marks)
        if labels is not None:
            prints = prints * np.uint64(0x9E3779B97F4A7C15) + np.asarray(labels).astype(np.uint64)
        first, of = _first_of_equal(prints)
        if len(first) == len(self):
            return self, of
        weights = np.bincount(of, self.weights, len(first))
        kept = self.take_rows(first)
        return MarkTable(kept.items, kept.starts, kept.columns, kept.marks, kept.maxima, weights, kept.rows), of

    def booklets(self, most: int | None = None) -> list[tuple[NDArray[np.int32], NDArray[np.int64]]]:
        """Rows by the set of items presented: (its items in order, its rows), in the order of first appearance.

        most: if there are more booklets than this, the list is empty.
        """
        if self.complete is not None and len(self):
            return [(np.arange(len(self.items), dtype=np.int32), np.arange(len(self)))]
        first, of = _first_of_equal(self._fingerprints(np.zeros(len(self.marks), np.int16)))
        if most is not None and len(first) > most:
            return []
        order = np.argsort(of, kind="stable")
        rows = np.split(order, np.cumsum(np.bincount(of, minlength=len(first)))[:-1]) if len(first) else []
        return [
            (np.sort(self.columns[self.starts[f] : self.starts[f + 1]]), r) for f, r in zip(first, rows, strict=True)
        ]

    def totals(self) -> NDArray[np.int64]:
        """Sum of the marks of each row, (n,)."""
        if self.complete is not None:
            return self.complete.sum(axis=1, dtype=np.int64)
        return np.diff(np.concatenate([[0], np.cumsum(self.marks, dtype=np.int64)])[self.starts])

    def _fingerprints(self, marks: NDArray[np.int16]) -> NDArray[np.uint64]:
        """64 bits a row, whatever the order of its cells: two of a million different rows agree by chance with
        probability 3e-8."""
        chance = np.random.Generator(np.random.PCG64(FINGERPRINT_SEED))
        width = int(marks.max(initial=0)) + 1
        words = chance.integers(0, 2**64, (len(self.items), width), dtype=np.uint64)
        if self.complete is not None:
            cells = marks.reshape(self.shape) + np.arange(len(self.items)) * width
            return words.reshape(-1)[cells].sum(axis=1, dtype=np.uint64)  # modulo 2⁶⁴
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(words[self.columns, marks])])
        return sums[self.starts[1:]] - sums[self.starts[:-1]]


def _first_of_equal(prints: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each distinct value appears first, in order of appearance; and for each place which of them it is."""
    _, first, of = np.unique(prints, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[of]
