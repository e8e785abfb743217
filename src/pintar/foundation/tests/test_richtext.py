"""Markdown to safe HTML: what it becomes, what the author is told, and that nothing hostile passes."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pintar.foundation.richtext import Pixels, drawings, render, render_inline

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h9" stroke="#0F6B47"/></svg>'
PICTURES = {"gambar/a.svg": DRAWING, "gambar/b.png": Pixels(40, 30, ((40, "/media/abc.webp"),))}

GOLDEN = {
    "a paragraph": ("Halo _dunia_.", "<p>Halo <em>dunia</em>.</p>"),
    "a heading": ("## Judul", "<h2>Judul</h2>"),
    "a list": ("1. satu\n2. dua", "<ol>\n<li>satu</li>\n<li>dua</li>\n</ol>"),
    "a quotation": ("> kata", "<blockquote>\n<p>kata</p>\n</blockquote>"),
    "code": ("```\na < b\n```", '<pre tabindex="0"><code>a &lt; b\n</code></pre>'),
    "a link out": (
        "[situs](https://a.example/?b=1&c=2)",
        '<p><a href="https://a.example/?b=1&amp;c=2" rel="external noopener noreferrer">situs</a></p>',
    ),
    "a link inside": ("[bantuan](/bantuan/)", '<p><a href="/bantuan/">bantuan</a></p>'),
    "a callout": (
        "::: contoh Di _kelas_\nIsi.\n:::",
        '<div class="callout contoh" role="note" aria-label="Contoh">\n'
        '<p class="callout-title"><b>Contoh</b> Di <em>kelas</em></p>\n<p>Isi.</p>\n</div>',
    ),
    "a callout without a title": (
        "::: penting\nIsi.\n:::",
        '<div class="callout penting" role="note" aria-label="Penting">\n'
        '<p class="callout-title"><b>Penting</b></p>\n<p>Isi.</p>\n</div>',
    ),
    "an Arabic quotation": (
        "::: arab\nنصّ\n\nArtinya.\n:::",
        '<blockquote>\n<p class="scripture" lang="ar" dir="rtl">نصّ</p>\n<p>Artinya.</p>\n</blockquote>',
    ),
    "Arabic in a line": ("Kata [نصّ]{lang=ar}.", '<p>Kata <bdi lang="ar" dir="rtl">نصّ</bdi>.</p>'),
    "English in a line": ("Kata [word]{lang=en}.", '<p>Kata <bdi lang="en" dir="ltr">word</bdi>.</p>'),
    "a formula": (
        "Luas $p^2$.",
        '<p>Luas <math display="inline"><mrow><msup><mi>p</mi><mn>2</mn></msup></mrow></math>.</p>',
    ),
    "a formula alone": (
        "$$\na+b\n$$",
        '<div class="formula" role="group" tabindex="0" aria-label="Rumus">'
        '<math display="block"><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></math></div>',
    ),
    "money is no formula": ("Rp5.000 dan $5 atau $6", "<p>Rp5.000 dan $5 atau $6</p>"),
    "a table": (
        "| Nama | Jumlah |\n| --- | --: |\n| a | 2 |",
        '<div class="table-box" role="region" tabindex="0" aria-label="Tabel: Nama, Jumlah"><table class="table">\n'
        '<thead>\n<tr>\n<th scope="col">Nama</th>\n<th scope="col" class="n">Jumlah</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td>a</td>\n<td class="n">2</td>\n</tr>\n</tbody>\n</table></div>',
    ),
    "a table with an empty corner": (
        "| | Jumlah |\n| --- | --- |\n| pena | |",
        '<div class="table-box" role="region" tabindex="0" aria-label="Tabel: Jumlah"><table class="table">\n'
        '<thead>\n<tr>\n<td></td>\n<th scope="col">Jumlah</th>\n</tr>\n</thead>\n'
        "<tbody>\n<tr>\n<td>pena</td>\n<td></td>\n</tr>\n</tbody>\n</table></div>",
    ),
    "a figure": (
        '![Garis "lurus"](gambar/a.svg "Sebuah _garis_.")',
        '<figure class="picture drawn"><svg viewBox="0 0 10 10" fill="currentColor" role="img" '
        'aria-label="Garis &quot;lurus&quot;"><path d="M0 0h9" stroke="var(--text-form,#0f6b47)"></path></svg>'
        "<figcaption>Sebuah <em>garis</em>.</figcaption></figure>",
    ),
    "a photograph": (
        "![Papan tulis](gambar/b.png)",
        '<figure class="picture"><img src="/media/abc.webp" width="40" height="30" alt="Papan tulis" loading="lazy" '
        'decoding="async"></figure>',
    ),
    "HTML is text": ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>"),
    "a script address is no link": ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_markdown_becomes(name):
    markdown, html = GOLDEN[name]
    assert render(markdown, PICTURES.__getitem__).html == html


def test_each_block_of_the_top_level_is_one_string():
    text = render("## Satu\n\nDua\ntiga.\n\n- a\n- b\n\n::: coba\nx\n\ny\n:::\n")

    assert [re.match(r"<(\w+)", block).group(1) for block in text.blocks] == ["h2", "p", "ul", "div"]
    assert text.html == "\n".join(text.blocks)
    assert text.words == 7


def test_a_line_of_text_has_no_block_around_it():
    assert render_inline("Luas $p$ _ini_").html.startswith("Luas <math")
    assert render_inline("satu\n\ndua").html == "<p>satu</p>\n<p>dua</p>"
    assert render_inline("").html == ""


def test_mistakes_come_with_their_lines_however_the_lines_end():
    markdown = "Isi.\n\n# Judul\n\nsatu\ndua <i>x</i>\n\n| a |\n|---|\n| $\\frac{a$ |\n\n![](x.svg)\n"

    for ends in (markdown, markdown.replace("\n", "\r\n"), markdown.replace("\n", "\r")):
        said = [(mistake.line, mistake.code) for mistake in render(ends, PICTURES.__getitem__).mistakes]
        assert said == [
            (3, "text_heading_high"),
            (6, "text_html"),
            (10, "text_formula"),
            (12, "text_alt_missing"),
            (12, "text_picture_missing"),
        ]


def test_the_pictures_that_were_used_are_listed_once():
    text = render("![a](gambar/a.svg) ![a](gambar/a.svg)\n\n![b](gambar/b.png)", PICTURES.__getitem__)

    assert text.images == ("gambar/a.svg", "gambar/b.png")


def test_ids_of_a_drawing_are_its_own():
    source = DRAWING.replace("<path", '<defs><marker id="m" viewBox="0 0 1 1"/></defs><path marker-end="url(#m)"')
    other = source.replace("h9", "h8")

    ids = [re.search(r'id="([^"]+)"', drawings.inline(text, "a")).group(1) for text in (source, other)]

    assert len(set(ids)) == 2
    assert f'marker-end="url(#{ids[0]})"' in drawings.inline(source, "a")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<a href='https://a.example'><path d='M0 0'/></a>",
        "<image href='data:image/png;base64,AA'/>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<path d='M0 0' onclick='alert(1)'/>",
        "<path d='M0 0' style='fill:url(//a.example)'/>",
        "<path d='M0 0' fill='url(javascript:alert(1))'/>",
        "<html xmlns='http://www.w3.org/1999/xhtml'><body onload='a()'/></html>",
        "<svg:script xmlns:svg='http://www.w3.org/2000/svg'>a</svg:script>",
        "<text>a</text><![CDATA[<script>]]><svg onload='a'/>",
    ],
)
def test_a_drawing_with_more_than_lines_and_letters_is_refused(inside):
    with pytest.raises(drawings.UnfitDrawing):
        drawings.inline(DRAWING.replace("</svg>", f"{inside}</svg>"), "a")


def test_what_drawing_programs_leave_behind_is_dropped():
    source = DRAWING.replace("<path", "<title>x</title><metadata><a:b xmlns:a='urn:a'>y</a:b></metadata><path")

    assert drawings.inline(source, "a") == drawings.inline(DRAWING, "a")


def test_letters_of_a_drawing_stay_letters():
    source = DRAWING.replace("</svg>", "<text>a &lt;script&gt; <![CDATA[<b>]]></text></svg>")

    assert "<text>a &lt;script&gt; &lt;b&gt;</text>" in drawings.inline(source, "a")


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(//a.example)}{x}",
        r"\class{dock}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\color{red;background:url(x)}{x}",
        "{" * 500 + "}" * 500,
        r"\frac" * 300,
        "^" * 900,
        "&" * 900,
        r"\begin{matrix}" * 60 + r"\end{matrix}" * 60,
    ],
)
def test_a_hostile_formula_is_drawn_without_harm_or_refused(latex):
    html = render(f"${latex}$").html

    assert_harmless(html)
    assert "javascript:" not in html or "<code>" in html


class Elements(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self):
        super().__init__()
        self.harmful: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in (
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "link",
            "meta",
            "base",
            "foreignobject",
        ):
            self.harmful.append(tag)
        for name, value in attrs:
            scheme, colon, _ = re.sub(r"[\x00-\x20]", "", value or "").lower().partition(":")
            if name.startswith("on") or name in ("style", "srcdoc", "formaction", "id"):
                self.harmful.append(name)
            if name in ("href", "src") and colon and scheme in ("javascript", "data", "vbscript"):
                self.harmful.append(f"{name}={value}")


def assert_harmless(html):
    elements = Elements()
    elements.feed(html)
    assert elements.harmful == []


HOSTILE = [
    *("<script>alert(1)</script>", "<img src=x onerror=a()>", "<svg onload=a()>", '<a href="data:,x">', "<!--", "-->"),
    *(
        "javascript:",
        "&#106;avascript:a",
        "[x]: javascript:a\n",
        "<javascript:a>",
        "[x](data:text/html,a)",
        "[x](JavaScript:a)",
    ),
    *('[x](//a.example "onclick=a")', "<https://a.example>", "[a](", ")", "![", "](gambar/a.svg)", "{lang=ar}"),
    *("{lang=x onclick=a}", "{onclick=a}", "$", "$$", "\\frac{", "}", "\\href{javascript:a}{x}", "^", "_"),
    *(
        "::: contoh <b>",
        "::: arab",
        ":::",
        "\n",
        "\n\n",
        "# ",
        "## ",
        "- ",
        "1. ",
        "> ",
        "`",
        "```",
        "*",
        "[",
        "]",
        "<",
    ),
    *(">", "&", '"', "'", "\\", "|", "\n| a | b |\n|-|-:|\n", "---", "===", '![a](gambar/b.png "<b>")', "%00", "\t"),
    *("\u202e", "\0", "\ud800", "نصّ", "😀"),
]
PIECES = st.sampled_from(HOSTILE)
TEXTS = st.lists(st.one_of(PIECES, st.text(st.characters(), max_size=20)), max_size=30).map("".join)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_no_text_raises_or_becomes_a_script(markdown):
    for text in (
        render(markdown, PICTURES.__getitem__),
        render_inline(markdown, PICTURES.__getitem__),
        render(markdown),
    ):
        assert_harmless(text.html)
        text.html.encode()
        assert all(mistake.line >= 1 for mistake in text.mistakes)
        assert all(mistake.line <= markdown.count("\n") + markdown.count("\r") + 1 for mistake in text.mistakes)


@given(st.text(alphabet='<>/"=svgpathd M0#urlfil( )&;!-[]CDATA\n', max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_drawing_raises_more_than_that_it_is_unfit(inside):
    for source in (inside, DRAWING.replace("</svg>", f"{inside}</svg>"), DRAWING.replace(" d=", f" {inside} d=")):
        try:
            assert_harmless(drawings.inline(source, "a"))
        except drawings.UnfitDrawing as unfit:
            assert unfit.line >= 1
        html = render("![a](gambar/a.svg)", lambda path, source=source: source).html
        assert_harmless(html)


@pytest.mark.parametrize(
    "markdown",
    [
        "[" * 20_000,
        "> " * 20_000,
        "*a_ " * 20_000,
        "- " * 5_000,
        "$" * 20_000,
        "|a" * 10_000 + "\n" + "|-" * 10_000,
        "![" * 10_000,
        "\\" * 50_000,
        "`" * 20_001 + "a",
    ],
)
def test_a_text_made_to_be_slow_is_not(markdown):
    import time

    # The processor's time of this process alone, whatever else the machine does; a slow text takes minutes.
    begun = time.process_time()
    render(markdown)

    assert time.process_time() - begun < 5
