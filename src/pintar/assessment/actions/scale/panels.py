"""A panel sets the standard: convened, heard round by round, approved by someone else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from pintar.assessment import models
from pintar.assessment.events import PanelConvened, PanelDecided, RoundClosed
from pintar.assessment.queries.scale.readiness import newest_standard, newest_version
from pintar.assessment.rules import bank, panels
from pintar.assessment.rules.standards import ANGOFF
from pintar.courses import queries as courses
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import queries as people


def convene_panel(*, course: str, judges: Sequence[str], by: UUID, now: datetime) -> UUID:
    """Invite judges, by their numbers or addresses, to set a training's standard on the newest edition's first form.
    Returns the panel's uid; while one is undecided, it is that one.

    Raises Refusal: 404 `unknown_course`; 403 `assessor_needed`; 409 `no_scale_for_panel`; 422 `panel_of_wrong_size`,
    `unknown_judges` with those who are nobody, or hold no role in the banks.
    """
    of, roles = courses.course(course), people.roles_of(by, now)
    undecided = models.Panel.objects.filter(course_id=of.id, state__in=panels.UNDECIDED)
    if row := undecided.first():
        return row.uid
    logins = list(dict.fromkeys(login.strip() for login in judges if login.strip()))[: panels.MOST_JUDGES + 1]
    if why := panels.may_convene(roles, len(logins)):
        raise Refusal(why, status=403 if why.code == "assessor_needed" else 422)
    uids = _judges(logins, now)
    if why := panels.may_convene(roles, len(uids)):
        # Somebody was named twice, by number and by address.
        raise Refusal(why, status=422)
    reference, scale = _reference(of.id, course)
    try:
        with transaction.atomic():
            row = models.Panel.objects.create(
                course_id=of.id, reference=reference, scale=scale, made_by=by, made_at=now
            )
            models.Judging.objects.bulk_create(models.Judging(panel=row, judge=uid, round=1) for uid in uids)
            convened = PanelConvened(panel=row.uid, course=of.uid, judges=len(uids))
            ledger.record(convened, about=row.uid, by=by, now=now)
            return row.uid
    except IntegrityError:
        # Two who convened at once: the constraint let one in.
        return undecided.values_list("uid", flat=True).get()


def judge_items(*, panel: UUID, sent: Mapping[str, str], hand_in: bool, by: UUID, now: datetime) -> tuple[int, int]:
    """Keep what a judge says in the present round, and hand it in where it is whole. Returns how many items are judged,
    of how many. What was handed in may be changed until the round is closed.

    Raises Refusal: 404 `unknown_panel`, also for who is no judge of it; 409 `panel_decided`; 422 `judgements_missing`.
    """
    with transaction.atomic():
        row = _found(panel)
        if row.state != panels.OPEN:
            raise Refusal(Reason("assessment", "panel_decided"))
        own = models.Judging.objects.select_for_update().filter(panel=row, judge=by, round=row.round).first()
        if own is None:
            raise not_found("assessment", "unknown_panel")
        versions = row.reference["versions"]
        own.percents = panels.percents_of(sent, versions)
        missing = len(versions) - len(own.percents)
        own.handed_at = now if hand_in and not missing else None
        own.save(update_fields=["percents", "handed_at"])
    if hand_in and missing:
        raise Refusal(Reason("assessment", "judgements_missing", {"missing": missing}), status=422)
    return len(own.percents), len(versions)


def close_round(*, panel: UUID, number: int, is_last: bool, by: UUID, now: datetime) -> int | None:
    """Close round `number`, with those who handed in; returns the round that follows, None where the panel is done.
    Safe to repeat.

    Raises Refusal: 404 `unknown_panel`; 403 `assessor_needed`; 409 `panel_decided`, `too_few_judgements`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _found(panel)
        if row.round > number or (row.state == panels.JUDGED and row.round == number):
            return row.round if row.state == panels.OPEN else None
        heard = list(models.Judging.objects.filter(panel=row, round=row.round, handed_at__isnull=False).order_by("id"))
        if why := panels.may_close(row.state, len(heard), roles):
            raise Refusal(why, status=403 if why.code == "assessor_needed" else 409)
        following = panels.next_round(row.round, is_last)
        told = [*row.rounds, _cut(row, [judging.percents for judging in heard])]
        changes = {"round": following} if following else {"state": panels.JUDGED}
        if not models.Panel.objects.filter(pk=row.pk, state=row.state, round=row.round).update(rounds=told, **changes):
            raise Refusal(Reason("assessment", "panel_decided"))
        if following:
            judges = models.Judging.objects.filter(panel=row, round=row.round).order_by("id")
            models.Judging.objects.bulk_create(
                models.Judging(panel=row, judge=each.judge, round=following, percents=each.percents) for each in judges
            )
        closed = RoundClosed(panel=row.uid, round=row.round, judges=len(heard))
        ledger.record(closed, about=row.uid, by=by, now=now)
        return following


def approve_panel(*, panel: UUID, by: UUID, now: datetime) -> int:
    """Make the cut of a panel's last round the training's standard, for batches to come; returns its number. Safe to
    repeat.

    Raises Refusal: 404 `unknown_panel`; 403 `assessor_needed`, `own_panel`; 409 `panel_decided`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _found(panel)
        newest = newest_standard(row.course_id)
        if row.state == panels.APPROVED and row.decided_by == by and newest:
            return newest.number
        if why := panels.may_approve(row.state, row.made_by == by, roles):
            raise Refusal(why, status=409 if why.code == "panel_decided" else 403)
        _claim(row, panels.APPROVED, by, now)
        last, number = row.rounds[-1], newest.number + 1 if newest else 1
        models.Standard.objects.create(
            course_id=row.course_id,
            number=number,
            method=ANGOFF,
            theta=last["theta"],
            se=last["se"],
            share=100 * last["score"] / last["of"],
            scale=row.scale,
            reference=row.reference,
            by=by,
            at=now,
        )
        decided = PanelDecided(panel=row.uid, course=row.course.uid, number=number)
        ledger.record(decided, about=row.uid, by=by, now=now)
        return number


def drop_panel(*, panel: UUID, by: UUID, now: datetime) -> None:
    """Let go of a panel; the standard stays as it was. Safe to repeat.

    Raises Refusal: 404 `unknown_panel`; 403 `assessor_needed`; 409 `panel_decided`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _found(panel)
        if row.state == panels.DROPPED:
            return
        if why := panels.may_drop(row.state, roles):
            raise Refusal(why, status=403 if why.code == "assessor_needed" else 409)
        _claim(row, panels.DROPPED, by, now)
        decided = PanelDecided(panel=row.uid, course=row.course.uid, number=0)
        ledger.record(decided, about=row.uid, by=by, now=now)


def _found(panel: UUID) -> models.Panel:
    """Locked: what is said in a round is heard in it, or comes after it was closed and is refused."""
    rows = models.Panel.objects.select_related("course").select_for_update(of=("self",))
    row = rows.filter(uid=panel).first()
    if row is None:
        raise not_found("assessment", "unknown_panel")
    return row


def _claim(row: models.Panel, state: str, by: UUID, now: datetime) -> None:
    """It is decided by whoever moves it first."""
    undecided = models.Panel.objects.filter(pk=row.pk, state=row.state)
    if not undecided.update(state=state, decided_by=by, decided_at=now):
        raise Refusal(Reason("assessment", "panel_decided"))


def _judges(logins: Sequence[str], now: datetime) -> list[UUID]:
    """Items are seen by those alone who may see them in the bank."""
    found = {login: people.person_by_login(login) for login in logins}
    wrong = [
        login
        for login, person in found.items()
        if person is None or not set(bank.ROLES) & set(people.roles_of(person.uid, now))
    ]
    if wrong:
        raise Refusal(Reason("assessment", "unknown_judges", {"logins": wrong}), status=422)
    return list(dict.fromkeys(person.uid for person in found.values() if person))


def _reference(course_id: int, course: str) -> tuple[dict[str, Any], int]:
    scale = newest_version(course_id)
    if scale is not None:
        from pintar.assessment import scale_kept  # numpy, for the few who convene a panel
        from pintar.assessment.queries.scale import cuts

        reference = cuts.reference_of(courses.latest_edition(course))
        items = scale_kept.items_of(scale.uid)
        if reference and {str(version) for version in reference.versions} <= set(items.names):
            told = {"edition": str(reference.edition), "form": reference.form, "versions": list(reference.versions)}
            return told, scale.number or 0
    raise Refusal(Reason("assessment", "no_scale_for_panel"))


def _cut(row: models.Panel, said: Sequence[Mapping[str, int]]) -> dict[str, Any]:
    """What the judges of one round say together, as `models.Panel.rounds`."""
    from pintar.assessment import scale_kept  # numpy, for the few who close a round
    from pintar.sciences.psychometrics.standards.panels import angoff

    scale = models.Calibration.objects.only("uid").get(course_id=row.course_id, number=row.scale)
    names = [str(version) for version in row.reference["versions"]]
    form = scale_kept.items_of(scale.uid).named(names)
    marks = [[percents[name] / 100 * most for name, most in zip(names, form.maxima, strict=True)] for percents in said]
    (cut,) = angoff([marks], form)
    return {
        "theta": cut.theta,
        "se": cut.se,
        "score": cut.score,
        "of": int(form.maxima.sum()),
        "judges": len(said),
        "low": float(cut.judges.min()),
        "high": float(cut.judges.max()),
    }
