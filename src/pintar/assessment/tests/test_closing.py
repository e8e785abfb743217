"""Closing: scored exactly, once, in the transaction that closes; and nothing acknowledged stays outside the score."""

import threading
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from pintar.assessment import actions, kept, queries, rules, tasks
from pintar.assessment.actions import answering, closing
from pintar.assessment.models import HeldOperation, Operation, Sitting
from pintar.assessment.tests import builders
from pintar.courses.queries import Edition
from pintar.foundation.models import Event
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person

MINUTE = timedelta(minutes=1)
END = timedelta(minutes=20)


def test_all_right_is_all_marks_by_type_and_indicator(edition: Edition, person: Person, now: datetime) -> None:
    facts = builders.sit(person, edition.uid, "tes-akhir", now)
    # single 1, multiple 2, truefalse 1, matching 3, ordering 3, short 1, number 1, cloze 3
    assert (facts.got, facts.of, facts.percent, facts.passed) == (15, 15, Decimal(100), True)
    assert [(i.key, i.got, i.of, i.items) for i in facts.indicators] == [("1", 6, 6, 4), ("2", 9, 9, 4)]
    assert all(i.uncertain for i in facts.indicators)


def test_no_answer_is_no_mark_and_all_indicators_failed(edition: Edition, person: Person, now: datetime) -> None:
    facts = builders.sit(person, edition.uid, "tes-akhir", now, right=0)
    assert (facts.got, facts.percent, facts.passed) == (0, Decimal(0), False)
    assert all(i.failed for i in facts.indicators)


@pytest.mark.parametrize(("got", "of", "mark", "passed"), [(7, 10, 70, True), (69, 100, 70, False), (14, 21, 66, True)])
def test_the_pass_mark_is_compared_exactly(got: int, of: int, mark: int, passed: bool) -> None:
    assert rules.has_passed(got, of, mark) is passed
    assert (rules.marks_needed(of, mark) <= got) is passed


def test_a_fail_is_never_shown_as_the_pass_mark() -> None:
    assert rules.shown_percent(Decimal("69.999999"), False) == 69
    assert rules.shown_percent(Decimal("69.5"), False) == 69
    assert rules.shown_percent(Decimal("79.5"), True) == 80
    assert rules.shown_percent(Decimal("69.5"), None) == 70


def test_handing_in_twice_is_handing_in_once(edition: Edition, person: Person, now: datetime) -> None:
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", now)
    for minute in (1, 2):
        actions.hand_in(person=person, sitting=sitting, by=person.uid, now=now + minute * MINUTE)
    row = Sitting.objects.get(uid=sitting)
    assert (row.closed_at, row.closed_by) == (now + MINUTE, "person")
    scored = Event.objects.filter(name="assessment.sitting_scored", about=sitting)
    assert scored.count() == 1
    assert scored[0].payload["person"] == str(person.uid)


def test_the_schedule_closes_what_is_over_and_nothing_else(edition: Edition, person: Person, now: datetime) -> None:
    early = builders.open_sitting(person, edition.uid, "tes-akhir", now)
    late = builders.open_sitting(make_person("Budi"), edition.uid, "tes-akhir", now + MINUTE)
    builders.answer(person, early, now + MINUTE)
    tasks.close_what_is_due(now + END + rules.GRACE)
    assert not Sitting.objects.filter(closed_at__isnull=False).exists()
    tasks.close_what_is_due(now + END + rules.GRACE + timedelta(seconds=1))
    row = Sitting.objects.get(uid=early)
    assert (row.closed_by, row.closed_at, row.passed) == ("time", now + END, True)
    assert Sitting.objects.get(uid=late).closed_at is None


def test_what_came_in_the_grace_counts(edition: Edition, person: Person, now: datetime) -> None:
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", now)
    builders.answer(person, sitting, now + END + 2 * MINUTE)
    assert actions.close_due(now + END + 4 * MINUTE) == 1
    assert Sitting.objects.get(uid=sitting).passed is True


def test_held_answers_do_not_count(edition: Edition, person: Person, now: datetime) -> None:
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", now)
    builders.answer(person, sitting, now + END + 4 * MINUTE)
    actions.close_due(now + END + 4 * MINUTE)
    assert HeldOperation.objects.count() == 8
    assert Sitting.objects.get(uid=sitting).got == 0


def test_the_facts_of_many_contexts_come_in_one_query(
    edition: Edition, person: Person, now: datetime, django_assert_num_queries: object
) -> None:
    contexts = [builders.make_context(now) for _ in range(3)]
    for context in contexts[:2]:
        builders.sit(person, edition.uid, "tes-awal", now, context=context)
        builders.open_sitting(person, edition.uid, "tes-akhir", now + MINUTE, context)
    with django_assert_num_queries(1):  # type: ignore[operator]
        facts = queries.sittings([context.uid for context in contexts])
    assert [[each.test for each in facts[context.uid]] for context in contexts[:2]] == [["tes-awal", "tes-akhir"]] * 2
    assert contexts[2].uid not in facts


class _Race:
    """A closing that has taken its lock and read the answers, and an answer that comes just then."""

    def __init__(self, edition: Edition, now: datetime) -> None:
        self.person = make_person("Rini")
        self.sitting = builders.open_sitting(self.person, edition.uid, "tes-akhir", now)
        self.lease, self.now = builders.lease_of(self.sitting), now
        self.receipts = 0
        self.has_read, self.answered = threading.Event(), threading.Event()

    def run(self) -> None:
        kept.paper(self.sitting, self.person.id)
        answering_thread = threading.Thread(target=self._answer)
        answering_thread.start()
        with transaction.atomic():
            row = Sitting.objects.select_for_update().get(uid=self.sitting)
            ops = row.ops()
            self.has_read.set()
            # Without the guard the answer is acknowledged meanwhile; with it, the answer waits for us.
            self.answered.wait(timeout=0.7)
            assert not ops
            closing.close_locked(row, by=None, now=self.now, closed_by=rules.BY_PERSON)
        answering_thread.join()

    def _answer(self) -> None:
        try:
            self.has_read.wait(timeout=10)
            paper = kept.paper(self.sitting, self.person.id)
            op = builders.op(paper.items[0], builders.right_value(paper, paper.items[0]))
            self.receipts = len(builders.record(self.person, self.sitting, self.now, [op], lease=self.lease).receipts)
            self.answered.set()
        finally:
            connections.close_all()

    @property
    def outside_the_score(self) -> int:
        """Answers that were acknowledged and not seen by the closing."""
        row = Sitting.objects.get(uid=self.sitting)
        return Operation.objects.filter(sitting=row).count() - (row.answered or 0)


@pytest.mark.django_db(transaction=True)
def test_no_answer_is_acknowledged_outside_the_score(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = builders.publish_all_types(now)
    if connection.vendor == "postgresql":
        # The control: without the shared lock the race is there. (SQLite has one writer, so there is nothing to take.)
        with monkeypatch.context() as without:
            without.setattr(answering, "SHARE", "")
            control = _Race(edition, now)
            control.run()
            assert (control.receipts, control.outside_the_score) == (1, 1)
    race = _Race(edition, now)
    race.run()
    assert (race.receipts, race.outside_the_score) == (0, 0)
    assert HeldOperation.objects.filter(sitting__uid=race.sitting).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_taps_on_start_open_one_sitting(now: datetime) -> None:
    edition, person, context = builders.publish_all_types(now), make_person(), builders.make_context(now)
    ready, opened = threading.Barrier(4), []

    def start() -> None:
        try:
            ready.wait()
            opened.append(builders.open_sitting(person, edition.uid, "tes-akhir", now, context))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    assert len(set(opened)) == 1
