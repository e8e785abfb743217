"""Guessing is limited: five, then a lock that doubles."""

from datetime import datetime, timedelta

from pintar.people.rules.tries import FORGOTTEN, Standing, after_try, decide


def guess(standing: Standing, now: datetime) -> Standing:
    assert decide(standing, now).allowed
    return after_try(standing, now)


def test_four_are_left_after_the_first_wrong_one(now: datetime) -> None:
    assert decide(Standing(), now).left == 5
    assert decide(guess(Standing(), now), now).left == 4


def test_the_fifth_wrong_one_locks_for_a_quarter_of_an_hour(now: datetime) -> None:
    standing = Standing()
    for _ in range(5):
        standing = guess(standing, now)
    verdict = decide(standing, now)
    assert not verdict.allowed and verdict.until == now + timedelta(minutes=15)
    assert decide(standing, now + timedelta(minutes=15)).left == 5


def test_a_patient_stranger_has_at_most_fifty_guesses_a_day(now: datetime) -> None:
    standing, guesses, moment = Standing(), 0, now
    while moment < now + timedelta(days=1):
        if decide(standing, moment).allowed:
            standing, guesses = after_try(standing, moment), guesses + 1
        moment += timedelta(seconds=30)
    assert 5 < guesses <= 50


def test_a_lock_lasts_a_day_at_most_and_is_not_forgotten_by_its_own_length(now: datetime) -> None:
    standing, moment = Standing(), now
    for _ in range(12):
        for _ in range(5):
            standing = guess(standing, moment)
        assert standing.locked_until is not None
        assert standing.locked_until - moment <= timedelta(hours=24)
        moment = standing.locked_until
    assert standing.locks == 12


def test_a_day_of_peace_forgets_everything(now: datetime) -> None:
    standing = guess(guess(Standing(), now), now)
    assert decide(standing, now + FORGOTTEN).left == 5
