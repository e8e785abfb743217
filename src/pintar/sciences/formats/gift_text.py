"""Text inside GIFT: escapes, format prefixes, and its way to Markdown."""

import re
from dataclasses import dataclass
from typing import Self

from pintar.sciences.formats.markup import (
    looks_like_html,
    markdown_of_html,
    markdown_of_plain,
    plain_of_html,
)

# Escaped signs are set aside as characters that Unicode keeps free for programs, so that a search for "=" or
# "{" finds only those that are meant. A file that holds such characters itself is refused.
_SET_ASIDE = {":": "\ufdd0", "#": "\ufdd1", "=": "\ufdd2", "{": "\ufdd3", "}": "\ufdd4", "~": "\ufdd5"}
_SET_ASIDE |= {"\\": "\ufdd6", "n": "\ufdd7"}
_BROUGHT_BACK = str.maketrans({aside: "\n" if sign == "n" else sign for sign, aside in _SET_ASIDE.items()})
MASKS = frozenset(_SET_ASIDE.values())

_ESCAPE = re.compile(r"\\([:#={}~\\n])")
_PREFIX = re.compile(r"\[(html|moodle|plain|markdown)\]")
_TEX = re.compile(r"\\\(([^$\n]{1,300}?)\\\)")
_BLOCK_TEX = re.compile(r"\\\[([^$]{1,300}?)\\\]")


def mask(text: str) -> str:
    """The text with every escaped sign set aside."""
    return _ESCAPE.sub(lambda found: _SET_ASIDE[found[1]], text)


def unmask(text: str) -> str:
    """The text with the signs that were set aside back in their place, without backslashes."""
    return text.translate(_BROUGHT_BACK)


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text as Markdown, and as plain words for comparing; `format` is what it was written in."""

    markdown: str
    words: str
    format: str

    @classmethod
    def read(cls, masked: str, default: str = "moodle") -> Self:
        """A masked piece of text, which may name its format first ("[html]…")."""
        masked = masked.strip()
        prefix = _PREFIX.match(masked)
        named = prefix[1] if prefix else default
        rest = masked[prefix.end() :] if prefix else masked
        if named != "markdown":
            # A line break in the file is a space; one that is meant is written "\n".
            rest = re.sub(r"[ \t]*\n[ \t]*", " ", rest)
        text = _with_dollars(unmask(rest).strip())
        if named == "html" or (named == "moodle" and looks_like_html(text)):
            markdown, words = markdown_of_html(text), plain_of_html(text)
        else:
            markdown = markdown_of_plain(text) if named == "plain" else text
            words = " ".join(text.split())
        return cls(markdown, words, named)


def _with_dollars(text: str) -> str:
    r"""Formulas between \( \) or \[ \], as Moodle writes them, between the dollars of this house."""
    return _BLOCK_TEX.sub(r"$$\1$$", _TEX.sub(r"$\1$", text))
