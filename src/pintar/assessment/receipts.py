"""Receipts: what the server vouches for, under a key derived from its secret."""

from datetime import UTC, datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from pintar.assessment import models, rules
from pintar.foundation.ids import ALPHABET

SHORT = 32
"""Hexadecimal digits kept of a digest: 128 bits."""


def digest(sitting: UUID, op_id: UUID, seq: int, item: str, value: str | None, flag: bool | None, at: datetime) -> str:
    """What a receipt says about one operation, so that nobody can claim another afterwards."""
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    told = "\0".join([str(sitting), str(op_id), str(seq), item, value or "", str(flag), instant])
    return salted_hmac("pintar.assessment.receipt", told, algorithm="sha256").hexdigest()[:SHORT]


def code_of(row: models.Sitting) -> str:
    """The code of a handed-in sitting, to read out on the telephone: TA3-7F2K-91QD."""
    told = f"{row.uid}\0{row.closed_at}\0{row.got}\0{row.of}"
    number = int(salted_hmac("pintar.assessment.code", told, algorithm="sha256").hexdigest()[:10], 16)
    letters = "".join(ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{rules.receipt_prefix(row.kind, row.number)}-{letters[:4]}-{letters[4:]}"
