"""The studies of measurement reach their goals in their brief form, and say so when one does not."""

import pytest

from bench import measure
from bench.measure.study import Asked, Row


@pytest.mark.parametrize("study", measure.STUDIES)
def test_every_goal_is_reached_in_brief(study, capsys):
    assert measure.main([study, "--form", "brief"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 2
    assert "short" not in "".join(lines)


def test_a_goal_that_is_missed_ends_with_one_and_is_said(monkeypatch, capsys):
    missed = {"dif": lambda asked: iter([Row("items flagged", "7%", "≤ 1%", False)])}
    monkeypatch.setattr(measure, "STUDIES", missed)
    assert measure.main(["dif"]) == 1
    assert "**short**" in capsys.readouterr().out


def test_the_same_seed_draws_the_same_and_another_seed_another():
    one, again = (next(Asked("brief", 1).chances(3, 1)).random() for _ in range(2))
    assert one == again
    assert next(Asked("brief", 2).chances(3, 1)).random() != one
