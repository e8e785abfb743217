"""Statements whose SQL is written once give what their querysets give."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from pintar.foundation import ids
from pintar.foundation.models import Delivery, Event
from pintar.foundation.prepared import Prepared

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, 32, tzinfo=UTC)


def due(handler, now, about):
    return (
        Delivery.objects.select_related("event")
        .filter(handler=handler, due_at__lte=now, event__about=about)
        .annotate(again=Exists(Delivery.objects.filter(event=OuterRef("event"), attempts__gt=3)))
        .order_by("id")
    )


DUE = Prepared(due, handler=str, now=datetime, about=UUID)


def make_delivery(handler: str, about: UUID, at: datetime = NOW, attempts: int = 0) -> Delivery:
    event = Event.objects.create(uid=ids.uid(), name="test.made", about=about, by=None, at=at, payload={"n": [1, 2]})
    return Delivery.objects.create(event=event, handler=handler, due_at=at, attempts=attempts)


def facts(rows):
    return [
        (row.pk, row.handler, row.due_at, row.again, row.event.uid, row.event.payload, row.event.at) for row in rows
    ]


def test_the_rows_are_those_of_the_queryset_for_every_value():
    first, second = ids.uid(), ids.uid()
    for about in (first, second):
        make_delivery("a", about)
        make_delivery("a", about, NOW + timedelta(days=1))
        make_delivery("b", about, attempts=4)
    for handler in ("a", "b", "c"):
        for about in (first, second):
            for now in (NOW, NOW + timedelta(days=2), NOW - timedelta(microseconds=1)):
                asked = {"handler": handler, "now": now, "about": about}
                assert facts(DUE(**asked)) == facts(due(**asked))
    assert facts(DUE(handler="b", now=NOW, about=first))[0][3]


def test_what_was_joined_asks_the_database_no_more():
    about = ids.uid()
    make_delivery("a", about)
    DUE(handler="a", now=NOW, about=about)
    with CaptureQueriesContext(connection) as captured:
        [row] = DUE(handler="a", now=NOW, about=about)
        assert row.event.about == about
    assert len(captured) == 1


def test_a_value_is_never_text_of_the_statement():
    make_delivery("a", ids.uid())
    assert DUE(handler="a' OR '1'='1", now=NOW, about=ids.uid()) == []


def test_first_is_the_first_or_none():
    about = ids.uid()
    assert DUE.first(handler="a", now=NOW, about=about) is None
    made = make_delivery("a", about)
    assert DUE.first(handler="a", now=NOW, about=about) == made


def test_other_names_and_unused_values_are_refused():
    with pytest.raises(TypeError, match="handler, now, about"):
        DUE(handler="a", now=NOW)
    unused = Prepared(lambda handler, now: Delivery.objects.filter(handler=handler), handler=str, now=datetime)
    with pytest.raises(ValueError, match="does not use now"):
        unused(handler="a", now=NOW)


def test_whole_numbers_of_every_size_are_values():
    about = ids.uid()
    for attempts in (0, 3, 70):
        make_delivery("a", about, attempts=attempts)
    tried = Prepared(
        lambda attempts, about: Delivery.objects.filter(Q(attempts=attempts) | Q(id=0), event__about=about),
        attempts=int,
        about=UUID,
    )
    assert [row.attempts for row in tried(attempts=70, about=about)] == [70]
    assert [row.attempts for row in tried(attempts=3, about=about)] == [3]
    assert tried(attempts=31_011, about=about) == []


def test_a_row_can_be_saved_like_any_other():
    about = ids.uid()
    make_delivery("a", about)
    row = DUE.first(handler="a", now=NOW, about=about)
    assert row is not None
    row.attempts = 7
    row.save(update_fields=["attempts"])
    assert Delivery.objects.get(pk=row.pk).attempts == 7
