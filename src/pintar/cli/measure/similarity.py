"""`pintar measure similarity`: pairs that agree more than two people of their abilities would by working alone."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pintar.cli.measure.files import ExistingFile, choices_file, groups_file, items_file, key_file, marks_file
from pintar.cli.measure.progress import Progress
from pintar.cli.words import print_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pintar.sciences.psychometrics.choices import ChoiceTable
    from pintar.sciences.psychometrics.integrity.similarity import Curves
    from pintar.sciences.psychometrics.irt.items import ItemParameters
    from pintar.sciences.psychometrics.responses import ResponseTable


@click.command(
    epilog="Example: pintar measure similarity pilihan.csv --key kunci.csv --items butir.json --near satuan.csv"
)
@click.argument("file", type=ExistingFile)
@click.option(
    "--items", "items", required=True, type=ExistingFile, help="Item parameters: from calibrate --json, or CSV."
)
@click.option("--key", type=ExistingFile, help="CSV with item,key; then FILE holds the options chosen.")
@click.option("--near", type=ExistingFile, help="Each person's unit, as a group file: pairs of a unit get half of α.")
@click.option(
    "--alpha", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.001, show_default=True,
    help="Chance that anybody at all is flagged among honest people.",
)  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True,
    help='Print {"pairs", "alpha_near", "alpha_all", "flagged": [{"a", "b", "statistic", "p"}]}.',
)  # fmt: skip
def similarity(file: Path, items: Path, key: Path | None, near: Path | None, alpha: float, as_json: bool) -> None:
    """Pairs whose answers agree beyond chance, by the generalised binomial test with exact tails.

    `alpha_near` and `alpha_all` are the levels of one pair, so that the chance of any false flag at all stays under
    --alpha. The statistic is the number of equal answers. With --key equal wrong options count as what they are; marks
    alone show much less. Answers alone are one kind of evidence: a note, not a verdict on anybody.
    """
    parameters = items_file(items)
    choices, answers = None, {}
    if key:
        choices = choices_file(file)
        answers = key_file(key, choices.items)
    table = choices.marked(answers) if choices else marks_file(file)
    known = [i for i, item in enumerate(table.items) if item in set(parameters.names)]
    if not known:
        raise click.ClickException(f"{items}: it has none of the items of {file}. Are the names the same?")
    if len(known) < len(table.items):
        click.echo(f"{len(table.items) - len(known)} items without parameters are left out", err=True)
    units = groups_file(near, table.persons, len(table)) if near else None
    import numpy as np

    from pintar.sciences.psychometrics.integrity.similarity import Cohort, find_similar
    from pintar.sciences.psychometrics.irt.abilities import measure

    parameters = parameters.named([table.items[i] for i in known])
    try:
        found = measure(table, parameters, "wle")
    except ValueError as fault:
        raise click.ClickException(f"{file}: {fault}.") from None
    taken, right, curves = _compared(table, choices, answers, known, found.rows, found.theta, parameters)
    numbers = {unit: number for number, unit in enumerate(sorted(set(units or []) - {""}))}
    of_unit = np.array([numbers.get(units[row], -1) for row in found.rows]) if units else None
    with Progress("comparing all pairs"):
        result = find_similar(Cohort(taken, found.theta, right, of_unit), curves, alpha=alpha)
    names = table.persons or [str(row + 1) for row in range(len(table))]
    flagged = [
        {"a": names[found.rows[p.a]], "b": names[found.rows[p.b]], "statistic": p.equal, "p": p.p}
        for p in result.flagged
    ]
    if as_json:
        levels = result.levels
        print_json({"pairs": levels.pairs, "alpha_near": levels.near, "alpha_all": levels.every, "flagged": flagged})
        return
    click.echo(f"{result.levels.pairs:,} pairs compared, {result.levels.near_pairs:,} of them within a unit")
    for row, pair in zip(flagged, result.flagged, strict=True):
        click.echo(
            f"{row['a']} – {row['b']}: {pair.equal} of {pair.compared} equal ({pair.equal_wrong} of them wrong), "
            f"{pair.expected:.1f} expected, p {pair.p:.1e}"
        )
    if not flagged:
        click.echo("no pair agrees more than chance explains")


def _compared(
    table: "ResponseTable",
    choices: "ChoiceTable | None",
    answers: dict[str, str],
    known: list[int],
    rows: "NDArray[np.int64]",
    theta: "NDArray[np.float64]",
    parameters: "ItemParameters",
) -> "tuple[NDArray[np.int16], NDArray[np.int64], Curves]":
    """What is compared, (n, k): options, or marks where none are known; the right (greatest) ones; their curves."""
    import numpy as np

    from pintar.sciences.psychometrics.integrity.options import fit_options
    from pintar.sciences.psychometrics.integrity.similarity import NOT_PRESENTED, NOTHING

    taken = np.full(table.shape, NOT_PRESENTED, np.int16)
    cells = np.repeat(np.arange(len(table)), np.diff(table.starts)), table.columns
    taken[cells] = np.where(table.codes >= 0, table.codes if choices is None else choices.choices, NOTHING)
    taken = taken[np.ix_(rows, known)]
    if choices is None:
        return taken, parameters.maxima.astype(np.int64), parameters.probabilities
    right = []
    for i in known:
        seen, wanted = choices.options[i], answers[choices.items[i]]
        right.append(seen.index(wanted) if wanted in seen else len(seen))  # nobody may have taken it
    return taken, np.array(right), fit_options(taken, right, parameters, theta)
