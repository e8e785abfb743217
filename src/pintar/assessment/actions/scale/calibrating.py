"""Items are calibrated in the background as answers come, and an assessor makes of it the next version of the scale."""

from datetime import datetime
from importlib.metadata import version
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from pintar.assessment import models
from pintar.assessment.events import CalibrationAsked, CalibrationDecided, CalibrationFinished
from pintar.assessment.queries.scale.readiness import gathered, newest_version
from pintar.assessment.rules import scale
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import queries as people

LINES = 500


def ask_due(*, now: datetime) -> int:
    """Ask for a calibration of every training of which enough has come. Returns how many were asked for; one that is
    under way, or waits for a decision, is enough."""
    courses = models.ItemSums.objects.values_list("version__item__course_id", flat=True).distinct()
    return sum(_ask_if_ready(course, now) for course in list(courses))


def _ask_if_ready(course_id: int, now: datetime) -> bool:
    found = gathered(course_id)
    if not scale.readiness(found).is_ready:
        return False
    under_way = models.Calibration.objects.filter(course_id=course_id, state__in=scale.OPEN)
    try:
        with transaction.atomic():
            if under_way.exists():
                return False
            newest = newest_version(course_id)
            row = models.Calibration.objects.create(
                course_id=course_id,
                state=scale.ASKED,
                base=newest.number or 0 if newest else 0,
                seen=found.sittings,
                asked_at=now,
            )
            asked = CalibrationAsked(calibration=row.uid, course=row.course.uid)
            ledger.record(asked, about=row.uid, by=None, now=now)
            return True
    except IntegrityError:
        # Two workers at once: the constraint let one in.
        return False


def calibrate(*, calibration: UUID, now: datetime) -> None:
    """Estimate what was asked for, and keep it, all or nothing. Safe to repeat: one that is past it stays as it is, and
    one that was interrupted is as if it had never begun."""
    from pintar.assessment import scale_kept
    from pintar.assessment.queries.scale import calibrations, snapshots
    from pintar.sciences.psychometrics.responses import FINGERPRINT_SEED

    row = models.Calibration.objects.select_related("course").filter(uid=calibration, state=scale.ASKED).first()
    if row is None:
        return
    base = newest_version(row.course_id)
    items = scale_kept.items_of(base.uid) if base else None
    seen = scale_kept.read_sittings(bytes(base.sittings)) if base else []
    snapshot = snapshots.snapshot(row.course_id)
    written: dict[str, Any] = {
        "base": base.number if base else 0,
        "digest": snapshot.digest,
        "sittings": scale_kept.write_sittings(snapshot.sittings),
        "code": version("pintar"),
        "seed": FINGERPRINT_SEED,
        "finished_at": now,
    }
    lines: tuple[calibrations.Estimated, ...] = ()
    try:
        found = calibrations.estimate(snapshot, items, seen)
        lines = found.lines
        written |= {"state": scale.READY, "result": scale_kept.write_items(found.items), "found": found.found}
    except calibrations.Impossible as impossible:
        written |= {"state": scale.IMPOSSIBLE, "failure": impossible.reason, "failed_at": impossible.what[:80]}
    with transaction.atomic():
        if not models.Calibration.objects.filter(pk=row.pk, state=scale.ASKED).update(**written):
            return
        models.ScaleItem.objects.bulk_create(
            [
                models.ScaleItem(
                    calibration=row, version_id=each.version, fate=each.fate, a=each.a, b=each.b, se_a=each.se_a,
                    se_b=each.se_b, persons=each.persons, drift=each.drift, flags=list(each.flags),
                )
                for each in lines
            ],
            batch_size=LINES,
        )  # fmt: skip
        finished = CalibrationFinished(calibration=row.uid, course=row.course.uid, items=len(lines))
        ledger.record(finished, about=row.uid, by=None, now=now)


def approve_calibration(*, calibration: UUID, by: UUID, now: datetime) -> int:
    """Make it the next version of the scale; returns its number. Safe to repeat.

    Raises Refusal: 404 `unknown_calibration`; 403 `assessor_needed`; 409 `calibration_decided`, `calibration_outdated`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _found(calibration)
        if row.state == scale.APPROVED and row.decided_by == by and row.number:
            return row.number
        newest = newest_version(row.course_id)
        if why := scale.may_decide(row.state, row.base, newest.number or 0 if newest else 0, roles):
            raise Refusal(why, status=403 if why.code == "assessor_needed" else 409)
        number = row.base + 1
        _claim(row, by=by, now=now, state=scale.APPROVED, number=number)
        decided = CalibrationDecided(calibration=row.uid, course=row.course.uid, number=number)
        ledger.record(decided, about=row.uid, by=by, now=now)
        return number


def drop_calibration(*, calibration: UUID, by: UUID, now: datetime) -> None:
    """Let go of an estimate; the next is asked for when as many answers have come again. Safe to repeat.

    Raises Refusal: 404 `unknown_calibration`; 403 `assessor_needed`; 409 `calibration_decided`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _found(calibration)
        if row.state == scale.DROPPED:
            return
        if why := scale.may_drop(row.state, roles):
            raise Refusal(why, status=403 if why.code == "assessor_needed" else 409)
        _claim(row, by=by, now=now, state=scale.DROPPED)
        decided = CalibrationDecided(calibration=row.uid, course=row.course.uid, number=0)
        ledger.record(decided, about=row.uid, by=by, now=now)


def _found(calibration: UUID) -> models.Calibration:
    rows = models.Calibration.objects.select_related("course").defer("result", "sittings")
    row = rows.filter(uid=calibration).first()
    if row is None:
        raise not_found("assessment", "unknown_calibration")
    return row


def _claim(row: models.Calibration, *, by: UUID, now: datetime, **changes: Any) -> None:
    """It is decided by whoever moves it first."""
    undecided = models.Calibration.objects.filter(pk=row.pk, state=row.state)
    if not undecided.update(decided_by=by, decided_at=now, **changes):
        raise Refusal(Reason("assessment", "calibration_decided", {"state": row.state}))
