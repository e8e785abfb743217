"""The last gate: nothing but these elements and attributes leaves, whoever made them."""

import nh3

from pintar.foundation.richtext import drawings, formulas

_TEXT = """
    h2 h3 h4 h5 h6 p ul ol li blockquote figure figcaption table thead tbody tr th td div bdi strong em code pre
    a img br hr b
"""

_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir"},
    "a": {"href", "rel"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"},
    "ol": {"start"},
    "th": {"scope", "class"},
    "td": {"class"},
    "table": {"class"},
    "figure": {"class"},
    "p": {"class"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "pre": {"tabindex"},
    "svg": {*drawings.ATTRIBUTES, "role", "aria-label"},
    **{name: set(drawings.ATTRIBUTES) for name in drawings.ELEMENTS - {"svg"}},
    **{name: set(formulas.ATTRIBUTES) for name in formulas.ELEMENTS},
}

_CLEANER = nh3.Cleaner(
    tags={*_TEXT.split(), *drawings.ELEMENTS, *formulas.ELEMENTS},
    clean_content_tags={"script", "style", "iframe", "object", "embed", "template", "foreignObject"},
    attributes=_ATTRIBUTES,
    url_schemes={"https", "http", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)


def clean(html: str) -> str:
    """Safe HTML, whatever came in."""
    return _CLEANER.clean(html)
