"""A drawing (SVG) made fit to stand inside a page: rebuilt element by element from what is allowed.

Inlined, `currentColor` and the four accents follow the reader's theme, which a drawing behind `<img>` cannot.
"""

import hashlib
import re
from html import escape
from xml.parsers import expat

LARGEST = 64_000
DEEPEST = 30
SVG = "http://www.w3.org/2000/svg"

_ELEMENTS = """
    svg g defs path rect circle ellipse line polyline polygon text tspan marker clipPath mask pattern
    linearGradient radialGradient stop
"""
_ATTRIBUTES = """
    viewBox preserveAspectRatio x y x1 y1 x2 y2 cx cy r rx ry fx fy width height d points transform dx dy rotate
    textLength lengthAdjust pathLength text-anchor dominant-baseline alignment-baseline baseline-shift direction
    unicode-bidi font-family font-size font-style font-weight font-variant letter-spacing word-spacing
    text-decoration fill fill-opacity fill-rule stroke stroke-opacity stroke-width stroke-linecap
    stroke-linejoin stroke-dasharray stroke-dashoffset stroke-miterlimit opacity paint-order vector-effect
    visibility clip-path clip-rule mask marker-start marker-mid marker-end markerWidth markerHeight markerUnits
    refX refY orient id offset stop-color stop-opacity gradientUnits gradientTransform spreadMethod patternUnits
    patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits
"""
ELEMENTS = frozenset(_ELEMENTS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
# What programs leave behind and what the page says itself: dropped without a word.
_IDLE_ELEMENTS = frozenset({"title", "desc", "metadata"})
_IDLE_ATTRIBUTES = frozenset({"version", "role", "focusable", "aria-hidden", "aria-label", "aria-labelledby", "lang"})
# The accents of docs/authors.md, as the look's colours: they turn lighter on a dark ground.
ACCENTS = {
    "#0f6b47": "var(--text-form,#0f6b47)",
    "#b8860b": "var(--gold-icon,#b8860b)",
    "#1a5a9e": "var(--video,#1a5a9e)",
    "#a34a0a": "var(--slides,#a34a0a)",
}
_PAINTS = frozenset({"fill", "stroke", "stop-color"})
_UNREADABLE = frozenset({"white", "black", "#fff", "#000", "#ffffff", "#000000"})
_REFERENCE = re.compile(r"url\(\s*['\"]?#([A-Za-z][\w.-]*)['\"]?\s*\)", re.ASCII)
_ID = re.compile(r"[A-Za-z][\w.-]{0,63}", re.ASCII)
_VALUE = re.compile(r"[^<>&\"\\@{};\x00-\x08\x0b\x0c\x0e-\x1f]{0,20000}")


class UnfitDrawing(Exception):
    """Why a drawing is refused: a code, the line in its file (from 1), and what the sentence needs."""

    def __init__(self, code: str, line: int, **data: str | int) -> None:
        super().__init__(code)
        self.code, self.line, self.data = code, line, data


def inline(source: str, label: str) -> str:
    """The drawing as one `<svg role="img">` named by `label`.

    Raises UnfitDrawing: svg_too_large {most}, svg_broken, svg_entity, svg_not_svg, svg_no_viewbox,
    svg_element {element}, svg_attribute {attribute}, svg_value {attribute}, svg_colour {colour}, svg_too_deep.
    """
    if len(source.encode("utf-8", "replace")) > LARGEST:
        raise UnfitDrawing("svg_too_large", 1, most=LARGEST)
    if declared := re.search(r"<!(DOCTYPE|ENTITY)", source, re.IGNORECASE):
        raise UnfitDrawing("svg_entity", source.count("\n", 0, declared.start()) + 1)
    return _Drawing(source, label).html


class _Drawing:
    def __init__(self, source: str, label: str) -> None:
        self._label = label
        self._prefix = f"g{hashlib.sha256(source.encode('utf-8', 'replace')).hexdigest()[:6]}-"
        self._out: list[str] = []
        self._path: list[str] = []
        self._idle = 0
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = lambda target, data: None
        try:
            parser.Parse(source.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            raise UnfitDrawing("svg_broken", error.lineno or 1) from None
        self.html = "".join(self._out)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, element = name.rpartition(" ")
        if self._idle or (element in _IDLE_ELEMENTS and self._path):
            self._idle += 1
            return
        if not self._path and element != "svg":
            raise self._unfit("svg_not_svg")
        if space not in ("", SVG) or element not in ELEMENTS or (element == "svg" and self._path):
            raise self._unfit("svg_element", element=element[:40])
        if len(self._path) >= DEEPEST:
            raise self._unfit("svg_too_deep")
        kept = self._attributes(attributes, root=not self._path)
        self._path.append(element)
        self._out.append(f"<{element}{kept}>")

    def _end(self, name: str) -> None:
        if self._idle:
            self._idle -= 1
            return
        self._out.append(f"</{self._path.pop()}>")

    def _text(self, text: str) -> None:
        if not self._idle and self._path and self._path[-1] in ("text", "tspan"):
            self._out.append(escape(" ".join(text.split("\n")), quote=False))

    def _attributes(self, given: dict[str, str], *, root: bool) -> str:
        kept: dict[str, str] = {}
        for name, value in given.items():
            local = name.rpartition(" ")[2]
            if local in _IDLE_ATTRIBUTES or (" " in name and local in ("lang", "space")):
                continue
            if root and name in ("width", "height"):
                continue
            if name not in ATTRIBUTES:
                raise self._unfit("svg_attribute", attribute=local[:40])
            kept[name] = self._value(name, " ".join(value.split()))
        if root:
            if "viewBox" not in kept:
                raise self._unfit("svg_no_viewbox")
            kept.setdefault("fill", "currentColor")
            kept |= {"role": "img", "aria-label": self._label}
        return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())

    def _value(self, name: str, value: str) -> str:
        if name == "id":
            if not _ID.fullmatch(value):
                raise self._unfit("svg_value", attribute=name)
            return self._prefix + value
        if name in _PAINTS:
            colour = value.lower()
            if colour in _UNREADABLE:
                raise self._unfit("svg_colour", colour=value[:40])
            if colour in ACCENTS:
                return ACCENTS[colour]
        if reference := _REFERENCE.fullmatch(value):
            return f"url(#{self._prefix}{reference.group(1)})"
        if not _VALUE.fullmatch(value) or "url" in value.lower() or ":" in value:
            raise self._unfit("svg_value", attribute=name)
        return value

    def _unfit(self, code: str, **data: str | int) -> UnfitDrawing:
        return UnfitDrawing(code, self._parser.CurrentLineNumber, **data)
