"""Sittings, quickly: opened, answered as well as asked for, handed in."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import yaml

from pintar.assessment import actions, kept, queries
from pintar.assessment.actions import Context, OpIn
from pintar.assessment.actions.bank import write_blueprint
from pintar.assessment.model_answers import right_value
from pintar.assessment.rules.blueprint import Terms
from pintar.assessment.tests import items
from pintar.courses import actions as courses
from pintar.courses.ports import CourseFolder
from pintar.courses.queries import Edition
from pintar.courses.tests.builders import small_folder
from pintar.foundation import ids
from pintar.people.queries import Person

QUIZZES = ("kuis-mengenali-data-pribadi", "kuis-menyimpan-dengan-aman")


def make_context(now: datetime, **changes: Any) -> Context:
    """A context of its own (a seat's uid, as a rule), open for thirty days."""
    given = {
        "uid": ids.uid(),
        "title": "Latihan kecil",
        "return_to": "/beranda/",
        "latest_end": now + timedelta(days=30),
    }
    return Context(**{**given, **changes})


def open_sitting(
    person: Person, edition: UUID, test: str, now: datetime, context: Context | None = None, remedial: bool = False
) -> UUID:
    return actions.open_sitting(
        person=person,
        edition=edition,
        test=test,
        context=context or make_context(now),
        remedial=remedial,
        by=person.uid,
        now=now,
    )


def sit(
    person: Person,
    edition: UUID,
    test: str,
    now: datetime,
    *,
    context: Context | None = None,
    right: int | None = None,
    remedial: bool = False,
    minutes: int = 10,
) -> queries.SittingFacts:
    """A whole sitting: opened at `now`, the first `right` items answered rightly (all, if None), handed in."""
    context = context or make_context(now)
    sitting = open_sitting(person, edition, test, now, context, remedial)
    done = now + timedelta(minutes=minutes)
    answer(person, sitting, done, right=right)
    actions.hand_in(person=person, sitting=sitting, by=person.uid, now=done)
    return next(each for each in queries.sittings([context.uid])[context.uid] if each.uid == sitting)


def answer(person: Person, sitting: UUID, now: datetime, right: int | None = None) -> actions.Recorded:
    """Answer the first `right` items rightly (all, if None), and leave the others empty."""
    paper = kept.paper(sitting, person.id)
    asked = paper.items if right is None else paper.items[:right]
    return record(person, sitting, now, [op(item, right_value(paper, item), n + 1) for n, item in enumerate(asked)])


def record(person: Person, sitting: UUID, now: datetime, ops: list[OpIn], lease: str | None = None) -> actions.Recorded:
    return actions.record_answers(
        person=person, sitting=sitting, lease=lease or lease_of(sitting), ops=ops, by=person.uid, now=now
    )


def op(item: str, value: Any, seq: int = 1, **more: Any) -> OpIn:
    return OpIn(op_id=ids.uid(), seq=seq, item=item, answers=True, value=value, **more)


def lease_of(sitting: UUID) -> str:
    from pintar.assessment.models import Sitting

    return Sitting.objects.values_list("lease", flat=True).get(uid=sitting)


def all_types_folder(
    forms: tuple[str, ...] = ("A", "B", "C", "D", "E"), times: int = 1, **changes: Any
) -> CourseFolder:
    """The small training with `times` items of every type in each form and bank."""
    per_form = len(items.TYPES) * times
    given = changes.pop("files", {})
    files: dict[str, bytes | str | None] = {f"forms/{name}.yaml": None for name in "ABCDE"}
    files |= {f"forms/{name}.yaml": items.make_file(name.lower(), times=times) for name in forms}
    files |= {f"bank/{quiz}.yaml": items.make_file(quiz) for quiz in QUIZZES}
    half = {"1": per_form // 2, "2": per_form // 2}
    files["blueprint.yaml"] = yaml.safe_dump({"items": per_form, "indicators": half})
    return small_folder({**files, **given}, **changes)


def publish_with_pilots(edition: Edition, now: datetime, percent: int = 25, pilots: int = 6) -> Edition:
    """The edition that follows, with so many items being tried; a quarter of eight is two in each sitting."""
    from pintar.assessment.tests import bank

    author, reviewer = bank.make_worker("penulis"), bank.make_worker("penguji")
    for n in range(pilots):
        row = bank.write(author, now, bank.text(key=f"coba-{n}", stem=f"Percobaan {n}?", indicator="1"))
        bank.step(row, "submit", author, now)
        bank.step(row, "approve", reviewer, now)
        bank.step(row, "pilot", reviewer, now)
    write_blueprint(
        course=edition.slug,
        cells={("1", ""): 4, ("2", ""): 4},
        forms=5,
        terms=Terms(pilot_percent=percent),
        base=0,
        by=author.uid,
        now=now,
    )
    return courses.renew(course=edition.slug, by=author.uid, now=now)


def publish_all_types(now: datetime, **changes: Any) -> Edition:
    """An edition whose forms and banks hold every type of item, with canaries in every key."""
    return courses.publish(all_types_folder(**changes), by=None, now=now)
