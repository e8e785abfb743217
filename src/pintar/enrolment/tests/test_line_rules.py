"""The waiting list as a rule, without a database."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from pintar.enrolment import rules
from pintar.enrolment.rules import AllocationFacts, BatchFacts, Conditions, TicketFacts, TicketState, Verdict
from pintar.enrolment.tests.test_rules import TEACHER, batch, seat

HOUR = timedelta(hours=1)


def full(now: datetime, **changes: object) -> BatchFacts:
    return batch(now, **{"quota": 10, "taken": 10, "line_joined": 5, "line_called": 1, "line_left": 1, **changes})


def ticket(facts: BatchFacts, now: datetime, **changes: object) -> TicketFacts:
    made = TicketFacts(
        id=1, uid=UUID(int=7), number=4, person_id=1, batch=facts, state=TicketState.WAITING, joined_at=now, position=2
    )
    return replace(made, **changes)


def offer(facts: BatchFacts, now: datetime, **changes: object) -> TicketFacts:
    made = {"state": TicketState.OFFERED, "position": 0, "offer_until": now + HOUR}
    return ticket(facts, now, **{**made, **changes})


def verdict(facts: BatchFacts, now: datetime, place: TicketFacts | None, **more: object) -> rules.Admission:
    return rules.decide_admission(facts, more.get("person", TEACHER), more.get("seats", ()), now, place)


def test_a_place_is_shown_while_offers_are_made_and_the_window_after_that(now: datetime) -> None:
    facts = full(now)
    place = ticket(facts, now)
    assert verdict(facts, now, place).verdict is Verdict.WAITING
    assert verdict(facts, facts.line_until - HOUR, place).verdict is Verdict.WAITING
    assert verdict(facts, facts.line_until, place).verdict is Verdict.CLOSED
    assert verdict(replace(facts, withdrawn_at=now), now, place).verdict is Verdict.WITHDRAWN


def test_a_seat_that_came_to_be_for_one_who_waits_is_theirs_to_take(now: datetime) -> None:
    mine = AllocationFacts(3, "Guru", Conditions(professions=("guru",)), quota=2, taken=1)
    facts = full(now, taken=9, set_aside=2, set_aside_taken=1, allocations=(mine,))
    taken = verdict(facts, now, ticket(facts, now))
    assert (taken.verdict, taken.pools) == (Verdict.OPEN, (3,)) and taken.ticket is not None


def test_an_offer_binds_until_its_instant_whatever_the_window_says(now: datetime) -> None:
    facts = full(now)
    for changed in (facts, replace(facts, closes_at=now - HOUR), replace(facts, withdrawn_at=now)):
        assert verdict(changed, now, offer(changed, now)).allowed
        assert verdict(changed, now + HOUR, offer(changed, now)).verdict is not Verdict.OFFERED


def test_an_offer_asks_what_the_batch_and_the_set_aside_ask(now: datetime) -> None:
    aside = AllocationFacts(3, "Papua", Conditions(regions=("94",)), quota=2, taken=2)
    facts = full(now, set_aside=2, set_aside_taken=2, allocations=(aside,))
    assert verdict(facts, now, offer(facts, now)).allowed
    refused = verdict(facts, now, offer(facts, now, pool=3))
    assert not refused.allowed and [why.code for why in refused.reasons] == ["region"]
    both = verdict(replace(facts, conditions=Conditions(professions=("dosen",))), now, offer(facts, now, pool=3))
    assert [why.code for why in both.reasons] == ["profession", "region"]


def test_an_offer_names_the_seat_that_it_costs(now: datetime) -> None:
    facts = full(now)
    held = seat(replace(facts, id=99, key="lain"), now)
    asked = verdict(facts, now, offer(facts, now), seats=(held,))
    assert not asked.allowed and asked.exchanges is held and asked.changeable
    unmet = verdict(
        replace(facts, conditions=Conditions(professions=("dosen",))), now, offer(facts, now), seats=(held,)
    )
    assert unmet.exchanges is None


def test_no_offer_is_made_after_the_line_or_in_a_withdrawn_batch_and_none_outlasts_study(now: datetime) -> None:
    facts = full(now)
    assert rules.offers_are_made(facts, facts.line_until - HOUR)
    assert not rules.offers_are_made(facts, facts.line_until)
    assert not rules.offers_are_made(replace(facts, withdrawn_at=now), now)
    assert rules.offer_until(replace(facts, offer_hours=5), now) == now + 5 * HOUR
    assert rules.offer_until(facts, facts.until_at - HOUR) == facts.until_at


def test_released_set_asides_are_everyones_after_those_who_wait(now: datetime) -> None:
    aside = AllocationFacts(3, "Papua", Conditions(regions=("94",)), quota=6, taken=1)
    facts = full(now, taken=5, set_aside=6, set_aside_taken=1, allocations=(aside,), set_aside_until=now)
    assert facts.waiting == 3 and facts.is_release_due(now) and not facts.is_release_due(now - HOUR)
    released = facts.as_released(now)
    assert (released.left_for_anyone, released.allocations[0].quota) == (2, 1)
    assert verdict(facts, now - HOUR, None).verdict is Verdict.FULL
    assert verdict(facts, now, None).verdict is Verdict.OPEN
    many = replace(facts, line_joined=50)
    assert verdict(many, now, None).verdict is Verdict.FULL


@pytest.mark.parametrize("seed", range(5))
def test_a_place_is_its_rank_for_whatever_leaves_the_line_from_wherever(seed: int) -> None:
    chance = random.Random(seed)
    waiting, tree, called = list(range(1, 400)), {}, 0
    while waiting:
        if chance.random() < 0.5:
            waiting.pop(0)
            called += 1
        else:
            gone = waiting.pop(chance.randrange(len(waiting)))
            for node in rules.nodes_counting(gone):
                tree[node] = tree.get(node, 0) + 1
        for rank, number in enumerate(waiting, start=1):
            gone = sum(tree.get(node, 0) for node in rules.nodes_up_to(number))
            assert rules.position(number, called, gone) == rank


def test_a_place_is_a_sum_of_few_nodes_in_the_longest_line() -> None:
    for number in (1, 2**23 - 1, rules.LONGEST_LINE - 1, rules.LONGEST_LINE):
        assert 1 <= len(rules.nodes_up_to(number)) <= 24 and 1 <= len(rules.nodes_counting(number)) <= 25
        shared = set(rules.nodes_counting(number)) & set(rules.nodes_up_to(rules.LONGEST_LINE))
        assert len(shared) == 1  # counted once by whoever looks from the end
