"""What speaks against the items of a training that are in use, from all that is known. Writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

import numpy as np
from django.db.models import F

from pintar.assessment import models
from pintar.assessment.queries.scale.answers import described
from pintar.assessment.queries.scale.snapshots import Snapshot, snapshot
from pintar.assessment.rules import watch
from pintar.assessment.rules.scale import MOVED
from pintar.people import queries as people
from pintar.sciences.psychometrics.quality.advice import FEW_PEOPLE
from pintar.sciences.psychometrics.quality.dif import FEWEST, mantel_haenszel

BEYOND_CHANCE = 3.0
"""Standard errors of a drift."""

KEY_CODES = ("wrong_key", "negative")
WEAK_CODES = ("useless", "weak")


@dataclass(frozen=True, slots=True)
class Doubt:
    """`number` is a correlation, points of the scale, or ETS delta; `names` are options by their letters."""

    version: int
    code: str
    group: str
    persons: int
    number: float
    names: tuple[str, ...] = ()


def doubts(course_id: int) -> list[Doubt]:
    """Of the newest versions of items in use, in trial or ready for it."""
    versions = {
        version.pk: version
        for version in models.ItemVersion.objects.filter(
            item__course_id=course_id, item__state__in=watch.WATCHED, number=F("item__number")
        ).select_related("item")
    }
    found = [*_of_answers(versions), *_of_drift(course_id), *_of_fairness(snapshot(course_id))]
    return [doubt for doubt in found if doubt.version in versions]


def _of_answers(versions: dict[int, models.ItemVersion]) -> Iterator[Doubt]:
    rows: dict[int, list[models.ItemSums]] = {}
    for row in models.ItemSums.objects.filter(version__in=versions).order_by("id"):
        rows.setdefault(row.version_id, []).append(row)
    for version, sums in rows.items():
        persons = sum(row.persons for row in sums)
        if persons < FEW_PEOPLE:
            continue
        options = versions[version].content.get("options", ()) if versions[version].item.type == "single" else ()
        for why in described(sums, persons, [bool(option.get("correct")) for option in options]).reasons:
            if why.code in KEY_CODES:
                yield Doubt(version, watch.KEY, "", persons, why.number, why.names)
            elif why.code in WEAK_CODES:
                yield Doubt(version, watch.WEAK, "", persons, why.number)


def _of_drift(course_id: int) -> Iterator[Doubt]:
    """Items that the newest calibration let go of, where chance does not explain it: among hundreds some always stand
    out by two standard errors."""
    newest = models.Calibration.objects.filter(course_id=course_id).exclude(digest="").order_by("-id").first()
    if newest is None or not newest.base:
        return
    base = models.ScaleItem.objects.filter(calibration__course_id=course_id, calibration__number=newest.base)
    errors = dict(base.values_list("version_id", "se_b"))
    for line in models.ScaleItem.objects.filter(calibration=newest, fate=MOVED):
        error = hypot(line.se_b or 0.0, errors.get(line.version_id) or 0.0)
        if line.drift is not None and abs(line.drift) > BEYOND_CHANCE * error:
            code = watch.EASIER if line.drift < 0 else watch.DRIFTED
            yield Doubt(line.version_id, code, "", line.persons, 100 * line.drift)


def _of_fairness(seen: Snapshot) -> Iterator[Doubt]:
    """Class C of ETS, for each group of which enough people sat."""
    if not len(seen.table):
        return
    facts = people.people({person for person in seen.persons if person > 0})
    for group in watch.GROUPS:
        known = [watch.focal(group, facts[person]) if person in facts else None for person in seen.persons]
        of_group = seen.only(np.array([each is not None for each in known]))
        is_focal = [bool(each) for each in known if each is not None]
        if min(sum(is_focal), len(is_focal) - sum(is_focal)) >= FEWEST:
            yield from _unfair(of_group, is_focal, group)


def _unfair(seen: Snapshot, is_focal: Sequence[bool], group: str) -> Iterator[Doubt]:
    marks = seen.table.for_people()
    found = mantel_haenszel(marks, np.array(is_focal)[marks.rows])
    met: Any = np.bincount(marks.columns, minlength=len(marks.items))
    for at, class_ in enumerate(found.classes):
        if class_ == "C":
            yield Doubt(int(marks.items[at]), watch.UNFAIR, group, int(met[at]), float(found.effect[at]))
