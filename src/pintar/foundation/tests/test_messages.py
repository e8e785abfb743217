"""Catalogues are compiled with the plural forms that their translator filled."""

import gettext

from pintar.foundation import messages

PO = """msgid ""
msgstr ""
"Language: \\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 "
"&& n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;\\n"

msgid "%(n)s hari"
msgid_plural "%(n)s hari"
msgstr[0] "nol"
msgstr[1] "satu"
msgstr[2] "dua"
msgstr[3] "sedikit"
msgstr[4] "banyak"
msgstr[5] "lain"
"""


def test_an_empty_language_header_does_not_cost_the_plural_forms(tmp_path, monkeypatch):
    folder = tmp_path / "room" / "locale" / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    assert messages.compile_all() == 1
    assert messages.compile_all() == 0
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    counted = [compiled.ngettext("%(n)s hari", "%(n)s hari", n) for n in (0, 1, 2, 7, 24, 100)]
    assert counted == ["nol", "satu", "dua", "sedikit", "banyak", "lain"]
