"""Numbers at rest: AES-256-GCM ciphertext to show, HMAC-SHA256 blind index to find.

Both keys come by HKDF from `settings.IDENTIFIER_KEY`, which lies beside the secret key and never in the database. The
first byte of a ciphertext names its key's version, so a key can be changed.
"""

import hashlib
import hmac
import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
NONCE = 12


@cache
def _key(master: str, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"pintar {use} 1".encode()).derive(master.encode())


def blind_index(value: str) -> str:
    """The same value always gives the same 64 hex digits; without the key nothing can be told from them."""
    return hmac.new(_key(settings.IDENTIFIER_KEY, "blind index"), value.encode(), hashlib.sha256).hexdigest()


def seal(value: str, owner: str) -> bytes:
    """Ciphertext that opens only for the same `owner` (a row's own name), so ciphertexts cannot be swapped."""
    nonce = secrets.token_bytes(NONCE)
    cipher = AESGCM(_key(settings.IDENTIFIER_KEY, "encryption"))
    return VERSION + nonce + cipher.encrypt(nonce, value.encode(), VERSION + owner.encode())


def open_seal(sealed: bytes | memoryview, owner: str) -> str:
    """The value. Raises ValueError for a ciphertext that was changed, moved, or sealed with another key."""
    sealed = bytes(sealed)
    cipher = AESGCM(_key(settings.IDENTIFIER_KEY, "encryption"))
    try:
        opened = cipher.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], sealed[:1] + owner.encode())
    except InvalidTag:
        raise ValueError("this ciphertext was not made here, or not for this owner") from None
    return opened.decode()


def digest(secret: str) -> str:
    """What is kept of a random secret (a session's token, a code): enough to recognise it, not to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
