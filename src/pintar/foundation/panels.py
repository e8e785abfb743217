"""Panels: how a higher room puts something on a lower room's page.

The lower page names a place ("beranda"); the higher room registers a provider for it with its one query and its
template. The page collects before it renders, so templates still run no queries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Panel:
    """`provide(request, subject)` gives the template's context, or None for nothing to show.

    `subject` is what the page is about (None on the home page, a sitting's facts on a receipt …); its type
    belongs to the place and is named in the room that offers the place.
    """

    place: str
    name: str
    provide: Callable[[HttpRequest, Any], dict[str, Any] | None]
    template: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class Filled:
    """A panel with its context, ready for `{% for panel in panels %}{% panel panel %}{% endfor %}`."""

    name: str
    template: str
    context: dict[str, Any]


_panels: dict[tuple[str, str], Panel] = {}


def register(panel: Panel) -> None:
    """Called in `AppConfig.ready()`. Two panels of one name in one place are a mistake."""
    if _panels.setdefault((panel.place, panel.name), panel) is not panel:
        raise ValueError(f"panel {panel.name!r} is registered twice for {panel.place!r}")


def collect(place: str, request: HttpRequest, subject: Any = None) -> list[Filled]:
    """The panels of a place that have something to show, in order."""
    here = sorted((p for p in _panels.values() if p.place == place), key=lambda p: (p.order, p.name))
    filled = ((panel, panel.provide(request, subject)) for panel in here)
    return [Filled(panel.name, panel.template, context) for panel, context in filled if context is not None]
