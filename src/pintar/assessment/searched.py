"""A stem as plain words, for the list of a bank and the search in it."""

import re

from pintar.assessment.models.items import LONGEST_SEARCHED

_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_GAP = re.compile(r"\{\{ ?[A-Za-z][A-Za-z0-9_-]{0,19} ?\}\}")
_FORMULA = re.compile(r"\$([^\s$](?:[^$\n]*[^\s$])?)\$(?!\d)")
_FRACTION = re.compile(r"\\frac\{([^{}]*)\}\{([^{}]*)\}")
_SIGNS = {"approx": "≈", "times": "×", "cdot": "·", "div": ":", "le": "≤", "ge": "≥", "ne": "≠", "pm": "±", "sqrt": "√"}
_SIGN = re.compile(r"\\(" + "|".join(_SIGNS) + r")(?![a-z]) ?")
_MARKS = re.compile(r"[*_`>#\\]+")


def plain(markdown: str) -> str:
    """The words of a stem without Markdown's signs, on one line, cut at `LONGEST_SEARCHED`."""
    text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", markdown))
    text = _FORMULA.sub(lambda found: _formula(found[1]), text)
    text = _MARKS.sub("", _GAP.sub("…", text))
    return " ".join(text.split())[:LONGEST_SEARCHED]


def _formula(tex: str) -> str:
    """A formula on one line, as far as that goes: 11/28 ≈ 0,39."""
    text = _SIGN.sub(lambda found: _SIGNS[found[1]] + " ", _FRACTION.sub(r"\1/\2", tex))
    return text.replace("{", "").replace("}", "")
