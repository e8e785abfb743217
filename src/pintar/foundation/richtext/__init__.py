"""Text that people write, as safe HTML: Markdown with callouts, Arabic quotations, tables, formulas and figures.

Made once, when something is published, never while a page is served. What the author did wrong comes back as mistakes
with a line each; the HTML is safe whatever was written. No HTML of the author passes: only Markdown makes elements, a
drawing and a formula are rebuilt from allow-lists, and all of it is sanitized once more at the end.

    text = render("## Judul\\n\\nIsi $x^2$.", image=lambda path: Pixels(640, 480, ((640, "/media/….webp"),)))
    text.blocks      # ('<h2>Judul</h2>', '<p>Isi <math …</p>')

docs/authors.md describes the language for authors.
"""

from pintar.foundation.richtext.values import Image, Pixels, RichText, TextMistake

__all__ = ["Image", "Pixels", "RichText", "TextMistake", "render", "render_inline"]


def render(markdown: str, image: Image | None = None) -> RichText:
    """Text as safe HTML, one string per block of the top level. Never raises on what the text holds."""
    from pintar.foundation.richtext import markdown as language  # heavy, and no page that is served needs it

    return language.render(markdown, image)


def render_inline(markdown: str, image: Image | None = None) -> RichText:
    """A line of text (an option, a title) as safe HTML without a block around it; several blocks keep theirs."""
    from pintar.foundation.richtext import markdown as language

    return language.render_inline(markdown, image)
