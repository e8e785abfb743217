"""The cut of a training turned into marks: of the reference form, and of each form of an edition. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pintar.assessment import kept, models
from pintar.courses.queries import Edition
from pintar.foundation.refusals import Refusal
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.standards import cuts
from pintar.sciences.psychometrics.standards.classification import by_score
from pintar.sciences.psychometrics.standards.panels import share_of_reference


@dataclass(frozen=True, slots=True)
class Reference:
    """The form on which a cut is expressed, by the ids of its items' versions."""

    edition: UUID
    form: str
    versions: tuple[int, ...]


def reference_of(edition: Edition) -> Reference | None:
    """The first form of an edition; None where it has none, or is from before there was a bank."""
    forms = versions_of(edition.uid)
    if not forms:
        return None
    name = min(forms)
    return Reference(edition.uid, name, forms[name])


def versions_of(edition: UUID) -> dict[str, tuple[int, ...]]:
    """The ids of the versions on each form of an edition; none where an item is from before there was a bank."""
    try:
        held = kept.bank(edition).forms
    except Refusal:
        return {}
    shown = models.ItemKey.objects.filter(edition=edition, version__isnull=False)
    keys = dict(shown.values_list("item", "version_id"))
    if not all(item in keys for items in held.values() for item in items):
        return {}
    return {name: tuple(keys[item] for item in items) for name, items in held.items()}


def provisional(reference: Reference, items: ItemParameters, percent: int) -> float | None:
    """The ability that expects so many per cent of the reference form's marks; None where an item of it is not on the
    scale."""
    form = _on_scale(reference.versions, items)
    return None if form is None else share_of_reference(form, percent / 100)


def form_cuts(
    forms: Mapping[str, Sequence[int]],
    reference: Sequence[int],
    items: ItemParameters,
    theta: float,
    group: tuple[float, float],
) -> dict[str, dict[str, Any]] | None:
    """`models.EditionCuts.cuts`. None unless every form is wholly on the scale: within a batch all pass by one rule.
    `group` is the mean and SD of those whose verdicts are told about."""
    on = _on_scale(reference, items)
    found = {name: _on_scale(versions, items) for name, versions in forms.items()}
    if on is None or not found or any(form is None for form in found.values()):
        return None
    mark = cuts.pass_mark(on, theta)
    return {name: _cut(form, on, mark, theta, group) for name, form in found.items() if form is not None}


def _cut(
    form: ItemParameters, reference: ItemParameters, mark: int, theta: float, group: tuple[float, float]
) -> dict[str, Any]:
    raw = cuts.raw_cut(form, theta).raw
    verdicts = by_score(form, raw, theta, *group)
    return {
        "raw": raw,
        "mark": mark,
        "percents": cuts.percentages(form, reference, theta).tolist(),
        "accuracy": round(verdicts.accuracy, 4),
        "consistency": round(verdicts.consistency, 4),
    }


def group_of(found: Mapping[str, Any]) -> tuple[float, float]:
    """Mean and SD of the newest post-test that a calibration saw (`models.Calibration.found`); else of the scale."""
    tests = [(mean, sd) for kind, _, mean, _, sd, _ in found.get("groups", ()) if kind == "posttest"]
    return tests[-1] if tests else (0.0, 1.0)


def _on_scale(versions: Sequence[int], items: ItemParameters) -> ItemParameters | None:
    names = [str(version) for version in versions]
    return items.named(names) if set(names) <= set(items.names) else None
