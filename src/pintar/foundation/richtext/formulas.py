"""Formulas: LaTeX to MathML, which browsers draw and screen readers read without a script."""

import re
from html import escape
from xml.etree import ElementTree

from latex2mathml.converter import convert

LONGEST = 1_000
DEEPEST = 20
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = """
    math mrow mi mn mo mtext ms mspace mfrac msqrt mroot mstyle mpadded mphantom menclose msub msup msubsup
    munder mover munderover mmultiscripts mprescripts mtable mtr mtd
"""
_ATTRIBUTES = """
    display displaystyle scriptlevel mathvariant mathcolor stretchy fence form separator lspace rspace minsize
    maxsize symmetric largeop movablelimits accent accentunder linethickness width height depth columnalign
    rowalign columnspacing rowspacing columnlines rowlines columnspan rowspan notation
"""
ELEMENTS = frozenset(_ELEMENTS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
_VALUE = re.compile(r"[\w#.,%+\- ]{0,100}", re.ASCII)


class UnreadableFormula(Exception):
    """The LaTeX cannot be turned into MathML."""


def mathml(latex: str, *, block: bool) -> str:
    """The formula as a `<math>` element. Raises UnreadableFormula."""
    latex = " ".join(latex.split())
    if not latex or len(latex) > LONGEST or not 0 <= _depth(latex) <= DEEPEST:
        raise UnreadableFormula
    try:
        tree = ElementTree.fromstring(convert(latex, display="block" if block else "inline"))  # noqa: S314
    except Exception:  # noqa: BLE001  the converter raises whatever its parser stumbles over
        raise UnreadableFormula from None
    if any((child.text or "").startswith("\\") for child in tree.iter()):
        raise UnreadableFormula
    return _rebuilt(tree)


def _depth(latex: str) -> int:
    """How deep braces and commands nest, counted from above; -1 where braces do not match.

    The converter recurses that deep, and forgives what it should not.
    """
    depth = deepest = 0
    for sign in latex.replace("\\\\", "").replace("\\{", "").replace("\\}", ""):
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
        if depth < 0:
            return -1
    return -1 if depth else max(deepest, latex.count("\\left"), latex.count("\\begin"))


def _rebuilt(node: ElementTree.Element) -> str:
    name = node.tag.removeprefix(_NAMESPACE)
    inside = escape(node.text or "", quote=False) + "".join(
        _rebuilt(child) + escape((child.tail or "").strip(), quote=False) for child in node
    )
    if name not in ELEMENTS:
        return f"<mrow>{inside}</mrow>"
    kept = "".join(
        f' {attribute}="{escape(value)}"'
        for attribute, value in node.attrib.items()
        if attribute in ATTRIBUTES and _VALUE.fullmatch(value)
    )
    return f"<{name}{kept}>{inside}</{name}>"
