"""Provinces and regencies (kabupaten, kota) by code and by name; where the data comes from is in NOTICE.md."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
_KEPT = {"DKI", "DI"}


@dataclass(frozen=True, slots=True)
class Region:
    """A province ("33") or a regency ("33.74"); names as people write them: "Kota Semarang"."""

    code: str
    name: str
    province: str


@cache
def provinces() -> dict[str, Region]:
    rows = _rows("provinces.csv")
    return {r["code"]: Region(r["code"], _as_written(r["name"]), r["code"]) for r in rows}


@cache
def regencies() -> dict[str, Region]:
    rows = _rows("regencies.csv")
    return {r["code"]: Region(r["code"], _as_written(r["name"]), r["province_code"]) for r in rows}


def name(code: str) -> str:
    """The name of a code; "" for none and for the unknown."""
    region = regencies().get(code) or provinces().get(code)
    return region.name if region else ""


def find(text: str, most: int = 20) -> list[Region]:
    """Regencies that a text may mean, best first: one for a code or a whole name, several for a part of one."""
    said = _plain(text)
    if not said:
        return []
    if (code := text.strip()) in regencies():
        return [regencies()[code]]
    if exact := _by_name().get(said):
        return exact
    bare = _by_bare_name().get(said, [])
    if len(bare) == 1:
        return bare
    words = said.split()
    parts = [r for name, found in _by_name().items() for r in found if all(word in name for word in words)]
    return [*bare, *(region for region in parts if region not in bare)][:most]


@cache
def _by_name() -> dict[str, list[Region]]:
    return _grouped(_plain)


@cache
def _by_bare_name() -> dict[str, list[Region]]:
    return _grouped(_bare)


def _grouped(called: Callable[[str], str]) -> dict[str, list[Region]]:
    groups: dict[str, list[Region]] = {}
    for region in regencies().values():
        groups.setdefault(called(region.name), []).append(region)
    return groups


def _plain(text: str) -> str:
    words = text.casefold().replace(".", " ").split()
    return " ".join("kabupaten" if word in ("kab", "kabupaten") else word for word in words)


def _bare(text: str) -> str:
    return _plain(text).removeprefix("kabupaten ").removeprefix("kota ").removeprefix("administrasi ")


def _as_written(text: str) -> str:
    words = (word if word in _KEPT else word.capitalize() for word in text.split())
    return " ".join(words).replace("Daerah Istimewa", "DI")


def _rows(file: str) -> list[dict[str, str]]:
    with (HERE / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
