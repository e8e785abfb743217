"""Items from Moodle's XML (https://docs.moodle.org/en/Moodle_XML_format), and back so that they read the same.

Read are multichoice, truefalse, shortanswer, numerical, matching and ordering; other types are noted as
`not_supported`. As in `gift`, a partly right answer counts as wrong (`partial_credit`), of a picture its alternative
text remains (`picture_left_out`). The indicator is the last category's last part, the key is `idnumber`, else made from
the question's number.

Codes of mistakes: not_xml, document_type, too_deep, too_large, no_questions; not_supported {what}, partial_credit
{text, weight}, picture_left_out, bad_number {text}, bad_key {key}; and those of `soundness`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Protocol
from xml.sax.saxutils import escape

from pintar.sciences.formats.markup import has_picture, markdown_of_html, markdown_of_plain, plain_of_html
from pintar.sciences.formats.numbered import MOST_QUESTIONS
from pintar.sciences.formats.reading import ITEM_KEY, Asked, Mistake, Writing
from pintar.sciences.formats.soundness import faults_of_item
from pintar.sciences.formats.xml_nodes import Element, Unreadable, parse
from pintar.sciences.items import (
    Body,
    Choice,
    Item,
    Matching,
    Number,
    Option,
    Ordering,
    Pair,
    ShortText,
    Truth,
)

_TYPES = {
    "multichoice": "single", "truefalse": "truefalse", "shortanswer": "short", "numerical": "number",
    "matching": "matching", "ordering": "ordering",
}  # fmt: skip
_NAMES = {**{ours: theirs for theirs, ours in _TYPES.items()}, "multiple": "multichoice"}
_FULL = Decimal(100)


class Note(Protocol):
    """Notes a mistake of the question that is being read."""

    def __call__(self, code: str, **detail: str | int) -> None: ...


def questions(content: bytes, name: str) -> tuple[Asked, ...]:
    """Every question of the file, sound or not; never raises, whatever it holds."""
    try:
        root = parse(content)
    except Unreadable as wrong:
        return (Asked(wrong.line, "", None, (Mistake(name, wrong.line, wrong.code),)),)
    found: list[Asked] = []
    taken: set[str] = set()
    category = ""
    for element in root.all("question") if root.name == "quiz" else []:
        if element.get("type") == "category":
            category = _plain(element.child("category")).rpartition("/")[2].strip()
        elif len(found) == MOST_QUESTIONS:
            told = Mistake(name, element.line, "too_many_questions", {"most": MOST_QUESTIONS})
            found.append(Asked(element.line, "", None, (told,)))
            break
        else:
            found.append(_asked(element, category, len(found) + 1, taken, name))
    return tuple(found) or (Asked(1, "", None, (Mistake(name, 1, "no_questions"),)),)


def write(items: Iterable[Item]) -> Writing:
    """A Moodle XML file of these items; those that would not come back the same are named instead."""
    blocks: list[str] = []
    left_out: list[str] = []
    for item in items:
        block = _block(item)
        if block is not None and _comes_back(item, block):
            blocks.append(block)
        else:
            left_out.append(item.key)
    return Writing(_quiz("".join(blocks)), tuple(left_out))


def _quiz(inner: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{inner}</quiz>\n'


def _comes_back(item: Item, block: str) -> bool:
    (found,) = questions(_quiz(block).encode("utf-8", "replace"), "x.xml")
    return not found.mistakes and found.item is not None and replace(found.item, line=item.line) == item


def _asked(element: Element, category: str, number: int, taken: set[str], name: str) -> Asked:
    line, words = element.line, plain_of_html(_plain(element.child("questiontext")))[:500]
    kind = element.get("type")
    if kind not in _TYPES:
        return Asked(
            line, words, None, (Mistake(name, line, "not_supported", {"what": kind[:40], "text": words[:80]}),)
        )
    notes: list[Mistake] = []

    def note(code: str, **detail: str | int) -> None:
        notes.append(Mistake(name, line, code, detail))

    type_, body = _body(element, kind, note)
    stem, feedback = _markdown(element.child("questiontext")), _markdown(element.child("generalfeedback"))
    if any(has_picture(each.text) for each in element.every("text")):
        note("picture_left_out")
    item = Item(_key(element, number, taken, note), category, type_, stem, feedback, body, line)
    notes += [Mistake(name, line, fault.code, fault.detail) for fault in faults_of_item(item)]
    has_key = item.key == _plain(element.child("idnumber")).strip()
    return Asked(line, words, item, tuple(notes), has_key=has_key)


def _key(element: Element, number: int, taken: set[str], note: Note) -> str:
    given = _plain(element.child("idnumber")).strip()
    if given and not ITEM_KEY.fullmatch(given):
        note("bad_key", key=given[:80])
        given = ""
    key = given or f"soal-{number:03}"
    while key in taken:
        key = f"{key}-2"
    taken.add(key)
    return key


def _body(element: Element, kind: str, note: Note) -> tuple[str, Body]:
    answers = element.all("answer")
    match kind:
        case "multichoice":
            return _choice(element, answers, note)
        case "truefalse":
            by = {_plain(each).strip().casefold(): each for each in answers}
            told = {word: _feedback(by[word]) if word in by else "" for word in ("true", "false")}
            right = "true" in by and _share(by["true"]) >= _FULL
            return "truefalse", Truth(right, told["true"], told["false"])
        case "shortanswer":
            return "short", ShortText(tuple(_words(each) for each in _full(answers, note)))
        case "numerical":
            return "number", _number(element, _full(answers, note), note)
        case "matching":
            subs = [(_markdown(each), _markdown(each.child("answer"))) for each in element.all("subquestion")]
            pairs = tuple(Pair(left, right) for left, right in subs if left)
            return "matching", Matching(pairs, tuple(right for left, right in subs if not left))
        case _:
            return "ordering", Ordering(tuple(_markdown(each) for each in answers))


def _choice(element: Element, answers: Sequence[Element], note: Note) -> tuple[str, Body]:
    single = _plain(element.child("single")).strip().casefold() in ("", "true", "1")
    options = []
    for each in answers:
        share = _share(each)
        right = share >= _FULL if single else share > 0
        if share > 0 and not right:
            note("partial_credit", text=_words(each)[:80], weight=str(share))
        options.append(Option(_markdown(each), right, _feedback(each)))
    several = not single and sum(option.correct for option in options) > 1
    return ("multiple" if several else "single"), Choice(tuple(options))


def _full(answers: Sequence[Element], note: Note) -> Iterator[Element]:
    for each in answers:
        if (share := _share(each)) >= _FULL:
            yield each
        elif share > 0:
            note("partial_credit", text=_words(each)[:80], weight=str(share))


def _number(element: Element, answers: Iterator[Element], note: Note) -> Number:
    first = next(answers, None)
    if first is None:
        note("bad_number", text="")
        return Number(Decimal(0))
    if next(answers, None) is not None:
        note("not_supported", what="several_numbers", text=_words(first)[:80])
    units = next(element.every("unit_name"), None)
    unit = (units.text.strip()[:32] or None) if units else None
    try:
        answer, tolerance = Decimal(_words(first)), Decimal(_plain(first.child("tolerance")).strip() or "0")
        if not (answer.is_finite() and tolerance.is_finite() and len(_words(first)) < 40):
            raise InvalidOperation
    except InvalidOperation:
        note("bad_number", text=_words(first)[:80])
        return Number(Decimal(0))
    return Number(answer, tolerance, unit)


def _share(answer: Element) -> Decimal:
    try:
        share = Decimal(answer.get("fraction") or "0")
    except InvalidOperation:
        return Decimal(0)
    return share if share.is_finite() else Decimal(0)


def _feedback(answer: Element) -> str:
    return _markdown(answer.child("feedback"))


def _plain(element: Element | None) -> str:
    """What an element or its <text> says, as it stands."""
    if element is None:
        return ""
    text = element.child("text")
    return (text.text if text is not None else element.text).strip()


def _markdown(element: Element | None) -> str:
    text = _plain(element)
    form = element.get("format") if element is not None else ""
    if form == "markdown":
        return text
    if form == "plain_text":
        return markdown_of_plain(text)
    return markdown_of_html(text)


def _words(element: Element) -> str:
    """The text of an answer that is compared: plain words, whatever they look like."""
    text = _plain(element)
    return " ".join(text.split()) if element.get("format") in ("plain_text", "", "markdown") else plain_of_html(text)


def _block(item: Item) -> str | None:
    kind = _NAMES.get(item.type)
    if kind is None:
        return None
    category = f'<question type="category"><category>{_text(item.indicator)}</category></question>\n'
    head = (
        f'<question type="{kind}">\n<name>{_text(item.key)}</name>\n'
        f'<questiontext format="markdown">{_text(item.stem)}</questiontext>\n'
        f'<generalfeedback format="markdown">{_text(item.feedback)}</generalfeedback>\n'
        f"<idnumber>{_escaped(item.key)}</idnumber>\n"
    )
    return f"{category}{head}{''.join(_answers(item.body, several=item.type == 'multiple'))}</question>\n"


def _answers(body: Body, *, several: bool) -> Iterator[str]:
    match body:
        case Choice(options):
            yield f"<single>{'false' if several else 'true'}</single>\n"
            share = _FULL / max(sum(option.correct for option in options), 1) if several else _FULL
            for option in options:
                yield _answer(option.text, f"{share:.7g}" if option.correct else "0", option.feedback)
        case Truth(answer, if_true, if_false):
            yield _answer("true", "100" if answer else "0", if_true, "moodle_auto_format")
            yield _answer("false", "0" if answer else "100", if_false, "moodle_auto_format")
        case ShortText(accept):
            for text in accept:
                yield _answer(text, "100", "", "plain_text")
        case Number(answer, tolerance, unit):
            yield _answer(f"{answer:f}", "100", "", "plain_text", f"<tolerance>{tolerance:f}</tolerance>")
            if unit:
                yield f"<units><unit><multiplier>1</multiplier><unit_name>{_escaped(unit)}</unit_name></unit></units>\n"
        case Matching(pairs, distractors):
            for left, right in [*((p.left, p.right) for p in pairs), *(("", text) for text in distractors)]:
                answer_xml = f'<answer format="markdown">{_text(right)}</answer>'
                yield f'<subquestion format="markdown">{_text(left)}{answer_xml}</subquestion>\n'
        case Ordering(order):
            for text in order:
                yield _answer(text, "1", "")


def _answer(text: str, fraction: str, feedback: str, form: str = "markdown", more: str = "") -> str:
    told = f'<feedback format="markdown">{_text(feedback)}</feedback>'
    return f'<answer fraction="{fraction}" format="{form}">{_text(text)}{told}{more}</answer>\n'


def _text(text: str) -> str:
    return f"<text>{_escaped(text)}</text>"


def _escaped(text: str) -> str:
    # A carriage return would come back as a line feed.
    return escape(text).replace("\r", "&#13;")
