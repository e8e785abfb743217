"""Certificates follow graduations; old counts of wrong codes go."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pintar.credentials import actions
from pintar.foundation import clock
from pintar.foundation.ledger import Recorded, handles
from pintar.foundation.schedule import every
from pintar.graduation.events import GraduationDecided


@handles(GraduationDecided)
def issue_certificates(events: Sequence[Recorded[GraduationDecided]]) -> None:
    for each in events:
        if each.what.state == "lulus":
            actions.issue(seat=each.what.seat, now=clock.now())


@every(seconds=3600)
def forget_wrong_codes(now: datetime) -> None:
    actions.forget_wrong_codes(before=now - timedelta(days=1))
