"""The command line: `pintar …`. Each group of commands lives in a module of its own and is loaded when it is called."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import click

# name of the command → (module, attribute)
COMMANDS = {
    "start": ("start", "start"),
    "check": ("check", "check"),
    "course": ("course", "course"),
    "people": ("people", "people"),
    "batch": ("batch", "batch"),
    "sitting": ("sitting", "sitting"),
    "certificate": ("certificate", "certificate"),
    "measure": ("measure", "measure"),
    "manage": ("manage", "manage"),
}


class Rooms(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name]
        return getattr(import_module(f"pintar.cli.{module}"), attribute)


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pintar")
def cli() -> None:
    """Pintar, a national learning platform. Begin with: pintar start"""


def main() -> None:
    """The entry point. Exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pintar.settings")
    with in_a_sentence():
        cli.main(standalone_mode=True)


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Ends the process with status 1 and a sentence where it is refused."""
    from pintar.foundation.environment import UnsafeSetting
    from pintar.foundation.refusals import Refusal
    from pintar.foundation.storage import StoreAway

    try:
        yield
    except UnsafeSetting as unsafe:
        sys.exit(f"pintar: {unsafe}")
    except StoreAway as away:
        sys.exit(f"pintar: PINTAR_MEDIA_URL: {away}; nothing was published. Look closer with: pintar check")
    except Refusal as refusal:
        from pintar.cli.words import sentence

        sys.exit("\n".join(f"pintar: {sentence(reason)}" for reason in refusal.reasons))
