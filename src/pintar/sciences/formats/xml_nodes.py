"""XML as plain elements, read without trust.

Nothing outside the text is ever asked for, and a document type is refused: it alone can define entities, of which a few
lines can stand for gigabytes ("billion laughs") or for files of the machine. Depth and number of elements are bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

DEEPEST = 60
MOST_ELEMENTS = 400_000


class Unreadable(Exception):
    """The file is none of its kind, or is refused; `code` says why, `line` where (from 1)."""

    def __init__(self, code: str, line: int = 1) -> None:
        super().__init__(code)
        self.code, self.line = code, line


@dataclass(slots=True)
class Element:
    """An element: `name` is its namespace, a space and its tag ("" and the space are left out without a namespace)."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def every(self, name: str) -> Iterator["Element"]:
        """All elements of this name below, in their order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.every(name)

    def child(self, name: str) -> "Element | None":
        """The first child of this name."""
        return next((each for each in self.children if each.name == name), None)

    def all(self, name: str) -> "list[Element]":
        """The children of this name."""
        return [each for each in self.children if each.name == name]


def parse(content: bytes) -> Element:
    """The root. Raises Unreadable: not_xml, document_type, too_deep, too_large."""
    # External entities are never fetched: expat asks its handler, and there is none.
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    root = Element("", {}, 1)
    stack = [root]
    count = 0

    def refuse(*_: object) -> None:
        raise Unreadable("document_type", parser.CurrentLineNumber)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) > DEEPEST:
            raise Unreadable("too_deep", parser.CurrentLineNumber)
        if count > MOST_ELEMENTS:
            raise Unreadable("too_large", parser.CurrentLineNumber)
        element = Element(name, attributes, parser.CurrentLineNumber)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def data(text: str) -> None:
        stack[-1].text += text

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Unreadable("not_xml", error.lineno) from None
    except (ValueError, LookupError):
        raise Unreadable("not_xml") from None
    return root.children[0]
