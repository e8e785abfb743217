"""Sittings as facts for the rooms above, and whether the next one may begin."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pintar.assessment import models, rules
from pintar.courses import queries as courses
from pintar.courses.queries import Edition, TestRule
from pintar.foundation.prepared import Prepared
from pintar.foundation.refusals import not_found
from pintar.sciences.scoring import by_indicator

HEAVY = ("items", "seed", "lease", "context_title", "return_to", "measure")


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """`got` of `of` marks in `items` items; `failed` under the pass mark, `uncertain` on fewer than five items."""

    key: str
    got: int
    of: int
    items: int
    failed: bool
    uncertain: bool


@dataclass(frozen=True, slots=True)
class SittingFacts:
    """One sitting. Marks, `percent` and `passed` are None until it is closed; `passed` stays None where the test is
    never graded. `percent` is exact to six decimals, or equated to the reference form where a standard decides;
    `pass_mark` is then the standard's."""

    uid: UUID
    context: UUID
    edition: UUID
    test: str
    kind: str
    number: int
    opened_at: datetime
    deadline: datetime
    closed_at: datetime | None
    got: int | None
    of: int | None
    percent: Decimal | None
    passed: bool | None
    pass_mark: int | None
    indicators: tuple[IndicatorResult, ...]

    @property
    def weakest(self) -> str | None:
        """The indicator with the smallest share; None before closing."""
        tallies = {each.key: by_indicator.Tally(each.got, each.of, each.items) for each in self.indicators}
        return by_indicator.weakest(tallies)


def sittings(contexts: Iterable[UUID]) -> dict[UUID, tuple[SittingFacts, ...]]:
    """All sittings of each context, oldest first, in one query; a context without any is left out."""
    asked = list(contexts)
    if len(asked) == 1:
        # As a rule there is one training at a time, and its statement is written already.
        return {asked[0]: taken} if (taken := sittings_of(asked[0])) else {}
    rows = models.Sitting.objects.filter(context__in=asked).defer(*HEAVY).order_by("opened_at", "id")
    found: dict[UUID, list[SittingFacts]] = {}
    for row in rows:
        found.setdefault(row.context, []).append(facts_of(row))
    return {context: tuple(facts) for context, facts in found.items()}


_OF_CONTEXT = Prepared(
    lambda context: models.Sitting.objects.filter(context=context).defer(*HEAVY).order_by("opened_at", "id"),
    context=UUID,
)


def sittings_of(context: UUID) -> tuple[SittingFacts, ...]:
    """The sittings of one context, oldest first, in one query."""
    return tuple(facts_of(row) for row in _OF_CONTEXT(context=context))


def person_of(sitting: UUID) -> int | None:
    """Whose sitting it is; None for one that is not there."""
    return models.Sitting.objects.filter(uid=sitting).values_list("person_id", flat=True).first()


def facts_of(row: models.Sitting) -> SittingFacts:
    return SittingFacts(
        uid=row.uid,
        context=row.context,
        edition=row.edition,
        test=row.test,
        kind=row.kind,
        number=row.number,
        opened_at=row.opened_at,
        deadline=row.deadline,
        closed_at=row.closed_at,
        got=row.got,
        of=row.of,
        percent=_percent(row),
        passed=row.passed,
        pass_mark=row.cut["mark"] if row.cut else row.pass_mark,
        indicators=_indicators(row),
    )


def _percent(row: models.Sitting) -> Decimal | None:
    if row.got is None or row.of is None:
        return None
    return Decimal(row.cut["percents"][row.got]) if row.cut else by_indicator.percent(row.got, row.of)


def _indicators(row: models.Sitting) -> tuple[IndicatorResult, ...]:
    mark = row.pass_mark
    return tuple(
        IndicatorResult(
            key=key,
            got=got,
            of=of,
            items=items,
            failed=mark is not None and not rules.has_passed(got, of, mark),
            uncertain=items < rules.FEWEST_ITEMS,
        )
        for key, got, of, items in (row.score or {}).get("indicators", [])
    )


def rule_of(edition: Edition | UUID, test: str) -> TestRule:
    """How a test or quiz of an edition is taken. Raises Refusal (404)."""
    training = courses.edition(edition) if isinstance(edition, UUID) else edition
    rule = training.tests.get(test)
    if rule is None or rule.kind not in ("pretest", "posttest", "quiz"):
        raise not_found("assessment", "unknown_test")
    return rule


@dataclass(frozen=True, slots=True)
class Shape:
    """How many items a sitting of a test has that count, and how many more that are only tried."""

    items: int
    pilots: int = 0


def shape_of(edition: Edition, test: str) -> Shape:
    """No query. For a test that this room did not publish, what the training's own rule says."""
    published = edition.parts.get("assessment", {}).get("tests", {}).get(test, {})
    return Shape(published.get("items", edition.tests[test].items), published.get("pilots", 0))


def may_open(
    edition: Edition | UUID, test: str, facts: Iterable[SittingFacts], remedial: bool, now: datetime
) -> rules.Opening:
    """Whether a sitting of the test may begin or go on, given all sittings of its context. No query.

    `remedial` says that the lessons of the failed indicators were studied again. Raises Refusal (404) for no test.
    """
    taken = [
        rules.Taken(each.number, now > each.deadline + rules.GRACE, each.closed_at, each.passed)
        for each in facts
        if each.test == test
    ]
    return rules.may_open(limits_of(rule_of(edition, test)), taken, remedial=remedial, now=now)


def limits_of(rule: TestRule) -> rules.Limits:
    """A pre-test is taken once and never graded; a quiz as often as one likes, without a pause."""
    match rule.kind:
        case "pretest":
            return rules.Limits("pretest", 1, 0, None)
        case "quiz":
            return rules.Limits("quiz", 0, 0, rule.pass_mark)
        case _:
            return rules.Limits(rule.kind, rule.sittings, rule.hours_between, rule.pass_mark)
