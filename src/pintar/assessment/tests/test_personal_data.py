"""What a person takes along, and what is left when the account is gone; more time from the command line."""

import json
from datetime import datetime
from uuid import uuid4

from click.testing import CliRunner

from pintar.assessment.models import Operation, Sitting
from pintar.assessment.personal_data import Sittings
from pintar.assessment.tests import builders, items
from pintar.cli.sitting import sitting as command
from pintar.courses.queries import Edition
from pintar.foundation import clock
from pintar.foundation.refusals import Refusal
from pintar.people.actions import erase_account
from pintar.people.queries import Person
from pintar.people.tests.builders import PASSWORD, make_person


def test_a_person_takes_sittings_and_answers_along(edition: Edition, person: Person, now: datetime) -> None:
    builders.sit(person, edition.uid, "tes-awal", now)
    builders.sit(make_person("Budi"), edition.uid, "tes-awal", now)
    (sitting,) = Sittings().export(person.id)["sittings"]
    assert (sitting["test"], sitting["marks"], len(sitting["answers"])) == ("tes-awal", 15, 8)
    json.dumps(Sittings().export(person.id))


def test_after_erasure_answers_belong_to_nobody_and_typed_words_are_gone(
    edition: Edition, person: Person, now: datetime
) -> None:
    other = make_person("Budi")
    for who in (person, other):
        builders.sit(who, edition.uid, "tes-awal", now)
    erase_account(person=person, password=PASSWORD, now=now)
    left = Sitting.objects.get(person=None)
    assert (left.got, left.context_title, left.receipt) == (15, "", "")
    values = " ".join(op.value or "" for op in Operation.objects.filter(sitting=left)) + json.dumps(left.score)
    assert items.CANARY not in values
    assert Operation.objects.filter(sitting=left).count() == 8
    theirs = Operation.objects.filter(sitting__person_id=other.id)
    assert any(items.CANARY in (op.value or "") for op in theirs)
    assert Sittings().export(person.id)["sittings"] == []


def test_what_was_typed_into_an_item_in_trial_is_gone_too(edition: Edition, person: Person, now: datetime) -> None:
    builders.sit(person, edition.uid, "tes-awal", now)
    row = Sitting.objects.get()
    assert row.score is not None
    typed = [each for each in row.score["items"] if items.CANARY in json.dumps(each[3])]
    assert typed
    row.score = {**row.score, "items": [], "pilots": typed}
    row.save(update_fields=["score"])
    erase_account(person=person, password=PASSWORD, now=now)
    row.refresh_from_db()
    assert items.CANARY not in json.dumps(row.score)
    assert [mark for _, mark, *_ in row.score["pilots"]] == [mark for _, mark, *_ in typed]


def test_extra_time_is_given_by_the_uid_of_a_person_or_a_sitting(edition: Edition, person: Person) -> None:
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", clock.now())
    run = CliRunner().invoke
    by_sitting = run(command, ["extra-time", str(sitting), "--percent", "25", "--json"])
    assert json.loads(by_sitting.output) == {"person": str(person.uid), "percent": 25, "open_sittings": 1}
    assert "100%" in run(command, ["extra-time", str(person.uid), "--percent", "100"]).output
    assert Sitting.objects.get(uid=sitting).extra_percent == 100
    assert run(command, ["extra-time", str(person.uid), "--percent", "33"]).exit_code == 2
    nobody = run(command, ["extra-time", str(uuid4()), "--percent", "25"])
    assert isinstance(nobody.exception, Refusal)
