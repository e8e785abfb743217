"""`pintar measure calibrate`: item parameters with standard errors."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pintar.cli.measure.files import ExistingFile, groups_file, items_file, marks_file
from pintar.cli.measure.progress import Progress
from pintar.cli.words import print_json

if TYPE_CHECKING:
    from pintar.sciences.psychometrics.irt.calibration import Calibration, CalibrationFailed, Model

_LEFT_OUT = {
    "few_answers": "fewer than 30 answers",
    "all_right": "all answers are right",
    "all_wrong": "all answers are wrong",
    "all_same": "all answers have the same mark",
}

_FAILURES = {
    "too_few_people": "there are too few answers to estimate anything: 30 of an item are needed, not all of them alike",
    "not_dichotomous": "item {what} has marks above 1. Use --model pcm or gpcm",
    "no_anchor": "none of the anchors is in the table. Are the names the same?",
    "unequal_slopes": "anchor {what} has a slope of {value:g}: this model has one for all. Use 2pl or gpcm",
    "anchor_marks": "item {what} has marks above {value:g}, its anchor's greatest",
    "separated_group": "group {what} has no item in common with the others, so it has no place on their scale",
    "group_too_small": "group {what} has {value:g} persons; 30 are needed",
    "guess_with_steps": "items with a guess and items with several marks cannot be estimated together",
    "unbounded": "the slope of item {what} grows without end ({value:.1f}): it divides people perfectly, or repeats "
    "another item. Leave it out, or use --model rasch or 1pl",
    "no_curvature": "the data do not determine {what}. Leave it out, or use a model with fewer parameters",
    "not_converged": "the estimate of {what} did not settle (gradient {value:.2g}). Leave it out or simplify the model",
}  # fmt: skip


@click.command(epilog="Example: pintar measure calibrate jawaban.csv --model 2pl --json > butir.json")
@click.argument("file", type=ExistingFile)
@click.option("--model", type=click.Choice(["rasch", "1pl", "2pl", "3pl", "pcm", "gpcm"]), required=True)
@click.option("--anchors", type=ExistingFile, help="An items file: these items keep its parameters and its scale.")
@click.option("--group", type=ExistingFile, help="CSV with person,group, or group in the rows' order.")
@click.option("--reference", help="The group that is N(0, 1); without it the first one in the table.")
@click.option(
    "--json", "as_json", is_flag=True,
    help='Print {"model", "persons", "loglik", "converged", …, "items": [{"item", "a", "b", "se_a", "se_b"}]}.',
)  # fmt: skip
def calibrate(
    file: Path, model: "Model", anchors: Path | None, group: Path | None, reference: str | None, as_json: bool
) -> None:
    """Estimate the items of a table by marginal maximum likelihood; abilities are N(0, 1) in the reference group.

    With --anchors new items come onto the scale of an items file. With --group every group has its own mean and SD.
    Items that cannot be estimated are left out and listed. `b` of an item with several marks is the mean of its steps.
    """
    table = marks_file(file)
    known = items_file(anchors) if anchors else None
    groups = groups_file(group, table.persons, len(table)) if group else None
    from pintar.sciences.psychometrics.irt.calibration import CalibrationFailed
    from pintar.sciences.psychometrics.irt.calibration import calibrate as estimate

    if reference is not None and (groups is None or reference not in groups):
        raise click.ClickException(f"nobody is in the reference group {reference}. Is --group given?")
    try:
        with Progress("estimating") as progress:
            found = estimate(table, model, groups=groups, reference=reference, anchors=known, watch=progress.at)
    except CalibrationFailed as failed:
        raise click.ClickException(f"{file}: {_sentence(failed)}.") from None
    if as_json:
        print_json(as_record(found, with_groups=group is not None))
    else:
        _print(found)


def as_record(found: "Calibration", with_groups: bool = False) -> dict[str, Any]:
    """What --json prints; numbers that there are not are null."""
    record: dict[str, Any] = {
        "model": found.model,
        "persons": round(found.persons),
        "loglik": found.loglik,
        "converged": True,  # else there is an error in place of a record
        "iterations": found.iterations,
        "aic": found.aic,
        "bic": found.bic,
    }
    if found.sd is not None:
        record["sd"] = found.sd
    elif found.anchors and not with_groups:
        record |= {"mean": found.groups[0].mean, "sd": found.groups[0].sd}
    if with_groups:
        record["groups"] = [
            {
                "group": group.name,
                "persons": round(group.persons),
                "mean": group.mean,
                "sd": group.sd,
                "se_mean": group.se_mean,
                "se_sd": group.se_sd,
            }
            for group in found.groups
        ]
    record["left_out"] = [{"item": left.item, "reason": left.reason} for left in found.left_out]
    record["items"] = _rows(found)
    return record


def _rows(found: "Calibration") -> list[dict[str, Any]]:
    items = found.items
    one_slope = found.model in ("rasch", "pcm")
    se_a, se_b = items.se_a, items.se_b
    rows = []
    for i, name in enumerate(items.names):
        row: dict[str, Any] = {"item": name, "a": _known(items.a[i]), "b": _known(items.b[i])}
        if found.model == "3pl" or items.c[i] > 0:
            row["c"] = float(items.c[i])
        if items.maxima[i] > 1:
            row["steps"] = [_known(step) for step in items.steps[i, : items.maxima[i]]]
        if name in found.categories:
            row["categories"] = list(found.categories[name])
        row["se_a"] = None if one_slope or se_a is None else _known(se_a[i])
        row["se_b"] = None if se_b is None else _known(se_b[i])
        rows.append(row)
    return rows


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _print(found: "Calibration") -> None:
    click.echo(f"{found.model}, {found.persons:.0f} persons, log-likelihood {found.loglik:.4f}")
    click.echo(f"AIC {found.aic:.1f}, BIC {found.bic:.1f}, {found.free_parameters} parameters")
    for group in found.groups:
        if group.se_sd:
            name = f"{group.name}: " if group.name else ""
            click.echo(f"{name}mean {group.mean:.3f} ± {group.se_mean:.3f}, SD {group.sd:.3f} ± {group.se_sd:.3f}")
    items, guesses = found.items, found.items.c.any()
    se_a, se_b = items.se_a, items.se_b
    assert se_a is not None and se_b is not None  # a calibration states them
    click.echo(f"{'item':<20} {'a':>7} {'se':>6} {'b':>7} {'se':>6}" + (f" {'c':>6}" if guesses else ""))
    for i, name in enumerate(items.names):
        line = f"{name:<20} {items.a[i]:>7.3f} {se_a[i]:>6.3f} {items.b[i]:>7.3f} {se_b[i]:>6.3f}"
        line += f" {items.c[i]:>6.3f}" if guesses else ""
        line += "  anchor" if name in found.anchors else "  wrong key?" if items.a[i] < 0 else ""
        click.echo(line.rstrip())
        if items.maxima[i] > 1:
            click.echo("  steps " + " ".join(f"{step:.3f}" for step in items.steps[i, : items.maxima[i]]))
        if name in found.categories:
            click.echo(f"  marks nobody earned are merged: {', '.join(map(str, found.categories[name]))}")
    for left in found.left_out:
        click.echo(f"left out: {left.item}, {_LEFT_OUT[left.reason]}")


def _sentence(failed: "CalibrationFailed") -> str:
    return _FAILURES[failed.reason].format(what=failed.what, value=failed.value)
