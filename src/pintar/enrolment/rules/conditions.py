"""Whom a batch or a set-aside is for, and what a person meets of it, each condition with its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pintar.foundation.refusals import Reason

ROOM = "enrolment"
PROFESSIONS = ("guru", "kepala-madrasah", "pengawas", "dosen", "penyuluh", "penghulu", "pelaksana", "lainnya")
EMPLOYMENTS = ("pns", "pppk", "non-asn")


@dataclass(frozen=True, slots=True)
class UnitAsked:
    """A unit whose people, and those of all units below it, are meant. `id` is the one that stands in paths."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class CourseAsked:
    """A training that must have been completed before."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """Whom a batch or a set-aside is for; an empty field asks nothing.

    Within a field one of the values is enough, between fields all must hold. `regions` are codes of regencies ("33.74")
    or provinces ("33"), `regions_title` what they are called together ("daerah 3T"). `full_identity` asks for an
    identity number and a verified e-mail address; without it a name and one identifier are enough.
    """

    professions: tuple[str, ...] = ()
    employments: tuple[str, ...] = ()
    units: tuple[UnitAsked, ...] = ()
    regions: tuple[str, ...] = ()
    regions_title: str = ""
    prerequisites: tuple[CourseAsked, ...] = ()
    full_identity: bool = False

    def to_json(self) -> dict[str, Any]:
        """Only what is asked, so that an open batch holds `{}`."""
        asked: dict[str, Any] = {
            "professions": list(self.professions),
            "employments": list(self.employments),
            "units": [{"id": u.id, "key": u.key, "name": u.name} for u in self.units],
            "regions": list(self.regions),
            "regions_title": self.regions_title,
            "prerequisites": [{"slug": c.slug, "title": c.title} for c in self.prerequisites],
            "full_identity": self.full_identity,
        }
        return {name: value for name, value in asked.items() if value}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Conditions":
        return cls(
            professions=tuple(value.get("professions", ())),
            employments=tuple(value.get("employments", ())),
            units=tuple(UnitAsked(**u) for u in value.get("units", ())),
            regions=tuple(value.get("regions", ())),
            regions_title=value.get("regions_title", ""),
            prerequisites=tuple(CourseAsked(**c) for c in value.get("prerequisites", ())),
            full_identity=value.get("full_identity", False),
        )


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What eligibility looks at. `unit_path` is "/1/5/33/" of unit ids; `completed` are slugs of trainings."""

    name: str = ""
    profession: str = ""
    employment: str = ""
    unit_name: str = ""
    unit_path: str = "/"
    regency: str = ""
    province: str = ""
    has_identifier: bool = False
    has_email: bool = False
    email_verified: bool = False
    completed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """One condition and whether the person meets it; `reason` words it either way."""

    met: bool
    reason: Reason


def check_all(conditions: Conditions, person: PersonFacts) -> tuple[Check, ...]:
    """Every condition that is asked, with its answer, in the order in which the page lists them."""
    checks = [
        _profession(conditions, person),
        _employment(conditions, person),
        _unit(conditions, person),
        _region(conditions, person),
        *(_prerequisite(course, person) for course in conditions.prerequisites),
        _identity(conditions, person),
    ]
    return tuple(check for check in checks if check is not None)


def asked(conditions: Conditions) -> tuple[Reason, ...]:
    """The conditions as they are shown to someone whom we do not know."""
    nobody = PersonFacts()
    return tuple(_worded(check.reason.code, "asked", check.reason.data) for check in check_all(conditions, nobody))


def _profession(conditions: Conditions, person: PersonFacts) -> Check | None:
    if not conditions.professions:
        return None
    data = {"asked": list(conditions.professions), "yours": person.profession}
    return _check("profession", person.profession in conditions.professions, data)


def _employment(conditions: Conditions, person: PersonFacts) -> Check | None:
    if not conditions.employments:
        return None
    data = {"asked": list(conditions.employments), "yours": person.employment}
    return _check("employment", person.employment in conditions.employments, data)


def _unit(conditions: Conditions, person: PersonFacts) -> Check | None:
    if not conditions.units:
        return None
    data = {"asked": [unit.name for unit in conditions.units], "yours": person.unit_name}
    return _check("unit", any(f"/{unit.id}/" in person.unit_path for unit in conditions.units), data)


def _region(conditions: Conditions, person: PersonFacts) -> Check | None:
    if not conditions.regions:
        return None
    shown = [conditions.regions_title] if conditions.regions_title else list(conditions.regions)
    data = {"asked": shown, "yours": person.regency or person.province, "unit": person.unit_name}
    return _check("region", bool({person.regency, person.province} & set(conditions.regions)), data)


def _prerequisite(course: CourseAsked, person: PersonFacts) -> Check:
    return _check("prerequisite", course.slug in person.completed, {"slug": course.slug, "title": course.title})


def _identity(conditions: Conditions, person: PersonFacts) -> Check:
    if conditions.full_identity:
        needed = {"identifier": person.has_identifier, "email": person.email_verified}
    else:
        needed = {"identifier_or_email": person.has_identifier or person.has_email}
    missing = [name for name, there in {"name": bool(person.name.strip()), **needed}.items() if not there]
    return _check("identity", not missing, {"full": conditions.full_identity, "missing": missing})


def _check(code: str, met: bool, data: Mapping[str, Any]) -> Check:
    return Check(met, _worded(code, "met" if met else "", data))


def _worded(code: str, how: str, data: Mapping[str, Any]) -> Reason:
    return Reason(ROOM, f"{code.removesuffix('_met')}_{how}" if how else code, data)
