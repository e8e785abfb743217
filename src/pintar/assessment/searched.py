"""A stem as plain words, for the list of a bank and the search in it."""

import re

from pintar.assessment.models.items import LONGEST_SEARCHED

_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_GAP = re.compile(r"\{\{ ?[A-Za-z][A-Za-z0-9_-]{0,19} ?\}\}")
_MARKS = re.compile(r"[*_`>#\\]+")


def plain(markdown: str) -> str:
    """The words of a stem without Markdown's signs, on one line, cut at `LONGEST_SEARCHED`."""
    text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", markdown))
    text = _MARKS.sub("", _GAP.sub("…", text))
    return " ".join(text.split())[:LONGEST_SEARCHED]
