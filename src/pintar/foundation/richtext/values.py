"""What goes into a text and comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Made:
    """A picture of pixels as it is stored: WebP, so many px wide and high."""

    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture of pixels on a page: `width` and `height` of the largest, and each width with its address, the smallest
    first."""

    width: int
    height: int
    addresses: tuple[tuple[int, str], ...]


Image = Callable[[str], "str | Pixels"]
"""From the path an author wrote to the drawing itself (text that begins with "<") or to pixels.

Raises LookupError for a picture that is not there, `pictures.UnfitPicture` for one that is refused."""


@dataclass(frozen=True, slots=True)
class TextMistake:
    """Something the author should mend: `line` from 1; `file` is set where it lies in a drawing, not in the text.

    Codes: text_too_long {most}, text_heading_high, text_heading_skips {level}, text_html {html}, text_link {link},
    text_unknown_box {box}, text_box_open {box}, text_arabic_empty, text_language {lang}, text_formula {formula},
    text_alt_missing {picture}, text_picture_missing {picture}, and the codes of `drawings.UnfitDrawing` and (with
    {picture}) of `pictures.UnfitPicture`.
    """

    line: int
    code: str
    data: dict[str, Any] = field(default_factory=dict)
    file: str | None = None


@dataclass(frozen=True, slots=True)
class RichText:
    """`html` is `blocks` together; `images` are the paths that were used; `words` counts what is read."""

    html: str
    blocks: tuple[str, ...]
    images: tuple[str, ...]
    mistakes: tuple[TextMistake, ...]
    words: int
