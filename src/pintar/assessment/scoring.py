"""What a sitting's answers come to, exactly. Writes nothing; keys are read here, so nothing that delivers questions
comes here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pintar.assessment import kept, keys, models, rules
from pintar.sciences.scoring import by_indicator, marking
from pintar.sciences.scoring.paper import reveal


@dataclass(frozen=True, slots=True)
class Score:
    """`got` of `of` marks for `answered` items; those that are only tried earn none. `passed` is None where the test is
    never graded. `document` is what `models.Sitting.score` keeps."""

    got: int
    of: int
    passed: bool | None
    answered: int
    document: dict[str, Any]


def score(row: models.Sitting, ops: Iterable[rules.Op]) -> Score:
    """The sitting's score if these were all its operations."""
    answers = rules.merge(ops)
    bank, key_of = kept.bank(row.edition), keys.of_edition(row.edition)
    pilots = frozenset(row.pilots)
    values = {item: _revealed(bank.questions[item], bytes(row.seed), answers.get(item)) for item in row.items}
    marks = {item: marking.mark(key_of[item], value) for item, value in values.items()}
    counting = {item: each for item, each in marks.items() if item not in pilots}
    tallies = by_indicator.tally((bank.indicators[item], each) for item, each in counting.items())
    got, of = sum(each.got for each in counting.values()), sum(each.of for each in counting.values())
    return Score(
        got=got,
        of=of,
        passed=got >= row.cut["raw"] if row.cut else rules.has_passed(got, of, row.pass_mark),
        answered=sum(1 for item in row.items if item in answers and answers[item].given),
        document={
            "indicators": [[key, each.got, each.of, each.items] for key, each in tallies.items()],
            "items": [[item, each.got, each.of, values[item]] for item, each in counting.items()],
            **(
                {"pilots": [[item, marks[item].got, marks[item].of, values[item]] for item in row.pilots]}
                if pilots
                else {}
            ),
        },
    )


def _revealed(question: dict[str, Any], seed: bytes, answer: rules.Answer | None) -> object:
    """The answer in its author's ids."""
    return reveal(question, seed, answer.value) if answer else None
