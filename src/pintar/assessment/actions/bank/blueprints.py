"""The blueprint of a training's forms."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from pintar.assessment import models
from pintar.assessment.events import BlueprintWritten
from pintar.assessment.rules import bank, blueprint
from pintar.assessment.rules.blueprint import NO_TERMS, Terms
from pintar.courses import queries as courses
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import queries as people
from pintar.sciences.items import ITEM_TYPES


def write_blueprint(
    *,
    course: str,
    cells: blueprint.Cells,
    forms: int,
    terms: Terms = NO_TERMS,
    base: int,
    by: UUID,
    now: datetime,
) -> int:
    """Write the next version of a blueprint, from version `base` (0 for the first); returns its number. Safe to repeat:
    what is there already makes no version.

    Raises Refusal: 404 `unknown_course`; 403 `author_needed`; 409 `revised_meanwhile`; 422 `bad_blueprint`, `bad_term`
    with the term's `name`.
    """
    of = courses.course(course)
    if why := bank.may_write(None, people.roles_of(by, now)):
        raise Refusal(why, status=403)
    kept = sorted([indicator, type_, n] for (indicator, type_), n in cells.items() if n)
    _check(course, cells, forms, terms, length=sum(n for *_, n in kept))
    asked = {name: value for name, value in asdict(terms).items() if value}
    with transaction.atomic():
        newest = models.Blueprint.objects.select_for_update().filter(course_id=of.id).order_by("-number").first()
        if newest and (newest.cells, newest.forms, newest.terms) == (kept, forms, asked):
            return newest.number
        number = newest.number if newest else 0
        if base != number:
            raise Refusal(Reason("assessment", "revised_meanwhile", {"number": number}))
        # Two who write the first version at once: the constraint lets one in.
        written = {"forms": forms, "cells": kept, "terms": asked, "by": by, "at": now}
        _, made = models.Blueprint.objects.get_or_create(course_id=of.id, number=number + 1, defaults=written)
        if not made:
            raise Refusal(Reason("assessment", "revised_meanwhile", {"number": number + 1}))
        ledger.record(BlueprintWritten(course=of.uid, number=number + 1, forms=forms), about=of.uid, by=by, now=now)
    return number + 1


def _check(course: str, cells: blueprint.Cells, forms: int, terms: Terms, length: int) -> None:
    known, types = courses.latest_edition(course).indicators, (blueprint.ANY, *ITEM_TYPES)
    fits = all(i in known and t in types for i, t in cells) and all(
        0 <= n <= blueprint.MOST_IN_A_CELL for n in cells.values()
    )
    if not (length and fits and 1 <= forms <= blueprint.MOST_FORMS):
        told = {"most": blueprint.MOST_IN_A_CELL, "forms": blueprint.MOST_FORMS}
        raise Refusal(Reason("assessment", "bad_blueprint", told), status=422)
    if wrong := blueprint.fault_of(terms, length):
        raise Refusal(Reason("assessment", "bad_term", {"name": wrong, "length": length}), status=422)
