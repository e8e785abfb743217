"""The answers that a calibration sees, as one table: people's first pre-tests and first post-tests."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from pintar.assessment import models, rules
from pintar.assessment.rules.scale import FEWEST_ANSWERS
from pintar.sciences.psychometrics.responses import NOT_REACHED, OMITTED, ResponseTable

BLANK: tuple[Any, ...] = (None, "", [], {})

type VersionOf = dict[tuple[UUID, str], int]
"""The version of the bank that an edition shows under a key."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """`table` names items by the ids of their versions. Of each row: its `sittings` id, its `groups` ("pretest" or
    "posttest" with an edition), and who sat (`persons`; whoever was erased is somebody of their own)."""

    table: ResponseTable
    sittings: tuple[int, ...]
    groups: tuple[str, ...]
    persons: tuple[int, ...]

    @property
    def digest(self) -> str:
        """Of everything that an estimate depends on."""
        found = hashlib.sha256()
        for text in (*self.table.items, *self.groups):
            found.update(text.encode() + b"\0")
        arrays = (self.table.starts, self.table.columns, self.table.codes, self.table.maxima)
        for array in (*arrays, np.array(self.persons, np.int64)):
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()

    def only(self, rows: NDArray[np.bool_]) -> "Snapshot":
        """Some of the rows, without the items that nobody of them met."""
        return self.take(np.flatnonzero(rows))

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> "Snapshot":
        """Rows by their numbers, in the order given, without the items that nobody of them met."""
        chosen = np.asarray(rows, np.int64)
        lengths = np.diff(self.table.starts)[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        cells = np.arange(starts[-1]) + np.repeat(self.table.starts[chosen] - starts[:-1], lengths)
        met = np.unique(self.table.columns[cells])
        place = np.zeros(len(self.table.items), np.int32)
        place[met] = np.arange(len(met))
        return Snapshot(
            ResponseTable.from_cells(
                tuple(self.table.items[i] for i in met),
                starts,
                place[self.table.columns[cells]],
                self.table.codes[cells],
                maxima=self.table.maxima[met],
            ),
            tuple(self.sittings[i] for i in chosen),
            tuple(self.groups[i] for i in chosen),
            tuple(self.persons[i] for i in chosen),
        )

    def without(self, cells: NDArray[np.bool_]) -> "Snapshot":
        """Without some of the cells, and the rows that have no others."""
        table, kept = self.table, ~cells
        lengths = np.diff(np.concatenate([[0], np.cumsum(kept)])[table.starts])
        narrowed = ResponseTable.from_cells(
            table.items,
            np.concatenate([[0], np.cumsum(lengths)]),
            table.columns[kept],
            table.codes[kept],
            maxima=table.maxima,
        )
        return Snapshot(narrowed, self.sittings, self.groups, self.persons).only(lengths > 0)


def snapshot(course_id: int) -> Snapshot:
    """All that was closed so far; three queries. Left aside are sittings with answers that came too late, items that
    fewer than `FEWEST_ANSWERS` met, and groups with fewer sittings than that."""
    shown = _versions(course_id)
    closed = models.Sitting.objects.filter(
        edition__in={edition for edition, _ in shown},
        kind__in=rules.FIRST_KINDS,
        number=1,
        closed_at__isnull=False,
    ).exclude(form="")
    return _dense_enough(_table(closed.filter(held=None), shown))


def snapshot_of(course_id: int, sittings: Collection[int]) -> Snapshot:
    """What these sittings hold, to repeat a calibration that saw them."""
    return _dense_enough(_table(models.Sitting.objects.filter(pk__in=sittings), _versions(course_id)))


def _versions(course_id: int) -> VersionOf:
    rows = models.ItemKey.objects.filter(version__item__course_id=course_id)
    return {(edition, item): version for edition, item, version in rows.values_list("edition", "item", "version_id")}


def _table(closed: QuerySet[models.Sitting], shown: VersionOf) -> Snapshot:
    columns: list[int] = []
    codes: list[int] = []
    starts, sittings, groups, persons = [0], [], [], []
    place: dict[int, int] = {}
    maxima: list[int] = []
    facts = closed.order_by("id").values_list("id", "person_id", "edition", "kind", "items", "score")
    for sitting, person, edition, kind, items, score in facts.iterator(chunk_size=2000):
        answered = False
        for version, code, most in coded(items, score, edition, shown):
            at = place.setdefault(version, len(place))
            if at == len(maxima):
                maxima.append(most)
            maxima[at] = max(maxima[at], most)
            columns.append(at)
            codes.append(code)
            answered |= code >= 0
        if not answered:
            del columns[starts[-1] :], codes[starts[-1] :]
            continue
        starts.append(len(columns))
        sittings.append(sitting)
        groups.append(f"{kind} {edition}")
        persons.append(person if person is not None else -sitting)
    names = tuple(str(version) for version in place)
    table = ResponseTable.from_cells(names, starts, columns, codes, maxima=maxima)
    return Snapshot(table, tuple(sittings), tuple(groups), tuple(persons))


def coded(
    items: Sequence[str], score: Any, edition: UUID, shown: VersionOf, *, with_pilots: bool = True
) -> Iterable[tuple[int, int, int]]:
    """(version, code of the table, greatest mark) of each item of a sitting, in the order shown."""
    earned = [*score.get("items", ()), *(score.get("pilots", ()) if with_pilots else ())]
    marks = {item: (got, of, value) for item, got, of, value in earned}
    order = [item for item in items if item in marks]
    # Words that somebody typed are gone once the account is erased; their marks still say that there were some.
    answered = [marks[item][2] not in BLANK or marks[item][0] > 0 for item in order]
    reached = max((number for number, is_answered in enumerate(answered, start=1) if is_answered), default=0)
    for number, item in enumerate(order):
        if (edition, item) in shown:
            got, of, _ = marks[item]
            code = got if answered[number] else OMITTED if number < reached else NOT_REACHED
            yield shown[edition, item], code, of


def _dense_enough(found: Snapshot) -> Snapshot:
    """Groups first, then the items that are left with enough answers."""
    if not len(found.table):
        return found
    people = Counter(found.groups)
    found = found.only(np.array([people[group] >= FEWEST_ANSWERS for group in found.groups]))
    met = np.bincount(found.table.columns, minlength=len(found.table.items))
    return found.without(met[found.table.columns] < FEWEST_ANSWERS)
