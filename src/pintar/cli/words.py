"""What commands say: refusals in words, results as JSON, the loading of Django."""

import json
from typing import Any
from uuid import UUID

import click


def load() -> None:
    """Load Django; call first in every command that needs the rooms."""
    import django

    django.setup()


def sentence(reason: Any) -> str:
    """A refusal's reason as plain text."""
    from pintar.foundation.ui.tags import in_plain_words

    return in_plain_words(reason)


def named(login: str) -> UUID:
    """Who answers for a deed, by a number or an address that signs in (`--by`)."""
    from pintar.people.queries import person_by_login

    person = person_by_login(login)
    if person is None:
        raise click.BadParameter(f"nobody signs in with {login!r}", param_hint="--by")
    return person.uid


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
