"""The paragraphs of a Word document (.docx), with what numbering and bold say of them; read without trust.

A .docx is a zip of XML (ECMA-376). Read are `word/document.xml` and `word/numbering.xml`, nothing else: no pictures,
no macros, no links. Refused as a whole: what is no zip, what unpacks to more than `LARGEST_UNPACKED`, and XML that
declares a document type, with which a few lines can stand for gigabytes.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from pintar.sciences.formats.numbered import OPTION, PLAIN, QUESTION, Line
from pintar.sciences.formats.xml_nodes import Element, Unreadable, parse

LARGEST_UNPACKED = 20_000_000
"""Bytes of the two parts together."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BODY, _NUMBERING = "word/document.xml", "word/numbering.xml"
_LETTERS = ("upperLetter", "lowerLetter")
_OFF = ("0", "false", "off", "none")


@dataclass(slots=True)
class _Numbering:
    """Of each list (numId) and level, the format of its numbers: "decimal", "upperLetter" …"""

    formats: dict[tuple[str, str], str] = field(default_factory=dict)


def lines(content: bytes) -> list[Line]:
    """The paragraphs that hold text, numbered from 1 as they stand. Raises Unreadable with a code: not_word, too_large,
    and those of `xml_nodes.parse`."""
    body, numbering = _parts(content)
    lists = _numbering(parse(numbering)) if numbering else _Numbering()
    found = []
    for number, paragraph in enumerate(parse(body).every(f"{_W} p"), start=1):
        text, bold = _text(paragraph)
        if text.strip():
            found.append(Line(number, text.strip(), bold, _kind(paragraph, lists)))
        else:
            found.append(Line(number, ""))
    return found


def _parts(content: bytes) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if _BODY not in names:
                raise Unreadable("not_word")
            wanted = [name for name in (_BODY, _NUMBERING) if name in names]
            left = LARGEST_UNPACKED
            read = {}
            for name in wanted:
                with archive.open(name) as part:
                    # What the zip says of sizes is not believed: it is unpacked up to the limit and no further.
                    read[name] = part.read(left + 1)
                left -= len(read[name])
                if left < 0:
                    raise Unreadable("too_large")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, KeyError):
        raise Unreadable("not_word") from None
    return read[_BODY], read.get(_NUMBERING, b"")


def _numbering(root: Element) -> _Numbering:
    levels: dict[tuple[str, str], str] = {}
    for abstract in root.every(f"{_W} abstractNum"):
        id = abstract.get(f"{_W} abstractNumId")
        for level in abstract.every(f"{_W} lvl"):
            form = next(level.every(f"{_W} numFmt"), None)
            levels[id, level.get(f"{_W} ilvl")] = form.get(f"{_W} val") if form else ""
    found = _Numbering()
    for number in root.every(f"{_W} num"):
        of = next(number.every(f"{_W} abstractNumId"), None)
        abstract_id = of.get(f"{_W} val") if of else ""
        for (id, depth), name in levels.items():
            if id == abstract_id:
                found.formats[number.get(f"{_W} numId"), depth] = name
    return found


def _kind(paragraph: Element, lists: _Numbering) -> str:
    """What the paragraph's automatic number makes of it: numbers are questions, letters and lower levels options."""
    properties = next(paragraph.every(f"{_W} numPr"), None)
    if properties is None:
        return PLAIN
    level, of = (_val(properties, name) for name in ("ilvl", "numId"))
    if of in ("", "0"):
        return PLAIN
    form = lists.formats.get((of, level or "0"), "decimal")
    if form in ("bullet", "none"):
        return OPTION if level not in ("", "0") else PLAIN
    return OPTION if form in _LETTERS or level not in ("", "0") else QUESTION


def _val(properties: Element, name: str) -> str:
    found = next(properties.every(f"{_W} {name}"), None)
    return found.get(f"{_W} val") if found else ""


def _text(paragraph: Element) -> tuple[str, bool]:
    """The paragraph's words, and whether all of them are bold."""
    pieces: list[str] = []
    bold: list[bool] = []
    for run in paragraph.every(f"{_W} r"):
        text = "".join(_run(run))
        pieces.append(text)
        if text.strip():
            bold.append(_is_bold(run))
    return "".join(pieces), bool(bold) and all(bold)


def _run(run: Element) -> Iterator[str]:
    for child in run.children:
        if child.name == f"{_W} t":
            yield child.text
        elif child.name in (f"{_W} tab", f"{_W} br"):
            yield " "


def _is_bold(run: Element) -> bool:
    mark = next((each for each in run.every(f"{_W} b")), None)
    return mark is not None and mark.get(f"{_W} val") not in _OFF
