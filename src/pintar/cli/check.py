"""`pintar check`: look for what is wrong on this machine."""

import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

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

    yield from _of_the_store()
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


def _of_the_store():
    """Writes some bytes (the same at each check), reads them, and fetches them as a browser is sent to."""
    from pintar.foundation import storage

    try:
        kept = storage.put(b"WEBVTT\n", "vtt")
        if storage.get(kept.name) != b"WEBVTT\n":
            yield "PINTAR_MEDIA_URL: the store gives back something else than what was put there"
        if elsewhere := storage.address(kept.name):
            urllib.request.urlopen(elsewhere, timeout=10).close()  # noqa: S310  the operator's own address
    except urllib.error.URLError as error:
        parts = urlsplit(elsewhere)
        yield (
            f"PINTAR_MEDIA_URL: browsers fetch recordings from {parts.scheme}://{parts.netloc}, "
            f"which does not hand out what was put there ({error})"
        )
    except OSError as error:
        yield f"PINTAR_MEDIA_URL: the store of media cannot be written or read: {error}"
