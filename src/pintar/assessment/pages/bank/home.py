"""The way into the banks, on the home page of those who work in them."""

from typing import Any

from django.http import HttpRequest

from pintar.assessment.queries.scale import panels
from pintar.assessment.rules import bank
from pintar.foundation import clock
from pintar.foundation.panels import Panel
from pintar.people import queries as people


def provide(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """Asks nothing of the database for a learner: only who holds a role has a session with a second factor."""
    sign_in = request.sign_in  # type: ignore[attr-defined]
    if sign_in is None or sign_in.confirmed_at is None:
        return None
    held = people.roles_of(sign_in.person.uid, clock.now())
    if not set(bank.ROLES) & set(held):
        return None
    return {"is_assessor": bank.ASSESSOR in held, "panel": panels.waits_for(sign_in.person.uid)}


PANEL = Panel("beranda", "bank-soal", provide, "assessment/bank/parts/home.html", order=60)
