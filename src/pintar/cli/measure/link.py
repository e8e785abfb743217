"""`pintar measure link`: a new calibration on the scale of an old one."""

from pathlib import Path

import click

from pintar.cli.measure.files import ExistingFile, items_file
from pintar.cli.measure.progress import Progress
from pintar.cli.words import print_json

_REFUSALS = {
    "too_few_anchors": "they have {count} items in common ({items}); {value} are needed",
    "too_many_drifted": "too many of the common items have drifted ({items}). Look at them before you link",
    "no_spread": "the common items ({items}) are all equally hard, so they tell no unit. Use --method sl",
    "not_converged": "no link brings the curves of the common items together ({items}). Look at their parameters",
}


@click.command(epilog="Example: pintar measure link lama.json baru.json --method sl")
@click.argument("old", type=ExistingFile)
@click.argument("new", type=ExistingFile)
@click.option(
    "--method", type=click.Choice(["sl", "haebara", "meansigma"]), default="sl", show_default=True,
    help="Stocking–Lord, Haebara or mean–sigma.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help='Print {"A", "B", "se_A", "se_B", "dropped"}.')
def link(old: Path, new: Path, method: str, as_json: bool) -> None:
    """Find θ_old = A θ_new + B by the items of the same name; anchors that drifted are reported and left out.

    A new item then has a/A and A b + B. The standard errors take a and b of an items file as independent.
    """
    before, after = items_file(old), items_file(new)
    from pintar.sciences.psychometrics.scale.linking import LinkRefused
    from pintar.sciences.psychometrics.scale.linking import link as find_link

    try:
        with Progress("linking"):
            found = find_link(before, after, method)  # type: ignore[arg-type]
    except LinkRefused as refused:
        words = _REFUSALS[refused.reason].format(
            items=", ".join(refused.items) or "none", count=len(refused.items), value=refused.value
        )
        raise click.ClickException(f"{old} and {new}: {words}.") from None
    if as_json:
        errors = {"se_A": found.se_A, "se_B": found.se_B}
        print_json({"A": found.A, "B": found.B, **errors, "dropped": list(found.dropped)})
        return
    errors_in_words = [f" ± {se:.4f}" if se is not None else "" for se in (found.se_A, found.se_B)]
    click.echo(f"A {found.A:.4f}{errors_in_words[0]}\nB {found.B:.4f}{errors_in_words[1]}")
    click.echo(f"{len(found.anchors)} anchors: {', '.join(found.anchors)}")
    for drift in found.drift:
        if drift.is_dropped:
            click.echo(f"left out, it drifted: {drift.item}, {drift.d:+.2f} logits (z {drift.z:+.1f})")
