"""Names of rows: `uid` for machines, `key` for people to read out, secrets for links."""

import secrets
from uuid import UUID

from pintar.foundation import clock

# Crockford's alphabet: no I, L, O, U, so a key can be read over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uid() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits; sorts by time of making."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def key(length: int) -> str:
    """`length` random characters of Crockford's base 32 (5 bits each)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def read_key(text: str) -> str:
    """A key as somebody typed it, brought back to its alphabet: case, spaces, dashes and look-alikes forgiven."""
    typed = text.strip().upper().replace("-", "").replace(" ", "")
    return typed.translate(str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"}))
