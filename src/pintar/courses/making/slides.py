"""Slides from a text, where an author wrote none: a section each, with its list, its figure or its first sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from pintar.courses.making.narration import split
from pintar.foundation.richtext.markdown import parse, plain

MOST_SLIDES = 9
MOST_POINTS = 4
MOST_SENTENCES = 2
LONGEST_POINT = 90


@dataclass(slots=True)
class _Section:
    heading: str
    points: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    picture: str = ""


def of(markdown: str, title: str) -> str:
    """The slides of a text, in the format of `<lesson>.slides.md`."""
    sections = [section for section in _sections(parse(markdown), title) if section.points or section.sentences]
    return "\n\n---\n\n".join(_written(section) for section in sections[:MOST_SLIDES]) + "\n"


def _sections(tokens: Sequence[Token], title: str) -> list[_Section]:
    sections = [_Section(title)]
    inside: list[str] = []
    for at, token in enumerate(tokens):
        section = sections[-1]
        if token.type == "heading_open" and token.tag in ("h1", "h2"):
            sections.append(_Section(_marked(tokens[at + 1])))
        elif token.type == "figure" and not section.picture:
            section.picture = _picture((token.children or [])[0])
        elif token.type.endswith(("list_open", "list_close")) or token.type.startswith(("container_", "table_")):
            inside.append(token.type) if token.nesting == 1 else inside.pop()
        elif token.type == "inline" and len(inside) == 1 and inside[0].endswith("list_open"):
            if tokens[at - 2].type == "list_item_open" and len(section.points) < MOST_POINTS:
                section.points.append(_shortened(_marked(token)))
        elif token.type == "inline" and not inside and tokens[at - 1].type == "paragraph_open":
            wanted = MOST_SENTENCES - len(section.sentences)
            section.sentences += [_escaped(sentence) for sentence in split(plain(token.children or []))[:wanted]]
    return sections


def _written(section: _Section) -> str:
    if section.points:
        body = "\n".join(f"- {point}" for point in section.points)
    elif section.picture:
        body = f"{section.picture}\n\n{section.sentences[0]}" if section.sentences else section.picture
    else:
        body = " ".join(section.sentences)
    return f"## {section.heading}\n\n{body}"


def _shortened(point: str) -> str:
    """The first sentence, or clause, of a point; what is still too long ends at a word."""
    first = (split(point) or [point])[0]
    if len(first) > LONGEST_POINT:
        first = first[:LONGEST_POINT].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return first.rstrip(".") if first.count("**") % 2 == 0 else first.replace("**", "").rstrip(".")


def _marked(token: Token) -> str:
    return _escaped(" ".join(plain(token.children or []).split()))


def _escaped(text: str) -> str:
    """Text as Markdown that says nothing but itself."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>$#|" else sign for sign in text)


def _picture(token: Token) -> str:
    title = str(token.attrs.get("title", "")).replace('"', "”")
    caption = f' "{title}"' if title else ""
    return f"![{_escaped(plain(token.children or []))}]({token.attrs.get('src', '')}{caption})"
