"""The panel "bukti": what comes after a sitting, on its receipt."""

from typing import Any

from django.http import HttpRequest

from pintar.assessment.queries import SittingFacts
from pintar.foundation import clock
from pintar.foundation.panels import Panel
from pintar.learning.queries.result import after_sitting


def provide(request: HttpRequest, subject: SittingFacts) -> dict[str, Any] | None:
    """Lessons to study again, or what is next; one query."""
    now = clock.now()
    found = after_sitting(subject, request.person.id, now)  # type: ignore[attr-defined]
    return {"step": found, "now": now} if found else None


PANEL = Panel(place="bukti", name="belajar", provide=provide, template="learning/parts/after_sitting.html", order=30)
