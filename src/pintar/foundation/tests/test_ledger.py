"""Events are recorded with the action, handed over at least once, and never given up."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from pintar.foundation import ids
from pintar.foundation.ledger import Recorded, event, handles, record
from pintar.foundation.ledger import events as registry
from pintar.foundation.ledger.worker import BATCH, LEASE, backoff, deliver, deliver_all
from pintar.foundation.models import Delivery, Event

pytestmark = pytest.mark.django_db


@event("tests.bell_rung")
class BellRung:
    bell: UUID
    times: int


heard: list[Recorded[BellRung]] = []
broken: set[int] = set()


def listen(events: Sequence[Recorded[BellRung]]) -> None:
    if any(e.what.times in broken for e in events):
        raise ValueError("cannot hear this one")
    heard.extend(events)


@pytest.fixture(autouse=True)
def listener() -> Iterator[str]:
    """A handler that is there for these tests only."""
    before = dict(registry._handlers)
    handles(BellRung)(listen)
    heard.clear()
    broken.clear()
    yield next(name for name in registry._handlers if name not in before)
    registry._handlers.clear()
    registry._handlers.update(before)


def ring(now, times=1) -> UUID:
    bell = ids.uid()
    record(BellRung(bell=bell, times=times), about=bell, by=None, now=now)
    return bell


def test_an_event_is_handed_over_as_it_was_recorded(now):
    bell = ring(now, times=3)
    assert deliver_all(lambda: now) == 1
    assert [(e.what.bell, e.what.times, e.about, e.at) for e in heard] == [(bell, 3, bell, now)]
    assert deliver_all(lambda: now) == 0


def test_an_action_that_is_rolled_back_records_nothing(now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ring(now)
        raise ZeroDivisionError
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


def test_recording_costs_two_statements_however_many_handlers(now, django_assert_num_queries):
    with django_assert_num_queries(2):
        ring(now)


def test_hundreds_are_handed_over_at_a_time(now):
    registry.record_all([(BellRung(bell=ids.uid(), times=1), ids.uid()) for _ in range(BATCH + 1)], by=None, now=now)
    assert deliver_all(lambda: now) == BATCH + 1
    assert len(heard) == BATCH + 1


def test_one_bad_event_does_not_hold_up_the_others_and_is_tried_again(now):
    broken.add(13)
    ring(now, times=1)
    ring(now, times=13)
    ring(now, times=2)
    assert deliver_all(lambda: now) == 2
    assert sorted(e.what.times for e in heard) == [1, 2]
    owed = Delivery.objects.get()
    assert (owed.attempts, owed.error, owed.due_at) == (1, "ValueError", now + timedelta(seconds=1))
    broken.clear()
    assert deliver_all(lambda: now) == 0
    assert deliver_all(lambda: now + timedelta(seconds=1)) == 1


def test_a_failure_is_never_given_up_and_waits_an_hour_at_most():
    assert [backoff(n).total_seconds() for n in (1, 2, 5)] == [1, 2, 16]
    assert backoff(10_000) == timedelta(hours=1)


def test_what_a_dead_worker_had_claimed_comes_back_after_its_lease(now, listener):
    ring(now)

    class Killed(BaseException):
        pass

    def die(events):
        raise Killed

    registry._handlers[listener] = (die, frozenset({"tests.bell_rung"}))
    with pytest.raises(Killed):
        deliver(listener, now)
    registry._handlers[listener] = (listen, frozenset({"tests.bell_rung"}))
    assert deliver_all(lambda: now + LEASE - timedelta(seconds=1)) == 0
    assert deliver_all(lambda: now + LEASE) == 1


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="one worker writes at a time on SQLite")
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work_without_handing_anything_over_twice(now, listener):
    import threading

    registry.record_all([(BellRung(bell=ids.uid(), times=1), ids.uid()) for _ in range(1000)], by=None, now=now)

    def work() -> None:
        deliver_all(lambda: now)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(heard) == len({e.uid for e in heard}) == 1000
