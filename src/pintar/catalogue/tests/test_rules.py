"""The search, without a database."""

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from pintar.catalogue import rules
from pintar.catalogue.rules import Index, Text

DOCUMENTS = {
    "akmi": [Text("Menulis butir soal AKMI yang mengukur nalar", 4), Text("asesmen kompetensi madrasah indonesia", 3)],
    "wakaf": [Text("Wakaf produktif bagi nazir dan penyuluh", 4)],
    "rangkap": [Text("Mengajar kelas rangkap di madrasah kecil", 4)],
    "moderasi": [Text("Moderasi beragama dalam layanan publik", 4)],
    "formatif": [Text("Asesmen formatif untuk guru madrasah", 4), Text("penilaian harian", 1)],
    "sumber": [Text("Sumber belajar terbuka", 4), Text("lisensi Creative Commons OER", 3)],
}
INDEX = Index(DOCUMENTS.items(), snowballstemmer.stemmer("indonesian").stemWord)


def first(query: str) -> str:
    return next(iter(INDEX.find(query).slugs), "")


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("wakaf", "wakaf"),
        ("WAKAF!", "wakaf"),
        ("wakap", "wakaf"),
        ("wakf", "wakaf"),
        ("waakaf", "wakaf"),
        ("wkaaf", "wakaf"),
        ("akim", "akmi"),
        ("modrasi bergama", "moderasi"),
        ("asesment", "formatif"),
        ("creatve comons", "sumber"),
        ("lisesni", "sumber"),
        ("formatiif", "formatif"),
    ],
)
def test_typing_errors_are_forgiven(typed: str, slug: str) -> None:
    assert first(typed) == slug


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("perwakafan", "wakaf"),
        ("berwakaf", "wakaf"),
        ("mengajarkan kelas", "rangkap"),
        ("pengajaran kelas-kelas", "rangkap"),
        ("merangkap", "rangkap"),
        ("menilai", "formatif"),
        ("nilai", "formatif"),
        ("penulisan soal", "akmi"),
        ("tulis soal", "akmi"),
        ("pelayanan", "moderasi"),
        ("melayani", "moderasi"),
        ("keagamaan", "moderasi"),
        ("penyuluhan", "wakaf"),
    ],
)
def test_indonesian_affixes_are_seen_through(typed: str, slug: str) -> None:
    assert first(typed) == slug


def test_what_is_begun_is_found_and_abbreviations_are_words() -> None:
    assert first("moder") == "moderasi"
    assert first("OER") == "sumber"
    assert rules.initials("asesmen kompetensi madrasah Indonesia") == "akmi"
    assert rules.initials("Kurikulum Merdeka") == ""


def test_every_word_counts_and_the_title_most() -> None:
    assert INDEX.find("asesmen madrasah").slugs == ("formatif", "akmi")
    assert INDEX.find("kelas rangkap").slugs == ("rangkap",)
    assert not INDEX.find("kelas rangkap").loose


def test_words_that_are_nowhere_loosen_the_search_and_it_says_so() -> None:
    found = INDEX.find("wakaf zxqj")
    assert found.slugs == ("wakaf",) and found.loose


def test_what_is_nowhere_finds_nothing_or_the_nearest_word() -> None:
    assert INDEX.find("zxqj") == rules.Found(())
    found = INDEX.find("moderatorisasi")
    assert found.slugs == () and found.meant == "moderasi"


@pytest.mark.parametrize("query", ["", "   ", "yang dan", "pelatihan", "?!", "💡"])
def test_a_query_that_tells_nothing_apart_asks_nothing(query: str) -> None:
    assert not rules.asks(query)
    assert INDEX.find(query) == rules.Found(())


@given(st.text(max_size=500))
def test_anything_can_be_typed(query: str) -> None:
    assert set(INDEX.find(query).slugs) <= set(DOCUMENTS)


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8))
def test_slips_are_counted_alike_from_both_sides(one: str, other: str) -> None:
    assert rules.slips(one, other, 3) == rules.slips(other, one, 3)
    assert (rules.slips(one, other, 3) == 0) == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "count"), [("wakaf", "wakap", 1), ("akmi", "akim", 1), ("akmi", "kmi", 1), ("guru", "buku", 2)]
)
def test_a_slip_is_a_letter_missed_added_mistaken_or_swapped(one: str, other: str, count: int) -> None:
    assert rules.slips(one, other, 2) == count
