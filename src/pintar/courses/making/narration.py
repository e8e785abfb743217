"""What a voice reads of a text: sentences, and how long it is silent before each.

Pure: the same text gives the same sentences, so a recording knows whether its text has changed since.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from pintar.foundation.richtext.markdown import BOXES, parse

# Seconds of silence before a sentence, by what it begins.
PAUSES = {"sentence": 0.35, "item": 0.45, "paragraph": 0.8, "heading": 1.2}

# Written one way, said another. Whole words, case as written.
SPOKEN = {
    "CC BY-NC-SA": "ce ce be ye en ce es a",
    "CC BY-NC-ND": "ce ce be ye en ce en de",
    "CC BY-NC": "ce ce be ye en ce",
    "CC BY-ND": "ce ce be ye en de",
    "CC BY-SA": "ce ce be ye es a",
    "CC BY": "ce ce be ye",
    "CC0": "ce ce nol",
    "CC": "ce ce",
    "Creative Commons": "kriétif komens",
    "YouTube": "yu tub",
    "Google": "gugel",
    "Wikipedia": "wikipédia",
    "Wikimedia Commons": "wikimédia komens",
    "Flickr": "fliker",
    "WhatsApp": "wats ap",
    "online": "onlain",
    "e-mail": "imel",
    "JP": "jam pelajaran",
    "MB": "mega bait",
    "UU": "Undang-Undang",
    "PP": "Peraturan Pemerintah",
    "No.": "nomor",
    "QS": "Quran surah",
    "HR": "hadis riwayat",
    "MTs": "em te es",
    "MIN": "madrasah ibtidaiyah negeri",
    "MAN": "madrasah aliyah negeri",
    "KUA": "ka u a",
    "dll.": "dan lain-lain",
    "dsb.": "dan sebagainya",
    "dst.": "dan seterusnya",
    "mis.": "misalnya",
    "hlm.": "halaman",
    "vs": "lawan",
    "&": "dan",
    "+": "tambah",
    "=": "sama dengan",
    "×": "kali",
    "≥": "paling sedikit",
    "≤": "paling banyak",
    "→": "lalu",
    "/": " atau ",
    "SAW": "sallallahu alaihi wasallam",
    "SWT": "subhanahu wa ta'ala",
    "ﷺ": "sallallahu alaihi wasallam",
}
_SPOKEN = re.compile(
    "|".join(
        (rf"(?<!\w){re.escape(word)}(?!\w)" if word[0].isalnum() else re.escape(word))
        for word in sorted(SPOKEN, key=len, reverse=True)
    )
)
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdf9\ufdfb-\ufdff\ufe70-\ufeff]+")
_END = re.compile(r"(?<=[.!?…])[”\"’')\]]*\s+(?=[“\"‘'(\[]*[A-Z0-9])")
# A full stop after these ends no sentence.
_NO_END = re.compile(r"(?:\b(?:No|dr|Dr|Drs|Prof|hlm|Bpk|Sdr|mis|St|H|Hj|K)|(?<!dan )\b[A-Z])\.$")
_LATEX = (
    (re.compile(r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r" \1 per \2 "),
    (re.compile(r"\\sqrt\s*\{([^{}]*)\}"), r" akar \1 "),
    (re.compile(r"\\text\s*\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\^\s*\{?2\}?"), " kuadrat "),
    (re.compile(r"\^\s*\{?([^{}\s])\}?"), r" pangkat \1 "),
    (re.compile(r"\\(?:times|cdot)"), " kali "),
    (re.compile(r"\\div"), " bagi "),
    (re.compile(r"\\(?:le|leq)\b"), " paling banyak "),
    (re.compile(r"\\(?:ge|geq)\b"), " paling sedikit "),
    (re.compile(r"\\%"), " persen "),
    (re.compile(r"\\[A-Za-z]+|[{}_^\\]"), " "),
    (re.compile(r"="), " sama dengan "),
    (re.compile(r"\+"), " tambah "),
    (re.compile(r"(?<=\s)-(?=\s)"), " kurang "),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` as it is shown, `spoken` as a voice is told to say it, `pause` seconds of silence before it."""

    text: str
    spoken: str
    pause: float


def of(markdown: str, title: str = "") -> list[Sentence]:
    """The sentences of a text, with its title first.

    Arabic is not read, for the voice is Indonesian: of a quotation the translation is, of a table the rows, of a
    figure its alternative text.
    """
    found = list(_sentences(title, "heading")) if title else []
    for kind, text in _pieces(parse(markdown)):
        found += _sentences(text, kind)
    return found


def digest(sentences: Sequence[Sentence]) -> str:
    """Names what is said, so that a recording can be compared with its text: 12 hexadecimal digits."""
    whole = "\n".join(f"{sentence.pause} {sentence.spoken}" for sentence in sentences)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def _sentences(text: str, kind: str) -> Iterator[Sentence]:
    pause = PAUSES[kind]
    for sentence in split(text):
        if spoken := say(sentence):
            yield Sentence(sentence, spoken, pause)
            pause = PAUSES["sentence"]


def split(text: str) -> list[str]:
    """A paragraph in sentences."""
    text = " ".join(text.split())
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()].strip()
        if _NO_END.search(piece):
            continue
        sentences.append(piece)
        start = end.end()
    return [*sentences, text[start:].strip()] if text[start:].strip() else sentences


def say(text: str) -> str:
    """A sentence as the voice is told to say it; empty where nothing is left to say."""
    text = _SPOKEN.sub(lambda match: f" {SPOKEN[match.group()]} ", text)
    # Brackets would begin phonemes, angles markup; quotation marks are not heard.
    text = re.sub(r"[\[\]<>|*_#`“”\"]", " ", text)
    text = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
    return text if re.search(r"\w", text) else ""


def _pieces(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """What is read, as (kind, text), in order."""
    kind, boxes = "paragraph", [""]
    header: list[str] = []
    cells: list[str] = []
    in_head = skip = False
    for at, token in enumerate(tokens):
        name = token.type
        if name == "heading_open":
            kind = "heading"
        elif name == "list_item_open":
            kind = "item"
        elif name.startswith("container_"):
            box = name.removeprefix("container_").rpartition("_")[0]
            boxes.append(box) if token.nesting == 1 else boxes.pop()
            if token.nesting == 1 and box in BOXES:
                title = token.info.strip().removeprefix(box).strip()
                yield "paragraph", f"{BOXES[box]}: {title}." if title else f"{BOXES[box]}."
            skip = token.nesting == 1 and box not in BOXES and tokens[at + 1].type == "paragraph_open"
        elif name == "table_open":
            header, cells = [], []
        elif name in ("thead_open", "thead_close"):
            in_head = name == "thead_open"
        elif name == "tr_open":
            cells = []
        elif name == "tr_close" and not in_head:
            named = [f"{head}: {cell}" if head else cell for head, cell in zip(header, cells, strict=False) if cell]
            yield "item", ". ".join(named) + "."
        elif name == "figure":
            yield "paragraph", f"Gambar: {_text((token.children or [token])[0].children or [])}."
        elif name == "inline":
            text = _text(token.children or [])
            if tokens[at - 1].type in ("th_open", "td_open"):
                (header if in_head else cells).append(text.rstrip("."))
            elif skip:
                skip = False
            elif text:
                yield kind, text if text[-1] in '.!?…:;”"' else f"{text}."
            kind = "paragraph"
        elif name == "math_block":
            yield "paragraph", f"{_formula(token.content)}."


def _text(tokens: Sequence[Token]) -> str:
    """Inline tokens without marks, without Arabic, with formulas in words."""
    parts: list[str] = []
    foreign = 0
    for token in tokens:
        if token.type in ("span_open", "span_close"):
            is_arabic = token.type == "span_close" or str(token.attrs.get("lang", "")).startswith("ar")
            foreign = max(foreign + token.nesting, 0) if is_arabic else foreign
        elif foreign or token.type == "image":
            continue
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "math_inline":
            parts.append(_formula(token.content))
        else:
            parts.append(token.content)
    text = _ARABIC.sub(" ", "".join(parts))
    # What the Arabic leaves behind: empty brackets, "ungkapan, dan, lalu".
    text = re.sub(r"\(\s*[,;]?\s*\)", " ", text)
    text = re.sub(r",\s*(?:dan|atau)\s*(?=[,.])", "", text)
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))


def _formula(latex: str) -> str:
    for pattern, words in _LATEX:
        latex = pattern.sub(words, latex)
    return " ".join(latex.split())
