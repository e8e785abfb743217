"""`pintar sitting …`: what an organiser may grant in a test."""

from uuid import UUID

import click

from pintar.cli.words import load, print_json


@click.group()
def sitting() -> None:
    """Tests in progress."""


@sitting.command(
    "extra-time", epilog="Example: pintar sitting extra-time 01a20cc1-42ef-74e5-8e46-3f8e3e3f8d56 --percent 50"
)
@click.argument("uid", type=click.UUID)
@click.option(
    "--percent", required=True, type=click.Choice(["0", "25", "50", "100"]), help="How much more; 0 takes it back."
)
@click.option("--json", "as_json", is_flag=True, help='Print {"person", "percent", "open_sittings"}.')
def extra_time(uid: UUID, percent: str, as_json: bool) -> None:
    """More time for a person, in open sittings at once and in every test from now on.

    UID is the person's, or that of one of their sittings (it stands in the address of the test).
    """
    load()
    from pintar.assessment import actions, queries
    from pintar.foundation import clock
    from pintar.foundation.refusals import not_found
    from pintar.people.queries import people, people_by_uid

    person_id = queries.person_of(uid)
    person = people([person_id]).get(person_id) if person_id else people_by_uid([uid]).get(uid)
    if person is None:
        raise not_found("assessment", "unknown_person", uid=str(uid))
    changed = actions.give_extra_time(person=person, percent=int(percent), by=None, now=clock.now())
    if as_json:
        print_json({"person": str(person.uid), "percent": int(percent), "open_sittings": changed})
    else:
        click.echo(f"{person.name}: {percent}% more time in every test; sittings under way that changed: {changed}")
