"""Answers: acknowledged once they are committed, counted once however they come, never after their time."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pintar.assessment import actions, kept, queries, receipts, rules
from pintar.assessment.actions import OpIn
from pintar.assessment.models import HeldOperation, Operation, Sitting
from pintar.assessment.tests import builders
from pintar.courses.queries import Edition
from pintar.foundation import ids
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person

MINUTE = timedelta(minutes=1)
END = timedelta(minutes=20)


@pytest.fixture
def sitting(edition: Edition, person: Person, now: datetime) -> UUID:
    return builders.open_sitting(person, edition.uid, "tes-akhir", now)


def _items(sitting: UUID, person: Person) -> tuple[str, ...]:
    return kept.paper(sitting, person.id).items


def _op(sitting: UUID, person: Person, at: int = 0, **more: object) -> OpIn:
    paper = kept.paper(sitting, person.id)
    return builders.op(paper.items[at], builders.right_value(paper, paper.items[at]), **more)


def _answers(sitting: UUID, person: Person, now: datetime) -> dict[str, dict[str, object]]:
    return queries.paper_document(sitting, person.id, now)["answers"]


def test_a_receipt_names_number_time_and_digest_of_what_is_kept(sitting: UUID, person: Person, now: datetime) -> None:
    op = _op(sitting, person)
    (receipt,) = builders.record(person, sitting, now + MINUTE, [op]).receipts
    row = Operation.objects.get()
    assert (receipt.number, receipt.op_id, receipt.at) == (row.pk, op.op_id, now + MINUTE)
    again = receipts.digest(sitting, row.op_id, row.seq, row.item, row.value, row.flag, row.at)
    assert receipt.digest == row.digest == again


def test_another_answer_has_another_digest(sitting: UUID, now: datetime) -> None:
    one = receipts.digest(sitting, UUID(int=1), 1, "a", '"x"', None, now)
    for other in (
        receipts.digest(sitting, UUID(int=1), 1, "a", '"y"', None, now),
        receipts.digest(sitting, UUID(int=1), 2, "a", '"x"', None, now),
        receipts.digest(sitting, UUID(int=2), 1, "a", '"x"', None, now),
        receipts.digest(sitting, UUID(int=1), 1, "a", '"x"', True, now),
        receipts.digest(sitting, UUID(int=1), 1, "a", '"x"', None, now + MINUTE),
    ):
        assert one != other


def test_a_repeated_operation_gets_the_same_receipt_and_one_row(sitting: UUID, person: Person, now: datetime) -> None:
    op = _op(sitting, person)
    first = builders.record(person, sitting, now + MINUTE, [op])
    assert builders.record(person, sitting, now + 2 * MINUTE, [op]) == first
    assert builders.record(person, sitting, now + 2 * MINUTE, [op, op]).receipts[0] == first.receipts[0]
    assert Operation.objects.count() == 1


def test_a_batch_of_old_and_new_operations_gets_a_receipt_for_each(
    sitting: UUID, person: Person, now: datetime
) -> None:
    old, new = _op(sitting, person, 0), _op(sitting, person, 1, seq=2)
    builders.record(person, sitting, now, [old])
    both = builders.record(person, sitting, now + MINUTE, [old, new])
    assert [receipt.op_id for receipt in both.receipts] == [old.op_id, new.op_id]


def test_an_op_id_that_says_something_else_is_refused(sitting: UUID, person: Person, now: datetime) -> None:
    op = _op(sitting, person)
    builders.record(person, sitting, now, [op])
    other = OpIn(op_id=op.op_id, seq=2, item=op.item, answers=True, value=None)
    with pytest.raises(Refusal) as refused:
        builders.record(person, sitting, now, [other])
    assert (refused.value.code, refused.value.status) == ("op_reused", 422)


def test_the_highest_seq_counts_and_null_clears(sitting: UUID, person: Person, now: datetime) -> None:
    item = _items(sitting, person)[5]
    ops = [builders.op(item, text, seq) for text, seq in (("kedua", 2), ("pertama", 1), ("ketiga", 3))]
    builders.record(person, sitting, now, ops)
    assert _answers(sitting, person, now)[item] == {"value": "ketiga", "flag": False, "seq": 3}
    builders.record(person, sitting, now, [builders.op(item, None, 4)])
    assert _answers(sitting, person, now)[item]["value"] is None


def test_a_flag_leaves_the_answer_alone(sitting: UUID, person: Person, now: datetime) -> None:
    op = _op(sitting, person)
    flag = OpIn(op_id=ids.uid(), seq=2, item=op.item, answers=False, flag=True)
    builders.record(person, sitting, now, [op, flag])
    assert _answers(sitting, person, now)[op.item] == {"value": op.value, "flag": True, "seq": 2}


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_repetition_gives_the_same_answers(
    data: st.DataObject, edition: Edition, person: Person, now: datetime
) -> None:
    texts = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
    ops = data.draw(
        st.lists(
            st.tuples(st.integers(0, 1), st.integers(0, 6), texts, st.sampled_from([None, True, False])), max_size=12
        )
    )
    sittings = [builders.open_sitting(person, edition.uid, "tes-akhir", now) for _ in range(2)]
    asked = [_items(sitting, person) for sitting in sittings]
    named = [(ids.uid(), *op) for op in ops]
    sent = [[] for _ in sittings]  # type: list[list[OpIn]]
    for op_id, place, seq, text, flag in named:
        for which, items in enumerate(asked):
            # Both forms have a short answer in place 5 and a number in place 6, which take any text.
            sent[which].append(OpIn(op_id=op_id, seq=seq, item=items[5 + place], answers=True, value=text, flag=flag))
    builders.record(person, sittings[0], now, sent[0])
    shuffled = data.draw(st.permutations([*sent[1], *sent[1][: len(ops) // 2]]))
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        builders.record(person, sittings[1], now, shuffled[:size])
        shuffled = shuffled[size:]
    told = [list(_answers(sitting, person, now).items()) for sitting in sittings]
    by_place = [
        {items.index(item): answer for item, answer in answers} for items, answers in zip(asked, told, strict=True)
    ]
    assert by_place[0] == by_place[1]
    assert Operation.objects.filter(sitting__uid=sittings[1]).count() == len(ops)


def test_answers_are_taken_to_the_end_of_the_grace_and_not_after(sitting: UUID, person: Person, now: datetime) -> None:
    last = now + END + rules.GRACE
    assert builders.record(person, sitting, last, [_op(sitting, person)]).held == 0
    late = builders.record(person, sitting, last + timedelta(microseconds=1), [_op(sitting, person, 1, seq=2)])
    assert (late.receipts, late.held) == ((), 1)
    assert Operation.objects.count() == HeldOperation.objects.count() == 1


def test_extra_time_moves_the_end(sitting: UUID, person: Person, now: datetime) -> None:
    actions.give_extra_time(person=person, percent=100, by=None, now=now)
    end = now + 2 * END + rules.GRACE
    assert builders.record(person, sitting, end, [_op(sitting, person)]).held == 0
    assert builders.record(person, sitting, end + MINUTE, [_op(sitting, person, seq=2)]).held == 1


@given(seconds=st.integers(-90_000, 180_000))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_answer_counts_after_deadline_and_grace_and_none_before_is_lost(
    seconds: int, edition: Edition, person: Person, now: datetime
) -> None:
    """Whatever the device's clock says: only the server's is asked."""
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", now, builders.make_context(now))
    at = now + END + timedelta(seconds=seconds)
    op = _op(sitting, person)
    try:
        recorded = builders.record(person, sitting, at, [op])
    except Refusal as refusal:
        assert refusal.status == 410
        assert seconds > rules.HELD.total_seconds()
        return
    counted = Operation.objects.filter(op_id=op.op_id).exists()
    assert counted == (seconds <= rules.GRACE.total_seconds())
    assert counted == (len(recorded.receipts) == 1)
    assert recorded.held == int(not counted)


def test_a_late_log_is_held_for_a_day_whatever_its_lease(sitting: UUID, person: Person, now: datetime) -> None:
    actions.hand_in(person=person, sitting=sitting, by=person.uid, now=now + MINUTE)
    op = _op(sitting, person)
    for _ in range(2):
        assert builders.record(person, sitting, now + 2 * MINUTE, [op], lease="LAMA").held == 1
    assert HeldOperation.objects.count() == 1
    with pytest.raises(Refusal) as refused:
        builders.record(person, sitting, now + END + timedelta(hours=24, seconds=1), [_op(sitting, person)])
    assert (refused.value.code, refused.value.status) == ("too_late", 410)


def test_what_was_acknowledged_keeps_its_receipt_after_closing(sitting: UUID, person: Person, now: datetime) -> None:
    op = _op(sitting, person)
    first = builders.record(person, sitting, now, [op])
    actions.hand_in(person=person, sitting=sitting, by=person.uid, now=now + MINUTE)
    assert builders.record(person, sitting, now + timedelta(days=5), [op]) == first


def test_the_newest_device_writes_and_the_other_is_told(sitting: UUID, person: Person, now: datetime) -> None:
    old = builders.lease_of(sitting)
    new = actions.take_lease(person=person, sitting=sitting, by=person.uid, now=now)
    with pytest.raises(Refusal) as refused:
        builders.record(person, sitting, now, [_op(sitting, person)], lease=old)
    assert (refused.value.code, refused.value.status) == ("lease_taken", 409)
    assert not Operation.objects.exists()
    assert builders.record(person, sitting, now, [_op(sitting, person)], lease=new).receipts


def test_somebody_elses_sitting_is_not_there(sitting: UUID, person: Person, now: datetime) -> None:
    other = make_person("Budi")
    op = _op(sitting, person)
    for deed in (
        lambda: builders.record(other, sitting, now, [op]),
        lambda: actions.take_lease(person=other, sitting=sitting, by=other.uid, now=now),
        lambda: actions.hand_in(person=other, sitting=sitting, by=other.uid, now=now),
        lambda: queries.paper_document(sitting, other.id, now),
        lambda: queries.sitting_page(sitting, other.id, now),
        lambda: queries.result_page(sitting, other.id),
        lambda: builders.record(other, ids.uid(), now, [op], lease="X"),
    ):
        with pytest.raises(Refusal) as refused:
            deed()
        assert refused.value.status == 404
    assert not Operation.objects.exists()


@pytest.mark.parametrize("lease", ["", "\0", "\ud800", "x" * 64, "0' OR 1=1 --"])
def test_a_lease_of_nonsense_is_a_lease_taken(sitting: UUID, person: Person, now: datetime, lease: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.record_answers(
            person=person, sitting=sitting, lease=lease, ops=[_op(sitting, person)], by=person.uid, now=now
        )
    assert refused.value.code == "lease_taken"


HOSTILE = [
    [],
    {},
    {"a": []},
    5,
    1.5,
    float("nan"),
    True,
    "x" * 600,
    "\0",
    "\ud800",
    ["o1"],
    "o1",
    [["x"]],
    {"l1": "o1"},
    "🙂" * 500,
]


def test_a_value_that_cannot_be_an_answer_is_refused_or_kept_and_never_breaks(
    sitting: UUID, person: Person, now: datetime
) -> None:
    for item in _items(sitting, person):
        for value in HOSTILE:
            try:
                builders.record(person, sitting, now, [builders.op(item, value)])
            except Refusal as refusal:
                assert (refusal.status, refusal.code) == (422, "bad_answer")
    actions.hand_in(person=person, sitting=sitting, by=person.uid, now=now)
    assert Sitting.objects.get(uid=sitting).got is not None


def test_plain_ids_are_no_answers(sitting: UUID, person: Person, now: datetime) -> None:
    """The ids that a key knows are never shown, so nobody can answer with them."""
    with pytest.raises(Refusal) as refused:
        builders.record(person, sitting, now, [builders.op(_items(sitting, person)[0], "o2")])
    assert refused.value.reasons[0].data["flaw"] == "unknown_option"


def test_one_bad_operation_refuses_the_batch_and_is_named(sitting: UUID, person: Person, now: datetime) -> None:
    good, bad = _op(sitting, person), builders.op("lain", None)
    with pytest.raises(Refusal) as refused:
        builders.record(person, sitting, now, [good, bad])
    assert refused.value.code == "unknown_item"
    assert refused.value.reasons[0].data["op_id"] == str(bad.op_id)
    assert not Operation.objects.exists()


def test_more_operations_than_a_call_may_carry_are_refused(sitting: UUID, person: Person, now: datetime) -> None:
    item = _items(sitting, person)[5]
    ops = [builders.op(item, "x", n) for n in range(201)]
    with pytest.raises(Refusal) as refused:
        builders.record(person, sitting, now, ops)
    assert refused.value.code == "too_many_ops"
    assert len(builders.record(person, sitting, now, ops[:200]).receipts) == 200


def test_an_answer_costs_one_statement_beside_the_session(
    sitting: UUID, person: Person, now: datetime, django_assert_num_queries: object
) -> None:
    lease = builders.lease_of(sitting)
    many = [_op(sitting, person, n, seq=n + 1) for n in range(8)]
    kept._paper.cache_clear()
    kept.paper(sitting, person.id)
    for ops in (many[:1], many):
        fresh = [OpIn(ids.uid(), op.seq, op.item, True, op.value) for op in ops]
        with django_assert_num_queries(1):  # type: ignore[operator]
            builders.record(person, sitting, now, fresh, lease=lease)
    assert settings.DATABASES
