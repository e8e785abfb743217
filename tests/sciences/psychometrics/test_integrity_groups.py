"""Groups are found where several copied in one place, and nowhere else."""

import numpy as np
from honest_and_copied import answered, bank

from pintar.sciences.psychometrics.integrity.groups import Group, groups
from pintar.sciences.psychometrics.integrity.similarity import Cohort, SimilarPair, find_similar


def cohort(n=400, per_unit=20):
    curves, theta = bank(), np.random.default_rng(2).normal(size=n)
    return Cohort(answered(curves, theta), theta, curves.right, np.arange(n) // per_unit), curves


def copy(people, source, *others):
    for other in others:
        people.choices[other], people.theta[other] = people.choices[source], people.theta[source]


def test_honest_people_are_no_group():
    assert groups(find_similar(*cohort()).flagged) == ()


def test_those_of_one_unit_with_one_source_are_a_group_and_a_pair_or_distant_people_are_not():
    people, curves = cohort()
    middle = np.argsort(np.abs(people.theta + 0.3))
    source, other = next((a, b) for a in middle for b in middle if people.units[a] < 5 <= 10 < people.units[b])
    ring = [i for i in np.flatnonzero(people.units == people.units[source]) if i != source][:3]
    copy(people, source, *ring)
    distant = [int(np.flatnonzero(people.units == unit)[0]) for unit in (6, 7, 8)]
    copy(people, other, *distant)  # each in another unit
    neighbour = next(i for i in np.flatnonzero(people.units == people.units[other]) if i != other)
    copy(people, other, neighbour)
    flagged = find_similar(people, curves).flagged
    assert len(flagged) == 6 + 10
    (found,) = groups(flagged)
    assert found == Group(tuple(sorted(int(i) for i in (source, *ring))), 6)
    assert found.share == 1


def pair(a, b, near=True):
    return SimilarPair(
        a, b, near, compared=40, equal=40, equal_wrong=10, expected=18.0, p=1e-12, omega_a=9.0, omega_b=9.0
    )


def test_what_was_handed_on_is_one_group_though_its_ends_do_not_agree_and_the_largest_comes_first():
    found = groups([pair(3, 5), pair(30, 31), pair(5, 8), pair(20, 22), pair(20, 21), pair(21, 22), pair(8, 9)])
    assert found == (Group((3, 5, 8, 9), 3), Group((20, 21, 22), 3))
    assert [group.share for group in found] == [0.5, 1]


def test_pairs_from_far_apart_join_nothing():
    assert groups([pair(1, 2), pair(2, 3, near=False)]) == ()
