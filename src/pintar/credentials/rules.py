"""What a certificate is and says, which code is which, and how often wrong codes may be typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

ROOM = "credentials"
KIND = "penyelesaian"
LONG, SHORT = 26, 12
SHORTEST_REASON, LONGEST_REASON = 10, 300
# So long a new certificate is announced on the home page.
NEWS = timedelta(days=14)
# Who issues; the organiser of the training stands below it.
ISSUER = "Kementerian Agama Republik Indonesia"
ALPHABET = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
SIDES = 5


class State(StrEnum):
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Code(StrEnum):
    """What somebody may have typed. Whatever is not long is treated as a short one, malformed or not."""

    LONG = "long"
    SHORT = "short"


def kind_of(code: str) -> Code:
    """`code` as `ids.read_key` gives it."""
    return Code.LONG if len(code) == LONG else Code.SHORT


def can_exist(code: str) -> bool:
    """Whether a code has a length and letters that codes have; nothing else is looked up."""
    return len(code) in (LONG, SHORT) and ALPHABET.issuperset(code)


def grouped(code: str) -> str:
    """K7M2-9XQD-4R6T: as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def certificate_number(ordinal: int, on: date) -> str:
    """004711/PINTAR-S/XII/2026: the ordinal of its year, in the zone of the person."""
    return f"{ordinal:06}/PINTAR-S/{ROMAN[on.month - 1]}/{on.year}"


@dataclass(frozen=True, slots=True)
class Budget:
    """So many wrong short codes in a window; then none is looked up any more until the next window.

    Together with 60 random bits, `EVERYONE` bounds guessing: at two million certificates, 3,000 wrong codes an hour for
    a year hit one with a chance of about 1 in 20,000. `DEVICE` keeps one device from using up what all share.
    """

    wrong: int
    window: timedelta


# A device is known by a signed cookie that it got with a first right answer, or by who is signed in. Right codes count
# nowhere, so an office that checks hundreds of real certificates is never slowed down.
DEVICE = Budget(10, timedelta(minutes=10))
# Strangers share this; those known have as much again, so strangers who guess cannot shut them out.
EVERYONE = Budget(1_500, timedelta(hours=1))


def window_start(budget: Budget, now: datetime) -> datetime:
    """The beginning of the fixed window that an instant lies in."""
    seconds = int(budget.window.total_seconds())
    passed = int(now.timestamp()) % seconds
    return now.replace(microsecond=0) - timedelta(seconds=passed)


def apportion(jp: int, minutes: Sequence[int]) -> tuple[float, ...]:
    """A training's JP over its lessons by their minutes, in halves (or quarters, eighths where halves are too few).

    Largest remainders first, then the order of the lessons; the parts add up to `jp` exactly, and each float is exact.
    """
    count = len(minutes)
    parts = next((n for n in (2, 4, 8) if jp * n >= count), 8)
    whole = jp * parts
    # A lesson that was studied has at least one part, as far as there are parts; the rest goes by minutes.
    least = 1 if whole >= count else 0
    rest, total = whole - least * count, sum(minutes)
    shares = [Fraction(rest * m, total) if total else Fraction(rest, count) for m in minutes]
    given = [least + int(share) for share in shares]
    by_remainder = sorted(range(count), key=lambda n: (int(shares[n]) - shares[n], n))
    for n in by_remainder[: whole - sum(given)]:
        given[n] += 1
    return tuple(float(Fraction(n, parts)) for n in given)


def sides(jp: int, duty: int) -> int:
    """How many of the five sides of the ring are gained: one for each full fifth of the duty."""
    return min(jp * SIDES // duty, SIDES) if duty > 0 else 0


def lines(text: str, widest: int, most: int) -> tuple[str, ...]:
    """A text in at most `most` lines of about the same length, words kept whole, `widest` letters a line if it fits."""
    words, found = text.split(), [text]
    for count in range(1, most + 1):
        least = max(-(-len(text) // count), 1)
        found = next(broken for width in range(least, len(text) + 2) if len(broken := _wrapped(words, width)) <= count)
        if max(map(len, found), default=0) <= widest:
            break
    return tuple(found)


def _wrapped(words: Sequence[str], width: int) -> list[str]:
    found: list[str] = []
    for word in words:
        if found and len(found[-1]) + 1 + len(word) <= width:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


def has_arabic(text: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" or "\u0750" <= c <= "\u077f" or "\ufb50" <= c <= "\ufeff" for c in text)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What stands on a certificate, for ever. Dates are ISO days in the person's zone; `at` is an ISO instant.

    `numbers` are (name, masked) pairs, `materials` (group, title, JP) triples.
    """

    name: str
    numbers: tuple[tuple[str, str], ...]
    unit: str
    training: str
    course: str
    edition: str
    edition_number: int
    jp: int
    organiser: str
    batch: str
    period: str
    starts_on: str
    ends_on: str
    graduated_at: str
    issued_on: str
    zone: str
    score: int | None
    pass_mark: int | None
    materials: tuple[tuple[str, str, float], ...]

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Snapshot":
        """A row of an earlier version lacks later fields: give them a default here when one is added."""
        return cls(
            **{
                **value,
                "numbers": tuple((kind, masked) for kind, masked in value["numbers"]),
                "materials": tuple((group, title, jp) for group, title, jp in value["materials"]),
            }
        )

    @property
    def starts(self) -> date:
        return date.fromisoformat(self.starts_on)

    @property
    def ends(self) -> date:
        return date.fromisoformat(self.ends_on)

    @property
    def issued(self) -> date:
        return date.fromisoformat(self.issued_on)

    @property
    def graduated(self) -> datetime:
        return datetime.fromisoformat(self.graduated_at)
