"""A batch's whole life in any order, against a model of lists: seats, set-asides, the waiting list, offers, the clock.

The model knows no counters and no SQL; it looks at everything each time. `bench/seat_machine.py` runs it by thousands.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pintar.courses.queries import Edition
from pintar.enrolment import queries
from pintar.enrolment.actions import (
    SetAside,
    change_batch,
    end_lines,
    expire_offers,
    give_back_seat,
    leave_line,
    release_set_asides,
    take_seat,
    withdraw_batch,
)
from pintar.enrolment.models import Allocation, Batch, Seat
from pintar.enrolment.queries import Conditions
from pintar.enrolment.rules import SeatFacts, TicketFacts
from pintar.enrolment.tests.builders import make_batch
from pintar.foundation.refusals import Refusal
from pintar.people.tests.builders import change_person, make_person

NOW = datetime(2026, 11, 24, 3, 32, tzinfo=UTC)
# Study ends two days later; what is done after that end is not this machine's business.
LATEST = NOW + timedelta(days=11)
CROWD = 6
PEOPLE, BATCHES = st.integers(0, CROWD - 1), st.integers(0, 2)
# Batches 0 and 1 share a period; 1 has a seat set aside for Papua.
SAME_PERIOD = {0: 1, 1: 0}


@dataclass
class Waiting:
    person: int
    number: int
    for_papua: bool


@dataclass
class Offer:
    number: int
    aside: bool
    until: datetime


@dataclass
class Model:
    """A batch in mind: who sits, on what is set aside or not; who waits, in order; to whom a seat is offered."""

    quota: int
    aside: int
    closes: datetime
    hours: int
    release_at: datetime | None = None
    withdrawn: bool = False
    common: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    line: list[Waiting] = field(default_factory=list)
    offers: dict[int, Offer] = field(default_factory=dict)
    joined: int = 0

    def offered(self, aside: bool) -> int:
        return sum(offer.aside == aside for offer in self.offers.values())

    @property
    def aside_taken(self) -> int:
        return len(self.kept) + self.offered(True)

    @property
    def taken(self) -> int:
        return len(self.common) + len(self.kept) + len(self.offers)

    @property
    def common_left(self) -> int:
        return self.quota - self.aside - len(self.common) - self.offered(False)

    @property
    def aside_left(self) -> int:
        return self.aside - self.aside_taken

    def release_is_due(self, now: datetime) -> bool:
        return self.release_at is not None and now >= self.release_at and self.aside_left > 0

    def takes_new(self, now: datetime) -> bool:
        return not self.withdrawn and now < self.closes

    def settle(self, now: datetime) -> None:
        if self.release_is_due(now):
            self.aside = self.aside_taken
        if not self.takes_new(now):
            return
        for waiting in [w for w in self.line if w.for_papua][: max(0, self.aside_left)]:
            self.offer(waiting, True, now)
        for waiting in self.line[: max(0, self.common_left)]:
            self.offer(waiting, False, now)

    def offer(self, waiting: Waiting, aside: bool, now: datetime) -> None:
        self.line.remove(waiting)
        self.offers[waiting.person] = Offer(waiting.number, aside, now + timedelta(hours=self.hours))

    def expire(self, now: datetime) -> None:
        over = [person for person, offer in self.offers.items() if offer.until <= now]
        for person in over:
            del self.offers[person]
        if over:
            self.settle(now)

    def free(self, person: int, now: datetime) -> None:
        self.common.discard(person)
        self.kept.discard(person)
        self.settle(now)

    def give_up(self, person: int, now: datetime) -> None:
        self.line = [w for w in self.line if w.person != person]
        if self.offers.pop(person, None):
            self.settle(now)


class Seats(RuleBasedStateMachine):
    edition: Edition

    @initialize(aside=st.integers(0, 2), hours=st.sampled_from([1, 24]))
    def open_batches(self, aside: int, hours: int) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now, closes = NOW, NOW + timedelta(days=4)
        self.papuan = [n < 2 for n in range(CROWD)]
        self.people = [
            make_person(f"P{n}", email=f"p{n}@contoh.id", province="94" if self.papuan[n] else "33")
            for n in range(CROWD)
        ]
        papua = [SetAside("Papua", aside, Conditions(regions=("94",)))] if aside else []
        windows = {"closes_at": closes, "offer_hours": hours}
        self.batches = [
            make_batch(self.edition, NOW, quota=1, **windows),
            make_batch(self.edition, NOW, quota=aside + 1, set_aside=papua, **windows),
            make_batch(self.edition, NOW, quota=2, period_key="lain", period_title="Lain", **windows),
        ]
        self.models = [Model(1, 0, closes, hours), Model(aside + 1, aside, closes, hours), Model(2, 0, closes, hours)]

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def elsewhere(self, person: int, batch: int) -> int | None:
        other = SAME_PERIOD.get(batch)
        if other is None:
            return None
        return other if person in self.models[other].common | self.models[other].kept else None

    def foretell(self, person: int, batch: int, exchange: bool, wait: bool) -> str:
        """What the model says, and becomes."""
        model, other, now = self.models[batch], SAME_PERIOD.get(batch), self.now
        offer = model.offers.get(person)
        over = offer is not None and offer.until <= now
        if model.release_is_due(now) or over:
            model.expire(now)
            model.settle(now)
            offer = model.offers.get(person)
            if over and not wait:
                return "offer_over"
        held = self.elsewhere(person, batch)
        if person in model.common | model.kept:
            return "seated"
        if offer:
            if offer.aside and not self.papuan[person]:
                return "region"
            if held is not None and not exchange:
                return "seat_elsewhere"
            del model.offers[person]
            (model.kept if offer.aside else model.common).add(person)
            if held is not None:
                self.models[held].free(person, now)
            if other is not None:
                self.models[other].give_up(person, now)
            return "seated"
        aside = self.papuan[person] and model.aside_left > 0
        room = aside or model.common_left > 0
        waits = any(w.person == person for w in model.line)
        if waits and model.takes_new(now) and not room:
            return "waiting"
        if model.withdrawn:
            return "batch_withdrawn"
        if now >= model.closes:
            return "batch_closed"
        if not room and wait:
            model.joined += 1
            model.line.append(Waiting(person, model.joined, self.papuan[person]))
            return "waiting"
        if not room:
            return "batch_full"
        if held is not None and not exchange:
            return "seat_elsewhere"
        (model.kept if aside else model.common).add(person)
        model.line = [w for w in model.line if w.person != person]
        if held is not None:
            self.models[held].free(person, now)
        return "seated"

    def do(self, person: int, batch: int, exchange: bool, wait: bool) -> str:
        who, key = self.people[person], self.batches[batch].key
        held = self.elsewhere(person, batch)
        seat = queries.seat_of(who.id, self.batches[held].key) if held is not None and exchange else None
        instead_of = seat.uid if seat else None
        try:
            found = take_seat(
                person=who, batch_key=key, pledge=True, instead_of=instead_of, wait=wait, by=who.uid, now=self.now
            )
        except Refusal as refusal:
            return refusal.code
        assert found.batch.key == key and found.person_id == who.id
        return "seated" if isinstance(found, SeatFacts) else str(found.state)

    @rule(person=PEOPLE, batch=BATCHES, exchange=st.booleans(), wait=st.booleans())
    def take_or_join_or_accept(self, person: int, batch: int, exchange: bool, wait: bool) -> None:
        answer = self.do(person, batch, exchange, wait)
        assert answer == self.foretell(person, batch, exchange, wait)

    @rule(person=PEOPLE, batch=BATCHES)
    def wait_in_line(self, person: int, batch: int) -> None:
        answer = self.do(person, batch, exchange=False, wait=True)
        assert answer == self.foretell(person, batch, exchange=False, wait=True)

    @precondition(lambda self: any(model.offers for model in self.models))
    @rule(data=st.data(), exchange=st.booleans())
    def accept(self, data: st.DataObject, exchange: bool) -> None:
        offers = [(batch, person) for batch, model in enumerate(self.models) for person in sorted(model.offers)]
        batch, person = data.draw(st.sampled_from(offers))
        assert self.do(person, batch, exchange, wait=False) == self.foretell(person, batch, exchange, wait=False)

    @rule(person=PEOPLE, batch=BATCHES)
    def give_back(self, person: int, batch: int) -> None:
        who = self.people[person]
        give_back_seat(person=who, batch_key=self.batches[batch].key, by=who.uid, now=self.now)
        if person in self.models[batch].common | self.models[batch].kept:
            self.models[batch].free(person, self.now)

    @rule(person=PEOPLE, batch=BATCHES)
    def leave_or_decline(self, person: int, batch: int) -> None:
        who = self.people[person]
        leave_line(person=who, batch_key=self.batches[batch].key, by=who.uid, now=self.now)
        self.models[batch].give_up(person, self.now)

    @rule(batch=BATCHES, quota=st.integers(1, 5))
    def raise_or_lower_the_quota(self, batch: int, quota: int) -> None:
        model = self.models[batch]
        fits = quota - model.aside >= model.taken - model.aside_taken and quota >= model.aside
        try:
            change_batch(batch_key=self.batches[batch].key, quota=quota, by=None, now=self.now)
        except Refusal as refusal:
            assert refusal.code == "quota_below_taken" and not fits
        else:
            assert fits
            if quota != model.quota:
                model.quota = quota
                model.settle(self.now)

    @rule(hours=st.sampled_from([0, 1, 30]))
    def say_when_set_asides_are_released(self, hours: int) -> None:
        at = self.now + timedelta(hours=hours)
        if self.models[1].release_at != at:
            change_batch(batch_key=self.batches[1].key, set_aside_until=at, by=None, now=self.now)
            self.models[1].release_at = at
            self.models[1].settle(self.now)

    @rule(person=PEOPLE)
    def move_house(self, person: int) -> None:
        self.papuan[person] = not self.papuan[person]
        province = "94" if self.papuan[person] else "33"
        self.people[person] = change_person(self.people[person], province=province)

    @precondition(lambda self: self.now < LATEST)
    @rule(hours=st.sampled_from([1, 5, 24]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def the_worker_comes_round(self) -> None:
        expire_offers(now=self.now)
        release_set_asides(now=self.now)
        end_lines(now=self.now)
        for model in self.models:
            model.expire(self.now)
            if model.release_is_due(self.now):
                model.settle(self.now)
            if not model.takes_new(self.now):
                model.line = []

    @rule(batch=BATCHES, really=st.integers(0, 7))
    def withdraw(self, batch: int, really: int) -> None:
        if really == 0:
            withdraw_batch(batch_key=self.batches[batch].key, by=None, now=self.now)
            self.models[batch].withdrawn = True
            self.models[batch].line = []

    @rule(batch=BATCHES, hours=st.integers(1, 60))
    def close_later(self, batch: int, hours: int) -> None:
        model = self.models[batch]
        model.closes = min(model.closes + timedelta(hours=hours), LATEST + timedelta(days=1))
        change_batch(batch_key=self.batches[batch].key, closes_at=model.closes, by=None, now=self.now)
        model.settle(self.now)

    @invariant()
    def the_tables_say_what_the_model_says(self) -> None:
        if not hasattr(self, "models"):
            return
        rows = {row.id: row for row in Batch.objects.select_related("period")}
        seats = list(Seat.objects.filter(released_at=None).values_list("batch", "person"))
        pools = list(Allocation.objects.values_list("batch", "quota", "taken"))
        live = [queries.ticket_facts(ticket) for ticket in queries.live_tickets().order_by("number")]
        for facts, model in zip(self.batches, self.models, strict=True):
            row = rows[facts.id]
            held = [person for batch, person in seats if batch == row.id]
            assert sorted(held) == sorted(self.people[n].id for n in model.common | model.kept)
            assert (row.taken, row.quota, row.set_aside) == (model.taken, model.quota, model.aside)
            taken_aside = sum(taken for batch, _, taken in pools if batch == row.id)
            assert row.set_aside_taken == model.aside_taken == taken_aside
            assert sum(quota for batch, quota, _ in pools if batch == row.id) == model.aside
            assert (row.filled_at is not None) == (row.taken == row.quota)
            self.the_line_is_the_models(row, model, [t for t in live if t.batch.id == row.id])

    def the_line_is_the_models(self, row: Batch, model: Model, live: list[TicketFacts]) -> None:
        waiting = [t for t in live if t.state == "waiting"]
        assert [t.person_id for t in waiting] == [self.people[w.person].id for w in model.line]
        # The place that is shown, kept by counters, is the one that counting finds; nobody's is shown twice.
        assert [t.position for t in waiting] == list(range(1, len(model.line) + 1))
        assert row.facts().waiting == len(model.line) and row.line_joined == model.joined
        offers = {t.person_id: (t.number, t.pool is not None, t.offer_until) for t in live if t.state == "offered"}
        assert offers == {self.people[n].id: (o.number, o.aside, o.until) for n, o in model.offers.items()}
        if model.takes_new(self.now) and not model.release_is_due(self.now):
            assert not (model.line and model.common_left > 0)
            assert not (any(w.for_papua for w in model.line) and model.aside_left > 0)
