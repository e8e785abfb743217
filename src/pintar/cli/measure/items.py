"""`pintar measure items`: classical statistics of a response table."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pintar.cli.measure.files import ExistingFile, choices_file, key_file, marks_file
from pintar.cli.measure.progress import Progress
from pintar.cli.words import print_json

if TYPE_CHECKING:
    from pintar.sciences.psychometrics.classical import Classical, ItemStatistics


@click.command(epilog="Example: pintar measure items pilihan.csv --key kunci.csv")
@click.argument("file", type=ExistingFile)
@click.option("--key", type=ExistingFile, help="CSV with item,key; then FILE holds the options chosen.")
@click.option(
    "--json", "as_json", is_flag=True,
    help='Print {"persons", "alpha", "sem", "items": [{"item", "facility", "item_rest", "discrimination27", …}]}.',
)  # fmt: skip
def items(file: Path, key: Path | None, as_json: bool) -> None:
    """How hard the items are, how well they tell, and how exact the whole test is.

    facility: mean mark / greatest mark. rest: correlation with the sum of the other marks. d27: facility of the upper
    27% minus that of the lower. α−: Cronbach's α without the item. Rows with other items are other forms: statistics
    are made within a form and pooled. With --key each option comes with its share and the mean sum of the other marks.
    """
    from pintar.sciences.psychometrics.classical import count, describe

    choices = None
    if key:
        choices = choices_file(file)
        table = choices.marked(key_file(key, choices.items))
    else:
        table = marks_file(file)
    with Progress("adding up"):
        found = describe(count(table, choices), table.items)
    if as_json:
        rows = [_row(item, with_options=key is not None) for item in found.items]
        print_json({"persons": found.persons, "alpha": found.alpha, "sem": found.sem, "items": rows})
        return
    _print(found)


def _row(item: "ItemStatistics", with_options: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "item": item.item,
        "facility": item.facility,
        "item_rest": item.item_rest,
        "discrimination27": item.discrimination27,
        "alpha_if_deleted": item.alpha_if_deleted,
    }
    if with_options:
        row["options"] = [
            {"option": option.option, "share": option.share, "mean_rest": option.mean_rest} for option in item.options
        ]
    return row


def _print(found: "Classical") -> None:
    forms = f", {len(found.forms)} forms" if len(found.forms) > 1 else ""
    click.echo(f"{found.persons} persons{forms}, α {_short(found.alpha)}, SEM {_short(found.sem)} marks")
    click.echo(f"{'item':<20} {'n':>7} {'facility':>8} {'rest':>6} {'d27':>6} {'α−':>6} {'blank':>6}")
    for item in found.items:
        blank = item.omitted + item.not_reached
        click.echo(
            f"{item.item:<20} {item.presented:>7} {item.facility:>8.3f} {_short(item.item_rest):>6} "
            f"{_short(item.discrimination27):>6} {_short(item.alpha_if_deleted):>6} {blank:>6.1%}"
        )
        for option in item.options:
            click.echo(f"  {option.option:<18} {option.share:>16.1%} {option.mean_rest:>6.2f}")


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
