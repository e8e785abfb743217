"""`pintar sitting …`: what an organiser may grant in a test, and decide about answers that came late."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from pintar.cli.words import load, named, print_json
from pintar.foundation.refusals import Reason, Refusal

if TYPE_CHECKING:
    from pintar.assessment.actions import Reviewed
    from pintar.assessment.queries import HeldFacts

LARGEST_FILE = 4_000_000


@click.group()
def sitting() -> None:
    """Tests in progress, and answers that came late."""


@sitting.command(
    "extra-time", epilog="Example: pintar sitting extra-time 01a20cc1-42ef-74e5-8e46-3f8e3e3f8d56 --percent 50"
)
@click.argument("uid", type=click.UUID)
@click.option(
    "--percent", required=True, type=click.Choice(["0", "25", "50", "100"]), help="How much more; 0 takes it back."
)
@click.option("--json", "as_json", is_flag=True, help='Print {"person", "percent", "open_sittings"}.')
def extra_time(uid: UUID, percent: str, as_json: bool) -> None:
    """More time for a person, in open sittings at once and in every test from now on.

    UID is the person's, or that of one of their sittings (it stands in the address of the test).
    """
    load()
    from pintar.assessment import actions, queries
    from pintar.foundation import clock
    from pintar.foundation.refusals import not_found
    from pintar.people.queries import people, people_by_uid

    person_id = queries.person_of(uid)
    person = people([person_id]).get(person_id) if person_id else people_by_uid([uid]).get(uid)
    if person is None:
        raise not_found("assessment", "unknown_person", uid=str(uid))
    changed = actions.give_extra_time(person=person, percent=int(percent), by=None, now=clock.now())
    if as_json:
        print_json({"person": str(person.uid), "percent": int(percent), "open_sittings": changed})
    else:
        click.echo(f"{person.name}: {percent}% more time in every test; sittings under way that changed: {changed}")


@sitting.command(epilog="Example: pintar sitting held --json")
@click.option("--json", "as_json", is_flag=True, help='Print {"held": [{"sitting", "person", "answers", …}]}.')
def held(as_json: bool) -> None:
    """Sittings with answers that came after the grace, the longest waiting first, and what they would change."""
    load()
    from pintar.assessment import queries

    found = queries.held()
    if as_json:
        print_json({"held": [_facts(each) for each in found]})
        return
    for each in found:
        click.echo(_words(each))
    if not found:
        click.echo("Nothing is held.")


@sitting.command(
    epilog="Example: pintar sitting accept 01a20cc1-42ef-74e5-8e46-3f8e3e3f8d56 --by 198503122011012008 "
    "--reason 'Sinyal padam di seluruh kecamatan'"
)
@click.argument("uid", metavar="SITTING", type=click.UUID)
@click.option("--by", required=True, metavar="LOGIN", help="Who answers for it: a number or an address that signs in.")
@click.option("--reason", required=True, help="Why; the learner reads it.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision and the marks as JSON.")
def accept(uid: UUID, by: str, reason: str, as_json: bool) -> None:
    """Take the late answers of SITTING as if they had come in time, and score it anew."""
    load()
    from pintar.assessment import actions
    from pintar.foundation import clock

    _print(actions.accept_held(sitting=uid, by=named(by), reason=reason, now=clock.now()), as_json)


@sitting.command(
    epilog="Example: pintar sitting refuse 01a20cc1-42ef-74e5-8e46-3f8e3e3f8d56 --by 198503122011012008 "
    "--reason 'Dikirim sesudah pembahasan dilihat'"
)
@click.argument("uid", metavar="SITTING", type=click.UUID)
@click.option("--by", required=True, metavar="LOGIN", help="Who answers for it: a number or an address that signs in.")
@click.option("--reason", required=True, help="Why not; the learner reads it.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision and the marks as JSON.")
def refuse(uid: UUID, by: str, reason: str, as_json: bool) -> None:
    """Leave the late answers of SITTING out for good."""
    load()
    from pintar.assessment import actions
    from pintar.foundation import clock

    _print(actions.refuse_held(sitting=uid, by=named(by), reason=reason, now=clock.now()), as_json)


@sitting.command("take-in", epilog="Example: pintar sitting take-in jawaban-01a20cc1.json --by 198503122011012008")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, metavar="LOGIN", help="Who answers for it: a number or an address that signs in.")
@click.option("--json", "as_json", is_flag=True, help='Print {"sitting", "held"}.')
def take_in(file: Path, by: str, as_json: bool) -> None:
    """Hold the answers of an emergency file ("berkas darurat") that a learner saved on the page of a test.

    Whatever the server has acknowledged is passed over; the rest waits for accept or refuse, however late it is.
    """
    load()
    from pintar.assessment import actions
    from pintar.foundation import clock

    uid, count = actions.hold_file(document=_read(file), by=named(by), now=clock.now())
    if as_json:
        print_json({"sitting": str(uid), "held": count})
    else:
        click.echo(f"{uid}: {count} answers held; decide with: pintar sitting accept|refuse {uid}")


def _read(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ValueError
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise Refusal(Reason("assessment", "bad_file"), status=422) from None


def _facts(each: "HeldFacts") -> dict[str, Any]:
    return {
        "sitting": str(each.sitting),
        "person": each.person.name if each.person else None,
        "training": each.context_title,
        "test": each.test,
        "number": each.number,
        "deadline": each.deadline,
        "answers": each.answers,
        "first_at": each.first_at,
        "last_at": each.last_at,
        "got": each.got,
        "of": each.of,
        "passed": each.passed,
        "got_if_accepted": each.got_with,
        "passed_if_accepted": each.passed_with,
    }


def _words(each: "HeldFacts") -> str:
    who = each.person.name if each.person else "an erased account"
    late = str(each.last_at - each.deadline).split(".")[0]
    now = "not scored yet" if each.got is None else f"{each.got} of {each.of}"
    passes = " and pass" if each.passed_with and not each.passed else ""
    return (
        f"{each.sitting}  {who}, {each.test} {each.number}, {each.context_title}\n"
        f"    {each.answers} answers, up to {late} after the deadline {each.deadline:%Y-%m-%d %H:%M} UTC; "
        f"now {now}, with them {each.got_with}{passes}"
    )


def _print(done: "Reviewed", as_json: bool) -> None:
    deed = "accepted" if done.accepted else "refused"
    if as_json:
        print_json(
            {
                "sitting": str(done.sitting),
                "state": deed,
                "answers": done.answers,
                "got": done.got,
                "of": done.of,
                "passed": done.passed,
            }
        )
        return
    passed = {None: "", True: ", passed", False: ", not passed"}[done.passed]
    click.echo(f"{done.sitting}: {done.answers} late answers {deed}; {done.got} of {done.of}{passed}")
