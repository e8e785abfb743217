"""Foreign markup to Markdown source: what Moodle calls [html] and [plain].

A small conversion on purpose: paragraphs, breaks, emphasis, code, lists and links are kept, every other tag
is dropped and its text stays. Total and linear: any text has a result.
"""

import html
import re

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)/?>")
_FORMULA = re.compile(r"(\$\$[^$]+\$\$|\$[^$\n]+\$)")
_SPECIAL = re.compile(r"([*`\[\]<>]|(?<!_)_{1,2}(?!_))")
_LINE_START = re.compile(r"(?m)^([ \t]*)([-+#]|\d{1,9}(?=[.)]\s))(?=[\s#.)])")
_LINK = re.compile(r"""\bhref\s*=\s*["']?(https?://[^\s"'<>()]+)""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)

_AROUND = {"b": "**", "strong": "**", "i": "_", "em": "_", "code": "`", "tt": "`"}
_BLOCKS = ("p", "div", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre")


def looks_like_html(text: str) -> bool:
    """Whether the text holds a tag that HTML knows."""
    return any(_is_tag(found[2]) for found in _TAG.finditer(text))


def has_picture(text: str) -> bool:
    """Whether the text holds an HTML picture, of which only the alternative text can be kept."""
    return any(found[2].lower() == "img" for found in _TAG.finditer(text))


def markdown_of_html(text: str) -> str:
    """HTML as Markdown source; without HTML in it."""
    pieces: list[str] = []
    links: list[str] = []
    done = 0
    bare = _without_comments(text)
    for found in _TAG.finditer(bare):
        pieces.append(_words(bare[done : found.start()]))
        pieces.append(_sign(found, links))
        done = found.end()
    pieces.append(_words(bare[done:]))
    return _tidy("".join(pieces))


def markdown_of_plain(text: str) -> str:
    """Plain text as Markdown source that shows it as it is; formulas between dollars stay formulas."""
    return _LINE_START.sub(_escaped_start, _escaped_outside_formulas(text))


def plain_of_html(text: str) -> str:
    """The words of HTML alone, on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", _without_comments(text))).split())


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    return first + "".join(piece.partition("-->")[2] for piece in rest)


def _escaped(text: str) -> str:
    # Three underscores and more are a blank to fill in and mean nothing to Markdown inside a sentence.
    return _SPECIAL.sub(lambda found: "".join(f"\\{sign}" for sign in found[1]), text)


def _escaped_start(found: re.Match[str]) -> str:
    """A list or heading that is none: "1." is kept from it before the dot, "-" and "#" before themselves."""
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _words(text: str) -> str:
    return _escaped_outside_formulas(html.unescape(re.sub(r"[ \t\r\f\xa0]+", " ", text)))


def _escaped_outside_formulas(text: str) -> str:
    return "".join(piece if at % 2 else _escaped(piece) for at, piece in enumerate(_FORMULA.split(text)))


def _sign(found: re.Match[str], links: list[str]) -> str:
    """What a tag becomes; `links` holds the addresses of the links that are open."""
    closing, name = bool(found[1]), found[2].lower()
    if name in _AROUND:
        return _AROUND[name]
    if name in _BLOCKS:
        return "\n\n"
    if name == "br":
        return "  \n"
    if name == "li":
        return "" if closing else "\n- "
    if name in ("td", "th", "tr"):
        return " "
    if name == "img":
        alt = _ALT.search(found[3])
        return html.unescape(alt[1] or alt[2] or "") if alt else ""
    if name == "a":
        return _link(found, links, closing=closing)
    return ""


def _link(found: re.Match[str], links: list[str], *, closing: bool) -> str:
    if not closing:
        address = _LINK.search(found[3])
        links.append(address[1] if address else "")
        return "[" if address else ""
    address_of_open = links.pop() if links else ""
    return f"]({address_of_open})" if address_of_open else ""


def _is_tag(name: str) -> bool:
    kept = {*_AROUND, *_BLOCKS, "br", "li", "td", "th", "tr", "img", "a", "span", "sub", "sup", "u", "font"}
    return name.lower() in kept


def _tidy(text: str) -> str:
    """At most one empty line, no spaces before a line, none at the ends."""
    broken = [line.endswith("  ") and bool(line.strip()) for line in text.split("\n")]
    lines = [line.strip() + "  " * hard for line, hard in zip(text.split("\n"), broken, strict=True)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
