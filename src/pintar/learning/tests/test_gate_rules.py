"""The gate: what is open, and what opens the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from pintar.foundation import ids
from pintar.foundation.refusals import Reason
from pintar.learning.rules import gate
from pintar.learning.rules.gate import Line, Opening, Plan, Sat, Stage, Standing, State
from pintar.learning.rules.progress import LessonProgress

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN = Plan(
    (
        Stage("pendahuluan", "Pendahuluan", None),
        Stage("dasar", "Dasar", None),
        Stage("inti", "Inti", 80),
        Stage("penutup", "Penutup", None),
    ),
    (
        Line("tes-awal", "pretest", "Tes awal", 0),
        Line("sambutan", "lesson", "Sambutan", 0, 1),
        Line("kebijakan", "lesson", "Kebijakan", 1, 2, indicators=("1",)),
        Line("tujuan", "lesson", "Tujuan", 2, 3, indicators=("2",)),
        Line("kuis-tujuan", "quiz", "Kuis 3", 2, 3, of="tujuan", mark=80),
        Line("bertanya", "lesson", "Bertanya", 2, 4, indicators=("3",)),
        Line("kuis-bertanya", "quiz", "Kuis 4", 2, 4, of="bertanya", mark=80),
        Line("tes-akhir", "posttest", "Tes akhir", 3, mark=70),
        Line("survei", "survey", "Survei", 3),
    ),
)
LESSONS = ("sambutan", "kebijakan", "tujuan", "bertanya")


def sat(test, kind, number=1, *, passed=None, failed=(), weakest=None, over=True, closed=NOW, percent=50):
    return Sat(
        ids.uid(), test, kind, number, NOW - DAY, over, closed if over else None, percent, passed, failed, weakest
    )


PRETEST = sat("tes-awal", "pretest")
QUIZZES = (sat("kuis-tujuan", "quiz", passed=True), sat("kuis-bertanya", "quiz", passed=True))


def standing(*sats, done=(), lessons=None, survey_at=None, starts=-DAY, until=DAY):
    progress = {key: LessonProgress(share=1.0, completed_at=NOW - DAY) for key in done} | (lessons or {})
    return Standing(PLAN, progress, sats, survey_at, NOW + starts, NOW + until)


def states(given, openings=None):
    return gate.gate(given, {"tes-akhir": Opening(True), **(openings or {})}, NOW)


def why(given, key, openings=None):
    return [each.code for each in states(given, openings)[key].reasons]


CASES = [
    ("a newcomer", standing(), "current open locked locked locked locked locked locked locked"),
    ("read the welcome before the pre-test", standing(done=["sambutan"]),
     "current done locked locked locked locked locked locked locked"),
    ("pre-test handed in", standing(PRETEST), "done current locked locked locked locked locked locked locked"),
    ("introduction done", standing(PRETEST, done=["sambutan"]),
     "done done current locked locked locked locked locked locked"),
    ("basics done", standing(PRETEST, done=LESSONS[:2]), "done done done current locked locked locked locked locked"),
    ("a lesson of Inti read", standing(PRETEST, done=LESSONS[:3]),
     "done done done done current locked locked locked locked"),
    ("its quiz passed", standing(PRETEST, QUIZZES[0], done=LESSONS[:3]),
     "done done done done done current locked locked locked"),
    ("its quiz failed", standing(PRETEST, sat("kuis-tujuan", "quiz", passed=False), done=LESSONS[:3]),
     "done done done done locked locked locked locked locked"),
    ("all quizzes passed", standing(PRETEST, *QUIZZES, done=LESSONS),
     "done done done done done done done current locked"),
    ("post-test failed once", standing(PRETEST, *QUIZZES, sat("tes-akhir", "posttest", passed=False), done=LESSONS),
     "done done done done done done done current open"),
    ("post-test passed", standing(PRETEST, *QUIZZES, sat("tes-akhir", "posttest", passed=True), done=LESSONS),
     "done done done done done done done done current"),
    ("everything", standing(PRETEST, *QUIZZES, sat("tes-akhir", "posttest", passed=True), done=LESSONS, survey_at=NOW),
     "done done done done done done done done done"),
    ("before the start", standing(starts=DAY, until=2 * DAY),
     "locked locked locked locked locked locked locked locked locked"),
    ("after the end", standing(PRETEST, done=["sambutan"], starts=-2 * DAY, until=-DAY),
     "done done locked locked locked locked locked locked locked"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_table_of_states(name, given, expected):
    assert [state.state.value for state in states(given).values()] == expected.split()


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_every_locked_line_says_why(case):
    for state in states(case[1]).values():
        assert bool(state.reasons) == state.is_locked


REASONS = [
    ("kebijakan", standing(), ["pretest_first"]),
    ("kebijakan", standing(PRETEST), ["group_first"]),
    ("tujuan", standing(PRETEST, done=["sambutan"]), ["group_first"]),
    ("kuis-tujuan", standing(PRETEST, done=LESSONS[:2]), ["lesson_first"]),
    ("bertanya", standing(PRETEST, done=LESSONS[:3]), ["quiz_first"]),
    ("tes-akhir", standing(PRETEST, QUIZZES[0], done=LESSONS), ["all_lessons_first"]),
    ("survei", standing(PRETEST, *QUIZZES, done=LESSONS), ["posttest_first"]),
    ("sambutan", standing(starts=DAY, until=2 * DAY), ["not_started"]),
    ("sambutan", standing(starts=-2 * DAY, until=-DAY), ["ended"]),
]


@pytest.mark.parametrize(("key", "given", "expected"), REASONS)
def test_what_opens_a_locked_line(key, given, expected):
    assert why(given, key) == expected


def test_a_failed_quiz_opens_after_its_lesson_was_gone_through_again():
    failed = sat("kuis-tujuan", "quiz", passed=False, failed=("2",))
    waiting = standing(PRETEST, failed, done=LESSONS[:3])
    state = states(waiting)["kuis-tujuan"]
    assert [r.code for r in state.reasons] == ["reread_first"]
    assert state.reread == ("tujuan",)
    assert gate.reread_since(states(waiting).values(), "tujuan") == NOW
    reread = LessonProgress(share=1.0, completed_at=NOW - DAY, reread_at=NOW + timedelta(minutes=1))
    ready = standing(PRETEST, failed, done=LESSONS[:3], lessons={"tujuan": reread})
    assert states(ready)["kuis-tujuan"].state is State.CURRENT
    assert gate.reread_since(states(ready).values(), "tujuan") is None


def test_a_lesson_reread_before_the_quiz_was_failed_does_not_count():
    failed = sat("kuis-tujuan", "quiz", passed=False)
    early = LessonProgress(share=1.0, completed_at=NOW - DAY, reread_at=NOW - timedelta(minutes=1))
    assert why(standing(PRETEST, failed, done=LESSONS[:3], lessons={"tujuan": early}), "kuis-tujuan") == [
        "reread_first"
    ]


def test_a_sitting_under_way_stays_open_whatever_else_is_missing():
    under_way = sat("kuis-tujuan", "quiz", 2, over=False)
    failed = sat("kuis-tujuan", "quiz", passed=False)
    state = states(standing(PRETEST, failed, under_way, done=LESSONS[:3]))["kuis-tujuan"]
    assert state.state is State.CURRENT
    assert state.open_sitting == under_way.uid


def test_a_pretest_whose_time_is_over_is_handed_in_before_any_worker_came():
    left_alone = Sat(ids.uid(), "tes-awal", "pretest", 1, NOW - DAY, True, None, None, None)
    assert states(standing(left_alone))["tes-awal"].is_done


def test_waiting_for_the_next_sitting_shows_when_it_opens():
    failed = sat("tes-akhir", "posttest", passed=False)
    opens_at = NOW + DAY
    soon = Opening(False, (Reason("assessment", "too_soon"),), 2, opens_at)
    state = states(standing(PRETEST, *QUIZZES, failed, done=LESSONS), {"tes-akhir": soon})["tes-akhir"]
    assert (state.state, state.opens_at) == (State.LOCKED, opens_at)


def remedial(*, failed=(), weakest=None, lessons=None):
    tried = [sat("tes-akhir", "posttest", n, passed=False, failed=failed, weakest=weakest) for n in (1, 2, 3)]
    return standing(PRETEST, *QUIZZES, *tried, done=LESSONS, lessons=lessons)


FIRST = {"tes-akhir": Opening(False, (Reason("assessment", "remedial_first"),), 4)}


def test_after_three_failed_sittings_the_lessons_of_the_failed_indicators_come_first():
    state = states(remedial(failed=("1", "3")), FIRST)["tes-akhir"]
    assert state.reread == ("kebijakan", "bertanya")
    assert [r.code for r in state.reasons] == ["remedial_first"]
    assert state.reasons[0].room == "learning"


def test_who_failed_no_indicator_studies_the_weakest():
    assert states(remedial(weakest="2"), FIRST)["tes-akhir"].reread == ("tujuan",)


def test_the_remedial_sitting_opens_once_all_of_them_were_gone_through_again():
    again = LessonProgress(share=1.0, completed_at=NOW - DAY, reread_at=NOW + timedelta(minutes=1))
    half = remedial(failed=("1", "3"), lessons={"kebijakan": again})
    assert gate.rereading(half, PLAN.lines[7]).missing == ("bertanya",)
    whole = remedial(failed=("1", "3"), lessons={"kebijakan": again, "bertanya": again})
    assert gate.rereading(whole, PLAN.lines[7]).missing == ()


def test_a_training_without_a_post_test_asks_for_the_survey_last():
    lines = tuple(line for line in PLAN.lines if line.kind != "posttest")
    short = Plan(PLAN.stages, lines)

    def survey(*sats, done):
        progress = {key: LessonProgress(completed_at=NOW) for key in done}
        given = Standing(short, progress, sats, None, NOW - DAY, NOW + DAY)
        return gate.gate(given, {}, NOW)["survei"]

    assert [r.code for r in survey(PRETEST, QUIZZES[0], done=LESSONS).reasons] == ["rest_first"]
    assert survey(PRETEST, *QUIZZES, done=LESSONS).state is State.CURRENT


def test_the_next_step_is_the_current_line_or_the_first_that_waits():
    assert gate.next_step(states(standing())).line.key == "tes-awal"
    failed = standing(PRETEST, sat("kuis-tujuan", "quiz", passed=False), done=LESSONS[:3])
    assert gate.next_step(states(failed)).line.key == "kuis-tujuan"
