"""Handing recorded events to their handlers: at least once, hundreds at a time, never given up."""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from pintar.foundation import clock
from pintar.foundation.ledger.events import Recorded, handler, handler_names, read
from pintar.foundation.models import Delivery

BATCH = 200
LEASE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)

log = structlog.get_logger("pintar.ledger")


def deliver_all(now: Callable[[], datetime] = clock.now) -> int:
    """Hand over everything that is due, until nothing is. Returns how many deliveries succeeded."""
    done = 0
    while True:
        moved = sum(deliver(name, now()) for name in _due_handlers(now()))
        if not moved:
            return done
        done += moved


def deliver(name: str, now: datetime) -> int:
    """Hand one handler a batch of what is due for it. Returns how many succeeded."""
    claimed = _claim(name, now)
    handle = handler(name)
    if not claimed or handle is None:
        return 0
    try:
        handle([_recorded(delivery) for delivery in claimed])
    except Exception:  # noqa: BLE001  one bad event must not hold up the others: each alone, below
        return sum(_deliver_alone(delivery, now) for delivery in claimed)
    Delivery.objects.filter(pk__in=[d.pk for d in claimed]).delete()
    return len(claimed)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failures: 1, 2, 4 … seconds, at most an hour."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 12)), LONGEST_WAIT)


def _due_handlers(now: datetime) -> list[str]:
    due = Delivery.objects.filter(due_at__lte=now, handler__in=handler_names())
    return list(due.order_by().values_list("handler", flat=True).distinct())


def _claim(name: str, now: datetime) -> list[Delivery]:
    # A claim moves `due_at` to the end of the lease: a worker that dies gives its deliveries back by doing nothing.
    with transaction.atomic():
        due = Delivery.objects.filter(handler=name, due_at__lte=now).order_by("id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        claimed = list(due.select_related("event")[:BATCH])
        Delivery.objects.filter(pk__in=[d.pk for d in claimed]).update(due_at=now + LEASE)
    return claimed


def _deliver_alone(delivery: Delivery, now: datetime) -> int:
    handle = handler(delivery.handler)
    assert handle is not None
    try:
        handle([_recorded(delivery)])
    except Exception as error:  # noqa: BLE001
        attempts = delivery.attempts + 1
        log.error(
            "delivery_failed",
            handler=delivery.handler,
            uid=str(delivery.event.uid),
            attempts=attempts,
            error=type(error).__name__,
            where=traceback.format_tb(error.__traceback__)[-1].strip(),
        )
        Delivery.objects.filter(pk=delivery.pk).update(
            attempts=attempts, due_at=now + backoff(attempts), error=type(error).__name__[:100]
        )
        return 0
    delivery.delete()
    return 1


def _recorded(delivery: Delivery) -> Recorded:
    row = delivery.event
    return Recorded(uid=row.uid, what=read(row.name, row.payload), about=row.about, by=row.by, at=row.at)
