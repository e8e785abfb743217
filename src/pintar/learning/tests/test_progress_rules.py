"""What of a claim is believed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pintar.learning.rules.progress import (
    Claim,
    LessonProgress,
    Measure,
    advance,
    covered,
    from_json,
    furthest,
    left,
    merge_ranges,
    open_until,
    read_ranges,
    resume_at,
    to_json,
)

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
AUDIO, READING, SLIDES = Measure("audio", 300.0), Measure("reading", 10.0, 900), Measure("slides", 5.0)
MEASURES = {measure.kind: measure for measure in (AUDIO, READING, SLIDES)}

ranges = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda pair: (float(min(pair)), float(max(pair)))),
    max_size=12,
)


def after(*claims: tuple[str, list, float]) -> LessonProgress:
    """Progress after (form, ranges, seconds since the start) each."""
    progress = LessonProgress()
    for form, given_ranges, seconds in claims:
        claim = Claim(form, tuple((float(a), float(b)) for a, b in given_ranges))
        progress = advance(progress, MEASURES, claim, START + timedelta(seconds=seconds), None)
    return progress


@given(ranges, st.randoms())
def test_the_union_does_not_depend_on_the_order_nor_on_repetition(given_ranges, random):
    shuffled = given_ranges + given_ranges[: len(given_ranges) // 2]
    random.shuffle(shuffled)
    assert merge_ranges(shuffled) == merge_ranges(given_ranges)
    assert merge_ranges(merge_ranges(given_ranges)) == merge_ranges(given_ranges)


@given(ranges)
def test_the_union_is_sorted_and_disjoint_and_covers_each_range(given_ranges):
    merged = merge_ranges(given_ranges)
    assert all(a[1] < b[0] for a, b in pairwise(merged))
    for start, end in given_ranges:
        assert start == end or any(a <= start and end <= b for a, b in merged)
    seconds = {n for start, end in given_ranges for n in range(int(start), int(end))}
    assert covered(merged) == len(seconds)


@given(st.lists(st.tuples(ranges, st.integers(0, 100)), max_size=6), st.sampled_from(["audio", "reading", "slides"]))
def test_what_counts_never_falls(steps, form):
    progress, seconds = LessonProgress(), 0
    for given_ranges, pause in steps:
        seconds += pause
        measure = MEASURES[form]
        claimed = read_ranges([list(each) for each in given_ranges], measure)
        now = START + timedelta(seconds=seconds)
        grown = advance(progress, MEASURES, Claim(form, claimed or ()), now, None)
        assert grown.share >= progress.share
        assert 0 <= grown.share <= 1
        if progress.completed_at:
            assert grown.completed_at == progress.completed_at
        progress = grown
        assert from_json(to_json(progress)).share == pytest.approx(progress.share, abs=1e-4)


@given(ranges, st.randoms())
def test_operations_in_any_order_come_to_the_same_in_the_end(given_ranges, random):
    late = 10_000
    shuffled = list(given_ranges)
    random.shuffle(shuffled)
    one = after(*[("audio", [each], late) for each in given_ranges], ("audio", [], late + 1000))
    other = after(*[("audio", [each], late) for each in shuffled], ("audio", [], late + 1000))
    assert one.share == pytest.approx(other.share)
    assert bool(one.completed_at) == bool(other.completed_at)


def test_a_recording_counts_up_to_the_first_gap():
    assert furthest(((0, 100), (101, 120), (200, 300))) == 120
    progress = after(("audio", [], 0), ("audio", [[0, 100], [200, 300]], 1000))
    assert progress.share == pytest.approx(1 / 3)
    assert open_until(progress, AUDIO) == pytest.approx(100)


def test_a_missing_piece_that_comes_late_closes_the_gap():
    progress = after(("audio", [], 0), ("audio", [[100, 300]], 900), ("audio", [[0, 100]], 901))
    assert progress.completed_at == START + timedelta(seconds=901)


def test_more_than_one_and_a_half_times_the_time_is_not_believed_yet():
    progress = after(("audio", [], 0), ("audio", [[0, 300]], 20))
    assert progress.share == pytest.approx((20 + 10) * 1.5 / 300)
    assert not progress.completed_at
    later = advance(progress, MEASURES, Claim("audio", ()), START + timedelta(seconds=200), None)
    assert later.completed_at


def test_a_whole_recording_heard_without_signal_counts_when_it_comes_in_one_piece():
    progress = after(("audio", [], 0), ("audio", [[0, 300]], 300))
    assert progress.completed_at == START + timedelta(seconds=300)


def test_ninety_five_per_cent_finish_a_recording():
    assert not after(("audio", [], 0), ("audio", [[0, 284]], 900)).completed_at
    assert after(("audio", [], 0), ("audio", [[0, 285]], 900)).completed_at


def test_ninety_words_need_nine_seconds():
    short = {"reading": Measure("reading", 4.0, 90)}
    opened = advance(LessonProgress(), short, Claim("reading", ((0, 4),)), START, None)
    assert left(opened, short, "reading", START).seconds == 9
    soon = advance(opened, short, Claim("reading", ()), START + timedelta(seconds=8), None)
    assert not soon.completed_at
    assert advance(soon, short, Claim("reading", ()), START + timedelta(seconds=9), None).completed_at


def test_all_paragraphs_are_needed_in_any_order():
    assert not after(("reading", [], 0), ("reading", [[1, 10]], 900)).completed_at
    assert after(("reading", [], 0), ("reading", [[5, 10]], 900), ("reading", [[0, 5]], 901)).completed_at


def test_a_page_of_slides_takes_two_seconds():
    assert not after(("slides", [], 0), ("slides", [[0, 5]], 9)).completed_at
    assert after(("slides", [], 0), ("slides", [[0, 5]], 10)).completed_at


def test_another_form_goes_on_where_the_first_one_stopped():
    progress = after(("audio", [], 0), ("audio", [[0, 150]], 100))
    assert resume_at(progress, READING) == 5
    assert resume_at(progress, SLIDES) == 2
    finished = after(("audio", [], 0), ("audio", [[0, 150]], 100), ("reading", [[5, 10]], 145))
    assert finished.completed_at


def test_half_a_text_read_at_its_end_is_not_the_whole():
    progress = after(("reading", [], 0), ("reading", [[5, 10]], 900), ("reading", [[5, 10]], 1900))
    assert progress.share == pytest.approx(0.5)


def test_going_back_to_a_form_brings_no_more_than_was_studied():
    claims = [("reading", [[5, 10]], 900), ("audio", [], 901), ("reading", [], 902), ("audio", [], 903)]
    assert after(("reading", [], 0), *claims).share <= 1.0
    assert not after(("reading", [], 0), ("audio", [], 900), ("reading", [], 1800)).completed_at


def test_time_spent_in_one_form_is_not_spent_again_in_another():
    progress = after(("reading", [], 0), ("reading", [[0, 8]], 72), ("audio", [[240, 300]], 72))
    assert progress.share == pytest.approx(0.85)  # 8 of 10 paragraphs took all 72 seconds; the rest is slack


def test_the_place_where_one_stopped_is_kept_and_cut_to_the_length():
    claim = Claim("audio", ((0.0, 30.0),), position=9999.0)
    assert advance(LessonProgress(), MEASURES, claim, START, None).of("audio").last == 300.0


def test_a_failed_quiz_asks_for_a_part_of_the_lesson_again():
    done = after(("reading", [], 0), ("reading", [[0, 10]], 100))
    failed_at = START + timedelta(seconds=200)

    def again(progress, given_ranges, seconds):
        claim = Claim("reading", given_ranges)
        return advance(progress, MEASURES, claim, START + timedelta(seconds=seconds), failed_at)

    opened = again(done, (), 300)
    assert opened.reread_at is None
    quick = again(opened, ((0, 10),), 310)  # 900 words, a quarter of 90 seconds
    assert quick.reread_at is None
    assert again(quick, (), 323).reread_at == START + timedelta(seconds=323)
    assert again(again(done, (), 300), ((0, 2),), 900).reread_at is None


@pytest.mark.parametrize(
    "raw",
    [None, "0-10", {"a": 1}, [[0]], [[0, 1, 2]], [["a", "b"]], [[5, 1]], [[-1, 5]], [[0, float("nan")]],
     [[0, float("inf")]], [[0, 1e300]], [[True, 5]], [0, 10], [[0, 1]] * 201, [[[0], [1]]], [[None, 1]]],
)  # fmt: skip
def test_ranges_that_are_none_are_not_read(raw):
    assert read_ranges(raw, AUDIO) is None


def test_ranges_are_cut_to_the_length_and_pages_count_whole():
    assert read_ranges([[290, 5000]], AUDIO) == ((290.0, 300.0),)
    assert read_ranges([[0.5, 3.9]], SLIDES) == ((1, 3),)
    assert read_ranges([], AUDIO) == ()
