r"""Items as Moodle's GIFT, so that `gift` reads the same again.

Texts are marked [markdown] and keep their line breaks as `\n`; the key stands in a comment `// [id:…]`, the indicator
in `$CATEGORY:`. What GIFT cannot hold (ordering, cloze, the unit of a number) is left out and named; whether an item
comes back is not argued but tried.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from pintar.sciences.formats.gift import read
from pintar.sciences.formats.reading import Writing
from pintar.sciences.items import Body, Choice, Item, Matching, Number, ShortText, Truth

_MEANT = re.compile(r"([\\:#={}~])")


def write(items: Iterable[Item]) -> Writing:
    """A GIFT file of these items in their order."""
    blocks: list[str] = []
    left_out: list[str] = []
    for item in items:
        block = _block(item)
        if block is not None and _comes_back(item, block):
            blocks.append(block)
        else:
            left_out.append(item.key)
    return Writing("\n".join(blocks), tuple(left_out))


def _block(item: Item) -> str | None:
    answers = _answers(item.body, several=item.type == "multiple")
    if answers is None:
        return None
    general = f"####{_text(item.feedback)}" if item.feedback else ""
    return (
        f"$CATEGORY: {_text(item.indicator)}\n\n// [id:{item.key}]\n::{_text(item.key)}::"
        f"[markdown]{_text(item.stem)} {{{answers}{general}}}\n"
    )


def _comes_back(item: Item, block: str) -> bool:
    found = read(block, "x.gift")
    return len(found.items) == 1 and replace(found.items[0], line=item.line) == item


def _answers(body: Body, *, several: bool) -> str | None:
    match body:
        case Choice(options):
            right = sum(option.correct for option in options)
            share = f"~%{Decimal(100) / max(right, 1):.5f}%" if several else "="
            lines = [f"{share if o.correct else '~'}{_text(o.text)}{_feedback(o.feedback)}" for o in options]
        case Truth(answer, if_true, if_false):
            wrong, right_told = (if_false, if_true) if answer else (if_true, if_false)
            return f"{'TRUE' if answer else 'FALSE'}#{_text(wrong)}#{_text(right_told)}"
        case Matching(pairs, distractors):
            lines = [f"={_text(pair.left)} -> {_text(pair.right)}" for pair in pairs]
            lines += [f"= -> {_text(text)}" for text in distractors]
        case ShortText(accept):
            lines = [f"={_text(text)}" for text in accept]
        case Number(answer, tolerance, None):
            return f"#{answer:f}:{tolerance:f}"
        case _:
            return None
    return "\n" + "\n".join(lines) + "\n"


def _feedback(text: str) -> str:
    return f"#{_text(text)}" if text else ""


def _text(text: str) -> str:
    return _MEANT.sub(r"\\\1", text).replace("\n", "\\n")
