"""Closed sittings of many people with known abilities, straight into the table: quick, and deterministic by seed."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from pintar.assessment import kept, keys, models
from pintar.courses.queries import Edition
from pintar.foundation import ids
from pintar.people.queries import Person
from pintar.people.tests.builders import make_people


def sit_many(
    edition: Edition,
    now: datetime,
    *,
    persons: int,
    gain: float = 0.5,
    seed: int = 1,
    kinds: tuple[str, ...] = ("pretest", "posttest"),
    harder: dict[str, float] | None = None,
    pass_mark: int = 70,
) -> list[Person]:
    """Pre-test and post-test of each person on two forms of the Latin square. Item n of a form has difficulty −1.5 …
    1.5 and slope 1.2, `harder` by so many logits; abilities are N(0, 1), `gain` more afterwards. Returns the people.
    """
    chance = np.random.default_rng(seed)
    bank, key_of = kept.bank(edition.uid), keys.of_edition(edition.uid)
    names = sorted(bank.forms)
    made = make_people(persons)
    rows = []
    for n, person in enumerate(made):
        ability, context = chance.normal(), ids.uid()
        for turn, kind in enumerate(kinds):
            form = names[(n + turn) % len(names)]
            theta = ability + (gain if kind == "posttest" else 0.0)
            score = _answered(bank.forms[form], key_of, theta, harder or {}, chance)
            got, of = sum(each[1] for each in score), sum(each[2] for each in score)
            at = now + timedelta(days=10 * turn)
            rows.append(
                models.Sitting(
                    person_id=person.id, context=context, context_title="Latihan kecil", return_to="/beranda/",
                    latest_end=now + timedelta(days=30), edition=edition.uid, kind=kind,
                    test="tes-awal" if kind == "pretest" else "tes-akhir", number=1, form=form,
                    items=list(bank.forms[form]), seed=b"x" * 32, lease="a" * 16, opened_at=at,
                    deadline=at + timedelta(hours=1), closed_at=at + timedelta(minutes=40), closed_by="person",
                    pass_mark=None if kind == "pretest" else pass_mark, receipt=ids.key(12), answered=len(score),
                    got=got, of=of, passed=None if kind == "pretest" else 100 * got >= pass_mark * of,
                    score={"indicators": _by_indicator(score, bank.indicators), "items": score},
                )
            )  # fmt: skip
    models.Sitting.objects.bulk_create(rows)
    return made


def _answered(items: Any, key_of: Any, theta: float, harder: dict[str, float], chance: Any) -> list[list[Any]]:
    score = []
    for place, item in enumerate(items):
        most = key_of[item]["marks"]
        difficulty = -1.5 + 3 * place / max(len(items) - 1, 1) + harder.get(item, 0.0)
        got = int(chance.binomial(most, 1 / (1 + np.exp(-1.2 * (theta - difficulty)))))
        value: Any = "jawaban"
        if key_of[item]["type"] == "single":
            right = key_of[item]["right"][0]
            value = right if got else next(o for o in ("o1", "o2", "o3") if o != right)
        score.append([item, got, most, value])
    return score


def _by_indicator(score: list[list[Any]], indicators: Any) -> list[list[Any]]:
    sums: dict[str, list[int]] = {}
    for item, got, of, _ in score:
        tally = sums.setdefault(indicators[item], [0, 0, 0])
        tally[0], tally[1], tally[2] = tally[0] + got, tally[1] + of, tally[2] + 1
    return [[key, *tally] for key, tally in sums.items()]
