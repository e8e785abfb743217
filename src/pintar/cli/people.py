"""`pintar people …`: accounts from lists and one by one, activation codes, roles."""

import csv
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from pintar.cli.batch import Instant
from pintar.cli.words import load, print_json, sentence

if TYPE_CHECKING:
    from pintar.people.actions import NewCode, Report
    from pintar.people.queries import Person, UnitFacts
    from pintar.people.rules.rows import Mistake

QUIET_FOR = 1.0  # seconds; what takes longer shows a bar


@click.group()
def people() -> None:
    """Accounts, activation codes, roles."""


@people.command("import", epilog="Example: pintar people import peserta.xlsx --codes kode.csv")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--codes", type=click.Path(path_type=Path), help="Write the activation codes to this .csv, not the screen."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def import_(file: Path, codes: Path | None, as_json: bool) -> None:
    """Make accounts from an .xlsx or .csv list; safe to run twice.

    Columns, in any order: nama (required), nip, nik, nuptk, npk, nidn, email (at least one), satker, profesi, status,
    jenis_kelamin, kabupaten, kata_sandi. Rows that are wrong are named by line and column, the others go in; the exit
    status is 1 if any was refused.
    """
    load()
    from pintar.foundation import clock
    from pintar.people.actions import import_list

    with _Codes(codes) as out, _Bar() as bar:
        report = import_list(file=file, by=None, now=clock.now(), progress=bar.show, hand_out=out.write)
    if as_json:
        print_json(_as_json(report, codes))
    else:
        _say(report, codes)
    sys.exit(1 if report.refused else 0)


@people.command(
    epilog="Example: pintar people create --name 'Siti Aminah' --nip 198503122010012008 --unit mtsn-1-kendal"
)
@click.option("--name", required=True, help="Full name.")
@click.option("--nip", help="NIP, 18 digits.")
@click.option("--nik", help="NIK, 16 digits.")
@click.option("--nuptk", help="NUPTK, 16 digits.")
@click.option("--npk", help="NPK or PegID.")
@click.option("--nidn", help="NIDN, 10 digits.")
@click.option("--email", default="", help="E-mail address.")
@click.option("--unit", default="", help="Key or name of the unit (satker).")
@click.option(
    "--profession", default="", help="guru, kepala-madrasah, pengawas, dosen, penyuluh, penghulu, pelaksana, lainnya"
)
@click.option("--employment", default="", help="pns, pppk, non-asn")
@click.option("--gender", default="", help="L, P")
@click.option("--regency", default="", help="Name or code of the kabupaten or kota.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else a code is made.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def create(name: str, email: str, unit: str, regency: str, password_stdin: bool, as_json: bool, **given: Any) -> None:
    """Make one account and print its activation code."""
    load()
    from pintar.foundation import clock
    from pintar.people.actions import create_person

    facts = {key: given.pop(key) for key in ("profession", "employment", "gender")}
    facts |= {"unit": _unit(unit) if unit else None, "regency": _regency(regency) if regency else ""}
    made = create_person(
        name=name,
        given={kind: number for kind, number in given.items() if number},
        email=email,
        password=sys.stdin.readline().rstrip("\n") if password_stdin else "",
        facts=facts,
        by=None,
        now=clock.now(),
    )
    if as_json:
        print_json({"uid": made.person.uid, "name": made.person.name, "code": made.code})
    else:
        click.echo(f"{made.person.name}\t{made.code}" if made.code else made.person.name)


@people.command(epilog="Example: pintar people code 198503122010012008")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def code(login: str, as_json: bool) -> None:
    """Make a new activation code for someone; the earlier one ends.

    LOGIN is any of the person's numbers or the e-mail address. With the code and that login they set a password at
    /akun/aktivasi/.
    """
    load()
    from pintar.foundation import clock
    from pintar.people.actions import make_code

    person, made = make_code(login=login, by=None, now=clock.now())
    if as_json:
        print_json({"uid": person.uid, "name": person.name, "code": made})
    else:
        click.echo(f"{person.name}\t{made}")


@people.command(epilog="Example: pintar people grant siti@kemenag.go.id penyelenggara balai-diklat-keagamaan-semarang")
@click.argument("login")
@click.argument("role")
@click.argument("unit")
@click.option("--until", type=Instant(last=True), default=None, help="When the role ends.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def grant(login: str, role: str, unit: str, until: datetime | None, as_json: bool) -> None:
    """Give a role in a unit and everything below it.

    ROLE is penyelenggara, penulis, penguji, pimpinan or pengelola; UNIT a key or a name. Whoever holds a role sets up a
    second factor at the next sign-in.
    """
    load()
    from pintar.foundation import clock
    from pintar.people.actions import give_grant

    person, where = _person(login), _unit(unit)
    uid = give_grant(person=person, role=role.casefold(), unit=where, until=until, by=None, now=clock.now())
    if as_json:
        print_json({"grant": uid, "role": role.casefold(), "unit": where.key, "until": until})
    else:
        click.echo(f"{person.name}\t{role.casefold()}\t{where.name}")


def _person(login: str) -> "Person":
    from pintar.foundation.refusals import not_found
    from pintar.people.queries import person_by_login

    if (person := person_by_login(login)) is None:
        raise not_found("people", "login_unknown")
    return person


def _unit(text: str) -> "UnitFacts":
    from pintar.foundation.refusals import Reason, Refusal
    from pintar.people.queries import find_units

    found = find_units(text)
    if len(found) != 1:
        code = "unit_ambiguous" if found else "unit_unknown"
        raise Refusal(Reason("people", code, {"given": text[:80]}), status=422)
    return found[0]


def _regency(text: str) -> str:
    from pintar.foundation.refusals import Reason, Refusal
    from pintar.people import regions

    found = regions.find(text)
    if len(found) != 1:
        code = "regency_ambiguous" if found else "regency_unknown"
        raise Refusal(Reason("people", code, {"given": text[:80]}), status=422)
    return found[0].code


class _Bar:
    """A bar on a terminal for what takes longer than a second; nothing elsewhere."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.shown = False

    def __enter__(self) -> "_Bar":
        return self

    def show(self, done: int, of: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self.began > QUIET_FOR:
            self.shown = True
            filled = 30 * done // max(of, 1)
            click.echo(f"\r\033[K[{'#' * filled}{'-' * (30 - filled)}] {done}/{of}", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)


class _Codes:
    """The file of activation codes, readable by its owner alone; without a path nothing is written.

    Opened before anything is made: codes are told once, so a place to write them comes first.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.file: IO[str] | None = None

    def __enter__(self) -> "_Codes":
        if self.path is not None:
            try:
                handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            except OSError as error:
                raise click.ClickException(f"--codes: {self.path} cannot be written: {error.strerror}") from None
            self.file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
            csv.writer(self.file).writerow(["baris", "nama", "masuk", "kode"])
        return self

    def write(self, codes: Sequence["NewCode"]) -> None:
        if self.file is not None:
            rows = [[made.line, _harmless(made.name), _as_text(made.login), made.code] for made in codes]
            csv.writer(self.file).writerows(rows)
            self.file.flush()

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


def _as_text(number: str) -> str:
    # A spreadsheet would round a number of 16 or 18 digits.
    return f"'{number}" if number.isdigit() else _harmless(number)


def _harmless(cell: str) -> str:
    # A spreadsheet would run a cell that begins like a formula.
    return f"'{cell}" if cell[:1] in "=+-@" else cell


def _worded(mistake: "Mistake") -> str:
    from pintar.foundation.refusals import Reason

    return sentence(Reason("people", mistake.code, dict(mistake.data)))


def _as_json(report: "Report", codes: Path | None) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": [{"line": m.line, "column": m.column, "code": m.code, "reason": _worded(m)} for m in report.refused],
        "codes": []
        if codes
        else [{"line": c.line, "name": c.name, "login": c.login, "code": c.code} for c in report.codes],
    }


def _say(report: "Report", codes: Path | None) -> None:
    from django.utils.translation import gettext as _

    for mistake in report.refused:
        where = _("baris %(line)s, kolom %(column)s") % {"line": mistake.line, "column": mistake.column}
        click.echo(f"{where}: {_worded(mistake)}", err=True)
    if not codes:
        for made in report.codes:
            click.echo(f"{made.line}\t{made.name}\t{made.login}\t{made.code}")
    refused = len({mistake.line for mistake in report.refused})
    counts = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged, "refused": refused}
    click.echo(_("%(created)s dibuat, %(updated)s diperbarui, %(unchanged)s tetap, %(refused)s ditolak.") % counts)
    if codes and report.codes:
        click.echo(_("Kode aktivasi tertulis di %(file)s.") % {"file": codes})
