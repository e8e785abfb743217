"""Answers that came too late: held, looked at, accepted as if in time or left out; and what the learner reads."""

import contextlib
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from click.testing import CliRunner
from django.db import connection, connections
from django.test import Client

from pintar.assessment import actions, kept, queries
from pintar.assessment.actions import held
from pintar.assessment.models import HeldOperation, HeldReview, Operation, Sitting
from pintar.assessment.tests import builders
from pintar.courses.queries import Edition
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in

pytestmark = pytest.mark.django_db
REASON = "Sinyal padam di seluruh kecamatan"
ORGANISER = "198503122011012008"


@pytest.fixture
def organiser() -> Person:
    return make_person("Ratna", nip=ORGANISER)


class Late:
    """A post-test of which `in_time` items were answered rightly in time, and the others an hour after the deadline."""

    def __init__(self, person: Person, edition: Edition, now: datetime, in_time: int = 2) -> None:
        self.person, self.context = person, builders.make_context(now)
        self.sitting = builders.open_sitting(person, edition.uid, "tes-akhir", now, self.context)
        self.row = Sitting.objects.get(uid=self.sitting)
        builders.answer(person, self.sitting, now + timedelta(minutes=1), right=in_time)
        self.came = self.row.deadline + timedelta(hours=1)
        self.ops = self.of_the_rest(in_time)

    def of_the_rest(self, in_time: int) -> list[actions.OpIn]:
        paper = kept.paper(self.sitting, self.person.id)
        return [
            builders.op(item, builders.right_value(paper, item), seq)
            for seq, item in enumerate(paper.items[in_time:], start=in_time + 1)
        ]

    def send(self) -> actions.Recorded:
        return builders.record(self.person, self.sitting, self.came, self.ops)

    @property
    def facts(self) -> queries.SittingFacts:
        return queries.sittings([self.context.uid])[self.context.uid][0]


@pytest.fixture
def late(person: Person, edition: Edition, now: datetime) -> Late:
    made = Late(person, edition, now)
    actions.close_due(made.came)
    assert made.send().held == len(made.ops)
    return made


def accept(sitting: UUID, by: Person, now: datetime, reason: str = REASON) -> actions.Reviewed:
    return actions.accept_held(sitting=sitting, by=by.uid, reason=reason, now=now)


def refuse(sitting: UUID, by: Person, now: datetime, reason: str = REASON) -> actions.Reviewed:
    return actions.refuse_held(sitting=sitting, by=by.uid, reason=reason, now=now)


def code_of(refusal: Any) -> str:
    return refusal.value.code


def test_accepted_answers_score_exactly_as_if_they_had_come_in_time(
    late: Late, organiser: Person, edition: Edition, now: datetime
) -> None:
    twin = make_person("Rini")
    in_time = builders.open_sitting(twin, edition.uid, "tes-akhir", now)
    Sitting.objects.filter(uid=in_time).update(seed=bytes(late.row.seed), items=late.row.items)
    kept._paper.cache_clear()
    wrong = builders.op(late.row.items[0], None, 90)
    sent_in_time = [op.read() for op in Operation.objects.filter(sitting__uid=late.sitting)]
    again = [builders.op(op.item, op.value, op.seq) for op in sent_in_time]
    builders.record(twin, in_time, now + timedelta(minutes=2), [*again, *late.ops, wrong])
    actions.close_due(late.came)
    builders.record(late.person, late.sitting, late.came, [wrong])

    before = late.facts
    done = accept(late.sitting, organiser, late.came)
    ours, theirs = Sitting.objects.get(uid=late.sitting), Sitting.objects.get(uid=in_time)
    assert (ours.got, ours.of, ours.passed, ours.answered) == (theirs.got, theirs.of, theirs.passed, theirs.answered)
    assert ours.score == theirs.score and (ours.got or 0) < (ours.of or 0)
    assert before.passed is False and done.passed is True and (done.got, done.of) == (ours.got, ours.of)
    assert (ours.closed_at, ours.closed_by) == (before.closed_at, "time")


def test_the_receipts_code_that_the_learner_holds_stays(late: Late, organiser: Person) -> None:
    before = Sitting.objects.get(uid=late.sitting).receipt
    accept(late.sitting, organiser, late.came)
    assert before and Sitting.objects.get(uid=late.sitting).receipt == before


def test_an_accepted_answer_is_acknowledged_when_its_device_sends_it_again(late: Late, organiser: Person) -> None:
    accept(late.sitting, organiser, late.came)
    again = late.send()
    assert again.held == 0 and [each.op_id for each in again.receipts] == [each.op_id for each in late.ops]
    assert {each.at for each in again.receipts} == {late.came}


def test_a_refused_answer_changes_no_mark_and_stays_to_be_seen(late: Late, organiser: Person) -> None:
    before = late.facts
    done = refuse(late.sitting, organiser, late.came)
    assert (done.accepted, done.answers) == (False, len(late.ops))
    assert late.facts == before
    assert late.send().held == len(late.ops) and queries.held() == []
    assert HeldOperation.objects.count() == len(late.ops)


def test_a_decision_twice_is_one_and_another_one_finds_nothing(late: Late, organiser: Person) -> None:
    first = accept(late.sitting, organiser, late.came)
    events = Event.objects.count()
    assert accept(late.sitting, organiser, late.came) == first
    assert (HeldReview.objects.count(), Event.objects.count()) == (1, events)
    with pytest.raises(Refusal) as refused:
        refuse(late.sitting, organiser, late.came)
    assert code_of(refused) == "nothing_held"


def test_what_comes_after_a_decision_waits_for_one_of_its_own(late: Late, organiser: Person) -> None:
    refuse(late.sitting, organiser, late.came)
    paper = kept.paper(late.sitting, late.person.id)
    more = builders.op(paper.items[-1], builders.right_value(paper, paper.items[-1]), 90)
    builders.record(late.person, late.sitting, late.came, [more])
    assert [each.answers for each in queries.held()] == [1]
    got = late.facts.got or 0
    assert accept(late.sitting, organiser, late.came).answers == 1
    assert (late.facts.got or 0) > got


def test_late_answers_take_a_passed_test_from_nobody(
    person: Person, edition: Edition, now: datetime, organiser: Person
) -> None:
    made = Late(person, edition, now, in_time=len(kept.bank(edition.uid).forms["A"]))
    actions.close_due(made.came)
    cleared = [builders.op(item, None, 500) for item in kept.paper(made.sitting, person.id).items]
    builders.record(person, made.sitting, made.came, cleared)
    with pytest.raises(Refusal) as refused:
        accept(made.sitting, organiser, made.came)
    assert code_of(refused) == "would_unpass"
    assert made.facts.passed is True and Operation.objects.filter(seq=500).count() == 0
    assert [each.passed_with for each in queries.held()] == [False]


def test_a_sitting_that_nobody_closed_yet_is_closed_by_the_decision(
    person: Person, edition: Edition, now: datetime, organiser: Person
) -> None:
    made = Late(person, edition, now)
    made.send()
    assert made.facts.closed_at is None
    assert accept(made.sitting, organiser, made.came).passed is True
    assert made.facts.closed_at == made.row.deadline


@pytest.mark.parametrize("reason", ["", "   ya ", "x" * 301, "a\x00bcdef"])
def test_a_decision_needs_a_reason_that_can_be_read(late: Late, organiser: Person, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        accept(late.sitting, organiser, late.came, reason)
    assert code_of(refused) == "review_reason_needed" and HeldReview.objects.count() == 0


def test_a_decision_needs_somebody_who_is_there_and_a_sitting_that_is(late: Late, organiser: Person) -> None:
    with pytest.raises(Refusal) as unknown:
        actions.accept_held(sitting=late.sitting, by=UUID(int=1), reason=REASON, now=late.came)
    with pytest.raises(Refusal) as elsewhere:
        accept(UUID(int=2), organiser, late.came)
    assert (code_of(unknown), code_of(elsewhere)) == ("reviewer_unknown", "unknown_sitting")


def test_who_decided_what_and_why_is_kept(late: Late, organiser: Person) -> None:
    accept(late.sitting, organiser, late.came, f"  {REASON} ")
    review = HeldReview.objects.get()
    assert (review.accepted, review.by, review.reason, review.at) == (True, organiser.uid, REASON, late.came)
    told = Event.objects.filter(name="assessment.held_answers_reviewed").get()
    assert (told.by, told.about, told.payload["answers"]) == (organiser.uid, late.sitting, len(late.ops))
    assert REASON not in json.dumps(told.payload)


def test_what_waits_is_listed_with_what_it_would_come_to(late: Late) -> None:
    [found] = queries.held()
    assert (found.sitting, found.answers, found.person) == (late.sitting, len(late.ops), late.person)
    assert (found.got, found.passed, found.got_with, found.passed_with) == (late.facts.got, False, found.of, True)
    assert found.first_at == found.last_at == late.came


def test_the_list_asks_as_often_for_ten_as_for_one(
    late: Late, edition: Edition, now: datetime, django_assert_num_queries: Any
) -> None:
    queries.held()
    with django_assert_num_queries(4):
        queries.held()
    for n in range(9):
        Late(make_person(f"Orang {n}"), edition, now).send()
    with django_assert_num_queries(4):
        assert len(queries.held()) == 10


class TestTheLearner:
    @pytest.fixture(autouse=True)
    def at_that_time(self, late: Late) -> Iterator[None]:
        with time_machine.travel(late.came, tick=False):
            yield

    def page(self, client: Client, late: Late) -> str:
        sign_in(client, late.person)
        return client.get(f"/tes/{late.sitting}/bukti/").content.decode()

    def test_reads_that_they_are_being_looked_at(self, client: Client, late: Late) -> None:
        page = self.page(client, late)
        assert 'data-terlambat="held"' in page
        assert f"{len(late.ops)} jawaban sampai sesudah waktu habis" in page

    def test_reads_that_they_were_accepted_and_why(self, client: Client, late: Late, organiser: Person) -> None:
        accept(late.sitting, organiser, late.came)
        page = self.page(client, late)
        assert 'data-terlambat="accepted"' in page and REASON in page and "Anda lulus" in page

    def test_reads_that_they_were_left_out_and_why(self, client: Client, late: Late, organiser: Person) -> None:
        refuse(late.sitting, organiser, late.came, "<b>Dikirim</b> sesudah pembahasan dilihat")
        page = self.page(client, late)
        assert 'data-terlambat="refused"' in page and "&lt;b&gt;Dikirim" in page and "Belum lulus" in page

    def test_gets_the_same_from_the_api(self, client: Client, late: Late, organiser: Person) -> None:
        refuse(late.sitting, organiser, late.came)
        sign_in(client, late.person)
        token = client.cookies["masuk"].value
        assert token
        document = queries.result_document(late.sitting, late.person.id)
        assert document["late"] == {"state": "refused", "answers": len(late.ops), "reason": REASON}

    def test_costs_the_page_no_further_query(
        self, client: Client, late: Late, organiser: Person, django_assert_max_num_queries: Any
    ) -> None:
        self.page(client, late)
        with django_assert_max_num_queries(3):
            client.get(f"/tes/{late.sitting}/bukti/")

    def test_hears_nothing_of_late_answers_where_there_were_none(
        self, client: Client, late: Late, edition: Edition, now: datetime
    ) -> None:
        facts = builders.sit(late.person, edition.uid, "tes-akhir", now)
        sign_in(client, late.person)
        assert "data-terlambat" not in client.get(f"/tes/{facts.uid}/bukti/").content.decode()

    def test_takes_along_what_was_decided_and_leaves_no_reason_behind(self, late: Late, organiser: Person) -> None:
        from pintar.assessment.personal_data import Sittings

        refuse(late.sitting, organiser, late.came)
        told = Sittings().export(late.person.id)["sittings"][0]["decided_about_them"]
        assert [(each["accepted"], each["reason"]) for each in told] == [(False, REASON)]
        Sittings().erase(late.person.id, late.came)
        assert HeldReview.objects.get().reason == ""


class TestTheEmergencyFile:
    def file(self, late: Late, ops: list[actions.OpIn]) -> dict[str, Any]:
        sent = [
            {"op_id": str(op.op_id), "seq": op.seq, "item": op.item, "value": op.value, "ms": None, "state": "waiting"}
            for op in ops
        ]
        return {"sitting": str(late.sitting), "ops": sent}

    def test_is_held_to_be_looked_at_however_late_and_once(
        self, person: Person, edition: Edition, now: datetime, organiser: Person
    ) -> None:
        made = Late(person, edition, now)
        after_days = made.came + timedelta(days=3)
        actions.close_due(after_days)
        given = self.file(made, made.ops)
        assert actions.hold_file(document=given, by=organiser.uid, now=after_days) == (made.sitting, len(made.ops))
        assert actions.hold_file(document=given, by=organiser.uid, now=after_days) == (made.sitting, 0)
        assert accept(made.sitting, organiser, after_days).passed is True

    def test_holds_nothing_that_was_acknowledged(self, late: Late, organiser: Person) -> None:
        acknowledged = Operation.objects.filter(sitting__uid=late.sitting).order_by("id").first()
        assert acknowledged is not None and acknowledged.value is not None
        op = actions.OpIn(acknowledged.op_id, acknowledged.seq, acknowledged.item, True, json.loads(acknowledged.value))
        document = self.file(late, [op])
        del document["ops"][0]["ms"]
        assert actions.hold_file(document=document, by=organiser.uid, now=late.came) == (late.sitting, 0)

    @pytest.mark.parametrize(
        "document",
        [None, [], {}, {"sitting": "x", "ops": []}, {"sitting": str(UUID(int=1)), "ops": {}},
         {"sitting": str(UUID(int=1)), "ops": [{}]}, {"sitting": 7, "ops": []},
         {"sitting": str(UUID(int=1)), "ops": [{"op_id": "x", "seq": 1, "item": "a"}]},
         {"sitting": str(UUID(int=1)), "ops": [{"op_id": str(UUID(int=1)), "seq": "1", "item": "a"}]},
         {"sitting": str(UUID(int=1)), "ops": [{"op_id": str(UUID(int=1)), "seq": 1, "item": "a", "flag": 1}]},
         {"sitting": str(UUID(int=1)), "ops": ["a"] * 6000}],
    )  # fmt: skip
    def test_that_is_none_is_refused(self, organiser: Person, now: datetime, document: Any) -> None:
        with pytest.raises(Refusal) as refused:
            actions.hold_file(document=document, by=organiser.uid, now=now)
        assert code_of(refused) == "bad_file"

    def test_of_another_test_or_with_made_up_answers_is_refused(self, late: Late, organiser: Person) -> None:
        paper = kept.paper(late.sitting, late.person.id)
        for op in (builders.op("tidak-ada", "x"), builders.op(paper.items[0], {"a": [1]})):
            with pytest.raises(Refusal) as refused:
                actions.hold_file(document=self.file(late, [op]), by=organiser.uid, now=late.came)
            assert refused.value.status == 422


class TestTheCommands:
    @pytest.fixture(autouse=True)
    def at_that_time(self, late: Late) -> Iterator[None]:
        with time_machine.travel(late.came, tick=False):
            yield

    def run(self, *arguments: str) -> Any:
        from pintar.cli import cli

        return CliRunner().invoke(cli, ["sitting", *arguments])

    def test_list_accept_and_say_what_came_of_it(self, late: Late, organiser: Person) -> None:
        listed = json.loads(self.run("held", "--json").output)["held"]
        assert [(each["sitting"], each["passed_if_accepted"]) for each in listed] == [(str(late.sitting), True)]
        assert late.person.name in self.run("held").output
        done = self.run("accept", str(late.sitting), "--by", ORGANISER, "--reason", REASON, "--json")
        assert done.exit_code == 0
        assert json.loads(done.output)["state"] == "accepted" and json.loads(done.output)["passed"] is True
        assert "Nothing is held." in self.run("held").output

    def test_refuse(self, late: Late, organiser: Person) -> None:
        done = self.run("refuse", str(late.sitting), "--by", ORGANISER, "--reason", REASON)
        assert done.exit_code == 0 and f"{len(late.ops)} late answers refused" in done.output

    def test_take_a_file_in(self, late: Late, organiser: Person, tmp_path: Path) -> None:
        file = tmp_path / "jawaban.json"
        file.write_text(json.dumps({"sitting": str(late.sitting), "ops": []}))
        assert "0 answers held" in self.run("take-in", str(file), "--by", ORGANISER).output
        file.write_bytes(b"\xff\xfe[[[[")
        assert isinstance(self.run("take-in", str(file), "--by", ORGANISER).exception, Refusal)

    @pytest.mark.parametrize("command", ["held", "accept", "refuse", "take-in"])
    def test_help_with_an_example(self, command: str) -> None:
        told = self.run(command, "--help")
        assert told.exit_code == 0 and "Example: pintar sitting" in told.output

    @pytest.mark.parametrize(
        "arguments",
        [["accept"], ["accept", "bukan-uid"], ["accept", str(UUID(int=1)), "--by", "0", "--reason", REASON]],
    )
    def test_wrong_usage_is_status_2(self, arguments: list[str]) -> None:
        assert self.run(*arguments).exit_code == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_count_the_answers_once(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    edition, organiser = builders.publish_all_types(now), make_person("Ratna", nip=ORGANISER)
    if connection.vendor == "postgresql":
        # The control: without the lock both find the answers waiting. (SQLite has one writer, nothing to take.)
        with monkeypatch.context() as without:
            without.setattr(held, "_locked", lambda sitting: Sitting.objects.get(uid=sitting))
            assert _decided_at_once(Late(make_person("Rini"), edition, now), organiser, monkeypatch) == 2
    assert _decided_at_once(Late(make_person("Dewi"), edition, now), organiser, monkeypatch) == 1


def _decided_at_once(made: Late, organiser: Person, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many decisions are kept of two, the first of which waits for the second after it has read what is held."""
    actions.close_due(made.came)
    made.send()
    both_have_read, count = threading.Barrier(2), held._count

    def counted(*rows: Any, **more: Any) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_have_read.wait(timeout=0.7)
        count(*rows, **more)

    def decide() -> None:
        try:
            accept(made.sitting, organiser, made.came)
        finally:
            connections.close_all()

    with monkeypatch.context() as slowed:
        slowed.setattr(held, "_count", counted)
        threads = [threading.Thread(target=decide) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return HeldReview.objects.filter(sitting__uid=made.sitting).count()
