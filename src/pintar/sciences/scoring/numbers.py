"""Reading a number as people type it, in Indonesian or in English style, exactly.

A text is tried against each convention below; the readings of those that fit are all accepted. So
"1.234,5" and "1,234.5" have one reading, while a single separator before exactly three digits, "1.000", has
two (a thousand, or one): the learner gets the benefit, and the answer is right if either reading is.

====================  ==========  =======
convention            thousands   decimal
====================  ==========  =======
Indonesian            .           ,
English               ,           .
international (SI)    space       , or .
Arabic                ٬           ٫
====================  ==========  =======

Groups of thousands have three digits each, and the first is not 0 ("0.500" is never five hundred). Digits
may be of any script. A sign may be a hyphen, a dash or a true minus. The item's unit may stand after the
number or before it ("12,5 jam", "Rp 5.000,-"), whatever its case and spaces; another unit makes the text
unreadable. Exponents, fractions and percentages that are not the unit are not read.
"""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from pintar.sciences.items import LONGEST_NUMBER

_MINUS = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
_PLUS = "+\uff0b"
_COMMA = ",\u060c\uff0c"
_STOP = ".\uff0e"

_CONVENTIONS = tuple(
    re.compile(rf"((?:[1-9]\d{{0,2}}(?:{group}\d{{3}})+|\d+)?)(?:{decimal}(\d*))?", re.ASCII)
    for group, decimal in ((r"\.", ","), (",", r"\."), (" ", "[,.]"), ("٬", "٫"))
)

_BARE = re.compile(r"(?:[-+] ?)?[.,٫]?\d(?:[\d.,٫٬ ]*\d)?", re.ASCII)


def readings(text: str, unit: str | None = None) -> frozenset[Decimal]:
    """Every number that the text may mean; empty if it is not a number, or has a unit other than `unit`."""
    if len(text) > LONGEST_NUMBER:
        return frozenset()
    typed = _without_unit(_plain(text), unit)
    negative = typed.startswith("-")
    digits = typed[1:].lstrip() if typed[:1] in ("-", "+") else typed
    return frozenset(
        Decimal(f"{'-' if negative else ''}{whole or '0'}.{fraction or '0'}")
        for whole, fraction in (_read(digits, convention) for convention in _CONVENTIONS)
        if whole or fraction
    )


def is_within(text: str, answer: Decimal, tolerance: Decimal, unit: str | None = None) -> bool:
    """Whether some reading x of the text has |x − answer| ≤ tolerance."""
    # Fractions, because subtracting Decimals rounds to the precision of the context.
    centre, reach = Fraction(answer), Fraction(tolerance)
    return any(abs(Fraction(reading) - centre) <= reach for reading in readings(text, unit))


def _read(digits: str, convention: re.Pattern[str]) -> tuple[str, str]:
    found = convention.fullmatch(digits)
    if found is None:
        return "", ""
    return re.sub(r"\D", "", found[1], flags=re.ASCII), found[2] or ""


def _plain(text: str) -> str:
    """ASCII digits, signs and separators; one kind of space; no invisible marks of direction."""
    signs = []
    for sign in text:
        digit = unicodedata.decimal(sign, None)
        if digit is not None:
            signs.append(str(digit))
        elif sign in _MINUS:
            signs.append("-")
        elif sign in _PLUS:
            signs.append("+")
        elif sign in _COMMA:
            signs.append(",")
        elif sign in _STOP:
            signs.append(".")
        elif sign.isspace():
            signs.append(" ")
        elif unicodedata.category(sign) != "Cf":
            signs.append(sign)
    return " ".join("".join(signs).split())


def _without_unit(typed: str, unit: str | None) -> str:
    """The bare number if nothing but the unit stands around it, else an empty text."""
    found = _BARE.search(typed)
    if found is None:
        return ""
    before, after = typed[: found.start()], typed[found.end() :]
    # "5.000,-" is how a price is written; a full stop may end the sentence.
    around = (_folded(before), _folded(after.removeprefix(",-").removeprefix(".-").rstrip(".,")))
    named = [part for part in around if part]
    wanted = _folded(unit or "")
    return found[0] if not named or (wanted and named == [wanted]) else ""


def _folded(unit: str) -> str:
    """Case, spaces, the dot of an abbreviation and raised digits ("m²", "m2") do not matter in a unit."""
    return "".join(unicodedata.normalize("NFKC", unit).casefold().split()).rstrip(".")
