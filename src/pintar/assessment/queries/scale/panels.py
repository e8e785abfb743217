"""A panel as whoever leads it sees it, and the items as a judge does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pintar.assessment import models
from pintar.assessment.queries.bank.previews import Preview, preview
from pintar.assessment.queries.scale.pages import CENTRE, CONFIDENCE, LOGIT
from pintar.assessment.rules import panels
from pintar.assessment.rules.bank import ASSESSOR
from pintar.courses import queries as courses
from pintar.foundation.refusals import not_found
from pintar.people import queries as people
from pintar.people.queries import Person
from pintar.sciences.formats import items_json


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A closed round on the reported scale, with 1.96 standard errors; `score` of `of` marks of the reference form."""

    number: int
    judges: int
    cut: float
    error: float
    low: float
    high: float
    score: float
    of: int


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """A judge in the present round: so many items judged, and whether that was handed in."""

    name: str
    judged: int
    has_handed_in: bool


@dataclass(frozen=True, slots=True)
class PanelView:
    """`handed_in` of the `judges` in round `round`. `may_close` and `may_finish` are for whoever leads it."""

    uid: UUID
    state: str
    round: int
    items: int
    form: str
    judges: tuple[JudgeLine, ...]
    rounds: tuple[RoundLine, ...]
    made_by: str
    made_at: datetime
    decided_by: str
    decided_at: datetime | None
    is_own: bool
    is_judge: bool

    @property
    def handed_in(self) -> int:
        return sum(judge.has_handed_in for judge in self.judges)

    @property
    def may_close(self) -> bool:
        return self.state == panels.OPEN and self.handed_in >= panels.FEWEST_JUDGES

    @property
    def goes_on(self) -> bool:
        return self.round < panels.MOST_ROUNDS

    @property
    def may_finish(self) -> bool:
        return self.round >= panels.FEWEST_ROUNDS


@dataclass(frozen=True, slots=True)
class PanelPage:
    """`shown` is the newest panel; `may_convene` where none is undecided."""

    slug: str
    title: str
    shown: PanelView | None
    may_convene: bool
    least: int = panels.FEWEST_JUDGES


@dataclass(frozen=True, slots=True)
class Said:
    """What the panel said of an item in the round before, in percent, and what people really earned of its marks (None
    where nobody met it)."""

    own: int | None
    mean: float
    low: int
    high: int
    seen: float | None


@dataclass(frozen=True, slots=True)
class ItemToJudge:
    """`field` is the name in the form; `typed` what stands there."""

    field: str
    key: str
    preview: Preview
    typed: str
    said: Said | None


@dataclass(frozen=True, slots=True)
class JudgePage:
    slug: str
    title: str
    panel: UUID
    round: int
    handed_at: datetime | None
    items: tuple[ItemToJudge, ...]


def panel_page(slug: str, reader: Person, now: datetime) -> PanelPage:
    """Seven queries at most, however many judges there are. Raises Refusal (404)."""
    of, edition = courses.course(slug), courses.latest_edition(slug)
    row = models.Panel.objects.filter(course_id=of.id).order_by("-id").first()
    may = ASSESSOR in people.roles_of(reader.uid, now)
    return PanelPage(
        slug=slug,
        title=edition.title,
        shown=_view(row, reader) if row else None,
        may_convene=may and (row is None or row.state not in panels.UNDECIDED),
    )


def judge_page(slug: str, reader: Person) -> JudgePage:
    """Six queries, however many items there are. Raises Refusal: 404 `unknown_panel` for who is no judge of it."""
    edition = courses.latest_edition(slug)
    row = models.Panel.objects.filter(course__slug=slug, state=panels.OPEN).first()
    judgings = list(models.Judging.objects.filter(panel=row, round__gte=row.round - 1)) if row else []
    own = {each.round: each for each in judgings if each.judge == reader.uid}
    if row is None or row.round not in own:
        raise not_found("assessment", "unknown_panel")
    versions = row.reference["versions"]
    found = {each.pk: each for each in models.ItemVersion.objects.filter(id__in=versions).select_related("item")}
    before = [each.percents for each in judgings if each.round < row.round and each.handed_at]
    seen = _seen(versions) if before else {}
    mine, earlier = own[row.round], own[row.round - 1].percents if row.round - 1 in own else {}
    return JudgePage(
        slug=slug,
        title=edition.title,
        panel=row.uid,
        round=row.round,
        handed_at=mine.handed_at,
        items=tuple(
            ItemToJudge(
                field=f"p{version}",
                key=found[version].item.key,
                preview=_preview(found[version], number),
                typed=str(mine.percents.get(str(version), "")),
                said=_said(str(version), earlier, before, seen.get(version)),
            )
            for number, version in enumerate(versions, start=1)
        ),
    )


def waits_for(judge: UUID) -> str:
    """The slug of a training whose panel waits for this judge; "" where none does. One query."""
    waiting = models.Judging.objects.filter(judge=judge, handed_at=None, panel__state=panels.OPEN)
    return waiting.order_by("-round").values_list("panel__course__slug", flat=True).first() or ""


def _view(row: models.Panel, reader: Person) -> PanelView:
    judgings = list(models.Judging.objects.filter(panel=row, round=row.round).order_by("id"))
    asked = [*(each.judge for each in judgings), row.made_by, *([row.decided_by] if row.decided_by else [])]
    names = {uid: person.name for uid, person in people.people_by_uid(asked).items()}
    return PanelView(
        uid=row.uid,
        state=row.state,
        round=row.round,
        items=len(row.reference["versions"]),
        form=row.reference["form"],
        judges=tuple(JudgeLine(names.get(e.judge, ""), len(e.percents), e.handed_at is not None) for e in judgings),
        rounds=tuple(_round(number, told) for number, told in enumerate(row.rounds, start=1)),
        made_by=names.get(row.made_by, ""),
        made_at=row.made_at,
        decided_by=names.get(row.decided_by, "") if row.decided_by else "",
        decided_at=row.decided_at,
        is_own=row.made_by == reader.uid,
        is_judge=reader.uid in {each.judge for each in judgings},
    )


def _round(number: int, told: Mapping[str, float]) -> RoundLine:
    return RoundLine(
        number=number,
        judges=int(told["judges"]),
        cut=CENTRE + LOGIT * told["theta"],
        error=CONFIDENCE * LOGIT * told["se"],
        low=CENTRE + LOGIT * told["low"],
        high=CENTRE + LOGIT * told["high"],
        score=told["score"],
        of=int(told["of"]),
    )


def _preview(version: models.ItemVersion, number: int) -> Preview:
    text = items_json.read(version.content, version.item.key, version.indicator)
    return preview(text, version.pictures, number, version.item.language)


def _said(version: str, own: Mapping[str, int], heard: Sequence[Mapping[str, int]], seen: float | None) -> Said | None:
    percents = [each[version] for each in heard if version in each]
    if not percents:
        return None
    return Said(own.get(version), sum(percents) / len(percents), min(percents), max(percents), seen)


def _seen(versions: Sequence[int]) -> dict[int, float]:
    """The share of marks that people earned, in percent."""
    earned: dict[int, int] = {}
    possible: dict[int, int] = {}
    for row in models.ItemSums.objects.filter(version__in=versions).only("version_id", "of", "persons", "marks"):
        got = sum(int(mark) * n for mark, by_rest in row.marks.items() for n in by_rest.values())
        earned[row.version_id] = earned.get(row.version_id, 0) + got
        possible[row.version_id] = possible.get(row.version_id, 0) + row.of * row.persons
    return {version: 100 * earned[version] / of for version, of in possible.items() if of}
