"""What commands say: refusals in words, results as JSON, the loading of Django."""

import json
from typing import Any

import click


def load() -> None:
    """Load Django; call first in every command that needs the rooms."""
    import django

    django.setup()


def sentence(reason: Any) -> str:
    """A refusal's reason as plain text."""
    from pintar.foundation.ui.tags import in_plain_words

    return in_plain_words(reason)


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
