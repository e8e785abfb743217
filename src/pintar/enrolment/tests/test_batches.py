"""Opening, changing and withdrawing batches, and the commands that do it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from pintar.cli import cli
from pintar.courses.tests.builders import publish_small_course
from pintar.enrolment import queries
from pintar.enrolment.actions import SetAside, change_batch, open_batch, take_seat
from pintar.enrolment.models import Period
from pintar.enrolment.rules import Conditions
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation import clock
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.people.tests.builders import make_person, make_unit

pytestmark = pytest.mark.django_db


def test_a_batch_is_pinned_to_the_newest_edition_and_keeps_it(now: datetime) -> None:
    old = publish_small_course(now)
    batch = make_batch(old, now)
    new = publish_small_course(now, title="Judul baru")
    assert new.uid != old.uid
    assert queries.batch(batch.key).edition == old.uid
    assert make_batch(new, now).edition == new.uid


def test_numbers_and_keys_go_up_within_a_course_and_a_period_is_made_once(now: datetime) -> None:
    edition = publish_small_course(now)
    first, second = make_batch(edition, now), make_batch(edition, now, period_title="Judul lain")
    assert (first.key, first.title) == ("latihan-kecil-1", "Angkatan 1")
    assert (second.key, second.title) == ("latihan-kecil-2", "Angkatan 2")
    assert [p.title for p in Period.objects.all()] == ["Periode IV 2026"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quota": 0}, "quota_out_of_range"),
        ({"quota": 10**9}, "quota_out_of_range"),
        ({"closes_at": datetime(2026, 1, 1, tzinfo=UTC)}, "windows_out_of_order"),
        ({"until_at": datetime(2026, 1, 1, tzinfo=UTC)}, "windows_out_of_order"),
        ({"title": "x" * 500}, "words_too_long"),
        ({"period_key": ""}, "words_too_long"),
        ({"title": "a\0b"}, "words_too_long"),
        ({"set_aside": [SetAside("3T", 31, Conditions())]}, "set_aside_too_large"),
    ],
)
def test_what_makes_no_batch_is_refused(now: datetime, changes: dict[str, object], code: str) -> None:
    edition = publish_small_course(now)
    with pytest.raises(Refusal) as caught:
        make_batch(edition, now, **changes)
    assert (caught.value.code, caught.value.status) == (code, 422)


def test_an_unknown_course_is_not_found(now: datetime) -> None:
    with pytest.raises(Refusal) as caught:
        open_batch(
            course_slug="tidak-ada", period_key="p", period_title="P", title="", quota=1, opens_at=now,
            closes_at=now + timedelta(days=1), starts_at=now, until_at=now + timedelta(days=2), by=None, now=now,
        )  # fmt: skip
    assert caught.value.status == 404


def test_the_quota_goes_up_and_down_but_not_below_the_taken(now: datetime) -> None:
    batch = make_batch(publish_small_course(now), now, quota=5)
    for n in range(3):
        make_seat(make_person(f"P{n}"), batch, now)
    assert change_batch(batch_key=batch.key, quota=9, by=None, now=now).quota == 9
    assert change_batch(batch_key=batch.key, quota=3, by=None, now=now).filled_at == now
    with pytest.raises(Refusal) as caught:
        change_batch(batch_key=batch.key, quota=2, by=None, now=now)
    assert (caught.value.code, caught.value.reasons[0].data["taken"]) == ("quota_below_taken", 3)
    assert queries.batch(batch.key).quota == 3


def test_the_quota_does_not_go_below_what_is_set_aside_and_taken_beside_it(now: datetime) -> None:
    aside = SetAside("3T", 4, Conditions(regions=("94",)))
    batch = make_batch(publish_small_course(now), now, quota=10, set_aside=[aside])
    make_seat(make_person(), batch, now)
    assert change_batch(batch_key=batch.key, quota=5, by=None, now=now).quota == 5
    with pytest.raises(Refusal):
        change_batch(batch_key=batch.key, quota=4, by=None, now=now)


def test_study_is_only_lengthened_once_seats_are_taken(now: datetime) -> None:
    batch = make_batch(publish_small_course(now), now)
    shorter = batch.until_at - timedelta(days=1)
    assert change_batch(batch_key=batch.key, until_at=shorter, by=None, now=now).until_at == shorter
    make_seat(make_person(), batch, now)
    with pytest.raises(Refusal) as caught:
        change_batch(batch_key=batch.key, until_at=shorter - timedelta(days=1), by=None, now=now)
    assert caught.value.code == "study_shortened"
    assert change_batch(batch_key=batch.key, until_at=batch.until_at, by=None, now=now).until_at == batch.until_at


def test_a_change_that_changes_nothing_is_no_event(now: datetime) -> None:
    batch = make_batch(publish_small_course(now), now)
    change_batch(batch_key=batch.key, quota=batch.quota, by=None, now=now)
    assert not Event.objects.filter(name="enrolment.batch_changed").exists()
    change_batch(batch_key=batch.key, quota=batch.quota + 1, by=None, now=now)
    assert Event.objects.filter(name="enrolment.batch_changed").count() == 1


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["batch", *arguments])
    if isinstance(result.exception, Refusal):
        raise result.exception
    return result.exit_code, result.output


OPEN = ("open", "latihan-kecil", "--period", "2026-iv", "--quota", "40", "--opens", "2026-11-23T08:00")
OPEN = (*OPEN, "--closes", "2026-11-25", "--until", "2026-12-11")


def test_the_command_opens_a_batch_and_prints_its_key_and_address(now: datetime) -> None:
    publish_small_course(now)
    code, output = run(*OPEN, "--json")
    assert code == 0
    printed = json.loads(output)
    assert set(printed) == {"key", "url"}
    assert printed["url"].endswith(f"/angkatan/{printed['key']}/")
    batch = queries.batch(printed["key"])
    assert batch.opens_at == batch.starts_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08.00 WIB
    assert batch.closes_at == datetime(2026, 11, 25, 16, 59, tzinfo=UTC)  # the day's end in WIB
    assert (batch.quota, batch.period_key, batch.conditions) == (40, "2026-iv", Conditions())


def test_the_command_understands_conditions_and_set_asides(now: datetime) -> None:
    publish_small_course(now)
    unit = make_unit("Kanwil Jawa Tengah")
    code, output = run(
        *OPEN, "--for", "profesi=guru,kepala madrasah", "--for", "status=PNS", "--for", f"satker={unit.key}",
        "--for", "prasyarat=latihan-kecil", "--for", "identitas=lengkap",
        "--set-aside", "10:Daerah 3T:wilayah=33.74,94;nama-wilayah=daerah 3T", "--json",
    )  # fmt: skip
    assert code == 0, output
    batch = queries.batch(json.loads(output)["key"])
    assert batch.conditions.professions == ("guru", "kepala-madrasah")
    assert batch.conditions.employments == ("pns",)
    assert [(u.id, u.name) for u in batch.conditions.units] == [(unit.id, "Kanwil Jawa Tengah")]
    assert batch.conditions.prerequisites[0].slug == "latihan-kecil" and batch.conditions.full_identity
    assert batch.allocations and batch.allocations[0].conditions.regions == ("33.74", "94")


@pytest.mark.parametrize(
    "wrong",
    [
        ("--for", "profesi=dukun"),
        ("--for", "apa saja"),
        ("--for", "satker=tidak-ada"),
        ("--for", "wilayah=99.99"),
        ("--set-aside", "banyak"),
        ("--opens", "besok"),
        ("--quota", "seribu"),
        ("--closes", "9999-12-31T23:59-23:00"),
    ],
)
def test_wrong_usage_ends_with_status_2_and_opens_nothing(now: datetime, wrong: tuple[str, str]) -> None:
    publish_small_course(now)
    code, output = run(*OPEN, *wrong)
    assert code == 2, output
    assert wrong[1].split("=")[-1] in output
    assert queries.batches_of_courses(["latihan-kecil"]) == {"latihan-kecil": []}


def test_the_command_changes_and_withdraws(now: datetime) -> None:
    batch = make_batch(publish_small_course(now), now)
    code, output = run("change", batch.key, "--quota", "77", "--json")
    assert code == 0 and json.loads(output)["quota"] == 77
    code, output = run("withdraw", batch.key)
    assert code == 0 and queries.batch(batch.key).withdrawn_at is not None
    with pytest.raises(Refusal):
        run("withdraw", "tidak-ada")


def test_the_commands_say_what_they_did_to_the_line(now: datetime) -> None:
    code, output = open_a_batch_for_one()
    key = json.loads(output)["key"]
    people = [make_person(f"P{n}", email=f"p{n}@contoh.id") for n in range(4)]
    for person in people:
        take_seat(person=person, batch_key=key, pledge=True, wait=True, by=person.uid, now=clock.now())
    code, output = run("change", key, "--quota", "2", "--offer-hours", "5", "--json")
    told = json.loads(output)
    assert (told["taken"], told["offered"], told["waiting"]) == (2, 1, 2)
    code, output = run("change", key, "--quota", "2")
    assert code == 0 and "2 of 2 seats taken, 1 of them kept for offers; 2 waiting" in output
    facts = queries.batch(key)
    assert facts.offer_hours == 5 and facts.set_aside_until == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    code, output = run("withdraw", key, "--json")
    assert (json.loads(output)["offered"], json.loads(output)["waiting"]) == (1, 0)
    with pytest.raises(Refusal) as caught:
        run("change", key, "--offer-hours", "0")
    assert caught.value.code == "offer_hours_out_of_range"


def open_a_batch_for_one() -> tuple[int, str]:
    start = clock.now() - timedelta(days=1)
    publish_small_course(start)
    return run(
        *("open", "latihan-kecil", "--period", "2026-iv", "--quota", "1", "--opens", start.isoformat()),
        *("--closes", (start + timedelta(days=3)).isoformat(), "--until", (start + timedelta(days=9)).isoformat()),
        *("--set-aside-until", "2026-11-24T08:00", "--json"),
    )


@pytest.mark.parametrize("command", ["open", "change", "withdraw"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    code, output = run(command, "--help")
    assert code == 0 and f"Example: pintar batch {command} " in output
