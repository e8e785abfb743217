"""The blueprint of a training's forms."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import models
from pintar.assessment.events import BlueprintWritten
from pintar.assessment.rules import bank, blueprint
from pintar.courses import queries as courses
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import queries as people
from pintar.sciences.items import ITEM_TYPES


def write_blueprint(*, course: str, cells: blueprint.Cells, forms: int, base: int, by: UUID, now: datetime) -> int:
    """Write the next version of a blueprint, from version `base` (0 for the first); returns its number. Safe to repeat:
    what is there already makes no version.

    Raises Refusal: 404 `unknown_course`; 403 `author_needed`; 409 `revised_meanwhile`; 422 `bad_blueprint`.
    """
    of = courses.course(course)
    if why := bank.may_write(None, people.roles_of(by, now)):
        raise Refusal(why, status=403)
    kept = sorted([indicator, type_, n] for (indicator, type_), n in cells.items() if n)
    known, types = courses.latest_edition(course).indicators, (blueprint.ANY, *ITEM_TYPES)
    fits = all(i in known and t in types for i, t in cells) and all(
        0 <= n <= blueprint.MOST_IN_A_CELL for n in cells.values()
    )
    if not (kept and fits and 1 <= forms <= blueprint.MOST_FORMS):
        told = {"most": blueprint.MOST_IN_A_CELL, "forms": blueprint.MOST_FORMS}
        raise Refusal(Reason("assessment", "bad_blueprint", told), status=422)
    with transaction.atomic():
        newest = models.Blueprint.objects.select_for_update().filter(course_id=of.id).order_by("-number").first()
        if newest and (newest.cells, newest.forms) == (kept, forms):
            return newest.number
        number = newest.number if newest else 0
        if base != number:
            raise Refusal(Reason("assessment", "revised_meanwhile", {"number": number}))
        # Two who write the first version at once: the constraint lets one in.
        _, made = models.Blueprint.objects.get_or_create(
            course_id=of.id, number=number + 1, defaults={"forms": forms, "cells": kept, "by": by, "at": now}
        )
        if not made:
            raise Refusal(Reason("assessment", "revised_meanwhile", {"number": number + 1}))
        ledger.record(BlueprintWritten(course=of.uid, number=number + 1, forms=forms), about=of.uid, by=by, now=now)
    return number + 1
