"""blueprint.yaml of a training's folder: how many items of each indicator a form has, and what it is asked besides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pintar.assessment.rules import blueprint
from pintar.assessment.rules.blueprint import BANDS, NO_TERMS, Terms
from pintar.courses.ports import CourseFolder, Mistake
from pintar.sciences.formats.yaml_nodes import Fields, Source

BLUEPRINT = "blueprint.yaml"
NUMBERS = ("minutes", "pilot_percent", "anchors", "exposure_percent")


@dataclass(frozen=True, slots=True)
class FolderBlueprint:
    """`indicators`: how many items of each a form has; None where the file cannot be read."""

    indicators: Mapping[str, int] | None
    terms: Terms
    mistakes: tuple[Mistake, ...] = ()


def read_blueprint(folder: CourseFolder) -> FolderBlueprint:
    """Never raises on what the file holds."""
    if BLUEPRINT not in folder.files:
        return FolderBlueprint(None, NO_TERMS, (Mistake(BLUEPRINT, 0, "blueprint_missing"),))
    source = Source(folder.text(BLUEPRINT), BLUEPRINT)
    top = source.fields(source.root, ("items", "indicators", *NUMBERS, "difficulty"), ("items", "indicators"))
    counts = _indicators(source, top, {entry["key"] for entry in folder.outline["indicators"]}) if top else {}
    terms = _terms(source, top, sum(counts.values())) if top else NO_TERMS
    if source.root is None and not source.mistakes:
        source.say(1, "blueprint_missing")
    mistakes = tuple(Mistake(m.file, m.line, m.code, dict(m.detail)) for m in source.mistakes)
    return FolderBlueprint(None if mistakes else counts, terms, mistakes)


def _indicators(source: Source, top: Fields, known: set[str]) -> dict[str, int]:
    within = source.fields(top.values.get("indicators"), ())
    counts: dict[str, int] = {}
    for key, node in within.values.items() if within else ():
        if within and key not in known:
            source.say(within.names[key], "unknown_indicator", indicator=key[:80])
        number = _whole(source, node, key)
        if number is not None:
            counts[key] = number
    if "items" in top.values and within and not source.mistakes:
        total = getattr(top.values["items"], "value", "")
        if total != str(sum(counts.values())):
            source.say(top.values["items"], "blueprint_sum", items=str(total)[:20], sum=sum(counts.values()))
    return counts


def _terms(source: Source, top: Fields, length: int) -> Terms:
    before = len(source.mistakes)
    bands = source.fields(top.values["difficulty"], BANDS) if "difficulty" in top.values else None
    given = {name: top.values[name] for name in NUMBERS if name in top.values} | (dict(bands.values) if bands else {})
    numbers = {name: number for name, node in given.items() if (number := _whole(source, node, name)) is not None}
    terms = Terms(**numbers)
    if len(source.mistakes) == before and (wrong := blueprint.fault_of(terms, length)):
        source.say(top.values[wrong], "bad_term", name=wrong, length=length)
    return terms


def _whole(source: Source, node: Any, name: str) -> int | None:
    number = getattr(node, "value", "")
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 4:
        return int(number)
    source.say(node, "bad_number", field=name[:80])
    return None
