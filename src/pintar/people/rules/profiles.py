"""What a profile may hold, and what follows from it."""

import unicodedata

PROFESSIONS = ("guru", "kepala-madrasah", "pengawas", "dosen", "penyuluh", "penghulu", "pelaksana", "lainnya")
EMPLOYMENTS = ("pns", "pppk", "non-asn")
GENDERS = ("L", "P")
# Lesson hours a year that the service expects.
DUTY_JP = {"pns": 20, "pppk": 24}
LONGEST_NAME = 150
# The version of /privasi/ that a consent is given to; a new text that asks for more is a new version.
CONSENT = "2026-11"
# What would make a name an address or a piece of code in a letter.
_NOT_IN_NAMES = frozenset('<>@:/\\"{}[]|')

_WITA = map(str, [51, 52, 53, 63, 64, 65, *range(71, 77)])
_WIT = map(str, [81, 82, *range(91, 97)])
ZONES = {**dict.fromkeys(_WITA, "Asia/Makassar"), **dict.fromkeys(_WIT, "Asia/Jayapura")}


def zone(province: str) -> str:
    """The zone of a province's code: WIB for the west and for the unknown."""
    return ZONES.get(province[:2], "Asia/Jakarta")


def duty_jp(employment: str) -> int | None:
    """JP a year that this employment asks, or None where there is no duty."""
    return DUTY_JP.get(employment)


def name(text: str) -> str:
    """A name as it is kept: single spaces, nothing that is invisible or steers the line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def name_is_whole(text: str) -> bool:
    """Two to 150 characters with a letter among them; letters, digits and the signs of names, no symbols."""
    allowed = all(unicodedata.category(c)[0] in "LMNPZ" and c not in _NOT_IN_NAMES for c in text)
    return 2 <= len(text) <= LONGEST_NAME and allowed and any(c.isalpha() for c in text)
