"""`pintar measure score`: abilities with standard errors."""

import math
from pathlib import Path

import click

from pintar.cli.measure.files import ExistingFile, categories_file, items_file, marks_file
from pintar.cli.measure.progress import Progress
from pintar.cli.words import print_json


@click.command(epilog="Example: pintar measure score jawaban.csv --items butir.json --method wle")
@click.argument("file", type=ExistingFile)
@click.option("--items", required=True, type=ExistingFile, help="Item parameters: from calibrate --json, or CSV.")
@click.option("--method", type=click.Choice(["eap", "map", "wle"]), default="wle", show_default=True)
@click.option("--json", "as_json", is_flag=True, help='Print {"people": [{"person", "theta", "se"}]}.')
def score(file: Path, items: Path, method: str, as_json: bool) -> None:
    """Where each person stands, in logits, in the order of the rows.

    wle takes nothing for granted; eap and map take N(0, 1) of the scale as given. A row without an answer has no
    ability. A WLE of a zero or perfect score is finite and marked.
    """
    table, parameters, categories = marks_file(file), items_file(items), categories_file(items)
    from pintar.sciences.psychometrics.irt.abilities import measure
    from pintar.sciences.psychometrics.irt.preparation import recoded

    left = [name for name in table.items if name not in set(parameters.names)]
    if len(left) == len(table.items):
        raise click.ClickException(f"{items}: it has none of the items of {file}. Are the names the same?")
    if left:
        click.echo(f"items without parameters are left aside: {', '.join(left)}", err=True)
    try:
        with Progress("measuring people"):
            found = measure(recoded(table.for_people(), categories), parameters, method)  # type: ignore[arg-type]
    except ValueError as fault:
        raise click.ClickException(f"{file}: {fault}.") from None
    people = [{"person": name, "theta": None, "se": None} for name in table.persons or range(1, len(table) + 1)]
    extreme = set()
    for row, theta, se, is_extreme in zip(found.rows, found.theta, found.se, found.extreme, strict=True):
        people[row] |= {"theta": _known(theta), "se": _known(se)}
        if is_extreme:
            extreme.add(int(row))
    if as_json:
        print_json({"people": people})
        return
    click.echo(f"{'person':<24} {'theta':>7} {'se':>6}")
    for row, person in enumerate(people):
        theta, se = ("–" if person[name] is None else f"{person[name]:.3f}" for name in ("theta", "se"))
        click.echo(f"{person['person']:<24} {theta:>7} {se:>6}" + ("  extreme" if row in extreme else ""))


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
