"""Items of a bank, quickly: people with roles, texts of every type, items written and brought into a state."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pintar.assessment import models
from pintar.assessment.actions import bank as actions
from pintar.foundation import clock, ids
from pintar.people.actions import give_grant
from pintar.people.queries import Person, unit_facts
from pintar.people.tests.builders import make_person, make_unit
from pintar.sciences.items import (
    Choice,
    Cloze,
    Item,
    Matching,
    Number,
    Option,
    Ordering,
    Pair,
    ShortText,
    Truth,
)

SLUG = "latihan-kecil"
WHY = "Pengecohnya belum masuk akal."

BODIES: dict[str, Any] = {
    "single": Choice((Option("Bola"), Option("Kubus", True, "Enam sisi"), Option("Kerucut"))),
    "multiple": Choice((Option("Dua", True), Option("Tiga", True), Option("Empat"))),
    "truefalse": Truth(True, "Ya", "Belum"),
    "matching": Matching((Pair("Satu", "One"), Pair("Dua", "Two")), ("Three",)),
    "ordering": Ordering(("Pertama", "Kedua", "Ketiga")),
    "short": ShortText(("Bandung", "kota Bandung")),
    "number": Number(Decimal("12.5"), Decimal("0.5"), "kg"),
    "cloze": Cloze({"a": Choice((Option("Ya", True), Option("Bukan"))), "b": Number(Decimal(3))}),
}


def text(type_: str = "single", stem: str = "", **changes: Any) -> Item:
    """A sound item of a type; `changes` are fields of `Item`."""
    given = stem or ("Isi {{a}} dan {{b}}." if type_ == "cloze" else "Bangun mana yang punya enam sisi?")
    return Item(**{
        "key": "", "indicator": "1", "type": type_, "stem": given, "feedback": "Hitung sisinya.",
        "body": BODIES[type_], "line": 0, **changes,
    })  # fmt: skip


def make_worker(*roles: str, name: str = "Ratna Dewi") -> Person:
    """Someone who holds these roles."""
    unit = make_unit(f"Balai {ids.key(6)}", kind="balai")
    person = make_person(name)
    for role in roles:
        give_grant(person=person, role=role, unit=unit_facts(unit), by=None, now=clock.now())
    return person


def write(author: Person, now: datetime, of: Item | None = None, **changes: Any) -> models.Item:
    """A new item, a draft."""
    given = {"course": SLUG, "item": ids.uid(), "text": of or text(), "base": None, "by": author.uid, "now": now}
    written = actions.write_item(**{**given, **changes})
    return models.Item.objects.get(uid=written.uid)


def step(item: models.Item, name: str, by: Person | UUID, now: datetime, reason: str = "", number: int = 0) -> str:
    uid = by if isinstance(by, UUID) else by.uid
    number = number or models.Item.objects.values_list("number", flat=True).get(uid=item.uid)
    return actions.take_step(item=item.uid, step=name, number=number, reason=reason, by=uid, now=now)


def bank_course_id() -> int:
    return models.Item.objects.filter(course__slug=SLUG).values_list("course_id", flat=True)[0]
