"""The life of an item as a table."""

import itertools

from pintar.assessment.rules import bank
from pintar.assessment.rules.bank import Standing

BOTH = frozenset(bank.ROLES)


def led(state: str, roles: frozenset[str] = BOTH, *, is_own: bool = False) -> dict[str, str]:
    return {step.code: step.to for step in bank.steps_for(Standing(state, is_own), roles)}


def test_each_state_leads_where_the_table_says() -> None:
    assert {state: led(state) for state in bank.STATES} == {
        "draft": {"submit": "submitted", "retire": "retired"},
        "submitted": {"approve": "reviewed", "return": "draft", "retire": "retired"},
        "reviewed": {"pilot": "pilot", "use": "in_use", "retire": "retired"},
        "pilot": {"use": "in_use", "rest": "resting", "retire": "retired"},
        "in_use": {"rest": "resting", "retire": "retired"},
        "resting": {"use": "in_use", "retire": "retired"},
        "retired": {},
    }


def test_nobody_reviews_what_they_wrote() -> None:
    assert led("submitted", is_own=True) == {"retire": "retired"}
    why = bank.may_step(bank.STEPS["approve"], Standing("submitted", is_own=True), BOTH)
    assert why is not None and why.code == "own_item"


def test_an_assessor_reviews_and_rests_but_neither_writes_nor_submits() -> None:
    assessor = frozenset({bank.ASSESSOR})
    assert "submit" not in led("draft", assessor)
    assert set(led("submitted", assessor)) == {"approve", "return", "retire"}
    assert bank.may_write("draft", assessor).code == "author_needed"  # type: ignore[union-attr]


def test_without_a_role_nothing_may_be_done_in_any_state() -> None:
    for state, own in itertools.product(bank.STATES, (True, False)):
        assert led(state, frozenset({"pimpinan"}), is_own=own) == {}


def test_nothing_reaches_learners_without_having_been_reviewed() -> None:
    reached, new = set(), {bank.DRAFT}
    while new:
        reached |= new
        steps = [s for s in bank.STEPS.values() if s.code != "approve"]
        new = {step.to for step in steps for state in reached if state in step.after} - reached
    assert reached == {bank.DRAFT, bank.SUBMITTED, bank.RETIRED}


def test_a_retired_item_is_not_written_any_more() -> None:
    assert bank.may_write(bank.RETIRED, BOTH).code == "item_retired"  # type: ignore[union-attr]
    assert bank.may_write(bank.IN_USE, BOTH) is None
