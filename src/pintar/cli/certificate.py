"""`pintar certificate …`: check, take back and correct certificates."""

from typing import TYPE_CHECKING, Any

import click

from pintar.cli.words import load, named, print_json

if TYPE_CHECKING:
    from pintar.credentials.queries import CertificateFacts

STATES = {"issued": "genuine", "superseded": "SUPERSEDED", "revoked": "REVOKED"}


@click.group()
def certificate() -> None:
    """Check, take back or correct a certificate (sertifikat)."""


@certificate.command("verify", epilog="Example: pintar certificate verify K7M2-9XQD-4R6T")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def verify(code: str, as_json: bool) -> None:
    """Is the certificate with CODE, the printed one or the one in its QR, genuine? Exit status 1 where it is not."""
    load()
    from pintar.credentials.queries import certificate_by_code
    from pintar.foundation.ids import read_key

    found = certificate_by_code(read_key(code[:200]))
    if as_json:
        print_json(_facts(found) if found else {"genuine": False, "status": "unknown", "checked": []})
    elif found is None:
        click.echo("unknown: there is no certificate with this code; check each letter and digit", err=True)
    else:
        click.echo(_words(found))
    if found is None or not found.is_issued:
        raise SystemExit(1)


@certificate.command(
    "revoke", epilog="Example: pintar certificate revoke K7M2-9XQD-4R6T --by 198503122011012008 --reason 'Ujian dijoki'"
)
@click.argument("code")
@click.option("--by", required=True, metavar="LOGIN", help="Who answers for it: a number or an address that signs in.")
@click.option("--reason", required=True, help="Why; it stands on the public page.")
@click.option("--json", "as_json", is_flag=True, help="Print the certificate as JSON.")
def revoke(code: str, by: str, reason: str, as_json: bool) -> None:
    """Take the certificate with CODE back; its JP do not count any more."""
    load()
    from pintar.credentials import actions
    from pintar.foundation import clock

    gone = actions.revoke(code=code, by=named(by), reason=reason, now=clock.now())
    _print(gone, as_json)


@certificate.command(
    "supersede",
    epilog="Example: pintar certificate supersede K7M2-9XQD-4R6T --by 198503122011012008 --reason 'Perbaikan nama'",
)
@click.argument("code")
@click.option("--by", required=True, metavar="LOGIN", help="Who answers for it: a number or an address that signs in.")
@click.option("--reason", required=True, help="What was corrected; it stands on the public page of the old one.")
@click.option("--json", "as_json", is_flag=True, help="Print the new certificate as JSON.")
def supersede(code: str, by: str, reason: str, as_json: bool) -> None:
    """Issue a corrected certificate from the account as it is now; the one with CODE will point to it."""
    load()
    from pintar.credentials import actions
    from pintar.foundation import clock

    made = actions.supersede(code=code, by=named(by), reason=reason, now=clock.now())
    _print(made, as_json)


def _print(found: "CertificateFacts", as_json: bool) -> None:
    if as_json:
        print_json(_facts(found))
    else:
        click.echo(_words(found))


def _words(found: "CertificateFacts") -> str:
    s = found.snapshot
    lines = [
        f"{STATES[found.state]}: {found.number}, code {found.printed_code}",
        f"{s.name}: {s.training}, {s.jp} JP, {s.starts} to {s.ends}, issued {s.issued}",
        *(f"{kind} {masked}" for kind, masked in s.numbers),
    ]
    if not found.is_issued:
        lines.append(f"since {found.changed_at:%Y-%m-%d}: {found.reason}")
    if found.successor:
        lines.append(f"replaced by {_address(found.successor)}")
    lines.append("checked: the code against this server's records; there is no electronic signature yet")
    return "\n".join(lines)


def _facts(found: "CertificateFacts") -> dict[str, Any]:
    s = found.snapshot
    return {
        "genuine": found.is_issued,
        "status": str(found.state),
        "number": found.number,
        "code": found.printed_code,
        "url": _address(found.code),
        "name": s.name,
        "identifiers": [{"kind": kind, "number": masked} for kind, masked in s.numbers],
        "training": s.training,
        "jp": s.jp,
        "starts_on": s.starts_on,
        "ends_on": s.ends_on,
        "issued_on": s.issued_on,
        "organiser": s.organiser,
        "changed_at": found.changed_at,
        "reason": found.reason or None,
        "successor": _address(found.successor) if found.successor else None,
        "checked": ["code"],
    }


def _address(code: str) -> str:
    from django.conf import settings
    from django.urls import reverse

    return settings.PUBLIC_URL + reverse("verifikasi-kode", args=[code])
