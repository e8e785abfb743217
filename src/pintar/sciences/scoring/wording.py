"""Comparing a typed word or phrase with the accepted ones, forgiving what is not the point.

Forgiven: case; the number of spaces; punctuation at the edges of words; quotes and apostrophes of any kind
("Jum'at", "Jumat"); a hyphen between letters, which may be missing or a space ("anak-anak", "e-mail");
Arabic vowel signs and the tatweel; letters that only look different (full-width, ligatures); invisible
marks. Not forgiven: a space missing or put in ("di mana" is not "dimana"), other letters, and signs that
carry meaning: % # & @ * / \\ and the minus of a number.
"""

import re
import unicodedata
from collections.abc import Iterable

from pintar.sciences.items import LONGEST_WORDING

_HYPHENS = re.compile("[\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d]")
_QUOTES = re.compile("['\"`\u00b4«»\u2018-\u201f\u2032\u2033\u02bb-\u02bf]")
_HARAKAT = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")
_MEANINGFUL = frozenset("%‰#&@*/\\")

_BETWEEN_DIGITS = re.compile(r"(?<=\d)-(?=\d)")
_JOINING = re.compile(r"(?<=\w)-+(?=\w)")


def normalise(text: str) -> str:
    """The text with everything forgiven levelled out; a hyphen inside a word has become a space.

    A text of nothing but punctuation stays as it is, so that "?" can be an answer.
    """
    return _levelled(text, hyphen=" ")


def is_accepted(text: str, accept: Iterable[str]) -> bool:
    """Whether the text is one of the accepted wordings; an empty or overlong one never is."""
    if len(text) > LONGEST_WORDING:
        return False
    given = _forms(text)
    return any(given & _forms(wording) for wording in accept)


def _forms(text: str) -> frozenset[str]:
    forms = {_levelled(text, hyphen=" "), _levelled(text, hyphen="")}
    return frozenset(forms - {""})


def _levelled(text: str, *, hyphen: str) -> str:
    # Twice, because folding case can undo the normal form.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    whole = " ".join(_HYPHENS.sub("-", _HARAKAT.sub("", visible)).split())
    parted = _JOINING.sub(hyphen, _BETWEEN_DIGITS.sub(" ", _QUOTES.sub("", whole)))
    words = [_without_edges(word) for word in parted.split()]
    return " ".join(word for word in words if word) or whole


def _without_edges(word: str) -> str:
    start, end = 0, len(word)
    while start < end and _is_dropped(word[start]) and not _is_minus(word, start):
        start += 1
    while end > start and _is_dropped(word[end - 1]):
        end -= 1
    return word[start:end]


def _is_dropped(sign: str) -> bool:
    return unicodedata.category(sign).startswith("P") and sign not in _MEANINGFUL


def _is_minus(word: str, at: int) -> bool:
    return word[at] == "-" and at + 1 < len(word) and word[at + 1].isdigit()
