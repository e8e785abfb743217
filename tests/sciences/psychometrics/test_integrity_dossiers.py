"""A flag needs two kinds of evidence; a dossier says what else could explain them."""

import numpy as np
import pytest
from honest_and_copied import answered, bank, with_right_options

from pintar.sciences.psychometrics.integrity.dossiers import (
    Evidence,
    Innocent,
    Kind,
    Verdict,
    open_dossier,
    shifted_by,
)
from pintar.sciences.psychometrics.integrity.similarity import Cohort, compare, find_similar


@pytest.fixture
def copied():
    curves = bank()
    theta = np.random.default_rng(2).normal(size=200)
    people = Cohort(answered(curves, theta), theta, curves.right, np.arange(200) // 20)
    source = int(np.argmin(np.abs(theta[:20] + 0.5)))
    copier = (source + 1) % 20
    people.choices[copier] = people.choices[source]
    theta[copier] = theta[source]
    return people, curves, find_similar(people, curves)


def dossier(copied, *others):
    people, curves, result = copied
    return open_dossier(result.flagged[0], people, curves, result.levels, others)


def test_one_kind_alone_is_a_note_however_small_its_p(copied):
    alone = dossier(copied)
    assert alone.pair.p < 1e-11
    assert alone.verdict == Verdict.NOTE
    assert alone.missing == (Kind.TIMES, Kind.MOMENT)
    assert alone.corrected == pytest.approx(alone.joint * 0.001 / alone.comparison.level)


def test_a_second_kind_that_does_not_point_makes_no_flag(copied):
    silent = dossier(copied, Evidence(Kind.TIMES, 0.1, 0.3))
    assert silent.verdict == Verdict.NOTE
    assert silent.silent == (Kind.TIMES,)


def test_two_kinds_that_point_under_the_joint_level_are_a_flag(copied):
    both = dossier(copied, Evidence(Kind.TIMES, 0.8, 1e-6), Evidence(Kind.MOMENT, 3.0, float("nan")))
    assert both.verdict == Verdict.FLAG
    assert both.missing == (Kind.MOMENT,)
    assert both.joint > both.pair.p * 1e-6  # Fisher's joint p is never the bare product
    assert both.comparison.near
    assert both.comparison.pairs == 10 * 190
    assert both.comparison.expected_by_chance == pytest.approx(0.0005)


def test_two_kinds_that_are_weak_together_are_a_note(copied):
    people, curves, result = copied
    pair = compare(people, curves, 150, 190)
    weak = open_dossier(pair, people, curves, result.levels, [Evidence(Kind.TIMES, 0.4, 0.01)])
    assert weak.verdict == Verdict.NOTE
    assert weak.comparison.pairs == 199 * 100


def test_the_shared_wrong_answers_are_named_and_the_unit_is_an_innocent_explanation(copied):
    people, _, result = copied
    found = dossier(copied, Evidence(Kind.MOMENT, 4.0, 0.001))
    row = people.choices[result.flagged[0].a]
    assert found.shared_wrong == tuple(np.flatnonzero(row != 0))
    assert Innocent.STUDIED_TOGETHER in found.innocent
    assert Innocent.SHARED_DEVICE in found.innocent


def test_an_easy_paper_explains_equal_right_answers():
    curves = bank()
    people = Cohort(np.zeros((3, 40), np.int16), np.full(3, 3.0), curves.right)
    pair = compare(people, curves, 0, 1)
    assert pair.p > 0.001
    found = open_dossier(pair, people, curves, find_similar(people, curves).levels)
    assert Innocent.EASY_PAPER in found.innocent


def test_popular_misconceptions_and_a_wrong_key_are_offered_as_explanations():
    curves = bank()
    theta = np.random.default_rng(4).normal(size=300)
    choices = answered(curves, theta)
    choices[:, :5] = np.where(choices[:, :5] == 0, 0, 2)
    people = Cohort(choices, theta, curves.right)
    choices[1] = choices[0]
    choices[0, 5:] = choices[1, 5:] = 0
    choices[0, :5] = choices[1, :5] = 2
    found = open_dossier(compare(people, curves, 0, 1), people, curves, find_similar(people, curves).levels)
    assert Innocent.POPULAR_WRONG in found.innocent
    able = lambda at: np.where(  # noqa: E731  option 2 of item 1 grows with ability
        (np.arange(40)[:, None] == 0) & (np.arange(4) == 2), 0.2 + 0.1 * np.asarray(at)[:, None, None], curves(at)
    )
    wrong_key = open_dossier(compare(people, curves, 0, 1), people, able, find_similar(people, curves).levels)
    assert Innocent.WRONG_KEY in wrong_key.innocent


def test_a_row_moved_by_one_place_is_a_data_error_and_not_two_people():
    curves = bank()
    theta = np.random.default_rng(5).normal(size=50)
    people = Cohort(answered(curves, theta), theta, curves.right)
    people.choices[9, 1:] = people.choices[8, :-1]
    assert abs(shifted_by(people.choices[8], people.choices[9])) == 1
    assert shifted_by(people.choices[8], people.choices[10]) == 0
    assert shifted_by(np.zeros(40), np.zeros(40)) == 0
    levels = find_similar(people, curves).levels
    assert open_dossier(compare(people, curves, 8, 9), people, curves, levels).verdict == Verdict.DATA_ERROR


def test_sheets_that_slipped_under_the_scanner_are_a_data_error_though_they_agree_beyond_chance():
    """Nine sheets moved by one place against the key, and one letter of twenty misread."""
    chance = np.random.default_rng(11)
    shuffled = bank().right + chance.integers(0, 4, 40)
    curves = with_right_options(bank(), shuffled)
    theta = np.concatenate([np.full(9, 1.5), chance.normal(size=291)])
    choices = answered(curves, theta)
    choices[:9] = np.roll(choices[:9], 1, axis=1)
    misread = chance.random((9, 40)) < 0.05
    choices[:9][misread] = chance.integers(0, 4, misread.sum())
    theta[:9] = -2.0  # what such papers are scored as
    people = Cohort(choices, theta, curves.right)
    result = find_similar(people, curves)
    assert result.flagged  # by answers alone they look like copies of each other
    assert {pair.a for pair in result.flagged} | {pair.b for pair in result.flagged} <= set(range(9))
    dossiers = [open_dossier(pair, people, curves, result.levels) for pair in result.flagged]
    assert {found.verdict for found in dossiers} == {Verdict.DATA_ERROR}
    honest = [open_dossier(compare(people, curves, a, a + 1), people, curves, result.levels) for a in range(20, 120)]
    assert not any(Innocent.SHIFTED_RECORDS in found.innocent for found in honest)


def test_misread_letters_alone_make_no_data_error_of_a_copied_paper(copied):
    people, _, _ = copied
    pair = copied[2].flagged[0]
    people.choices[pair.a, ::8] = (people.choices[pair.a, ::8] + 1) % 4
    assert dossier(copied).verdict == Verdict.NOTE


def test_two_records_with_equal_answers_and_equal_times_are_one_record_twice(copied):
    twice = dossier(copied, Evidence(Kind.TIMES, 1.0, 0.0))
    assert twice.verdict == Verdict.DATA_ERROR
    assert Innocent.SAME_RECORD_TWICE in twice.innocent
