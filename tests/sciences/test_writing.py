"""Hints about how an item is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from science_examples import unhurried

from pintar.sciences.items import Choice, Item, Option, Truth
from pintar.sciences.writing import warnings


def single(*options: str, stem: str = "Apa yang dilakukan lebih dahulu?", right: int = 0, kind: str = "single") -> Item:
    made = tuple(Option(text, n == right) for n, text in enumerate(options))
    return Item("", "1", kind, stem, "", Choice(made), 0)


def found(item: Item) -> list[tuple[str, int | None]]:
    return [(each.code, each.option) for each in warnings(item)]


def test_a_plain_item_has_no_warning() -> None:
    assert found(single("Menyapa kelas", "Membagi kertas", "Menutup pintu")) == []


def test_a_key_that_is_much_longer_than_the_others_is_told() -> None:
    long = "Menyapa seluruh kelas lalu menanyakan kabar mereka satu demi satu"
    assert found(single(long, "Membagi kertas", "Menutup pintu")) == [("key_longest", 0)]
    assert found(single("Membagi kertas", long, "Menutup pintu")) == [("absolute_word", 1)]
    assert found(single("Menyapa kelas itu", "Diam", "Pergi")) == []


@pytest.mark.parametrize(
    "text", ["Semua benar", "Semua jawaban benar", "Semua jawaban di atas benar", "A dan B benar", "All of the above"]
)
def test_all_of_the_above_is_told_in_its_usual_clothes(text: str) -> None:
    assert found(single("Menyapa kelas", "Membagi kertas", text)) == [("all_of_the_above", 2)]


@pytest.mark.parametrize("text", ["Tidak ada yang benar", "Tidak ada jawaban yang benar", "Semua salah"])
def test_none_of_the_above_is_told(text: str) -> None:
    assert ("none_of_the_above", 2) in found(single("Menyapa kelas", "Membagi kertas", text))


def test_a_negative_stem_is_told_unless_the_word_stands_out() -> None:
    options = ("Menyapa kelas", "Membagi kertas", "Menutup pintu")
    assert found(single(*options, stem="Mana yang tidak termasuk asesmen?")) == [("negative_stem", None)]
    assert found(single(*options, stem="Semua ini asesmen, kecuali")) == [("negative_stem", None)]
    assert found(single(*options, stem="Mana yang **tidak** termasuk asesmen?")) == []


def test_a_no_in_the_story_before_the_question_turns_nothing_round() -> None:
    story = "Beberapa murid tidak membawa buku. Apa yang dilakukan guru?"
    assert found(single("Menyapa kelas", "Membagi kertas", "Menutup pintu", stem=story)) == []


def test_absolute_words_give_a_wrong_option_away_and_stay_unsaid_in_the_key() -> None:
    assert found(single("Menyapa kelas", "Selalu diam", "Menutup pintu")) == [("absolute_word", 1)]
    assert found(single("Selalu menyapa", "Membagi kertas", "Menutup pintu")) == []
    assert found(Item("", "1", "truefalse", "Guru selalu benar.", "", Truth(False), 0)) == [("absolute_word", None)]


def test_a_key_that_repeats_the_stem_where_no_other_option_does_is_told() -> None:
    stem = "Apa tujuan asesmen formatif?"
    (told,) = warnings(single("Mengamati formatif", "Memberi nilai rapor", "Menghukum", stem=stem))
    assert (told.code, told.option, told.detail) == ("key_echoes_stem", 0, {"word": "formatif"})
    assert found(single("Nilai formatif", "Rapor formatif", "Ujian", stem=stem)) == []


def test_two_options_are_few_and_a_very_long_stem_is_long() -> None:
    assert found(single("Ya", "Bukan")) == [("few_options", None)]
    assert ("long_stem", None) in found(single("Ya", "Bukan", "Entah", stem="kata " * 121))


@unhurried
@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=6), st.sampled_from(["single", "multiple"]))
def test_no_text_makes_it_fail(stem: str, options: list[str], kind: str) -> None:
    warnings(single(*options, stem=stem, kind=kind))
