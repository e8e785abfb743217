"""Markdown to HTML, one string per block, with every mistake of the author and its line."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from pintar.foundation.richtext import drawings, formulas, pictures
from pintar.foundation.richtext.clean import clean
from pintar.foundation.richtext.values import Image, Pixels, RichText, TextMistake

# What each box is called when it is read out; the words belong to the text, so they are Indonesian as it is.
BOXES = {"contoh": "Contoh", "penting": "Penting", "coba": "Coba", "catatan": "Catatan"}
ARABIC = "arab"
# The column of a text: as wide as the screen, up to its measure.
SIZES = "(max-width: 46rem) 100vw, 46rem"
LONGEST = 400_000
DEEPEST = 20

_RIGHT_TO_LEFT = ("ar", "fa", "ur", "he", "ps", "sd", "ug", "yi")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_HTML = re.compile(r"</?[A-Za-z][^<>\n]*>|<!--")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_SCHEMES = ("https", "http", "mailto", "tel")


def render(markdown: str, image: Image | None = None) -> RichText:
    """Text as safe HTML, one string per block of the top level. Never raises on what the text holds."""
    page = _Page(image)
    tokens = page.parse(markdown)
    blocks = tuple(html for group in _top_level(tokens) if (html := clean(page.html(group)).strip()))
    return page.result("\n".join(blocks), blocks, tokens)


def render_inline(markdown: str, image: Image | None = None) -> RichText:
    """A line of text (an option, a title) as safe HTML without a block around it; several blocks keep theirs."""
    return _inline(markdown, image) if "![" in markdown else _without_pictures(markdown)


@lru_cache(maxsize=2000)
def _without_pictures(markdown: str) -> RichText:
    """Kept, because the texts of items are rendered when they are checked, and again when they are published."""
    return _inline(markdown, None)


def _inline(markdown: str, image: Image | None) -> RichText:
    page = _Page(image)
    tokens = page.parse(markdown)
    if [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]:
        tokens = tokens[1:2]
    html = clean(page.html(tokens)).strip()
    return page.result(html, (html,), tokens)


def parse(markdown: str) -> list[Token]:
    """The tokens of a text, for those who say it in another way (a voice, slides)."""
    return _Page(None).parse(markdown)


def plain(tokens: Sequence[Token]) -> str:
    """What stands in inline tokens, without marks."""
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.children:
            parts.append(plain(token.children))
        else:
            parts.append(token.content)
    return "".join(parts)


def _top_level(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each block of the top level."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []
    if group:
        yield group


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable("table")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    parser.use(attrs_plugin, spans=True, after=(), allowed=["lang"])
    for name in (*BOXES, ARABIC):
        parser.use(container_plugin, name)
    for kind, rule in _RULES.items():
        parser.add_render_rule(kind, rule)
    return parser


class _Page:
    """One text while it is rendered."""

    def __init__(self, image: Image | None) -> None:
        self.image = image
        self.mistakes: list[TextMistake] = []
        self.images: list[str] = []
        self._headings: list[int] = []
        self._source: list[str] = []

    def say(self, line: int, code: str, file: str | None = None, **data: Any) -> None:
        self.mistakes.append(TextMistake(line, code, data, file))

    def result(self, html: str, blocks: tuple[str, ...], tokens: Sequence[Token]) -> RichText:
        words = sum(len(_WORD.findall(plain(token.children or []))) for token in tokens if token.type == "inline")
        mistakes = tuple(sorted(self.mistakes, key=lambda mistake: mistake.line))
        return RichText(html, blocks, tuple(dict.fromkeys(self.images)), mistakes, words)

    def html(self, tokens: Sequence[Token]) -> str:
        return _PARSER.renderer.render(tokens, _PARSER.options, {"page": self})

    def inline(self, markdown: str) -> str:
        return self.html(_PARSER.parseInline(markdown, {"page": self}))

    def parse(self, markdown: str) -> list[Token]:
        markdown = markdown.replace("\r\n", "\n").replace("\r", "\n")
        if len(markdown) > LONGEST:
            self.say(1, "text_too_long", most=LONGEST)
            markdown = markdown[:LONGEST]
        # Half a character (a lone surrogate) cannot be sent or stored.
        markdown = markdown.encode("utf-8", "replace").decode()
        self._source = markdown.split("\n")
        tokens = _PARSER.parse(markdown, {"page": self})
        self._mark_lines(tokens)
        self._check(tokens)
        return _with_figures(tokens)

    def _mark_lines(self, tokens: Sequence[Token]) -> None:
        line = 1
        for token in tokens:
            if token.map:
                line = token.map[0] + 1
            token.meta["line"] = line
            at = line
            for child in token.children or []:
                child.meta["line"] = at
                at += child.type in ("softbreak", "hardbreak") or child.content.count("\n")

    def _check(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type == "heading_open":
                self._check_heading(token)
            elif token.type.startswith("container_") and token.nesting == 1:
                self._check_box(token)
            for child in token.children or []:
                self._check_inline(child)

    def _check_heading(self, token: Token) -> None:
        level, line = int(token.tag[1]), token.meta["line"]
        if level == 1:
            self.say(line, "text_heading_high")
            level = 2
        if level > (self._headings[-1] if self._headings else 1) + 1:
            self.say(line, "text_heading_skips", level=level)
        self._headings.append(level)

    def _check_box(self, token: Token) -> None:
        kind = token.type.removeprefix("container_").removesuffix("_open")
        end = token.map[1] if token.map else 0
        if end >= len(self._source) or not self._source[end].lstrip(" >").startswith(":::"):
            self.say(token.meta["line"], "text_box_open", box=kind)

    def _check_inline(self, token: Token) -> None:
        line = token.meta["line"]
        if token.type == "text":
            if found := _HTML.search(token.content):
                self.say(line, "text_html", html=found.group()[:60])
            if token.content.startswith(":::") and token.content.strip(": "):
                self.say(line, "text_unknown_box", box=token.content.strip(": ").split()[0][:40])
        elif token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            if not _is_address(href):
                self.say(line, "text_link", link=href[:200])
        elif token.type == "span_open":
            language = str(token.attrs.get("lang", ""))
            if language and not _LANGUAGE.fullmatch(language):
                self.say(line, "text_language", lang=language[:40])


def _with_figures(tokens: list[Token]) -> list[Token]:
    """A paragraph that is only a picture becomes a figure."""
    changed: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        children = tokens[at + 1].children if token.type == "paragraph_open" else None
        pictures = [child for child in children or [] if child.type != "text" or child.content.strip()]
        if len(pictures) == 1 and pictures[0].type == "image":
            picture = Token("figure", "figure", 0, level=token.level, map=token.map, children=[pictures[0]])
            picture.meta = token.meta
            changed.append(picture)
            at += 3
        else:
            changed.append(token)
            at += 1
    return changed


def _is_address(href: str) -> bool:
    try:
        scheme = urlsplit(href).scheme
    except ValueError:
        return False
    return scheme in _SCHEMES or (href.startswith(("/", "#")) and not href.startswith("//"))


# How each token becomes HTML. The signature is markdown-it's: (renderer, tokens, index, options, env).


def _heading(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    level = max(int(tokens[at].tag[1]), 2)
    return f"<h{level}>" if tokens[at].nesting == 1 else f"</h{level}>\n"


def _box(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    if token.nesting == -1:
        return "</div>\n"
    kind = token.type.removeprefix("container_").removesuffix("_open")
    name = BOXES[kind]
    title = token.info.strip().removeprefix(kind).strip()[:200]
    worded = f"<b>{name}</b> {env['page'].inline(title)}" if title else f"<b>{name}</b>"
    return f'<div class="callout {kind}" role="note" aria-label="{name}">\n<p class="callout-title">{worded}</p>\n'


def _arabic(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    if token.nesting == -1:
        return "</blockquote>\n"
    following = tokens[at + 1] if at + 1 < len(tokens) else token
    if following.type == "paragraph_open":
        following.meta["scripture"] = True
    else:
        env["page"].say(token.meta["line"], "text_arabic_empty")
    return "<blockquote>\n"


def _paragraph(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    if token.hidden:
        return ""
    return '<p class="scripture" lang="ar" dir="rtl">' if token.meta.get("scripture") else "<p>"


def _table_open(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    headers = []
    for token in tokens[at:]:
        if token.type == "thead_close":
            break
        if token.type == "inline":
            headers.append(plain(token.children or []).strip())
    label = escape("Tabel: " + ", ".join(header for header in headers if header)[:200])
    return f'<div class="table-box" role="region" tabindex="0" aria-label="{label}"><table class="table">\n'


def _table_close(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def _cell(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    inside = tokens[at + token.nesting].content
    # An empty corner is no header: a screen reader would announce nothing.
    name = token.type[:2] if inside.strip() else "td"
    if token.nesting == -1:
        return f"</{name}>\n"
    scope = ' scope="col"' if name == "th" else ""
    number = ' class="n"' if "right" in str(token.attrs.get("style", "")) else ""
    return f"<{name}{scope}{number}>"


def _link(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    href = str(tokens[at].attrs.get("href", ""))
    if not _is_address(href):
        return "<a>"
    # In the same tab: going back is one gesture, and a recording resumes to the second.
    rel = ' rel="external noopener noreferrer"' if href.startswith(("http:", "https:")) else ""
    return f'<a href="{escape(href)}"{rel}>'


def _span(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    language = str(tokens[at].attrs.get("lang", ""))
    if not _LANGUAGE.fullmatch(language):
        return "<bdi>"
    direction = "rtl" if language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
    return f'<bdi lang="{language}" dir="{direction}">'


def _span_close(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return "</bdi>"


def _formula(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    try:
        return formulas.mathml(token.content, block=False)
    except formulas.UnreadableFormula:
        env["page"].say(token.meta.get("line", 1), "text_formula", formula=token.content.strip()[:80])
        return f"<code>{escape(token.content)}</code>"


def _formula_block(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    try:
        drawn = formulas.mathml(token.content, block=True)
    except formulas.UnreadableFormula:
        env["page"].say(token.meta.get("line", 1), "text_formula", formula=token.content.strip()[:80])
        drawn = f"<code>{escape(token.content)}</code>"
    return f'<div class="formula" role="group" tabindex="0" aria-label="Rumus">{drawn}</div>\n'


def _picture(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token, page = tokens[at], env["page"]
    path, alt = str(token.attrs.get("src", "")), plain(token.children or []).strip()
    line = token.meta.get("line", 1)
    page.images.append(path)
    if not alt:
        page.say(line, "text_alt_missing", picture=path[:200])
    try:
        found = page.image(path) if page.image else None
    except LookupError:
        found = None
    except pictures.UnfitPicture as unfit:
        page.say(line, unfit.code, picture=path[:200], **unfit.data)
        return f"<em>{escape(alt)}</em>"
    if found is None:
        page.say(line, "text_picture_missing", picture=path[:200])
        return f"<em>{escape(alt)}</em>"
    if isinstance(found, Pixels):
        return _pixels(found, alt)
    try:
        return drawings.inline(found.lstrip("\ufeff \n\t"), alt)
    except drawings.UnfitDrawing as unfit:
        page.say(unfit.line, unfit.code, file=path, **unfit.data)
        return f"<em>{escape(alt)}</em>"


def _pixels(picture: Pixels, alt: str) -> str:
    """The browser knows the shape before the picture comes, and takes the width that its screen shows."""
    several = ", ".join(f"{address} {width}w" for width, address in picture.addresses)
    chosen = f' srcset="{escape(several)}" sizes="{SIZES}"' if len(picture.addresses) > 1 else ""
    return (
        f'<img src="{escape(picture.addresses[0][1])}"{chosen} width="{picture.width}" height="{picture.height}" '
        f'alt="{escape(alt)}" loading="lazy" decoding="async">'
    )


def _figure(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    picture = (tokens[at].children or [])[0]
    drawn = _picture(renderer, [picture], 0, options, env)
    kind = "picture drawn" if drawn.startswith("<svg") else "picture"
    title = str(picture.attrs.get("title", "")).strip()
    caption = f"<figcaption>{env['page'].inline(title)}</figcaption>" if title else ""
    return f'<figure class="{kind}">{drawn}{caption}</figure>\n'


def _code(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[at].content)}</code></pre>\n'


_RULES: dict[str, Any] = {
    "heading_open": _heading,
    "heading_close": _heading,
    **{f"container_{name}_{end}": _box for name in BOXES for end in ("open", "close")},
    **{f"container_{ARABIC}_{end}": _arabic for end in ("open", "close")},
    "paragraph_open": _paragraph,
    "table_open": _table_open,
    "table_close": _table_close,
    **{f"{name}_{end}": _cell for name in ("th", "td") for end in ("open", "close")},
    "link_open": _link,
    "span_open": _span,
    "span_close": _span_close,
    "math_inline": _formula,
    "math_block": _formula_block,
    "math_block_label": _formula_block,
    "image": _picture,
    "figure": _figure,
    "fence": _code,
    "code_block": _code,
}
_PARSER = _parser()
