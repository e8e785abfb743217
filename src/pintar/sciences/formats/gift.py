"""Items from Moodle's GIFT, as Moodle itself reads it.

Source: https://docs.moodle.org/en/GIFT_format and the behaviour of Moodle's importer. Read are single and
multiple choice, true/false, short answers, matching and numbers; an essay or a description is noted as
`not_supported` and passed over. An empty line ends a question, even inside braces.

What GIFT says otherwise than this house:

- An item's key is the number in a comment `// [id:…]`, else made from the title, else from the file's name
  and the question's number. The indicator is the last `$CATEGORY:` as it stands, else empty.
- A choice with `=` is single, with several `=` multiple; without `=` the options of a weight above 0 are
  right (multiple, or single if it is only one). Marks are whole here, so a partly right answer (`~%50%`
  beside `=`, or `=%50%` among short and numeric answers) counts as wrong and is noted as `partial_credit`.
- Of true/false the first feedback is for those who answer wrongly, the second for those who answer rightly.
  Feedback of short, numeric and matching answers has no place of its own; that of the first right answer is
  the item's where the item has none.
- Texts become Markdown: [html] is converted, [plain] escaped, [moodle] (the default) taken as it is, or as
  HTML if there are tags in it. Of a picture its alternative text remains (`picture_left_out`).

Codes of mistakes, with their detail: not_supported {what, text}, bad_braces, bad_number {text},
bad_matching {text}, partial_credit {text, weight}, picture_left_out, empty_text {field}, too_long {field,
most}, bad_character, bad_key and duplicate_key {key}, too_large, no_items; and those of `soundness`.
"""

from dataclasses import dataclass

from pintar.sciences.formats.gift_answers import Found, Unfit, body_of
from pintar.sciences.formats.gift_text import MASKS, Text, mask, unmask
from pintar.sciences.formats.markup import has_picture
from pintar.sciences.formats.reading import (
    ITEM_KEY,
    LONGEST_TEXT,
    Asked,
    Mistake,
    Reading,
    has_bad_character,
    is_too_large,
)
from pintar.sciences.formats.soundness import faults
from pintar.sciences.items import Choice, Item, Matching, Ordering, ShortText, Truth

_ID = "[id:"
_CATEGORY = "$CATEGORY:"


@dataclass(frozen=True, slots=True)
class _Block:
    """The text of one question without its comments, where it begins, and what was said before it."""

    text: str
    line: int
    number: int
    id: str
    category: str


def read(text: str, name: str) -> Reading:
    """The items of a GIFT file and its mistakes; never raises, whatever the text is."""
    if is_too_large(text):
        return Reading((), (Mistake(name, 1, "too_large"),))
    asked = questions(text, name)
    if not asked:
        return Reading((), (Mistake(name, 1, "no_items"),))
    sound = [each.item for each in asked if each.item and all(m.code in _HARMLESS for m in each.mistakes)]
    return Reading(tuple(sound), tuple(mistake for each in asked for mistake in each.mistakes))


def questions(text: str, name: str) -> tuple[Asked, ...]:
    """Every question of a GIFT file that is not too large, sound or not; never raises, whatever the text is."""
    keys: dict[str, int] = {}
    return tuple(_asked(block, name, keys) for block in _blocks(text))


def _asked(block: "_Block", name: str, keys: dict[str, int]) -> Asked:
    try:
        item, notes = _item(block, _key(block, name, keys))
    except Unfit as unfit:
        return Asked(block.line, block.text, None, (Mistake(name, block.line, unfit.code, unfit.detail),))
    found = tuple(Mistake(name, block.line, code, detail) for code, detail in (*notes, *_faults(item)))
    return Asked(block.line, block.text, item, found, has_key=bool(block.id))


_HARMLESS = ("partial_credit", "picture_left_out")
"""What is said of an item that is read nevertheless."""


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    lines: list[str] = []
    begins, id, category = 0, "", ""

    def close() -> None:
        nonlocal lines, id
        if lines:
            blocks.append(_Block("\n".join(lines), begins, len(blocks) + 1, id, category))
            lines, id = [], ""

    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(plain.split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("//"):
            id = _id_in(bare) or id
        elif not bare:
            close()
        elif not lines and bare.startswith(_CATEGORY):
            category = unmask(mask(bare.removeprefix(_CATEGORY))).strip()
        else:
            begins = begins if lines else number
            lines.append(line)
    close()
    return blocks


def _id_in(comment: str) -> str:
    _, found, rest = comment.partition(_ID)
    return rest.partition("]")[0].strip() if found else ""


def _key(block: _Block, name: str, taken: dict[str, int]) -> str:
    """The item's key; `taken` counts how often each has been wanted."""
    if block.id:
        if not ITEM_KEY.fullmatch(block.id):
            raise Unfit("bad_key", key=block.id[:80])
        if block.id in taken:
            raise Unfit("duplicate_key", key=block.id)
        taken[block.id] = 1
        return block.id
    title = _slug(unmask(_title(mask(block.text))[0]))
    wanted = title or f"{_slug(name.rpartition('/')[2].partition('.')[0]) or 'gift'}-{block.number:02}"
    again = taken.get(wanted, 0)
    key = wanted if not again else f"{wanted}-{again + 1}"
    while key in taken:
        key = f"{key}-2"
    taken[wanted] = again + 1
    return key


def _item(block: _Block, key: str) -> tuple[Item, list[Found]]:
    if has_bad_character(block.text) or any(sign in MASKS for sign in block.text):
        raise Unfit("bad_character")
    _, text = _title(mask(block.text))
    stem_source, answers = _parted(text)
    stem = Text.read(stem_source)
    excerpt = " ".join(stem.markdown.split())[:80]
    if answers is None:
        raise Unfit("not_supported", what="description", text=excerpt)
    answers, _, general = answers.rpartition("####") if "####" in answers else (answers, "", "")
    if not answers.strip():
        raise Unfit("not_supported", what="essay", text=excerpt)
    if not stem.markdown:
        raise Unfit("empty_text", field="stem")
    made = body_of(answers.strip(), stem.format)
    feedback = Text.read(general, stem.format)
    notes: list[Found] = [*made.notes, *([("picture_left_out", {})] if has_picture(unmask(text)) else [])]
    item = Item(
        key,
        block.category,
        made.type,
        stem.markdown,
        feedback.markdown or made.feedback,
        made.body,
        block.line,
    )
    return item, notes


def _title(text: str) -> tuple[str, str]:
    """The title, empty if there is none, and the rest."""
    text = text.strip()
    if not text.startswith("::") or "::" not in text[2:]:
        return "", text
    title, _, rest = text[2:].partition("::")
    return title, rest.strip()


def _parted(text: str) -> tuple[str, str | None]:
    """The stem, a blank in it where the answers stood in the middle, and the answers; None without braces."""
    if "{" not in text and "}" not in text:
        return text, None
    before, _, opened = text.partition("{")
    answers, closed, after = opened.partition("}")
    if not closed or any(brace in part for brace in "{}" for part in (before, answers, after)):
        raise Unfit("bad_braces")
    return (f"{before}_____{after}" if after.strip() else before), answers


def _faults(item: Item) -> list[Found]:
    found: list[Found] = [(f.code, f.detail) for f in faults(item.body, several=item.type == "multiple")]
    texts = [("stem", item.stem), ("feedback", item.feedback), *_texts(item)]
    for field, text in texts:
        if not text and field != "feedback":
            found.append(("empty_text", {"field": field}))
        if len(text) > LONGEST_TEXT:
            found.append(("too_long", {"field": field, "most": LONGEST_TEXT}))
    return found


def _texts(item: Item) -> list[tuple[str, str]]:
    match item.body:
        case Choice(options):
            pairs = [(("options", option.text), ("feedback", option.feedback)) for option in options]
            return [text for pair in pairs for text in pair]
        case Truth(_, if_true, if_false):
            return [("feedback", if_true), ("feedback", if_false)]
        case Matching(pairs, distractors):
            sides = [side for pair in pairs for side in (pair.left, pair.right)]
            return [*(("pairs", side) for side in sides), *(("distractors", text) for text in distractors)]
        case Ordering(texts):
            return [("order", text) for text in texts]
        case ShortText(texts):
            return [("accept", text) for text in texts]
        case _:
            return []


def _slug(text: str) -> str:
    """ASCII letters, digits and hyphens, at most 40; empty if nothing is left."""
    signs = [sign if sign.isascii() and sign.isalnum() else "-" for sign in text.strip()]
    return "-".join(part for part in "".join(signs)[:40].split("-") if part)
