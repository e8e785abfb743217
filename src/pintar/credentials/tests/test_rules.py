"""Codes, numbers, parts of JP, lines: pure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pintar.credentials import rules


@given(st.integers(0, 200), st.lists(st.integers(0, 600), max_size=40))
def test_the_parts_of_jp_add_up_exactly(jp, minutes):
    parts = rules.apportion(jp, minutes)
    assert len(parts) == len(minutes)
    assert all(part >= 0 for part in parts)
    if minutes:
        assert sum(parts) == jp


def test_longer_lessons_get_more_jp_and_none_goes_without_as_far_as_there_is_any():
    assert rules.apportion(8, [20, 20, 40, 40, 40]) == (1.0, 1.0, 2.0, 2.0, 2.0)
    assert rules.apportion(2, [5, 5, 50]) == (0.5, 0.5, 1.0)
    assert min(rules.apportion(2, [1] * 7)) > 0
    assert rules.apportion(1, [10] * 5) == (0.25, 0.25, 0.25, 0.125, 0.125) or sum(rules.apportion(1, [10] * 5)) == 1


def test_a_number_names_ordinal_month_and_year():
    assert rules.certificate_number(4711, date(2026, 12, 11)) == "004711/PINTAR-S/XII/2026"
    assert rules.certificate_number(1_234_567, date(2027, 1, 1)) == "1234567/PINTAR-S/I/2027"


def test_only_codes_of_the_right_length_and_letters_are_looked_up():
    assert rules.can_exist("K7M29XQD4R6T")
    assert rules.can_exist("0" * 26)
    for wrong in ("", "K7M2", "K7M29XQD4R6U", "é" * 12, "0" * 25, "0" * 5000, "\0" * 12):
        assert not rules.can_exist(wrong)
    assert rules.kind_of("0" * 25) is rules.Code.SHORT
    assert rules.grouped("K7M29XQD4R6T") == "K7M2-9XQD-4R6T"


@pytest.mark.parametrize(
    ("jp", "duty", "sides"), [(0, 20, 0), (3, 20, 0), (4, 20, 1), (12, 20, 3), (20, 20, 5), (99, 20, 5), (5, 0, 0)]
)
def test_the_ring_gains_a_side_for_each_fifth_of_the_duty(jp, duty, sides):
    assert rules.sides(jp, duty) == sides


def test_a_window_begins_at_a_fixed_instant():
    now = datetime(2026, 11, 24, 3, 32, 7, 5, tzinfo=UTC)
    assert rules.window_start(rules.EVERYONE, now) == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert rules.window_start(rules.DEVICE, now) == datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    assert rules.window_start(rules.DEVICE, now + timedelta(minutes=10)) > rules.window_start(rules.DEVICE, now)


@given(st.text(alphabet="abc dé", max_size=200), st.integers(5, 60), st.integers(1, 3))
def test_lines_keep_every_word_in_order(text, widest, most):
    broken = rules.lines(text, widest, most)
    assert " ".join(broken).split() == text.split()
    assert len(broken) <= most


def test_a_long_name_is_broken_into_lines_of_about_the_same_length():
    name = "Prof. Dr. K.H. Muhammad Habiburrahman Al-Faruqi bin Abdul Qadir Jaelani Nasution, Lc., M.A., M.Pd.I."
    first, second = rules.lines(name, 60, 3)
    assert abs(len(first) - len(second)) < 15
    assert rules.lines("Siti Aminah", 33, 3) == ("Siti Aminah",)
