"""Opening a sitting: which form or which items this person gets."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from pintar.assessment import kept, models, queries, rules
from pintar.assessment.actions.closing import close_overdue
from pintar.assessment.actions.scale.standards import fix_cuts
from pintar.assessment.events import SittingOpened
from pintar.assessment.rules.bank import PILOT
from pintar.courses import queries as courses
from pintar.courses.queries import TestRule
from pintar.foundation import ids, ledger
from pintar.foundation.refusals import Reason, Refusal
from pintar.people.queries import Person
from pintar.sciences.scoring import paper


def open_sitting(
    *,
    person: Person,
    edition: UUID,
    test: str,
    context: rules.Context,
    remedial: bool = False,
    by: UUID,
    now: datetime,
) -> UUID:
    """Open the next sitting of a test in a context, or give the open one again. Returns its uid.

    `test` is the entry's key ("tes-akhir", "kuis-<lesson>"); `remedial` says that the lessons of the failed indicators
    were studied again. Whether the person has a seat, and whether this is the turn of the test, is for the caller to
    see to. Raises Refusal: 404 no such test, 409 with why not (too_soon with `opens_at`, already_passed …), 410 past
    the context's end.
    """
    rule = queries.rule_of(courses.edition(edition), test)
    if now >= context.latest_end:
        raise Refusal(Reason("assessment", "ended"), status=410)
    try:
        with transaction.atomic():
            close_overdue(person.id, context.uid, test, now)
            facts = queries.sittings([context.uid]).get(context.uid, ())
            opening = queries.may_open(edition, test, facts, remedial, now)
            if opening.open:
                return next(each.uid for each in facts if each.test == test and each.closed_at is None)
            if not opening.allowed:
                raise Refusal(*opening.reasons)
            row = _create(person, edition, rule, context, opening.number, now)
            opened = SittingOpened(
                sitting=row.uid,
                context=context.uid,
                person=person.uid,
                edition=edition,
                test=test,
                number=opening.number,
            )
            ledger.record(opened, about=row.uid, by=by, now=now)
            return row.uid
    except IntegrityError:
        # Two taps at once: the other one opened it.
        return models.Sitting.objects.get(
            person_id=person.id, context=context.uid, test=test, closed_at__isnull=True
        ).uid


def _create(
    person: Person, edition: UUID, rule: TestRule, context: rules.Context, number: int, now: datetime
) -> models.Sitting:
    seed = secrets.token_bytes(32)
    form, items, pilots = _items(person.id, edition, rule, number, seed)
    extra = models.ExtraTime.objects.filter(person_id=person.id).values_list("percent", flat=True).first() or 0
    return models.Sitting.objects.create(
        person_id=person.id,
        context=context.uid,
        context_title=context.title[:300],
        return_to=context.return_to,
        latest_end=context.latest_end,
        edition=edition,
        test=rule.key,
        kind=rule.kind,
        number=number,
        form=form,
        items=items,
        pilots=pilots,
        seed=seed,
        minutes=rule.minutes if rule.kind != "quiz" else None,
        pass_mark=queries.limits_of(rule).pass_mark,
        cut=_cut(context.cohort, edition, form, now) if rule.kind == "posttest" and context.cohort else None,
        extra_percent=extra,
        lease=ids.key(16),
        opened_at=now,
        deadline=rules.deadline(now, rule.minutes if rule.kind != "quiz" else None, extra, context.latest_end),
    )


def _cut(cohort: UUID, edition: UUID, form: str, now: datetime) -> dict[str, Any] | None:
    """What passes on the form, as `models.Sitting.cut`."""
    fixed = fix_cuts(cohort=cohort, edition=edition, now=now)
    if fixed is None:
        return None
    of_form, standard = fixed.cuts[form], fixed.standard
    told = {"theta": standard.theta, "method": standard.method, "standard": standard.number}
    return {**{name: of_form[name] for name in ("raw", "mark", "percents")}, **told}


def _items(person_id: int, edition: UUID, rule: TestRule, number: int, seed: bytes) -> tuple[str, list[str], list[str]]:
    """The form's name ("" for a quiz), the items in the order shown, and those of them that are only tried."""
    bank = kept.bank(edition)
    earlier = models.Sitting.objects.filter(person_id=person_id).order_by("opened_at", "id")
    if rule.kind == "quiz":
        taken = list(earlier.filter(edition=edition, test=rule.key).values_list("items", flat=True))
        pool = [_seen(item, bank.indicators[item], taken) for item in bank.banks[rule.key]]
        return "", paper.draw(pool, rule.items, seed), []
    of_course = _of_course(edition, earlier.exclude(form="").values_list("edition", "items", "pilots"))
    used = rules.met_forms({form: bank.forms[form] for form in sorted(bank.forms)}, [items for items, _ in of_course])
    form = form_for(sorted(bank.forms), used, person_id, edition, rules.occasion(rule.kind, number))
    tried = {item for _, pilots in of_course for item in pilots}
    pilots = _pilots(edition, bank, tried, seed) if bank.pilots_each else []
    return form, paper.mix(bank.forms[form], pilots, seed), pilots


def _of_course(edition: UUID, taken: Iterable[tuple[UUID, list[str], list[str]]]) -> list[tuple[list[str], list[str]]]:
    """Items and pilots of the sittings in any edition of this training: keys name items within it."""
    rows = list(taken)
    slugs = {uid: found.slug for uid, found in courses.editions([edition, *(uid for uid, _, _ in rows)]).items()}
    return [(items, pilots) for uid, items, pilots in rows if slugs.get(uid) == slugs[edition]]


def _pilots(edition: UUID, bank: kept.Bank, tried: Collection[str], seed: bytes) -> list[str]:
    """Items to be tried that the person has not met; what was rested or used since the edition was made is left out."""
    still = models.ItemKey.objects.filter(
        edition=edition, item__in=bank.pilots, version__item__state=PILOT, version__number=F("version__item__number")
    ).values_list("item", flat=True)
    pool = [paper.Seen(item, bank.indicators[item]) for item in sorted(still) if item not in tried]
    return paper.draw(pool, bank.pilots_each, seed)


def _seen(item: str, indicator: str, taken: Sequence[Sequence[str]]) -> paper.Seen:
    orders = [order for order, items in enumerate(taken) if item in items]
    return paper.Seen(item, indicator, times=len(orders), last_order=orders[-1] if orders else None)


def form_for(forms: Sequence[str], used: Sequence[str], person_id: int, edition: UUID, occasion: int) -> str:
    """The form of this person's rotation for the occasion; where an earlier context used it up, the next unseen one,
    and where none is unseen, the one seen longest ago. `used` is oldest first.
    """
    seed = person_id + edition.int % 1_000_003
    turns = [paper.latin(forms, seed, turn) for turn in range(len(forms))]
    wanted = turns[occasion % len(turns)]
    if wanted not in used:
        return wanted
    unseen = [form for form in turns if form not in used]
    last_seen = {form: place for place, form in enumerate(used)}
    return unseen[0] if unseen else min(turns, key=lambda form: last_seen[form])
