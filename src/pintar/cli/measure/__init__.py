"""`pintar measure …`: psychometrics for a CSV file, without a platform. Nothing here touches a database."""

from importlib import import_module

import click

# name of the command → module of this package that defines it under the same name
COMMANDS = ("items", "calibrate", "score", "link", "dif", "assemble", "similarity", "report")


class Studies(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return getattr(import_module(f"{__name__}.{name}"), name) if name in COMMANDS else None


@click.group(cls=Studies)
def measure() -> None:
    """Items, abilities, fairness, forms and copying, from a table of responses.

    A table is CSV: a header of item names, one row a person, whole-number marks, empty or NA = not presented; an
    optional first column `person`.
    """
