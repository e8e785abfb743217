"""The scale of a training as an assessor sees it: what stands, what waits for a decision, what is still missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pintar.assessment import models
from pintar.assessment.queries.scale.readiness import gathered, newest_standard, newest_version
from pintar.assessment.rules import scale
from pintar.assessment.rules.bank import ASSESSOR
from pintar.assessment.rules.scale import Readiness
from pintar.courses import queries as courses
from pintar.people import queries as people
from pintar.people.queries import Person

LOGIT = 100
CENTRE = 500
CONFIDENCE = 1.96
MOST_LINES = 25


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """A training: `version` of its scale, 0 for none; `state` of what was estimated last, "" for nothing."""

    slug: str
    title: str
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of an estimate, on the reported scale with 1.96 standard errors; `difficulty` is None where it lies
    beyond all measure. `drift` is how far it had moved."""

    key: str
    stem: str
    indicator: str
    fate: str
    difficulty: float | None
    error: float
    persons: int
    drift: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group of the people whose answers were taken, on the reported scale. The reference's mean has no error."""

    kind: str
    edition: int
    mean: float
    error: float
    spread: float
    persons: int


@dataclass(frozen=True, slots=True)
class GainView:
    """What the people of an edition gained from the first test to the second, in points with 1.96 standard errors:
    `persons` of `of` with the first took both."""

    edition: int
    points: float
    error: float
    persons: int
    of: int

    @property
    def is_proven(self) -> bool:
        return abs(self.points) > self.error

    @property
    def left(self) -> int:
        """In percent, those who did not take the second."""
        return round(100 * (1 - self.persons / self.of))


@dataclass(frozen=True, slots=True)
class LinkView:
    """How the new answers by themselves lie on the scale: a shift at its centre, with 1.96 standard errors."""

    shift: float
    error: float | None
    anchors: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was estimated. `lines` are the items to look at, of which there are `to_look_at`, or all of one page of
    `pages`; `failed_at` is the key of the item that stands in the way."""

    uid: UUID
    state: str
    base: int
    number: int | None
    asked_at: datetime
    finished_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    sittings: float
    new: int
    kept: int
    moved: int
    to_look_at: int
    groups: tuple[GroupLine, ...]
    gain: GainView | None
    link: LinkView | None
    left_out: tuple[tuple[str, str], ...]
    failure: str
    failed_at: str
    lines: tuple[ItemLine, ...]
    page: int
    pages: int
    digest: str
    code: str


@dataclass(frozen=True, slots=True)
class FormLine:
    """What passes on a form: `raw` of `of` marks; how often verdicts are right, and would be the same on another form,
    in per cent."""

    name: str
    raw: int
    of: int
    accuracy: float
    consistency: float


@dataclass(frozen=True, slots=True)
class StandardView:
    """The standard that counts for batches to come, on the reported scale; `error` is 1.96 standard errors, None
    without a panel. It expects `share` of the marks of form `form` of edition `edition`. `forms` are those of the
    newest edition, where all are on the scale."""

    number: int
    method: str
    cut: float
    error: float | None
    share: float
    form: str
    edition: int
    at: datetime
    by: str
    forms: tuple[FormLine, ...]


@dataclass(frozen=True, slots=True)
class ScalePage:
    """`version` of the scale, 0 for none, with so many `items` since `since`. `shown` is what was estimated last."""

    slug: str
    title: str
    version: int
    items: int
    since: datetime | None
    readiness: Readiness
    standard: StandardView | None
    shown: Estimate | None
    may_decide: bool


def scales() -> tuple[ScaleLine, ...]:
    """Every training by title; two queries, the documents of editions only if not kept."""
    state: dict[str, str] = {}
    version: dict[str, int] = {}
    rows = models.Calibration.objects.order_by("id").values_list("course__slug", "state", "number")
    for slug, state_of, number in rows:
        state[slug], version[slug] = state_of, max(version.get(slug, 0), number or 0)
    editions = courses.latest_editions()
    return tuple(ScaleLine(e.slug, e.title, version.get(e.slug, 0), state.get(e.slug, "")) for e in editions)


def scale_page(slug: str, reader: Person, now: datetime, page: int = 1) -> ScalePage:
    """Seventeen queries at most, however many items there are. Raises Refusal (404)."""
    of, edition = courses.course(slug), courses.latest_edition(slug)
    newest, found = newest_version(of.id), gathered(of.id)
    last = models.Calibration.objects.filter(course_id=of.id).defer("result", "sittings").order_by("-id").first()
    return ScalePage(
        slug=slug,
        title=edition.title,
        version=newest.number or 0 if newest else 0,
        items=len(found.known),
        since=newest.decided_at if newest else None,
        readiness=scale.readiness(found),
        standard=_standard(newest_standard(of.id), edition.uid),
        shown=_estimate(last, page) if last else None,
        may_decide=ASSESSOR in people.roles_of(reader.uid, now),
    )


def _estimate(row: models.Calibration, page: int) -> Estimate:
    fates: Counter[str] = Counter()
    to_look_at = []
    for pk, fate, flags in row.items.values_list("id", "fate", "flags"):
        fates[fate] += 1
        to_look_at += [pk] if flags or fate == scale.MOVED else []
    rows = row.items.select_related("version__item").defer("version__content", "version__pictures")
    wanted = rows.filter(id__in=to_look_at) if to_look_at else rows
    total = len(to_look_at) or sum(fates.values())
    pages = max(1, -(-total // MOST_LINES))
    page = min(max(page, 1), pages)
    lines = wanted.order_by("version__item__key", "id")[MOST_LINES * (page - 1) : MOST_LINES * page]
    keys = _keys([version for version, _ in row.found.get("left_out", ())], row.failed_at)
    names = people.people_by_uid([row.decided_by]) if row.decided_by else {}
    return Estimate(
        uid=row.uid,
        state=row.state,
        base=row.base,
        number=row.number,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        decided_by=names[row.decided_by].name if row.decided_by in names else "",
        decided_at=row.decided_at,
        sittings=row.found.get("persons", 0),
        new=fates[scale.NEW],
        kept=fates[scale.KEPT],
        moved=fates[scale.MOVED],
        to_look_at=len(to_look_at),
        groups=_groups(row.found.get("groups", ())),
        gain=_gain(row.found.get("gain")),
        link=_link(row.found.get("link")),
        left_out=tuple((keys.get(version, ""), why) for version, why in row.found.get("left_out", ())),
        failure=row.failure,
        failed_at=keys.get(int(row.failed_at), "") if row.failed_at.isdigit() else "",
        lines=tuple(_line(each) for each in lines),
        page=page,
        pages=pages,
        digest=row.digest[:12],
        code=row.code,
    )


def _standard(row: models.Standard | None, edition: UUID) -> StandardView | None:
    if row is None:
        return None
    kept = models.EditionCuts.objects.filter(edition=edition, standard=row).order_by("-scale").first()
    of = courses.editions([UUID(row.reference["edition"])])
    names = people.people_by_uid([row.by]) if row.by else {}
    return StandardView(
        number=row.number,
        method=row.method,
        cut=CENTRE + LOGIT * row.theta,
        error=None if row.se is None else CONFIDENCE * LOGIT * row.se,
        share=row.share,
        form=row.reference["form"],
        edition=next((each.number for each in of.values()), 0),
        at=row.at,
        by=names[row.by].name if row.by in names else "",
        forms=tuple(
            FormLine(name, cut["raw"], len(cut["percents"]) - 1, 100 * cut["accuracy"], 100 * cut["consistency"])
            for name, cut in sorted(kept.cuts.items() if kept else ())
        ),
    )


def _keys(versions: Sequence[int], failed_at: str) -> Mapping[int, str]:
    asked = [*versions, *([int(failed_at)] if failed_at.isdigit() else [])]
    return dict(models.ItemVersion.objects.filter(id__in=asked).values_list("id", "item__key")) if asked else {}


def _line(row: models.ScaleItem) -> ItemLine:
    item = row.version.item
    return ItemLine(
        key=item.key,
        stem=item.stem,
        indicator=row.version.indicator,
        fate=row.fate,
        difficulty=None if row.b is None or abs(row.b) > 6 else CENTRE + LOGIT * row.b,
        error=CONFIDENCE * LOGIT * (row.se_b or 0.0),
        persons=row.persons,
        drift=None if row.drift is None else LOGIT * row.drift,
        flags=tuple(row.flags),
    )


def _groups(found: Sequence[Sequence[object]]) -> tuple[GroupLine, ...]:
    uids = [UUID(str(group[1])) for group in found if len(group) > 5]
    numbers = {str(uid): edition.number for uid, edition in courses.editions(uids).items()}
    return tuple(
        GroupLine(
            str(kind),
            numbers.get(str(edition), 0),
            CENTRE + LOGIT * float(mean),  # type: ignore[arg-type]
            CONFIDENCE * LOGIT * float(se),  # type: ignore[arg-type]
            LOGIT * float(sd),  # type: ignore[arg-type]
            int(float(persons)),  # type: ignore[arg-type]
        )
        for kind, edition, mean, se, sd, persons in found
    )


def _gain(found: Mapping[str, Any] | None) -> GainView | None:
    if not found:
        return None
    of = courses.editions([UUID(found["edition"])])
    return GainView(
        edition=next((edition.number for edition in of.values()), 0),
        points=LOGIT * found["gain"],
        error=CONFIDENCE * LOGIT * found["se"],
        persons=found["persons"],
        of=found["of"],
    )


def _link(found: Mapping[str, float] | None) -> LinkView | None:
    if not found:
        return None
    error = None if found["se_b"] is None else CONFIDENCE * LOGIT * found["se_b"]
    return LinkView(LOGIT * found["b"], error, int(found["anchors"]))
