"""Passwords: how they are hashed, and which are refused. No network: the list of common ones is on disk."""

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password
from django.core.exceptions import ValidationError

from pintar.foundation.refusals import Reason, Refusal
from pintar.people.rules import numbers

LONGEST = 200
# What many people here would think of first, and the world's list does not know.
COMMON_HERE = frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())
COMMON_TAILS = ("", "1", "12", "123", "1234", "12345", "123456", "!")


class Argon2id(Argon2PasswordHasher):
    """OWASP's floor: 19 MiB of memory, two passes, one lane."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


class NotCommon(password_validation.CommonPasswordValidator):
    """Refuses the 20,000 commonest passwords of the world, and the commonest words of here."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        word = password.lower().strip()
        if any(word.removesuffix(tail) in COMMON_HERE for tail in COMMON_TAILS):
            raise ValidationError("common", code="password_too_common")


def seal(password: str) -> str:
    """The hash that is kept."""
    return make_password(numbers.writable(password))


def is_outdated(sealed: str) -> bool:
    """Whether the cost has been raised since this hash was made."""
    return identify_hasher(sealed).must_update(sealed)


def matches(password: str, sealed: str) -> bool:
    """Whether this is the password. Takes as long for an account without one, or for no account at all."""
    password = numbers.writable(password)[: LONGEST + 1]
    if not sealed:
        check_password(password, _nobody())
        return False
    return check_password(password, sealed)


@cache
def _nobody() -> str:
    # A hash of the same cost that no password opens.
    return make_password("\x00nobody")


def refuse_weak(password: str, *known: str) -> None:
    """Raises Refusal (422) for a password that is too short, too long, common, digits alone, or one of `known`.

    `known` is what others know about the person: their name, numbers, e-mail.
    """
    if len(password) > LONGEST:
        raise _weak("password_too_long", most=LONGEST)
    try:
        password_validation.validate_password(password)
    except ValidationError as weak:
        code = weak.error_list[0].code
        raise _weak(str(code), **(weak.error_list[0].params or {}))
    plain = password.casefold().replace(" ", "")
    if any(plain == name.casefold().replace(" ", "") for name in known if name):
        raise _weak("password_is_known")


def _weak(code: str, **data: Any) -> Refusal:
    return Refusal(Reason("people", code, {"field": "password", **data}), status=422)
