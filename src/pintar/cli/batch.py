"""`pintar batch …`: open, change and withdraw batches."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from pintar.cli.words import load, print_json

if TYPE_CHECKING:
    from pintar.enrolment.queries import BatchFacts, Conditions

JAKARTA = ZoneInfo("Asia/Jakarta")


class Instant(click.ParamType):
    """A time as people write it: 2026-11-25, 2026-11-25T23:59, with a zone or in WIB. A bare day begins it, or ends it
    with `last`."""

    name = "time"

    def __init__(self, last: bool = False) -> None:
        self.last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = value.strip().replace(" ", "T", 1)
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{value!r} is no time; write it like 2026-11-25 or 2026-11-25T23:59+07:00", param, ctx)
        if len(text) <= 10 and self.last:
            read = datetime.combine(read, time(23, 59))
        try:
            return (read if read.tzinfo else read.replace(tzinfo=JAKARTA)).astimezone(UTC)
        except (OverflowError, ValueError):
            self.fail(f"{value!r} is too far away", param, ctx)


FOR_HELP = (
    "Whom it is for: profesi=guru,dosen · status=pns,pppk,non-asn · satker=KEY · wilayah=33.74,33 · "
    "nama-wilayah='daerah 3T' · prasyarat=SLUG · identitas=lengkap. May be given several times."
)


@click.group()
def batch() -> None:
    """Open, change, withdraw a batch (angkatan)."""


@batch.command(
    "open",
    epilog="Example: pintar batch open sumber-belajar-terbuka --period 2026-iv --quota 2000 "
    "--opens 2026-11-23T08:00 --closes 2026-11-25 --until 2026-12-11",
)
@click.argument("course")
@click.option("--period", required=True, help="Key of the registration period; a new one is made.")
@click.option("--period-title", default="", help="Its title where it is new.  [default: Periode <key>]")
@click.option("--title", default="", help="Title of the batch.  [default: Angkatan <number>]")
@click.option("--quota", required=True, type=int)
@click.option("--opens", required=True, type=Instant(), help="Registration opens (WIB unless a zone is given).")
@click.option("--closes", required=True, type=Instant(last=True), help="Registration closes.")
@click.option("--starts", type=Instant(), default=None, help="Study begins.  [default: when registration opens]")
@click.option("--until", required=True, type=Instant(last=True), help="Study ends.")
@click.option("--for", "wanted", multiple=True, metavar="NAME=VALUES", help=FOR_HELP)
@click.option(
    "--set-aside",
    multiple=True,
    metavar="N:TITLE:NAME=VALUES[;…]",
    help="Seats set aside, with conditions as in --for.",
)
@click.option(
    "--set-aside-until",
    type=Instant(),
    default=None,
    help="From then on what is set aside and not taken is everyone's.  [default: never]",
)
@click.option("--offer-hours", type=int, default=None, help="How long the next in line may decide.  [default: 24]")
@click.option("--json", "as_json", is_flag=True, help='Print {"key", "url"}.')
def open_(
    course: str,
    period: str,
    period_title: str,
    title: str,
    quota: int,
    opens: datetime,
    closes: datetime,
    starts: datetime | None,
    until: datetime,
    wanted: tuple[str, ...],
    set_aside: tuple[str, ...],
    set_aside_until: datetime | None,
    offer_hours: int | None,
    as_json: bool,
) -> None:
    """Open a batch of the newest edition of COURSE."""
    load()
    from pintar.enrolment import rules
    from pintar.enrolment.actions import open_batch
    from pintar.foundation import clock

    made = open_batch(
        course_slug=course,
        period_key=period,
        period_title=period_title or f"Periode {period}",
        title=title,
        quota=quota,
        opens_at=opens,
        closes_at=closes,
        starts_at=starts or opens,
        until_at=until,
        conditions=_conditions(wanted),
        set_aside=[_set_aside(text) for text in set_aside],
        set_aside_until=set_aside_until,
        offer_hours=rules.OFFER_HOURS if offer_hours is None else offer_hours,
        by=None,
        now=clock.now(),
    )
    _print(made, as_json, "opened")


@batch.command("change", epilog="Example: pintar batch change sumber-belajar-terbuka-5 --quota 2500 --until 2026-12-18")
@click.argument("key")
@click.option("--quota", type=int, default=None, help="Never below the seats that are taken or offered.")
@click.option("--opens", type=Instant(), default=None)
@click.option("--closes", type=Instant(last=True), default=None)
@click.option("--until", type=Instant(last=True), default=None, help="Once seats are taken, only later.")
@click.option("--set-aside-until", type=Instant(), default=None, help="When set-asides become everyone's.")
@click.option("--offer-hours", type=int, default=None, help="How long the next in line may decide, from now on.")
@click.option("--json", "as_json", is_flag=True, help='Print {"key", "url", "quota", "taken", "waiting", "offered"}.')
def change(
    key: str,
    quota: int | None,
    opens: datetime | None,
    closes: datetime | None,
    until: datetime | None,
    set_aside_until: datetime | None,
    offer_hours: int | None,
    as_json: bool,
) -> None:
    """Another quota, or other windows, for the batch KEY. Seats that are added are offered to those who wait."""
    load()
    from pintar.enrolment.actions import change_batch
    from pintar.foundation import clock

    changed = change_batch(
        batch_key=key,
        quota=quota,
        opens_at=opens,
        closes_at=closes,
        until_at=until,
        set_aside_until=set_aside_until,
        offer_hours=offer_hours,
        by=None,
        now=clock.now(),
    )
    _print(changed, as_json, "changed", quota=changed.quota, taken=changed.taken)


@batch.command("withdraw", epilog="Example: pintar batch withdraw sumber-belajar-terbuka-5")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help='Print {"key", "url", "taken", "waiting", "offered"}.')
def withdraw(key: str, as_json: bool) -> None:
    """Take the batch KEY out of the catalogue. Whoever has a seat keeps it; a seat that is offered stays kept until its
    time; those who wait are told that the line has ended."""
    load()
    from pintar.enrolment.actions import withdraw_batch
    from pintar.foundation import clock

    withdrawn = withdraw_batch(batch_key=key, by=None, now=clock.now())
    _print(withdrawn, as_json, "withdrawn", taken=withdrawn.taken)


def _print(facts: "BatchFacts", as_json: bool, done: str, **more: Any) -> None:
    from django.conf import settings
    from django.urls import reverse

    from pintar.enrolment.queries import offered

    url = settings.PUBLIC_URL + reverse("angkatan", args=[facts.key])
    line = {"waiting": facts.waiting, "offered": offered(facts.id)}
    if as_json:
        print_json({"key": facts.key, "url": url, **more, **(line if more else {})})
        return
    kept = f", {line['offered']} of them kept for offers" if line["offered"] else ""
    waiting = f"; {line['waiting']} waiting" if line["waiting"] else ""
    click.echo(f"{facts.key}: {done}, {facts.taken} of {facts.quota} seats taken{kept}{waiting}\n{url}")


def _set_aside(text: str) -> Any:
    from pintar.enrolment.actions import SetAside

    number, _, rest = text.partition(":")
    title, _, wanted = rest.partition(":")
    if not (number.isdecimal() and title and wanted):
        raise click.BadParameter(f"{text!r} is not understood; write it like 40:'Daerah 3T':wilayah=53.04,94.12")
    return SetAside(title, int(number), _conditions(tuple(wanted.split(";"))))


def _conditions(wanted: tuple[str, ...]) -> "Conditions":
    from pintar.courses.queries import latest_edition
    from pintar.enrolment import rules
    from pintar.people.queries import region_name

    asked: dict[str, list[str]] = {}
    for text in wanted:
        name, _, values = text.partition("=")
        found = [value.strip() for value in values.split(",") if value.strip()]
        if (
            name not in ("profesi", "status", "satker", "wilayah", "nama-wilayah", "prasyarat", "identitas")
            or not found
        ):
            raise click.BadParameter(f"--for {text} is not understood. {FOR_HELP}")
        asked.setdefault(name, []).extend(found)
    _known("profesi", asked, rules.PROFESSIONS)
    _known("status", asked, rules.EMPLOYMENTS)
    _known("identitas", asked, ("lengkap",))
    if unknown := [code for code in asked.get("wilayah", []) if not region_name(code)]:
        raise click.BadParameter(f"--for wilayah={unknown[0]}: there is no region with this code, like 33 or 33.74")
    prerequisites = [latest_edition(slug) for slug in asked.get("prasyarat", [])]
    return rules.Conditions(
        professions=tuple(asked.get("profesi", ())),
        employments=tuple(asked.get("status", ())),
        units=tuple(_unit(key) for key in asked.get("satker", [])),
        regions=tuple(asked.get("wilayah", ())),
        regions_title=", ".join(asked.get("nama-wilayah", ())),
        prerequisites=tuple(rules.CourseAsked(edition.slug, edition.title) for edition in prerequisites),
        full_identity="identitas" in asked,
    )


def _known(name: str, asked: dict[str, list[str]], known: tuple[str, ...]) -> None:
    asked[name] = [value.casefold().replace(" ", "-") for value in asked.get(name, [])] if name in asked else []
    if unknown := [value for value in asked[name] if value not in known]:
        raise click.BadParameter(f"--for {name}={unknown[0]} is not known; one of {', '.join(known)}")
    if not asked[name]:
        del asked[name]


def _unit(key: str) -> Any:
    from pintar.enrolment.rules import UnitAsked
    from pintar.people.queries import units_by_key

    found = units_by_key([key]).get(key)
    if found is None:
        raise click.BadParameter(f"--for satker={key}: there is no unit with this key")
    return UnitAsked(found.id, found.key, found.name)
