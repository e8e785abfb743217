"""Short texts: what is forgiven and what is not."""

import pytest
from hypothesis import given
from science_examples import ANY_TEXT, unhurried

from pintar.sciences.scoring.wording import is_accepted, normalise


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("JAKARTA", "Jakarta"),
        ("  dki   jakarta ", "DKI Jakarta"),
        ("Jakarta.", "Jakarta"),
        ("“Jakarta”", "Jakarta"),
        ("(Jakarta)", "Jakarta"),
        ("Jakarta, Indonesia", "Jakarta Indonesia"),
        ("jumat", "Jum'at"),
        ("Jum’at", "Jum'at"),
        ("Quran", "Qur`an"),
        ("anak anak", "anak-anak"),
        ("anak‑anak", "anak-anak"),
        ("email", "e-mail"),
        ("e-mail", "email"),
        ("covid 19", "COVID-19"),
        ("ﬁkih", "fikih"),
        ("Ｊakarta", "Jakarta"),
        ("كِتَابٌ", "كتاب"),
        ("كـــتاب", "كتاب"),
        ("الرَّحْمٰن", "الرحمن"),
        ("نعم؟", "نعم"),
        ("straße", "STRASSE"),
        ("caf\u0065\u0301", "café"),
        ("wa\u200bkaf", "wakaf"),
        ("?", "?"),
        ("-5", "−5"),
        ("C#", "c#"),
    ],
)
def test_looks_are_forgiven(typed, accepted):
    assert is_accepted(typed, ["lain", accepted])


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("", "Jakarta"),
        ("...", "Jakarta"),
        ("Jakrta", "Jakarta"),
        ("dimana", "di mana"),
        ("di mana", "dimana"),
        ("5", "-5"),
        ("56", "5-6"),
        ("C", "C#"),
        ("100", "100%"),
        ("cafe", "café"),
        ("أحمد", "احمد"),
        ("!", "?"),
        ("a" * 501, "a" * 501),
    ],
)
def test_other_words_are_not(typed, accepted):
    assert not is_accepted(typed, [accepted])


def test_an_empty_text_is_never_accepted():
    assert not is_accepted("", [""])
    assert not is_accepted(" ", ["", "\u200b"])


@unhurried
@given(ANY_TEXT)
def test_normalising_twice_is_normalising_once(text):
    once = normalise(text)
    assert normalise(once) == once


@unhurried
@given(ANY_TEXT)
def test_every_text_is_its_own_accepted_wording(text):
    assert is_accepted(text, [text]) == bool(normalise(text))
