"""`pintar measure report`: what to keep, mend and drop of a test, in one HTML file for its authors."""

from pathlib import Path

import click

from pintar.cli.measure.files import ExistingFile, choices_file, key_file, marks_file
from pintar.cli.measure.progress import Progress

MODELS = ("rasch", "1pl", "2pl", "3pl", "pcm", "gpcm")


@click.command(epilog="Example: pintar measure report pilihan.csv --key kunci.csv --output laporan.html")
@click.argument("file", type=ExistingFile)
@click.option("--key", type=ExistingFile, help="CSV with item,key; then FILE holds the options chosen.")
@click.option("--model", type=click.Choice(MODELS), help="2pl (gpcm where an item gives several marks) unless named.")
@click.option(
    "--pass", "passing", type=click.FloatRange(1, 99), help="The pass mark in percent, to show where it cuts."
)
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; FILE.html unless named."
)
@click.option("--json", "as_json", is_flag=True, help='Print {"file", "items": [{"item", "decision", "reasons"}]}.')
def report(
    file: Path, key: Path | None, model: str | None, passing: float | None, language: str, output: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """One HTML file that a test author can read: which items to keep, mend and drop, and why.

    It needs no network and no script. Items are judged by their difficulty, their correlation with the rest, the
    options that people chose (with --key), and how well a model of ability describes the answers.
    """
    from pintar.cli.measure.report.analysis import analyse
    from pintar.cli.measure.report.page import written
    from pintar.cli.words import print_json

    choices, answers = None, {}
    if key:
        choices = choices_file(file)
        answers = key_file(key, choices.items)
    table = choices.marked(answers) if choices else marks_file(file)
    if not len(table) or not (table.codes >= 0).any():
        raise click.ClickException(f"{file}: nobody has answered anything.")
    with Progress("looking at the items") as progress:
        found = analyse(table, choices, answers, model, passing, progress)
    target = output or file.with_suffix(".html")
    try:
        target.write_text(written(found, file.name, language), encoding="utf-8")
    except OSError as fault:
        raise click.ClickException(
            f"{target}: it cannot be written ({fault.strerror}). Name another --output."
        ) from None
    counts = {name: sum(item.advice.decision == name for item in found.items) for name in ("keep", "mend", "drop")}
    if as_json:
        items = [
            {"item": i.name, "decision": i.advice.decision.value, "reasons": [r.code for r in i.advice.reasons]}
            for i in found.items
        ]
        print_json({"file": str(target), "items": items})
        return
    click.echo(f"{target}: keep {counts['keep']}, mend {counts['mend']}, drop {counts['drop']}")
