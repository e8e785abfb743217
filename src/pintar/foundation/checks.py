"""What must be true before the server starts."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from pintar.foundation import access


@register
def every_address_declares_who_may_use_it(app_configs: Any, **_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"/{route} does not declare who may use it",
            hint="put @access(EVERYONE), @access(ACCOUNT) or @access(role(…)) on its view",
            id="pintar.E001",
        )
        for route, view in routes()
        if access.declared(view) is None
    ]


def routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the server with its view, as (route, callback)."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback
