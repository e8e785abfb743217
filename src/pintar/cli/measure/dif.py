"""`pintar measure dif`: items that are harder for one group than for others of the same ability."""

import math
from pathlib import Path

import click

from pintar.cli.measure.files import ExistingFile, groups_file, marks_file
from pintar.cli.measure.progress import Progress
from pintar.cli.words import print_json


@click.command(epilog="Example: pintar measure dif jawaban.csv --group wilayah.csv --focal 3T")
@click.argument("file", type=ExistingFile)
@click.option(
    "--group", "group", required=True, type=ExistingFile, help="CSV with person,group, or group in the rows' order."
)
@click.option("--focal", required=True, help="The group whose disadvantage is looked for; all others are compared.")
@click.option("--method", type=click.Choice(["mh", "logistic"]), default="mh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help='Print {"items": [{"item", "class", "effect", "p"}]}.')
def dif(file: Path, group: Path, focal: str, method: str, as_json: bool) -> None:
    """Differential item functioning by Mantel–Haenszel (ETS classes) or logistic regression.

    People are matched by total score, purified once. Class A is negligible, B slight, C large: a C item is for people
    to look at. `effect` is Δ for mh (negative: harder for the focal group), the gain in Nagelkerke's R² for logistic;
    p is Holm's for logistic. Rows without a group are left out. "too few": fewer than 100 of a group.
    """
    table = marks_file(file)
    groups = groups_file(group, table.persons, len(table))
    if focal not in groups:
        raise click.ClickException(
            f"{group}: nobody is in {focal}. There are: {', '.join(sorted(set(groups) - {''}))}."
        )
    if set(groups) <= {focal, ""}:
        raise click.ClickException(f"{group}: everybody is in {focal}; there is nobody to compare with.")
    from pintar.sciences.psychometrics.quality import dif as science

    marks = table.for_people()
    marks = marks.take_rows([i for i, row in enumerate(marks.rows) if groups[row]])
    of_focal = [groups[row] == focal for row in marks.rows]
    if all(of_focal) or not any(of_focal):
        raise click.ClickException(f"{file}: one of the groups has no answers.")
    with Progress("comparing the groups"):
        found = (science.mantel_haenszel if method == "mh" else science.logistic)(marks, of_focal)
    rows = [
        {"item": item, "class": label, "effect": _known(effect), "p": _known(p)}
        for item, label, effect, p in zip(marks.items, found.classes, found.effect, found.p, strict=True)
    ]
    if as_json:
        print_json({"items": rows})
        return
    click.echo(f"{sum(of_focal)} in {focal}, {len(of_focal) - sum(of_focal)} others, {method}")
    for row in rows:
        effect, p = ("–" if row[name] is None else f"{row[name]:.3f}" for name in ("effect", "p"))
        click.echo(f"{row['item']:<20} {row['class']:<8} {effect:>8} {p:>7}")


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
