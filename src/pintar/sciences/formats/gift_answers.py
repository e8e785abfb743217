"""What stands between the braces of a GIFT question: its type, its key and its feedback."""

import re
from dataclasses import dataclass
from decimal import Context, Decimal

from pintar.sciences.formats.gift_text import Text, unmask
from pintar.sciences.items import Body, Choice, Matching, Number, Option, Pair, ShortText, Truth

type Found = tuple[str, dict[str, str | int]]
"""A code and its detail."""

_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_ANSWER = re.compile(r"([=~]?)\s*(?:%(-?\d{1,3}(?:\.\d{0,10})?)%)?([^=~]*)")
_DECIMAL = re.compile(r"[-+]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,2})?", re.ASCII)
_FULL = Decimal(100)
# Enough for the sum of any two numbers that the pattern lets through.
_EXACT = Context(prec=300)


class Unfit(Exception):
    """The question cannot be an item and is left out; the code says why."""

    def __init__(self, code: str, **detail: str | int) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Made:
    """What became of the answers: `feedback` is of the first right one, `notes` what was left out."""

    type: str
    body: Body
    feedback: str = ""
    notes: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer, still masked: its sign ("=", "~" or none), weight in per cent if any, text, feedback."""

    sign: str
    weight: Decimal | None
    text: str
    feedback: str

    @property
    def share(self) -> Decimal:
        """Of the full mark, in per cent, in a list where "~" is wrong."""
        return self.weight if self.weight is not None else Decimal(0) if self.sign == "~" else _FULL


def body_of(answers: str, form: str) -> Made:
    """The body from masked answers (without general feedback, not empty); `form` is the stem's format.

    Raises Unfit.
    """
    if answers.startswith("#"):
        return _number(_answers(answers[1:].partition("~")[0]), form)
    if "~" in answers:
        return _choice(_answers(answers), form)
    if "=" in answers and "->" in answers:
        return _matching(_answers(answers), form)
    if answers.partition("#")[0].strip() in _TRUTHS:
        return _truth(answers, form)
    return _short(_answers(answers), form)


def _answers(text: str) -> list[_Answer]:
    found = []
    for sign, weight, rest in _ANSWER.findall(text):
        answer, _, feedback = rest.partition("#")
        if sign or weight or rest.strip():
            found.append(_Answer(sign, Decimal(weight) if weight else None, answer.strip(), feedback.strip()))
    return found


def _choice(answers: list[_Answer], form: str) -> Made:
    signed = any(answer.sign == "=" and answer.share > 0 for answer in answers)
    options = tuple(
        Option(
            Text.read(answer.text, form).markdown,
            _is_right(answer, signed=signed),
            Text.read(answer.feedback, form).markdown,
        )
        for answer in answers
    )
    partial = [
        answer
        for answer, option in zip(answers, options, strict=True)
        if answer.sign == "~" and answer.share > 0 and not option.correct
    ]
    several = sum(option.correct for option in options) > 1
    return Made("multiple" if several else "single", Choice(options), notes=tuple(_partial(partial, form)))


def _is_right(answer: _Answer, *, signed: bool) -> bool:
    """Beside "=" a weight is a part of the mark; without any, weights are how several options are right."""
    if answer.sign == "=":
        return answer.share > 0
    return answer.sign == "~" and (answer.share >= _FULL if signed else answer.share > 0)


def _truth(answers: str, form: str) -> Made:
    word, *feedback = answers.split("#", 2)
    answer = _TRUTHS[word.strip()]
    wrong, right = (Text.read(text, form).markdown for text in (*feedback, "", "")[:2])
    return Made("truefalse", Truth(answer, *((right, wrong) if answer else (wrong, right))))


def _short(answers: list[_Answer], form: str) -> Made:
    full = [answer for answer in answers if answer.share >= _FULL]
    if not full:
        raise Unfit("no_correct_option")
    words = [Text.read(answer.text, form).words for answer in full]
    return Made("short", ShortText(tuple(words)), _feedback(full, form), _left_out(answers, full, form))


def _matching(answers: list[_Answer], form: str) -> Made:
    pairs, distractors = [], []
    for answer in answers:
        left, arrow, right = answer.text.partition("->")
        if not arrow:
            raise Unfit("bad_matching", text=unmask(answer.text)[:80])
        pair = Pair(Text.read(left, form).markdown, Text.read(right, form).markdown)
        if pair.left:
            pairs.append(pair)
        else:
            distractors.append(pair.right)
    return Made("matching", Matching(tuple(pairs), tuple(distractors)), _feedback(answers, form))


def _number(answers: list[_Answer], form: str) -> Made:
    full = [answer for answer in answers if answer.share >= _FULL]
    if not full:
        raise Unfit("no_correct_option")
    if len(full) > 1:
        raise Unfit("not_supported", what="several_numbers", text=unmask(full[1].text)[:80])
    number = _range(unmask(full[0].text).strip())
    return Made("number", number, _feedback(full, form), _left_out(answers, full, form))


def _range(text: str) -> Number:
    """`12`, `12:0.5` (tolerance) or `11.5..12.5` (from, to)."""
    if ".." in text:
        low, high = sorted(_decimal(part, text) for part in text.split("..", 1))
        return Number(_half(_EXACT.add(low, high)), _half(_EXACT.subtract(high, low)))
    answer, _, tolerance = text.partition(":")
    number = Number(_decimal(answer, text), _decimal(tolerance or "0", text))
    if number.tolerance < 0:
        raise Unfit("bad_number", text=text[:80])
    return number


def _decimal(text: str, whole: str) -> Decimal:
    text = text.strip()
    if not _DECIMAL.fullmatch(text):
        raise Unfit("bad_number", text=whole[:80])
    return Decimal(format(Decimal(text), "f"))


def _half(number: Decimal) -> Decimal:
    return _EXACT.multiply(number, Decimal("0.5"))


def _feedback(answers: list[_Answer], form: str) -> str:
    texts = (Text.read(answer.feedback, form).markdown for answer in answers)
    return next((text for text in texts if text), "")


def _left_out(answers: list[_Answer], kept: list[_Answer], form: str) -> tuple[Found, ...]:
    return tuple(_partial([answer for answer in answers if answer not in kept and answer.share > 0], form))


def _partial(answers: list[_Answer], form: str) -> list[Found]:
    return [
        ("partial_credit", {"text": Text.read(answer.text, form).words[:80], "weight": str(answer.weight)})
        for answer in answers
    ]
