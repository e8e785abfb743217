"""Parallel forms: asked for, assembled by the worker, approved by a second person, and in the next edition."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from pintar.assessment import models
from pintar.assessment.events import FormsAsked, FormsAssembled, FormsDecided
from pintar.assessment.queries.bank import assemblies
from pintar.assessment.rules import bank, forms
from pintar.courses import queries as courses
from pintar.foundation import ledger
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people import queries as people


def ask_forms(*, course: str, by: UUID, now: datetime) -> UUID:
    """Have forms assembled as the newest blueprint says; returns the set's uid. While one is under way, it is that one.

    Raises Refusal: 404 `unknown_course`; 403 `author_needed`; 409 `blueprint_needed`.
    """
    of = courses.course(course)
    if why := forms.may_ask(people.roles_of(by, now)):
        raise Refusal(why, status=403)
    wanted = models.Blueprint.objects.filter(course_id=of.id).order_by("-number").first()
    if wanted is None:
        raise Refusal(Reason("assessment", "blueprint_needed"))
    under_way = models.FormSet.objects.filter(course_id=of.id, state=forms.ASKED)
    try:
        with transaction.atomic():
            if row := under_way.first():
                return row.uid
            row = models.FormSet.objects.create(
                course_id=of.id,
                state=forms.ASKED,
                blueprint=wanted.number,
                wanted=wanted.forms,
                cells=wanted.cells,
                terms=wanted.terms,
                asked_by=by,
                asked_at=now,
            )
            ledger.record(FormsAsked(forms=row.uid, course=of.uid), about=row.uid, by=by, now=now)
            return row.uid
    except IntegrityError:
        # Two who asked at once: the constraint let one in.
        return under_way.values_list("uid", flat=True).get()


def assemble_forms(*, forms_uid: UUID, now: datetime) -> None:
    """Find the forms of a set that was asked for, and keep them, all or nothing. Safe to repeat: a set that is past it
    stays as it is, and one whose assembly was interrupted is as if it had never begun."""
    row = models.FormSet.objects.select_related("course").filter(uid=forms_uid, state=forms.ASKED).first()
    if row is None:
        return
    found = assemblies.assemble(row)
    with transaction.atomic():
        waiting = models.FormSet.objects.filter(pk=row.pk, state=forms.ASKED)
        state = forms.READY if found.forms else forms.IMPOSSIBLE
        if not waiting.update(state=state, conflict=list(found.conflict), finished_at=now):
            return
        models.FormItem.objects.bulk_create(
            models.FormItem(form_set=row, form=name, place=place, version_id=item.version, difficulty=item.difficulty)
            for name, items in zip(forms.NAMES, found.forms, strict=False)
            for place, item in enumerate(items, start=1)
        )
        happened = FormsAssembled(forms=row.uid, course=row.course.uid, number=len(found.forms))
        ledger.record(happened, about=row.uid, by=None, now=now)


def approve_forms(*, forms_uid: UUID, by: UUID, now: datetime) -> None:
    """Approve a set: its items are in use, and the training's next edition, made at once, has its forms.

    Safe to repeat. Raises Refusal: 404 `unknown_forms`; 403 `bank_role_needed`, `own_forms`; 409 `forms_decided`,
    `too_few_forms_for_tests`, `forms_outdated` with the keys of items that were changed or rested since.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _found(forms_uid)
        if row.state == forms.APPROVED and row.decided_by == by:
            return
        slug = row.course.slug
        has = models.FormItem.objects.filter(form_set=row).values("form").distinct().count()
        needed = assemblies.forms_needed(courses.latest_edition(slug))
        if why := forms.may_approve(row.state, row.asked_by == by, has, needed, roles):
            raise Refusal(why, status=403 if why.code in ("bank_role_needed", "own_forms") else 409)
        _claim(row, forms.APPROVED, by, now)
        _use(row, by, now)
        happened = FormsDecided(forms=row.uid, course=row.course.uid, approved=True)
        ledger.record(happened, about=row.uid, by=by, now=now)
        _publish(slug, by, now)


def drop_forms(*, forms_uid: UUID, by: UUID, now: datetime) -> None:
    """Let go of a set that is not to be used. Safe to repeat.

    Raises Refusal: 404 `unknown_forms`; 403 `bank_role_needed`; 409 `forms_decided`.
    """
    roles = people.roles_of(by, now)
    with transaction.atomic():
        row = _found(forms_uid)
        if row.state == forms.DROPPED:
            return
        if why := forms.may_drop(row.state, roles):
            raise Refusal(why, status=403 if why.code == "bank_role_needed" else 409)
        _claim(row, forms.DROPPED, by, now)
        happened = FormsDecided(forms=row.uid, course=row.course.uid, approved=False)
        ledger.record(happened, about=row.uid, by=by, now=now)


def try_items(*, course: str, by: UUID, now: datetime) -> None:
    """Make the next edition with the items that are in trial today. Safe to repeat: where the newest has them all,
    nothing is made.

    Raises Refusal: 404 `unknown_course`; 403 `author_needed`.
    """
    courses.course(course)
    if why := forms.may_ask(people.roles_of(by, now)):
        raise Refusal(why, status=403)
    with transaction.atomic():
        # Two at once take turns at the newest edition; the second finds nothing left to try.
        models.Blueprint.objects.select_for_update().filter(course__slug=course).order_by("-number").first()
        if assemblies.pilots_wait(course, courses.latest_edition(course)):
            _publish(course, by, now)


def _publish(course: str, by: UUID, now: datetime) -> None:
    from pintar.courses import actions as publishing  # reads texts; loaded by the few who publish, not to serve

    publishing.renew(course=course, by=by, now=now)


def _found(forms_uid: UUID) -> models.FormSet:
    row = models.FormSet.objects.select_related("course").filter(uid=forms_uid).first()
    if row is None:
        raise not_found("assessment", "unknown_forms")
    return row


def _claim(row: models.FormSet, state: str, by: UUID, now: datetime) -> None:
    """The set is decided by whoever moves it first."""
    undecided = models.FormSet.objects.filter(pk=row.pk, state=row.state)
    if not undecided.update(state=state, decided_by=by, decided_at=now):
        raise Refusal(Reason("assessment", "forms_decided", {"state": state}))


def _use(row: models.FormSet, by: UUID, now: datetime) -> None:
    """The set's items are in use from now on. Raises Refusal where one is no more what was assembled."""
    held = models.Item.objects.filter(versions__in=models.FormItem.objects.filter(form_set=row).values("version"))
    items = list(models.Item.objects.select_for_update().filter(id__in=held.values("id")).order_by("id"))
    same = set(
        models.FormItem.objects.filter(form_set=row, version__number=F("version__item__number")).values_list(
            "version__item_id", flat=True
        )
    )
    changed = sorted(item.key for item in items if item.pk not in same or item.state not in assemblies.USABLE)
    if changed:
        raise Refusal(Reason("assessment", "forms_outdated", {"keys": changed[:20], "number": len(changed)}))
    moved = [item for item in items if item.state != bank.IN_USE]
    models.Item.objects.filter(id__in=[item.pk for item in moved]).update(state=bank.IN_USE)
    models.ItemStep.objects.bulk_create(
        models.ItemStep(item_id=item.pk, number=item.number, step="use", state=bank.IN_USE, by=by, at=now)
        for item in moved
    )
