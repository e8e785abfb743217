"""`pintar measure assemble`: parallel forms from a bank and a blueprint."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pintar.cli.measure.files import ExistingFile, number, records
from pintar.cli.measure.progress import Progress
from pintar.cli.words import print_json

if TYPE_CHECKING:
    from pintar.sciences.psychometrics.forms.blueprint import Bank, Blueprint, Range, Rule

KEYS = (
    "items", "indicators", "types", "difficulty", "seconds", "overlap", "exposure", "information", "cut", "tolerance",
)  # fmt: skip


@click.command(epilog="Example: pintar measure assemble bank.csv blueprint.yaml --forms 3")
@click.argument("bank", type=ExistingFile)
@click.argument("blueprint", type=ExistingFile)
@click.option("--forms", type=click.IntRange(1, 100), default=1, show_default=True, help="How many parallel forms.")
@click.option("--json", "as_json", is_flag=True, help='Print {"forms": [[item …] …], "information_at_cut": […]}.')
def assemble(bank: Path, blueprint: Path, forms: int, as_json: bool) -> None:
    """Forms that obey a blueprint and tell most at the cut, parallel within 5%.

    BANK is CSV with item, a, b and, where known, c, indicator, type, seconds, exposure (0 to 1), enemies (names, with
    spaces between). BLUEPRINT is YAML; only `indicators` is needed:

    \b
      indicators: {"1": 2, "2": 3}        items of each on every form
      types: {single: [3, 5]}             least and most
      difficulty: [{from: -3, to: 0, items: [1, 3]}]
      seconds: 600                        the most a form may take
      overlap: 0                          items that two forms may share
      exposure: 0.25                      items that more people have met are left out
      information: [{at: -1, least: 2}]   wanted beside the cut
      cut: 0.0                            in logits
    """
    from pintar.sciences.psychometrics.forms.assembly import Infeasible
    from pintar.sciences.psychometrics.forms.assembly import assemble as find_forms

    pool, wanted = _bank(bank), _blueprint(blueprint)
    try:
        with Progress("looking for forms"):
            found = find_forms(pool, wanted, forms)
    except Infeasible as none:
        raise click.ClickException("\n".join(_explained(none.conflict))) from None
    names = [[pool.items.names[row] for row in form] for form in found.forms]
    if as_json:
        print_json({"forms": names, "information_at_cut": found.information.tolist()})
        return
    for at, (form, information) in enumerate(zip(names, found.information, strict=True), 1):
        click.echo(f"form {at}: information {information:.2f} at the cut\n  {' '.join(form)}")
    click.echo(f"the best possible is at most {found.gap:.1%} better")


def _bank(path: Path) -> "Bank":
    from pintar.sciences.psychometrics.forms.blueprint import Bank
    from pintar.sciences.psychometrics.irt.items import ItemParameters

    rows = list(records(path, ("item", "a", "b")))
    place = {row["item"]: at for at, row in enumerate(rows)}
    enemies = []
    for at, row in enumerate(rows):
        for name in row.get("enemies", "").split():
            if name not in place:
                raise click.ClickException(f"{path}: line {row['line']}, column enemies: there is no item {name}.")
            enemies.append((at, place[name]))
    try:
        items = ItemParameters.of(
            [number(path, row, "a") for row in rows],
            [number(path, row, "b") for row in rows],
            [number(path, row, "c", 0.0) for row in rows],
            names=[row["item"] for row in rows],
        )
        return Bank.of(
            items,
            [row.get("indicator", "") for row in rows],
            [row.get("type", "") for row in rows],
            [number(path, row, "seconds", 0.0) for row in rows],
            [number(path, row, "exposure", 0.0) for row in rows],
            enemies,
        )
    except ValueError as fault:
        raise click.ClickException(f"{path}: {fault}.") from None


def _blueprint(path: Path) -> "Blueprint":
    import yaml

    from pintar.sciences.psychometrics.forms.blueprint import Band, Blueprint, Range, Target

    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise click.ClickException(f"{path}: it is not YAML: {fault}") from None
    if not isinstance(given, dict) or not isinstance(given.get("indicators"), dict):
        raise click.ClickException(f'{path}: `indicators` is missing: {{"1": 2, "2": 3}}, items of each on every form.')
    if unknown := [str(key) for key in given if key not in KEYS]:
        raise click.ClickException(f"{path}: {unknown[0]} is unknown. Known are {', '.join(KEYS)}.")
    try:
        wanted = Blueprint(
            indicators={str(name): int(count) for name, count in given["indicators"].items()},
            types={str(name): Range(*_pair(span)) for name, span in (given.get("types") or {}).items()},
            difficulty=tuple(
                Band(float(band["from"]), float(band["to"]), Range(*_pair(band["items"])))
                for band in given.get("difficulty") or ()
            ),
            seconds=None if given.get("seconds") is None else float(given["seconds"]),
            overlap=0 if "overlap" not in given else None if given["overlap"] is None else int(given["overlap"]),
            exposure=None if given.get("exposure") is None else float(given["exposure"]),
            targets=tuple(
                Target(float(target["at"]), Range(target.get("least"), target.get("most")))
                for target in given.get("information") or ()
            ),
            cut=float(given.get("cut", 0.0)),
            tolerance=float(given.get("tolerance", 0.05)),
        )
    except (TypeError, ValueError, KeyError, AttributeError) as fault:
        raise click.ClickException(
            f"{path}: a value has the wrong shape ({fault}). See --help for all of them."
        ) from None
    if given.get("items") not in (None, wanted.length):
        raise click.ClickException(
            f"{path}: items says {given['items']}, but the indicators add up to {wanted.length}. Make them agree."
        )
    return wanted


def _pair(span: Any) -> tuple[float | None, float | None]:
    """[least, most], or one number for exactly so many."""
    if isinstance(span, int | float):
        return span, span
    least, most = span
    return least, most


def _explained(conflict: "tuple[Rule, ...]") -> list[str]:
    """The smallest set of rules that cannot hold together, in words."""
    if not conflict:
        return ["No forms were found within the time, though no rules could be shown to contradict each other."]
    codes = {rule.code for rule in conflict}
    apart = next((rule for rule in conflict if rule.code == "overlap" and rule.wanted.most == 0), None)
    for rule in conflict:
        if len(conflict) == 2 and apart and rule.code in ("indicator", "length", "type", "difficulty"):
            need = int(rule.wanted.least or 0) * rule.forms
            if rule.there < need:
                return [
                    f"{_subject(rule).capitalize()} has {_left(rule)}; {rule.forms} forms of "
                    f"{int(rule.wanted.least or 0)} need {need}."
                ]
    if len(conflict) == 1 and codes <= {"indicator", "length", "type", "difficulty"}:
        (rule,) = conflict
        return [f"{_subject(rule).capitalize()} has {_left(rule)}; a form needs {int(rule.wanted.least or 0)}."]
    return ["These rules cannot hold together:", *(f"- {_rule(rule)}" for rule in conflict)]


def _subject(rule: "Rule") -> str:
    if rule.code == "length":
        return "the bank"
    return f"difficulty {rule.name}" if rule.code == "difficulty" else f"{rule.code} {rule.name}"


def _left(rule: "Rule") -> str:
    return f"{rule.there} items" + (f" ({rule.barred} more are over-exposed)" if rule.barred else "")


def _rule(rule: "Rule") -> str:
    reach = "" if rule.reach is None else f"; under the others {_number(rule.reach)} is the nearest that can be had"
    match rule.code:
        case "length":
            return f"each form has {_span(rule.wanted)} items{reach}"
        case "indicator" | "type" | "difficulty":
            return f"each form has {_span(rule.wanted)} of {_subject(rule)}, which has {_left(rule)}{reach}"
        case "seconds":
            return f"each form takes {_span(rule.wanted)} seconds{reach}"
        case "information":
            return f"each form has {_span(rule.wanted)} information at {rule.name}{reach}"
        case "enemies":
            return f"{rule.there} pairs of enemies are kept on different forms"
        case "overlap":
            return f"two forms share {_span(rule.wanted)} items" if rule.wanted.most else "no item is on two forms"
        case _:
            return f"the forms' information at the cut differs by {rule.wanted.most:.0%} at most"


def _span(wanted: "Range") -> str:
    if wanted.least == wanted.most:
        return f"exactly {_number(wanted.least or 0)}"
    if wanted.least is None:
        return f"at most {_number(wanted.most or 0)}"
    return f"at least {_number(wanted.least)}" + ("" if wanted.most is None else f" and at most {_number(wanted.most)}")


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value - round(value)) < 1e-6 else f"{value:.1f}"
