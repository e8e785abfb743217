"""Taking, exchanging, giving back and changing quotas in any order, against a model of a few lines."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pintar.courses.queries import Edition
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries
from pintar.enrolment.actions import SetAside, change_batch, give_back_seat, take_seat
from pintar.enrolment.models import Allocation, Batch, Seat
from pintar.enrolment.queries import Conditions
from pintar.enrolment.tests.builders import make_batch
from pintar.foundation.refusals import Refusal
from pintar.people.tests.builders import make_person

NOW = datetime(2026, 11, 24, 3, 32, tzinfo=UTC)
PEOPLE = st.integers(0, 4)
BATCHES = st.integers(0, 2)


@dataclass
class Model:
    """A batch in mind: `aside` seats are for people 0 and 1 only."""

    quota: int
    aside: int = 0
    common: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)

    @property
    def seated(self) -> set[int]:
        return self.common | self.kept

    def has_room_for(self, person: int) -> bool:
        return (person < 2 and len(self.kept) < self.aside) or len(self.common) < self.quota - self.aside

    def seat(self, person: int) -> None:
        (self.kept if person < 2 and len(self.kept) < self.aside else self.common).add(person)

    def leave(self, person: int) -> None:
        self.common.discard(person)
        self.kept.discard(person)


class Seats(RuleBasedStateMachine):
    edition: Edition

    @initialize()
    def open_batches(self) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        edition = self.edition
        self.people = [
            make_person(f"P{n}", email=f"p{n}@contoh.id", province="94" if n < 2 else "33") for n in range(5)
        ]
        aside = [SetAside("3T", 1, Conditions(regions=("94",)))]
        self.batches = [
            make_batch(edition, NOW, quota=1),
            make_batch(edition, NOW, quota=3, set_aside=aside),
            make_batch(edition, NOW, quota=2, period_key="lain", period_title="Lain"),
        ]
        self.models = [Model(1), Model(3, 1), Model(2)]

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def elsewhere(self, person: int, batch: int) -> int | None:
        same_period = {0: [1], 1: [0], 2: []}[batch]
        return next((other for other in same_period if person in self.models[other].seated), None)

    def expected(self, person: int, batch: int) -> str:
        if person in self.models[batch].seated:
            return "seated"
        if not self.models[batch].has_room_for(person):
            return "batch_full"
        return "seat_elsewhere" if self.elsewhere(person, batch) is not None else "seated"

    def take(self, person: int, batch: int, exchange: bool) -> str:
        who, key = self.people[person], self.batches[batch].key
        held = self.elsewhere(person, batch)
        seat = queries.seat_of(who.id, self.batches[held].key) if held is not None and exchange else None
        try:
            taken = take_seat(
                person=who, batch_key=key, pledge=True, instead_of=seat.uid if seat else None, by=who.uid, now=NOW
            )
        except Refusal as refusal:
            return refusal.code
        assert taken.batch.key == key and taken.person_id == who.id
        return "seated"

    @rule(person=PEOPLE, batch=BATCHES)
    def take_a_seat(self, person: int, batch: int) -> None:
        expected = self.expected(person, batch)
        assert self.take(person, batch, exchange=False) == expected
        if expected == "seated" and person not in self.models[batch].seated:
            self.models[batch].seat(person)

    @rule(person=PEOPLE, batch=BATCHES)
    def change_ones_mind(self, person: int, batch: int) -> None:
        expected = self.expected(person, batch)
        held = self.elsewhere(person, batch)
        answer = self.take(person, batch, exchange=True)
        assert answer == ("seated" if expected == "seat_elsewhere" else expected)
        if answer == "seated" and person not in self.models[batch].seated:
            if held is not None:
                self.models[held].leave(person)
            self.models[batch].seat(person)

    @rule(person=PEOPLE, batch=BATCHES)
    def give_back(self, person: int, batch: int) -> None:
        who = self.people[person]
        give_back_seat(person=who, batch_key=self.batches[batch].key, by=who.uid, now=NOW)
        self.models[batch].leave(person)

    @rule(batch=BATCHES, quota=st.integers(1, 5))
    def change_the_quota(self, batch: int, quota: int) -> None:
        model = self.models[batch]
        fits = quota >= model.aside + len(model.common)
        try:
            change_batch(batch_key=self.batches[batch].key, quota=quota, by=None, now=NOW)
        except Refusal as refusal:
            assert refusal.code == "quota_below_taken" and not fits
        else:
            assert fits
            model.quota = quota

    @invariant()
    def the_tables_say_what_the_model_says(self) -> None:
        for facts, model in zip(getattr(self, "batches", ()), getattr(self, "models", ()), strict=True):
            row = Batch.objects.get(id=facts.id)
            held = list(Seat.objects.filter(batch=row, released_at=None).values_list("person", flat=True))
            assert sorted(held) == sorted(self.people[n].id for n in model.seated)
            assert (row.taken, row.quota) == (len(model.seated), model.quota)
            assert row.set_aside_taken == len(model.kept)
            assert sum(Allocation.objects.filter(batch=row).values_list("taken", flat=True)) == len(model.kept)
            assert (row.filled_at is not None) == (row.taken == row.quota)


@pytest.mark.django_db
def test_seats_follow_the_model_whatever_is_done_to_them() -> None:
    Seats.edition = publish_small_course(NOW)
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
