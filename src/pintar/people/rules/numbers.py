"""Numbers that name a person: how each looks, and what is wrong with one that does not look so.

A number is one person's over all kinds, so two kinds may not share one either.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

NIP, NIK, NUPTK, NPK, NIDN = "nip", "nik", "nuptk", "npk", "nidn"
KINDS = (NIP, NIK, NUPTK, NPK, NIDN)
EMAIL = "email"
# How people call them; the same in every language.
NAMES = {NIP: "NIP", NIK: "NIK", NUPTK: "NUPTK", NPK: "NPK/PegID", NIDN: "NIDN", EMAIL: "surel"}
LENGTHS = {NIP: (18, 18), NIK: (16, 16), NUPTK: (16, 16), NPK: (8, 14), NIDN: (10, 10)}
LONGEST_EMAIL = 254
# Codes of provinces that a NIK may begin with (11 Aceh … 96 Papua Barat Daya).
PROVINCES = frozenset(
    map(str, [*range(11, 20), 21, *range(31, 37), 51, 52, 53, *range(61, 66), *range(71, 77), 81, 82, *range(91, 97)])
)
# A province that ended, whose people keep their numbers.
FORMER_PROVINCES = frozenset({"54"})
_SPACING = re.compile(r"[\s.\-/\u00a0\u2007\u202f\u200e\u200f]+")
_EMAIL = re.compile(
    r"[^@\s\x00-\x1f\x7f\"<>(),;:\\\[\]]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+"
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a number: a reason code and what fills its sentence."""

    code: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody typed to name themselves: `kinds` it may be (none = unknown shape), normalised `value`."""

    value: str
    kinds: tuple[str, ...]

    @property
    def is_email(self) -> bool:
        return self.kinds == (EMAIL,)


def digits(text: str) -> str:
    """A number as typed, without its spacing; Arabic-Indic and other decimal digits become 0–9."""
    bare = _SPACING.sub("", writable(text))
    return "".join(str(int(c)) if c.isdecimal() else c for c in bare)


def email(text: str) -> str:
    """An address as it is kept: no spaces around, small letters."""
    return writable(text).strip().casefold()


def writable(text: str) -> str:
    """Text that every encoding and database takes: lone surrogates become question marks."""
    return text.encode("utf-8", "replace").decode()


def is_email(text: str) -> bool:
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def read_login(text: str) -> Login:
    """What a typed login is; any text gives an answer, so unknown ones are treated like the others."""
    text = text[: LONGEST_EMAIL * 2]
    if "@" in text:
        return Login(email(text)[:LONGEST_EMAIL], (EMAIL,))
    number = digits(text)[:64]
    if not number.isdecimal():
        return Login(number.casefold(), ())
    return Login(number, tuple(k for k in KINDS if wrong(k, number, None) is None))


def wrong(kind: str, number: str, today: date | None) -> Wrong | None:
    """What is wrong with a number of digits (see `digits`), or None. `today` bounds its dates where it is given."""
    least, most = LENGTHS[kind]
    name = NAMES[kind]
    if not number.isdecimal() or not number.isascii():
        return Wrong("number_not_digits", {"kind": name})
    if len(number) < least:
        return Wrong("number_too_short", {"kind": name, "given": len(number), "least": least})
    if len(number) > most:
        return Wrong("number_too_long", {"kind": name, "given": len(number), "most": most})
    if len(set(number)) == 1:
        return Wrong("number_made_up", {"kind": name})
    if kind == NIP:
        return _wrong_nip(number, today)
    if kind == NIK:
        return _wrong_nik(number)
    return None


def _wrong_nip(number: str, today: date | None) -> Wrong | None:
    """Eight digits of birth, six of appointment (year and month), one of sex, three in sequence."""
    birth = _date(number[:8])
    if birth is None or birth.year < 1930 or (today is not None and birth.year > today.year - 15):
        return Wrong("nip_birth", {"given": number[:8]})
    year, month = int(number[8:12]), int(number[12:14])
    # An appointment of a contract employee may carry 21 and more in the place of the month.
    if not 1 <= month <= 12 and not 21 <= month <= 32:
        return Wrong("nip_appointment", {"given": number[8:14]})
    if year < birth.year + 15 or year > birth.year + 65 or (today is not None and year > today.year + 1):
        return Wrong("nip_appointment", {"given": number[8:14]})
    if number[14] not in "12":
        return Wrong("nip_sex", {"given": number[14]})
    if number[15:] == "000":
        return Wrong("nip_sequence", {})
    return None


def _wrong_nik(number: str) -> Wrong | None:
    """Six digits of the place, six of birth (a woman's day has 40 more), four in sequence."""
    if number[:2] not in PROVINCES | FORMER_PROVINCES or number[2:4] == "00" or number[4:6] == "00":
        return Wrong("nik_place", {"given": number[:6]})
    day, month = int(number[6:8]), int(number[8:10])
    if not (1 <= day <= 31 or 41 <= day <= 71) or not 1 <= month <= 12 or day % 40 > _DAYS[month - 1]:
        return Wrong("nik_birth", {"given": number[6:12]})
    if number[12:] == "0000":
        return Wrong("nik_sequence", {})
    return None


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def recognise(text: str) -> tuple[str, str, Wrong | None]:
    """The kind and digits of a number that came without its kind, or what is wrong with it.

    Sixteen digits that are no NIK are not taken for a NUPTK unasked: a mistyped NIK looks just so.
    """
    number = digits(text)
    length = len(number)
    if not number.isdecimal():
        return "", number, Wrong("number_not_digits", {"kind": ""})
    for kind in (NIP, NIK, NIDN):
        if length == LENGTHS[kind][0]:
            return kind, number, wrong(kind, number, None)
    nearest = NIP if length > 16 else NIK if length == 15 else NPK
    return nearest, number, wrong(nearest, number, None)


def masked(number: str) -> str:
    """Four digits, stars, the last two, in the groups of a card: "1985****** ****08"."""
    if len(number) < 8:
        return "*" * len(number)
    hidden = number[:4] + "*" * (len(number) - 6) + number[-2:]
    return f"{hidden[:10]} {hidden[-6:]}" if len(number) == 18 else _by_four(hidden)


def _by_four(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
