"""Letters about offers, lines and openings; passing on what the clock has ended.

A letter is taken hold of before it is sent, so that it never goes out twice; where sending fails it is let go again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from pintar.courses import queries as courses
from pintar.enrolment import actions, events
from pintar.enrolment.models import Preparation, Ticket
from pintar.enrolment.rules import TicketState
from pintar.foundation import clock, mail
from pintar.foundation.ledger import Recorded, handles
from pintar.foundation.schedule import every
from pintar.people.queries import Person, people

# A reminder goes out this long before an opening.
REMINDER_AHEAD = timedelta(hours=1)
# So many letters of a kind in one go; the next go follows at once.
AT_ONCE = 100


@handles(events.SeatOffered)
def write_of_offers(happened: Sequence[Recorded[events.SeatOffered]]) -> None:
    """Tell the holder of a ticket that a seat is kept for them, while it is."""
    uids = [each.what.ticket for each in happened]
    kept = Ticket.objects.filter(uid__in=uids, state=TicketState.OFFERED, offer_until__gt=clock.now(), told_at=None)
    rows = list(kept.select_related("batch__period").order_by("id"))
    persons = people(row.person_id for row in rows)
    for row in rows:
        _write(persons.get(row.person_id), row, "enrolment/mail/offer.txt", {"until": row.offer_until}, _told(row))


@every(seconds=5)
def pass_on(now: datetime) -> None:
    """Offers that are over go to the next; what is set aside no longer goes to everyone; lines that are over end."""
    actions.expire_offers(now=now)
    actions.release_set_asides(now=now)
    actions.end_lines(now=now)


@every(seconds=5)
def write_of_ended_lines(now: datetime) -> None:
    """Tell those who waited to the end that there is no seat, and what they can do."""
    untold = Ticket.objects.filter(state=TicketState.ENDED, told_at=None)
    rows = list(untold.select_related("batch__period").order_by("id")[:AT_ONCE])
    persons = people(row.person_id for row in rows)
    for row in rows:
        withdrawn = row.batch.withdrawn_at is not None
        _write(persons.get(row.person_id), row, "enrolment/mail/ended.txt", {"withdrawn": withdrawn}, _told(row))


@every(seconds=5)
def remind_of_openings(now: datetime) -> None:
    """Remind those who asked for it, once, from an hour before the opening on; late is better than not at all."""
    asked = Preparation.objects.filter(
        remind=True,
        reminded_at=None,
        batch__withdrawn_at=None,
        batch__opens_at__lte=now + REMINDER_AHEAD,
        batch__closes_at__gt=now,
    )
    rows = list(asked.select_related("batch__period").order_by("id")[:AT_ONCE])
    persons = people(row.person_id for row in rows)
    for row in rows:
        is_open = row.batch.opens_at <= now
        hold = _holding(Preparation, row.pk, "reminded_at")
        _write(persons.get(row.person_id), row, "enrolment/mail/reminder.txt", {"is_open": is_open}, hold)


Hold = Callable[[datetime | None], bool]


def _told(row: Ticket) -> Hold:
    return _holding(Ticket, row.pk, "told_at")


def _holding(model: Any, pk: int, name: str) -> Hold:
    """Takes hold of a letter with an instant, lets it go with None. Whether this call did it: of two workers one."""

    def hold(at: datetime | None) -> bool:
        rows = model.objects.filter(pk=pk, **{f"{name}__isnull": at is not None})
        return bool(rows.update(**{name: at}))

    return hold


def _write(person: Person | None, row: Any, template: str, context: dict[str, Any], hold: Hold) -> None:
    """One letter in the person's language and zone; whoever has no address is only held to be told."""
    if not hold(clock.now()) or person is None or not person.email:
        return
    batch = row.batch.facts()
    named = {
        "name": person.name if person.email_verified else "",
        "batch": batch,
        "training": courses.edition(batch.edition).title,
        **context,
    }
    try:
        with timezone.override(ZoneInfo(person.zone)):
            mail.send(person.email, template, named, person.language)
    except Exception:
        hold(None)
        raise
