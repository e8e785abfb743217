"""The one rule, reason by reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pintar.graduation.rules import Decision, Facts, LessonFact, PostTestFact, State, TaskFact, decide

END = datetime(2026, 12, 11, 16, 59, tzinfo=UTC)
LESSON_AT, TEST_AT, SURVEY_AT = (END - timedelta(days=days) for days in (3, 2, 1))
BEFORE, AFTER = END - timedelta(hours=1), END + timedelta(seconds=1)

TEST = PostTestFact("Tes akhir", pass_mark=70, sittings=3, taken=1, percent=85, passed_at=TEST_AT)
ALL = Facts(
    lessons=(LessonFact("Satu", LESSON_AT), LessonFact("Dua", LESSON_AT)),
    post_tests=(TEST,),
    tasks=(TaskFact("Aksi nyata", True),),
    survey_asked=True,
    survey_at=SURVEY_AT,
    marking=False,
    ends_at=END,
)


def failed(taken: int, percent: int | None = 68, sittings: int = 3) -> tuple[PostTestFact, ...]:
    return (replace(TEST, taken=taken, percent=percent, sittings=sittings, passed_at=None),)


UNMET = [
    pytest.param({"lessons": (LessonFact("Satu", None), LessonFact("Dua", LESSON_AT))}, "lessons_missing", id="lesson"),
    pytest.param({"post_tests": failed(0, None)}, "post_test_not_taken", id="test not taken"),
    pytest.param({"post_tests": failed(1)}, "post_test_not_passed", id="two sittings left"),
    pytest.param({"post_tests": failed(2)}, "post_test_not_passed", id="one sitting left"),
    pytest.param({"post_tests": failed(9, sittings=0)}, "post_test_not_passed", id="as often as one likes"),
    pytest.param({"post_tests": failed(3)}, "remedial_open", id="remedial"),
    pytest.param({"post_tests": failed(4)}, "sittings_used_up", id="remedial failed too"),
    pytest.param({"tasks": (TaskFact("Aksi nyata", False),)}, "tasks_missing", id="task"),
    pytest.param({"survey_at": None}, "survey_missing", id="survey"),
    pytest.param({"survey_at": AFTER}, "survey_missing", id="survey after the end"),
]


def test_everything_met_is_lulus_and_says_when_the_last_was_met():
    assert decide(ALL, BEFORE) == Decision(State.LULUS, achieved_at=SURVEY_AT)


def test_what_was_met_in_time_is_lulus_however_late_it_is_looked_at():
    assert decide(ALL, END + timedelta(days=400)) == Decision(State.LULUS, achieved_at=SURVEY_AT)


@pytest.mark.parametrize(("change", "code"), UNMET)
def test_one_thing_missing_is_not_lulus_and_is_named(change, code):
    decision = decide(replace(ALL, **change), BEFORE)
    assert [reason.code for reason in decision.reasons] == [code]
    assert decision.state is (State.REMEDIAL if code == "remedial_open" else State.BELUM)
    assert decision.achieved_at is None


@pytest.mark.parametrize(("change", "code"), UNMET)
def test_one_thing_missing_when_the_window_is_over_is_gugur_with_both_reasons(change, code):
    for instant in (END, AFTER):
        decision = decide(replace(ALL, **change), instant)
        assert decision.state is State.GUGUR
        assert [reason.code for reason in decision.reasons] == ["window_over", code]


def test_nobody_is_gugur_while_a_sitting_waits_to_be_scored():
    waiting = replace(ALL, post_tests=failed(2), marking=True)
    assert decide(waiting, AFTER).state is State.BELUM
    assert decide(replace(ALL, marking=True), AFTER).state is State.LULUS


def test_all_that_is_missing_is_named_in_the_order_in_which_it_is_made_good():
    nothing = replace(
        ALL,
        lessons=(LessonFact("Satu", None),),
        post_tests=failed(0, None),
        tasks=(TaskFact("Aksi nyata", False),),
        survey_at=None,
    )
    codes = [reason.code for reason in decide(nothing, BEFORE).reasons]
    assert codes == ["lessons_missing", "post_test_not_taken", "tasks_missing", "survey_missing"]


def test_a_training_without_test_task_and_survey_asks_for_its_lessons_alone():
    bare = Facts(ALL.lessons, (), (), False, None, False, END)
    assert decide(bare, BEFORE) == Decision(State.LULUS, achieved_at=LESSON_AT)


def test_a_sitting_closed_minutes_after_the_end_counts_as_of_the_end():
    late = replace(ALL, post_tests=(replace(TEST, passed_at=END + timedelta(minutes=3)),))
    assert decide(late, AFTER).achieved_at == END


def test_the_reasons_carry_what_their_sentences_say():
    lessons = tuple(LessonFact(f"Materi {n}", None) for n in range(5))
    decision = decide(replace(ALL, lessons=lessons, post_tests=failed(1)), BEFORE)
    assert dict(decision.reasons[0].data) == {"count": 5, "titles": ["Materi 0", "Materi 1", "Materi 2"], "more": 2}
    assert dict(decision.reasons[1].data) == {"title": "Tes akhir", "percent": 68, "pass_mark": 70, "left": 2}
