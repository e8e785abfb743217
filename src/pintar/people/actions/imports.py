"""Thousands of people from a list, in bulk: new ones are made, known ones brought up to date, again changes nothing.

Each five hundred rows are one transaction, so a break in the middle leaves whole rows and the same list goes on.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from pintar.foundation import ids
from pintar.foundation.ledger.events import record_all
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import passwords, regions, seals, sheets
from pintar.people.actions.accounts import CODE_LASTS, CODE_LENGTH, show_code
from pintar.people.events import AccountCreated, ClaimLost
from pintar.people.models import Account, ActivationCode, Identifier, Unit
from pintar.people.queries import owner_of
from pintar.people.rules import numbers
from pintar.people.rules.rows import Mistake, Row, read_header, read_row, twice

CHUNK = 500
FACTS = ("unit_id", "profession", "employment", "gender", "regency", "province")


@dataclass(frozen=True, slots=True)
class NewCode:
    """The activation code of a new account: for the hands of its owner."""

    line: int
    name: str
    login: str
    code: str


@dataclass(slots=True)
class Report:
    """What came of a list. `refused` holds every mistake, in the order of the lines."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Mistake] = field(default_factory=list)
    codes: list[NewCode] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    """What one chunk will write."""

    new: list[tuple[Row, Account]] = field(default_factory=list)
    changed: list[Account] = field(default_factory=list)
    numbers: list[Identifier] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    vouched: list[int] = field(default_factory=list)
    activated: list[int] = field(default_factory=list)
    lost: list[tuple[UUID, str]] = field(default_factory=list)
    passwords: list[tuple[Account, Row]] = field(default_factory=list)
    report: Report = field(default_factory=Report)


def import_list(
    *,
    file: Path,
    by: UUID | None,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, of: None,
    hand_out: Callable[[Sequence[NewCode]], None] = lambda codes: None,
) -> Report:
    """Take in an .xlsx or .csv with the columns of `rules.rows.COLUMNS`.

    Raises Refusal where the file as a whole cannot be read: 404, 413, 422.
    """
    lines = sheets.read(file)
    places, wrong = read_header(next(lines)[1])
    if wrong:
        raise Refusal(*(Reason("people", m.code, dict(m.data)) for m in wrong), status=422)
    rows: list[Row] = []
    mistakes: list[Mistake] = []
    for number, cells in lines:
        read = read_row(number, cells, places, now.date())
        if isinstance(read, Row):
            rows.append(read)
        else:
            mistakes += read
    return import_people(rows=rows, mistakes=mistakes, by=by, now=now, progress=progress, hand_out=hand_out)


def import_people(
    *,
    rows: Sequence[Row],
    mistakes: Sequence[Mistake] = (),
    by: UUID | None,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, of: None,
    hand_out: Callable[[Sequence[NewCode]], None] = lambda codes: None,
) -> Report:
    """Take in checked rows (`rules.rows.read_row`); `mistakes` of rows that could not be read are reported with them.

    `progress` is told how many rows are done, of how many; `hand_out` gets the codes of what is kept already, so that
    a break loses none.
    """
    report = Report(rows=len(rows) + len({m.line for m in mistakes}), refused=list(mistakes))
    again = twice(rows)
    report.refused += again.values()
    places = _Places()
    done = report.rows - len(rows)
    for chunk in batched(rows, CHUNK):
        part = _take_in([row for row in chunk if row.line not in again], places, by, now)
        report.created += part.created
        report.updated += part.updated
        report.unchanged += part.unchanged
        report.refused += part.refused
        report.codes += part.codes
        hand_out(part.codes)
        done += len(chunk)
        progress(done, report.rows)
    report.refused.sort(key=lambda m: m.line)
    return report


class _Places:
    """Units and regencies by what a list may call them."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[tuple[int, str]]] = {}
        for id, key, name, regency in Unit.objects.values_list("id", "key", "name", "regency"):
            for called in {key.casefold(), " ".join(name.casefold().split())}:
                self.by_name.setdefault(called, []).append((id, regency))

    def facts(self, row: Row) -> dict[str, Any] | Mistake:
        """The row's facts by field, without what it does not say; or what is wrong."""
        facts: dict[str, Any] = {"profession": row.profession, "employment": row.employment, "gender": row.gender}
        regency = ""
        if row.unit:
            found = self.by_name.get(row.unit.casefold(), [])
            if len(found) != 1:
                code = "unit_ambiguous" if found else "unit_unknown"
                return Mistake(row.line, "satker", code, {"given": row.unit[:80]})
            facts["unit_id"], regency = found[0]
        if row.regency:
            meant = regions.find(row.regency)
            if len(meant) != 1:
                code = "regency_ambiguous" if meant else "regency_unknown"
                return Mistake(row.line, "kabupaten", code, {"given": row.regency[:80]})
            regency = meant[0].code
        facts |= {"regency": regency, "province": regency[:2]}
        return {name: value for name, value in facts.items() if value}


def _take_in(rows: list[Row], places: _Places, by: UUID | None, now: datetime) -> Report:
    sealed: dict[int, str] = {}
    for attempt in range(4):
        try:
            with transaction.atomic():
                plan = _planned(rows, places, now)
                _write(plan, sealed, by, now)
            return plan.report
        except (IntegrityError, OperationalError):
            # Somebody registered a number of this chunk just now, or another list is being taken in.
            if attempt == 3:
                raise
        except _PasswordsFirst as wanted:
            # Hashing is slow, so it happens outside of the transaction; then the chunk is looked at anew.
            sealed |= _sealed(wanted.rows)
    raise AssertionError("unreachable")


class _PasswordsFirst(Exception):
    def __init__(self, rows: list[Row]):
        self.rows = rows


def _sealed(rows: list[Row]) -> dict[int, str]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        hashes = pool.map(passwords.seal, [row.password for row in rows])
    return dict(zip([row.line for row in rows], hashes, strict=True))


def _planned(rows: list[Row], places: _Places, now: datetime) -> _Plan:
    blinds = {number: seals.blind_index(number) for row in rows for number in row.numbers.values()}
    held = {i.blind: i for i in Identifier.objects.filter(blind__in=list(blinds.values())).select_related("account")}
    emails = {row.email for row in rows if row.email}
    confirmed = {a.email: a for a in Account.objects.filter(email__in=list(emails), email_verified_at__isnull=False)}
    accounts = {i.account_id: i.account for i in held.values()} | {a.id: a for a in confirmed.values()}
    kinds: dict[int, dict[str, Identifier]] = {}
    for identifier in Identifier.objects.filter(account_id__in=list(accounts)):
        kinds.setdefault(identifier.account_id, {})[identifier.kind] = identifier
    plan = _Plan()
    for row in rows:
        facts = places.facts(row) if not (weak := _weak(row)) else weak
        if isinstance(facts, Mistake):
            plan.report.refused.append(facts)
            continue
        mine = {kind: held.get(blinds[number]) for kind, number in row.numbers.items()}
        owners: dict[int, str] = {i.account_id: kind for kind, i in mine.items() if i is not None and i.vouched_at}
        if row.email in confirmed:
            owners.setdefault(confirmed[row.email].id, "email")
        if len(owners) > 1:
            column = list(owners.values())[-1]
            plan.report.refused.append(Mistake(row.line, column, "number_of_another"))
            continue
        if owners:
            account = accounts[next(iter(owners))]
            mistake = _bring_up_to_date(plan, row, account, mine, kinds.get(account.id, {}), facts, now)
            if mistake:
                plan.report.refused.append(mistake)
            continue
        _make(plan, row, mine, facts, now)
    return plan


def _weak(row: Row) -> Mistake | None:
    if not row.password:
        return None
    try:
        passwords.refuse_weak(row.password, row.name, row.email, *row.numbers.values())
    except Refusal as refusal:
        data = {name: value for name, value in refusal.reasons[0].data.items() if name != "field"}
        return Mistake(row.line, "kata_sandi", refusal.code, data)
    return None


def _make(plan: _Plan, row: Row, mine: dict[str, Identifier | None], facts: dict[str, Any], now: datetime) -> None:
    account = Account(
        name=row.name, email=row.email, email_verified_at=now if row.email else None, vouched_at=now, **facts
    )
    plan.new.append((row, account))
    for kind, number in row.numbers.items():
        _take_from_claimant(plan, mine[kind])
        plan.numbers.append(_identifier(account, kind, number, now))
    if row.password:
        plan.passwords.append((account, row))
    plan.report.created += 1


def _bring_up_to_date(
    plan: _Plan,
    row: Row,
    account: Account,
    mine: dict[str, Identifier | None],
    has: dict[str, Identifier],
    facts: dict[str, Any],
    now: datetime,
) -> Mistake | None:
    """Plan the changes of a known account: what the list says and the account lacks or says otherwise.

    The name stays as its owner has it, and a password that is set stays.
    """
    for kind in row.numbers:
        other = has.get(kind)
        if other is not None and other.vouched_at and (mine[kind] is None or mine[kind].id != other.id):  # type: ignore[union-attr]
            return Mistake(row.line, kind, "number_differs", {"kind": numbers.NAMES[kind]})
    touched = False
    for kind, number in row.numbers.items():
        held = mine[kind]
        if held is not None and held.account_id == account.id:
            if held.vouched_at is None:
                plan.vouched.append(held.id)
                touched = True
            continue
        _take_from_claimant(plan, held)
        if kind in has:
            plan.gone.append(has[kind].id)
        plan.numbers.append(_identifier(account, kind, number, now))
        touched = True
    changed = {name: value for name, value in facts.items() if getattr(account, name) != value}
    if row.email and not account.email:
        changed |= {"email": row.email, "email_verified_at": now}
    if account.vouched_at is None:
        changed["vouched_at"] = now
    for name, value in changed.items():
        setattr(account, name, value)
    if row.password and not account.password:
        plan.passwords.append((account, row))
        plan.activated.append(account.id)
        touched = True
    if changed or touched:
        plan.changed.append(account)
        plan.report.updated += 1
    else:
        plan.report.unchanged += 1
    return None


def _take_from_claimant(plan: _Plan, held: Identifier | None) -> None:
    if held is not None:
        plan.gone.append(held.id)
        plan.lost.append((held.account.uid, held.kind))


def _identifier(account: Account, kind: str, number: str, now: datetime) -> Identifier:
    return Identifier(
        account=account,
        kind=kind,
        sealed=seals.seal(number, owner_of(account, kind)),
        blind=seals.blind_index(number),
        vouched_at=now,
    )


def _write(plan: _Plan, sealed: dict[int, str], by: UUID | None, now: datetime) -> None:
    if wanted := [row for _, row in plan.passwords if row.line not in sealed]:
        raise _PasswordsFirst(wanted)
    for account, row in plan.passwords:
        account.password = sealed[row.line]
    Identifier.objects.filter(id__in=plan.gone).delete()
    made = [account for _, account in plan.new]
    Account.objects.bulk_create(made)
    Account.objects.bulk_update(
        plan.changed, [*FACTS, "email", "email_verified_at", "vouched_at", "password"], batch_size=200
    )
    Identifier.objects.filter(id__in=plan.vouched).update(vouched_at=now)
    for identifier in plan.numbers:
        identifier.account_id = identifier.account.id
    Identifier.objects.bulk_create(plan.numbers)
    ActivationCode.objects.filter(account_id__in=plan.activated).delete()
    _make_codes(plan, now)
    happened: list[tuple[Any, UUID]] = [(AccountCreated(account=a.uid), a.uid) for a in made]
    happened += [(ClaimLost(account=uid, kind=kind), uid) for uid, kind in plan.lost]
    if happened:
        record_all(happened, by=by, now=now)


def _make_codes(plan: _Plan, now: datetime) -> None:
    rows = []
    for row, account in plan.new:
        if account.password:
            continue
        code = ids.key(CODE_LENGTH)
        rows.append(
            ActivationCode(account=account, digest=seals.digest(code), created_at=now, expires_at=now + CODE_LASTS)
        )
        plan.report.codes.append(NewCode(row.line, row.name, row.login, show_code(code)))
    ActivationCode.objects.bulk_create(rows)
