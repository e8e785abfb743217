"""An item in two halves: the question that may be delivered, and the key that may not.

Shapes (JSON values throughout):

- question: `{"id", "type", "stem": html, "options": [{"id", "html"}], "left"?: [{"id", "html"}],
  "gaps"?: [{"id", "type", "options"?}]}`. `options` is empty where there are none; `left` comes with
  matching, `gaps` with cloze, whose stem marks each as `<span data-gap="id"></span>`.
- key: `{"type", "marks", "feedback": html, "option_feedback": {id: html}}` and, by type,
  `"right": ["o2"]` (single, multiple), `true` (truefalse), `{"l1": "o3"}` (matching), `["o2", "o1"]`
  (ordering, in order); `"accept": [...]` (short); `"number": {"answer", "tolerance", "unit"}` (number,
  decimals as text); `"gaps": {id: key of the gap}` (cloze). A key of `multiple` lists all its `options`, so
  that an unknown one can be told from a wrong one. Feedback of truefalse is under "true" and "false".

Option ids are o1, o2 … in the author's order; but in matching and ordering, where the author's order is the
key, in the order of a digest of the texts.
"""

import html
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from pintar.sciences.items import (
    GAP_MARK,
    Body,
    Choice,
    Cloze,
    Gap,
    Item,
    Matching,
    Number,
    Option,
    Ordering,
    Pair,
    ShortText,
    Truth,
)

__all__ = [
    "Body",
    "Choice",
    "Cloze",
    "Gap",
    "Item",
    "Matching",
    "Number",
    "Option",
    "Ordering",
    "Pair",
    "ShortText",
    "Truth",
    "marks_of",
    "split",
]

type Render = Callable[[str], str]
type Question = dict[str, Any]
type Key = dict[str, Any]


def marks_of(item: Item) -> int:
    """K, the most marks the item can bring: one a pair, place, gap or right option; else 1."""
    match item.body:
        case Choice(options) if item.type == "multiple":
            return sum(option.correct for option in options)
        case Matching(pairs):
            return len(pairs)
        case Ordering(order):
            return len(order)
        case Cloze(gaps):
            return len(gaps)
        case _:
            return 1


def split(item: Item, render: Render) -> tuple[Question, Key]:
    """The question and the key of an item; `render` turns Markdown into safe HTML."""
    asked, secret = _halves(item, render)
    question = {
        "id": item.key,
        "type": item.type,
        "stem": _stem(item, render),
        "options": [],
        **asked,
    }
    key = {
        "type": item.type,
        "marks": marks_of(item),
        "feedback": _rendered(item.feedback, render),
        "option_feedback": {},
        **secret,
    }
    return question, key


def _halves(item: Item, render: Render) -> tuple[Question, Key]:
    match item.body:
        case Choice():
            return _choice(item.body, render, several=item.type == "multiple")
        case Truth(answer, if_true, if_false):
            said = {"true": if_true, "false": if_false}
            feedback = {word: render(text) for word, text in said.items() if text}
            return {}, {"right": answer, "option_feedback": feedback}
        case Matching():
            return _matching(item.body, item.key, render)
        case Ordering(order):
            ids = _neutral_ids(order, item.key)
            options = [{"id": id, "html": render(text)} for text, id in ids.items()]
            return {"options": options}, {"right": [ids[text] for text in order]}
        case ShortText(accept):
            return {}, {"accept": list(accept)}
        case Number():
            return {}, {"number": _number(item.body)}
        case Cloze(gaps):
            halves = {name: _gap(gap, render) for name, gap in gaps.items()}
            asked = [{"id": name, **question} for name, (question, _) in halves.items()]
            return {"gaps": asked}, {"gaps": {name: key for name, (_, key) in halves.items()}}


def _choice(choice: Choice, render: Render, *, several: bool = False) -> tuple[Question, Key]:
    numbered = [(f"o{number}", option) for number, option in enumerate(choice.options, start=1)]
    question = {"options": [{"id": id, "html": render(option.text)} for id, option in numbered]}
    key: Key = {
        "right": [id for id, option in numbered if option.correct],
        "option_feedback": {id: render(option.feedback) for id, option in numbered if option.feedback},
    }
    if several:
        key["options"] = [id for id, _ in numbered]
    return question, key


def _matching(body: Matching, salt: str, render: Render) -> tuple[Question, Key]:
    ids = _neutral_ids([*(pair.right for pair in body.pairs), *body.distractors], salt)
    left = [(f"l{number}", pair) for number, pair in enumerate(body.pairs, start=1)]
    question = {
        "options": [{"id": id, "html": render(text)} for text, id in ids.items()],
        "left": [{"id": id, "html": render(pair.left)} for id, pair in left],
    }
    return question, {"right": {id: ids[pair.right] for id, pair in left}}


def _gap(gap: Gap, render: Render) -> tuple[Question, Key]:
    match gap:
        case Choice():
            question, key = _choice(gap, render)
            return {"type": "choice", **question}, {"type": "choice", **key}
        case ShortText(accept):
            return {"type": "short"}, {"type": "short", "accept": list(accept)}
        case Number():
            return {"type": "number"}, {"type": "number", "number": _number(gap)}


def _number(number: Number) -> dict[str, str | None]:
    return {
        "answer": format(number.answer, "f"),
        "tolerance": format(number.tolerance, "f"),
        "unit": number.unit,
    }


def _neutral_ids(texts: Iterable[str], salt: str) -> dict[str, str]:
    """An id for each distinct text, in an order that says nothing about where the author put it."""
    ordered = sorted(set(texts), key=lambda text: sha256(f"{salt}\0{text}".encode()).digest())
    return {text: f"o{number}" for number, text in enumerate(ordered, start=1)}


def _stem(item: Item, render: Render) -> str:
    """The stem as HTML, gaps included.

    Gaps pass the renderer as plain words: Markdown has uses of its own for braces, and a renderer that cleans
    its output would take the spans away.
    """
    if not isinstance(item.body, Cloze):
        return render(item.stem)
    gaps = item.body.gaps
    token = "gap" + sha256(item.stem.encode()).hexdigest()[:16]
    words = {name: f"{token}x{number}x" for number, name in enumerate(gaps)}
    marked = GAP_MARK.sub(lambda found: words.get(found[1], found[0]), item.stem)
    rendered = render(marked)
    for name, word in words.items():
        rendered = rendered.replace(word, f'<span data-gap="{html.escape(name)}"></span>')
    return rendered


def _rendered(text: str, render: Render) -> str:
    return render(text) if text else ""
