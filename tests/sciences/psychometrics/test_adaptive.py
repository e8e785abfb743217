"""An adaptive test is a function of its answers: it balances content, spreads exposure, and stops when it can tell."""

from dataclasses import replace

import numpy as np
import pytest

from pintar.sciences.psychometrics.adaptive import Plan, Sprt, State, Stop, Verdict, advance, begin, resume
from pintar.sciences.psychometrics.irt.items import ItemParameters


def bank(k=200, seed=1):
    chance = np.random.default_rng(seed)
    return ItemParameters.of(chance.uniform(0.7, 1.9, k), chance.normal(size=k))


AREAS = tuple(f"{1 + i % 4}" for i in range(200))
SHARES = {"1": 0.4, "2": 0.3, "3": 0.2, "4": 0.1}


def sat(plan, theta, seed):
    """The step at the end, and the items in the order given."""
    chance = np.random.default_rng([seed, 7])
    chances = plan.items.probabilities([theta])[0]
    step = begin(plan, seed)
    while step.next is not None:
        mark = int((chance.random() > np.cumsum(chances[step.next])[:-1]).sum())
        step = resume(plan, State(seed, (*step.state.answers, (step.next, mark))))
    return step


def test_each_step_is_what_follows_from_all_answers_so_far():
    plan = Plan(bank(), cut=0.0)
    step = begin(plan, 3)
    for item, mark in sat(plan, 0.0, 3).state.answers:
        assert step.next == item
        step = advance(plan, step.state, item, mark)
    assert step == sat(plan, 0.0, 3)


def test_an_able_person_is_found_above_and_a_weak_one_below_with_few_items():
    plan = Plan(bank(), cut=0.0)
    able, weak = sat(plan, 2.0, 1), sat(plan, -2.0, 2)
    assert (able.verdict, able.stop) == (Verdict.ABOVE, Stop.DECIDED)
    assert (weak.verdict, weak.stop) == (Verdict.BELOW, Stop.DECIDED)
    assert len(able.state.answers) == len(weak.state.answers) == 15


def test_someone_at_the_cut_goes_to_the_length_limit_and_is_undecided():
    plan = Plan(bank(), cut=0.0)
    ends = [sat(plan, 0.0, seed) for seed in range(20)]
    limit = [step for step in ends if step.stop == Stop.LENGTH]
    assert len(limit) > 10
    assert all(len(step.state.answers) == 40 for step in limit)
    assert all(step.verdict == Verdict.UNDECIDED for step in limit)


def test_verdicts_are_nearly_as_good_as_those_of_all_items_with_a_fraction_of_them():
    chance = np.random.default_rng(3)
    plan = Plan(bank(), cut=0.3)
    right = decided = given = 0
    for seed, theta in enumerate(chance.normal(size=80)):
        step = sat(plan, theta, seed)
        given += len(step.state.answers)
        if step.verdict != Verdict.UNDECIDED:
            decided += 1
            right += (step.verdict == Verdict.ABOVE) == (theta > 0.3)
    assert decided > 53
    assert right / decided > 0.95
    assert given / 80 < 30


def test_the_same_state_asks_the_same_item_so_a_test_that_broke_off_goes_on():
    plan = Plan(bank(), cut=0.0, areas=AREAS, shares=SHARES)
    step = begin(plan, 5)
    for mark in (1, 0, 1, 1, 0):
        kept = State(step.state.seed, tuple(step.state.answers))
        assert resume(plan, kept) == step
        step = advance(plan, step.state, step.next, mark)
    again = replace(plan)  # another process, with nothing cached
    assert resume(again, step.state) == step


def test_an_item_that_was_not_asked_or_a_mark_it_cannot_give_is_refused():
    plan = Plan(bank(k=3), cut=0.0, least=1, most=2)
    step = begin(plan, 1)
    with pytest.raises(ValueError, match="was asked"):
        advance(plan, step.state, (step.next + 1) % 3, 1)
    with pytest.raises(ValueError, match="marks from 0 to 1"):
        advance(plan, step.state, step.next, 2)
    end = sat(plan, 0.0, 1)
    with pytest.raises(ValueError, match="ended"):
        advance(plan, end.state, 0, 1)


def test_no_item_is_given_twice_barred_ones_never_and_an_empty_bank_ends_the_test():
    plan = Plan(
        bank(k=12), cut=0.0, barred=frozenset({0, 1}), least=1, most=40, sprt=Sprt(false_pass=1e-9, false_fail=1e-9)
    )
    step = sat(plan, 0.0, 4)
    given = [item for item, _ in step.state.answers]
    assert sorted(given) == list(range(2, 12))
    assert step.stop == Stop.EXHAUSTED


def test_the_next_item_is_among_the_five_most_informative_at_the_present_estimate():
    plan = Plan(bank(), cut=0.0)
    step = begin(plan, 6)
    while step.next is not None:
        left = [i for i in range(200) if i not in {item for item, _ in step.state.answers}]
        information = plan.items.take(left).information([step.theta])[0]
        assert step.next in np.array(left)[np.argsort(-information)[:5]]
        step = advance(plan, step.state, step.next, len(step.state.answers) % 2)


def test_the_estimate_on_the_way_is_the_posterior_mean():
    plan = Plan(bank(k=30), cut=0.0, mean=0.4, sd=1.2)
    step = begin(plan, 8)
    for mark in (1, 1, 0, 1):
        step = advance(plan, step.state, step.next, mark)
    theta = np.linspace(-10, 10, 20_001)
    density = np.exp(-0.5 * ((theta - 0.4) / 1.2) ** 2)
    for item, mark in step.state.answers:
        density *= plan.items.take([item]).probabilities(theta)[:, 0, mark]
    mean = (density * theta).sum() / density.sum()
    sd = np.sqrt((density * (theta - mean) ** 2).sum() / density.sum())
    assert (step.theta, step.se) == pytest.approx((mean, sd), abs=2e-4)


def test_content_stays_within_one_item_of_its_shares_all_the_way():
    plan = Plan(bank(), cut=0.0, areas=AREAS, shares=SHARES, least=40)
    given = [AREAS[item] for item, _ in sat(plan, 0.5, 9).state.answers]
    for length in range(1, 41):
        for area, share in SHARES.items():
            assert abs(given[:length].count(area) - share * length) <= 1


def test_drawing_from_the_best_five_spreads_the_first_items_over_people():
    plan = Plan(bank(), cut=0.0)
    alone = Plan(bank(), cut=0.0, among=1)
    firsts = {begin(plan, seed).next for seed in range(60)}
    assert len(firsts) == 5
    assert len({begin(alone, seed).next for seed in range(60)}) == 1


def test_wald_keeps_his_promise_at_the_edges_of_the_indifference_region():
    plan = Plan(bank(k=400), cut=0.0, least=1, most=400, sprt=Sprt(indifference=0.4, false_pass=0.1, false_fail=0.1))
    below = [sat(plan, -0.4, seed) for seed in range(80)]
    above = [sat(plan, 0.4, 1000 + seed) for seed in range(80)]
    assert sum(step.verdict == Verdict.ABOVE for step in below) / 80 < 0.1 + 2 * 0.034
    assert sum(step.verdict == Verdict.BELOW for step in above) / 80 < 0.1 + 2 * 0.034
    assert np.mean([len(step.state.answers) for step in below]) < 60


def test_at_the_end_the_wle_is_reported_with_its_error_and_marks_of_several_steps_count():
    items = ItemParameters.of(np.full(30, 1.1), steps=[[b - 0.5, b + 0.5] for b in np.linspace(-2, 2, 30)])
    step = sat(Plan(items, cut=-1.0, least=10), 1.0, 3)
    rows, marks = zip(*step.state.answers, strict=True)
    taken = items.take(rows)
    theta = np.linspace(-6, 6, 24_001)
    chances = taken.probabilities(theta)
    log = np.log(chances[:, np.arange(len(rows)), marks]).sum(axis=1)
    log += 0.5 * np.log(taken.information(theta).sum(axis=1))  # equal slopes: the weight is the root of information
    assert step.theta == pytest.approx(theta[np.argmax(log)], abs=6e-4)
    assert step.se == pytest.approx(1 / np.sqrt(taken.information([step.theta]).sum()))


def test_plans_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="3 items, but 1 areas"):
        Plan(bank(k=3), cut=0.0, areas=("1",), shares={"1": 1})
    with pytest.raises(ValueError, match="no area"):
        Plan(bank(k=1), cut=0.0, areas=("1",), shares={"2": 1})
    with pytest.raises(ValueError, match="least"):
        Plan(bank(k=3), cut=0.0, least=5, most=4)
