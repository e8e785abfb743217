"""The organisation grows: ministry → kanwil → kankemenag → madrasah and KUA, with Balai and Loka."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from pintar.foundation.refusals import Reason, Refusal
from pintar.people import regions
from pintar.people.models import Unit
from pintar.people.queries import UnitFacts, unit_facts
from pintar.people.rules import profiles, roles

ROOT = "kementerian-agama"


@dataclass(frozen=True, slots=True)
class Planned:
    """A unit to be made below the unit of key `parent` ("" = the root)."""

    key: str
    name: str
    kind: str
    parent: str
    regency: str = ""
    province: str = ""


# Training centres by the regency they stand in, and a few madrasah and KUA to begin with.
_CENTRES = (
    ("balai", "Balai Diklat Keagamaan Aceh", "11.71"),
    ("balai", "Balai Diklat Keagamaan Medan", "12.71"),
    ("balai", "Balai Diklat Keagamaan Padang", "13.71"),
    ("balai", "Balai Diklat Keagamaan Palembang", "16.71"),
    ("balai", "Balai Diklat Keagamaan Jakarta", "31.75"),
    ("balai", "Balai Diklat Keagamaan Bandung", "32.73"),
    ("balai", "Balai Diklat Keagamaan Semarang", "33.74"),
    ("balai", "Balai Diklat Keagamaan Surabaya", "35.78"),
    ("balai", "Balai Diklat Keagamaan Denpasar", "51.71"),
    ("balai", "Balai Diklat Keagamaan Banjarmasin", "63.71"),
    ("balai", "Balai Diklat Keagamaan Makassar", "73.71"),
    ("balai", "Balai Diklat Keagamaan Manado", "71.71"),
    ("balai", "Balai Diklat Keagamaan Ambon", "81.71"),
    ("balai", "Balai Diklat Keagamaan Papua", "91.71"),
    ("loka", "Loka Diklat Keagamaan Pekanbaru", "14.71"),
    ("loka", "Loka Diklat Keagamaan Kendari", "74.71"),
)
_PLACES = (
    ("madrasah", "MAN 2 Kota Semarang", "33.74"),
    ("madrasah", "MTsN 1 Kota Semarang", "33.74"),
    ("madrasah", "MTsN 1 Kendal", "33.24"),
    ("madrasah", "MIN 1 Kota Malang", "35.73"),
    ("madrasah", "MAN 1 Kota Padang", "13.71"),
    ("madrasah", "MAN 1 Kota Ambon", "81.71"),
    ("madrasah", "MTsN 1 Kota Makassar", "73.71"),
    ("kua", "KUA Kecamatan Tembalang", "33.74"),
    ("kua", "KUA Kecamatan Bajawa", "53.09"),
    ("kua", "KUA Kecamatan Abepura", "91.71"),
)


def grow_units(*, now: datetime) -> int:
    """Make the organisation that is not there yet, from the regions: some 600 units in a handful of statements.
    Returns how many were made; again makes none."""
    kanwils = {p.code: _kanwil(p) for p in regions.provinces().values()}
    kankemenags = {r.code: _kankemenag(r, kanwils[r.province].key) for r in regions.regencies().values()}
    levels: list[list[Planned]] = [
        [Planned(ROOT, "Kementerian Agama", "kementerian", "")],
        [
            Planned("pusdiklat", "Pusat Pengembangan Kompetensi SDM", "ptk", ROOT),
            *kanwils.values(),
            *(Planned(_key(name), name, kind, ROOT, regency, regency[:2]) for kind, name, regency in _CENTRES),
        ],
        list(kankemenags.values()),
        [
            Planned(_key(name), name, kind, kankemenags[regency].key, regency, regency[:2])
            for kind, name, regency in _PLACES
        ],
    ]
    with transaction.atomic():
        there = dict(Unit.objects.values_list("key", "id"))
        return sum(_grow(level, there) for level in levels)


def make_unit(*, name: str, kind: str, parent: UnitFacts, regency: str = "", now: datetime) -> UnitFacts:
    """One more unit below `parent`; the same name there is the same unit. Raises Refusal (422)."""
    name = profiles.name(name)[:200]
    if not name or kind not in roles.UNIT_KINDS:
        raise Refusal(Reason("people", "unit_not_whole"), status=422)
    where = regency or Unit.objects.filter(id=parent.id).values_list("regency", flat=True).first() or ""
    with transaction.atomic():
        there = {parent.key: parent.id}
        key = _key(name)
        taken = Unit.objects.filter(key=key).first()
        if taken is not None and taken.parent_id == parent.id:
            return unit_facts(taken)
        if taken is not None:
            key = f"{key[:80]}-{parent.key}"[:120]
            if same := Unit.objects.filter(key=key).first():
                return unit_facts(same)
        _grow([Planned(key, name, kind, parent.key, where, where[:2])], there)
        return unit_facts(Unit.objects.get(key=key))


def _grow(level: list[Planned], there: dict[str, int]) -> int:
    new = [plan for plan in level if plan.key not in there]
    rows = Unit.objects.bulk_create(
        Unit(
            key=plan.key,
            name=plan.name,
            kind=plan.kind,
            parent_id=there.get(plan.parent),
            regency=plan.regency,
            province=plan.province,
        )
        for plan in new
    )
    there.update({row.key: row.id for row in rows})
    above = Subquery(Unit.objects.filter(id=OuterRef("parent_id")).values("path"))
    own = Cast("id", CharField())
    unplaced = Unit.objects.filter(path="")
    unplaced.filter(parent__isnull=True).update(path=Concat(Value("/"), own, Value("/")))
    unplaced.filter(parent__isnull=False).update(path=Concat(above, own, Value("/")))
    return len(rows)


def _kanwil(province: regions.Region) -> Planned:
    name = f"Kanwil Kemenag Provinsi {province.name}"
    return Planned(_key(name), name, "kanwil", ROOT, "", province.code)


def _kankemenag(regency: regions.Region, parent: str) -> Planned:
    name = f"Kankemenag {regency.name}"
    return Planned(_key(name), name, "kankemenag", parent, regency.code, regency.province)


def _key(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())[:120]
