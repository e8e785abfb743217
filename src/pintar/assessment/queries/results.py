"""What a sitting came to: the receipt, the marks, where to study again; as far as the test's rule lets it be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pintar.assessment import kept, keys, models, rules
from pintar.assessment.queries.facts import IndicatorResult, SittingFacts, facts_of
from pintar.assessment.queries.held import Late, late_of, with_late
from pintar.assessment.queries.measured import Band, Measured, measured
from pintar.assessment.rules.standards import PROVISIONAL
from pintar.courses import queries as courses
from pintar.foundation.prepared import Prepared
from pintar.foundation.refusals import not_found


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator in its words. `state` is "mastered", "uncertain", "failed", or "" where nothing is graded. `band` is
    there where enough items carry it; else the number right says all that can be said."""

    title: str
    result: IndicatorResult
    state: str
    band: Band | None


@dataclass(frozen=True, slots=True)
class ItemFeedback:
    """An item after closing, where feedback may be seen. `state` is "right", "partly" or "wrong"."""

    number: int
    stem: str
    got: int
    of: int
    state: str
    chosen: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The receipt and the result. Of the `items` shown, `pilots` were only tried and do not count. `percent` is for the
    eye; `needed` the marks that pass, None where nobody fails; `is_provisional` where no panel stands behind them.

    `next_at` is when the next sitting opens, None where there is none to wait for.
    """

    facts: SittingFacts
    title: str
    context_title: str
    return_to: str
    receipt: str
    answered: int
    items: int
    pilots: int
    used: timedelta
    form: str
    by_time: bool
    percent: int
    pass_mark: int | None
    is_provisional: bool
    needed: int | None
    sittings: int
    remedial: bool
    next_at: datetime | None
    indicators: tuple[IndicatorLine, ...]
    feedback: tuple[ItemFeedback, ...]
    late: Late | None
    measured: Measured | None

    @property
    def in_items(self) -> bool:
        """Whether every item that counts has one mark, so that marks may be called items."""
        return self.facts.of == self.items - self.pilots


_CLOSED_OR_NOT = Prepared(
    lambda sitting, person: with_late(models.Sitting.objects.filter(uid=sitting, person_id=person))[:1],
    sitting=UUID,
    person=int,
)


def result_page(sitting: UUID, person_id: int) -> ResultPage | None:
    """One's own sitting after it was closed, one query; None while it is open. Raises Refusal (404)."""
    row = _CLOSED_OR_NOT.first(sitting=sitting, person=person_id)
    if row is None:
        raise not_found("assessment", "unknown_sitting")
    return _page(row) if row.closed_at is not None else None


def result_document(sitting: UUID, person_id: int) -> dict[str, Any]:
    """The receipt and the marks as JSON values; one query. Raises Refusal (404)."""
    page = result_page(sitting, person_id)
    if page is None:
        return {"sitting": sitting, "closed_at": None}
    facts = page.facts
    return {
        "sitting": facts.uid,
        "test": facts.test,
        "kind": facts.kind,
        "number": facts.number,
        "receipt": page.receipt,
        "closed_at": facts.closed_at,
        "answered": page.answered,
        "items": page.items,
        "pilots": page.pilots,
        "got": facts.got,
        "of": facts.of,
        "percent": float(facts.percent or 0),
        "passed": facts.passed,
        "indicators": [
            {"key": i.key, "got": i.got, "of": i.of, "items": i.items, "failed": i.failed, "uncertain": i.uncertain}
            for i in facts.indicators
        ],
        "measure": page.measured
        and {
            "value": page.measured.band.value,
            "low": page.measured.band.low,
            "high": page.measured.band.high,
            "gain": page.measured.gain and {"points": page.measured.gain.points, "error": page.measured.gain.reach},
        },
        "late": page.late and {"state": page.late.state, "answers": page.late.answers, "reason": page.late.reason},
    }


def _page(row: models.Sitting) -> ResultPage:
    edition = courses.edition(row.edition)
    rule = edition.tests[row.test]
    facts, on_scale = facts_of(row), measured(row.measure)
    assert row.closed_at is not None and facts.percent is not None and row.of is not None
    return ResultPage(
        facts=facts,
        title=rule.title,
        context_title=row.context_title,
        return_to=row.return_to,
        receipt=row.receipt,
        answered=row.answered or 0,
        items=len(row.items),
        pilots=len(row.pilots),
        used=row.closed_at - row.opened_at,
        form=row.form,
        by_time=row.closed_by == rules.BY_TIME,
        percent=rules.shown_percent(facts.percent, facts.passed),
        pass_mark=facts.pass_mark,
        is_provisional=row.kind == "posttest" and (not row.cut or row.cut["method"] == PROVISIONAL),
        needed=_needed(row),
        sittings=rule.sittings,
        next_at=row.closed_at + timedelta(hours=rule.hours_between)
        if row.kind == "posttest" and not row.passed and row.number < rule.sittings
        else None,
        remedial=row.kind == "posttest" and row.number > rule.sittings > 0,
        indicators=tuple(
            _line(edition.indicators, each, row, on_scale) for each in _in_order(edition.indicators, facts)
        ),
        feedback=_feedback(row) if rules.feedback_rule(row.kind) == "items" else (),
        late=late_of(row),
        measured=on_scale,
    )


def _needed(row: models.Sitting) -> int | None:
    """The marks that pass on this form."""
    if row.cut:
        return row.cut["raw"]
    return rules.marks_needed(row.of or 0, row.pass_mark) if row.pass_mark is not None else None


def _in_order(titles: Mapping[str, str], facts: SittingFacts) -> list[IndicatorResult]:
    """As the training lists its indicators."""
    places = {key: place for place, key in enumerate(titles)}
    return sorted(facts.indicators, key=lambda each: places.get(each.key, len(places)))


def _line(
    titles: Mapping[str, str], each: IndicatorResult, row: models.Sitting, on_scale: Measured | None
) -> IndicatorLine:
    graded = row.pass_mark is not None
    state = "" if not graded else "uncertain" if each.uncertain else "failed" if each.failed else "mastered"
    band = on_scale.indicators.get(each.key) if on_scale else None
    return IndicatorLine(titles.get(each.key, each.key), each, state, band)


def _feedback(row: models.Sitting) -> tuple[ItemFeedback, ...]:
    questions, key_of = kept.bank(row.edition).questions, keys.of_edition(row.edition)
    lines = []
    for number, (item, got, of, value) in enumerate((row.score or {}).get("items", []), start=1):
        said = key_of[item].get("option_feedback", {})
        picked = value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else value]
        lines.append(
            ItemFeedback(
                number=number,
                stem=kept.without_gaps(questions[item]["stem"]),
                got=got,
                of=of,
                state="right" if got == of else "partly" if got else "wrong",
                chosen=tuple(said[id] for id in picked if isinstance(id, str) and said.get(id)),
                explanation=key_of[item].get("feedback", ""),
            )
        )
    return tuple(lines)
