"""`pintar check`: look for what is wrong on this machine."""

import sys

import click

from pintar.cli.words import load, print_json


@click.command(epilog="Example: pintar check --json")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(as_json: bool) -> None:
    """Look for what is wrong: settings, database, undelivered events. Exit status 1 if anything is."""
    load()
    found = list(findings())
    if as_json:
        print_json({"findings": found})
    for finding in [] if as_json else found:
        click.echo(f"- {finding}", err=True)
    if not found and not as_json:
        click.echo("Nothing is wrong.")
    sys.exit(1 if found else 0)


def findings():
    from django.core.checks import run_checks
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from pintar.foundation import sqlite
    from pintar.foundation.models import Delivery

    yield from (f"{message.msg} ({message.id})" for message in run_checks())
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            yield "the database is not migrated; run: pintar manage migrate"
            return
        failing = Delivery.objects.filter(attempts__gt=0).order_by("-attempts")[:20]
        for delivery in failing.select_related("event"):
            yield (
                f"{delivery.handler} failed {delivery.attempts} times on {delivery.event.name} "
                f"{delivery.event.uid} ({delivery.error}); it is tried again at {delivery.due_at:%Y-%m-%d %H:%M} UTC"
            )
    except DatabaseError as error:
        yield f"the database does not answer: {error}"
        return
    if connection.vendor == "sqlite":
        version = sqlite.linked_version()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            if (answer := cursor.fetchone()[0]) != "ok":
                yield f"the database file is damaged ({answer}); restore the last backup"
        if not sqlite.is_mended(version):
            yield (
                f"SQLite {'.'.join(map(str, version))} can lose commits in WAL mode; the journal is TRUNCATE instead, "
                "which is slower: install a wheel of pysqlite3 0.6.1 or newer"
            )
