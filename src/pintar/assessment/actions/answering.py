"""Recording answers: acknowledged only when they are committed, once however often they come."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from pintar.assessment import kept, models, receipts, rules
from pintar.assessment.kept import Paper
from pintar.foundation.ids import ALPHABET
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.people.queries import Person
from pintar.sciences.scoring import marking

LEASE = re.compile(f"[{ALPHABET}]{{16}}")
MOST_OPS = 200
"""In one call."""

LARGEST = 2**31 - 1
OP_COLUMNS = ("op_id", "seq", "item", "value", "flag", "ms", "at", "digest")
SHARE = "FOR SHARE OF s"


@dataclass(frozen=True, slots=True)
class OpIn:
    """An operation as a device sent it: an answer (if `answers`; ids are those the person was shown), a flag, or both.

    `ms` is how long the item was in view, in milliseconds.
    """

    op_id: UUID
    seq: int
    item: str
    answers: bool
    value: Any = None
    flag: bool | None = None
    ms: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """An acknowledged operation: `number` on the server, `at` by its clock, `digest` under its key."""

    number: int
    op_id: UUID
    seq: int
    item: str
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """Receipts in the order asked; `held` operations came too late to count and were kept for an organiser."""

    receipts: tuple[Receipt, ...]
    held: int = 0


@dataclass(frozen=True, slots=True)
class _Plain:
    """An operation with its value as it is kept: JSON text in the ids shown, None where it carries no answer."""

    op: OpIn
    value: str | None


def record_answers(
    *, person: Person, sitting: UUID, lease: str, ops: Sequence[OpIn], by: UUID, now: datetime
) -> Recorded:
    """Record operations and give a receipt for each, after COMMIT. Repeated ones get the receipt they had.

    One statement; more only where some were repeated, late or refused. Raises Refusal: 404 anyone else's sitting, 409
    lease_taken (nothing of the batch was kept), 410 more than a day late, 422 too many, unknown_item, bad_answer or
    op_reused, with the `op_id` in its data.
    """
    paper = kept.paper(sitting, person.id)
    plain = _plain(paper, ops)
    made = _insert(paper, lease, list(plain.values()), now) if plain else {}
    if len(made) < len(plain):
        return _explain(paper, lease, plain, made, now)
    return Recorded(tuple(made[op.op_id] for op in ops))


def _plain(paper: Paper, ops: Sequence[OpIn]) -> dict[UUID, _Plain]:
    """The operations by op_id, checked against what the person was shown."""
    if len(ops) > MOST_OPS:
        raise _bad("too_many_ops", most=MOST_OPS)
    plain: dict[UUID, _Plain] = {}
    for op in ops:
        if op.item not in paper.items:
            raise _bad("unknown_item", op)
        if not 0 <= op.seq <= LARGEST or not 0 <= (op.ms or 0) <= LARGEST:
            raise _bad("bad_answer", op, flaw="out_of_range")
        if not op.answers and op.flag is None:
            raise _bad("bad_answer", op, flaw="empty")
        value = _checked(paper, op) if op.answers else None
        if plain.setdefault(op.op_id, _Plain(op, value)) != _Plain(op, value):
            raise _bad("op_reused", op)
    return plain


def _checked(paper: Paper, op: OpIn) -> str:
    if flaw := marking.well_formed(paper.disguised(op.item), op.value):
        raise _bad("bad_answer", op, item=op.item, flaw=flaw)
    return json.dumps(op.value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _bad(code: str, op: OpIn | None = None, **data: Any) -> Refusal:
    named = {"op_id": str(op.op_id)} if op else {}
    return Refusal(Reason("assessment", code, {**named, **data}), status=422)


def _insert(paper: Paper, lease: str, plain: Sequence[_Plain], now: datetime) -> dict[UUID, Receipt]:
    """Record what may be recorded, all or nothing but for repetitions, in one statement on either database.

    Outside a transaction it commits by itself. PostgreSQL locks the sitting's row for sharing, so that a closing
    either waits for these answers or is seen by them; SQLite has one writer at a time.
    """
    known = {field.name: field for field in models.Operation._meta.concrete_fields}
    fields = {name: known[name] for name in OP_COLUMNS}
    digests: dict[UUID, str] = {}
    values: list[Any] = []
    for each in plain:
        op = each.op
        digests[op.op_id] = receipts.digest(paper.uid, op.op_id, op.seq, op.item, each.value, op.flag, now)
        row = (op.op_id, op.seq, op.item, each.value, op.flag, op.ms, now, digests[op.op_id])
        values += [field.get_db_prep_value(v, connection) for field, v in zip(fields.values(), row, strict=True)]
    postgresql = connection.vendor == "postgresql"
    # PostgreSQL takes a bare NULL for text; SQLite knows no types to cast to.
    holders = [f"CAST(%s AS {field.db_type(connection)})" if postgresql else "%s" for field in fields.values()]
    one = f"({', '.join(holders)})"
    sitting = models.Sitting._meta
    condition = [
        sitting.pk.get_db_prep_value(paper.id, connection),
        lease if LEASE.fullmatch(lease) else "",
        fields["at"].get_db_prep_value(now - rules.GRACE, connection),
    ]
    statement = f"""
        INSERT INTO {models.Operation._meta.db_table} (sitting_id, {", ".join(OP_COLUMNS)})
        SELECT s.id, {", ".join(f"o.column{n}" for n in range(1, len(OP_COLUMNS) + 1))}
        FROM {sitting.db_table} s, (VALUES {", ".join([one] * len(plain))}) AS o
        WHERE s.id = %s AND s.lease = %s AND s.closed_at IS NULL AND s.deadline >= %s
        {SHARE if postgresql else ""}
        ON CONFLICT (sitting_id, op_id) DO NOTHING
        RETURNING id, op_id
    """  # noqa: S608  no word of it comes from outside
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *condition])
        made = cursor.fetchall()
    by_id = {each.op.op_id: each.op for each in plain}
    receipts_by_id = {}
    for number, raw in made:
        op = by_id[raw if isinstance(raw, UUID) else UUID(raw)]
        receipts_by_id[op.op_id] = Receipt(number, op.op_id, op.seq, op.item, now, digests[op.op_id])
    return receipts_by_id


def _explain(paper: Paper, lease: str, plain: dict[UUID, _Plain], made: dict[UUID, Receipt], now: datetime) -> Recorded:
    """Why not all were recorded anew: repeated, late, or refused."""
    known = made | _earlier(paper, [each for op_id, each in plain.items() if op_id not in made])
    missing = [each for op_id, each in plain.items() if op_id not in known]
    receipts_in_order = tuple(known[op_id] for op_id in plain if op_id in known)
    if not missing:
        return Recorded(receipts_in_order)
    row = models.Sitting.objects.only("lease", "deadline", "closed_at").filter(pk=paper.id).first()
    if row is None:
        raise not_found("assessment", "unknown_sitting")
    if row.closed_at is not None or now > row.deadline + rules.GRACE:
        if now <= row.deadline + rules.HELD:
            return Recorded(receipts_in_order, held=_hold(paper, missing, now))
        if not receipts_in_order:
            raise Refusal(Reason("assessment", "too_late"), status=410)
        return Recorded(receipts_in_order)
    raise Refusal(Reason("assessment", "lease_taken"), status=409)


def _earlier(paper: Paper, repeated: Sequence[_Plain]) -> dict[UUID, Receipt]:
    """The receipts of operations that were recorded before. Raises Refusal (422) where one says something else now."""
    before = models.Operation.objects.filter(sitting_id=paper.id, op_id__in=[each.op.op_id for each in repeated])
    rows = {row.op_id: row for row in before}
    for each in repeated:
        row, op = rows.get(each.op.op_id), each.op
        if row and (row.seq, row.item, row.value, row.flag) != (op.seq, op.item, each.value, op.flag):
            raise _bad("op_reused", op)
    return {row.op_id: Receipt(row.pk, row.op_id, row.seq, row.item, row.at, row.digest) for row in rows.values()}


def hold(paper: Paper, ops: Sequence[OpIn], now: datetime) -> int:
    """Keep operations for an organiser, but for those that are acknowledged or held already. Returns how many are new.

    Raises Refusal (422) as `record_answers`.
    """
    plain = _plain(paper, ops)
    known = {*_earlier(paper, list(plain.values()))}
    known |= set(
        models.HeldOperation.objects.filter(sitting_id=paper.id, op_id__in=plain).values_list("op_id", flat=True)
    )
    return _hold(paper, [each for op_id, each in plain.items() if op_id not in known], now)


def _hold(paper: Paper, missing: Sequence[_Plain], now: datetime) -> int:
    models.HeldOperation.objects.bulk_create(
        [
            models.HeldOperation(
                sitting_id=paper.id,
                op_id=each.op.op_id,
                seq=each.op.seq,
                item=each.op.item,
                value=each.value,
                flag=each.op.flag,
                ms=each.op.ms,
                at=now,
            )
            for each in missing
        ],
        ignore_conflicts=True,
    )
    return len(missing)
