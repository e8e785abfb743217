"""Texts of items as HTML: of a folder when it is published, of a version of the bank when it is looked at."""

import re
from collections.abc import Mapping
from typing import Any

from pintar.foundation import richtext
from pintar.sciences.items import Item
from pintar.sciences.scoring.items import split

_BLOCK = re.compile(r"<(p|figure|div|ul|ol|blockquote|pre|h\d)\b")


def in_paragraph(html: str) -> str:
    """HTML that stands as a block."""
    return html if _BLOCK.match(html) else f"<p>{html}</p>"


def write_picture(found: str | richtext.Pixels) -> Any:
    """A picture as `ItemVersion.pictures` keeps it: a drawing's source, or {"width", "height", "addresses"}."""
    if isinstance(found, str):
        return found
    return {"width": found.width, "height": found.height, "addresses": [list(each) for each in found.addresses]}


def halves(item: Item, pictures: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The question and the key of an item as `sciences.scoring.items.split` gives them. Never raises on what a text
    holds: a picture that is not there is left out."""

    def found(written: str) -> str | richtext.Pixels:
        picture = pictures[written]
        if isinstance(picture, str):
            return picture
        addresses = tuple((width, address) for width, address in picture["addresses"])
        return richtext.Pixels(picture["width"], picture["height"], addresses)

    question, key = split(item, lambda text: richtext.render_inline(text, found).html)
    return {**question, "stem": in_paragraph(question["stem"])}, key
