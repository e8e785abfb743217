"""`pintar manage …`: Django's own commands."""

import sys

import click


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    short_help="Django's own commands, for example: pintar manage migrate",
)
@click.pass_context
def manage(ctx: click.Context) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line([sys.argv[0], *ctx.args])
